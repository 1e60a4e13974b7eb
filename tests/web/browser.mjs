// Drives headless Chromium by its DevTools protocol, over pipes.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function hasBrowser() {
    return spawnSync('chromium', ['--version']).status === 0;
}

// Opens a page. { send(method, parameters), evaluate(expression), until(expression, seconds), close() }
export async function open(url, { width = 1280, height = 800, dark = false } = {}) {
    const profile = mkdtempSync(join(tmpdir(), 'whittle-page-'));
    const browser = spawn('chromium', [
        '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
        `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const [, , , toBrowser, fromBrowser] = browser.stdio;
    const ended = new Promise((settle) => { browser.on('exit', settle); });

    const waiting = new Map();
    let count = 0;
    let buffer = '';
    fromBrowser.setEncoding('utf8').on('data', (part) => {
        const messages = (buffer + part).split('\0');
        buffer = messages.pop();
        for (const message of messages.map((text) => JSON.parse(text))) {
            const { settle, fail } = waiting.get(message.id) ?? {};
            waiting.delete(message.id);
            if (message.error) fail?.(new Error(message.error.message));
            else settle?.(message.result);
        }
    });
    ended.then(() => waiting.forEach(({ fail }) => fail(new Error('the browser ended'))));
    const call = (message) => new Promise((settle, fail) => {
        message.id = ++count;
        waiting.set(message.id, { settle, fail });
        toBrowser.write(`${JSON.stringify(message)}\0`);
    });

    const { targetId } = await call({ method: 'Target.createTarget', params: { url: 'about:blank' } });
    const { sessionId } = await call({
        method: 'Target.attachToTarget', params: { targetId, flatten: true },
    });
    const send = (method, params = {}) => call({ sessionId, method, params });
    const evaluate = async (expression) =>
        (await send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
    const until = async (expression, seconds) => {
        for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
            if (await evaluate(expression)) return true;
            await new Promise((settle) => { setTimeout(settle, 100); });
        }
        return false;
    };
    const close = async () => {
        call({ method: 'Browser.close' }).catch(() => {});
        await ended;
        // Its helpers may write for a moment longer.
        for (let tries = 0; tries < 40; ++tries) {
            try {
                rmSync(profile, { recursive: true, force: true });
                return;
            } catch {
                await new Promise((settle) => { setTimeout(settle, 250); });
            }
        }
        console.log(`left behind: ${profile}`);
    };

    const scheme = { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' };
    await send('Emulation.setDeviceMetricsOverride', {
        width, height, deviceScaleFactor: 1, mobile: width < 600,
    });
    await send('Emulation.setEmulatedMedia', { features: [scheme] });
    await send('Page.navigate', { url });
    return { send, evaluate, until, close };
}
