// The same lab with the same settings gives the same readouts, bit for bit, in two builds:
//
//   node same_labs_test.mjs build/native/bin/whittle build/web/bin/whittle.js
//
// Numbers are printed with as many digits as tell them from all others, so equal text means equal
// bits. After 1,000 steps one different rounding would have grown.
import { spawnSync } from 'node:child_process';

import { check, equal, finish, test } from '../support/checks.mjs';

const programs = process.argv.slice(2).map((path) => (path.endsWith('.js') ? ['node', path] : [path]));
if (programs.length !== 2) throw new Error('usage: node same_labs_test.mjs PROGRAM PROGRAM');

function lab(program, name, words) {
    const { status, stdout, stderr } = spawnSync(program[0],
        [...program.slice(1), 'lab', name, ...words, '--json'], { encoding: 'utf8', timeout: 300_000 });
    const what = `${program.join(' ')} lab ${name} ${words.join(' ')}`;
    equal(status, 0, `${what}: ${stderr}`);
    equal(stderr, '', `${what}: it takes all settings as they are`);
    return stdout;
}

// Sets what a link would set, in its order: "w=3&do=step:50".
const wordsOf = (link) => link.split('&').filter(Boolean).map((part) =>
    (part.startsWith('do=') ? `--do=${part.slice(3)}` : `--set=${part}`));

// `steps` is the readout that counts them, and how many there must be.
async function same(name, link, [readout, steps] = []) {
    await test(`${name}: ${link}`, () => {
        const [first, second] = programs.map((program) => lab(program, name, wordsOf(link)));
        equal(second, first);
        const { readouts } = JSON.parse(first);
        if (readout) equal(readouts[readout], steps, readout);
        check(Object.values(readouts).some((value) => typeof value === 'number' && !Number.isInteger(value)),
            'there are numbers in which a rounding would show');
    });
}

await test('both know the same labs', () => {
    const [first, second] = programs.map((program) => spawnSync(program[0],
        [...program.slice(1), 'lab', '--list', '--json'], { encoding: 'utf8' }).stdout);
    equal(second, first);
    equal(JSON.parse(first).labs.map(({ name }) => name).join(),
        'guess-the-line,gradient-descent,one-neuron,neurons-and-layers,hello-sine,judging-a-classifier,counting-cost,arena',
        'a new lab needs a line below');
});

// It has no steps.
for (const link of ['w=3&b=-1', 'w=-0.7&b=3.3', 'w=2.1&b=-1.1']) await same('guess-the-line', link);

for (const link of ['landscape=parabola&steepness=1.7&learning-rate=0.58823', 'landscape=bowl&learning-rate=0.9999',
    'landscape=line-fit&learning-rate=0.1769', 'landscape=plateau&learning-rate=0.01&start-x=4.3',
    'landscape=narrow-valley&learning-rate=0.01&momentum=0.3']) {
    await same('gradient-descent', `${link}&do=step:1000`, ['steps', 1000]);
}
// It arrives sooner.
await same('gradient-descent', 'landscape=two-valleys&learning-rate=0.01&do=step:1000');

for (const link of ['epochs=1000', 'epochs=1000&start-w=-4.1&start-b=3.7&learning-rate=0.03']) {
    await same('one-neuron', `${link}&do=step:1000`, ['epoch', 1000]);
}

for (const link of ['data=circle', 'data=spiral&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01',
    'data=spiral&activation=silu&sin-x1=on&sin-x2=on&regularization=l2', 'data=three-spirals&activation=sigmoid',
    'data=xor&activation=relu&noise=0.5&regularization=l1', 'data=gaussians&layers=0&loss=half-squared&biases=off',
    'data=plane&activation=linear']) {
    await same('neurons-and-layers', `${link}&do=step:1000`, ['epoch', 1000]);
}

for (const link of ['', 'function=cosine&loss=mae&outliers=5&', 'architecture=1-16-1&batch-size=7&']) {
    await same('hello-sine', `${link}epochs=1000&patience=0&do=step:1000&do=quantize`, ['epoch', 1000]);
}

// 120 months are all there are; together more than 1,000.
for (const memory of [0, 0.5, 0.9]) {
    for (const row of [1, 2, 3]) {
        await same('judging-a-classifier', `classifier=detector&memory=${memory}&in-a-row=${row}&do=step:1000`, ['months', 120]);
    }
}

for (const link of ['', 'kind=separable&numbers=int8&side=33', 'kind=dense&numbers=int8&board=uno']) await same('counting-cost', link);

for (const planner of ['shared-buffers', 'by-size', 'by-breadth', 'best-fit', 'none', 'exact']) {
    await same('arena', `model=random&tensors=40&seed=22&planner=${planner}&do=step:40`, ['of-tensors', 40]);
}
await same('arena', 'model=puzzle&planner=by-hand&tensor=3&do=fall&tensor=4&address=3000&do=put');

finish();
