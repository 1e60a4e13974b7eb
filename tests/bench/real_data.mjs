// Trains the recipes on recorded data, three seeds each, and prints a table of what they reach:
//     node tests/bench/real_data.mjs [--program build/native/bin/whittle] [--data ../shared/data]
//         [--seeds 3] [RECIPE...]
// Exits with 1 when a recipe's mean misses its target. Peak memory and growth are read from /proc,
// so they are there on Linux only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { train } from './watched_training.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const shared = process.env.WHITTLE_SHARED ?? join(root, '../shared');
const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        program: { type: 'string', default: join(root, 'build/native/bin/whittle') },
        data: { type: 'string', default: join(shared, 'data') },
        seeds: { type: 'string', default: '3' },
    },
});

const percent = (scores) => scores.accuracy;
const tasks = [
    { recipe: 'digits', folder: 'mnist', epochs: 20, target: 0.955, score: percent },
    { recipe: 'digits-cnn', folder: 'mnist', epochs: 5, target: 0.985, score: percent },
    {
        recipe: 'cifar-small', folder: 'cifar10', target: 0.6, score: percent,
        ram: 560 * 1024, flash: 1024 * 1024,
    },
    { recipe: 'kws', folder: 'fsdd/recordings', target: 0.93, score: percent, flash: 60 * 1024 },
    {
        recipe: 'fan-autoencoder', folder: 'fan', target: 0.95,
        score: (scores) => scores.area_under_roc,
    },
];

function whittle(words) {
    const { status, stdout, stderr } = spawnSync(options.program, [...words, '--json'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
}

// The int8 model's scores, and what its firmware takes where it takes most, of all boards.
function quantize(model, task) {
    const int8 = `${model}.int8.tflite`;
    const words = ['quantize', model, '--recipe', task.recipe, '--data', join(options.data, task.folder)];
    const { after } = whittle([...words, '-o', int8]);
    const { boards } = whittle(['inspect', int8]);
    const flash = Math.max(...boards.map((board) => board.flash_bytes));
    const ram = Math.max(...boards.map((board) => board.static_ram_bytes + board.stack_bytes));
    return { ...after, flash, ram };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values) => Math.max(...values) - Math.min(...values);
const number = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '-');

async function measure(task, folder) {
    const runs = [];
    for (let seed = 1; seed <= Number(options.seeds); ++seed) {
        const model = join(folder, `${task.recipe}-${seed}.tflite`);
        const words = ['train', task.recipe, '--data', join(options.data, task.folder), '--seed', `${seed}`,
            '-o', model];
        if (task.epochs) words.push('--epochs', `${task.epochs}`);
        const trained = await train(options.program, words);
        runs.push({ trained, int8: quantize(model, task) });
    }
    return runs;
}

function row(task, runs) {
    const floats = runs.map(({ trained }) => task.score(trained.test));
    const int8 = runs.map((run) => task.score(run.int8.test));
    const small = runs[0].int8;
    const missed = [];
    if (mean(floats) < task.target) missed.push('score');
    if (task.ram && small.ram > task.ram) missed.push('RAM');
    if (task.flash && small.flash > task.flash) missed.push('flash');
    const cells = [
        task.recipe, `>= ${task.target}`, number(mean(floats), 4), number(spread(floats), 4),
        number(mean(int8), 4), small.flash, small.ram,
        number(Math.max(...runs.map(({ trained }) => trained.peak)) / 2 ** 20, 1),
        number(Math.max(...runs.map(({ trained }) => trained.growth)) / 1024, 0),
        number(mean(runs.map(({ trained }) => trained.seconds)), 1),
        missed.length === 0 ? 'yes' : `no: ${missed.join(', ')}`,
    ];
    return { text: `| ${cells.join(' | ')} |`, good: missed.length === 0 };
}

const folder = mkdtempSync(join(tmpdir(), 'whittle-real-data-'));
const wanted = tasks.filter(({ recipe }) => positionals.length === 0 || positionals.includes(recipe));
if (wanted.length === 0) throw new Error(`known: ${tasks.map(({ recipe }) => recipe).join(', ')}`);
console.log('| recipe | target | mean | spread | int8 mean | int8 flash | int8 RAM | '
    + 'peak MiB | growth KiB | seconds | reached |');
console.log(`|${' --- |'.repeat(11)}`);
let good = true;
for (const task of wanted) {
    if (!existsSync(join(options.data, task.folder))) {
        console.log(`skipped ${task.recipe}: there is no ${join(options.data, task.folder)}`);
        continue;
    }
    const result = row(task, await measure(task, folder));
    console.log(result.text);
    good &&= result.good;
}
rmSync(folder, { recursive: true });
process.exit(good ? 0 : 1);
