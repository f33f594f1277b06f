// SPDX-License-Identifier: MIT
// A recipe and a log: what would run, and what did.
import { Chart, curveColor, type Dots, type Line } from './chart';
import { byId, element, exactly, grouped, options, unbroken } from './dom';
import {
    Refused, type Curve, type Facts, type Finding, type Identification, type Library, type Log, type Replay, type Run,
} from './library';

export interface RecipeFile {
    name: string;
    id: number;
    /** What it runs; the refusal where that cannot be said. */
    run: Run | null;
    findings: Finding[];
    error: string;
    resolvedWith: string;
}

export interface LogFile {
    name: string;
    log: Log;
    /** Its last step. */
    last: number;
    isVisible: boolean;
    found: Identification | null;
}

/** What was dropped; no part of a link. */
export interface Files {
    recipes: RecipeFile[];
    logs: LogFile[];
    /** Which of them are looked at; -1: none. */
    recipe: number;
    log: number;
    facts: Facts;
    /** The curve of event files that are dropped from now on. */
    tag: string;
}

export const noFiles = (): Files => ({
    recipes: [], logs: [], recipe: -1, log: -1, tag: '',
    facts: { total: 0, examples: 0, batches: 0, tokens: 0, sequence: 0, world: 0, trainer: '', as: '' },
});

/** What the view asks of the page. */
export interface Owner {
    /** A curve of the page, with where it is from. */
    add(text: string, source: string): void;
    /** What a recipe runs has changed. */
    resolved(file: RecipeFile): void;
    changed(): void;
}

const numbersOf = ['total', 'examples', 'batches', 'tokens', 'sequence', 'world'] as const;

const percent = (share: number): string => `${Number((share * 100).toPrecision(share > 0.99 ? 3 : 2))} %`;
const counted = (n: number, what: string): string => `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;

const listed = (all: readonly Node[]): HTMLElement => element('ul', { class: 'plain' }, ...all);

/** The findings of lint, as a list. */
export function findingItems(findings: readonly Finding[]): HTMLElement[] {
    return findings.map(f => element('li', { class: f.level, title: f.why, 'data-rule': f.rule },
        element('strong', {}, f.level), ...unbroken(` ${f.where ? `${f.where}: ` : ''}${f.what}`)));
}

/** The recipe as it runs with what is known of the run, unless it was asked before. */
export function resolve(library: Library, file: RecipeFile, facts: Facts): boolean {
    const key = JSON.stringify(facts);
    if (file.resolvedWith === key)
        return false;
    file.resolvedWith = key;
    file.run = null;
    file.findings = [];
    file.error = '';
    try {
        Object.assign(file, library.resolve(file.id, facts));
    } catch (refused) {
        if (!(refused instanceof Refused))
            throw refused;
        file.error = refused.message;
    }
    return true;
}

export class RunView {
    private readonly chart: Chart;
    private readonly recipe = byId<HTMLSelectElement>('run-recipe');
    private readonly log = byId<HTMLSelectElement>('run-log');
    private readonly trainer = byId<HTMLSelectElement>('fact-trainer');
    private replayed: { key: string; report: Replay | null; error: string } = { key: '', report: null, error: '' };

    constructor(private readonly library: Library, private readonly files: Files, private readonly owner: Owner) {
        this.chart = new Chart(byId('run-chart'), {
            height: () => Math.max(220, Math.min(380, Math.round(innerHeight * 0.4))), isSmall: false, resized: () => this.draw(),
        });
        options(this.trainer, [['', 'as its keys tell'], ...library.trainers().map(v => [v, v] as const)], '');
        this.recipe.addEventListener('change', () => { files.recipe = Number(this.recipe.value); owner.changed(); });
        this.log.addEventListener('change', () => { files.log = Number(this.log.value); owner.changed(); });
        this.trainer.addEventListener('change', () => { files.facts.trainer = this.trainer.value; owner.changed(); });
        for (const key of numbersOf) {
            const input = byId<HTMLInputElement>(`fact-${key}`);
            input.addEventListener('input', () => {
                const text = input.value.trim();
                const isGood = text === '' || (/^\d+$/.test(text) && Number(text) > 0 && Number(text) <= 2 ** 53);
                input.setAttribute('aria-invalid', String(!isGood));
                if (!isGood)
                    return;
                files.facts[key] = Number(text);
                owner.changed();
            });
        }
        const tag = byId<HTMLInputElement>('fact-tag');
        tag.addEventListener('input', () => { files.tag = tag.value.trim(); });
    }

    show(): void {
        const { files } = this;
        const isEmpty = files.recipes.length + files.logs.length === 0;
        byId('run-empty').hidden = !isEmpty;
        byId('run-full').hidden = isEmpty;
        if (isEmpty)
            return;
        const choose = (select: HTMLSelectElement, names: string[], chosen: number) => {
            options(select, names.length === 0 ? [['-1', 'none']] : names.map((n, k) => [String(k), n] as const), String(chosen));
            select.disabled = names.length === 0;
        };
        choose(this.recipe, files.recipes.map(r => r.name), files.recipe);
        choose(this.log, files.logs.map(l => l.name), files.log);
        const recipe = files.recipes[files.recipe];
        if (recipe && resolve(this.library, recipe, files.facts))
            this.owner.resolved(recipe);
        this.replay();
        this.showPlan(recipe);
        this.showLog();
        this.draw();
    }

    private replay(): void {
        const { files } = this;
        const [recipe, log] = [files.recipes[files.recipe], files.logs[files.log]];
        const key = recipe && log ? JSON.stringify([recipe.id, log.log.id, files.facts]) : '';
        if (key === this.replayed.key)
            return;
        this.replayed = { key, report: null, error: '' };
        if (!recipe || !log)
            return;
        try {
            this.replayed.report = this.library.replay(recipe.id, log.log.id, files.facts);
        } catch (refused) {
            if (!(refused instanceof Refused))
                throw refused;
            this.replayed.error = refused.message;
        }
    }

    private showPlan(recipe: RecipeFile | undefined): void {
        // Where the recipe does not say its length, its log may.
        const run = recipe?.run ?? this.replayed.report?.run ?? null;
        byId('run-plan').replaceChildren(...(run === null ? [] : [
            element('caption', {}, 'What runs, and where each number is from'),
            element('thead', {}, element('tr', {}, ...['number', 'value', 'from'].map(t => element('th', { scope: 'col' }, t)))),
            element('tbody', {}, ...run.figures.map(f => element('tr', {},
                element('th', { scope: 'row' }, f.name), element('td', { class: 'mono' }, f.value),
                element('td', { class: 'from' }, f.source)))),
        ]));
        byId('run-notes').replaceChildren(
            ...(run?.notes ?? []).map(n => element('li', { class: 'note' }, element('strong', {}, 'note'), ` ${n}`)),
            ...findingItems((recipe?.findings ?? []).filter(f => f.rule !== 'not-as-written')));
        const error = byId('run-error');
        const hint = recipe?.error && run === null ? ' It can be said above.' : '';
        error.textContent = recipe?.error && run === null ? recipe.error + hint
            : run !== null && run.expression === '' ? 'Its trainer computes this curve by a formula that is no expression; it is not drawn.' : '';
        error.hidden = error.textContent === '';
        if (hint)
            byId<HTMLDetailsElement>('run-facts').open = true;
    }

    private showLog(): void {
        const { files } = this;
        const log = files.logs[files.log];
        const place = byId('run-report');
        if (!log) {
            place.replaceChildren();
            return;
        }
        const { report, error } = this.replayed;
        const about = element('p', { class: 'about' }, `${counted(log.log.steps.length, 'rate')}, steps ${
            grouped(log.log.steps[0] ?? 0)} to ${grouped(log.log.steps.at(-1) ?? 0)}`,
        ...log.log.notes.map(n => `; ${n}`));
        if (report) {
            const isAll = report.explained === report.points;
            place.replaceChildren(
                element('h2', {}, 'Does the log follow from the recipe?'), about,
                element('p', { class: isAll ? 'verdict calm' : 'verdict jump' },
                    `${grouped(report.explained)} of ${counted(report.points, 'rate')} explained`),
                listed(report.story.map(line => element('li', {}, line))),
                element('p', { class: 'about' }, `${grouped(report.sameBits)} have the trainer's own bits; pacer's rate differs by ${
                    report.largest.toFixed(2)} ULP of the peak at most${
                    report.largest > 0 ? `, at step ${grouped(report.largestAt)}` : ''}.`));
            return;
        }
        place.replaceChildren(element('h2', {}, 'Which schedule gives these rates?'), about,
            ...(error ? [element('p', { class: 'error' }, `Not replayed: ${error}`)] : []), ...this.identified(log));
    }

    private identified(log: LogFile): HTMLElement[] {
        log.found ??= this.library.identify(log.log.id);
        const { found } = log;
        const isAll = found.explained === found.points;
        return [
            element('p', { class: isAll ? 'verdict calm' : 'verdict jump' },
                `${grouped(found.explained)} of ${counted(found.points, 'rate')} explained`),
            element('ul', { class: 'plain stretches' }, ...found.stretches.map(s => element('li', {},
                element('span', { class: 'about' }, `steps ${grouped(s.from)} to ${grouped(s.to)}`),
                ...(s.curves.length === 0 ? [element('p', {}, 'nothing explains these rates')] : []),
                ...s.curves.slice(0, 3).map((c, k) => element('p', { class: 'guess' },
                    element('code', {}, c.text), ` ${k > 0 ? 'or this, ' : ''}${percent(c.share)} `,
                    ...(this.isExpression(c.text) ? [element('button', {
                        type: 'button', class: 'quiet', onclick: () => this.owner.add(c.text, log.name),
                    }, 'add as a curve')] : []))),
                ...(s.undetermined.length > 0
                    ? [element('p', { class: 'about' }, `not determined by these rates: ${s.undetermined.join(', ')}`)] : [])))),
        ];
    }

    private isExpression(text: string): boolean {
        try {
            this.library.release(this.library.parse(text));
            return true;
        } catch {
            return false;
        }
    }

    /** Dots for a log: what is not explained has another colour. */
    private dotsOf(log: LogFile): Dots[] {
        const { steps, rates } = log.log;
        const of = (color: string, keep: (k: number) => boolean): Dots =>
            ({ color, steps: steps.filter((_, k) => keep(k)), rates: rates.filter((_, k) => keep(k)) });
        const { report } = this.replayed;
        const ink = getComputedStyle(document.documentElement);
        const good = ink.getPropertyValue('--ink').trim();
        const bad = ink.getPropertyValue('--bad').trim();
        return report ? [of(good, k => report.isExplained[k] === 1), of(bad, k => report.isExplained[k] !== 1)]
            : [{ color: good, steps, rates }];
    }

    private draw(): void {
        const { files, library } = this;
        if (byId('view-run').hidden || byId('run-full').hidden)
            return;
        const log = files.logs[files.log];
        const run = files.recipes[files.recipe]?.run ?? this.replayed.report?.run;
        const text = run?.expression
            ?? log?.found?.stretches[0]?.curves[0]?.text ?? '';
        let curve: Curve | null = null;
        try {
            curve = text === '' ? null : library.parse(text);
        } catch {
            // No expression: the points alone.
        }
        const total = curve === null ? 0 : library.totalSteps(curve);
        let last = log ? log.last : Number.isFinite(total) ? total : 10_000;
        last = Math.max(1, log ? last : Math.ceil(last * 1.05));
        const { steps, rates } = library.sample(curve === null ? [] : [curve], 0, last, this.chart.columns());
        const lines: Line[] = curve === null ? [] : [{ color: curveColor(0), axis: 'rate', width: 2, rates: rates[0] as Float64Array }];
        this.chart.draw({
            steps: steps.length > 0 ? steps : Float64Array.of(0, last), lines, from: 0, until: last, isLog: false,
            marks: [], end: total, dots: log ? this.dotsOf(log) : [],
        });
        const said = [curve === null ? '' : `The curve: ${text}, ${exactly(library.rate(curve, 0))} at step 0. `,
            log ? `${counted(log.log.steps.length, 'point')} of ${log.name}.` : ''].join('');
        byId('run-chart').setAttribute('aria-label', said);
        byId('run-legend').replaceChildren(
            ...(curve === null ? [] : [element('span', {}, element('span', { class: 'swatch', style: '--color: var(--curve-0)' }),
                run ? ' the recipe: ' : ' identified: ', element('code', {}, text))]),
            ...(log ? [element('span', {}, element('span', { class: 'dot', style: '--color: var(--ink)' }), ' logged')] : []),
            ...(log && this.replayed.report && this.replayed.report.explained < this.replayed.report.points
                ? [element('span', {}, element('span', { class: 'dot', style: '--color: var(--bad)' }), ' logged, not explained')] : []));
        if (curve !== null)
            library.release(curve);
    }
}
