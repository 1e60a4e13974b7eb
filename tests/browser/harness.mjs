// What all browser tests need: a browser, the page served on this machine, checks that are counted.
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

import { serve } from '../../web/serve.mjs';

// Chromium from the distribution, with WebGL 2 in software, and without what it does for itself.
const kBrowser = process.env.CHROMIUM ?? '/usr/bin/chromium';
const kFlags = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader'];
// Of a machine that is busy with other tests too.
const kTimeoutMs = 60000;
const kPort = 8300;
const kAtOnce = 2;  // visits

export const sizes = {
    wide: { width: 1440, height: 900 },
    tablet: { width: 1024, height: 768 },
    phone: { width: 390, height: 844 },
};

// A visit is one student's browser, with nothing kept from before; several checks may follow each
// other in it. Visits do not depend on each other: two are under way at a time.
export class Harness {
    static async start(folder, pictures, only) {
        const harness = new Harness();
        harness.server = await serve(folder, kPort);
        harness.address = `http://127.0.0.1:${harness.server.address().port}/`;
        harness.browser = await chromium.launch({ executablePath: kBrowser, args: kFlags });
        Object.assign(harness, { folder, pictures, only, passed: 0, failed: 0, visits: [] });
        mkdirSync(pictures, { recursive: true });
        return harness;
    }

    async end() {
        await this.browser.close();
        this.server.closeAllConnections();
        this.server.close();
    }

    // work(page, context, check): each check is counted by itself; if one of them ends the visit, the
    // visit counts as one more that failed.
    visit(name, options, work) {
        if (!this.only || name.includes(this.only)) this.visits.push({ name, options, work });
    }

    async run() {
        const next = this.visits[Symbol.iterator]();
        const lane = async () => {
            for (const visit of next) await this.pay(visit);
        };
        await Promise.all(Array.from({ length: kAtOnce }, lane));
    }

    async pay({ name, options, work }) {
        const check = (what, body) => this.check(`${name}: ${what}`, body);
        try {
            await this.inBrowser(options, (page, context) => work(page, context, check));
        } catch (error) {
            if (!error.counted) await this.check(`${name}: the visit`, () => { throw error; }).catch(() => {});
        }
    }

    // One line for each. A check fails by throwing, and what follows it in its visit is left out: it
    // would stand on ground that is not there.
    async check(name, body) {
        const began = performance.now();
        const say = (word, text = '') => console.log(
            `${word} ${name}  (${((performance.now() - began) / 1000).toFixed(1)} s)${text}`);
        try {
            const value = await body();
            this.passed += 1;
            say('ok    ');
            return value;
        } catch (error) {
            this.failed += 1;
            say('FAILED', `\n       ${String(error.stack ?? error).split('\n').slice(0, 8).join('\n       ')}`);
            throw Object.assign(new Error(name), { counted: true });
        }
    }

    async inBrowser(options, work) {
        const context = await this.browser.newContext({
            viewport: sizes.wide, reducedMotion: 'reduce', serviceWorkers: 'block', ...options,
        });
        try {
            context.setDefaultTimeout(kTimeoutMs);
            await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.address });
            return await work(listen(await context.newPage()), context);
        } finally {
            await context.close();
        }
    }

    async picture(page, name) {
        await page.screenshot({ path: `${this.pictures}/${name}.png` });
    }
}

// The browser itself asks for the icon of the tab, at times on behalf of the empty page that comes
// between two lessons, which it then refuses. (That there is an icon is seen to in tests/web.)
const isIcon = (url) => url.endsWith('/icon.svg');

// page.complaints: what the page had to say that it should not.
function listen(page) {
    page.complaints = [];
    page.on('console', (message) => {
        const aboutIcon = isIcon(message.location().url) || /icon\.svg' from origin 'null'/.test(message.text());
        if (message.type() === 'error' && !aboutIcon) page.complaints.push(message.text());
    });
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    page.on('dialog', (dialog) => {
        page.complaints.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss();
    });
    page.on('requestfailed', (request) => {
        // What a test leaves before it is loaded is aborted.
        const { errorText } = request.failure();
        if (errorText !== 'net::ERR_ABORTED' && !isIcon(request.url())) page.complaints.push(`${request.url()}: ${errorText}`);
    });
    return page;
}

export function expect(condition, message) {
    if (!condition) throw new Error(message);
}

export function expectEqual(found, expected, what) {
    const [a, b] = [found, expected].map((value) => JSON.stringify(value));
    if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`);
}

export function expectNear(found, expected, tolerance, what) {
    if (!(Math.abs(found - expected) <= tolerance)) {
        throw new Error(`${what}: expected ${expected} within ${tolerance}, found ${found}`);
    }
}

// Tries again until the condition holds; a busy machine needs its time.
export async function eventually(condition, what) {
    const end = Date.now() + kTimeoutMs;
    for (;;) {
        const value = await condition();
        if (value) return value;
        if (Date.now() > end) throw new Error(`It did not happen within ${kTimeoutMs / 1000} s: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
}
