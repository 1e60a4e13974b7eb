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

// Each of these is opened as a lesson's state; what follows it must still work.
const hostileLinks = {
    'markup': 'w=<img src=x onerror=alert(1)>&<script>alert(1)</script>=1',
    'encoded markup': 'w=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&%3Csvg%20onload%3Dalert(1)%3E=2',
    'numbers that are none': 'w=NaN&b=Infinity&w=1e999&b=-1e999&w=0x10&b=--1&w=',
    'broken escapes': 'w=%&b=%E0%A4%A&%=%&%00=%00&w=%C3%28',
    'names from the language': '__proto__=1&constructor=1&toString=2&hasOwnProperty=3&do=__proto__',
    'endless repetition': 'w=3&b=1&'.repeat(6000),
    'counts that are none': 'do=step:-1&do=step:1e99&do=step:0&do=play:1000000000000&do=:&do=',
    'nothing but signs': '&&&===???###&=&',
    'letters of all kinds': 'w=٣&b=−1&ｗ=1&w=𝟙&%F0%9F%92%A9=💩',
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

export function planProgress(harness) {
    const visit = (name, work, options = {}) => harness.visit(name, options, (page, context, check) =>
        work(new Student(harness, page), check));
    visit('progress', async (student, check) => {
        const file = await check('goes to a file', () => checkExport(student));
        await check('survives hostile files', () => checkHostile(student));
        await check('comes back in another browser', () => checkImport(harness, file));
    });
    visit('unreadable progress', (student, check) =>
        check('is set aside and told', () => checkUnreadable(student)));
    visit('addresses', async (student, check) => {
        await check('what a link has wrong is told', () => checkAddresses(student));
        await check('a shared link keeps the student\'s own state', () => checkShared(student));
        await check('start afresh, and undo', () => checkAfresh(student));
        await check('a link that asks for hours of work can be stopped', () => checkEndlessLink(student));
        await check('hostile links do no harm', () => checkHostileLinks(student));
    });
    visit('keys', (student, check) => check('do what the sheet says', () => checkKeys(student)));
    visit('themes', (student, check) => check('are kept, and follow the system', () => checkThemes(student)),
        { colorScheme: 'light' });
}

const state = (page) => page.textContent(`[data-lesson="${kLesson}"] .state`);

async function checkExport(student) {
    const { page } = student;
    await reachSomething(student);
    await page.click('.brand');
    await eventually(async () => (await state(page)).includes('3 of 3 goals'), 'the outline shows the goals');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export-progress')]);
    return readFileSync(await download.path());
}

async function checkImport(harness, file) {
    await harness.inBrowser({}, async (page) => {
        const student = new Student(harness, page);
        await page.goto(harness.address);
        await page.setInputFiles('#import-file', { name: 'mine.json', mimeType: 'application/json', buffer: file });
        await eventually(async () => (await state(page)).includes('3 of 3 goals'), 'the outline shows the goals');
        await student.open(kLesson);
        expectEqual((await student.ticked()).length, 3, 'goals in the other browser');
        expectEqual(await page.inputValue('#parameter-w'), '2', 'the state of the lab there');
        student.noComplaints();
    });
}

async function checkHostile(student) {
    const { page } = student;
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

async function checkUnreadable({ harness, page }) {
    await page.goto(harness.address);
    await page.evaluate(() => localStorage.setItem('whittle-progress', '{"half'));
    await page.reload();
    expect((await page.textContent('.toast.failed p')).includes('set aside'), 'nothing is told');
    const aside = await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.includes('unreadable'))?.[1]);
    expectEqual(aside, '{"half', 'what was set aside');
}

async function checkShared(student) {
    const { page } = student;
    await student.open(kLesson, 'w=1&b=1');
    await student.set('w', '1.5');
    await student.savedAddress();
    await student.open(kLesson, 'w=4&b=2');
    expectEqual(await page.inputValue('#parameter-w'), '4', 'w of the link');
    await page.click('.toast button:has-text("Back to mine")');
    await eventually(async () => (await page.inputValue('#parameter-w')) === '1.5', 'the own state is back');
    student.noComplaints();
}

async function checkAddresses(student) {
    const { harness, page } = student;
    await student.open(kLesson, 'w=99&nonsense=1&do=fly&b=-1&%E0%A4%A=x');
    expectEqual(await page.inputValue('#parameter-w'), '5', 'w, clamped');
    expectEqual(await page.inputValue('#parameter-b'), '-1', 'b');
    expect(await page.locator('.toast').count() >= 1, 'nothing is told of what was wrong');
    await page.goto(`${harness.address}#no-such-lesson`);
    await page.waitForSelector('.toast:has-text("no-such-lesson")');
    expect(await page.isVisible('#outline'), 'the outline is not shown');
    student.noComplaints();
}

async function checkThemes({ harness, page }) {
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

async function checkKeys(student) {
    const { page } = student;
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
    await page.keyboard.press('s');  // what a key does is done before the next line asks
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

async function checkAfresh(student) {
    const { page } = student;
    await student.open(kLesson, 'w=1&b=0.5');
    const first = await student.readouts();
    await page.click('#afresh');
    await eventually(async () => (await page.inputValue('#parameter-w')) === '3', 'w is as at the beginning');
    await page.click('.toast button:has-text("Undo")');
    await eventually(async () => (await page.inputValue('#parameter-w')) === '1', 'w is back');
    expectEqual(await student.readouts(), first, 'readouts');
}

async function checkHostileLinks(student) {
    const { page } = student;
    for (const [what, link] of Object.entries(hostileLinks)) {
        await student.open(kLesson, link);
        expect(page.complaints.length === 0, `${what}: ${page.complaints.join(', ')}`);
        expectEqual(await page.locator('.toast img, .toast svg, .toast script, #lab img, #lab script').count(), 0, `${what}: elements of the link`);
        await student.set('w', '0.5');
        expectEqual(await student.value('w'), 0.5, `${what}: w, set afterwards`);
    }
    expectEqual(await page.evaluate(() => ({}).goals ?? null), null, 'the prototype');
}

async function checkEndlessLink(student) {
    const { harness, page } = student;
    await page.goto('about:blank');
    await page.goto(`${harness.address}#neurons-and-layers?data=spiral&neurons-1=8&neurons-2=8&do=step:1000000`);
    await page.waitForSelector('#lab[data-ready="neurons-and-layers"]');
    expect(await page.$eval('#mirror', (mirror) => mirror.inert), 'its controls can be used before');
    const epoch = async () => Number((await student.readouts()).find((text) => text.startsWith('epoch=')).slice(6));
    await eventually(async () => (await epoch()) > 10, 'it goes on');
    await page.click('#stop-restoring');
    expect(!(await page.isVisible('#restoring')), 'it still says that it goes back');
    await student.drawn();
    const stopped = await epoch();
    expect(stopped < 1000000, 'it did all of it');
    await student.act('step');
    expectEqual(await epoch(), stopped + 1, 'the epoch after a step');
    expect((await student.savedAddress()).includes(`do=step:${stopped + 1}`), 'the address has other steps');
}
