// SPDX-License-Identifier: MIT
// The library as the page holds it: its bytes are part of the page's one file.
import url from '../build/pacer.wasm?url';

export function compile(): Promise<WebAssembly.Module> {
    const text = atob(url.slice(url.indexOf(',') + 1));
    const bytes = new Uint8Array(text.length);
    for (let k = 0; k < text.length; ++k)
        bytes[k] = text.charCodeAt(k);
    return WebAssembly.compile(bytes);
}
