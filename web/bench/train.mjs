// Times training in the page's own WebAssembly beside TensorFlow.js, in one browser and one run:
//
//   npm ci --prefix web/bench --ignore-scripts
//   node web/bench/train.mjs [build/web/page] [ROUNDS]
//
// The task: a net 1-16-16-1 (ReLU) on 1,000 points of a noisy sine, mean squared error, Adam with
// learning rate 0.01, batches of 32 in shuffled order, 100 epochs. All of them get the same points
// and the same weights to begin with, and are warmed up before. One thread each.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { grouped, median, printTable, withContext, withPage } from './browser.mjs';

const kTask = { samples: 1000, noise: 0.1, epochs: 100, batch: 32, rate: 0.01, seed: 1 };
const kWarmUpEpochs = 3;
const kWantedRatio = 20;
// An RMSE is of the noise (0.1) and of what the net misses; orders differ, and so do the last steps.
const kAlike = 0.02;
// Far slower than the others with so small a net: one round is enough.
const kOnce = new Set(['TensorFlow.js webgl']);

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/@tensorflow');
const kScripts = {
    'tf.js': 'tfjs/dist/tf.min.js',
    'tf-wasm.js': 'tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
    'tfjs-backend-wasm.wasm': 'tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    'tfjs-backend-wasm-simd.wasm': 'tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    'tfjs-backend-wasm-threaded-simd.wasm': 'tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
};

// y = sin x on 0 ... 2 pi with normal noise; mulberry32 and Box-Muller.
function noisySine({ samples, noise, seed }) {
    let state = seed;
    const uniform = () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const xs = Array.from({ length: samples }, () => 2 * Math.PI * uniform());
    return { xs, ys: xs.map((x) => Math.sin(x) + noise * normal()) };
}

// --- In the browser -------------------------------------------------------------------------------

// The module that the page loads: {seconds, rmse, start}
async function trainWhittle({ task, points, warmUpEpochs }) {
    const { default: createPlayground } = await import('/playground.js');
    const module = await createPlayground();
    const train = module.cwrap('whittle_train_wave', 'string', Array(7).fill('number'));
    const put = (values) => {
        const address = module._malloc(4 * values.length);
        module.HEAPU8.set(new Uint8Array(Float32Array.from(values).buffer), address);
        return address;
    };
    const [xs, ys] = [put(points.xs), put(points.ys)];
    const run = (epochs) => JSON.parse(train(xs, ys, task.samples, epochs, task.batch, task.rate, task.seed));
    run(warmUpEpochs);
    const began = performance.now();
    const result = run(task.epochs);
    const seconds = (performance.now() - began) / 1000;
    if (result.error) throw new Error(result.error);
    return { seconds, ...result };
}

// The lab of lesson 07, which after every epoch also measures both losses, the curve and all readouts.
async function trainLab({ task }) {
    const { default: createPlayground } = await import('/playground.js');
    const module = await createPlayground();
    const call = (name, ...given) => JSON.parse(module.cwrap(name, 'string',
        given.map((value) => typeof value))(...given));
    // 60 % of 1,650 points are 990 to train on; 31 steps an epoch, as with 1,000.
    const settings = `samples=1650&batch-size=${task.batch}&learning-rate=${task.rate}&epochs=1000`;
    const told = call('whittle_open', 'hello-sine', settings);
    if (told.error || told.notices.length > 0) throw new Error(JSON.stringify(told));
    call('whittle_act', 'step', 3);
    call('whittle_act', 'reset', 1);
    const began = performance.now();
    call('whittle_act', 'step', task.epochs);
    const seconds = (performance.now() - began) / 1000;
    const { readouts } = call('whittle_state');
    const reading = (name) => readouts.find((readout) => readout.name === name).value;
    if (reading('epoch') !== task.epochs) throw new Error(`It stopped at epoch ${reading('epoch')}.`);
    return { seconds, rmse: reading('rmse') };
}

// A backend of TensorFlow.js: {seconds, rmse}, or {missing: why}
async function trainTensorFlow({ backend, task, points, start, warmUpEpochs }) {
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
    if (!await tf.setBackend(backend)) return { missing: 'it does not start here' };
    await tf.ready();
    const layer = (units, activation, inputShape) => tf.layers.dense({ units, activation, inputShape });
    const fresh = () => {
        const model = tf.sequential({ layers: [layer(16, 'relu', [1]), layer(16, 'relu'), layer(1)] });
        // Its weights stand as inputs x outputs.
        model.setWeights(start.map((values, index) => {
            const inputs = [1, 16, 16][index >> 1];
            return index % 2 ? tf.tensor1d(values) : tf.tensor2d(values, [values.length / inputs, inputs]).transpose();
        }));
        model.compile({ optimizer: tf.train.adam(task.rate), loss: 'meanSquaredError' });
        return model;
    };
    const xs = tf.tensor2d(points.xs, [task.samples, 1]);
    const ys = tf.tensor2d(points.ys, [task.samples, 1]);
    // It never gives way to the page in between: quicker than its default.
    const options = { batchSize: task.batch, shuffle: true, verbose: 0, yieldEvery: 'never' };
    await fresh().fit(xs, ys, { ...options, epochs: warmUpEpochs });
    const model = fresh();
    const began = performance.now();
    await model.fit(xs, ys, { ...options, epochs: task.epochs });
    const answers = await model.predict(xs).data();
    const seconds = (performance.now() - began) / 1000;
    const squares = points.ys.reduce((sum, y, index) => sum + (y - answers[index]) ** 2, 0);
    return { seconds, rmse: Math.sqrt(squares / task.samples), version: tf.version.tfjs };
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

async function measure(tools, rounds) {
    const points = noisySine(kTask);
    const given = { task: kTask, points, warmUpEpochs: kWarmUpEpochs };
    const { start } = await onEmptyPage(tools, trainWhittle, given);
    const peers = ['cpu', 'wasm', 'webgl'].map((backend) => [`TensorFlow.js ${backend}`, trainTensorFlow, { ...given, backend, start }]);
    const runners = [['Whittle', trainWhittle, given], ['Whittle, the lab of hello-sine', trainLab, given], ...peers];
    const results = new Map(runners.map(([name]) => [name, []]));
    for (let round = 0; round < rounds; ++round) {
        for (const [name, work, what] of runners) {
            if (round === 0 || !kOnce.has(name)) results.get(name).push(await onEmptyPage(tools, work, what));
        }
    }
    return results;
}

function report(results) {
    const rows = [['', 'median s', 'fastest', 'slowest', 'RMSE', 'of Whittle']];
    const whittle = median(results.get('Whittle').map(({ seconds }) => seconds));
    let best = Infinity;
    let alike = true;
    for (const [name, runs] of results) {
        if (runs[0].missing) {
            rows.push([name, runs[0].missing, '', '', '', '']);
            continue;
        }
        const seconds = runs.map((run) => run.seconds);
        const rmse = median(runs.map((run) => run.rmse));
        rows.push([name, ...[median(seconds), Math.min(...seconds), Math.max(...seconds)].map((s) => s.toFixed(3)),
            rmse.toFixed(4), `${(median(seconds) / whittle).toFixed(1)} ×`]);
        if (!name.startsWith('Whittle')) best = Math.min(best, median(seconds));
        if (Math.abs(rmse - kTask.noise) > kAlike) alike = false;
    }
    printTable(rows);
    const { version } = results.get('TensorFlow.js cpu')[0];
    const steps = kTask.epochs * Math.ceil(kTask.samples / kTask.batch);
    console.log(`  TensorFlow.js ${version}; ${grouped(steps)} steps; Whittle: ` +
        `${(1e6 * whittle / steps).toFixed(1)} µs a step`);
    const ratio = best / whittle;
    console.log(`  ${ratio.toFixed(1)} times as fast as TensorFlow.js's best, at least ${kWantedRatio}: ` +
        `${ratio >= kWantedRatio ? 'kept' : 'MISSED'}`);
    console.log(`  all nets come within ${kAlike} of the noise, ${kTask.noise}: ${alike ? 'kept' : 'MISSED'}`);
    return ratio >= kWantedRatio && alike;
}

const [folder = 'build/web/page', rounds = '5'] = process.argv.slice(2);
if (!existsSync(packages)) {
    console.error('TensorFlow.js is not there. First: npm ci --prefix web/bench --ignore-scripts');
    process.exit(2);
}
await withPage(folder, async (tools) => {
    if (!report(await measure(tools, Number(rounds)))) process.exitCode = 1;
});
