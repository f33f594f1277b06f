// SPDX-License-Identifier: MIT
// The page in a real browser, from its file, without a network.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

export const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
export const page = pathToFileURL(join(folder, 'dist/index.html')).href;

export const launch = () => chromium.launch({
    executablePath: process.env.PACER_CHROMIUM ??
        ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(p => existsSync(p)),
    args: ['--no-sandbox'],
});

/** A page with this fragment; what it says on the console or throws is an error of the test. `at` is another address of the page. */
export async function show(browser, fragment = '', { at = page, prepare = () => {}, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, offline: true, ...options });
    await context.addInitScript(prepare);
    const shown = await context.newPage();
    shown.faults = [];
    shown.on('pageerror', e => shown.faults.push(e.message));
    shown.on('console', m => m.type() === 'error' && shown.faults.push(m.text()));
    shown.on('request', r => /^(file|data|blob):/.test(r.url()) || r.url().startsWith(at) || shown.faults.push(`asked for ${r.url()}`));
    await shown.goto(at + (fragment ? `#${fragment}` : ''));
    await shown.waitForSelector('html[data-ready]');
    return shown;
}

export const fragmentOf = (...texts) => texts.map(t => `curve=${encodeURIComponent(t)}`).join('&');

/** Until the page has drawn what was changed. */
export const settled = shown => shown.evaluate(() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))));

/** The native program of a source beside this file, built if it is older than what it is made of. */
function nativeProgram(name) {
    const source = join(folder, `tests/${name}.cpp`);
    const program = join(folder, `build/${name}`);
    const isOld = file => statSync(program).mtimeMs < statSync(file).mtimeMs;
    if (!existsSync(program) || isOld(source) || isOld(join(folder, 'build/pacer.js'))) {
        mkdirSync(join(folder, 'build'), { recursive: true });
        execFileSync(process.env.CXX ?? 'g++',
            ['-std=c++20', '-O2', '-I', join(folder, '../include'), source, '-o', program], { stdio: 'inherit' });
    }
    return program;
}

/** The bits of the native library's rates, as hexadecimal numbers; of a text that is none, what the library says. */
export function nativeBits(points) {
    const input = points.map(([step, text]) => `${step} ${text}\n`).join('');
    return execFileSync(nativeProgram('rates'), { input, maxBuffer: 1 << 28 }).toString().trimEnd().split('\n');
}

/** What the native library identifies in a log: how much of it, and of every stretch its steps and its likeliest schedules. */
export const nativeIdentification = log =>
    execFileSync(nativeProgram('identify'), [log]).toString().trimEnd().split('\n');

export function bitsOf(text) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, Number(text));
    return view.getBigUint64(0).toString(16).padStart(16, '0');
}
