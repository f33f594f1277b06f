// SPDX-License-Identifier: MIT
// Files that are dropped on the page. A kind of file is one entry of `readers`; the first that knows a file reads it.
import { Refused, type Curve, type Library, type Position } from './library';

export interface Opened {
    curve: Curve;
    /** Where the run was stopped, of a checkpoint. */
    at: Position | null;
}

interface Reader {
    /** What it reads, for the message where nothing does. */
    what: string;
    knows(text: string): boolean;
    open(library: Library, text: string): Opened;
}

const readers: readonly Reader[] = [
    {
        what: 'a checkpoint',
        knows: text => text.startsWith('pacer checkpoint'),
        open: (library, text) => {
            const { curve, at } = library.checkpoint(text);
            return { curve, at };
        },
    },
    {
        what: 'an expression',
        knows: text => /^(\s|#[^\n]*\n)*[A-Za-z_][\w:]*\s*\(/.test(text),
        open: (library, text) => ({ curve: library.parse(text), at: null }),
    },
];

const largest = 64 * 1024 * 1024 + 65_536;

/** One line, without what is no text. */
const oneLine = (text: string): string =>
    // eslint-disable-next-line no-control-regex
    text.replace(/[\u0000-\u001f\u007f\ufffd]+/g, ' ').trim().slice(0, 300);

/** What a file is; what it is not is said in one line, with its name. */
export async function open(library: Library, file: File): Promise<Opened> {
    const fail = (why: string): never => {
        throw new Refused(`${oneLine(file.name) || 'the file'}: ${oneLine(why)}`);
    };
    if (file.size === 0)
        fail('it is empty, or a folder');
    if (file.size > largest)
        fail(`it is larger than ${largest / 1024 / 1024 | 0} MiB`);
    let text = '';
    try {
        const head = await file.slice(0, 4096).text();
        if (!readers.some(r => r.knows(head)))
            fail(`it is neither ${readers.map(r => r.what).join(' nor ')}`);
        text = await file.text();
    } catch (error) {
        if (error instanceof Refused)
            throw error;
        fail('it cannot be read');
    }
    try {
        const reader = readers.find(r => r.knows(text));
        return reader ? reader.open(library, text) : fail('it cannot be read');
    } catch (error) {
        if (!(error instanceof Refused))
            throw error;
        if (error.message.startsWith(oneLine(file.name)))
            throw error;
        return fail(error.message);
    }
}
