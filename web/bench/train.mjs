// Times training in the page's own WebAssembly beside TensorFlow.js, in one browser and one run:
//
//   npm ci --prefix web/bench --ignore-scripts
//   node web/bench/train.mjs [build/web/page] [ROUNDS] [TASK...]
//
// The tasks are those of `whittle bench train` (core/train/bench_tasks.h): a net 1-16-16-1 on a noisy
// sine, one of dense layers on 10,000 images, one of convolutions on 2,000. All of them get the same
// samples and the same weights to begin with, take batches of 32 in shuffled order and Adam, and are
// warmed up before. One thread each.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { median, printTable, withContext, withPage } from './browser.mjs';

const kBatch = 32;
const kSeed = 1;
// Layers by their names in TensorFlow.js. `wanted`: how many times as fast as its best backend. `alike`:
// by which factor the losses of the last epoch may differ. They do with the order of the samples alone;
// that of mlp by 1.6 among six orders.
const kTasks = {
    sine: {
        inputShape: [1], epochs: 100, rate: 0.01, loss: 'meanSquaredError', wanted: 30, alike: 1.5,
        layers: [['dense', { units: 16, activation: 'relu' }], ['dense', { units: 16, activation: 'relu' }],
            ['dense', { units: 1 }]],
    },
    mlp: {
        inputShape: [784], epochs: 1, rate: 0.001, loss: 'categoricalCrossentropy', wanted: 4, alike: 2,
        layers: [['dense', { units: 20, activation: 'relu' }], ['dense', { units: 10, activation: 'softmax' }]],
    },
    cnn: {
        inputShape: [28, 28, 1], epochs: 1, rate: 0.001, loss: 'categoricalCrossentropy', wanted: 25, alike: 1.1,
        layers: [['conv2d', { filters: 8, kernelSize: 3, activation: 'relu' }], ['maxPooling2d', { poolSize: 2 }],
            ['conv2d', { filters: 16, kernelSize: 3, activation: 'relu' }], ['maxPooling2d', { poolSize: 2 }],
            ['flatten', {}], ['dense', { units: 10, activation: 'softmax' }]],
    },
};
// Runs longer than this are not repeated.
const kLongSeconds = 10;

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/@tensorflow');
const kScripts = {
    'tf.js': 'tfjs/dist/tf.min.js',
    'tf-wasm.js': 'tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
    'tfjs-backend-wasm.wasm': 'tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    'tfjs-backend-wasm-simd.wasm': 'tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    'tfjs-backend-wasm-threaded-simd.wasm': 'tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
};

// --- In the browser -------------------------------------------------------------------------------

// The module that the page loads: {seconds, loss}
async function trainWhittle({ name, seed }) {
    const { default: createPlayground } = await import('/playground.js');
    const module = await createPlayground();
    const call = (what, ...given) => {
        const told = JSON.parse(module.cwrap(what, 'string', given.map((value) => typeof value))(...given));
        if (told.error) throw new Error(told.error);
        return told;
    };
    call('whittle_bench_task', name, seed);
    call('whittle_bench_train');
    const began = performance.now();
    const { loss } = call('whittle_bench_train');
    return { seconds: (performance.now() - began) / 1000, loss };
}

// A backend of TensorFlow.js: {seconds, loss}, or {missing: why}. The module above gives it the samples.
async function trainTensorFlow({ backend, name, task, seed, batch }) {
    const load = (address) => new Promise((settle, fail) => {
        const script = document.createElement('script');
        Object.assign(script, { src: address, onload: settle, onerror: () => fail(new Error(address)) });
        document.head.append(script);
    });
    await load('/tf.js');
    if (backend === 'wasm') {
        await load('/tf-wasm.js');
        globalThis.tf.wasm.setWasmPaths('/');
    }
    const { tf } = globalThis;
    if (!await tf.setBackend(backend)) return { missing: 'does not start here' };
    await tf.ready();

    const { default: createPlayground } = await import('/playground.js');
    const module = await createPlayground();
    const prepare = module.cwrap('whittle_bench_task', 'string', ['string', 'number']);
    const { samples, features, targets, start } = JSON.parse(prepare(name, seed));
    const floats = ({ address, count }) =>
        new Float32Array(module.HEAPU8.slice(address, address + 4 * samples * count).buffer);
    const xs = tf.tensor(floats(features), [samples, ...task.inputShape]);
    const ys = tf.tensor2d(floats(targets), [samples, targets.count]);

    const fresh = () => {
        const layers = task.layers.map(([kind, settings], index) =>
            tf.layers[kind]({ ...settings, ...(index === 0 ? { inputShape: task.inputShape } : {}) }));
        const model = tf.sequential({ layers });
        // Here outputs come first, there last.
        model.setWeights(model.getWeights().map((tensor, index) => {
            if (index % 2) return tf.tensor1d(start[index]);
            const outputs = tensor.shape.at(-1);
            return tf.tensor2d(start[index], [outputs, tensor.size / outputs]).transpose().reshape(tensor.shape);
        }));
        model.compile({ optimizer: tf.train.adam(task.rate), loss: task.loss });
        return model;
    };
    // It never gives way to the page in between: quicker than its default.
    const options = { batchSize: batch, shuffle: true, verbose: 0, yieldEvery: 'never' };
    try {
        const some = 3 * batch;
        await fresh().fit(xs.slice(0, some), ys.slice(0, some), { ...options, epochs: 1 });
        const model = fresh();
        const began = performance.now();
        const { history } = await model.fit(xs, ys, { ...options, epochs: task.epochs });
        return { seconds: (performance.now() - began) / 1000, loss: Number(history.loss.at(-1)), version: tf.version.tfjs };
    } catch (error) {
        return { missing: /not registered/.test(error.message) ? 'cannot' : error.message };
    }
}

// --------------------------------------------------------------------------------------------------

async function onEmptyPage({ browser, address }, work, given) {
    return withContext(browser, { serviceWorkers: 'block' }, async (page) => {
        await page.route('**/*', (route) => {
            const name = new URL(route.request().url()).pathname.slice(1);
            if (name === 'bench.html') {
                return route.fulfill({ contentType: 'text/html', body: '<!DOCTYPE html><title>bench</title>' });
            }
            return name in kScripts ? route.fulfill({ path: join(packages, kScripts[name]) }) : route.continue();
        });
        await page.goto(`${address}bench.html`);
        return page.evaluate(work, given);
    });
}

// {name of the runner: [{seconds, loss}, ...] or [{missing}]} for one task; all take turns.
async function measure(tools, name, rounds) {
    const given = { name, task: kTasks[name], seed: kSeed, batch: kBatch };
    const runners = new Map([['Whittle', [trainWhittle, given]]]);
    for (const backend of ['cpu', 'wasm', 'webgl']) {
        runners.set(`TensorFlow.js ${backend}`, [trainTensorFlow, { ...given, backend }]);
    }
    const results = new Map([...runners.keys()].map((runner) => [runner, []]));
    for (let round = 0; round < rounds; ++round) {
        for (const [runner, [work, what]] of runners) {
            const runs = results.get(runner);
            if (runs.some(({ missing, seconds }) => missing || seconds > kLongSeconds)) continue;
            runs.push(await onEmptyPage(tools, work, what));
        }
    }
    return results;
}

function report(name, results) {
    const { wanted, alike } = kTasks[name];
    const rows = [[name, 'median s', 'fastest', 'slowest', 'runs', 'loss', 'of Whittle']];
    const whittle = median(results.get('Whittle').map(({ seconds }) => seconds));
    const learned = results.get('Whittle')[0].loss;
    let best = Infinity;
    let same = true;
    for (const [runner, runs] of results) {
        if (runs[0].missing) {
            rows.push([runner, runs[0].missing, '', '', '', '', '']);
            continue;
        }
        const seconds = runs.map((run) => run.seconds);
        const loss = median(runs.map((run) => run.loss));
        rows.push([runner, ...[median(seconds), Math.min(...seconds), Math.max(...seconds)].map((s) => s.toFixed(3)),
            runs.length, loss.toFixed(4), `${(median(seconds) / whittle).toFixed(1)} ×`]);
        if (runner !== 'Whittle') best = Math.min(best, median(seconds));
        if (Math.max(loss / learned, learned / loss) > alike) same = false;
    }
    printTable(rows);
    const ratio = best / whittle;
    console.log(`  ${ratio.toFixed(1)} times as fast as TensorFlow.js ${results.get('TensorFlow.js cpu')[0].version} at its ` +
        `best, at least ${wanted}: ${ratio >= wanted ? 'kept' : 'MISSED'}`);
    console.log(`  all losses within a factor of ${alike} of Whittle's: ${same ? 'kept' : 'MISSED'}\n`);
    return ratio >= wanted && same;
}

const [folder = 'build/web/page', rounds = '5', ...wantedTasks] = process.argv.slice(2);
const tasks = wantedTasks.length > 0 ? wantedTasks : Object.keys(kTasks);
const unknown = tasks.find((name) => !(name in kTasks));
if (unknown !== undefined) {
    console.error(`There is no task '${unknown}': ${Object.keys(kTasks).join(', ')}.`);
    process.exit(2);
}
if (!existsSync(packages)) {
    console.error('TensorFlow.js is not there. First: npm ci --prefix web/bench --ignore-scripts');
    process.exit(2);
}
await withPage(folder, async (tools) => {
    for (const name of tasks) {
        if (!report(name, await measure(tools, name, Number(rounds)))) process.exitCode = 1;
    }
});
