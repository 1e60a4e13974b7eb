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

export const sizes = {
    wide: { width: 1440, height: 900 },
    tablet: { width: 1024, height: 768 },
    phone: { width: 390, height: 844 },
};

export class Harness {
    static async start(folder, pictures, only) {
        const harness = new Harness();
        harness.server = await serve(folder, kPort);
        harness.address = `http://127.0.0.1:${harness.server.address().port}/`;
        harness.browser = await chromium.launch({ executablePath: kBrowser, args: kFlags });
        Object.assign(harness, { folder, pictures, only, passed: 0, failed: 0 });
        mkdirSync(pictures, { recursive: true });
        return harness;
    }

    async end() {
        await this.browser.close();
        this.server.closeAllConnections();
        this.server.close();
    }

    // One line for each. A check fails by throwing.
    async check(name, work) {
        if (this.only && !name.includes(this.only)) return;
        const began = performance.now();
        const say = (word, text = '') => console.log(
            `${word} ${name}  (${((performance.now() - began) / 1000).toFixed(1)} s)${text}`);
        try {
            await work();
            this.passed += 1;
            say('ok    ');
        } catch (error) {
            this.failed += 1;
            say('FAILED', `\n       ${String(error.stack ?? error).split('\n').slice(0, 6).join('\n       ')}`);
        }
    }

    // A student's browser: nothing kept from before. work(page, context)
    async visit(options, work) {
        const context = await this.browser.newContext({
            viewport: sizes.wide, reducedMotion: 'reduce', serviceWorkers: 'block', ...options,
        });
        context.setDefaultTimeout(kTimeoutMs);
        await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.address });
        const page = await context.newPage();
        const complaints = [];
        page.on('console', (message) => {
            if (message.type() === 'error') complaints.push(message.text());
        });
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('requestfailed', (request) => {
            // What a test leaves before it is loaded is aborted.
            const { errorText } = request.failure();
            if (errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${errorText}`);
        });
        page.complaints = complaints;
        try {
            return await work(page, context);
        } finally {
            await context.close();
        }
    }

    async picture(page, name) {
        await page.screenshot({ path: `${this.pictures}/${name}.png` });
    }
}

export function expect(condition, message) {
    if (!condition) throw new Error(message);
}

export function expectEqual(found, expected, what) {
    const [a, b] = [found, expected].map((value) => JSON.stringify(value));
    if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`);
}

// Tries again until the condition holds; a busy machine needs its time.
export async function eventually(condition, what) {
    const end = Date.now() + kTimeoutMs;
    for (;;) {
        const value = await condition();
        if (value) return value;
        if (Date.now() > end) throw new Error(`It did not happen within ${kTimeoutMs / 1000} s: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
