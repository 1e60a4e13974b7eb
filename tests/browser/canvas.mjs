// The pictures themselves, driven with the mouse and with a finger: every kind of widget. Where its
// parts stand the lab says (whittle.places()); what they did is read from the lab.
import { eventually, expect, expectEqual, expectNear, sizes } from './harness.mjs';
import { Student } from './student.mjs';

const kSlack = 3;  // CSS pixels: a place is rounded to whole ones, and a line is as thick as that

class Mouse {
    constructor(page) {
        this.mouse = page.mouse;
    }
    async press(at) {
        await this.mouse.move(...at);
        await this.mouse.down();
    }
    move(at) { return this.mouse.move(...at); }
    release() { return this.mouse.up(); }
    // Shows what it is on; leave() ends that.
    point(at) { return this.mouse.move(...at); }
    leave() { return this.mouse.move(2, 2); }
}

class Finger {
    constructor(page, session) {
        Object.assign(this, { page, session });
    }
    send(type, points) {
        return this.session.send('Input.dispatchTouchEvent',
            { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
    }
    press(at) { return this.send('touchStart', [at]); }
    move(at) { return this.send('touchMove', [at]); }
    release() { return this.send('touchEnd', []); }
    point(at) {
        this.down = true;
        return this.press(at);
    }
    async leave() {
        if (this.down) await this.release();
        this.down = false;
    }
}

const centre = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
const within = ({ x, y, width, height }, across, down) => [x + width * across, y + height * down];

async function drag(pointer, from, to) {
    await pointer.press(from);
    for (const part of [0.25, 0.6, 1]) {
        await pointer.move([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
    }
    await pointer.release();
}

async function click(pointer, at) {
    await pointer.press(at);
    await pointer.release();
}

// What the tooltip says there.
async function tipAt(student, pointer, at) {
    await pointer.point(at);
    const tip = await eventually(async () => (await student.pointed()).tip, 'a value appears');
    await pointer.leave();
    await eventually(async () => (await student.pointed()).tip === '', 'the value disappears');
    return tip;
}

async function tipOn(student, pointer, name) {
    return tipAt(student, pointer, centre(await student.place(name)));
}

// Where a value of the parameter stands between the ends of a side.
async function along(student, name, part) {
    const { minimum, maximum } = await student.parameter(name);
    return minimum + part * (maximum - minimum);
}

// The handles of a plot, and its values.
async function driveLine(student, pointer, check) {
    for (const [handle, parameter] of [['intercept', 'b'], ['slope', 'w']]) {
        await check(`plot: the handle “${handle}” follows`, async () => {
            const before = await student.value(parameter);
            const from = centre(await student.place(handle));
            const to = [from[0] + 5, from[1] + 60];
            await drag(pointer, from, to);
            const after = centre(await student.place(handle));
            expect(await student.value(parameter) < before, `${parameter} is still ${before}`);
            // Half a step of 0.1 in w, three to the right, is 0.15 of 20 on the axis.
            expectNear(after[1], to[1], kSlack + 0.15 / 20 * 900, 'y of the handle');
            expectNear(after[0], from[0], kSlack, 'x of the handle');
        });
    }
    await check('plot: a point tells its values', async () =>
        expectEqual(await tipOn(student, pointer, 'first of points'), 'points\nx: -1\ny: -3', 'tip'));
}

async function driveDescent(student, pointer, check) {
    await check('curve: the ball goes where it is dragged', async () => {
        const from = centre(await student.place('first of where it is'));
        await drag(pointer, from, [from[0] + 90, from[1] + 10]);
        const after = centre(await student.place('first of where it is'));
        expect(await student.value('start-x') > -4, 'start-x is still -4');
        expectNear(after[0], from[0] + 90, kSlack + 0.05 / 10 * 900, 'x of the ball');
    });
    await check('contour surface: the ball goes where it is dragged', async () => {
        await student.set('landscape', 'bowl');
        const map = await student.place('start');
        const to = within(map, 0.7, 0.3);
        await drag(pointer, within(map, 0.2, 0.6), to);
        const ball = centre(await student.place('first of where it is'));
        const grid = 0.05 / 10 * map.width;
        expectNear(ball[0], to[0], kSlack + grid, 'x of the ball');
        expectNear(ball[1], to[1], kSlack + grid, 'y of the ball');
        expectNear(await student.value('start-x'), await along(student, 'start-x', 0.7), 0.1, 'start-x');
        expectNear(await student.value('start-y'), await along(student, 'start-y', 0.7), 0.1, 'start-y');
    });
    await check('contour surface: a place on it tells its values', async () => {
        // A finger there takes the ball with it.
        const what = pointer instanceof Finger ? 'where it is' : 'minimum';
        expectEqual(await tipOn(student, pointer, 'first of minimum'), `${what}\nx: 0\ny: 0`, 'tip');
    });
}

async function driveNeuron(student, pointer, check) {
    await check('heat map of the loss: the start goes where it is dragged', async () => {
        const map = await student.place('start');
        await drag(pointer, within(map, 0.5, 0.5), within(map, 0.25, 0.75));
        const pixel = 10 / Math.min(map.width, map.height);
        expectNear(await student.value('start-w'), await along(student, 'start-w', 0.25), 0.05 + pixel, 'start-w');
        expectNear(await student.value('start-b'), await along(student, 'start-b', 0.25), 0.05 + pixel, 'start-b');
    });
    await check('line plot: the loss tells its values', async () => {
        await student.act('step', 50);
        const tip = await tipOn(student, pointer, 'middle of loss');
        expect(/^loss\nepoch: 25\nmean squared error: \d/.test(tip), `tip: ${tip}`);
    });
}

async function driveNet(student, pointer, check) {
    const points = () => student.page.evaluate(() => globalThis.whittle.state().link.split('do=add-point').length - 1);
    await check('decision map: a click adds a point of the chosen class there', async () => {
        await click(pointer, centre(await student.place('class B')));
        const map = await student.place('answer');
        await click(pointer, within(map, 0.75, 0.25));
        await student.drawn();
        expectEqual(await points(), 1, 'points added');
        expectEqual(await student.value('point-class'), 1, 'class');
        expectNear(await student.value('point-x'), await along(student, 'point-x', 0.75), 0.1, 'point-x');
        expectNear(await student.value('point-y'), await along(student, 'point-y', 0.75), 0.1, 'point-y');
    });
    await check('network diagram: a neuron shows what it sees', async () => {
        const look = () => student.page.evaluate(() => document.getElementById('canvas').toDataURL());
        await pointer.leave();
        await student.drawn();
        const before = await look();
        await pointer.point(centre(await student.place('neuron 1 1')));
        await student.drawn();
        const during = await look();
        await pointer.leave();
        await student.drawn();
        expect(during !== before, 'the picture stays as it was');
        expect(await look() === before, 'the picture does not go back');
    });
    await check('network diagram: an edge tells its weight', async () => {
        const tip = await tipOn(student, pointer, 'edge 0 1 2');
        expect(/^weight -?\d/.test(tip), `tip: ${tip}`);
        // A finger that is lifted has clicked.
        await student.page.keyboard.press('Escape');
    });
    await check('slider in the picture: an edge gets the weight it is dragged to, or steered to with the arrow keys', async () => {
        await click(pointer, centre(await student.place('edge 0 1 2')));
        const slider = await student.place('weight');
        expectEqual([await student.value('weight-layer'), await student.value('weight-from'), await student.value('weight-to')],
            [1, 2, 3], 'the edge');
        await drag(pointer, within(slider, 0.5, 0.5), within(slider, 0.8, 0.5));
        await student.drawn();
        const dragged = await student.value('weight-value');
        const grab = (14 / 2 + 2) / slider.width;  // its middle keeps half its width and a margin from the ends
        expectNear(dragged, -5 + 10 * (0.8 - grab) / (1 - 2 * grab), 10 / slider.width, 'weight after the drag');
        await pointer.leave();
        for (let i = 0; i < 3; ++i) await student.page.keyboard.press('ArrowLeft');
        await student.drawn();
        expectNear(await student.value('weight-value'), dragged - 0.15, 1e-3, 'weight after three times ←');
        await student.page.keyboard.press('Escape');
        expect(!(await student.pointed()).places.weight, 'Escape leaves the slider open');
    });
    await check('confusion matrix: a cell tells its share', async () => {
        const tip = await tipOn(student, pointer, 'cell 0 1');
        expect(/^\d+ of \d+ that are A \([\d.]+ %\): said to be B$/.test(tip), `tip: ${tip}`);
    });
}

async function driveSine(student, pointer, check) {
    await student.act('step', 20);
    await check('bar chart: a bar tells its bytes', async () =>
        expectEqual(await tipOn(student, pointer, 'bar Parameters, float32'), 'Parameters, float32: 1284 B', 'tip'));
    await check('line plot: the curve tells its values', async () => {
        const tip = await tipOn(student, pointer, 'middle of float32');
        expect(/\nx: [\d.]+\ny: -?[\d.]+$/.test(tip), `tip: ${tip}`);
    });
}

async function driveJudging(student, pointer, check) {
    await check('confusion matrix: a cell tells its share', async () =>
        expectEqual(await tipOn(student, pointer, 'cell 0 0'), '1 of 20 that are anomaly (5 %): said to be anomaly', 'tip'));
    await check('bar chart: a bar tells its value and its meaning', async () => {
        const tip = await tipOn(student, pointer, 'bar Recall');
        expect(/^Recall: 0\.050\nOf the anomalies/.test(tip), `tip: ${tip}`);
    });
    await check('histogram: the threshold goes where it is dragged', async () => {
        await student.set('classifier', 'detector');
        const box = await student.place('histogram');
        await drag(pointer, within(box, 0.4, 0.5), within(box, 0.7, 0.6));
        await student.drawn();
        const step = (await student.parameter('threshold')).step || 0;
        expectNear(await student.value('threshold'), await along(student, 'threshold', 0.7), step + 0.03, 'threshold');
    });
    // A finger there drags the threshold.
    if (pointer instanceof Mouse) await check('histogram: a bin tells its heights', async () => {
        const tip = await tipAt(student, pointer, within(await student.place('histogram'), 0.4, 0.7));
        expect(/^-?[\d.]+ to -?[\d.]+\nnormal: [\d.]+ %\nanomaly: [\d.]+ %$/.test(tip), `tip: ${tip}`);
    });
    await check('bars of the months: a month tells its false alarms', async () => {
        await student.act('step', 3);
        const tip = await tipOn(student, pointer, 'month 2');
        expect(/^Month 2: \d+ false alarms$/.test(tip), `tip: ${tip}`);
    });
}

async function driveCost(student, pointer, check) {
    await check('bar chart: a layer tells its output', async () =>
        expectEqual(await tipOn(student, pointer, 'bar 5 fully_connected'), '5 fully_connected: 330\noutput 10', 'tip'));
    await check('bar chart: a board tells what is taken of what', async () => {
        const tip = await tipOn(student, pointer, 'bar uno');
        expect(/^uno: .*%\nArduino Uno, AVR\n.* of 2048 B$/.test(tip), `tip: ${tip}`);
    });
}

async function driveArena(student, pointer, check) {
    const overlaps = () => student.page.evaluate(() => globalThis.whittle.state().readouts
        .find(({ name }) => name === 'overlaps').value);
    await check('arena map: a tensor goes where it is dragged, down to the bottom', async () => {
        await student.set('planner', 'by-hand');
        const from = centre(await student.place('tensor n2'));
        const bottom = await student.place('tensor n0');
        await drag(pointer, from, [from[0], bottom.y + bottom.height + 40]);
        await student.drawn();
        expectEqual([await student.value('tensor'), await student.value('address')], [3, 0], 'tensor and address');
        const after = await student.place('tensor n2');
        expectNear(after.y + after.height, bottom.y + bottom.height, kSlack, 'its lower edge');
        expectEqual(await overlaps(), 0, 'overlaps');
    });
    await check('arena map: what overlaps is counted', async () => {
        const from = centre(await student.place('tensor n1'));
        const over = centre(await student.place('tensor n0'));
        await drag(pointer, from, [from[0], over[1]]);
        await student.drawn();
        expect(await overlaps() >= 1, 'n1 lies on n0 and nobody says so');
    });
    await check('arena map: a tensor tells its size and its life', async () => {
        await student.set('planner', 'none');
        await student.act('step', 7);
        const tip = await tipOn(student, pointer, 'tensor n1');
        expectEqual(tip, 'n1: 524,288 B\nalive from step 0 to 1\nat address 786,432 B\n2 conflicts', 'tip');
    });
    await check('conflict graph: a click chooses a tensor', async () => {
        await click(pointer, centre(await student.place('node n4')));
        await student.drawn();
        expectEqual(await student.value('tensor'), 5, 'tensor');
    });
    await check('a .tflite file takes the place of the own net, and a broken one does not', async () => {
        const model = await student.page.evaluate(() => {
            globalThis.whittle.open('hello-sine', '');
            const { bytes } = globalThis.whittle.file('tflite');
            globalThis.whittle.open('arena', '');
            return [...bytes];
        });
        const input = student.page.locator('#mirror [data-import="tflite"]');
        const give = (name, bytes) => input.setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
        await give('broken.tflite', model.slice(0, 200));
        await student.page.waitForSelector('.toast:has-text("broken.tflite")');
        await give('sine.tflite', model);
        await eventually(async () => (await student.readouts()).includes('of-tensors=4'), 'the lab has four tensors');
    });
}

const drives = {
    'guess-the-line': driveLine,
    'gradient-descent': driveDescent,
    'one-neuron': driveNeuron,
    'neurons-and-layers': driveNet,
    'hello-sine': driveSine,
    'judging-a-classifier': driveJudging,
    'counting-cost': driveCost,
    arena: driveArena,
};

export function planCanvas(harness) {
    for (const [lesson, drive] of Object.entries(drives)) {
        for (const [who, hasTouch] of [['mouse', false], ['finger', true]]) {
            harness.visit(`${lesson} with the ${who}`, { hasTouch }, async (page, context, check) => {
                const student = new Student(harness, page);
                await student.open(lesson);
                await student.skipPrediction();
                const pointer = hasTouch ? new Finger(page, await context.newCDPSession(page)) : new Mouse(page);
                await drive(student, pointer, check);
                await check('nothing to complain of', async () => student.noComplaints());
            });
        }
    }
    harness.visit('phone', { viewport: sizes.phone, hasTouch: true }, (page, context, check) =>
        check('a finger scrolls the page past the picture', () => checkScroll(harness, page, context)));
    harness.visit('keyboard', {}, (page, context, check) =>
        check('Tab leaves the picture, and typing in a box does not move it', () => checkTab(harness, page)));
}

// Beside what can be dragged, a swipe scrolls.
async function checkScroll(harness, page, context) {
    const student = new Student(harness, page);
    await student.open('guess-the-line');
    await student.skipPrediction();
    await student.drawn();
    await page.evaluate(() => document.getElementById('lab').scrollIntoView());
    const before = await page.evaluate(() => scrollY);
    const box = await page.locator('#canvas').boundingBox();
    const edge = [box.x + box.width * 0.9, box.y + box.height * 0.93];
    const finger = new Finger(page, await context.newCDPSession(page));
    await drag(finger, edge, [edge[0], edge[1] - 200]);
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
