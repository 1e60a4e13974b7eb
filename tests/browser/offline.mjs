// After the first visit the page needs no network; another version takes the place of the old one.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { serve } from '../../web/serve.mjs';
import { eventually, expect, expectEqual } from './harness.mjs';
import { Student } from './student.mjs';

const kept = (page) => eventually(() => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    return Boolean(registration?.active) && (await caches.keys()).length > 0;
}), 'the page is kept');

export async function checkOffline(harness, names) {
    await harness.check('all lessons work offline after the first visit', () =>
        harness.visit({ serviceWorkers: 'allow' }, async (page, context) => {
            const student = new Student(harness, page);
            await student.open(names[0]);
            await kept(page);
            await context.setOffline(true);
            for (const name of names) {
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
        }));
    await harness.check('a new version replaces the old one and its cache', () => checkUpdate(harness, names[0]));
}

// In a copy of the page, one file changes, as when a new version is put on the server.
async function checkUpdate(harness, lesson) {
    const copy = join(harness.pictures, '../page-of-two-versions');
    rmSync(copy, { recursive: true, force: true });
    cpSync(harness.folder, copy, { recursive: true });
    const server = await serve(copy, 8350);
    const address = `http://127.0.0.1:${server.address().port}/`;
    try {
        await harness.visit({ serviceWorkers: 'allow' }, async (page) => {
            await page.goto(`${address}#${lesson}`);
            await kept(page);
            const before = await page.evaluate(() => caches.keys());
            const change = (file, from, to) => {
                const text = readFileSync(join(copy, file), 'utf8');
                expect(text.includes(from), `${file} has no ${from}`);
                writeFileSync(join(copy, file), text.replace(from, to));
            };
            change('index.html', '<title>Whittle', '<title>New Whittle');
            change('sw.js', /kVersion = '\w+'/.exec(readFileSync(join(copy, 'sw.js'), 'utf8'))[0], "kVersion = 'another'");
            await page.reload();
            await page.click('.toast button:has-text("Use it")');
            await eventually(async () => (await page.evaluate(() => caches.keys())).join() === 'whittle-another', 'only the new cache is left');
            expect(before.join() !== 'whittle-another', 'the old version had the new name');
            await page.goto(`${address}?#`);
            await eventually(async () => (await page.title()).startsWith('New Whittle'), 'the new version is shown');
        });
    } finally {
        server.closeAllConnections();
        server.close();
        rmSync(copy, { recursive: true, force: true });
    }
}
