// Checks the page as it is served: node page_test.mjs FOLDER
import { readFileSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { serve } from '../../web/serve.mjs';
import { piecesOf } from '../../web/demo/terminal.js';
import { check, equal, finish, matches, test } from '../support/checks.mjs';
import { hasBrowser, open } from './browser.mjs';

const folder = resolve(process.argv[2]);
const server = await serve(folder, 8000);
const { port } = server.address();

// Sends the path as it is, which fetch() would tidy up first.
function get(path, method = 'GET') {
    return new Promise((settle, fail) => {
        request({ host: '127.0.0.1', port, path, method }, (response) => {
            let text = '';
            response.on('data', (part) => { text += part; });
            response.on('end', () => settle({
                status: response.statusCode, type: response.headers['content-type'], text,
            }));
        }).on('error', fail).end();
    });
}

await test('the server gives every file its type', async () => {
    const types = {
        html: 'text/html', css: 'text/css', js: 'text/javascript', mjs: 'text/javascript',
        wasm: 'application/wasm', svg: 'image/svg+xml', webmanifest: 'application/manifest+json',
    };
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name: file } of files) {
        const { status, type } = await get(`/${file}`);
        equal(status, 200, file);
        check(type.startsWith(types[file.split('.').pop()]), `${file} is served as ${type}`);
    }
    matches((await get('/')).text, /<title>Whittle/);
});

await test('the server stays in its folder', async () => {
    for (const path of ['/nothing', '/../CMakeCache.txt', '/%2e%2e/CMakeCache.txt', '/..%2fCMakeCache.txt',
                        '/%', '//', '/index.html%00']) {
        check([400, 404].includes((await get(path)).status) || path === '//', path);
    }
    equal((await get('/', 'POST')).status, 405);
    equal(server.address().address, '127.0.0.1');
    const second = await serve(folder, port);
    equal(second.address().port, port + 1);
    second.close();
});

await test('what the page asks for is there', async () => {
    for (const start of ['/', '/demo.html', '/bench.html']) {
        const page = (await get(start)).text;
        for (const [, path] of page.matchAll(/(?:src|href)="([^":#]+)"/g)) {
            equal((await get(new URL(path, 'http://page/').pathname)).status, 200, path);
        }
    }
});

await test('colours of the terminal become classes', () => {
    equal(JSON.stringify(piecesOf('a\x1b[1mb\x1b[32mc\x1b[0md')), JSON.stringify([
        { text: 'a', names: [] }, { text: 'b', names: ['bold'] },
        { text: 'c', names: ['bold', 'green'] }, { text: 'd', names: [] },
    ]));
});

// The page's module with no files and no processes, as in a Worker.
await test('the demo runs in the page\'s module', async () => {
    globalThis.self = { location: { href: pathToFileURL(join(folder, 'whittle.mjs')).href } };
    const { default: makeWhittle } = await import(self.location.href);
    const run = async (...words) => {
        const lines = [];
        let status = 0;
        const whittle = await makeWhittle({
            wasmBinary: readFileSync(join(folder, 'whittle.wasm')),
            print: (line) => lines.push(line),
            printErr: (line) => lines.push(line),
            onExit: (code) => { status = code; },
        });
        const returned = whittle.callMain(words);
        return { status: returned || status, text: lines.join('\n') };
    };
    const demo = await run('demo', '--seed', '1');
    equal(demo.status, 0, demo.text);
    matches(demo.text, /321\s+parameters,\s+1,284\s+bytes\s+as\s+float32/); // however it wraps
    matches(demo.text, /Hash of all weights: [0-9a-f]{16}/);
    matches(demo.text, /bit-identical: nothing to compare with here/);
    equal((await run('tarin')).status, 2);
});

// A browser runs the page, where there is one.
for (const [width, height, dark] of [[1440, 900, false], [390, 844, true]]) {
    await test(`the page in a browser, ${width} x ${height}`, async () => {
        if (!hasBrowser()) return 'no chromium here';
        const page = await open(`http://127.0.0.1:${port}/demo.html`, { width, height, dark });
        try {
            const done = () => page.until(
                "/^(Done|Ended|The program)/.test(document.getElementById('status').textContent)", 60);
            const text = (id) => page.evaluate(`document.getElementById('${id}').textContent`);
            check(await done(), `still not done: ${await text('status')}`);
            matches(await text('status'), /^Done in/);
            const first = await text('output');
            matches(first, /321\s+parameters,\s+1,284\s+bytes\s+as\s+float32/); // however it wraps
            const { scrollWidth, clientWidth } = await page.evaluate(
                '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)');
            equal(scrollWidth, clientWidth, 'no sideways scroll');
            await page.evaluate("document.getElementById('seed').value = '2'");
            await page.evaluate("document.getElementById('run').click()");
            check(await done(), 'the second run ends');
            const hash = (output) => /Hash\s+of\s+all\s+weights:\s+([0-9a-f]{16})/.exec(output)[1];
            check(hash(await text('output')) !== hash(first), 'another seed, other weights');
        } finally {
            await page.close();
        }
    });
}

server.close();
finish();
