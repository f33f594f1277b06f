// SPDX-License-Identifier: MIT
// A recipe and a log: what would run, and what did.
import { Chart, curveColor, type Dots } from './chart';
import { byId, element, exactly, grouped, options, unbroken } from './dom';
import {
    Refused, type Curve, type Facts, type Finding, type Identification, type Library, type Log, type Replay, type Run,
} from './library';
import type { LogWork, RecipeText } from './log_here';

export interface RecipeFile {
    name: string;
    id: number;
    text: RecipeText;
    /** What it runs; the refusal where that cannot be said. */
    run: Run | null;
    findings: Finding[];
    error: string;
    resolvedWith: string;
}

export interface LogFile {
    name: string;
    log: Log;
    work: LogWork;
    /** Its last step. */
    last: number;
    isVisible: boolean;
    /** Which schedule gives its rates, from when that is asked. */
    found: Pending<Identification> | null;
}

export const logFile = (name: string, work: LogWork): LogFile => ({
    name, work, log: work.log, last: work.log.steps.reduce((a, b) => Math.max(a, b), 0), isVisible: true, found: null,
});

/** What a worker finds: neither result nor error while it works. */
export interface Pending<T> {
    result: T | null;
    error: string;
}

function pending<T>(work: Promise<T>, done: () => void): Pending<T> {
    const found: Pending<T> = { result: null, error: '' };
    void work.then(result => { found.result = result; }, (error: unknown) => {
        if (!(error instanceof Refused))
            console.error(error);
        found.error = error instanceof Error && error.message !== '' ? error.message : 'the browser gives no reason';
    }).then(done);
    return found;
}

const isWorking = (found: Pending<unknown> | null): boolean => found !== null && found.result === null && found.error === '';

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

/** So many stretches of a log are listed. */
const mostStretches = 50;

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
export function resolve(pacer: Library, file: RecipeFile, facts: Facts): boolean {
    const key = JSON.stringify(facts);
    if (file.resolvedWith === key)
        return false;
    file.resolvedWith = key;
    file.run = null;
    file.findings = [];
    file.error = '';
    try {
        Object.assign(file, pacer.resolve(file.id, facts));
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
    private readonly verdict = byId('run-verdict');
    private replayed: { recipe: RecipeFile; log: LogFile; facts: string; found: Pending<Replay> } | null = null;
    private said = '';
    private sayTimer = 0;

    constructor(private readonly pacer: Library, private readonly files: Files, private readonly owner: Owner) {
        this.chart = new Chart(byId('run-chart'), {
            height: () => Math.max(220, Math.min(380, Math.round(innerHeight * 0.4))), isSmall: false, resized: () => this.draw(),
        });
        options(this.trainer, [['', 'as its keys tell'], ...pacer.trainers().map(v => [v, v] as const)], '');
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
        if (isEmpty) {
            this.replayed = null;
            this.showLog();
            return;
        }
        const choose = (select: HTMLSelectElement, names: string[], chosen: number) => {
            options(select, names.length === 0 ? [['-1', 'none']] : names.map((n, k) => [String(k), n] as const), String(chosen));
            select.disabled = names.length === 0;
        };
        choose(this.recipe, files.recipes.map(r => r.name), files.recipe);
        choose(this.log, files.logs.map(l => l.name), files.log);
        const recipe = files.recipes[files.recipe];
        if (recipe && resolve(this.pacer, recipe, files.facts))
            this.owner.resolved(recipe);
        this.replay();
        this.showPlan(recipe);
        this.showLog();
        this.draw();
    }

    /** How the log follows from the recipe, if there are both and that is known. */
    private get report(): Replay | null {
        return this.replayed?.found.result ?? null;
    }

    private replay(): void {
        const { files } = this;
        const [recipe, log] = [files.recipes[files.recipe], files.logs[files.log]];
        const facts = JSON.stringify(files.facts);
        const before = this.replayed;
        if (recipe && log && before?.recipe === recipe && before.log === log && before.facts === facts)
            return;
        this.replayed = !recipe || !log ? null
            : { recipe, log, facts, found: pending(log.work.replay(recipe.text, files.facts), () => this.owner.changed()) };
    }

    private showPlan(recipe: RecipeFile | undefined): void {
        // Where the recipe does not say its length, its log may.
        const run = recipe?.run ?? this.report?.run ?? null;
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
        const hint = recipe?.error && run === null ? '. It can be said above.' : '';
        error.textContent = recipe?.error && run === null ? recipe.error + hint
            : run !== null && run.expression === '' ? 'Its trainer computes this curve by a formula that is no expression; it is not drawn.' : '';
        error.hidden = error.textContent === '';
        if (hint)
            byId<HTMLDetailsElement>('run-facts').open = true;
    }

    private showLog(): void {
        const { files } = this;
        const log = files.logs[files.log];
        byId('run-report').hidden = !log;
        if (!log) {
            this.say('');
            return;
        }
        byId('run-about').replaceChildren(`${counted(log.log.steps.length, 'rate')}, steps ${
            grouped(log.log.steps[0] ?? 0)} to ${grouped(log.log.steps.at(-1) ?? 0)}`, ...log.log.notes.map(n => `; ${n}`));
        const replay = this.replayed?.found ?? null;
        const isReplay = replay !== null && replay.error === '';
        if (!isReplay)
            log.found ??= pending(log.work.identify(), () => this.owner.changed());
        byId('run-question').textContent = isReplay ? 'Does the log follow from the recipe?' : 'Which schedule gives these rates?';
        const asked = isReplay ? replay : log.found;
        const found = byId('run-found');
        found.setAttribute('aria-busy', String(isWorking(asked)));
        const notReplayed = replay?.error ? [element('p', { class: 'error' }, `Not replayed: ${replay.error}`)] : [];
        const of = counted(log.log.steps.length, 'rate');
        if (isWorking(asked)) {
            // Most answers are there before this is said.
            this.say(isReplay ? `Replaying ${of}\u2026` : `Looking for the schedule of ${of}\u2026`, 'working', 150);
            found.replaceChildren(...notReplayed);
        } else if (asked?.result) {
            const { explained, points } = asked.result;
            this.say(`${grouped(explained)} of ${counted(points, 'rate')} explained`, explained === points ? 'calm' : 'jump');
            found.replaceChildren(...notReplayed, ...('stretches' in asked.result
                ? this.identified(log, asked.result) : this.followed(asked.result)));
        } else {
            this.say('');
            found.replaceChildren(...notReplayed, element('p', { class: 'error' }, `Not identified: ${asked?.error}`));
        }
    }

    /** What screen readers hear, too; once, however often it is shown. */
    private say(text: string, kind = '', after = 0): void {
        if (this.said === text)
            return;
        this.said = text;
        clearTimeout(this.sayTimer);
        const now = (what: string) => {
            this.verdict.textContent = what;
            this.verdict.className = `verdict ${kind}`;
        };
        now(after > 0 ? '' : text);
        if (after > 0)
            this.sayTimer = window.setTimeout(() => now(text), after);
    }

    private followed(report: Replay): HTMLElement[] {
        return [
            listed(report.story.map(line => element('li', {}, line))),
            element('p', { class: 'about' }, `${grouped(report.sameBits)} have the trainer's own bits; pacer's rate differs by ${
                report.largest.toFixed(2)} ULP of the peak at most${
                report.largest > 0 ? `, at step ${grouped(report.largestAt)}` : ''}.`),
        ];
    }

    private identified(log: LogFile, found: Identification): HTMLElement[] {
        return [
            element('ul', { class: 'plain stretches' }, ...found.stretches.slice(0, mostStretches).map(s => element('li', {},
                element('span', { class: 'about' }, `steps ${grouped(s.from)} to ${grouped(s.to)}`),
                ...(s.curves.length === 0 ? [element('p', {}, 'nothing explains these rates')] : []),
                ...s.curves.slice(0, 3).map((c, k) => element('p', { class: 'guess' },
                    element('code', {}, c.text), ` ${k > 0 ? 'or this, ' : ''}${percent(c.share)} `,
                    ...(this.isExpression(c.text) ? [element('button', {
                        type: 'button', class: 'quiet', onclick: () => this.owner.add(c.text, log.name),
                    }, 'add as a curve')] : []))),
                ...(this.start(s) > 1
                    ? [element('p', { class: 'about' }, `the curve's step 0 is step ${grouped(this.start(s))} of the log`)] : []),
                ...(s.undetermined.length > 0
                    ? [element('p', { class: 'about' }, `not determined by these rates: ${s.undetermined.join(', ')}`)] : [])))),
            ...(found.stretches.length > mostStretches
                ? [element('p', { class: 'about' }, `and ${grouped(found.stretches.length - mostStretches)} stretches more`)] : []),
        ];
    }

    /** Where in a log the likeliest curve of a stretch begins, as far as it goes by the log's steps. */
    private start({ curves: [best], to }: Identification['stretches'][number]): number {
        return best?.pace === 1 ? to - best.last : 0;
    }

    private isExpression(text: string): boolean {
        try {
            this.pacer.release(this.pacer.parse(text));
            return true;
        } catch {
            return false;
        }
    }

    /** Of a log that was replayed: its points that are explained, and those that are not. */
    private parts: { of: Replay | null; good: Omit<Dots, 'color'>; bad: Omit<Dots, 'color'> } | null = null;
    private dotsOf(log: LogFile): Dots[] {
        const { steps, rates } = log.log;
        const { report } = this;
        const ink = getComputedStyle(document.documentElement);
        const color = (name: string) => ink.getPropertyValue(name).trim();
        if (!report)
            return [{ color: color('--ink'), steps, rates }];
        if (this.parts?.of !== report) {
            const where = (isGood: boolean) => {
                const keep = (_: number, k: number) => (report.isExplained[k] === 1) === isGood;
                return { steps: steps.filter(keep), rates: rates.filter(keep) };
            };
            this.parts = { of: report, good: where(true), bad: where(false) };
        }
        return [{ ...this.parts.good, color: color('--ink') }, { ...this.parts.bad, color: color('--bad') }];
    }

    /**
     * What is drawn as a line: the curve that the recipe runs, or those that were identified, each along its stretch, where it was at
     * step `last` at the end.
     */
    private curvesDrawn(log: LogFile | undefined): { text: string; from: number; to: number; last: number; pace: number }[] {
        const run = this.files.recipes[this.files.recipe]?.run ?? this.report?.run;
        const stretches = log?.found?.result?.stretches ?? [];
        const all = run ? [{ text: run.expression, from: 0, to: Infinity, last: Infinity, pace: 1 }]
            : stretches.slice(0, mostStretches).flatMap(({ curves, from, to }) =>
                curves.slice(0, 1).map(({ text, last, pace }) => ({ text, from: stretches.length === 1 ? 0 : from, to, last, pace })));
        return all.filter(({ text }) => this.isExpression(text));
    }

    private draw(): void {
        const { files, pacer } = this;
        if (byId('view-run').hidden || byId('run-full').hidden)
            return;
        const log = files.logs[files.log];
        const isRecipe = Boolean(files.recipes[files.recipe]?.run ?? this.report?.run);
        const drawn = this.curvesDrawn(log);
        byId('run-chart').hidden = byId('run-legend').hidden = drawn.length === 0 && !log;
        if (byId('run-chart').hidden)
            return;
        const curves = drawn.map(({ text }) => pacer.parse(text));
        const total = curves.length === 1 && isRecipe ? pacer.totalSteps(curves[0] as Curve) : Infinity;
        let last = log ? log.last : Number.isFinite(total) ? total : 10_000;
        last = Math.max(1, log ? last : Math.ceil(last * 1.05));
        const steps: number[] = [];
        const rates: number[] = [];
        const columns = this.chart.columns();
        drawn.forEach(({ from, to, last: position, pace }, k) => {
            const [first, end] = [Math.max(from, (steps.at(-1) ?? -1) + 1), Math.min(to, last)];
            if (first > end)
                return;
            // A gap between this stretch and the one before.
            if (steps.length > 0 && first - 1 > (steps.at(-1) ?? 0)) {
                steps.push(first - 1);
                rates.push(NaN);
            }
            const onCurve = (s: number) => (Number.isFinite(position) ? position - (to - s) * pace : s);
            const onLog = (s: number) => (Number.isFinite(position) ? to - (position - s) / pace : s);
            const [begin, until] = [Math.max(0, Math.round(onCurve(first))), Math.max(0, Math.round(onCurve(end)))];
            const part = pacer.sample([curves[k] as Curve], begin, until, Math.max(8, Math.ceil(columns * (end - first) / last)));
            steps.push(...part.steps.map(onLog));
            rates.push(...part.rates[0] ?? []);
        });
        this.chart.draw({
            steps: steps.length > 0 ? Float64Array.from(steps) : Float64Array.of(0, last), from: 0, until: last, isLog: false,
            lines: steps.length === 0 ? [] : [{ color: curveColor(0), axis: 'rate', width: 2, rates: Float64Array.from(rates) }],
            marks: [], end: total, dots: log ? this.dotsOf(log) : [],
        });
        const text = drawn[0]?.text ?? '';
        const more = drawn.length > 1 ? ` and ${drawn.length - 1} more` : '';
        byId('run-chart').setAttribute('aria-label', [
            text === '' ? '' : `The curve: ${text}${more}, ${exactly(pacer.rate(curves[0] as Curve, 0))} at step 0. `,
            log ? `${counted(log.log.steps.length, 'point')} of ${log.name}.` : ''].join(''));
        byId('run-legend').replaceChildren(
            ...(text === '' ? [] : [element('span', {}, element('span', { class: 'swatch', style: '--color: var(--curve-0)' }),
                isRecipe ? ' the recipe: ' : ' identified: ', element('code', {}, text), more)]),
            ...(log ? [element('span', {}, element('span', { class: 'dot', style: '--color: var(--ink)' }), ' logged')] : []),
            ...(log && this.report && this.report.explained < this.report.points
                ? [element('span', {}, element('span', { class: 'dot', style: '--color: var(--bad)' }), ' logged, not explained')] : []));
        curves.forEach(c => pacer.release(c));
    }
}
