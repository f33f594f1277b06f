// SPDX-License-Identifier: MIT
// The form of a curve: every field of its schedules and operators, by the library's description.
import { element, options } from './dom';
import { textOf, type Argument, type Description, type Field, type Operator, type Schedule, type Tree } from './library';
import { exponents, places, scaleOf, type Scale } from './sliders';

/** What the form asks of the page. */
export interface Owner {
    description: Description;
    /** Takes another tree; gives what is wrong with it, or nothing. */
    change(tree: Tree): string;
    /** Total of the curve; may be infinite. */
    length(): number;
}

const pacerOwn = 'pacer';
const dialectOf = (s: Schedule): string => s.dialect || pacerOwn;

const clone = (tree: Tree): Tree => structuredClone(tree);

/** The fields of an example: "cosine(peak_lr=0.001, at=[1, 2])". */
function exampleFields(example: string): Map<string, string> {
    const fields = new Map<string, string>();
    for (const [, name, value] of example.matchAll(/([A-Za-z_]\w*)=(\[[^\]]*\]|[^,()]+(?:\([^)]*\))?)/g))
        fields.set(name ?? '', value ?? '');
    return fields;
}

let numberOfIds = 0;

/** The values of one field, and what is shown of them. */
class FieldRow {
    readonly row: HTMLElement;
    private readonly input: HTMLInputElement | HTMLSelectElement;
    private readonly slider: HTMLInputElement | null = null;
    private readonly unit: HTMLSelectElement | null = null;
    private readonly exponent: HTMLInputElement | null = null;
    private readonly error: HTMLElement;
    private readonly reset: HTMLButtonElement;

    constructor(private readonly field: Field, private readonly isLength: boolean, private text: string,
                private readonly length: () => number, private readonly set: (text: string | null) => string) {
        const id = `field-${++numberOfIds}`;
        const label = element('label', { for: id, class: 'name' }, field.name);
        this.error = element('p', { class: 'error', id: `${id}-error`, role: 'alert', hidden: true });
        this.reset = element('button', {
            type: 'button', class: 'reset quiet', title: `back to ${field.byDefault || 'not given'}`,
            'aria-label': `Reset ${field.name}`, onclick: () => this.take(null),
        }, '\u21ba');
        const about = element('p', { class: 'about', id: `${id}-about` }, field.about);
        const described = { id, 'aria-describedby': `${id}-about ${id}-error`, 'data-field': field.name };
        const controls = element('div', { class: 'controls' });
        if (field.kind === 'choice' || field.kind === 'shape') {
            const select = element('select', { ...described, onchange: () => this.chosen() });
            const names = field.kind === 'shape'
                ? ['linear', 'cosine', 'one_minus_sqrt', 'half_life', 'exponential', 'power'] : field.choices;
            options(select, names.map(n => [n, n.replaceAll('_', ' ')] as const), names[0] ?? '');
            this.input = select;
            controls.append(select);
            if (field.kind === 'shape') {
                this.exponent = element('input', {
                    type: 'range', min: 0, max: places, 'aria-label': `${field.name}, exponent`,
                    oninput: () => this.take(`power(${exponents.textAt(Number(this.exponent?.value))})`),
                });
                controls.append(this.exponent);
            }
        } else if (field.kind === 'flag') {
            this.input = element('input', {
                ...described, type: 'checkbox',
                onchange: () => this.take((this.input as HTMLInputElement).checked ? 'true' : 'false'),
            });
            controls.append(this.input);
        } else {
            this.input = element('input', {
                ...described, type: 'text', autocomplete: 'off', spellcheck: 'false', title: field.accepted,
                placeholder: field.mayBeOpen ? 'not given' : field.accepted,
                oninput: () => this.take(this.input.value.trim() || null, true),
                onblur: () => this.show(this.text),
            });
            controls.append(this.input);
            if (field.kind === 'warmup' || field.kind === 'rate_or_ratio') {
                this.unit = element('select', {
                    class: 'unit', 'aria-label': `${field.name}, unit`, onchange: () => this.converted() });
                options(this.unit, field.kind === 'warmup'
                    ? [['steps', 'updates'], ['%', '% of total'], ['off', 'off']]
                    : [['rate', 'rate'], ['%', '% of peak']], '%');
                controls.append(this.unit);
            }
            if (field.kind !== 'list') {
                this.slider = element('input', {
                    type: 'range', min: 0, max: places, 'aria-label': `${field.name}, slider`,
                    oninput: () => {
                        const scale = this.scale();
                        if (scale)
                            this.take(scale.textAt(Number(this.slider?.value)));
                    },
                });
                controls.append(this.slider);
            }
        }
        this.row = element('div', { class: `field ${field.kind}` },
            element('div', { class: 'head' }, label, this.reset), about, controls, this.error);
        this.show(text);
    }

    /** Another value, from elsewhere. */
    show(text: string): void {
        this.text = text;
        this.fail('');
        if (this.input instanceof HTMLSelectElement)
            this.input.value = text.startsWith('power(') ? 'power' : text;
        else if (this.input.type === 'checkbox')
            this.input.checked = text === 'true';
        else if (this.input.value !== text)
            this.input.value = text;
        this.showSides(text);
    }

    private showSides(text: string): void {
        this.reset.hidden = text === this.field.byDefault || (this.field.mustBeGiven && !this.field.byDefault);
        if (this.unit)
            this.unit.value = text === 'off' ? 'off' : text.endsWith('%') || text.endsWith('%)') ? '%'
                : this.field.kind === 'warmup' ? 'steps' : 'rate';
        if (this.exponent) {
            const power = /^power\((.*)\)$/.exec(text);
            this.exponent.hidden = !power;
            this.exponent.value = String(exponents.placeOf(power?.[1] ?? '2') ?? 0);
        }
        const scale = this.scale();
        if (this.slider) {
            const place = scale?.placeOf(text) ?? null;
            this.slider.disabled = scale === null;
            this.slider.value = String(place ?? 0);
            this.slider.setAttribute('aria-valuetext', text || 'not given');
        }
    }

    private scale(): Scale | null {
        const length = this.length();
        return scaleOf(this.field, this.text, Number.isFinite(length) ? length : 10_000, this.isLength);
    }

    private fail(message: string): void {
        this.error.hidden = message === '';
        this.error.textContent = message;
        this.input.setAttribute('aria-invalid', message === '' ? 'false' : 'true');
    }

    private take(text: string | null, isTyped = false): void {
        const value = text ?? this.field.byDefault;
        const wrong = this.set(text);
        if (wrong === '') {
            this.text = value;
            if (!isTyped)
                this.show(value);
            else
                this.showSides(value);
        } else if (!isTyped && this.input instanceof HTMLInputElement && this.input.type !== 'checkbox')
            this.input.value = value;
        this.fail(wrong);
    }

    private chosen(): void {
        const value = this.input.value;
        this.take(value === 'power' ? 'power(2)' : value);
    }

    // The same quantity in another unit, as well as a round number says it.
    private converted(): void {
        const unit = this.unit?.value;
        const x = parseFloat(this.text);
        const isKnown = Number.isFinite(x);
        const length = this.length();
        if (unit === 'off')
            this.take('off');
        else if (this.field.kind === 'warmup') {
            const total = Number.isFinite(length) && length > 0 ? length : 10_000;
            this.take(unit === '%' ? `${isKnown ? Number((x / total * 100).toPrecision(3)) : 5}%`
                : String(isKnown ? Math.ceil(x / 100 * total) : Math.ceil(0.05 * total)));
        } else
            this.take(unit === '%' ? '10%' : '0.0001');
    }
}

/** The fields of an operator as those of a schedule are described. */
function operatorField(o: Operator, index: number): Field {
    const f = o.fields[index];
    return {
        name: f?.name ?? 'at', kind: f?.kind === 'schedule' ? 'steps' : f?.kind ?? 'steps',
        about: f?.about ?? 'the step at which the next one starts', accepted: f?.about ?? 'updates, 0 or more',
        choices: [], byDefault: f?.byDefault ?? '', mustBeGiven: !f?.byDefault, lowest: 0, highest: null,
        aboveLowest: false, mayBeEndless: o.name === 'repeat' && f?.name === 'times', mayBeOpen: false,
        mayExceedPeak: false, isSigned: false,
    };
}

export class Form {
    private tree: Tree | null = null;
    private rows: { row: FieldRow; read: (tree: Tree) => string }[] = [];
    private structure = '';

    constructor(private readonly place: HTMLElement, private readonly owner: Owner) {}

    /** Shows a tree; rows that are there already keep the focus. */
    show(tree: Tree | null): void {
        const structure = tree ? this.structureOf(tree) : '';
        this.tree = tree;
        if (tree && structure === this.structure) {
            for (const { row, read } of this.rows)
                row.show(read(tree));
            return;
        }
        this.structure = structure;
        this.rows = [];
        this.place.replaceChildren(...(tree ? [this.node(tree, [])] : []));
    }

    private structureOf(tree: Tree): string {
        return `${tree.name}(${tree.arguments.map(a => (a.part ? this.structureOf(a.part) : tree.isOperator ? '.' : ''))})`;
    }

    private at(tree: Tree, path: readonly number[]): Tree {
        let found = tree;
        for (const k of path)
            found = found.arguments[k]?.part ?? found;
        return found;
    }

    private edit(path: readonly number[], change: (node: Tree) => void): string {
        if (!this.tree)
            return '';
        const tree = clone(this.tree);
        change(this.at(tree, path));
        const wrong = this.owner.change(tree);
        if (wrong === '')
            this.tree = tree;
        return wrong;
    }

    /** Another schedule in the place of a node: what both have is kept. */
    private replace(path: readonly number[], name: string): void {
        const schedule = this.owner.description.schedules.find(s => s.name === name);
        if (!schedule || !this.tree)
            return;
        const before = this.at(this.tree, path);
        const fresh = [...exampleFields(schedule.example)].map(([n, value]): Argument => ({ name: n, value }));
        const kept = fresh.map(a => before.arguments.find(b => b.name === a.name && b.value !== undefined) ?? a);
        const same = schedule.fields.flatMap(f => before.arguments.filter(
            b => b.name === f.name && b.value !== undefined && !fresh.some(a => a.name === f.name)));
        for (const all of [[...kept, ...same], kept, fresh])
            if (this.edit(path, node => Object.assign(node, { name, isOperator: false, arguments: all })) === '')
                return;
    }

    private wrap(path: readonly number[], name: string): void {
        const operator = this.owner.description.operators.find(o => o.name === name);
        if (!operator || !this.tree)
            return;
        const length = Number.isFinite(this.owner.length()) ? this.owner.length() : 10_000;
        const values: Record<string, string> = {
            factor: '0.5', lowest: '0.0001', highest: '1', by: String(Math.round(length / 10)), n: '10', times: '3',
            at: String(Math.round(length / 2)), over: String(Math.round(length / 10)),
        };
        this.edit(path, node => {
            const inner = clone(node);
            const all: Argument[] = operator.name === 'join'
                ? [{ name: 'schedule', part: inner }, { name: 'at', value: values['at'] },
                    { name: 'schedule', part: clone(inner) }]
                : operator.fields.flatMap((f): Argument[] => f.kind === 'schedule'
                    ? [{ name: f.name, part: clone(inner) }]
                    : f.byDefault ? [] : [{ name: f.name, value: values[f.name] ?? '1' }]);
            Object.assign(node, { name, isOperator: true, arguments: all });
        });
    }

    private unwrap(path: readonly number[]): void {
        this.edit(path, node => {
            const inner = node.arguments.find(a => a.part)?.part;
            if (inner)
                Object.assign(node, clone(inner));
        });
    }

    private node(tree: Tree, path: readonly number[]): HTMLElement {
        return tree.isOperator ? this.operator(tree, path) : this.schedule(tree, path);
    }

    private wrapper(path: readonly number[]): HTMLElement {
        const select = element('select', {
            class: 'wrap', 'aria-label': 'Apply an operator', onchange: () => this.wrap(path, select.value) });
        options(select, [['', 'apply\u2026'], ...this.owner.description.operators.map(o => [o.name, o.name] as const)], '');
        return select;
    }

    private schedule(tree: Tree, path: readonly number[]): HTMLElement {
        const { schedules } = this.owner.description;
        const schedule = schedules.find(s => s.name === tree.name);
        if (!schedule)
            return element('p', {}, tree.name);
        const dialect = element('select', {
            'aria-label': 'Dialect', 'data-role': 'dialect',
            onchange: () => {
                const first = schedules.find(s => dialectOf(s) === dialect.value);
                if (first)
                    this.replace(path, first.name);
            },
        });
        options(dialect, [...new Set(schedules.map(dialectOf))].map(d => [d, d] as const), dialectOf(schedule));
        const name = element('select', {
            'aria-label': 'Schedule', 'data-role': 'schedule', onchange: () => this.replace(path, name.value) });
        options(name, schedules.filter(s => dialectOf(s) === dialectOf(schedule)).map(
            s => [s.name, s.name.replace(/^.*::/, '')] as const), schedule.name);
        const example = exampleFields(schedule.example);
        const rows = schedule.fields.map(field => {
            const read = (root: Tree) =>
                this.at(root, path).arguments.find(a => a.name === field.name)?.value ?? field.byDefault;
            const row = new FieldRow(field, field.kind === 'steps' && Number(example.get(field.name)) >= 9_000
                || field.name === 'total_steps', read(this.tree ?? tree), () => this.owner.length(),
                text => this.edit(path, node => {
                    const given = node.arguments.find(a => a.name === field.name);
                    if (text === null)
                        node.arguments = node.arguments.filter(a => a !== given);
                    else if (given)
                        given.value = text;
                    else
                        node.arguments.push({ name: field.name, value: text });
                }));
            this.rows.push({ row, read });
            return row.row;
        });
        return element('section', { class: 'node', 'aria-label': schedule.name },
            element('div', { class: 'choose' }, dialect, name, this.wrapper(path)),
            ...(schedule.formula ? [element('p', { class: 'formula' }, schedule.formula)] : []),
            ...rows);
    }

    private operator(tree: Tree, path: readonly number[]): HTMLElement {
        const operator = this.owner.description.operators.find(o => o.name === tree.name);
        if (!operator)
            return element('p', {}, tree.name);
        const own = operator.fields.map((f, k) => ({ f, k })).filter(({ f }) => f.kind !== 'schedule');
        const children: HTMLElement[] = [];
        const add = (field: Field, find: (node: Tree) => Argument | undefined) => {
            const read = (root: Tree) => find(this.at(root, path))?.value ?? field.byDefault;
            const row = new FieldRow(field, false, read(this.tree ?? tree), () => this.owner.length(),
                text => this.edit(path, node => {
                    const given = find(node);
                    if (given)
                        given.value = text ?? field.byDefault;
                    else if (text !== null)
                        node.arguments.push({ name: field.name, value: text });
                }));
            this.rows.push({ row, read });
            children.push(row.row);
        };
        if (operator.name !== 'join')
            for (const { f, k } of own)
                add(operatorField(operator, k), node => node.arguments.find(a => a.name === f.name && a.part === undefined));
        tree.arguments.forEach((a, k) => {
            if (a.part)
                children.push(this.node(a.part, [...path, k]));
            else if (operator.name === 'join')
                add(operatorField(operator, 0), node => node.arguments[k]);
        });
        return element('section', { class: 'node operator', 'aria-label': operator.name },
            element('div', { class: 'choose' },
                element('strong', {}, operator.name),
                element('button', { type: 'button', class: 'quiet', onclick: () => this.unwrap(path) }, 'remove'),
                this.wrapper(path)),
            element('p', { class: 'about' }, operator.about),
            ...children);
    }
}

export const describeTree = (tree: Tree, operators: readonly Operator[]): string => textOf(tree, operators);
