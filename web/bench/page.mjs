// Measures the page against its bounds:  node web/bench/page.mjs [build/web/page] [PART...]
//
// PART is weight, start, idle or play; without one, all of them. The exit status is 1 when the page
// weighs too much, or draws while nothing changes. Times are shown with their verdict and leave the
// exit status alone: they depend on the machine and on what else it does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { grouped, median, printTable, wide, withContext, withPage } from './browser.mjs';

const kFirstLesson = 'guess-the-line';
const kMostBytes = 1e6;
const kMostStartMs = 1000;
const kStarts = 5;
const kIdleSeconds = 5;
const kMostBusyPercent = 1;
const kPlaySeconds = 8;
const kWarmUpSeconds = 2;
const kLeastFrames = 30;

// The first two are for the bound: what the lesson begins with, and what learns the spiral.
const kNets = [
    ['as it opens', 'data=spiral'],
    ['8-8, Adam', 'data=spiral&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01'],
    ['the largest there is', 'data=spiral&layers=6&neurons-1=8&neurons-2=8&neurons-3=8&neurons-4=8' +
        '&neurons-5=8&neurons-6=8&x1-squared=on&x2-squared=on&x1-times-x2=on&sin-x1=on&sin-x2=on'],
];

let missed = 0;

// Says how a figure stands to its bound; a `hard` one decides the exit status.
function judge(name, kept, { hard }) {
    console.log(`  ${name}: ${kept ? 'kept' : 'MISSED'}\n`);
    if (!kept && hard) missed += 1;
}

const ready = (page, lesson) => page.waitForSelector(`#lab[data-ready="${lesson}"]`, { state: 'attached' });
const pause = (seconds) => new Promise((settle) => { setTimeout(settle, seconds * 1000); });

// In the page before its scripts: counts frames. Every frame of the lab clears the canvas once.
function countFrames() {
    globalThis.framesDrawn = 0;
    const { clear } = WebGL2RenderingContext.prototype;
    WebGL2RenderingContext.prototype.clear = function (mask) {
        globalThis.framesDrawn += 1;
        clear.call(this, mask);
    };
}

const framesDrawn = (page) => page.evaluate(() => globalThis.framesDrawn);

// --- Weight ---------------------------------------------------------------------------------------

// Until the page is at rest: the copy for offline use, which it makes last, is whole.
async function loadWhole(page, address) {
    await page.goto(`${address}#${kFirstLesson}`);
    await ready(page, kFirstLesson);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
}

// A file that is sent twice counts twice.
function weigh(folder, answers) {
    return answers.map(({ path, headers }) => {
        const file = path.endsWith('/') ? `${path}index.html` : path;
        const offline = (headers.referer ?? '').endsWith('/sw.js') || file === '/sw.js';
        const bytes = readFileSync(join(folder, file));
        return {
            path: file.slice(1), why: offline ? 'to be kept' : 'to show it',
            raw: bytes.length, gzip: gzipSync(bytes).length,
        };
    }).sort((a, b) => b.why.localeCompare(a.why) || b.gzip - a.gzip);
}

async function measureWeight({ folder, address, browser, answers }) {
    answers.length = 0;
    await withContext(browser, {}, (page) => loadWhole(page, address));
    const files = weigh(folder, answers);
    const sum = (key, chosen = files) => chosen.reduce((total, file) => total + file[key], 0);
    const shown = files.filter(({ why }) => why === 'to show it');
    console.log(`Weight: the first lesson (${kFirstLesson}), cold; bytes as they are, and gzipped`);
    printTable([
        ['file', 'bytes', 'gzipped', 'loaded'],
        ...files.map(({ path, why, raw, gzip }) => [path, grouped(raw), grouped(gzip), why]),
        ['to show it', grouped(sum('raw', shown)), grouped(sum('gzip', shown)), ''],
        ['all', grouped(sum('raw')), grouped(sum('gzip')), ''],
    ]);
    judge(`all of it, gzipped: ${(sum('gzip') / 1e6).toFixed(3)} MB, at most ${kMostBytes / 1e6} MB`,
        sum('gzip') <= kMostBytes, { hard: true });
}

// --- Start ----------------------------------------------------------------------------------------

// The first frame is the one that the page marks: the first with the lab's picture on the canvas. From
// there the graphics process still has to make its pixels, which takes a moment in software: reading one
// of them waits for that. In the page before its scripts.
function awaitFirstFrame() {
    new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) {
            if (name !== 'whittle-first-frame') continue;
            const gl = document.getElementById('canvas').getContext('webgl2');
            gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
            const made = performance.now();
            const pixels = new Uint32Array(gl.drawingBufferWidth * gl.drawingBufferHeight);
            gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA,
                gl.UNSIGNED_BYTE, new Uint8Array(pixels.buffer));
            globalThis.firstFrame = { drawn: startTime, made, colours: new Set(pixels).size };
        }
    }).observe({ type: 'mark', buffered: true });
}

async function startOnce(browser, address) {
    return withContext(browser, {}, async (page) => {
        await page.addInitScript(awaitFirstFrame);
        await page.goto(`${address}#${kFirstLesson}`);
        await page.waitForFunction(() => globalThis.firstFrame);
        const times = await page.evaluate(() => ({
            ...globalThis.firstFrame,
            script: performance.getEntriesByName(new URL('app.js', location.href).href)[0].responseEnd,
            module: performance.getEntriesByName(new URL('playground.wasm', location.href).href)[0].responseEnd,
        }));
        if (times.colours < 10) throw new Error(`The first frame has ${times.colours} colours only.`);
        return times;
    });
}

async function measureStart({ address, browser }) {
    const starts = [];
    for (let i = 0; i < kStarts; ++i) starts.push(await startOnce(browser, address));
    const row = (name, key) => [name, ...starts.map((start) => grouped(start[key])),
        grouped(median(starts.map((start) => start[key])))];
    console.log(`Start: the first lesson, cold, ms from navigation`);
    printTable([
        ['', ...starts.map((_, index) => `${index + 1}.`), 'median'],
        row('app.js is there', 'script'),
        row('playground.wasm is there', 'module'),
        row('first frame of the lab drawn', 'drawn'),
        row('... and read back', 'made'),
    ]);
    const drawn = median(starts.map((start) => start.drawn));
    judge(`first frame of the lab: ${grouped(drawn)} ms, at most ${grouped(kMostStartMs)} ms`,
        drawn <= kMostStartMs, { hard: false });
}

// --- Idle -----------------------------------------------------------------------------------------

async function idleOf(browser, address, lesson) {
    return withContext(browser, {}, async (page, context) => {
        await page.addInitScript(countFrames);
        await page.goto(`${address}#${lesson}`);
        await ready(page, lesson);
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
        const metrics = await context.newCDPSession(page);
        await metrics.send('Performance.enable');
        const busy = async () => (await metrics.send('Performance.getMetrics')).metrics
            .find(({ name }) => name === 'TaskDuration').value;
        await pause(2);
        const frames = await framesDrawn(page);
        await pause(0.5);  // the question itself is work
        const before = await busy();
        await pause(kIdleSeconds);
        const after = await busy();
        return {
            lesson, busy: 100 * (after - before) / kIdleSeconds, before: frames,
            frames: await framesDrawn(page) - frames,
        };
    });
}

async function measureIdle({ address, browser }) {
    const lessons = await withContext(browser, {}, async (page) => {
        await page.goto(address);
        return page.$$eval('.lessons > li', (entries) => entries.map((entry) => entry.dataset.lesson));
    });
    const results = [];
    for (const lesson of lessons) results.push(await idleOf(browser, address, lesson));
    console.log(`Idle: main thread over ${kIdleSeconds} s with no lab playing`);
    printTable([
        ['lesson', 'busy', 'frames drawn', 'frames before'],
        ...results.map(({ lesson, busy, frames, before }) => [lesson, `${busy.toFixed(2)} %`, frames, before]),
    ]);
    const busiest = Math.max(...results.map(({ busy }) => busy));
    judge(`busiest: ${busiest.toFixed(2)} %, less than ${kMostBusyPercent} %`, busiest < kMostBusyPercent,
        { hard: false });
    judge('no frame is drawn while nothing changes', results.every(({ frames, before }) => frames === 0 && before > 0),
        { hard: true });
}

// --- Play -----------------------------------------------------------------------------------------

async function playOnce(browser, address, link) {
    return withContext(browser, {}, async (page) => {
        await page.addInitScript(countFrames);
        await page.goto(`${address}#neurons-and-layers?${link}`);
        await ready(page, 'neurons-and-layers');
        const epoch = async () => Number((await page.textContent('[data-readout="epoch"]')).replace(/\D/g, ''));
        await page.click('[data-action="play"]');
        await pause(kWarmUpSeconds);
        const at = async () => ({
            time: await page.evaluate(() => performance.now()), frames: await framesDrawn(page), epoch: await epoch(),
        });
        const from = await at();
        await pause(kPlaySeconds);
        const to = await at();
        const seconds = (to.time - from.time) / 1000;
        return { frames: (to.frames - from.frames) / seconds, epochs: (to.epoch - from.epoch) / seconds };
    });
}

async function measurePlay({ address, browser }) {
    const results = [];
    for (const [name, link] of kNets) results.push({ name, ...await playOnce(browser, address, link) });
    console.log(`Play: neurons-and-layers on the spiral, ${wide.width}×${wide.height}`);
    printTable([
        ['net', 'frames / s', 'epochs / s'],
        ...results.map(({ name, frames, epochs }) => [name, frames.toFixed(1), grouped(epochs)]),
    ]);
    const slowest = Math.min(results[0].frames, results[1].frames);
    judge(`slower of the first two: ${slowest.toFixed(1)} frames a second, at least ${kLeastFrames}`, slowest >= kLeastFrames,
        { hard: false });
}

// --------------------------------------------------------------------------------------------------

const kParts = { weight: measureWeight, start: measureStart, idle: measureIdle, play: measurePlay };
const words = process.argv.slice(2);
const wanted = words.filter((word) => word in kParts);
const [folder = 'build/web/page', ...others] = words.filter((word) => !(word in kParts));
if (others.length > 0) {
    console.error(`usage: node web/bench/page.mjs [FOLDER] [${Object.keys(kParts).join('] [')}]`);
    process.exit(2);
}
await withPage(folder, async (tools) => {
    for (const [name, measure] of Object.entries(kParts)) {
        if (wanted.length === 0 || wanted.includes(name)) await measure({ folder, ...tools });
    }
});
process.exitCode = missed === 0 ? 0 : 1;
