// Times int8 inference in WebAssembly beside LiteRT.js, in one browser and one run, one thread each:
//
//   npm ci --prefix web/bench --ignore-scripts
//   cmake --build --preset web --target whittle_inference
//   node web/bench/inference.mjs build/web/bin/inference.js MODEL.tflite...
//
// The module is that of web/bench/inference.cpp. LiteRT.js loads its module
// for simd128, without relaxed SIMD. All get the same inputs; outputs that differ by more than a step are said.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { median, printTable, withContext, withPage } from './browser.mjs';

const kRounds = 15;
const kRoundMs = 40;
const packages = process.env.BENCH_PACKAGES ?? join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const kPage = `<!DOCTYPE html><title>bench</title><script type="importmap">{"imports": {
    "@litertjs/core": "/packages/@litertjs/core/dist/index.js",
    "@litertjs/wasm-utils": "/packages/@litertjs/wasm-utils/dist/index.js"}}</script>`;

// Its JavaScript refuses int8 inputs, which its module takes: one more entry in its table of types.
function withInt8(path) {
    const text = readFileSync(path, 'utf8');
    const table = 'DATATYPES = Object.freeze([';
    if (!text.includes(table)) throw new Error(`${path}: another version, without '${table}'`);
    return text.replace(table, `${table}{ dtype: 'int8', typedArrayConstructor: Int8Array, elementType: ElementType.INT8 },`);
}

// In the browser: {name: [ms of each round]} of one model, both taking turns.
async function timeBoth({ model, rounds, roundMs }) {
    const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
    const { default: createModule } = await import('/module/inference.js');
    const module = await createModule();
    const place = module._malloc(bytes.length);
    module.HEAPU8.set(bytes, place);
    if (!module._whittle_inference_load(place, bytes.length)) throw new Error(`${model}: not loaded`);

    const { loadLiteRt, loadAndCompile, Tensor } = await import('@litertjs/core');
    await loadLiteRt('/packages/@litertjs/core/wasm/litert_wasm_compat_internal.js');
    const peer = await loadAndCompile(bytes, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
    const [{ shape }] = peer.getInputDetails();
    const values = Int8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 37 + 11) % 256 - 128);
    module.HEAPU8.set(new Uint8Array(values.buffer), module._whittle_inference_inputs());
    const input = new Tensor(values, [...shape]);

    const runners = {
        whittle: () => module._whittle_inference_run(),
        litert: async () => { for (const output of await peer.run([input])) output.delete(); },
    };
    const [first] = await peer.run([input]);
    const theirs = await first.data();
    runners.whittle();
    const at = module._whittle_inference_outputs();
    const ours = new Int8Array(module.HEAPU8.slice(at, at + theirs.length).buffer);
    const apart = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));

    const times = { whittle: [], litert: [] };
    for (let round = -3; round < rounds; ++round) {
        for (const [name, run] of Object.entries(runners)) {
            let runs = 0;
            const began = performance.now();
            while (performance.now() - began < roundMs) {
                for (let i = 0; i < 8; ++i) {
                    const pending = run();
                    if (pending) await pending;
                }
                runs += 8;
            }
            if (round >= 0) times[name].push((performance.now() - began) / runs);
        }
    }
    return { times, apart };
}

const [script, ...models] = process.argv.slice(2);
if (models.length === 0 || !existsSync(script)) {
    console.error('usage: node web/bench/inference.mjs MODULE.js MODEL.tflite...');
    process.exit(2);
}
if (!existsSync(join(packages, '@litertjs/core'))) {
    console.error('LiteRT.js is not there. First: npm ci --prefix web/bench --ignore-scripts');
    process.exit(2);
}

async function measure({ browser, address }, model) {
    return withContext(browser, { serviceWorkers: 'block' }, async (page) => {
        page.on('console', (message) => { if (message.type() === 'error') console.error(message.text()); });
        await page.route('**/*', (route) => {
            const { pathname } = new URL(route.request().url());
            if (pathname === '/bench.html') return route.fulfill({ contentType: 'text/html', body: kPage });
            if (pathname === '/packages/@litertjs/core/dist/index.js') {
                return route.fulfill({ contentType: 'text/javascript', body: withInt8(join(packages, pathname.slice(10))) });
            }
            if (pathname.startsWith('/packages/')) return route.fulfill({ path: join(packages, pathname.slice(10)) });
            if (pathname.startsWith('/module/')) return route.fulfill({ path: join(dirname(resolve(script)), basename(pathname)) });
            return route.fulfill({ path: model });
        });
        await page.goto(`${address}bench.html`);
        return page.evaluate(timeBoth, { model: '/model.tflite', rounds: kRounds, roundMs: kRoundMs });
    });
}

await withPage(dirname(resolve(script)), async (tools) => {
    const rows = [['ms, median', 'Whittle', 'LiteRT.js simd128', 'as fast', 'outputs apart']];
    for (const model of models) {
        const { times, apart } = await measure(tools, model);
        const [ours, theirs] = [median(times.whittle), median(times.litert)];
        rows.push([basename(model), ours.toFixed(4), theirs.toFixed(4), `${(theirs / ours).toFixed(2)} ×`, apart]);
        if (ours > theirs) process.exitCode = 1;
    }
    printTable(rows);
});
