// Times int8 inference natively beside ONNX Runtime, one thread each:
//
//     npm ci --prefix tests/bench/peers --ignore-scripts
//     cmake --build --preset native --target whittle_peers
//     node tests/bench/peers/inference.mjs MODEL.tflite...
//
// The models are written as ONNX, with the same weights, into build/peers. ONNX Runtime is the library in
// the package for Node, called from the C++ program that runs ours as well, so that no time goes to JavaScript.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { onnxOf } from './onnx.mjs';
import { readTflite } from './tflite.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../..');
const packages = process.env.BENCH_PACKAGES ?? join(here, 'node_modules');
const library = join(packages, 'onnxruntime-node/bin/napi-v6', process.platform, process.arch, 'libonnxruntime.so.1');
const program = join(root, 'build/native/bin/whittle_peers');
const folder = join(root, 'build/peers');

const models = process.argv.slice(2);
if (models.length === 0) {
    console.error('usage: node tests/bench/peers/inference.mjs MODEL.tflite...');
    process.exit(2);
}
for (const [path, command] of [[library, 'npm ci --prefix tests/bench/peers --ignore-scripts'],
    [program, 'cmake --build --preset native --target whittle_peers']]) {
    if (existsSync(path)) continue;
    console.error(`${path} is not there. First: ${command}`);
    process.exit(2);
}

mkdirSync(folder, { recursive: true });
const pairs = models.map((model) => {
    const onnx = join(folder, `${basename(model, '.tflite')}.onnx`);
    writeFileSync(onnx, onnxOf(readTflite(readFileSync(model))));
    return [model, onnx];
});
const { status } = spawnSync(program, [library, ...pairs.flat()], { stdio: 'inherit' });
process.exit(status ?? 1);
