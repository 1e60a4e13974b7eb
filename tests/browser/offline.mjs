// After the first visit the page needs no network; another version takes the place of the old one.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { serve } from '../../web/serve.mjs';
import { eventually, expect, expectEqual } from './harness.mjs';
import { lessons } from './lessons.mjs';
import { Student } from './student.mjs';

const kLesson = 'guess-the-line';

const kept = (page) => eventually(() => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    return Boolean(registration?.active) && (await caches.keys()).length > 0;
}), 'the page is kept');

export function planOffline(harness) {
    const options = { serviceWorkers: 'allow' };
    harness.visit('offline', options, async (page, context, check) => {
        const student = new Student(harness, page);
        await check('a first visit keeps the page', async () => {
            await student.open(kLesson);
            await student.predict();
            await student.set('w', '1.5');
            await student.savedAddress();
            await kept(page);
        });
        await check('a reload without a network brings everything back', async () => {
            await context.setOffline(true);
            await student.reload(kLesson);
            expectEqual(await student.value('w'), 1.5, 'w');
            await student.seesPicture();
        });
        await check('all lessons work without a network', () => checkAll(student));
    });
    harness.visit('another version', options, (page, context, check) =>
        check('takes the place of the old one, and of its cache', () => checkUpdate(harness, page)));
}

async function checkAll(student) {
    const { page } = student;
    for (const name of Object.keys(lessons)) {
        await student.open(name);
        await student.skipPrediction();
        await student.seesPicture();
        expect(await page.$eval('.prose h1', (title) => title.textContent.length > 0), 'there is no prose');
    }
    const fonts = await page.evaluate(async () => {
        await document.fonts.ready;
        return [...document.fonts].filter(({ status }) => status === 'error').map(({ family }) => family);
    });
    expectEqual(fonts, [], 'fonts that are not kept');
    student.noComplaints();
}

// In a copy of the page, one file changes, as when a new version is put on the server.
async function checkUpdate(harness, page) {
    const copy = join(harness.pictures, '../page-of-two-versions');
    rmSync(copy, { recursive: true, force: true });
    cpSync(harness.folder, copy, { recursive: true });
    const server = await serve(copy, 8350);
    const address = `http://127.0.0.1:${server.address().port}/`;
    try {
        await page.goto(`${address}#${kLesson}`);
        await kept(page);
        const before = await page.evaluate(() => caches.keys());
        expectEqual(before.length, 1, 'caches of the first version');
        const change = (file, from, to) => {
            const text = readFileSync(join(copy, file), 'utf8');
            expect(text.includes(from), `${file} has no ${from}`);
            writeFileSync(join(copy, file), text.replace(from, to));
        };
        change('index.html', '<title>Whittle', '<title>New Whittle');
        change('sw.js', /kVersion = '\w+'/.exec(readFileSync(join(copy, 'sw.js'), 'utf8'))[0], "kVersion = 'another'");
        await page.reload();
        expect(!(await page.title()).includes('New'), 'the new version came unasked');
        await page.click('.toast button:has-text("Use it")');
        await eventually(async () => (await page.evaluate(() => caches.keys()).catch(() => [])).join() === 'whittle-another', 'only the new cache is left');
        expect(before.join() !== 'whittle-another', 'the old version had the new name');
        await eventually(() => page.evaluate(async () => (await (await fetch('index.html')).text()).includes('<title>New Whittle')).catch(() => false), 'the new version is served');
        await page.goto(`${address}?#`);
        await eventually(async () => (await page.title()).startsWith('New Whittle'), 'the new version is shown');
    } finally {
        server.closeAllConnections();
        server.close();
        rmSync(copy, { recursive: true, force: true });
    }
}
