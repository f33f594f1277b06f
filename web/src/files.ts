// SPDX-License-Identifier: MIT
// Files that are dropped on the page. A kind of file is one entry of `readers`; the first that knows a file reads it.
import { Refused, type Curve, type Library, type Position } from './library';
import type { LogWork, RecipeText } from './log_here';
import { openLog } from './log_work';

export type Opened =
    | { kind: 'curve'; curve: Curve; at: Position | null }
    | { kind: 'recipe'; recipe: number; text: RecipeText }
    | { kind: 'log'; work: LogWork };

/** A file as it is looked at. */
interface Dropped {
    name: string;
    /** Small letters, with the point. */
    extension: string;
    bytes: Uint8Array;
    /** Made when it is asked for: of a large file that takes long. */
    text(): string;
    /** Its begin. */
    head: string;
}

interface Reader {
    /** What it reads, for the message where nothing does. */
    what: string;
    knows(file: Dropped, pacer: Library): boolean;
    open(pacer: Library, file: Dropped, tag: string): Opened | Promise<Opened>;
}

const isLogText = (text: string): boolean => /^\s*\[/.test(text) || /"(log_history|points)"\s*:/.test(text);

const readers: readonly Reader[] = [
    {
        what: 'a checkpoint',
        knows: ({ head }) => head.startsWith('pacer checkpoint'),
        open: (pacer, { text }) => ({ kind: 'curve', ...pacer.checkpoint(text()) }),
    },
    {
        what: 'a log (trainer_state.json, .jsonl, .csv, an event file of TensorBoard)',
        knows: ({ extension, text, bytes }, pacer) => extension === '.csv' || extension === '.jsonl' ||
            (extension === '.json' && isLogText(text())) || pacer.isEventFile(bytes.subarray(0, 16)),
        open: async (pacer, { bytes, name }, tag) => ({ kind: 'log', work: await openLog(pacer, { bytes, name, tag }) }),
    },
    {
        what: 'a recipe (.yaml, .json, .toml, .py, .sh, .md)',
        knows: ({ extension }) => ['.yaml', '.yml', '.json', '.toml', '.py', '.sh', '.bash', '.md'].includes(extension),
        open: (pacer, { bytes, name }) => ({ kind: 'recipe', recipe: pacer.recipe(bytes, name), text: { bytes, name } }),
    },
    {
        what: 'an expression',
        knows: ({ head }) => /^(\s|#[^\n]*\n)*[A-Za-z_][\w:]*\s*\(/.test(head),
        open: (pacer, { text }) => ({ kind: 'curve', curve: pacer.parse(text()), at: null }),
    },
];

const headSize = 65_536;
const largest = 64 * 1024 * 1024 + headSize;

/** One line, without what is no text. */
const oneLine = (text: string): string =>
    // eslint-disable-next-line no-control-regex
    text.replace(/[\u0000-\u001f\u007f\ufffd]+/g, ' ').trim().slice(0, 300);

/**
 * What a file is; what it is not is said in one line, with its name.
 *
 * @param tag the curve of an event file, or nothing.
 */
export async function open(pacer: Library, file: File, tag: string): Promise<Opened> {
    const name = oneLine(file.name) || 'the file';
    const fail = (why: string): never => {
        throw new Refused(`${name}: ${oneLine(why)}`);
    };
    if (file.size === 0)
        fail('it is empty, or a folder');
    if (file.size > largest)
        fail(`it is larger than ${largest / 1024 / 1024 | 0} MiB`);
    const decoded = (part: Uint8Array): string => new TextDecoder().decode(part);
    const read = async (part: Blob): Promise<Dropped> => {
        const bytes = new Uint8Array(await part.arrayBuffer());
        let text: string | null = null;
        return {
            name, bytes, extension: /\.\w+$/.exec(name)?.[0].toLowerCase() ?? '',
            text: () => text ??= decoded(bytes), head: decoded(bytes.subarray(0, headSize)),
        };
    };
    const readerOf = (dropped: Dropped): Reader | undefined => {
        const isBinary = dropped.bytes.includes(0) && !pacer.isEventFile(dropped.bytes.subarray(0, 16));
        return isBinary ? undefined : readers.find(r => r.knows(dropped, pacer));
    };
    let whole: Dropped | null = null;
    try {
        // What is nothing at its head is not read whole.
        if (!readerOf(await read(file.slice(0, headSize))))
            fail(`it is neither ${readers.map(r => r.what).join(' nor ')}`);
        whole = await read(file);
    } catch (error) {
        if (error instanceof Refused)
            throw error;
        fail('it cannot be read');
    }
    try {
        const reader = whole && readerOf(whole);
        return whole && reader ? await reader.open(pacer, whole, tag) : fail('it cannot be read');
    } catch (error) {
        if (!(error instanceof Refused))
            throw error;
        if (error.message.startsWith(name))
            throw new Refused(oneLine(error.message));
        return fail(error.message);
    }
}
