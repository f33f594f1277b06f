// SPDX-License-Identifier: MIT
// What the page shows, and the same as the fragment of its address.
import { Refused, type Curve, type Library, type Tree } from './library';

export type Axis = 'rate' | 'second';

/** A curve of the page. A text that is none keeps the last one that was. */
export interface Shown {
    text: string;
    curve: Curve | null;
    tree: Tree | null;
    error: string;
    color: number;
    axis: Axis;
    isVisible: boolean;
    /** Where it came from, if that was a file. */
    source: string;
    /** Whether that was a checkpoint. */
    isCheckpoint: boolean;
    /** How far it is worth looking at; its length, if it has one. */
    horizon: number;
}

export interface ResumeState {
    saved: number;
    wanted: number;
    at: number;
    over: number;
    total: number;
    to: string;
    shape: string;
    isNear: boolean;
}

export interface State {
    curves: Shown[];
    selected: number;
    isLog: boolean;
    /** The steps that are shown; null: all. */
    range: [number, number] | null;
    step: number;
    view: 'curves' | 'resume' | 'run';
    resume: ResumeState;
}

export const colors = 8;

export const firstTexts = [
    'cosine_with_min_lr(peak_lr=0.0003, min_lr=10%, total_steps=10000, warmup=5%)',
    'warmup_stable_decay(peak_lr=0.0003, decay_steps=2000, total_steps=10000, warmup=5%, decay_shape=one_minus_sqrt)',
];

export function emptyState(): State {
    return {
        curves: [],
        selected: 0,
        isLog: false,
        range: null,
        step: 0,
        view: 'curves',
        resume: { saved: 0, wanted: 1, at: 4000, over: 1000, total: 15000, to: '0', shape: 'linear', isNear: false },
    };
}

/** Of a curve without an end: until well after its last warm-up, joint or decay. */
function horizonOf(library: Library, curve: Curve): number {
    const total = library.totalSteps(curve);
    if (Number.isFinite(total))
        return total;
    const steps = library.landmarks(curve, 10_000).filter(l => /joint|warm-up|decay/.test(l.name)).map(l => l.step ?? 0);
    return steps.length > 0 ? 3 * Math.max(...steps) : 10_000;
}

/** Another text for a curve; false if it is none, and then the curve stays as it was. */
export function setText(library: Library, shown: Shown, text: string): boolean {
    shown.text = text;
    try {
        const curve = library.parse(text);
        if (shown.curve !== null)
            library.release(shown.curve);
        shown.curve = curve;
        shown.tree = library.tree(curve);
        shown.horizon = horizonOf(library, curve);
        shown.error = '';
        return true;
    } catch (refused) {
        if (!(refused instanceof Refused))
            throw refused;
        shown.error = refused.message;
        return false;
    }
}

export function addCurve(library: Library, state: State, text: string, axis: Axis = 'rate', source = ''): Shown {
    const used = new Set(state.curves.map(c => c.color));
    let color = 0;
    while (used.has(color) && color < colors - 1)
        ++color;
    const shown: Shown = { text, curve: null, tree: null, error: '', color, axis, isVisible: true, source, isCheckpoint: false, horizon: 0 };
    setText(library, shown, text);
    state.curves.push(shown);
    return shown;
}

/** A short name for a curve among others. */
export function labelOf(shown: Shown): string {
    const name = shown.tree?.name ?? shown.text.split('(')[0]?.trim().slice(0, 40);
    return name || 'nothing yet';
}

const count = (text: string | null, otherwise: number): number => {
    const n = text === null || text === '' ? NaN : Number(text);
    return Number.isFinite(n) && n >= 0 ? Math.floor(n) : otherwise;
};

export function toFragment(state: State): string {
    const p = new URLSearchParams();
    for (const c of state.curves)
        p.append((c.axis === 'second' ? 'second' : 'curve') + (c.isVisible ? '' : '.hidden'), c.text);
    if (state.selected > 0)
        p.set('selected', String(state.selected));
    if (state.isLog)
        p.set('log', '1');
    if (state.range)
        p.set('steps', state.range.join('-'));
    if (state.step > 0)
        p.set('step', String(state.step));
    if (state.view === 'run')
        p.set('view', 'run');
    if (state.view === 'resume') {
        const { saved, wanted, at, over, total, to, shape, isNear } = state.resume;
        p.set('view', 'resume');
        for (const [key, value] of Object.entries({ saved, wanted, at, over, total, to, shape }))
            p.set(key, String(value));
        if (isNear)
            p.set('near', '1');
    }
    // Brackets, commas and = need no escape in a fragment, and a person may read it.
    return p.toString().replace(/%(28|29|2C|3D|3A|5B|5D)/g, code => decodeURIComponent(code)).replace(/\+/g, '%20');
}

export function fromFragment(library: Library, fragment: string): State {
    const state = emptyState();
    for (const part of fragment.replace(/^#/, '').split('&')) {
        const equals = part.indexOf('=');
        const key = equals < 0 ? part : part.slice(0, equals);
        let value = equals < 0 ? '' : part.slice(equals + 1).replace(/\+/g, ' ');
        try {
            value = decodeURIComponent(value);
        } catch {
            // As it stands: the library says what is wrong with it.
        }
        const match = /^(curve|second)(\.hidden)?$/.exec(key);
        if (match && state.curves.length < 24) {
            const shown = addCurve(library, state, value, match[1] === 'second' ? 'second' : 'rate');
            shown.isVisible = !match[2];
            if (shown.curve !== null)
                shown.text = library.toText(shown.curve);
        } else if (key === 'selected')
            state.selected = count(value, 0);
        else if (key === 'log')
            state.isLog = value === '1';
        else if (key === 'step')
            state.step = count(value, 0);
        else if (key === 'steps') {
            const [from, until] = value.split('-').map(n => count(n, -1));
            if (from !== undefined && until !== undefined && from >= 0 && until > from)
                state.range = [from, until];
        } else if (key === 'view')
            state.view = value === 'resume' || value === 'run' ? value : 'curves';
        else if (key === 'saved' || key === 'wanted' || key === 'at' || key === 'over' || key === 'total')
            state.resume[key] = count(value, state.resume[key]);
        else if (key === 'to' || key === 'shape')
            state.resume[key] = value;
        else if (key === 'near')
            state.resume.isNear = value === '1';
    }
    if (state.curves.length === 0) {
        for (const text of firstTexts)
            addCurve(library, state, text);
        state.step ||= 6000;
    }
    state.selected = Math.min(state.selected, state.curves.length - 1);
    state.resume.saved = Math.min(state.resume.saved, state.curves.length - 1);
    state.resume.wanted = Math.min(state.resume.wanted, state.curves.length - 1);
    return state;
}
