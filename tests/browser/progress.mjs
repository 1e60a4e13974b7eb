// Progress, as a file and against damage; theme, keys, addresses.
import { readFileSync } from 'node:fs';

import { eventually, expect, expectEqual } from './harness.mjs';
import { Student } from './student.mjs';

const kLesson = 'guess-the-line';

const hostileFiles = {
    'no JSON': '{"format": "whittle-progress", ',
    'another format': '{"format": "savegame", "version": 1, "lessons": {}}',
    'a newer version': '{"format": "whittle-progress", "version": 99, "lessons": {}}',
    'lessons that are a list': '{"format": "whittle-progress", "version": 1, "lessons": []}',
    'a name that is a path': '{"format": "whittle-progress", "version": 1, "lessons": {"../x": {}}}',
    'a name that is __proto__': '{"format": "whittle-progress", "version": 1, "lessons": {"__proto__": {"goals": ["x"]}}}',
    'goals that are a number': `{"format": "whittle-progress", "version": 1, "lessons": {"${kLesson}": {"goals": 3}}}`,
    'markup for a goal': `{"format": "whittle-progress", "version": 1, "lessons": {"${kLesson}": {"goals": [{"a": "<img src=x onerror=alert(1)>"}]}}}`,
    'a link without end': `{"format": "whittle-progress", "version": 1, "lessons": {"${kLesson}": {"link": "${'w=3&'.repeat(60000)}"}}}`,
    'nothing at all': '',
    'null': 'null',
    'deep nesting': '['.repeat(100000),
};

const kept = (page) => page.evaluate(() => localStorage.getItem('whittle-progress'));

async function reachSomething(student) {
    await student.open(kLesson);
    await student.predict();
    await student.set('w', '2');
    await student.set('b', '-1');
    await eventually(async () => (await student.ticked()).length === 3, 'the goals tick');
    await student.savedAddress();
}

export async function checkProgress(harness) {
    await harness.check('progress goes to a file and into another browser', () => checkFile(harness));
    await harness.check('hostile progress files are refused and lose nothing', () =>
        harness.visit({}, (page) => checkHostile(harness, page)));
    await harness.check('unreadable stored progress is set aside and told', () =>
        harness.visit({}, (page) => checkUnreadable(harness, page)));
    await harness.check('a shared link keeps the student\'s own state', () =>
        harness.visit({}, (page) => checkShared(harness, page)));
    await harness.check('what an address has wrong is told', () =>
        harness.visit({}, (page) => checkAddresses(harness, page)));
    await harness.check('themes', () => harness.visit({ colorScheme: 'light' }, (page) => checkThemes(harness, page)));
    await harness.check('keys', () => harness.visit({}, (page) => checkKeys(harness, page)));
    await harness.check('start afresh, and undo', () => harness.visit({}, (page) => checkAfresh(harness, page)));
}

async function checkFile(harness) {
    const file = await harness.visit({}, async (page) => {
        const student = new Student(harness, page);
        await reachSomething(student);
        await page.click('.brand');
        await eventually(async () => (await page.textContent(`[data-lesson="${kLesson}"] .state`)).includes('3 of 3 goals'), 'the outline shows the goals');
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export-progress')]);
        return readFileSync(await download.path());
    });
    await harness.visit({}, async (page) => {
        const student = new Student(harness, page);
        await page.goto(harness.address);
        await page.setInputFiles('#import-file', { name: 'mine.json', mimeType: 'application/json', buffer: file });
        await eventually(async () => (await page.textContent(`[data-lesson="${kLesson}"] .state`)).includes('3 of 3 goals'), 'the outline shows the goals');
        await student.open(kLesson);
        expectEqual((await student.ticked()).length, 3, 'goals in the other browser');
        expectEqual(await page.inputValue('#parameter-w'), '2', 'the state of the lab there');
        student.noComplaints();
    });
}

async function checkHostile(harness, page) {
    const student = new Student(harness, page);
    await reachSomething(student);
    await page.goto(`${harness.address}#`);
    const before = await kept(page);
    for (const [what, text] of Object.entries(hostileFiles)) {
        await page.setInputFiles('#import-file', { name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from(text) });
        await page.waitForSelector('.toast.failed');
        const told = await page.textContent('.toast.failed p');
        expect(told.length > 40 && told.length < 400, `${what}: told “${told}”`);
        await page.click('.toast.failed [aria-label=Close]');
        expectEqual(await kept(page), before, `${what}: the progress after it`);
    }
    student.noComplaints();
}

async function checkUnreadable(harness, page) {
    await page.goto(harness.address);
    await page.evaluate(() => localStorage.setItem('whittle-progress', '{"half'));
    await page.reload();
    expect((await page.textContent('.toast.failed p')).includes('set aside'), 'nothing is told');
    const aside = await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.includes('unreadable'))?.[1]);
    expectEqual(aside, '{"half', 'what was set aside');
}

async function checkShared(harness, page) {
    const student = new Student(harness, page);
    await student.open(kLesson);
    await student.skipPrediction();
    await student.set('w', '1.5');
    await student.savedAddress();
    await student.open(kLesson, 'w=4&b=2');
    expectEqual(await page.inputValue('#parameter-w'), '4', 'w of the link');
    await page.click('.toast button:has-text("Back to mine")');
    await eventually(async () => (await page.inputValue('#parameter-w')) === '1.5', 'the own state is back');
    student.noComplaints();
}

async function checkAddresses(harness, page) {
    const student = new Student(harness, page);
    await student.open(kLesson, 'w=99&nonsense=1&do=fly&b=-1&%E0%A4%A=x');
    expectEqual(await page.inputValue('#parameter-w'), '5', 'w, clamped');
    expectEqual(await page.inputValue('#parameter-b'), '-1', 'b');
    expect(await page.locator('.toast').count() >= 1, 'nothing is told of what was wrong');
    await page.goto(`${harness.address}#no-such-lesson`);
    await page.waitForSelector('.toast:has-text("no-such-lesson")');
    expect(await page.isVisible('#outline'), 'the outline is not shown');
    student.noComplaints();
}

async function checkThemes(harness, page) {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.goto(harness.address);
    const light = await background();
    await page.selectOption('#theme', 'dark');
    const dark = await background();
    expect(light !== dark, 'dark looks like light');
    await page.reload();
    expectEqual(await background(), dark, 'the theme after a reload');
    await page.selectOption('#theme', 'system');
    expectEqual(await background(), light, 'the system\'s theme');
    await page.emulateMedia({ colorScheme: 'dark' });
    expectEqual(await background(), dark, 'the system\'s theme after it changed');
}

async function checkKeys(harness, page) {
    const student = new Student(harness, page);
    await student.open('one-neuron');
    await student.skipPrediction();
    const epochs = async () => (await student.readouts()).find((text) => text.startsWith('epoch='));
    await page.focus('#main');
    await page.keyboard.press('s');
    await eventually(async () => (await epochs()) === 'epoch=1', 'S makes one step');
    await page.keyboard.press('Space');
    await page.waitForSelector('[data-action="pause"]');
    await page.keyboard.press('Space');
    await page.waitForSelector('[data-action="play"]');
    await page.keyboard.press('r');
    await eventually(async () => (await epochs()) === 'epoch=0', 'R resets');
    await page.keyboard.press('?');
    expect(await page.isVisible('#help-sheet'), '? opens no sheet');
    await page.click('#keys-on');
    await page.keyboard.press('Escape');
    await page.focus('#main');
    await page.keyboard.press('s');
    await page.waitForTimeout(300);
    expectEqual(await epochs(), 'epoch=0', 'S after the keys were switched off');
    await page.click('#help');
    await page.click('#keys-on');
    await page.keyboard.press('Escape');
    await page.fill('#parameter-x', '3');
    await page.keyboard.press('n');
    expect(page.url().includes('#one-neuron'), 'N in a box leaves the lesson');
    await page.focus('#main');
    await page.keyboard.press('n');
    await eventually(() => !page.url().includes('#one-neuron'), 'N goes to the next lesson');
    student.noComplaints();
}

async function checkAfresh(harness, page) {
    const student = new Student(harness, page);
    await student.open(kLesson, 'w=1&b=0.5');
    const first = await student.readouts();
    await page.click('#afresh');
    await eventually(async () => (await page.inputValue('#parameter-w')) === '3', 'w is as at the beginning');
    await page.click('.toast button:has-text("Undo")');
    await eventually(async () => (await page.inputValue('#parameter-w')) === '1', 'w is back');
    expectEqual(await student.readouts(), first, 'readouts');
}
