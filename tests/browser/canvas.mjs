// The pictures themselves, with the mouse and with a finger: for every kind that answers to them.
import { eventually, expect, expectEqual, sizes } from './harness.mjs';
import { Student } from './student.mjs';

// Places in the canvas, as parts of its width and height, where something is looked for.
function* grid(columns, rows) {
    for (const y of rows) for (const x of columns) yield [x, y];
}
const parts = (from, to, count) => Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

// Mouse or finger; `to` is null for a click.
async function withMouse(page, from, to) {
    await page.mouse.move(...from);
    await page.mouse.down();
    if (to) await page.mouse.move(...to, { steps: 4 });
    await page.waitForTimeout(60);
    await page.mouse.up();
}

async function withFinger(page, from, to) {
    const session = await page.context().newCDPSession(page);
    const send = (type, points) => session.send('Input.dispatchTouchEvent',
        { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
    await send('touchStart', [from]);
    await page.waitForTimeout(60);
    if (to) {
        for (const part of [0.3, 0.6, 1]) {
            await send('touchMove', [[from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]]);
            await page.waitForTimeout(30);
        }
    }
    await send('touchEnd', []);
    await session.detach();
}

// Acts at one place after the other until the link, which is what the lab has been told, matches.
// `step`: how far it is dragged, in CSS pixels; null for a click.
async function until(page, pattern, act, places, step) {
    const box = await page.locator('#canvas').boundingBox();
    for (const [x, y] of places) {
        const from = [box.x + x * box.width, box.y + y * box.height];
        await act(page, from, step && [from[0] + step[0], from[1] + step[1]]);
        await page.waitForTimeout(120);
        await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));  // saves at once
        if (pattern.test(page.url())) return;
    }
    throw new Error(`no place made the link match ${pattern}: ${page.url()}`);
}

const kinds = [
    { what: 'plot with handles', lesson: 'guess-the-line', link: '', pattern: /\bb=/, places: [...grid([0.31, 0.36, 0.27, 0.33], parts(0.15, 0.85, 15))], step: [0, -40] },
    { what: 'curve', lesson: 'gradient-descent', link: '', pattern: /start-x=/, places: [...grid([0.3], [0.3, 0.5])], step: [60, 0] },
    { what: 'contour surface', lesson: 'gradient-descent', link: 'landscape=bowl', pattern: /start-y=/, places: [...grid([0.3, 0.5], [0.3, 0.5])], step: [40, 40] },
    { what: 'loss surface', lesson: 'one-neuron', link: '', pattern: /start-w=/, places: [...grid([0.75, 0.6, 0.3], [0.3, 0.5, 0.75])], step: [30, 30] },
    { what: 'decision map', lesson: 'neurons-and-layers', link: '', pattern: /do=add-point/, places: [...grid([0.8, 0.7, 0.6, 0.5, 0.3], [0.3, 0.45, 0.6, 0.2])], step: null },
    { what: 'network diagram', lesson: 'neurons-and-layers', link: '', pattern: /weight-(layer|from|to|value)=/, places: [...grid(parts(0.1, 0.55, 10), parts(0.15, 0.6, 8))], step: null },
    { what: 'histogram', lesson: 'judging-a-classifier', link: 'classifier=detector', pattern: /threshold=/, places: [...grid([0.6, 0.3, 0.75], [0.3, 0.5, 0.7, 0.85])], step: [40, 0] },
];

export async function checkCanvas(harness) {
    for (const { what, lesson, link, pattern, places, step } of kinds) {
        for (const [who, act, options] of [['mouse', withMouse, {}], ['finger', withFinger, { hasTouch: true }]]) {
            await harness.check(`${what} of ${lesson}: ${step ? 'dragged' : 'clicked'} with the ${who}`, () =>
                harness.visit(options, async (page) => {
                    const student = new Student(harness, page);
                    await student.open(lesson, link);
                    await student.skipPrediction();
                    await student.seesPicture();
                    await until(page, pattern, act, places, step);
                    student.noComplaints();
                }));
        }
    }
    await harness.check('values appear under the mouse', () => harness.visit({}, async (page) => {
        const student = new Student(harness, page);
        await student.open('hello-sine', 'do=step:5');
        await student.seesPicture();
        const shot = () => page.locator('#canvas').screenshot();
        const before = await shot();
        const box = await page.locator('#canvas').boundingBox();
        for (const [x, y] of grid(parts(0.2, 0.8, 4), [0.3, 0.7])) {
            await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
            await page.waitForTimeout(150);
            if (!(await shot()).equals(before)) return;
        }
        throw new Error('the picture never changed');
    }));
    await harness.check('a finger on the phone scrolls the page past the picture', () =>
        harness.visit({ viewport: sizes.phone, hasTouch: true }, (page) => checkScroll(harness, page)));
    await harness.check('Tab leaves the picture, and typing in a box does not move it', () =>
        harness.visit({}, (page) => checkTab(harness, page)));
}

// Beside what can be dragged, a swipe scrolls.
async function checkScroll(harness, page) {
    const student = new Student(harness, page);
    await student.open('guess-the-line');
    await student.skipPrediction();
    await student.seesPicture();
    await page.evaluate(() => document.getElementById('lab').scrollIntoView());
    const before = await page.evaluate(() => scrollY);
    const box = await page.locator('#canvas').boundingBox();
    const edge = [box.x + box.width * 0.9, box.y + box.height * 0.93];
    await withFinger(page, edge, [edge[0], edge[1] - 200]);
    await eventually(async () => (await page.evaluate(() => scrollY)) > before + 50, 'the page scrolls');
}

async function checkTab(harness, page) {
    const student = new Student(harness, page);
    await student.open('one-neuron');
    await student.skipPrediction();
    await page.focus('#canvas');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement.id !== 'canvas'), 'Tab stays in the picture');
    await page.fill('#parameter-start-w', '2');
    await page.press('#parameter-start-w', 'Enter');
    expectEqual(await page.inputValue('#parameter-start-w'), '2', 'the typed number');
    student.noComplaints();
}
