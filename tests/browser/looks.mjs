// Accessibility, sizes of screens, pictures of everything.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { expect, expectEqual, sizes } from './harness.mjs';
import { Student } from './student.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const kMinTouch = 40;  // CSS pixels

async function violations(page) {
    // Through the debugger, so that the page's own policy for scripts stays as it is.
    await page.evaluate(axe);
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

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

async function lookInBothThemes(harness, page, name) {
    for (const colorScheme of ['dark', 'light']) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(400);  // the picture is drawn anew
        await harness.picture(page, `${name}-${colorScheme}`);
        expectEqual(await violations(page), [], `violations, ${colorScheme}`);
    }
    expectEqual(await overflow(page), 0, 'pixels that stick out at the side');
    expectEqual(await smallControls(page), [], 'controls that are too small');
}

export async function checkLooks(harness, names) {
    for (const [size, viewport] of Object.entries(sizes)) {
        const options = { viewport, colorScheme: 'light', hasTouch: size === 'phone' };
        await harness.check(`outline, ${size}: fits, and accessible`, () =>
            harness.visit(options, async (page) => {
                await page.goto(harness.address);
                await lookInBothThemes(harness, page, `outline-${size}`);
            }));
        for (const name of names) {
            await harness.check(`${name}, ${size}: fits, and accessible`, () =>
                harness.visit(options, (page) => lookAtLesson(harness, page, name, `${name}-${size}`)));
        }
    }
    await harness.check('the sheet of keys is accessible', () => harness.visit({}, async (page) => {
        await page.goto(harness.address);
        await page.click('#help');
        await harness.picture(page, 'keys');
        expectEqual(await violations(page), [], 'violations');
    }));
    await harness.check('the demo page is accessible', () => harness.visit({}, async (page) => {
        await page.goto(`${harness.address}demo.html`);
        expectEqual(await violations(page), [], 'violations');
    }));
}

async function lookAtLesson(harness, page, name, picture) {
    const student = new Student(harness, page);
    await student.open(name);
    await harness.picture(page, `${picture}-closed`);
    expectEqual(await violations(page), [], 'violations before the prediction');
    await student.predict();
    if (await page.locator('#mirror [data-action="step"]').count()) await student.act('step', 20);
    await student.seesPicture();
    await page.evaluate(() => { document.querySelector('#goals details').open = true; });
    if (page.viewportSize().width < 960) await page.evaluate(() => document.getElementById('lab').scrollIntoView());
    await lookInBothThemes(harness, page, picture);
    expect(await page.getAttribute('#canvas', 'aria-label') !== '', 'the picture has no text for screen readers');
    student.noComplaints();
}
