// SPDX-License-Identifier: MIT
// A log, and what is asked of it. Some questions take seconds, so each log has a worker of its own, with a library of its own: the
// page goes on, several logs are looked at at once, and what is removed is not worked at any longer.
import { Refused, type Facts, type Identification, type Library, type Log, type Replay } from './library';
import { LogHere, type Answer, type Asked, type LogText, type LogWork, type Question, type RecipeText } from './log_here';
import LogWorker from './worker?worker&inline';

class NoWorker extends Error {}

class LogElsewhere implements LogWork {
    log!: Log;
    private readonly waiting = new Map<number, { done: (result: never) => void; failed: (why: Error) => void }>();
    private count = 0;
    private hasAnswered = false;

    private constructor(private readonly worker: Worker) {
        worker.onmessage = ({ data }: MessageEvent<Answer>) => {
            this.hasAnswered = true;
            const asker = this.waiting.get(data.number);
            this.waiting.delete(data.number);
            if (data.why === undefined)
                asker?.done(data.result as never);
            else
                asker?.failed(data.isRefusal ? new Refused(data.why) : new Error(data.why));
        };
        worker.onerror = event => {
            event.preventDefault();
            for (const { failed } of this.waiting.values())
                failed(this.hasAnswered ? new Error(event.message) : new NoWorker());
            this.waiting.clear();
        };
    }

    static async open(compiled: WebAssembly.Module, text: LogText): Promise<LogElsewhere> {
        let made: LogElsewhere;
        try {
            made = new LogElsewhere(new LogWorker());
        } catch {
            throw new NoWorker();
        }
        try {
            made.log = await made.ask<Log>({ what: 'open', compiled, text });
        } catch (error) {
            made.close();
            throw error;
        }
        return made;
    }
    identify(): Promise<Identification> {
        return this.ask({ what: 'identify' });
    }
    replay(recipe: RecipeText, facts: Facts): Promise<Replay> {
        return this.ask({ what: 'replay', recipe, facts });
    }
    close(): void {
        this.worker.terminate();
    }

    private ask<T>(question: Question): Promise<T> {
        return new Promise<T>((done, failed) => {
            const number = ++this.count;
            this.waiting.set(number, { done, failed });
            this.worker.postMessage({ ...question, number } satisfies Asked);
        });
    }
}

/** Reads a log, in a worker if the browser makes one. */
export async function openLog(library: Library, text: LogText): Promise<LogWork> {
    try {
        return await LogElsewhere.open(library.compiled, text);
    } catch (error) {
        if (!(error instanceof NoWorker))
            throw error;
        return new LogHere(library, text);
    }
}
