// Trains every recipe once and prints a table of the time and the memory that it takes; then the
// memory after each epoch on MNIST's 60,000 images:
//     node tests/bench/recipes.mjs [--program build/native/bin/whittle] [--data ../shared/data]
//         [--growth-epochs 8] [RECIPE | growth]...
// Exits with 1 when memory grows from epoch to epoch. The processor's time and memory are read from
// /proc, so they are there on Linux only.
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
        'growth-epochs': { type: 'string', default: '8' },
    },
});

// Of what cannot be generated: where it is.
const recorded = { 'cifar-small': 'cifar10', 'resnet8-like': 'cifar10' };

const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(1);

function scoreText(test) {
    if ('accuracy' in test) return `accuracy ${test.accuracy.toFixed(4)}`;
    if ('area_under_roc' in test) return `area under ROC ${test.area_under_roc.toFixed(4)}`;
    return `RMSE ${test.rmse.toFixed(4)}`;
}

async function measure({ name }, folder) {
    const source = recorded[name];
    if (source && !existsSync(join(options.data, source))) {
        console.log(`skipped ${name}: there is no ${join(options.data, source)}`);
        return;
    }
    const words = ['train', name, '-o', join(folder, `${name}.tflite`)];
    if (source) words.push('--data', join(options.data, source));
    const trained = await train(options.program, words);
    const cells = [
        name, source ?? 'generated', trained.parameters, trained.epochs, scoreText(trained.test),
        trained.processor.toFixed(2), mebibytes(trained.peak),
    ];
    console.log(`| ${cells.join(' | ')} |`);
}

// Whether memory stays as it is from epoch to epoch, but for what a process's own book-keeping takes.
async function measureGrowth(folder) {
    const images = join(options.data, 'mnist');
    if (!existsSync(images)) {
        console.log(`skipped the growth of memory: there is no ${images}`);
        return true;
    }
    const words = ['train', 'digits', '--data', images, '--epochs', options['growth-epochs']];
    const { resident, growth } = await train(options.program, [...words, '-o', join(folder, 'growth.tflite')]);
    console.log('\nResident after each epoch on 60,000 images of MNIST, but for the last, in MiB:');
    console.log(resident.slice(0, -1).map(mebibytes).join(' '));
    console.log(`growth: ${growth / 1024} KiB`);
    return growth <= 64 * 1024;
}

const listed = spawnSync(options.program, ['train', '--list', '--json'], { encoding: 'utf8' });
if (listed.status !== 0) throw new Error(listed.stderr);
const { recipes } = JSON.parse(listed.stdout);
const wanted = recipes.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const growth = positionals.length === 0 || positionals.includes('growth');
if (wanted.length === 0 && !growth) throw new Error(`known: ${recipes.map(({ name }) => name).join(', ')}`);
const folder = mkdtempSync(join(tmpdir(), 'whittle-recipes-'));
console.log('| recipe | data | parameters | epochs | test | processor seconds | peak MiB |');
console.log(`|${' --- |'.repeat(7)}`);
for (const recipe of wanted) await measure(recipe, folder);
const steady = !growth || (await measureGrowth(folder));
rmSync(folder, { recursive: true });
process.exit(steady ? 0 : 1);
