// SPDX-License-Identifier: MIT
// A picture of curves, with a line at one step.
import uPlot from 'uplot';
import { briefly } from './dom';

export interface Line {
    color: string;
    axis: 'rate' | 'second';
    width: number;
    dash?: number[];
    rates: Float64Array;
}

export interface Mark {
    step: number;
    label: string;
}

/** Points without a line, by the left axis. */
export interface Dots {
    color: string;
    steps: Float64Array;
    rates: Float64Array;
}

export interface Picture {
    steps: Float64Array;
    lines: Line[];
    dots?: readonly Dots[];
    from: number;
    until: number;
    isLog: boolean;
    marks: Mark[];
    /** From this step on the run is over. */
    end: number;
}

export interface ChartOptions {
    height: number | (() => number);
    isSmall: boolean;
    /** A step was pointed at. */
    point?: (step: number) => void;
    /** A range of steps was chosen. */
    zoom?: (from: number, until: number) => void;
    resized?: () => void;
}

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const curveColor = (index: number): string => css(`--curve-${index}`);

const stepText = (n: number): string => {
    for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const)
        if (Math.abs(n) >= size)
            return `${Number((n / size).toPrecision(6))}${unit}`;
    return String(n);
};

/** Powers of ten between two numbers, at most so many; where there is none, the numbers themselves. */
function decades(low: number, high: number, most: number): number[] {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const stride = Math.max(1, Math.ceil((last - first + 1) / most));
    const all: number[] = [];
    for (let e = last; e >= first; e -= stride)
        all.unshift(Number(`1e${e}`));
    return all.length > 1 ? all : [low, ...all, high];
}

/** The same points in the same picture are asked for in every frame while a slider moves. */
const thinnedBefore = new WeakMap<Float64Array, { key: string; thin: Dots }>();

function within(dots: Dots, from: number, until: number, columns: number): Dots {
    const { rates } = dots;
    const key = `${from} ${until}`;
    const before = thinnedBefore.get(rates);
    if (before?.key === key)
        return { ...before.thin, color: dots.color };
    const thin = thinned(dots, from, until, columns);
    thinnedBefore.set(rates, { key, thin });
    return thin;
}

function thinned(dots: Dots, from: number, until: number, columns: number): Dots {
    const { steps, rates } = dots;
    // There may be millions of them: two loops, in which nothing is made.
    let count = 0;
    for (let k = 0; k < steps.length; ++k)
        if (steps[k]! >= from && steps[k]! <= until)
            ++count;
    let chosen: number[] = [];
    if (count <= 4 * columns) {
        for (let k = 0; k < steps.length; ++k)
            if (steps[k]! >= from && steps[k]! <= until)
                chosen.push(k);
    } else {
        const lowest = new Int32Array(columns + 1).fill(-1);
        const highest = new Int32Array(columns + 1).fill(-1);
        const scale = columns / (until - from);
        for (let k = 0; k < steps.length; ++k) {
            const step = steps[k]!;
            if (!(step >= from && step <= until))
                continue;
            const column = Math.floor((step - from) * scale);
            const rate = rates[k]!;
            const low = lowest[column]!;
            const high = highest[column]!;
            if (low < 0 || rate < rates[low]!)
                lowest[column] = k;
            if (high < 0 || rate > rates[high]!)
                highest[column] = k;
        }
        chosen = [...new Set([...lowest, ...highest])].filter(k => k >= 0).sort((a, b) => a - b);
    }
    const of = (all: Float64Array) => Float64Array.from(chosen, k => all[k] ?? NaN);
    return { color: dots.color, steps: of(steps), rates: of(rates) };
}

export class Chart {
    private plot: uPlot | null = null;
    private made = '';
    private picture: Picture | null = null;
    private step: number | null = null;
    private readonly line = document.createElement('div');
    private readonly dots: HTMLElement[] = [];

    constructor(private readonly place: HTMLElement, private readonly options: ChartOptions) {
        this.line.className = 'cursor-line';
        let width = 0;
        new ResizeObserver(() => {
            if (this.place.clientWidth === width)
                return;
            width = this.place.clientWidth;
            this.plot?.setSize({ width: this.width(), height: this.height() });
            this.options.resized?.();
            this.follow();
        }).observe(place);
    }

    /** Columns of the picture, in pixels of the page. */
    columns(): number {
        return Math.max(50, Math.round(this.plot ? this.plot.bbox.width / devicePixelRatio : this.width() - 60));
    }

    draw(picture: Picture): void {
        this.picture = picture;
        const made = JSON.stringify([picture.lines.map(l => [l.color, l.axis, l.width, l.dash]), picture.isLog,
            css('--muted'), css('--grid')]);
        const data = this.data(picture);
        if (this.plot === null || made !== this.made) {
            this.made = made;
            this.plot?.destroy();
            this.plot = new uPlot(this.settings(picture), data, this.place);
            this.plot.over.append(this.line);
            this.listen(this.plot.over);
        } else
            this.plot.setData(data);
        this.follow();
    }

    /** Moves the line, with a dot on each curve. */
    showStep(step: number | null, rates: readonly (number | null)[] = []): void {
        this.step = step;
        this.rates = rates;
        this.follow();
    }
    private rates: readonly (number | null)[] = [];

    private width(): number {
        return Math.max(200, this.place.clientWidth);
    }
    private height(): number {
        const { height } = this.options;
        return typeof height === 'number' ? height : height();
    }

    // What is 0 or less lies below a logarithmic picture; the line goes down to there.
    private data(picture: Picture): uPlot.AlignedData {
        // Where a line has a gap its rate is no number; uPlot says null.
        const withGaps = (rates: Float64Array) => (rates.some(Number.isNaN) ? Array.from(rates, r => (Number.isNaN(r) ? null : r)) : rates);
        if (!picture.isLog)
            return [picture.steps, ...picture.lines.map(l => withGaps(l.rates))] as unknown as uPlot.AlignedData;
        const lines = picture.lines.map(l => {
            const below = this.lowest(l.axis) * 1e-6;
            return l.rates.map(r => (r > 0 ? r : below));
        });
        return [picture.steps, ...lines] as unknown as uPlot.AlignedData;
    }

    /** All rates that go by an axis. */
    private ratesBy(axis: string): Float64Array[] {
        const lines = (this.picture?.lines ?? []).filter(l => l.axis === axis).map(l => l.rates);
        return axis === 'rate' ? [...lines, ...this.thinned().map(d => d.rates)] : lines;
    }
    private lowest(axis: string): number {
        let lowest = Infinity;
        for (const rates of this.ratesBy(axis))
            for (const r of rates)
                if (r > 0 && r < lowest)
                    lowest = r;
        return Number.isFinite(lowest) ? lowest : 1e-6;
    }
    private highest(axis: string): number {
        let highest = 0;
        for (const rates of this.ratesBy(axis))
            for (const r of rates)
                if (r > highest)
                    highest = r;
        return highest;
    }

    private thin: { of: Picture; dots: Dots[] } | null = null;
    /** The points within the picture; of very many, the lowest and the highest of each of 600 columns. */
    private thinned(): Dots[] {
        const { picture } = this;
        if (!picture)
            return [];
        if (this.thin?.of !== picture)
            this.thin = { of: picture, dots: (picture.dots ?? []).map(d => within(d, picture.from, picture.until, 600)) };
        return this.thin.dots;
    }

    private range(axis: string): [number, number] {
        const highest = this.highest(axis);
        if (this.picture?.isLog) {
            const top = highest > 0 ? highest : 1;
            // A warm-up from 0 would else take most of the height.
            const bottom = Math.max(Math.min(this.lowest(axis), top / 10), top * 1e-6);
            return [bottom / 1.3, top * 1.3];
        }
        return [0, highest > 0 ? highest * 1.06 : 1];
    }

    private settings(picture: Picture): uPlot.Options {
        const small = this.options.isSmall;
        const font = `${small ? 10.5 : 12}px ${css('--sans')}`;
        const side = (scale: string): uPlot.Axis => ({
            scale,
            side: scale === 'second' ? 1 : 3,
            stroke: css('--muted'),
            font,
            size: small ? 46 : 62,
            gap: 6,
            grid: { show: scale === 'rate', stroke: css('--grid'), width: 1 },
            ticks: { show: false },
            space: small ? 34 : 46,
            splits: picture.isLog ? (_u, _axis, low, high) => decades(low, high, small ? 4 : 8) : undefined,
            values: (_, splits) => splits.map(v => (v === null ? '' : briefly(v))),
        });
        const scale = (axis: string): uPlot.Scale =>
            ({ distr: picture.isLog ? 3 : 1, range: () => this.range(axis), auto: true });
        const isSecond = picture.lines.some(l => l.axis === 'second');
        return {
            width: this.width(),
            height: this.height(),
            padding: [small ? 8 : 14, isSecond ? 0 : 14, 0, 0],
            legend: { show: false },
            cursor: { show: !small, x: false, y: false, points: { show: false }, drag: { x: !small && this.options.zoom !== undefined, y: false, setScale: false } },
            scales: {
                x: { time: false, range: () => [this.picture?.from ?? 0, this.picture?.until ?? 1] },
                rate: scale('rate'),
                second: scale('second'),
            },
            axes: [
                {
                    stroke: css('--muted'), font, size: small ? 26 : 34, gap: 6, ticks: { show: false },
                    space: small ? 60 : 80,
                    grid: { show: false }, values: (_, splits) => splits.map(stepText),
                    incrs: [1, 2, 5].flatMap(d => [...Array(16).keys()].map(e => d * 10 ** e)).sort((a, b) => a - b),
                },
                side('rate'),
                ...(isSecond ? [side('second')] : []),
            ],
            series: [{}, ...picture.lines.map((l): uPlot.Series => ({
                scale: l.axis, stroke: l.color, width: l.width, dash: l.dash, points: { show: false },
                pxAlign: 0,
            }))],
            hooks: {
                drawClear: [u => this.shadePastEnd(u)],
                draw: [u => this.drawDots(u), u => this.drawMarks(u)],
                setSelect: [u => {
                    if (u.select.width > 4) {
                        const from = Math.max(0, Math.round(u.posToVal(u.select.left, 'x')));
                        const until = Math.round(u.posToVal(u.select.left + u.select.width, 'x'));
                        if (until > from)
                            this.options.zoom?.(from, until);
                    }
                    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
                }],
            },
        };
    }

    private shadePastEnd(u: uPlot): void {
        const end = this.picture?.end ?? Infinity;
        if (!(end < (this.picture?.until ?? 0)))
            return;
        const left = Math.max(u.bbox.left, u.valToPos(end, 'x', true));
        u.ctx.save();
        u.ctx.fillStyle = css('--past-end');
        u.ctx.fillRect(left, u.bbox.top, u.bbox.left + u.bbox.width - left, u.bbox.height);
        u.ctx.restore();
    }

    private drawDots(u: uPlot): void {
        const { ctx, bbox } = u;
        for (const { color, steps, rates } of this.thinned()) {
            const radius = (steps.length > 600 ? 1.2 : steps.length > 150 ? 1.7 : 2.6) * devicePixelRatio;
            ctx.save();
            ctx.beginPath();
            ctx.rect(bbox.left - radius, bbox.top - radius, bbox.width + 2 * radius, bbox.height + 2 * radius);
            ctx.clip();
            ctx.fillStyle = color;
            ctx.beginPath();
            steps.forEach((step, k) => {
                const rate = rates[k] ?? 0;
                if (this.picture?.isLog && rate <= 0)
                    return;
                const [x, y] = [u.valToPos(step, 'x', true), u.valToPos(rate, 'rate', true)];
                ctx.moveTo(x + radius, y);
                ctx.arc(x, y, radius, 0, 2 * Math.PI);
            });
            ctx.fill();
            ctx.restore();
        }
    }

    private drawMarks(u: uPlot): void {
        const { ctx, bbox } = u;
        ctx.save();
        ctx.strokeStyle = css('--mark');
        ctx.fillStyle = css('--muted');
        ctx.lineWidth = devicePixelRatio;
        ctx.font = `${11 * devicePixelRatio}px ${css('--sans')}`;
        ctx.textAlign = 'left';
        ctx.textBaseline = 'alphabetic';
        ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
        let labelled = -Infinity;
        for (const { step, label } of this.picture?.marks ?? []) {
            const x = u.valToPos(step, 'x', true);
            if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1)
                continue;
            ctx.beginPath();
            ctx.moveTo(x, bbox.top);
            ctx.lineTo(x, bbox.top + bbox.height);
            ctx.stroke();
            const width = ctx.measureText(label).width;
            const isRoom = x > labelled && x + width + 8 * devicePixelRatio < bbox.left + bbox.width;
            if (label && isRoom) {
                // Read over the lines that go through it.
                const at = [x + 5 * devicePixelRatio, bbox.top + bbox.height - 7 * devicePixelRatio] as const;
                ctx.save();
                ctx.setLineDash([]);
                ctx.lineJoin = 'round';
                ctx.lineWidth = 4 * devicePixelRatio;
                ctx.strokeStyle = css(step >= (this.picture?.end ?? Infinity) ? '--past-end' : '--panel');
                ctx.strokeText(label, ...at);
                ctx.restore();
                ctx.fillText(label, ...at);
                labelled = x + width + 12 * devicePixelRatio;
            }
        }
        ctx.restore();
    }

    private follow(): void {
        const u = this.plot;
        const picture = this.picture;
        const isShown = u !== null && picture !== null && this.step !== null && this.step >= picture.from &&
            this.step <= picture.until;
        this.line.hidden = !isShown;
        for (const dot of this.dots)
            dot.hidden = true;
        if (!isShown || this.step === null)
            return;
        const x = u.valToPos(this.step, 'x');
        this.line.style.transform = `translateX(${x}px)`;
        picture.lines.forEach((l, k) => {
            const rate = this.rates[k];
            if (rate === null || rate === undefined || (picture.isLog && rate <= 0))
                return;
            let dot = this.dots[k];
            if (!dot) {
                dot = document.createElement('div');
                dot.className = 'cursor-dot';
                this.dots[k] = dot;
            }
            if (dot.parentElement !== u.over)
                u.over.append(dot);
            const y = u.valToPos(rate, l.axis);
            dot.hidden = !(y > -2 && y < u.over.clientHeight + 2);
            dot.style.transform = `translate(${x}px, ${y}px)`;
            dot.style.background = l.color;
        });
    }

    private listen(over: HTMLElement): void {
        const { point } = this.options;
        if (!point)
            return;
        const at = (event: PointerEvent) => {
            if (!this.plot || !this.picture)
                return;
            const x = event.clientX - over.getBoundingClientRect().left;
            const step = Math.round(this.plot.posToVal(x, 'x'));
            point(Math.min(this.picture.until, Math.max(this.picture.from, step)));
        };
        over.addEventListener('pointermove', at);
        over.addEventListener('pointerdown', at);
    }
}
