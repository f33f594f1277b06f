// SPDX-License-Identifier: MIT
// Where the value of a field stands on its slider, and which value a place on it has. A slider goes from 0 to 1000; values
// are texts, as the library reads them.
import type { Field } from './library';

export const places = 1000;

export interface Scale {
    /** 0 to `places`; null where the text has no place. */
    placeOf(text: string): number | null;
    textAt(place: number): string;
}

const short = (x: number, digits = 2): string => String(Number(x.toPrecision(digits)));
const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
const numberOf = (text: string): number | null => {
    const digits = text.replace(/['_]/g, '');
    return digits !== '' && Number.isFinite(Number(digits)) ? Number(digits) : null;
};

/** By powers of ten; the left end is 0. */
function logarithmic(low: number, high: number, write: (x: number) => string): Scale {
    const from = Math.log10(low);
    const to = Math.log10(high);
    return {
        placeOf: text => {
            const x = numberOf(text);
            if (x === null || x < 0)
                return null;
            return x === 0 ? 0 : Math.round(clamp(((Math.log10(x) - from) / (to - from)) * places, 1, places));
        },
        textAt: place => (place === 0 ? '0' : write(10 ** (from + (place / places) * (to - from)))),
    };
}

function even(low: number, high: number, write: (x: number) => string): Scale {
    return {
        placeOf: text => {
            const x = numberOf(text);
            return x === null ? null : Math.round(clamp(((x - low) / (high - low)) * places, 0, places));
        },
        textAt: place => write(low + (place / places) * (high - low)),
    };
}

const rates: Scale = logarithmic(1e-8, 10, x => short(x));
const percents: Scale = even(0, 100, x => short(x, 3));
const whole = (x: number): string => String(Math.round(x));

function withSuffix(scale: Scale, suffix: string): Scale {
    return {
        placeOf: text => (text.endsWith(suffix) ? scale.placeOf(text.slice(0, -suffix.length)) : null),
        textAt: place => scale.textAt(place) + suffix,
    };
}

/** Updates up to a length; the right end of a field that may be endless is that. */
function updates(length: number, mayBeEndless: boolean): Scale {
    const scale = even(0, length, whole);
    if (!mayBeEndless)
        return scale;
    return {
        placeOf: text => (text === 'endless' ? places : scale.placeOf(text)),
        textAt: place => (place === places ? 'endless' : scale.textAt(place)),
    };
}

/** The scale of a field with such a value in a curve of that length; null if a slider says nothing. */
export function scaleOf(field: Field, text: string, length: number, isLength: boolean): Scale | null {
    const horizon = Math.max(100, length);
    switch (field.kind) {
    case 'rate':
        return rates;
    case 'rate_or_ratio':
        return text.endsWith('%') ? withSuffix(percents, '%') : rates;
    case 'steps':
        return isLength ? lengths(field.mayBeEndless) : updates(horizon, field.mayBeEndless);
    case 'warmup':
        if (text.endsWith('%'))
            return withSuffix(percents, '%');
        return /^[\d'_]+$/.test(text) ? updates(horizon, false) : null;
    case 'number': {
        if (field.isSigned)
            return even(-2, 2, x => short(x, 3));
        const low = field.lowest;
        const usual = numberOf(field.byDefault) ?? 1;
        const high = field.highest !== null && field.highest <= 1e4 ? field.highest : Math.max(low + 10, 4 * usual);
        const least = field.aboveLowest ? low + (high - low) / places : low;
        return even(least, high, x => short(x, 4));
    }
    default:
        return null;
    }
}

function lengths(mayBeEndless: boolean): Scale {
    const scale = logarithmic(10, 1e7, x => short(x));
    return {
        placeOf: text => (text === 'endless' ? (mayBeEndless ? places : null) : scale.placeOf(text)),
        textAt: place => (place === places && mayBeEndless ? 'endless' : scale.textAt(place)),
    };
}

export const exponents: Scale = even(0.1, 10, x => short(x));
