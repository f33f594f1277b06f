// SPDX-License-Identifier: MIT
// A log, and what is asked of it.
import type { Facts, Identification, Library, Log, Replay } from './library';

/** A recipe as it was dropped. */
export interface RecipeText {
    bytes: Uint8Array;
    name: string;
}

/** A log as it was dropped. */
export interface LogText extends RecipeText {
    /** The curve of an event file, or nothing. */
    tag: string;
}

export interface LogWork {
    readonly log: Log;
    identify(): Promise<Identification>;
    replay(recipe: RecipeText, facts: Facts): Promise<Replay>;
    /** What was asked and is not answered yet never will be. */
    close(): void;
}

/** By the library at hand: in a worker, or where there is none. */
export class LogHere implements LogWork {
    readonly log: Log;

    constructor(private readonly pacer: Library, { bytes, name, tag }: LogText) {
        this.log = pacer.log(bytes, name, tag);
    }
    async identify(): Promise<Identification> {
        return this.pacer.identify(this.log.id);
    }
    async replay({ bytes, name }: RecipeText, facts: Facts): Promise<Replay> {
        const recipe = this.pacer.recipe(bytes, name);
        try {
            return this.pacer.replay(recipe, this.log.id, facts);
        } finally {
            this.pacer.releaseRecipe(recipe);
        }
    }
    close(): void {
        this.pacer.releaseLog(this.log.id);
    }
}

/** What a worker is asked, and answers: the questions have numbers. */
export type Question =
    | { what: 'open'; compiled: WebAssembly.Module; text: LogText }
    | { what: 'identify' }
    | { what: 'replay'; recipe: RecipeText; facts: Facts };
export type Asked = Question & { number: number };
export interface Answer {
    number: number;
    result?: unknown;
    /** Why there is no result, and whether that is the library's word. */
    why?: string;
    isRefusal?: boolean;
}
