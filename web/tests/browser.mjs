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

/** A page with this fragment; what it says on the console or throws is an error of the test. */
export async function show(browser, fragment = '', options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, offline: true, ...options });
    const shown = await context.newPage();
    shown.faults = [];
    shown.on('pageerror', e => shown.faults.push(e.message));
    shown.on('console', m => m.type() === 'error' && shown.faults.push(m.text()));
    shown.on('request', r => /^(file|data|blob):/.test(r.url()) || shown.faults.push(`asked for ${r.url()}`));
    await shown.goto(page + (fragment ? `#${fragment}` : ''));
    await shown.waitForSelector('html[data-ready]');
    return shown;
}

export const fragmentOf = (...texts) => texts.map(t => `curve=${encodeURIComponent(t)}`).join('&');

/** Until the page has drawn what was changed. */
export const settled = shown => shown.evaluate(() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))));

const program = join(folder, 'build/rates');

/** The bits of the native library's rates, as hexadecimal numbers; of a text that is none, what the library says. */
export function nativeBits(points) {
    const source = join(folder, 'tests/rates.cpp');
    const isOld = file => statSync(program).mtimeMs < statSync(file).mtimeMs;
    if (!existsSync(program) || isOld(source) || isOld(join(folder, 'build/pacer.js'))) {
        mkdirSync(join(folder, 'build'), { recursive: true });
        execFileSync(process.env.CXX ?? 'g++',
            ['-std=c++20', '-O2', '-I', join(folder, '../include'), source, '-o', program], { stdio: 'inherit' });
    }
    const input = points.map(([step, text]) => `${step} ${text}\n`).join('');
    return execFileSync(program, { input, maxBuffer: 1 << 28 }).toString().trimEnd().split('\n');
}

export function bitsOf(text) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, Number(text));
    return view.getBigUint64(0).toString(16).padStart(16, '0');
}
