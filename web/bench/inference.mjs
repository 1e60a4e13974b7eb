// Times int8 inference in WebAssembly beside LiteRT.js and tfjs-tflite, in one browser and one run, one
// thread each:
//
//   npm ci --prefix web/bench --ignore-scripts
//   cmake --build --preset web --target whittle_inference
//   node web/bench/inference.mjs build/web/bin/inference.js MODEL.tflite...
//
// The module is that of web/bench/inference.cpp. LiteRT.js loads its module for simd128, without relaxed SIMD;
// tfjs-tflite, which has none with it, runs as its predict() does, without making tensors. All get the same
// inputs; how many steps their outputs lie apart is said. Times are means of the quickest quarter of the turns.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { printTable, withContext, withPage } from './browser.mjs';

const kRounds = 500;
const kTurnMs = 0.5;
const packages = process.env.BENCH_PACKAGES ?? join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const kPage = `<!DOCTYPE html><title>bench</title><script type="importmap">{"imports": {
    "@litertjs/core": "/packages/@litertjs/core/dist/index.js",
    "@litertjs/wasm-utils": "/packages/@litertjs/wasm-utils/dist/index.js"}}</script>`;
// A page by itself gets a clock of 5 us instead of 100.
const kHeaders = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

// Its JavaScript refuses int8 inputs, which its module takes: one more entry in its table of types.
function withInt8(path) {
    const text = readFileSync(path, 'utf8');
    const table = 'DATATYPES = Object.freeze([';
    if (!text.includes(table)) throw new Error(`${path}: another version, without '${table}'`);
    return text.replace(table, `${table}{ dtype: 'int8', typedArrayConstructor: Int8Array, elementType: ElementType.INT8 },`);
}

// The mean of the quickest quarter: other programs on the machine only ever lengthen a turn.
function quickQuarter(times) {
    const quick = [...times].sort((a, b) => a - b).slice(0, times.length >> 2);
    return quick.reduce((sum, time) => sum + time, 0) / quick.length;
}

// In the browser: {name: [ms of each round]} of one model, all taking turns, and {name: steps} by which the
// outputs of others differ from ours.
async function timeAll({ model, rounds, turnMs }) {
    delete globalThis.SharedArrayBuffer;  // with which tfjs-tflite takes its module for threads
    const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
    const { default: createModule } = await import('/module/inference.js');
    const module = await createModule();
    const place = module._malloc(bytes.length);
    module.HEAPU8.set(bytes, place);
    if (!module._whittle_inference_load(place, bytes.length)) {
        throw new Error(module.UTF8ToString(module._whittle_inference_error()));
    }

    const { loadLiteRt, loadAndCompile, Tensor } = await import('@litertjs/core');
    await loadLiteRt('/packages/@litertjs/core/wasm/litert_wasm_compat_internal.js');
    const litert = await loadAndCompile(bytes, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
    const [{ shape }] = litert.getInputDetails();
    const values = Int8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 37 + 11) % 256 - 128);
    module.HEAPU8.set(new Uint8Array(values.buffer), module._whittle_inference_inputs());
    const input = new Tensor(values, [...shape]);

    for (const script of ['tfjs/dist/tf.min.js', 'tfjs-tflite/dist/tf-tflite.min.js']) {
        await new Promise((resolve, reject) => {
            const element = Object.assign(document.createElement('script'),
                { src: `/packages/@tensorflow/${script}`, onload: resolve, onerror: () => reject(new Error(script)) });
            document.head.append(element);
        });
    }
    globalThis.tflite.setWasmPath('/packages/@tensorflow/tfjs-tflite/wasm/');
    const { modelRunner: tflite } = await globalThis.tflite.loadTFLiteModel(bytes.slice().buffer, { numThreads: 1 });

    const runners = {
        whittle: () => module._whittle_inference_run(),
        litert: async () => { for (const output of await litert.run([input])) output.delete(); },
        tflite: () => {
            tflite.getInputs()[0].data().set(values);
            if (!tflite.infer()) throw new Error('tfjs-tflite did not run');
        },
    };
    const [first] = await litert.run([input]);
    const outputs = { litert: await first.data() };
    runners.tflite();
    outputs.tflite = tflite.getOutputs()[0].data();
    runners.whittle();
    const at = module._whittle_inference_outputs();
    const ours = new Int8Array(module.HEAPU8.slice(at, at + outputs.litert.length).buffer);
    const apart = {};
    for (const [name, theirs] of Object.entries(outputs)) {
        apart[name] = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));
    }

    const times = { whittle: [], litert: [], tflite: [] };
    const turn = async (run, least, runs) => {
        const began = performance.now();
        for (let i = 0; i < runs; ++i) {
            const pending = run();
            if (pending) await pending;
        }
        const ms = performance.now() - began;
        return ms < least ? turn(run, least, 2 * runs) : { ms: ms / runs, runs };
    };
    // The most of several attempts: one that is interrupted takes long with few runs.
    const runs = {};
    for (const [name, run] of Object.entries(runners)) {
        runs[name] = 1;
        for (let i = 0; i < 8; ++i) ({ runs: runs[name] } = await turn(run, turnMs, runs[name]));
    }
    for (let round = 0; round < rounds; ++round) {
        for (const [name, run] of Object.entries(runners)) times[name].push((await turn(run, 0, runs[name])).ms);
    }
    return { times, apart };
}

const [script, ...models] = process.argv.slice(2);
if (models.length === 0 || !existsSync(script)) {
    console.error('usage: node web/bench/inference.mjs MODULE.js MODEL.tflite...');
    process.exit(2);
}
for (const name of ['@litertjs/core', '@tensorflow/tfjs-tflite']) {
    if (existsSync(join(packages, name))) continue;
    console.error(`${name} is not there. First: npm ci --prefix web/bench --ignore-scripts`);
    process.exit(2);
}

async function measure({ browser, address }, model) {
    return withContext(browser, { serviceWorkers: 'block' }, async (page) => {
        page.on('console', (message) => { 
            if (message.type() === 'error' && !message.location().url.includes('/tflite_web_api_cc')) console.error(message.text());
        });
        await page.route('**/*', (route) => {
            const { pathname } = new URL(route.request().url());
            if (pathname === '/bench.html') return route.fulfill({ contentType: 'text/html', headers: kHeaders, body: kPage });
            if (pathname === '/packages/@litertjs/core/dist/index.js') {
                return route.fulfill({ contentType: 'text/javascript', body: withInt8(join(packages, pathname.slice(10))) });
            }
            if (pathname.startsWith('/packages/')) {
                // tfjs-tflite first looks for its module beside its script, in vain.
                const path = join(packages, pathname.slice(10));
                return route.fulfill(existsSync(path) ? { path } : { status: 404 });
            }
            if (pathname.startsWith('/module/')) return route.fulfill({ path: join(dirname(resolve(script)), basename(pathname)) });
            return route.fulfill({ path: model });
        });
        await page.goto(`${address}bench.html`);
        return page.evaluate(timeAll, { model: '/model.tflite', rounds: kRounds, turnMs: kTurnMs });
    });
}

await withPage(dirname(resolve(script)), async (tools) => {
    const rows = [['ms', 'Whittle', 'LiteRT.js simd128', 'as fast', 'apart', 'tfjs-tflite', 'as fast', 'apart']];
    for (const model of models) {
        const { times, apart } = await measure(tools, model);
        const ours = quickQuarter(times.whittle);
        const row = [basename(model), ours.toFixed(4)];
        for (const peer of ['litert', 'tflite']) {
            const theirs = quickQuarter(times[peer]);
            row.push(theirs.toFixed(4), `${(theirs / ours).toFixed(2)} ×`, apart[peer]);
            if (ours > theirs) process.exitCode = 1;
        }
        rows.push(row);
    }
    printTable(rows);
});
