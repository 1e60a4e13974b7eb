// Trains the recipes on recorded data, three seeds each, and prints a table of what they reach:
//     node tests/bench/real_data.mjs [--program build/native/bin/whittle] [--data ../shared/data]
//         [--seeds 3] [RECIPE...]
// Exits with 1 when a recipe's mean misses its target. Peak memory and growth are read from /proc,
// so they are there on Linux only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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

// Bytes that a process holds, by the name in /proc: VmRSS now, VmHWM at most.
function memory(pid, name) {
    try {
        const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm');
        return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(line)[1]) * 1024;
    } catch {
        return NaN;
    }
}

// Trains, and notes the memory after every epoch.
function train(words) {
    return new Promise((done, failed) => {
        const child = spawn(options.program, [...words, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
        const resident = [];
        let peak = NaN;
        let text = '';
        const watch = setInterval(() => {
            const now = memory(child.pid, 'VmHWM');
            if (now > 0) peak = now;
        }, 50);
        child.stdout.on('data', (part) => {
            text += part;
            if (text.split('\n').length - 1 > resident.length) resident.push(memory(child.pid, 'VmRSS'));
        });
        child.on('close', (status) => {
            clearInterval(watch);
            if (status !== 0) return failed(new Error(`${words.join(' ')}: exit status ${status}`));
            const result = JSON.parse(text.trim().split('\n').at(-1));
            // As the last epoch is reported, the test samples are already being predicted, which takes
            // memory of its own.
            const epochs = resident.slice(1, -2);
            done({ ...result, peak, growth: epochs.at(-1) - epochs[0] });
        });
    });
}

function quantize(model, task) {
    const words = ['quantize', model, '--recipe', task.recipe, '--data', join(options.data, task.folder),
        '-o', `${model}.int8.tflite`, '--json'];
    const { status, stdout, stderr } = spawnSync(options.program, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout).after;
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
        const trained = await train(words);
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
    if (task.ram && small.arena_bytes > task.ram) missed.push('RAM');
    if (task.flash && small.parameter_bytes > task.flash) missed.push('flash');
    const cells = [
        task.recipe, `>= ${task.target}`, number(mean(floats), 4), number(spread(floats), 4),
        number(mean(int8), 4), small.parameter_bytes, small.arena_bytes,
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
console.log('| recipe | target | mean | spread | int8 mean | int8 parameter bytes | arena bytes | '
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
