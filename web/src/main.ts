// SPDX-License-Identifier: MIT
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { Chart, curveColor, type Line } from './chart';
import { breakable, byId, element, exactly, grouped, icon, icons, options, unbroken } from './dom';
import { open, type Opened } from './files';
import { Form } from './form';
import { Library, Refused, textOf, type Landmark, type Tree } from './library';
import { ResumeView } from './resume';
import { findingItems, logFile, noFiles, resolve, RunView, type RecipeFile } from './run';
import { addCurve, fromFragment, labelOf, setText, toFragment, type Shown, type State } from './state';
import { compile } from './wasm';

const library = await Library.load(await compile());
const { description } = library;
const state: State = fromFragment(library, location.hash);
const files = noFiles();

const chartPlace = byId('chart');
const textArea = byId<HTMLTextAreaElement>('text');
const textError = byId('text-error');
const notice = byId('notice');
const stepInput = byId<HTMLInputElement>('step');
const fromInput = byId<HTMLInputElement>('from');
const untilInput = byId<HTMLInputElement>('until');
const logBox = byId<HTMLInputElement>('log');

const targetNames: Readonly<Record<string, string>> = {
    'cpp': 'C++', 'hf-yaml': 'YAML', 'pytorch': 'PyTorch', 'optax': 'Optax', 'megatron': 'Megatron-LM', 'deepspeed': 'DeepSpeed',
};

const selected = (): Shown | undefined => state.curves[state.selected];
const drawn = (): Shown[] => state.curves.filter(c => c.isVisible && c.curve !== null);

// ---------------------------------------------------------------------------------------------------------------------
// What is said once.

let noticeTimer = 0;
function say(text: string, isError = false): void {
    notice.textContent = text;
    notice.className = isError ? 'is-error' : '';
    clearTimeout(noticeTimer);
    if (!isError)
        noticeTimer = window.setTimeout(() => { notice.textContent = ''; }, 4000);
}

async function copy(text: string, what: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        // Not allowed here: by way of a selection.
        const area = element('textarea', { class: 'visually-hidden' });
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
    }
    say(`${what} copied`);
}

// ---------------------------------------------------------------------------------------------------------------------
// The curves.

const totalOf = (c: Shown): number => (c.curve === null ? 0 : library.totalSteps(c.curve));

/** The last step of all curves, and a little of what comes past it. */
function whole(): [number, number] {
    const all = drawn();
    const finite = all.filter(c => Number.isFinite(totalOf(c)));
    const logs = files.logs.filter(l => l.isVisible).map(l => l.last);
    const end = Math.max(1, ...(finite.length > 0 ? finite : all).map(c => c.horizon), ...logs);
    return [0, Math.min(2 ** 53, Math.max(1, Math.ceil(end * 1.05)))];
}
const range = (): [number, number] => state.range ?? whole();

const chart = new Chart(chartPlace, {
    height: () => Math.max(260, Math.min(520, Math.round(innerHeight * 0.52))),
    isSmall: false,
    point: step => moveTo(step),
    zoom: (from, until) => show(from, until),
    resized: () => later(draw),
});

function draw(): void {
    const [from, until] = range();
    const all = drawn();
    const samples = library.sample(all.map(c => c.curve as number), from, until, chart.columns());
    const lines = all.map((c, k): Line => ({
        color: curveColor(c.color), axis: c.axis, width: c === selected() ? 2.5 : 1.6,
        dash: c.axis === 'second' ? [6, 4] : undefined, rates: samples.rates[k] ?? new Float64Array(),
    }));
    const now = selected();
    const end = now?.isVisible && now.curve !== null ? totalOf(now) : Infinity;
    const ink = getComputedStyle(document.documentElement).getPropertyValue('--soft').trim();
    const dots = files.logs.filter(l => l.isVisible).map(l => ({ color: ink, steps: l.log.steps, rates: l.log.rates }));
    chart.draw({ steps: samples.steps, lines, dots, from, until, isLog: state.isLog, end, marks: marks });
    showValues();
}

let marks: { step: number; label: string }[] = [];
function findMarks(): void {
    const now = selected();
    const table = byId('landmarks');
    if (!now || now.curve === null) {
        marks = [];
        table.replaceChildren();
        byId('findings').replaceChildren();
        return;
    }
    const all = library.landmarks(now.curve, whole()[1]);
    marks = now.isVisible ? all.filter(l => l.step !== null && l.step > 0 && !['past the end', 'floor', 'peak'].includes(l.name))
        .map(l => ({ step: l.step ?? 0, label: l.name })) : [];
    clearTimeout(tellTimer);
    tellTimer = window.setTimeout(() => tell(now, all), 100);
}

// What need not move along with a slider.
let tellTimer = 0;
function tell(now: Shown, all: Landmark[]): void {
    if (now.curve === null || now !== selected())
        return;
    const findings = library.lint(now.curve);
    byId('findings').replaceChildren(...findingItems(findings));
    byId('landmarks').replaceChildren(
        element('caption', {}, 'Landmarks of ', element('span', { class: 'mono' }, labelOf(now))),
        element('thead', {}, element('tr', {}, ...['landmark', 'step', 'rate'].map(t => element('th', { scope: 'col' }, t)))),
        element('tbody', {}, ...all.map(l => element('tr', {},
            element('th', { scope: 'row' }, l.name),
            element('td', {}, l.step === null ? '' : element('button', {
                type: 'button', class: 'quiet numbers', title: 'Go to this step', onclick: () => moveTo(l.step ?? 0),
            }, grouped(l.step))),
            element('td', { class: 'numbers', title: l.about },
                ...(l.name === 'past the end' ? unbroken(l.about) : [exactly(l.rate)]))))));
}

/** Rates at the step, by the library. */
function showValues(): void {
    const all = drawn();
    const rates = all.map(c => library.rate(c.curve as number, state.step));
    chart.showStep(state.step, rates);
    const [from, until] = range();
    chartPlace.setAttribute('aria-valuemin', String(from));
    chartPlace.setAttribute('aria-valuemax', String(until));
    chartPlace.setAttribute('aria-valuenow', String(Math.min(until, Math.max(from, state.step))));
    chartPlace.setAttribute('aria-valuetext', `step ${state.step}: ` +
        all.map((c, k) => `${labelOf(c)} ${exactly(rates[k] ?? 0)}`).join(', '));
    if (document.activeElement !== stepInput)
        stepInput.value = String(state.step);
    byId('values').replaceChildren(
        element('caption', {}, 'Rate used by update ', element('span', { class: 'numbers' }, grouped(state.step))),
        element('tbody', {}, ...all.map((c, k) => element('tr', {},
            element('th', { scope: 'row' }, element('span', { class: `swatch ${c.axis}`, style: `--color: var(--curve-${c.color})` }),
                ...breakable(labelOf(c)), ...(c.axis === 'second' ? [element('small', {}, ' right axis')] : [])),
            element('td', { class: 'numbers value', 'data-curve': state.curves.indexOf(c) }, exactly(rates[k] ?? 0))))));
}

function moveTo(step: number): void {
    state.step = Math.min(2 ** 53, Math.max(0, Math.round(step)));
    later(showValues);
    remember();
}

function show(from: number, until: number): void {
    const [first, last] = whole();
    const start = Math.max(0, Math.round(from));
    const end = Math.max(start + 1, Math.round(until));
    state.range = start <= first && end >= last ? null : [start, end];
    later(draw);
    showRange();
    remember();
}

function showRange(): void {
    const [from, until] = range();
    for (const [input, n] of [[fromInput, from], [untilInput, until]] as const)
        if (document.activeElement !== input)
            input.value = String(n);
    byId('all').hidden = state.range === null;
}

// ---------------------------------------------------------------------------------------------------------------------
// The list of curves.

function showList(): void {
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['focus'] : undefined;
    byId('curves').replaceChildren(...state.curves.map((c, k) => {
        const isSelected = k === state.selected;
        const name = labelOf(c);
        return element('li', { class: `curve${isSelected ? ' selected' : ''}${c.isVisible ? '' : ' hidden-curve'}` },
            element('button', {
                type: 'button', class: 'pick', 'aria-pressed': String(isSelected), 'data-focus': `pick${k}`,
                title: c.text, onclick: () => { select(k); },
            }, element('span', { class: `swatch ${c.axis}`, style: `--color: var(--curve-${c.color})` }),
                element('span', { class: 'label' }, element('span', { class: 'mono' }, name),
                    element('small', {}, c.source ? `${c.source} \u00b7 ${detail(c)}` : detail(c)))),
            element('button', {
                type: 'button', class: 'quiet icon', 'aria-pressed': String(c.axis === 'second'), 'data-focus': `axis${k}`,
                'aria-label': `${name}: right axis`, title: 'Right axis, for a weight decay or momentum',
                onclick: () => { c.axis = c.axis === 'second' ? 'rate' : 'second'; refresh(); },
            }, icon(icons.rightAxis)),
            element('button', {
                type: 'button', class: 'quiet icon', 'aria-pressed': String(c.isVisible), 'data-focus': `show${k}`,
                'aria-label': `${name}: shown`, title: c.isVisible ? 'Hide' : 'Show',
                onclick: () => { c.isVisible = !c.isVisible; refresh(); },
            }, icon(c.isVisible ? icons.shown : icons.hidden)),
            element('button', {
                type: 'button', class: 'quiet icon', 'aria-label': `Remove ${name}`, title: 'Remove',
                disabled: state.curves.length === 1, onclick: () => { remove(k); },
            }, icon(icons.remove)));
    }));
    showLogs();
    if (focus)
        document.querySelector<HTMLElement>(`[data-focus="${focus}"]`)?.focus();
}

function showLogs(): void {
    byId('files').replaceChildren(...files.logs.map((l, k) => element('li', { class: `curve${l.isVisible ? '' : ' hidden-curve'}` },
        element('button', {
            type: 'button', class: 'pick', 'data-focus': `log${k}`, title: `Look at ${l.name}`,
            onclick: () => { files.log = k; setView('run'); },
        }, element('span', { class: 'dot', style: '--color: var(--soft)' }),
            element('span', { class: 'label' }, element('span', { class: 'mono' }, l.name),
                element('small', {}, `log \u00b7 ${grouped(l.log.steps.length)} rates`))),
        element('button', {
            type: 'button', class: 'quiet icon', 'aria-pressed': String(l.isVisible), 'data-focus': `showlog${k}`,
            'aria-label': `${l.name}: shown`, title: l.isVisible ? 'Hide' : 'Show',
            onclick: () => { l.isVisible = !l.isVisible; refresh(); },
        }, icon(l.isVisible ? icons.shown : icons.hidden)),
        element('button', {
            type: 'button', class: 'quiet icon', 'aria-label': `Remove ${l.name}`, title: 'Remove', onclick: () => {
                l.work.close();
                files.logs.splice(k, 1);
                files.log = Math.min(files.log, files.logs.length - 1);
                refresh();
            },
        }, icon(icons.remove)))));
}

function detail(c: Shown): string {
    if (c.error)
        return c.curve === null ? 'no expression' : 'as it was before the mistake';
    const total = totalOf(c);
    return Number.isFinite(total) ? `${grouped(total)} updates` : 'endless';
}

function select(index: number): void {
    state.selected = index;
    refresh();
}

function remove(index: number): void {
    const [gone] = state.curves.splice(index, 1);
    if (gone && gone.curve !== null)
        library.release(gone.curve);
    const follow = (k: number) => Math.max(0, k > index || k >= state.curves.length ? k - 1 : k);
    state.selected = follow(state.selected);
    state.resume.saved = follow(state.resume.saved);
    state.resume.wanted = follow(state.resume.wanted);
    refresh();
}

// ---------------------------------------------------------------------------------------------------------------------
// The expression and its form.

const form = new Form(byId('form'), {
    description,
    change: (tree: Tree) => {
        const now = selected();
        if (!now)
            return '';
        const before = { text: now.text, error: now.error };
        if (!setText(library, now, textOf(tree, description.operators))) {
            const wrong = now.error.replace(/^\d+:\d+: /, '');
            Object.assign(now, before);
            return wrong;
        }
        now.text = library.toText(now.curve as number);
        textArea.value = now.text;
        showTextError(now);
        byId('form').classList.remove('stale');
        changedCurve(false);
        return '';
    },
    length: () => {
        const now = selected();
        return now ? totalOf(now) : Infinity;
    },
});

function showTextError(now: Shown): void {
    textError.hidden = now.error === '';
    textError.textContent = now.error;
    textArea.setAttribute('aria-invalid', String(now.error !== ''));
}

textArea.addEventListener('input', () => {
    const now = selected();
    if (!now)
        return;
    setText(library, now, textArea.value);
    showTextError(now);
    changedCurve(true);
});

/** Of a text that is none, the form of the last one that was. */
function showForm(now: Shown): void {
    byId('form').classList.toggle('stale', now.error !== '');
    form.show(now.tree);
}

/** The selected curve is another one; the form is shown again if it was changed elsewhere. */
function changedCurve(isElsewhere: boolean): void {
    const now = selected();
    if (isElsewhere && now)
        showForm(now);
    else if (now)
        later(followForm);
    later(showList);
    later(findMarks);
    later(drawView);
    later(showRange);
    remember();
}
// Sliders of other fields follow the length of the curve.
function followForm(): void {
    const active = document.activeElement;
    if (active instanceof HTMLInputElement && active.type === 'text' && byId('form').contains(active))
        return;
    form.show(selected()?.tree ?? null);
}

// ---------------------------------------------------------------------------------------------------------------------
// Resume.

const resume = new ResumeView(library, state, () => {
    later(drawResume);
    remember();
}, text => {
    addCurve(library, state, text);
    state.selected = state.curves.length - 1;
    setView('curves');
});
function drawResume(): void {
    resume.show();
}

// ---------------------------------------------------------------------------------------------------------------------
// Recipes and logs.

const run = new RunView(library, files, {
    add: (text, source) => {
        const shown = addCurve(library, state, text, 'rate', source);
        state.selected = state.curves.indexOf(shown);
        setView('curves');
    },
    resolved: recipe => {
        isResolved = true;
        showRecipe(recipe);
    },
    changed: () => later(drawRun),
});
let isResolved = false;
function drawRun(): void {
    run.show();
    if (!isResolved)
        return showList();
    isResolved = false;
    refresh();  // its curve is another one, and may be the selected one
}

/** The curve that a recipe runs, among the curves; it follows what is said of the run. */
function showRecipe(recipe: RecipeFile): void {
    if (!recipe.run?.expression)
        return;
    const known = state.curves.find(c => c.source === recipe.name);
    if (known)
        setText(library, known, recipe.run.expression);
    else
        state.selected = state.curves.indexOf(addCurve(library, state, recipe.run.expression, 'rate', recipe.name));
    // A run that was stopped goes on with the recipe that comes after.
    if (!known && state.curves.some(c => c.isCheckpoint))
        state.resume.wanted = state.curves.length - 1;
    remember();
}

const views = { curves: draw, resume: drawResume, run: drawRun } as const;
function drawView(): void {
    views[state.view]();
}

const tabs = (Object.keys(views) as State['view'][]).map(view => ({ view, tab: byId<HTMLButtonElement>(`tab-${view}`) }));
function setView(view: State['view']): void {
    state.view = view;
    refresh();
}
function showView(): void {
    for (const { view, tab } of tabs) {
        const isShown = view === state.view;
        tab.setAttribute('aria-selected', String(isShown));
        tab.tabIndex = isShown ? 0 : -1;
        byId(tab.getAttribute('aria-controls') ?? '').hidden = !isShown;
    }
}
tabs.forEach(({ view, tab }, k) => {
    tab.addEventListener('click', () => setView(view));
    tab.addEventListener('keydown', event => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? tabs.length - 1 : 0;
        const next = tabs[(k + by) % tabs.length];
        if (by === 0 || !next)
            return;
        setView(next.view);
        next.tab.focus();
    });
});

// ---------------------------------------------------------------------------------------------------------------------
// Once a frame, what has changed.

const waiting = new Set<() => void>();
let frame = 0;
/** How long the work of a frame took, in milliseconds, is the attribute data-work of the page. */
function later(what: () => void): void {
    waiting.add(what);
    frame ||= requestAnimationFrame(() => {
        frame = 0;
        const start = performance.now();
        const all = [...waiting];
        waiting.clear();
        for (const each of all)
            each();
        // uPlot draws when this is over.
        queueMicrotask(() => {
            document.documentElement.dataset['work'] = (performance.now() - start).toFixed(2);
        });
    });
}

let remembering = 0;
function remember(): void {
    clearTimeout(remembering);
    remembering = window.setTimeout(() => history.replaceState(null, '', `#${toFragment(state)}`), 150);
}

function refresh(): void {
    const now = selected();
    showView();
    showList();
    if (now) {
        textArea.value = now.text;
        showTextError(now);
        showForm(now);
    }
    logBox.checked = state.isLog;
    findMarks();
    showRange();
    drawView();
    remember();
}

// ---------------------------------------------------------------------------------------------------------------------
// Controls.

logBox.addEventListener('change', () => {
    state.isLog = logBox.checked;
    later(draw);
    remember();
});
byId('all').addEventListener('click', () => {
    const [from, until] = whole();
    show(from, until);
});
for (const input of [fromInput, untilInput])
    input.addEventListener('change', () => {
        const [from, until] = [fromInput, untilInput].map(i => (/^\d+$/.test(i.value.trim()) ? Number(i.value) : NaN));
        if (from !== undefined && until !== undefined && until > from && until <= 2 ** 53)
            show(from, until);
        input.blur();
        showRange();
    });
stepInput.addEventListener('input', () => {
    const isWhole = /^\d+$/.test(stepInput.value.trim()) && Number(stepInput.value) <= 2 ** 53;
    stepInput.setAttribute('aria-invalid', String(!isWhole));
    if (isWhole)
        moveTo(Number(stepInput.value));
});
chartPlace.addEventListener('keydown', event => {
    const [from, until] = range();
    const part = event.shiftKey ? 1 : Math.max(1, Math.round((until - from) / 200));
    const zoomed = (factor: number) => {
        const at = Math.min(until, Math.max(from, state.step));
        show(at - (at - from) * factor, at + (until - at) * factor);
    };
    const actions: Record<string, () => void> = {
        ArrowLeft: () => moveTo(Math.max(from, state.step - part)),
        ArrowRight: () => moveTo(Math.min(until, state.step + part)),
        ArrowDown: () => moveTo(Math.max(from, state.step - part)),
        ArrowUp: () => moveTo(Math.min(until, state.step + part)),
        PageUp: () => moveTo(Math.min(until, state.step + 10 * part)),
        PageDown: () => moveTo(Math.max(from, state.step - 10 * part)),
        Home: () => moveTo(from),
        End: () => moveTo(until),
        '+': () => zoomed(0.5),
        '=': () => zoomed(0.5),
        '-': () => zoomed(2),
        '0': () => show(...whole()),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey)
        return;
    event.preventDefault();
    action();
});
byId('add').addEventListener('click', () => {
    const used = new Set(state.curves.map(c => c.tree?.name));
    const next = description.schedules.find(s => s.dialect === '' && !used.has(s.name)) ?? description.schedules[0];
    addCurve(library, state, next?.example ?? 'constant(peak_lr=0.001)');
    select(state.curves.length - 1);
    document.querySelector<HTMLElement>('#form select[data-role="schedule"]')?.focus();
});
byId('copy-expression').addEventListener('click', () => void copy(textArea.value, 'Expression'));
const copyAs = byId<HTMLSelectElement>('copy-as');
options(copyAs, [['', 'copy as\u2026'], ...description.targets.filter(t => t.name !== 'expression').map(
    t => [t.name, `${targetNames[t.name] ?? t.name}: ${t.about}`] as const)], '');
copyAs.addEventListener('change', () => {
    const now = selected();
    const target = copyAs.value;
    copyAs.value = '';
    if (!now || now.curve === null || target === '')
        return;
    const { text, refusal, notes } = library.convert(now.curve, target);
    const name = targetNames[target] ?? target;
    if (refusal)
        say(`Not as ${name}: ${refusal}`, true);
    else
        void copy(text, [name, ...notes].join('; '));
});
byId('copy-link').addEventListener('click', () => {
    history.replaceState(null, '', `#${toFragment(state)}`);
    void copy(location.href, 'Link');
});

// ---------------------------------------------------------------------------------------------------------------------
// Files.

/** Takes a file that was read to where it belongs; gives what is said of it. */
function place(name: string, opened: Opened): string {
    if (opened.kind === 'curve') {
        const shown = addCurve(library, state, library.toText(opened.curve), 'rate', name);
        library.release(opened.curve);
        state.selected = state.curves.indexOf(shown);
        if (!opened.at)
            return `${name}: ${labelOf(shown)}`;
        shown.isCheckpoint = true;
        state.step = opened.at.position;
        state.resume.saved = state.selected;
        state.resume.at = opened.at.position;
        return `${name}: stopped after ${grouped(opened.at.updates)} updates, the curve counts ${opened.at.clock}`;
    }
    if (opened.kind === 'log') {
        const known = files.logs.findIndex(l => l.name === name);
        files.logs[known]?.work.close();
        files.log = known >= 0 ? known : files.logs.length;
        const log = logFile(name, opened.work);
        files.logs[files.log] = log;
        state.view = 'run';
        return `${name}: ${grouped(log.log.steps.length)} rates`;
    }
    const known = files.recipes.findIndex(r => r.name === name);
    if (known >= 0)
        library.releaseRecipe(files.recipes[known]?.id ?? 0);
    const recipe: RecipeFile = { name, id: opened.recipe, text: opened.text, run: null, findings: [], error: '', resolvedWith: '' };
    files.recipe = known >= 0 ? known : files.recipes.length;
    files.recipes[files.recipe] = recipe;
    resolve(library, recipe, files.facts);
    showRecipe(recipe);
    state.view = 'run';
    return `${name}: ${recipe.run?.scheduler ?? 'a recipe that does not say how long its run is'}`;
}

/** Until what is said can be read, if what comes takes long. */
const shownFirst = (): Promise<void> => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));

async function take(chosen: FileList | null | undefined): Promise<void> {
    const isLong = (file: File) => file.size > 1_000_000;
    for (const file of [...chosen ?? []]) {
        try {
            if (isLong(file)) {
                say(`${file.name} is read\u2026`);
                await shownFirst();
            }
            const said = place(file.name, await open(library, file, files.tag));
            say(said);
        } catch (refused) {
            if (!(refused instanceof Refused))
                throw refused;
            say(refused.message, true);
        }
    }
    refresh();
}
const fileInput = byId<HTMLInputElement>('file');
fileInput.addEventListener('change', () => {
    void take(fileInput.files).then(() => { fileInput.value = ''; });
});
byId('run-open').addEventListener('click', () => fileInput.click());
for (const kind of ['dragenter', 'dragover'])
    addEventListener(kind, event => {
        event.preventDefault();
        document.body.classList.add('dropping');
    });
for (const kind of ['dragleave', 'drop'])
    addEventListener(kind, event => {
        if (kind === 'drop' || (event as DragEvent).relatedTarget === null)
            document.body.classList.remove('dropping');
    });
addEventListener('drop', event => {
    event.preventDefault();
    void take(event.dataTransfer?.files);
});

// ---------------------------------------------------------------------------------------------------------------------
// Light and dark.

const theme = byId<HTMLSelectElement>('theme');
function setTheme(name: string): void {
    if (name === 'light' || name === 'dark')
        document.documentElement.dataset['theme'] = name;
    else
        delete document.documentElement.dataset['theme'];
    theme.value = name;
}
try {
    setTheme(localStorage.getItem('pacer-theme') ?? 'auto');
} catch {
    setTheme('auto');  // no storage here
}
theme.addEventListener('change', () => {
    setTheme(theme.value);
    try {
        localStorage.setItem('pacer-theme', theme.value);
    } catch {
        // It lasts as long as the page.
    }
    refresh();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);

addEventListener('hashchange', () => {
    if (location.hash.slice(1) === toFragment(state))
        return;
    for (const c of state.curves)
        if (c.curve !== null)
            library.release(c.curve);
    const { resume: next, ...rest } = fromFragment(library, location.hash);
    Object.assign(state, rest);
    Object.assign(state.resume, next);
    refresh();
});

byId('version').textContent = `pacer ${description.version}`;
const broken = state.curves.find(c => c.error);
if (broken)
    say(`A curve of the link is no expression: ${broken.error}`, true);
refresh();
document.documentElement.dataset['ready'] = 'true';
