// Accessibility, sizes of screens, pictures of everything.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, expectEqual, sizes } from './harness.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const kMinTouch = 40;  // CSS pixels
const kModel = join(process.env.WHITTLE_SHARED ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shared'),
    'models/kws_ref_model.tflite');

// What axe-core finds serious or critical.
export async function violations(page) {
    // Through the debugger, so that the page's own policy for scripts stays as it is.
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
    const { violations: found } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    return found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`);
}

// Controls that a finger has to hit, and cannot; a link in a sentence may be small, and so may the
// box of a label that is large enough.
const smallControls = (page) => page.evaluate((least) => [...document.querySelectorAll(
    'button, select, summary, input[type=range], input[type=number], a.button, .answer')]
    .filter((element) => element.checkVisibility() && !element.closest('[inert], dialog'))
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(({ element, box }) => `${element.tagName} ${element.textContent.slice(0, 20)} ${box.width}×${box.height}`), kMinTouch);

// What sticks out at the side of the page, or is cut off inside something that cannot be scrolled.
const overflow = (page) => page.evaluate(() => {
    const root = document.documentElement;
    const out = root.scrollWidth > innerWidth ? [`the page: ${root.scrollWidth} of ${innerWidth}`] : [];
    for (const element of document.querySelectorAll('button, .button, h1, h2, h3, dt, dd, .parameter > label')) {
        if (!element.checkVisibility() || element.matches('.unseen, .unseen *')) continue;
        if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible') {
            out.push(`${element.tagName} “${element.textContent.slice(0, 30)}”: ${element.scrollWidth} of ${element.clientWidth}`);
        }
        const { left, right } = element.getBoundingClientRect();
        if (left < -1 || right > innerWidth + 1) out.push(`${element.tagName} “${element.textContent.slice(0, 30)}” from ${left} to ${right}`);
    }
    return out;
});

const drawn = (page) => page.waitForFunction(() =>
    !globalThis.whittle || !globalThis.whittle.statistics().pending);

// Screenshots in light and dark at every size; the light one of each is checked, and of the dark ones,
// which differ in their colours alone, the wide one.
export async function lookAround(harness, page, name) {
    for (const [size, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport);
        if (size !== 'wide') await page.evaluate(() => document.querySelector('#lesson:not([hidden]) #lab')?.scrollIntoView());
        for (const colorScheme of ['dark', 'light']) {
            await page.emulateMedia({ colorScheme });
            await drawn(page);
            await harness.picture(page, `${name}-${size}-${colorScheme}`);
            if (colorScheme === 'light' || size === 'wide') {
                expectEqual(await violations(page), [], `violations, ${size}, ${colorScheme}`);
            }
        }
        expectEqual(await overflow(page), [], `what sticks out, ${size}`);
        expectEqual(await smallControls(page), [], `controls that are too small, ${size}`);
    }
}

// A model is opened, measured and shown layer by layer; what is no model is answered.
function planBench(harness) {
    harness.visit('bench page', {}, async (page, context, check) => {
        const open = (name, buffer) => page.setInputFiles('#file', { name, mimeType: '', buffer });
        await page.goto(`${harness.address}bench.html`);
        await check('answers what is no model', async () => {
            await open('broken.tflite', Buffer.from('no model at all'));
            await page.waitForSelector('#status.bad');
            expect((await page.textContent('#status')).startsWith('broken.tflite: '), 'the file is named');
        });
        if (!existsSync(kModel)) {
            console.log(`skipped: bench page: ${kModel} is not there`);
            return;
        }
        await check('shows every layer', async () => {
            await open('kws.tflite', readFileSync(kModel));
            await page.waitForSelector('#result:not([hidden])');
            expectEqual(await page.textContent('#name'), 'kws.tflite', 'the name');
            expectEqual(await page.locator('#layers tr').count(), 13, 'layers');
            expectEqual(await page.textContent('#layers tr td:nth-child(3)'), '320,000', 'MACs');
            const shares = await page.locator('#layers .share > :last-child').allTextContents();
            const sum = shares.reduce((total, share) => total + parseFloat(share), 0);
            expect(Math.abs(sum - 100) < 1, `shares of ${sum} %`);
        });
        await check('looks', () => lookAround(harness, page, 'bench'));
    });
}

export function planLooks(harness) {
    harness.visit('sheet of keys', {}, async (page, context, check) => {
        await check('accessible', async () => {
            await page.goto(harness.address);
            await page.click('#help');
            await harness.picture(page, 'keys');
            expectEqual(await violations(page), [], 'violations');
        });
    });
    harness.visit('demo page', {}, async (page, context, check) => {
        await check('accessible', async () => {
            await page.goto(`${harness.address}demo.html`);
            expectEqual(await violations(page), [], 'violations');
        });
    });
    planBench(harness);
}
