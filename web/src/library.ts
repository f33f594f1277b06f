// SPDX-License-Identifier: MIT
// pacer itself, compiled to WebAssembly: every rate, text and message of the page is the library's.
import load, { type Module } from '../build/pacer.js';

export interface Field {
    name: string;
    kind: 'rate' | 'rate_or_ratio' | 'steps' | 'warmup' | 'number' | 'shape' | 'choice' | 'flag' | 'list';
    about: string;
    accepted: string;
    choices: string[];
    byDefault: string;
    mustBeGiven: boolean;
    lowest: number;
    highest: number | null;
    aboveLowest: boolean;
    mayBeEndless: boolean;
    mayBeOpen: boolean;
    mayExceedPeak: boolean;
    isSigned: boolean;
}

export interface Schedule {
    name: string;
    dialect: string;
    formula: string;
    example: string;
    fields: Field[];
}

export interface OperatorField {
    name: string;
    kind: 'schedule' | 'steps' | 'number' | 'shape';
    about: string;
    byDefault: string;
    isNamed: boolean;
}

export interface Operator {
    name: string;
    about: string;
    fields: OperatorField[];
}

export interface Description {
    version: string;
    schedules: Schedule[];
    operators: Operator[];
    /** What a curve can be written for. */
    targets: { name: string; about: string }[];
}

export interface Conversion {
    text: string;
    refusal: string;
    notes: string[];
}

export interface Finding {
    rule: string;
    level: 'note' | 'warning' | 'error';
    why: string;
    where: string;
    what: string;
}

/** A schedule or an operator as it is written: of a schedule's fields, those that are given. */
export interface Tree {
    name: string;
    isOperator: boolean;
    arguments: Argument[];
}
export interface Argument {
    name: string;
    value?: string;
    part?: Tree;
}

export interface Landmark {
    name: string;
    step: number | null;
    rate: number;
    about: string;
}

export interface Difference {
    path: string;
    saved: string;
    wanted: string;
}

export interface Position {
    updates: number;
    samples: number;
    tokens: number;
    skipped: number;
    clock: string;
    position: number;
}

/** What a recipe does not say; 0 and '' are not given. */
export interface Facts {
    total: number;
    examples: number;
    batches: number;
    tokens: number;
    sequence: number;
    world: number;
    /** A version of Hugging Face's Trainer. */
    trainer: string;
    /** Whose file it is. */
    as: string;
}

/** What a recipe runs. */
export interface Run {
    scheduler: string;
    totalSteps: number | null;
    /** Empty where its trainer computes a curve that no expression has. */
    expression: string;
    figures: { name: string; value: string; source: string }[];
    notes: string[];
}

export interface Log {
    id: number;
    steps: Float64Array;
    rates: Float64Array;
    total: number | null;
    notes: string[];
}

export interface Identified {
    text: string;
    share: number;
    /** Which step of the curve the stretch's last one is, and how many of its steps a step of the log is. */
    last: number;
    pace: number;
}

export interface Identification {
    points: number;
    explained: number;
    stretches: {
        from: number;
        to: number;
        /** The likeliest first; none where nothing explains the rates. */
        curves: Identified[];
        undetermined: string[];
    }[];
}

export interface Replay {
    points: number;
    explained: number;
    sameBits: number;
    largest: number;
    largestAt: number;
    story: string[];
    run: Run;
    /** Of each point, whether it is. */
    isExplained: Float64Array;
}

export interface Samples {
    steps: Float64Array;
    rates: Float64Array[];
}

/** A curve of the library, until it is released. */
export type Curve = number;

/** What the library refuses, in its words. */
export class Refused extends Error {}

export class Library {
    readonly description: Description;

    /** @param compiled what others can be made of, in workers too. */
    static async load(compiled: WebAssembly.Module): Promise<Library> {
        let failed: (why: unknown) => void;
        const failure = new Promise<never>((_, refuse) => { failed = refuse; });
        const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
            WebAssembly.instantiate(compiled, imports).then(done, failed);
            return {};
        };
        return new Library(await Promise.race([load({ instantiateWasm }), failure]), compiled);
    }

    private constructor(private readonly module: Module, readonly compiled: WebAssembly.Module) {
        this.description = JSON.parse(this.text(module._pacer_describe())) as Description;
    }

    parse(text: string): Curve {
        return this.withText(text, at => this.curve(this.module._pacer_parse(at)));
    }
    release(curve: Curve): void {
        this.module._pacer_release(curve);
    }
    toText(curve: Curve): string {
        return this.text(this.module._pacer_text(curve));
    }
    convert(curve: Curve, target: string): Conversion {
        return JSON.parse(this.withText(target, at => this.text(this.module._pacer_convert(curve, at)))) as Conversion;
    }
    /** What a careful colleague would say of it. */
    lint(curve: Curve): Finding[] {
        return JSON.parse(this.text(this.module._pacer_lint(curve))) as Finding[];
    }
    tree(curve: Curve): Tree {
        return JSON.parse(this.text(this.module._pacer_tree(curve))) as Tree;
    }
    totalSteps(curve: Curve): number {
        return this.module._pacer_total_steps(curve);
    }
    rate(curve: Curve, step: number): number {
        return this.module._pacer_rate(curve, step);
    }
    landmarks(curve: Curve, until: number): Landmark[] {
        return JSON.parse(this.text(this.module._pacer_landmarks(curve, until))) as Landmark[];
    }

    /** The steps that a picture so wide needs, and the rates of each curve there. */
    sample(curves: readonly Curve[], from: number, until: number, columns: number): Samples {
        const m = this.module;
        const ids = m._malloc(4 * Math.max(1, curves.length));
        m.HEAP32.set(curves, ids / 4);
        const count = m._pacer_sample(ids, curves.length, from, until, columns);
        m._free(ids);
        if (count < 0)
            throw this.refusal();
        const numbers = (at: number) => m.HEAPF64.slice(at / 8, at / 8 + count);
        const rates = m._pacer_sampled_rates();
        return {
            steps: numbers(m._pacer_sampled_steps()),
            rates: curves.map((_, k) => numbers(rates + 8 * count * k)),
        };
    }

    /** The curve after a stop at a step, by the name of a resume policy, `extend` or `cooldown_from`. */
    goOn(saved: Curve, wanted: Curve, how: string, at: number, over: number, to = 0, shape = 'linear'): Curve {
        return this.withText(how, name => this.withText(shape, by =>
            this.curve(this.module._pacer_go_on(saved, wanted, name, at, over, to, by))));
    }
    differences(saved: Curve, wanted: Curve): Difference[] {
        return JSON.parse(this.text(this.module._pacer_differences(saved, wanted))) as Difference[];
    }
    checkpoint(text: string): { curve: Curve; at: Position } {
        const size = this.module.lengthBytesUTF8(text);
        const curve = this.withText(text, at => this.curve(this.module._pacer_checkpoint(at, size)));
        return { curve, at: JSON.parse(this.text(this.module._pacer_checkpoint_position())) as Position };
    }

    /** Whether this page was built with the readers of YAML and TOML. */
    readsYaml(): boolean {
        return this.module._pacer_reads_yaml() !== 0;
    }
    /** Versions of Hugging Face's Trainer. */
    trainers(): string[] {
        return JSON.parse(this.text(this.module._pacer_trainers())) as string[];
    }
    recipe(bytes: Uint8Array, name: string): number {
        return this.withText(name, as => this.withBytes(bytes, (at, size) =>
            this.curve(this.module._pacer_recipe(at, size, as))));
    }
    releaseRecipe(id: number): void {
        this.module._pacer_release_recipe(id);
    }
    resolve(recipe: number, facts: Facts): { run: Run; findings: Finding[] } {
        this.tell(facts);
        return this.answer(this.module._pacer_resolve(recipe));
    }

    isEventFile(head: Uint8Array): boolean {
        return this.withBytes(head, (at, size) => this.module._pacer_is_event_file(at, size) !== 0);
    }
    /** @param tag the curve of an event file, or nothing. */
    log(bytes: Uint8Array, name: string, tag: string): Log {
        const m = this.module;
        const id = this.withText(name, as => this.withText(tag, curve => this.withBytes(bytes, (at, size) =>
            this.curve(m._pacer_log(at, size, as, curve)))));
        const { points, total, notes } = JSON.parse(this.text(m._pacer_log_about(id))) as
            { points: number; total: number | null; notes: string[] };
        const numbers = (at: number) => m.HEAPF64.slice(at / 8, at / 8 + points);
        return { id, total, notes, steps: numbers(m._pacer_log_steps(id)), rates: numbers(m._pacer_log_rates(id)) };
    }
    releaseLog(id: number): void {
        this.module._pacer_release_log(id);
    }
    identify(log: number): Identification {
        return this.answer(this.module._pacer_identify(log));
    }
    replay(recipe: number, log: number, facts: Facts): Replay {
        this.tell(facts);
        const found = this.answer<Replay>(this.module._pacer_replay(recipe, log));
        const at = this.module._pacer_explained() / 8;
        found.isExplained = this.module.HEAPF64.slice(at, at + found.points);
        return found;
    }

    private tell(f: Facts): void {
        this.withText(f.trainer, trainer => this.withText(f.as, as =>
            this.module._pacer_facts(f.total, f.examples, f.batches, f.tokens, f.sequence, f.world, trainer, as)));
    }
    private answer<T>(at: number): T {
        const text = this.text(at);
        if (text === '{}')
            throw this.refusal();
        return JSON.parse(text) as T;
    }
    private withBytes<T>(bytes: Uint8Array, use: (at: number, size: number) => T): T {
        const at = this.module._malloc(Math.max(1, bytes.length));
        this.module.HEAPU8.set(bytes, at);
        try {
            return use(at, bytes.length);
        } finally {
            this.module._free(at);
        }
    }
    private text(at: number): string {
        return this.module.UTF8ToString(at);
    }
    private refusal(): Refused {
        return new Refused(this.text(this.module._pacer_text_of_error()));
    }
    private curve(id: number): Curve {
        if (id < 0)
            throw this.refusal();
        return id;
    }
    private withText<T>(text: string, use: (at: number) => T): T {
        const size = this.module.lengthBytesUTF8(text) + 1;
        const at = this.module._malloc(size);
        this.module.stringToUTF8(text, at, size);
        try {
            return use(at);
        } finally {
            this.module._free(at);
        }
    }
}

/** The text of a tree; the library says whether it means anything. */
export function textOf(tree: Tree, operators: readonly Operator[]): string {
    const fields = operators.find(o => o.name === tree.name)?.fields ?? [];
    const parts = tree.arguments.map(a => {
        const text = a.part ? textOf(a.part, operators) : a.value ?? '';
        const isNamed = tree.isOperator ? fields.find(f => f.name === a.name)?.isNamed : true;
        return isNamed ? `${a.name}=${text}` : text;
    });
    return `${tree.name}(${parts.join(', ')})`;
}
