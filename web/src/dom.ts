// SPDX-License-Identifier: MIT
type Attributes = Record<string, string | number | boolean | ((event: never) => void) | undefined>;

/** An element; `onclick` and the like are listeners, `true` and `false` are attributes that are there or not. */
export function element<K extends keyof HTMLElementTagNameMap>(
    name: K, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (typeof value === 'function')
            made.addEventListener(key.slice(2), value as EventListener);
        else if (value !== undefined && value !== false)
            made.setAttribute(key, value === true ? '' : String(value));
    }
    made.append(...children);
    return made;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
    const found = document.getElementById(id);
    if (!found)
        throw new Error(`no element ${id}`);
    return found as T;
}

export function options(select: HTMLSelectElement, all: readonly (readonly [string, string])[], chosen: string): void {
    select.replaceChildren(...all.map(([value, text]) =>
        element('option', { value, selected: value === chosen }, text)));
    select.value = chosen;
}

/** A number as people write it; a rate keeps all digits that it has. */
export const exactly = (x: number): string =>
    (x !== 0 && Math.abs(x) < 1e-4 ? x.toExponential().replace(/e-(\d)$/, 'e-0$1') : String(x));
export const briefly = (x: number): string => {
    if (x === 0)
        return '0';
    const size = Math.abs(x);
    const text = Number(x.toPrecision(4));
    return size >= 1e-3 && size < 1e6 ? String(text) : text.toExponential().replace('e+', 'e');
};
export const grouped = (n: number): string =>
    Number.isFinite(n) ? Math.round(n).toLocaleString('en-US').replace(/,/g, '\u202f') : 'endless';

/** A text in which no number like 6e-07 is broken at its sign. */
export const unbroken = (text: string): (Node | string)[] =>
    text.split(/(\S*\de-\d\S*)/).map((part, k) => (k % 2 === 1 ? element('span', { class: 'nowrap' }, part) : part));

/** A name that may be broken behind its underscores. */
export const breakable = (name: string): (Node | string)[] =>
    name.split(/(?<=_)/).flatMap((part, k) => (k > 0 ? [element('wbr'), part] : [part]));

/** A small drawing of 16 by 16. */
export function icon(path: string): SVGSVGElement {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS(space, 'path');
    line.setAttribute('d', path);
    svg.append(line);
    return svg;
}
export const icons = {
    rightAxis: 'M13 2v12M13 5h-2.5M13 11h-2.5M2 12c4 0 3-8 7-8',
    shown: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z',
    hidden: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM2.5 13.5l11-11',
    remove: 'M4 4l8 8M12 4l-8 8',
};
