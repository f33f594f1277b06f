// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bitsOf, folder, fragmentOf, launch, nativeBits, nativeIdentification, settled, show } from './browser.mjs';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

const close = async shown => {
    assert.deepEqual(shown.faults, []);
    await shown.context().close();
};

const values = shown => shown.locator('#values td.value').allTextContents();
const text = shown => shown.locator('#text').inputValue();

/** The library as the page has it, without the page around it: of every schedule its example, of every point its bits. */
async function libraryOf(shown) {
    const source = readFileSync(join(folder, 'build/pacer.js'), 'utf8');
    const wasm = readFileSync(join(folder, 'build/pacer.wasm'), 'base64');
    await shown.evaluate(async ([code, base64]) => {
        const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
        const wasmBinary = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
        const m = await (await import(url)).default({ wasmBinary });
        const withText = (t, use) => {
            const size = m.lengthBytesUTF8(t) + 1;
            const at = m._malloc(size);
            m.stringToUTF8(t, at, size);
            const result = use(at);
            m._free(at);
            return result;
        };
        window.pacerForTests = {
            description: JSON.parse(m.UTF8ToString(m._pacer_describe())),
            bits(points) {
                const view = new DataView(new ArrayBuffer(8));
                const known = new Map();
                return points.map(([step, t]) => {
                    const id = known.get(t) ?? withText(t, at => m._pacer_parse(at));
                    known.set(t, id);
                    if (id < 0)
                        return m.UTF8ToString(m._pacer_text_of_error());
                    view.setFloat64(0, m._pacer_rate(id, step));
                    return view.getBigUint64(0).toString(16).padStart(16, '0');
                });
            },
        };
    }, [source, wasm]);
}

const cases = readFileSync(join(folder, '../tests/expression/cpp_cases.txt'), 'utf8').trim().split('\n');

/** Whether the picture has pixels near this colour, between a left and a right edge (0 to 1). */
const hasInk = (shown, variable, left = 0, right = 1) => shown.evaluate(([name, from, to]) => {
    const probe = document.createElement('div');
    probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(name);
    document.body.append(probe);
    const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g).map(Number);
    probe.remove();
    const canvas = document.querySelector('#chart canvas');
    const x = Math.floor(canvas.width * from);
    const { data } = canvas.getContext('2d').getImageData(x, 0, Math.ceil(canvas.width * to) - x, canvas.height);
    let count = 0;
    for (let k = 0; k < data.length; k += 4)
        if (data[k + 3] > 200 && Math.abs(data[k] - r) + Math.abs(data[k + 1] - g) + Math.abs(data[k + 2] - b) < 60)
            ++count;
    return count;
}, [variable, left, right]);

describe('values', () => {
    test('every schedule and dialect is chosen in the form, drawn, and has the native bits under the pointer',
        { timeout: 600_000 }, async () => {
            const shown = await show(browser, fragmentOf('constant(peak_lr=0.001)'));
            await libraryOf(shown);
            const { schedules } = await shown.evaluate(() => window.pacerForTests.description);
            assert.ok(schedules.length > 100, `${schedules.length} schedules`);
            const box = await shown.locator('#chart .u-over').boundingBox();
            const points = [];
            const found = [];
            for (const s of schedules) {
                await shown.locator('select[data-role="dialect"]').selectOption(s.dialect || 'pacer');
                await shown.locator('select[data-role="schedule"]').selectOption(s.name);
                await settled(shown);
                assert.ok((await text(shown)).startsWith(`${s.name}(`), `${s.name}: ${await text(shown)}`);
                assert.equal(await shown.locator('#form .field').count(), s.fields.length, s.name);
                assert.ok(await hasInk(shown, '--curve-0') > 150, `${s.name} is not drawn`);
                for (const part of [0.002, 0.04, 0.31, 0.77, 0.999]) {
                    await shown.mouse.move(box.x + part * box.width, box.y + box.height / 2);
                    await settled(shown);
                    points.push([await shown.locator('#step').inputValue(), await text(shown)]);
                    found.push(bitsOf((await values(shown))[0]));
                }
            }
            const wanted = nativeBits(points);
            points.forEach(([step, t], k) => assert.equal(found[k], wanted[k], `${t} at ${step}`));
            assert.ok(new Set(points.map(p => p[0])).size > 10, 'the pointer moves the step');
            await close(shown);
        });

    test('tens of thousands of rates have the native bits, and refusals the native words', async () => {
        const shown = await show(browser);
        await libraryOf(shown);
        const { schedules } = await shown.evaluate(() => window.pacerForTests.description);
        let seed = 1;
        const random = n => (seed = (seed * 48271) % 2147483647) % n;
        const points = [...cases, ...schedules.map(s => s.example)].flatMap(t => [
            ...[0, 1, 2, 99, 100, 101, 499, 500, 999, 1000, 1001, 9999, 10000, 10001, 2 ** 31, 2 ** 53].map(s => [s, t]),
            ...Array.from({ length: 100 }, () => [random(20_000), t]),
            ...Array.from({ length: 20 }, () => [random(2 ** 31 - 1) * 4000, t]),
        ]);
        points.push(...['cosine(peak=1)', 'cosine(peak_lr=-1, total_steps=10)', 'optax::linear(', '', 'x\u00e9(',
            'linear(peak_lr=1e400, total_steps=3)', 'cosine(peak_lr=1, total_steps=10, warmup=11)',
            'join(constant(peak_lr=1), 5)'].map(t => [0, t]));
        assert.ok(points.length > 15_000);
        const found = await shown.evaluate(p => window.pacerForTests.bits(p), points);
        const wanted = nativeBits(points);
        assert.equal(wanted.length, points.length);
        points.forEach(([step, t], k) => assert.equal(found[k], wanted[k], `${t} at ${step}`));
        await close(shown);
    });

    test('the step that is typed, to the last digit', async () => {
        const lr = 'cosine(peak_lr=0.001, total_steps=1000000000000, warmup=3%)';
        const shown = await show(browser, fragmentOf(lr));
        const steps = [0, 1, 29_999_999_999, 30_000_000_000, 500_000_000_001, 999_999_999_999, 1_000_000_000_000, 2 ** 53];
        for (const [k, bits] of nativeBits(steps.map(s => [s, lr])).entries()) {
            await shown.fill('#step', String(steps[k]));
            await settled(shown);
            assert.equal(bitsOf((await values(shown))[0]), bits, `step ${steps[k]}`);
        }
        await shown.fill('#step', '1.5');
        assert.equal(await shown.getAttribute('#step', 'aria-invalid'), 'true');
        await close(shown);
    });
});

describe('form and text', () => {
    test('say the same, both ways', async () => {
        const shown = await show(browser, fragmentOf('cosine(peak_lr=0.001, total_steps=10000)'));
        const field = name => shown.locator(`[data-field="${name}"]`);
        await field('peak_lr').fill('0.5');
        assert.equal(await text(shown), 'cosine(peak_lr=0.5, total_steps=10000)');
        await shown.locator('[aria-label="warmup, unit"]').selectOption('%');
        assert.equal(await text(shown), 'cosine(peak_lr=0.5, total_steps=10000, warmup=5%)');
        await shown.locator('[aria-label="warmup, unit"]').selectOption('steps');
        assert.equal(await text(shown), 'cosine(peak_lr=0.5, total_steps=10000, warmup=500)');
        await shown.locator('[aria-label="Reset warmup"]').click();
        assert.equal(await text(shown), 'cosine(peak_lr=0.5, total_steps=10000)');
        await shown.fill('#text', 'cosine(peak_lr=0.25, total_steps=4000, warmup=floor(3%), warmup_shape=power(3))');
        assert.equal(await field('peak_lr').inputValue(), '0.25');
        assert.equal(await field('total_steps').inputValue(), '4000');
        assert.equal(await field('warmup').inputValue(), 'floor(3%)');
        assert.equal(await field('warmup_shape').inputValue(), 'power');
        await field('past_end').selectOption('wave');
        assert.match(await text(shown), /past_end=wave\)$/);
        const slider = shown.locator('[aria-label="total_steps, slider"]');
        await slider.focus();
        await slider.press('ArrowRight');
        await settled(shown);
        assert.notEqual(await field('total_steps').inputValue(), '4000');
        assert.match(await text(shown), new RegExp(`total_steps=${await field('total_steps').inputValue()}\\b`));
        await close(shown);
    });

    test('every slider of every schedule moves its field, or its field says why not', { timeout: 600_000 }, async () => {
        const shown = await show(browser, fragmentOf('constant(peak_lr=0.001)'));
        await libraryOf(shown);
        const { schedules } = await shown.evaluate(() => window.pacerForTests.description);
        let moved = 0;
        for (const s of schedules) {
            await shown.fill('#text', s.example);
            await settled(shown);
            const report = await shown.evaluate(() => {
                const silent = [];
                let count = 0;
                for (const slider of document.querySelectorAll('#form input[type=range]:not([disabled], [hidden])')) {
                    const row = slider.closest('.field');
                    const input = row.querySelector('[data-field]');
                    for (const place of ['500', '900', '100', '1000', '0']) {
                        slider.value = place;
                        slider.dispatchEvent(new Event('input', { bubbles: true }));
                        const wrong = row.querySelector('.error');
                        if (wrong.hidden ? input.getAttribute('aria-invalid') === 'true' : wrong.textContent === '')
                            silent.push(`${input.dataset.field} at ${place}`);
                        count += wrong.hidden ? 1 : 0;
                    }
                }
                return { silent, count };
            });
            assert.deepEqual(report.silent, [], s.name);
            moved += report.count;
        }
        assert.ok(moved > 1000, `${moved} moves`);
        await close(shown);
    });

    test('a mistake leaves the curve and its form, which corrects it', async () => {
        const shown = await show(browser, fragmentOf('cosine(peak_lr=0.001, total_steps=10000)'));
        const fields = await shown.locator('#form .field').count();
        await shown.fill('#text', 'cosine(peak_lr=0.001, total_step=100)');
        await settled(shown);
        assert.match(await shown.locator('#text-error').textContent(), /total_steps/);
        assert.equal(await shown.locator('#form .field').count(), fields);
        assert.match(await shown.locator('#curves li').first().textContent(), /before the mistake/);
        await shown.locator('[data-field="peak_lr"]').fill('-1');
        assert.match(await shown.locator('#text-error').textContent(), /total_steps/, 'what is refused corrects nothing');
        await shown.locator('[data-field="peak_lr"]').fill('0.5');
        assert.equal(await text(shown), 'cosine(peak_lr=0.5, total_steps=10000)');
        assert.equal(await shown.isVisible('#text-error'), false);
        await close(shown);
    });

    test('operators are applied, edited and removed', async () => {
        const shown = await show(browser, fragmentOf('cosine(peak_lr=0.001, total_steps=10000)'));
        await shown.locator('[aria-label="Apply an operator"]').selectOption('cooldown');
        assert.match(await text(shown), /^cooldown\(cosine\(.*\), at=5000, over=1000\)$/);
        await shown.locator('[data-field="over"]').fill('2000');
        assert.match(await text(shown), /over=2000\)$/);
        await shown.locator('[data-field="peak_lr"]').fill('0.002');
        assert.equal(await text(shown), 'cooldown(cosine(peak_lr=0.002, total_steps=10000), at=5000, over=2000)');
        await shown.getByRole('button', { name: 'remove', exact: true }).click();
        assert.equal(await text(shown), 'cosine(peak_lr=0.002, total_steps=10000)');
        const { operators } = await (async () => {
            await libraryOf(shown);
            return shown.evaluate(() => window.pacerForTests.description);
        })();
        for (const o of operators) {
            await shown.fill('#text', 'cosine(peak_lr=0.001, total_steps=10000)');
            await shown.locator('[aria-label="Apply an operator"]').first().selectOption(o.name);
            await settled(shown);
            assert.ok((await text(shown)).startsWith(`${o.name}(`), o.name);
            assert.equal(await shown.locator('#text-error').isHidden(), true, o.name);
        }
        await close(shown);
    });

    test('a bad text gives one clear line, and the curve stays', async () => {
        const good = 'cosine(peak_lr=0.001, total_steps=1000)';
        const shown = await show(browser, `${fragmentOf(good)}&step=250`);
        const rate = await values(shown);
        for (const [bad, says] of [
            ['cosin(peak_lr=1)', /1:1: .*cosin.*cosine/],
            ['cosine(peak_lr=1, total_step=5)', /1:19: .*total_steps/],
            ['cosine(peak_lr=-2, total_steps=5)', /peak_lr = -2/],
            ['cosine(peak_lr=1, total_steps=5', /1:32: .*'\)'/],
            ['cosine(peak_lr=1,\n total_steps=5.5)', /^2:14: .*whole number/],
            ['', /end of the text/],
            ['\u{1F600}', /1:1/],
            ['reduce_lr_on_plateau(patience=3)', /controller/],
            [`${'scale('.repeat(100)}`, /64 deep/],
        ]) {
            await shown.fill('#text', bad);
            await settled(shown);
            const line = await shown.locator('#text-error').textContent();
            assert.match(line, says, bad);
            assert.ok(!line.includes('\n') && !line.startsWith('pacer:'), line);
            assert.deepEqual(await values(shown), rate);
        }
        await shown.fill('#text', good);
        assert.equal(await shown.locator('#text-error').isHidden(), true);
        await shown.locator('[data-field="peak_lr"]').fill('many');
        assert.match(await shown.locator('.field.rate .error').first().textContent(), /peak_lr.*number/);
        assert.equal(await text(shown), good);
        await close(shown);
    });
});

describe('links', () => {
    test('bring back all that is shown', async () => {
        const shown = await show(browser, '', { permissions: ['clipboard-read', 'clipboard-write'] });
        await shown.fill('#text', 'join(linear(peak_lr=0.001, total_steps=500), 200, sgdr(peak_lr=0.001, cycle_steps=700)) # a "note" & more+');
        await shown.click('#add');
        await shown.fill('#text', 'megatron::weight_decay(start_wd=0.01, end_wd=0.1, wd_incr_steps=5000, wd_incr_style=cosine)');
        await shown.locator('[aria-label="megatron::weight_decay: right axis"]').click();
        await shown.locator('[aria-label="warmup_stable_decay: shown"]').click();
        await shown.check('#log');
        await shown.fill('#from', '100');
        await shown.fill('#until', '6000');
        await shown.press('#until', 'Enter');
        await shown.fill('#step', '321');
        await settled(shown);
        await shown.click('#copy-link');
        const link = await shown.evaluate(() => navigator.clipboard.readText());
        const picture = page => page.evaluate(() => document.querySelector('#chart canvas').toDataURL());
        const all = async page => ({
            text: await text(page), values: await values(page), log: await page.isChecked('#log'),
            from: await page.inputValue('#from'), until: await page.inputValue('#until'), step: await page.inputValue('#step'),
            list: await page.locator('#curves').ariaSnapshot(), picture: await picture(page),
        });
        await shown.locator('#chart').focus();  // not in a text: it is shown as it is
        const again = await show(browser, link.split('#')[1]);
        assert.equal((await again.locator('#values tr').count()), 2);
        assert.deepEqual(await all(again), await all(shown));
        // And of the resume view.
        await again.click('#tab-resume');
        await again.fill('#resume-at', '777');
        await again.fill('#resume-over', '55');
        await again.check('#resume-near');
        await again.waitForFunction(() => location.hash.includes('near=1') && location.hash.includes('at=777'));
        const third = await show(browser, await again.evaluate(() => location.hash.slice(1)));
        assert.equal(await third.isVisible('#policies'), true);
        assert.equal(await third.inputValue('#resume-at'), '777');
        assert.equal(await third.inputValue('#resume-over'), '55');
        assert.equal(await third.isChecked('#resume-near'), true);
        for (const page of [shown, again, third])
            await close(page);
    });

    test('that are broken give one clear line', async () => {
        for (const fragment of ['curve=cosine(', 'curve=%E0%A4%A', 'curve=', 'nonsense', '&&&=', 'steps=9-1&step=x&selected=99',
            `${fragmentOf('cosine(peak_lr=1, total_steps=9)')}&curve=no(&view=resume&saved=7&at=1e999`]) {
            const shown = await show(browser, fragment);
            const notice = await shown.locator('#notice').textContent();
            assert.equal(notice.includes('\n'), false);
            if (fragment.includes('curve='))
                assert.match(notice, /no expression: 1:/, fragment);
            await close(shown);
        }
    });

    test('are followed when only the fragment changes', async () => {
        const shown = await show(browser);
        await shown.evaluate(hash => { location.hash = hash; }, fragmentOf('constant(peak_lr=0.125)'));
        await shown.waitForFunction(() => document.querySelector('#text').value.includes('0.125'));
        assert.deepEqual(await values(shown), ['0.125']);
        await close(shown);
    });
});

describe('copies', () => {
    test('as an expression, and as C++ that compiles to the same bits', async () => {
        const lr = 'cooldown(hf::get_cosine_schedule_with_warmup(lr=0.001, num_warmup_steps=100, num_training_steps=10000), at=8000, over=500)';
        const shown = await show(browser, `${fragmentOf(lr)}&step=4321`, { permissions: ['clipboard-read', 'clipboard-write'] });
        const copied = async (act, says) => {
            await act();
            await shown.waitForFunction(what => document.querySelector('#notice').textContent.startsWith(what), says);
            return shown.evaluate(() => navigator.clipboard.readText());
        };
        const as = (target, says) => copied(() => shown.selectOption('#copy-as', target), says);
        assert.equal(await copied(() => shown.click('#copy-expression'), 'Expression copied'), lr);
        const program = join(folder, 'build/copied');
        writeFileSync(`${program}.cpp`, `${await as('cpp', 'C++ copied')}\n#include <cstdio>\nint main() { std::printf("%.17g", lr(4321)); }\n`);
        execFileSync(process.env.CXX ?? 'g++', ['-std=c++20', '-I', join(folder, '../include'), `${program}.cpp`, '-o', program]);
        assert.equal(bitsOf(execFileSync(program).toString()), bitsOf((await values(shown))[0]));
        // What another trainer cannot express is refused in one line.
        await shown.selectOption('#copy-as', 'hf-yaml');
        await shown.waitForFunction(() => /^Not as YAML: \w/.test(document.querySelector('#notice').textContent));
        await shown.fill('#text', 'cosine(peak_lr=0.001, total_steps=10000, warmup=500)');
        assert.match(await as('hf-yaml', 'YAML'), /learning_rate: 0\.001\n(.*\n)*lr_scheduler_type: cosine\n/);
        assert.match(await as('pytorch', 'PyTorch'), /torch\.optim/);
        await close(shown);
    });
});

describe('what stands out', () => {
    test('in the selected curve is said', async () => {
        const shown = await show(browser, fragmentOf('cosine(peak_lr=0.001, total_steps=1000)'));
        const rules = () => shown.locator('#findings li').evaluateAll(all => all.map(li => li.dataset.rule));
        const before = await rules();
        await shown.fill('#text', 'join(cosine(peak_lr=0.001, total_steps=1000), 500, constant(peak_lr=0.01))');
        await shown.waitForSelector('#findings [data-rule="jump-at-joint"]');
        assert.ok(!before.includes('jump-at-joint'));
        await close(shown);
    });
});

describe('resume', () => {
    test('every policy, with the rates at the joint', async () => {
        const old = 'cosine(peak_lr=0.0003, total_steps=10000, warmup=500)';
        const next = 'linear(peak_lr=0.0002, total_steps=15000, warmup=500)';
        const shown = await show(browser, `${fragmentOf(old, next)}&view=resume&at=4000&over=1000&total=20000`);
        const card = name => shown.locator(`[data-policy="${name}"]`);
        const rates = async name => (await card(name).locator('.rates .numbers').textContent()).split(' \u2192 ').map(bitsOf);
        const [a, b, b0] = nativeBits([[4000, old], [4000, next], [0, next]]);
        for (const [name, wanted] of [['keep_saved', a], ['use_new', b], ['restart', b0], ['rewarm', a], ['blend', a],
            ['extend', a], ['cooldown_from', a]]) {
            assert.deepEqual(await rates(name), [a, wanted], name);
            assert.equal(await card(name).locator('.jump').count(), a === wanted ? 0 : 1, name);
            assert.equal(await card(name).locator('canvas').count(), 1, name);
        }
        assert.match(await card('require_same').locator('.refused').textContent(), /not the one asked for: name: [^;]+; .*peak_lr/);
        assert.match(await shown.locator('#differences').textContent(), /total_steps1000015000/);
        // What a card draws is a curve like any other.
        await card('rewarm').getByRole('button').click();
        const lr = await text(shown);
        assert.match(lr, /^rewarm\(/);
        await shown.fill('#step', '4500');
        await settled(shown);
        assert.equal(bitsOf((await values(shown))[2]), nativeBits([[4500, lr]])[0]);
        // A schedule that cannot be extended says so in one line.
        await shown.fill('#text', 'sgdr(peak_lr=1, cycle_steps=100)');
        await shown.click('#tab-resume');
        await shown.selectOption('#resume-saved', '2');
        await shown.fill('#resume-total', '10');
        await settled(shown);
        assert.match(await card('extend').locator('.refused').textContent(), /^refused: .*new_total/);
        await close(shown);
    });
});

describe('files', () => {
    const checkpoint = readFileSync(join(folder, 'tests/data/checkpoint.txt'));
    const drop = (shown, name, bytes) => shown.evaluate(([n, data]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(data)], n));
        document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    }, [name, [...bytes]]);
    const said = async (shown, name) => {
        await shown.waitForFunction(n => document.querySelector('#notice').textContent.includes(n), name);
        return shown.locator('#notice').textContent();
    };

    test('a checkpoint is drawn, at the step where it was saved', async () => {
        const shown = await show(browser);
        await drop(shown, 'schedule.txt', checkpoint);
        assert.match(await said(shown, 'schedule.txt'), /stopped after 1.?200 updates/);
        assert.match(await text(shown), /^cosine\(peak_lr=0\.001/);
        assert.equal(await shown.inputValue('#step'), '1200');
        await shown.click('#tab-resume');
        assert.equal(await shown.inputValue('#resume-at'), '1200');
        await close(shown);
    });

    test('an expression with comments is drawn', async () => {
        const shown = await show(browser);
        await drop(shown, 'plan.lr', Buffer.from('# the plan\n cosine(peak_lr=1e-3, # peak\n total_steps=10)\n'));
        await said(shown, 'plan.lr');
        assert.equal(await text(shown), 'cosine(peak_lr=0.001, total_steps=10)');
        await close(shown);
    });

    test('what is neither, or broken, gives one clear line', async () => {
        const whole = checkpoint.toString();
        const shown = await show(browser);
        for (const [name, bytes, says] of [
            ['empty.txt', Buffer.alloc(0), /empty/],
            ['zeros.bin', Buffer.alloc(5000), /neither a checkpoint nor a log/],
            ['zeros.yaml', Buffer.alloc(5000), /neither/],
            ['picture.png', Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 255, 254]), /neither/],
            ['notes.txt', Buffer.from('# Notes\nlr is 3e-4\n'), /neither/],
            ['notes.md', Buffer.from('# Notes\nlr is 3e-4\n'), /^notes\.md: /],
            ['broken.yaml', Buffer.from('learning_rate: 1e-4\n\tmax_steps: 5\n'), /^broken\.yaml:2: .*accepted/],
            ['typo.yaml', Buffer.from('learning_rate: fast\nmax_steps: 5\n'), /^typo\.yaml:1: learning_rate: found .*fast/],
            ['broken.json', Buffer.from('{"log_history": ['), /^broken\.json/],
            ['broken.csv', Buffer.from('step,lr\n1,x\n'), /^broken\.csv:2/],
            ['empty.csv', Buffer.from('step,lr\n'), /no learning rate/],
            ['cut.tfevents', readFileSync(join(folder, '../tests/analysis/tensorboard/written_by_tensorboard.tfevents')).fill(7, 60, 70),
                /checksum/],
            ['cut.txt', Buffer.from(whole.slice(0, 120)), /no checksum/],
            ['changed.txt', Buffer.from(whole.replace('1200', '1201')), /checksum differs/],
            ['newer.txt', Buffer.from(whole.replace('checkpoint 2', 'checkpoint 9')), /version 9/],
            ['typo.lr', Buffer.from('cosine(peak=1)'), /1:8: .*peak_lr/],
            ['new\nline.bin', Buffer.from([1, 2, 3]), /^new line\.bin: it is neither/],
        ]) {
            await shown.evaluate(() => { document.querySelector('#notice').textContent = ''; });
            await drop(shown, name, bytes);
            const line = await said(shown, name.split('\n').pop());
            assert.match(line, says, name);
            assert.ok(!/[\n\u0000-\u001f]/.test(line) && line.length < 420, line);
            assert.equal(await shown.locator('#curves li').count(), 2);
        }
        // 1 GB of zeros is not read.
        const large = join(folder, 'build/zeros');
        execFileSync('truncate', ['-s', '1G', large]);
        await shown.setInputFiles('#file', large);
        assert.match(await said(shown, 'zeros:'), /larger than 64 MiB/);
        await close(shown);
    });
});

/** Work of a frame in milliseconds while a slider moves: time of the processor, because the machine may be busy with something else. */
async function workOfAFrame(shown, frames) {
    const session = await shown.context().newCDPSession(shown);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async () => {
        const { metrics } = await session.send('Performance.getMetrics');
        return metrics.filter(m => /^(Script|Layout|RecalcStyle)Duration$/.test(m.name)).reduce((sum, m) => sum + m.value, 0);
    };
    let before = 0;
    for (let k = -10; k < frames; ++k) {
        if (k === 0)
            before = await spent();
        await shown.evaluate(place => {
            const slider = document.querySelector('[aria-label="peak_lr, slider"]');
            slider.value = String(place);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
        }, 400 + 5 * k);
        await settled(shown);
    }
    return (await spent() - before) / frames * 1000;
}

describe('recipe and log', () => {
    const runs = join(folder, '../tests/data/runs');
    const report = shown => shown.locator('#run-report').textContent();
    const answered = async shown => {
        await settled(shown);
        await shown.waitForSelector('#run-found:not([aria-busy="true"])', { state: 'attached' });
        await settled(shown);
    };
    const openAll = async (shown, ...files) => {
        await shown.setInputFiles('#file', files);
        await shown.waitForFunction(() => document.querySelector('#view-run').hidden === false &&
            document.querySelector('#run-full').hidden === false);
        await answered(shown);
    };
    const filesOf = name => readdirSync(join(runs, name)).filter(f => /^(recipe|training_args|trainer_(state|log))\./.test(f))
        .map(f => join(runs, name, f));

    test('a recipe is explained; what it does not say is asked for, and its curve follows', async () => {
        const shown = await show(browser);
        await shown.setInputFiles('#file', { name: 'train.yaml', mimeType: 'text/yaml', buffer: Buffer.from(
            'learning_rate: 1e-4\nlr_scheduler_type: cosine\nnum_train_epochs: 3\nwarmup_ratio: 0.1\n' +
            'per_device_train_batch_size: 4\ngradient_accumulation_steps: 8\nwarmup_steps: 0\n') });
        await shown.waitForSelector('#run-error:not([hidden])');
        assert.match(await shown.locator('#run-error').textContent(), /train\.yaml.*examples the run has\. It can be said above\.$/);
        assert.equal(await shown.isVisible('#run-chart'), false, 'there is nothing to draw yet');
        await shown.fill('#fact-examples', '1000');
        await shown.fill('#fact-world', '2');
        await shown.selectOption('#fact-trainer', 'v4');
        await settled(shown);
        assert.equal(await shown.isVisible('#run-error'), false);
        const plan = await shown.locator('#run-plan').textContent();
        assert.match(plan, /updates48/);
        assert.match(plan, /train\.yaml:4/);
        await shown.click('#tab-curves');
        assert.equal(await shown.locator('#curves li').count(), 3);
        assert.equal(await text(shown), 'cosine(peak_lr=1e-04, total_steps=48, warmup=5, past_end=wave)');
        await shown.click('#tab-run');
        await shown.fill('#fact-world', '1');
        await settled(shown);
        await shown.click('#tab-curves');
        assert.equal(await shown.locator('#curves li').count(), 3, 'the same curve, changed');
        assert.match(await text(shown), /total_steps=9[36]/);
        await close(shown);
    });

    for (const [name, all] of [['01-llamafactory-cosine', true], ['18-resumed-total-cut', true], ['12-fp16-lag-cosine', true]])
        test(`the log of ${name} is replayed with its recipe`, async () => {
            const shown = await show(browser);
            await openAll(shown, ...filesOf(name));
            const said = await shown.locator('#run-report .verdict').textContent();
            const [, explained, points] = /^([\d\u202f]+) of ([\d\u202f]+) rates? explained$/.exec(said) ?? [];
            assert.ok(points && (explained === points) === all, said);
            assert.ok(await shown.locator('#run-report li').count() > 0);
            // The points are drawn, and are among the curves' picture, too.
            assert.match(await shown.getAttribute('#run-chart', 'aria-label'), /points? of trainer_/);
            await shown.click('#tab-curves');
            assert.equal(await shown.locator('#files li').count(), 1);
            await close(shown);
        });

    test('the schedule of a log is identified, and added as a curve', async () => {
        const shown = await show(browser);
        await openAll(shown, filesOf('03-hf-cosine-max-steps').find(f => /trainer_/.test(f)));
        assert.match(await report(shown), /100 of 100 rates explained/);
        await shown.locator('#run-report .guess button').first().click();
        await settled(shown);
        assert.match(await text(shown), /^cosine\(peak_lr=2e-04, total_steps=1000/);
        await close(shown);
    });

    test('an event file of TensorBoard is a log', async () => {
        const shown = await show(browser);
        await openAll(shown, join(folder, '../tests/analysis/tensorboard/written_by_tensorboard.tfevents'));
        assert.match(await report(shown), /10 of 10 rates explained/);
        assert.match(await report(shown), /tag lr/);
        await close(shown);
    });

    test('what does not follow has another colour', async () => {
        const shown = await show(browser);
        const rows = [...Array(60).keys()].map(k => `${k},${0.5 + 0.3 * Math.sin(k * k)}\n`).join('');
        await shown.setInputFiles('#file', [
            { name: 'noise.csv', mimeType: 'text/csv', buffer: Buffer.from(`step,lr\n${rows}`) },
            { name: 'r.yaml', mimeType: 'text/yaml', buffer: Buffer.from('learning_rate: 0.8\nmax_steps: 60\n') }]);
        await shown.waitForSelector('#run-legend .dot >> nth=1');
        assert.match(await report(shown), /[0-5]?\d of 60 rates explained/);
        assert.match(await shown.locator('#run-legend').textContent(), /not explained/);
        await shown.locator('#tab-curves').click();
        await shown.getByLabel('Remove noise.csv').click();
        assert.equal(await shown.locator('#files li').count(), 0);
        await close(shown);
    });

    test('a checkpoint, then a recipe: the resume view has both', async () => {
        const shown = await show(browser);
        await shown.setInputFiles('#file', [join(folder, 'tests/data/checkpoint.txt')]);
        await shown.waitForFunction(() => document.querySelectorAll('#curves li').length === 3);
        await shown.setInputFiles('#file', [{ name: 'next.json', mimeType: 'application/json', buffer: Buffer.from(
            '{"learning_rate": 2e-4, "lr_scheduler_type": "linear", "max_steps": 4000}') }]);
        await shown.waitForFunction(() => document.querySelectorAll('#curves li').length === 4);
        await shown.click('#tab-resume');
        await settled(shown);
        assert.equal(await shown.inputValue('#resume-saved'), '2');
        assert.equal(await shown.inputValue('#resume-wanted'), '3');
        assert.match(await shown.locator('#differences').textContent(), /peak_lr/);
        await close(shown);
    });

    test('what was identified is drawn where its stretch is', async () => {
        const shown = await show(browser);
        const rate = (peak, s) => peak * 0.5 * (1 + Math.cos(Math.PI * s / 1000));
        const rows = [...Array(20).keys()].map(k => 50 * k).flatMap(s => [[s, rate(1e-3, s)], [s + 3000, rate(2e-3, s)]]).sort((a, b) => a[0] - b[0]);
        await openAll(shown, { name: 'two.csv', mimeType: 'text/csv', buffer: Buffer.from(`step,lr\n${rows.map(r => `${r}\n`).join('')}`) });
        assert.match(await report(shown), /40 of 40 rates explained.*steps 0 to 950.*steps 3\u202f000 to 3\u202f950.*step 0 is step [\d\u202f]+ of the log/s);
        assert.match(await shown.locator('#run-legend').textContent(), /identified: .* and 1 more/);
        // Between the two there is no line: its colour is only at the right of the picture and at its left.
        const columns = await shown.evaluate(() => {
            const canvas = document.querySelector('#run-chart canvas');
            const probe = document.createElement('div');
            probe.style.color = getComputedStyle(document.documentElement).getPropertyValue('--curve-0');
            document.body.append(probe);
            const wanted = getComputedStyle(probe).color.match(/\d+/g).map(Number);
            probe.remove();
            const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            const found = new Set();
            for (let k = 0; k < data.length; k += 4)
                if (wanted.every((c, i) => Math.abs(data[k + i] - c) < 20))
                    found.add(Math.floor(k / 4 % width / width * 10));
            return [...found].sort((a, b) => a - b);
        });
        assert.ok(columns.includes(1) && columns.includes(8), `${columns}`);
        assert.ok(![4, 5, 6].some(c => columns.includes(c)), `${columns}`);
        await close(shown);
    });

    /** What the page says of the log, as `nativeIdentification`. */
    const identification = shown => shown.evaluate(() => {
        const plain = element => element.textContent.replaceAll('\u202f', '');
        return [plain(document.querySelector('#run-verdict')).replace(/ rates? explained$/, ''),
            ...[...document.querySelectorAll('#run-found .stretches > li')].flatMap(li => [
                plain(li.querySelector('.about')).replace(/^steps /, ''), ...[...li.querySelectorAll('code')].map(plain)])];
    });
    const million = join(folder, 'build/million.csv');
    before(() => {
        const rows = ['step,lr\n'];
        for (let k = 0; k < 1_000_000; ++k)
            rows.push(`${k},${1e-3 - (1e-3 * k) / 1_000_000}\n`);
        writeFileSync(million, rows.join(''));
    });
    const working = shown => shown.waitForSelector('#run-verdict.working', { timeout: 60_000 });
    /**
     * From now on: how long the page was busy at most, and how often, while the log was worked at, a slider was moved and moved its
     * curve by the next frame.
     */
    const watchFrames = shown => shown.evaluate(() => {
        window.watched = { longestTask: 0, longestFrame: 0, moves: 0, missed: 0 };
        new PerformanceObserver(list => {
            for (const { duration } of list.getEntries())
                window.watched.longestTask = Math.max(window.watched.longestTask, duration);
        }).observe({ type: 'longtask' });
        const { watched } = window;
        const text = document.querySelector('#text');
        let [last, place, before] = [performance.now(), 300, ''];
        const frame = now => {
            watched.longestFrame = Math.max(watched.longestFrame, now - last);
            last = now;
            if (before !== '')
                ++watched[text.value !== before ? 'moves' : 'missed'];
            before = '';
            if (document.querySelector('#run-verdict.working')) {
                const slider = document.querySelector('[aria-label="peak_lr, slider"]');
                before = text.value;
                place = place < 700 ? place + 20 : 300;
                slider.value = String(place);
                slider.dispatchEvent(new Event('input', { bubbles: true }));
            }
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    });

    /** The address of the page by HTTP, as long as the test runs. */
    const served = async t => {
        const server = createServer((_, response) => {
            response.setHeader('content-type', 'text/html');
            response.end(readFileSync(join(folder, 'dist/index.html')));
        });
        t.after(() => { server.closeAllConnections?.(); server.close(); });
        await new Promise(done => server.listen(0, '127.0.0.1', done));
        return `http://127.0.0.1:${server.address().port}/`;
    };

    for (const how of ['a file', 'a server'])
        test(`a log of a million points is identified while the page answers, from ${how}`, { timeout: 240_000 }, async t => {
            const shown = await show(browser, '', how === 'a file' ? {} : { at: await served(t), offline: false });
            await watchFrames(shown);
            const start = Date.now();
            await shown.setInputFiles('#file', million);
            await working(shown);
            assert.match(await shown.locator('#run-verdict').textContent(), /^Looking for the schedule of 1\u202f000\u202f000 rates/);
            assert.equal(await shown.getAttribute('#run-verdict', 'role'), 'status');
            assert.equal(await shown.getAttribute('#run-found', 'aria-busy'), 'true');
            await shown.waitForSelector('#run-verdict.calm', { timeout: 120_000 });
            const whole = Date.now() - start;
            t.diagnostic(`a million points are read, identified and drawn: ${whole} ms by the clock`);
            const { longestTask, longestFrame, moves, missed } = await shown.evaluate(() => window.watched);
            t.diagnostic(`a slider moved ${moves} times meanwhile; the longest task took ${longestTask} ms, a frame ${
                longestFrame.toFixed(0)} ms at most`);
            assert.ok(longestTask < whole / 5 && moves >= 10 && missed === 0, `${longestTask} ms, ${moves} moves, ${missed} missed`);
            assert.deepEqual(await identification(shown), nativeIdentification(million));
            await close(shown);
        });

    test('with a log of a million points, curves are redrawn by 16 ms of work', { timeout: 120_000 }, async t => {
        const shown = await show(browser);
        await openAll(shown, million);
        await shown.click('#tab-curves');
        const work = await workOfAFrame(shown, 30);
        t.diagnostic(`with a log of a million points: ${work.toFixed(1)} ms of work a frame`);
        assert.ok(work > 0.1 && work < 16, `${work} ms`);
        await close(shown);
    });

    test('a log that is removed while it is worked at is forgotten; another one is identified meanwhile', { timeout: 120_000 }, async () => {
        // What is asked of the first log is held back: it is worked at for as long as this test wants.
        const shown = await show(browser, '', { prepare: () => {
            const NativeWorker = window.Worker;
            window.isHeldBack = true;
            window.Worker = class extends NativeWorker {
                postMessage(asked) {
                    if (asked.what !== 'identify' || !window.isHeldBack)
                        super.postMessage(asked);
                }
            };
        } });
        await shown.setInputFiles('#file', million);
        await working(shown);
        await shown.evaluate(() => { window.isHeldBack = false; });
        const small = filesOf('03-hf-cosine-max-steps').find(f => /trainer_/.test(f));
        await shown.setInputFiles('#file', small);
        await shown.waitForSelector('#run-verdict.calm');
        assert.deepEqual(await identification(shown), nativeIdentification(small));
        await shown.selectOption('#run-log', '0');
        await working(shown);
        await shown.getByLabel('Remove million.csv').click();
        await shown.waitForSelector('#run-verdict.calm');
        assert.deepEqual(await identification(shown), nativeIdentification(small));
        await shown.setInputFiles('#file', million);
        await working(shown);
        for (const name of ['million.csv', /trainer_/])
            await shown.getByLabel(name instanceof RegExp ? /^Remove trainer_/ : `Remove ${name}`).click();
        assert.equal(await shown.isVisible('#run-report'), false);
        assert.equal(await shown.locator('#run-verdict').textContent(), '');
        for (let k = 0; k < 100 && shown.workers().length > 0; ++k)
            await new Promise(done => setTimeout(done, 200));
        assert.equal(shown.workers().length, 0);
        assert.equal(await shown.locator('#run-verdict').textContent(), '');
        await close(shown);
    });

    for (const [why, prepare] of [
        ['are unknown', () => { delete window.Worker; }],
        ['are refused', () => { window.Worker = class { constructor() { throw new DOMException('no', 'SecurityError'); } }; }],
        ['do not start', () => {
            const NativeWorker = window.Worker;
            window.Worker = class extends NativeWorker {
                constructor() { super(URL.createObjectURL(new Blob(['throw new Error("no")']))); }
            };
        }],
    ])
        test(`where workers ${why}, the page does the work itself`, { timeout: 120_000 }, async () => {
            const shown = await show(browser, '', { prepare });
            const [recipe, log] = ['training_args.json', 'trainer_state.json'].map(n => join(runs, '18-resumed-total-cut', n));
            await openAll(shown, log);
            assert.deepEqual(await identification(shown), nativeIdentification(log));
            await openAll(shown, recipe);
            await shown.waitForFunction(() => /follow from the recipe/.test(document.querySelector('#run-question').textContent));
            assert.match(await report(shown), /of 2\u202f400 rates explained/);
            await openAll(shown, million);
            await close(shown);
        });
});

describe('keyboard and screen readers', () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const check = async shown => {
        await shown.evaluate(axe);
        const { violations } = await shown.evaluate(() => window.axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
        assert.deepEqual(violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join(' | ')}`), []);
    };

    for (const [scheme, width] of [['light', 1280], ['dark', 1280], ['light', 360]])
        test(`axe finds nothing: ${scheme}, ${width} pixels`, async () => {
            const shown = await show(browser, '', { colorScheme: scheme, viewport: { width, height: 800 } });
            await check(shown);
            await shown.fill('#text', 'cosine(');
            await check(shown);
            await shown.fill('#text', 'cooldown(join(cosine(peak_lr=1, total_steps=9), 5, deepspeed::one_cycle(cycle_min_lr=0.1, cycle_max_lr=1)), at=7, over=2, shape=power(2))');
            await check(shown);
            await shown.click('#tab-resume');
            await settled(shown);
            await check(shown);
            await shown.click('#tab-run');
            await check(shown);
            await shown.setInputFiles('#file', ['training_args.json', 'trainer_state.json'].map(
                n => join(folder, '../tests/data/runs/18-resumed-total-cut', n)));
            await shown.waitForSelector('#run-verdict.calm');
            await check(shown);
            assert.equal(await shown.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'no scrolling sideways');
            await close(shown);
        });

    test('the step moves, the range zooms, the tabs change', async () => {
        const shown = await show(browser, `${fragmentOf('linear(peak_lr=1, total_steps=1000)')}&step=500`);
        const chart = shown.locator('#chart');
        await chart.focus();
        const now = async () => {
            await settled(shown);
            return Number(await chart.getAttribute('aria-valuenow'));
        };
        await chart.press('Shift+ArrowRight');
        assert.equal(await now(), 501);
        await chart.press('ArrowLeft');
        assert.equal(await now(), 496);
        assert.match(await chart.getAttribute('aria-valuetext'), /^step 496: linear 0\.504$/);
        await chart.press('Home');
        assert.equal(await now(), 0);
        await chart.press('End');
        assert.equal(await now(), 1050);
        await chart.press('+');
        assert.equal(await shown.inputValue('#from'), '525');
        await chart.press('0');
        assert.equal(await shown.inputValue('#from'), '0');
        await shown.locator('#tab-curves').focus();
        await shown.keyboard.press('ArrowRight');
        assert.equal(await shown.isVisible('#view-resume'), true);
        await shown.keyboard.press('ArrowLeft');
        // All that can be done is reached by Tab, in the order of the page.
        const reached = new Set();
        for (let k = 0; k < 60; ++k) {
            await shown.keyboard.press('Tab');
            reached.add(await shown.evaluate(() => document.activeElement.id || document.activeElement.getAttribute('aria-label')));
        }
        for (const id of ['copy-link', 'theme', 'text', 'add', 'file', 'log', 'from', 'until', 'step', 'chart', 'copy-as', 'peak_lr, slider'])
            assert.ok(reached.has(id), `${id} is reached by Tab`);
        await close(shown);
    });

    test('an endless curve is shown until well after its last joint', async () => {
        for (const [lr, until] of [['join(constant(peak_lr=1), 500, constant(peak_lr=2))', 1575],
            ['inverse_sqrt(peak_lr=1, timescale=100, warmup=200)', 630], ['constant(peak_lr=1)', 10_500]]) {
            const shown = await show(browser, fragmentOf(lr));
            assert.equal(await shown.inputValue('#until'), String(until), lr);
            await close(shown);
        }
    });

    test('dragging zooms; the theme is remembered', async () => {
        const shown = await show(browser, fragmentOf('linear(peak_lr=1, total_steps=1000)'));
        const box = await shown.locator('#chart .u-over').boundingBox();
        await shown.mouse.move(box.x + box.width * 0.25, box.y + 50);
        await shown.mouse.down();
        await shown.mouse.move(box.x + box.width * 0.5, box.y + 90, { steps: 4 });
        await shown.mouse.up();
        await settled(shown);
        assert.ok(Math.abs(Number(await shown.inputValue('#from')) - 262) < 6);
        assert.ok(Math.abs(Number(await shown.inputValue('#until')) - 525) < 6);
        await shown.click('#all');
        assert.equal(await shown.inputValue('#until'), '1050');
        const light = await shown.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        await shown.selectOption('#theme', 'dark');
        const dark = await shown.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        assert.notEqual(light, dark);
        await shown.reload();
        await shown.waitForSelector('html[data-ready]');
        assert.equal(await shown.inputValue('#theme'), 'dark');
        await close(shown);
    });
});

describe('speed', () => {
    for (const [what, total] of [['1e6', 1_000_000], ['1e12', 1_000_000_000_000]])
        test(`curves of ${what} steps are redrawn by 16 ms of work`, async t => {
            const shown = await show(browser, fragmentOf(`cosine(peak_lr=0.001, total_steps=${total}, warmup=3%)`,
                `linear(peak_lr=0.001, total_steps=${total})`, `cosine_with_restarts(peak_lr=0.001, num_cycles=7, total_steps=${total})`,
                `warmup_stable_decay(peak_lr=0.001, decay_steps=${total / 5}, total_steps=${total}, decay_shape=one_minus_sqrt)`));
            const work = await workOfAFrame(shown, 60);
            t.diagnostic(`${what} steps, four curves: ${work.toFixed(1)} ms of work a frame`);
            assert.ok(work > 0.1 && work < 16, `${work} ms`);
            await close(shown);
        });
});
