// SPDX-License-Identifier: MIT
// What every resume policy makes of a saved curve and a new one, side by side.
import { Chart, curveColor } from './chart';
import { byId, element, exactly, options } from './dom';
import { Refused, type Curve, type Library } from './library';
import { labelOf, type State } from './state';

interface Policy {
    how: string;
    about: string;
    /** Which number of the view it goes by. */
    by?: 'over' | 'total';
    /** Whether it looks at the new curve at all. */
    usesWanted: boolean;
}

const policies: readonly Policy[] = [
    { how: 'keep_saved', about: 'the saved curve goes on', usesWanted: false },
    { how: 'use_new', about: 'the new curve at the same step', usesWanted: true },
    { how: 'restart', about: 'the new curve from its own step 0', usesWanted: true },
    { how: 'rewarm', about: 'a straight line to the new curve', by: 'over', usesWanted: true },
    { how: 'blend', about: 'from one to the other, both going on', by: 'over', usesWanted: true },
    { how: 'require_same', about: 'only if both are the same', usesWanted: true },
    { how: 'extend', about: 'the saved curve with another length', by: 'total', usesWanted: false },
    { how: 'cooldown_from', about: 'the saved curve, down to its end now', by: 'over', usesWanted: false },
];

class Card {
    readonly root: HTMLElement;
    private readonly chart: Chart;
    private readonly place = element('div', { class: 'small-chart' });
    private readonly rates = element('p', { class: 'rates' });
    private readonly error = element('p', { class: 'refused' });
    private readonly use: HTMLButtonElement;
    private text = '';

    constructor(readonly policy: Policy, private readonly schedules: Library, use: (text: string) => void) {
        this.use = element('button', { type: 'button', class: 'quiet', onclick: () => use(this.text) }, 'add as a curve');
        this.root = element('article', { class: 'card', 'data-policy': policy.how, 'aria-label': policy.how },
            element('header', {}, element('h2', {}, policy.how), this.use),
            element('p', { class: 'about' }, policy.about), this.place, this.rates, this.error);
        this.chart = new Chart(this.place, { height: 168, isSmall: true });
    }

    show(state: State, saved: Curve, wanted: Curve): void {
        const { resume } = state;
        const over = this.policy.by === 'total' ? resume.total : resume.over;
        let result: Curve;
        try {
            result = this.schedules.goOn(saved, wanted, this.policy.how, resume.at, over, Number(resume.to), resume.shape);
        } catch (refused) {
            if (!(refused instanceof Refused))
                throw refused;
            this.error.textContent = `refused: ${refused.message.replace(/\n {2}/, ' ').replace(/\n {2}/g, '; ').slice(0, 400)}`;
            for (const part of [this.place, this.rates, this.use])
                part.hidden = true;
            this.error.hidden = false;
            return;
        }
        for (const part of [this.place, this.rates, this.use])
            part.hidden = false;
        this.error.hidden = true;
        this.text = this.schedules.toText(result);
        this.draw(state, saved, wanted, result);
        const before = this.schedules.rate(saved, resume.at);
        const after = this.schedules.rate(result, resume.at);
        const jumps = before !== after;
        const factor = jumps && before !== 0 ? `\u00d7${Number((after / before).toPrecision(3))}` : 'from 0';
        this.rates.replaceChildren(
            element('span', { class: 'numbers' }, `${exactly(before)} \u2192 ${exactly(after)}`),
            element('span', { class: jumps ? 'jump' : 'calm' }, jumps ? `jumps ${factor}` : 'no jump'));
        this.schedules.release(result);
    }

    private draw(state: State, saved: Curve, wanted: Curve, result: Curve): void {
        const { resume } = state;
        const total = (c: Curve) => {
            const n = this.schedules.totalSteps(c);
            return Number.isFinite(n) ? n : 0;
        };
        const whole = Math.max(total(saved), total(wanted), total(result), resume.at * 1.5, 10);
        const near = Math.max(10, Math.round(1.5 * resume.over));
        const from = resume.isNear ? Math.max(0, resume.at - near) : 0;
        const until = Math.round(resume.isNear ? resume.at + 2 * near : whole * 1.03);
        const { steps, rates } = this.schedules.sample([saved, wanted, result], from, until, this.chart.columns());
        const [old, next, after] = rates as [Float64Array, Float64Array, Float64Array];
        // The run went along the saved curve until the stop.
        const gone = after.map((rate, k) => ((steps[k] ?? 0) < resume.at ? old[k] ?? rate : rate));
        const [a, b] = [state.curves[resume.saved], state.curves[resume.wanted]];
        this.chart.draw({
            steps, from, until, isLog: state.isLog, end: Infinity,
            marks: [{ step: resume.at, label: '' }],
            lines: [
                { color: curveColor(a?.color ?? 0), axis: 'rate', width: 1, dash: [4, 3], rates: old },
                { color: curveColor(b?.color ?? 1), axis: 'rate', width: 1, dash: [4, 3],
                    rates: this.policy.usesWanted ? next : old },
                { color: getComputedStyle(document.documentElement).getPropertyValue('--ink').trim(), axis: 'rate',
                    width: 2, rates: gone },
            ],
        });
    }
}

export class ResumeView {
    private readonly cards: Card[];
    private readonly saved = byId<HTMLSelectElement>('resume-saved');
    private readonly wanted = byId<HTMLSelectElement>('resume-wanted');
    private readonly slider = byId<HTMLInputElement>('resume-at-slider');
    private readonly numbers: [HTMLInputElement, 'at' | 'over' | 'total'][];
    private readonly to = byId<HTMLInputElement>('resume-to');
    private readonly shape = byId<HTMLSelectElement>('resume-shape');
    private readonly near = byId<HTMLInputElement>('resume-near');

    constructor(private readonly schedules: Library, private readonly state: State, changed: () => void,
                use: (text: string) => void) {
        this.numbers = [[byId('resume-at'), 'at'], [byId('resume-over'), 'over'], [byId('resume-total'), 'total']];
        this.cards = policies.map(p => new Card(p, schedules, use));
        byId('policies').replaceChildren(...this.cards.map(c => c.root));
        options(this.shape, ['linear', 'cosine', 'one_minus_sqrt', 'half_life', 'exponential'].map(
            n => [n, n.replaceAll('_', ' ')] as const), 'linear');
        const { resume } = state;
        const set = (change: () => void) => () => {
            change();
            changed();
        };
        this.saved.addEventListener('change', set(() => { resume.saved = Number(this.saved.value); }));
        this.wanted.addEventListener('change', set(() => { resume.wanted = Number(this.wanted.value); }));
        this.slider.addEventListener('input', set(() => { resume.at = Number(this.slider.value); }));
        for (const [input, key] of this.numbers)
            input.addEventListener('input', set(() => {
                const n = Number(input.value);
                const isWhole = /^\d+$/.test(input.value.trim()) && n <= 2 ** 53;
                input.setAttribute('aria-invalid', String(!isWhole));
                if (isWhole)
                    resume[key] = n;
            }));
        this.to.addEventListener('input', set(() => {
            const isRate = this.to.value.trim() !== '' && Number(this.to.value) >= 0;
            this.to.setAttribute('aria-invalid', String(!isRate));
            if (isRate)
                resume.to = this.to.value.trim();
        }));
        this.shape.addEventListener('change', set(() => { resume.shape = this.shape.value; }));
        this.near.addEventListener('change', set(() => { resume.isNear = this.near.checked; }));
    }

    show(): void {
        const { resume, curves } = this.state;
        resume.saved = Math.min(resume.saved, curves.length - 1);
        resume.wanted = Math.min(resume.wanted, curves.length - 1);
        const names = curves.map((c, k) => [String(k), `${k + 1}  ${labelOf(c)}`] as const);
        options(this.saved, names, String(resume.saved));
        options(this.wanted, names, String(resume.wanted));
        const saved = curves[resume.saved]?.curve ?? null;
        const wanted = curves[resume.wanted]?.curve ?? null;
        for (const [input, key] of this.numbers)
            if (document.activeElement !== input)
                input.value = String(resume[key]);
        if (document.activeElement !== this.to)
            this.to.value = resume.to;
        this.shape.value = resume.shape;
        this.near.checked = resume.isNear;
        if (saved === null || wanted === null)
            return;
        const total = this.schedules.totalSteps(saved);
        this.slider.max = String(Math.max(Number.isFinite(total) ? total : 0, resume.at, 100));
        this.slider.value = String(resume.at);
        for (const card of this.cards)
            card.show(this.state, saved, wanted);
        const differ = this.schedules.differences(saved, wanted);
        byId('differences').replaceChildren(
            element('caption', {}, differ.length === 0 ? 'The two curves are the same.'
                : `They differ in ${differ.length === 1 ? 'one field' : `${differ.length} fields`}`),
            ...(differ.length === 0 ? [] : [
                element('thead', {}, element('tr', {}, ...['field', 'saved', 'new'].map(t => element('th', { scope: 'col' }, t)))),
                element('tbody', {}, ...differ.map(d => element('tr', {},
                    element('th', { scope: 'row' }, d.path), element('td', {}, d.saved), element('td', {}, d.wanted)))),
            ]));
    }
}
