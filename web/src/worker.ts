// SPDX-License-Identifier: MIT
// One log, away from the page.
import { Library, Refused } from './library';
import { LogHere, type Answer, type Asked } from './log_here';

let log: LogHere | null = null;

async function answer(asked: Asked): Promise<unknown> {
    if (asked.what === 'open') {
        log = new LogHere(await Library.load(asked.compiled), asked.text);
        return log.log;
    }
    return asked.what === 'identify' ? log?.identify() : log?.replay(asked.recipe, asked.facts);
}

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
    const { number } = data;
    answer(data).then(
        (result): Answer => ({ number, result }),
        (error: unknown): Answer => ({
            number, why: error instanceof Error ? error.message : String(error), isRefusal: error instanceof Refused,
        }),
    ).then(said => postMessage(said));
});
