// Runs the command line as people do: node cli_test.mjs PROGRAM [ARGUMENT...]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { check, equal, finish, matches, test } from '../support/checks.mjs';

const program = process.argv.slice(2);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const shared = process.env.WHITTLE_SHARED ?? join(root, '../shared');
const folder = mkdtempSync(join(tmpdir(), 'whittle-cli-'));
const at = (name) => join(folder, name);

function whittle(...words) {
    const result = spawnSync(program[0], [...program.slice(1), ...words], {
        encoding: 'utf8', timeout: 300_000, maxBuffer: 64 << 20,
    });
    return { status: result.status, out: result.stdout, err: result.stderr };
}

// The command ends well and prints one JSON document.
function json(...words) {
    const { status, out, err } = whittle(...words, '--json');
    equal(status, 0, `${words.join(' ')}: ${err}`);
    return JSON.parse(out);
}

// The command ends with `status`, says why on stderr, and prints nothing on stdout.
function refused(status, pattern, ...words) {
    const result = whittle(...words);
    equal(result.status, status, `${words.join(' ')}: ${result.err}`);
    equal(result.out, '', 'stdout');
    matches(result.err, /^whittle: /);
    matches(result.err, pattern);
}

const boards = ['microbit', 'mps2-an386'];
const boardsAreThere =
    spawnSync('qemu-system-arm', ['--version']).status === 0 &&
    boards.every((board) => existsSync(join(root, `build/firmware/bin/runner-${board}.elf`)));
const noBoards = 'the emulator or the runner is not there';

await test('help and overview', () => {
    const help = whittle('--help');
    equal(help.status, 0);
    for (const command of ['demo', 'train', 'inspect', 'plan', 'quantize', 'run', 'eval', 'bench', 'export', 'lab', 'boards']) {
        matches(help.out, new RegExp(`^  ${command} `, 'm'));
        const one = whittle(command, '--help');
        equal(one.status, 0);
        matches(one.out, /Examples:\n  whittle /);
        equal(whittle('help', command).out, one.out);
    }
    equal(whittle('help').out, help.out);
    equal(whittle().status, 2);
    matches(whittle('--version').out, /^whittle \d+\.\d+\.\d+\n$/);
});

await test('wrong usage is status 2 and gets a hint', () => {
    const out = at('x.tflite');
    refused(2, /did you mean 'train'\?/, 'tarin');
    refused(2, /did you mean 'quantize'\?/, 'quantise');
    refused(2, /whittle help/, 'xyzzyplugh');
    refused(2, /did you mean --seed\?/, 'train', 'sine', '--sede', '3', '-o', out);
    refused(2, /did you mean 'sine'\?/, 'train', 'sinus', '-o', out);
    refused(2, /-o M\.tflite is required/, 'train', 'sine');
    refused(2, /RECIPE is required/, 'train');
    refused(2, /--epochs/, 'train', 'sine', '--epochs', '0', '-o', out);
    refused(2, /--seed/, 'train', 'sine', '--seed', 'one', '-o', out);
    refused(2, /--learning-rate/, 'train', 'sine', '--learning-rate', '-1', '-o', out);
    refused(2, /did you mean 'microbit'\?/, 'run', 'm', '--input', 'a', '--output', 'b', '--on', 'micorbit');
    refused(2, /needs --board/, 'export', 'm', '--format', 'elf', '-o', at('x'));
    refused(2, /no C identifier/, 'export', 'm', '--name', '1-x', '-o', at('x'));
    refused(2, /before the command/, '--json', 'boards');
    check(!existsSync(out), 'nothing is written');
});

await test('a recipe is printed, changed and trained from its file', () => {
    const printed = whittle('train', '--print', 'line');
    equal(printed.status, 0, printed.err);
    writeFileSync(at('line.json'), printed.out);
    const train = (recipe) => {
        const { status, out, err } = whittle('train', recipe, '-o', at('line.tflite'), '--json');
        equal(status, 0, err);
        return JSON.parse(out.trim().split('\n').at(-1));
    };
    equal(train(at('line.json')).weights_hash, train('line').weights_hash, 'the same bits');
    const recipe = JSON.parse(printed.out);
    recipe.seed = 2;
    recipe.epochs = 3;
    writeFileSync(at('mine.json'), JSON.stringify(recipe));
    const mine = train(at('mine.json'));
    equal(mine.seed, 2);
    equal(mine.epochs, 3);
    check(json('eval', at('line.tflite'), '--recipe', at('mine.json')).rmse < 0.5, 'its own data');
    recipe.layers[0].units = 0;
    writeFileSync(at('wrong.json'), JSON.stringify(recipe));
    refused(1, /wrong\.json: layers\[0\]\.units: expected a whole number/,
        'train', at('wrong.json'), '-o', at('x.tflite'));
    refused(1, /no-such\.json/, 'train', at('no-such.json'), '-o', at('x.tflite'));
});

await test('a killed training goes on to the same bits', async () => {
    const words = ['train', 'sine', '--epochs', '60', '-o', at('sine-resumed.tflite'), '--json'];
    const last = (text) => JSON.parse(text.trim().split('\n').at(-1));
    const whole = last(whittle(...words).out).weights_hash;
    const killed = spawn(program[0], [...program.slice(1), ...words, '--checkpoint', at('checkpoint')]);
    let printed = '';
    await new Promise((resolve) => {
        killed.stdout.on('data', (text) => {
            printed += text;
            if (printed.split('\n').length > 20) killed.kill('SIGKILL');
        });
        killed.on('close', resolve);
    });
    check(existsSync(at('checkpoint')), 'a checkpoint is there');
    const { status, out, err } = whittle(...words, '--resume', at('checkpoint'), '--checkpoint', at('checkpoint'));
    equal(status, 0, err);
    equal(last(out).weights_hash, whole);
    const bytes = readFileSync(at('checkpoint'));
    bytes[bytes.length - 100] ^= 1;
    writeFileSync(at('damaged'), bytes);
    const again = (file) => ['train', 'sine', '-o', at('x.tflite'), '--resume', at(file)];
    refused(1, /damaged: the whole file: expected contents of the hash/, ...again('damaged'));
    refused(1, /checkpoint, which begins with/, ...again('sine-resumed.tflite'));
    refused(1, /no-such/, ...again('no-such'));
    refused(1, /another data set/, ...again('checkpoint'), '--seed', '2');
});

await test('boards and recipes', () => {
    const listed = json('boards').boards;
    equal(listed.filter((board) => board.exportable).map((board) => board.name).sort().join(), [...boards, 'mps3-an547', 'mps2-an385', 'rv32-virt'].sort().join());
    const discovery = listed.find((board) => board.name === 'stm32h735g-dk');
    equal(discovery.usable_ram_bytes, 560 * 1024);
    equal(discovery.exportable, false);
    check(listed.every((board) => board.sources.length > 0), 'sources');
    for (const line of whittle('boards').out.split('\n')) check(line.length <= 100, line);
    refused(2, /'esp32' is in the catalogue, but nothing can be exported to it yet/, 'export', 'm.tflite',
        '--board', 'esp32', '-o', at('esp32'));
    refused(2, /nothing can be exported to it yet/, 'run', 'm.tflite', '--input', 'i', '--output', 'o', '--on', 'pico');
    for (const board of listed) check(board.flash_bytes + board.external_flash_bytes > 0 && board.ram_bytes > 0, board.name);
    const { recipes } = json('train', '--list');
    check(recipes.some((recipe) => recipe.name === 'sine' && !recipe.needs_data), 'sine');
    matches(whittle('train', '--list').out, /^  digits .*--data/m);
    const { layers } = json('train', '--layers');
    equal(layers.find((layer) => layer.name === 'transpose-conv').fields.join(),
        'filters,kernel,stride,padding,activation');
    equal(layers.find((layer) => layer.name === 'concat').max_inputs, 500);
    matches(whittle('train', '--layers').out, /^  residual +filters, stride +1$/m);
});

await test('lab: readouts and goals', () => {
    const { labs } = json('lab', '--list');
    check(labs.some((lab) => lab.name === 'guess-the-line' && lab.title === 'Guess the line'), 'listed');
    const guess = json('lab', 'guess-the-line', '--set', 'w=2', '--set', 'b=-2');
    equal(guess.parameters.w, 2);
    equal(guess.parameters.b, -2);
    equal(guess.readouts.rmse, 1);
    equal(guess.goals['better-than-first'], true);
    equal(guess.goals.perfect, false);
    equal(guess.link, 'w=2&b=-2');
    const text = whittle('lab', 'guess-the-line', '--set=w=2', '--set=b=-1');
    equal(text.status, 0, text.err);
    matches(text.out, /^  rmse +0 /m);
    matches(text.out, /^  perfect +yes /m);
    matches(whittle('lab', '--list').out, /^  guess-the-line +Guess the line$/m);
});

await test('lab: settings and actions take effect in the order of the command line', () => {
    const descent = (...words) => json('lab', 'gradient-descent', ...words);
    const link = (...words) => descent(...words).link;
    equal(link('--do', 'step:2', '--set', 'learning-rate=0.2', '--do', 'step'),
        'do=step:2&learning-rate=0.2&do=step');
    equal(link('--set', 'learning-rate=0.2', '--do', 'step:2', '--do', 'step'),
        'learning-rate=0.2&do=step:3');
    equal(link('--do', 'step:2', '--do', 'reset', '--do', 'step'), 'do=step');
    const late = descent('--do', 'step:2', '--set', 'learning-rate=0.2');
    const early = descent('--set', 'learning-rate=0.2', '--do', 'step:2');
    check(late.readouts.loss !== early.readouts.loss, 'the order matters');
});

await test('lab: every lab starts with no goal reached', () => {
    for (const { name } of json('lab', '--list').labs) {
        const lab = json('lab', name);
        check(Object.keys(lab.goals).length >= 3, name);
        check(Object.values(lab.goals).every((reached) => reached === false), name);
        check(Object.keys(lab.readouts).length > 0, name);
        equal(lab.link, '', name);
    }
});

await test('lab: what is wrong is named', () => {
    const guess = ['lab', 'guess-the-line'];
    refused(2, /NAME is required/, 'lab');
    refused(2, /did you mean 'guess-the-line'\?/, 'lab', 'gues-the-line');
    refused(2, /PARAMETER=VALUE/, ...guess, '--set', 'w');
    refused(2, /did you mean --set\?/, ...guess, '--sat', 'w=1');
    refused(1, /one of w, b, found 'slope'/, ...guess, '--set', 'slope=1');
    refused(1, /expected a number, found 'steep'/, ...guess, '--set', 'w=steep');
    refused(1, /did you mean 'learning-rate'\?/, 'lab', 'one-neuron', '--set', 'learning-rat=1');
    refused(1, /did you mean 'step'\?/, 'lab', 'one-neuron', '--do', 'setp:5');
    refused(1, /count from 1 to 1000000, found '0'/, 'lab', 'one-neuron', '--do', 'step:0');
    refused(1, /for a screen/, 'lab', 'one-neuron', '--do', 'play');
    const clamped = whittle(...guess, '--set', 'w=99', '--json');
    equal(clamped.status, 0);
    matches(clamped.err, /^note: w: 99 became 5 /);
    equal(JSON.parse(clamped.out).parameters.w, 5);
    equal(JSON.parse(clamped.out).notices.length, 1);
});

let hash = '';
await test('train', () => {
    const { status, out, err } = whittle('train', 'sine', '--json', '-o', at('sine.tflite'));
    equal(status, 0, err);
    equal(err, '');
    const lines = out.trim().split('\n').map((line) => JSON.parse(line));
    const result = lines.pop();
    lines.forEach((line, index) => equal(line.epoch, index + 1));
    check(lines.every((line) => Number.isFinite(line.train_loss)), 'losses are numbers');
    equal(result.epochs, lines.length);
    equal(result.parameters, 321);
    equal(result.parameter_bytes, 1284);
    check(result.test.rmse <= 0.11, `RMSE ${result.test.rmse}`);
    matches(result.weights_hash, /^[0-9a-f]{16}$/);
    equal(result.model_bytes, readFileSync(at('sine.tflite')).length);
    hash = result.weights_hash;
});

await test('train: the seed decides the bits', () => {
    const again = whittle('train', 'sine', '--seed', '1', '-o', at('again.tflite'));
    equal(again.status, 0, again.err);
    matches(again.out, new RegExp(`hash ${hash}`));
    check(readFileSync(at('again.tflite')).equals(readFileSync(at('sine.tflite'))), 'same file');
    const other = whittle('train', 'sine', '--seed', '2', '--epochs', '3', '-o', at('other.tflite'));
    equal(other.status, 0, other.err);
    check(!other.out.includes(hash), 'another seed, other weights');
});

await test('train: failures', () => {
    const wild = whittle('train', 'sine', '--learning-rate', '1e30', '--epochs', '3', '-o', at('wild.tflite'));
    equal(wild.status, 1);
    matches(wild.err, /whittle: .*learning rate/s);
    check(!existsSync(at('wild.tflite')), 'no model of a failed training');
    refused(1, /--data/, 'train', 'cifar-small', '-o', at('digits.tflite'));
    refused(1, /no-such-folder/, 'train', 'cifar-small', '--data', at('no-such-folder'), '-o', at('digits.tflite'));
});

await test('inspect', () => {
    const model = json('inspect', at('sine.tflite'));
    equal(model.parameters, 321);
    equal(model.macs, 288);
    equal(model.layers.length, 3);
    equal(model.inputs[0].dtype, 'float32');
    check(model.arena.bytes >= model.arena.lower_bound_bytes, 'arena');
    check(model.boards.every((board) => ['yes', 'perhaps'].includes(board.fits)), 'fits');
    const text = whittle('inspect', at('sine.tflite')).out;
    matches(text, /Fully connected/);
    matches(text, /Arena: \d+ bytes/);
    matches(text, / microbit .* yes/);
    for (const line of text.split('\n')) check(line.length <= 100, line);
    const microbit = model.boards.find((board) => board.name === 'microbit');
    check(microbit.stack_bytes > 0 && microbit.seconds > 0 && microbit.instructions > 288, 'predicted');
    equal(microbit.flash_bytes, microbit.code_bytes + microbit.constant_bytes);
    const uno = model.boards.find((board) => board.name === 'uno');
    equal(uno.flash_bytes, null);
    equal(uno.fits, 'perhaps');
    equal(microbit.fits, 'yes');
    matches(uno.unknown, /no estimate for Arduino Uno: there is no emulator here to measure AVR code on/);
    const esp32 = model.boards.find((board) => board.name === 'esp32');
    matches(esp32.unknown, /no estimate for Espressif ESP32: there is no emulator here/);
    matches(text, /Unknown: no estimate for Arduino Uno: there is no emulator here to measure AVR code on/);
    const riscv = model.boards.find((board) => board.name === 'rv32-virt');
    check(riscv.stack_bytes > 0 && riscv.seconds > 0 && riscv.instructions > 288, 'predicted, RISC-V');
});

await test('plan: the buffers of a table', () => {
    const table = at('buffers.csv');
    // At most 6 bytes are alive at once, and yet they need 7.
    writeFileSync(table, 'id,lower,upper,size\n' + [[2, 5, 8], [2, 4, 5], [2, 2, 5], [3, 0, 1],
        [1, 2, 4], [3, 7, 9], [1, 7, 9], [3, 0, 2]]
        .map(([size, first, last], i) => `b${i},${first},${last + 1},${size}\n`).join(''));
    const plan = json('plan', '--csv', table);
    equal(plan.peak_bytes, 7);
    equal(plan.live_bytes, 6);
    equal(plan.lower_bound_bytes, 7);
    equal(plan.proved_optimal, true);
    equal(plan.buffers.length, 8);
    for (const a of plan.buffers) {
        check(a.offset >= 0 && a.offset + a.size <= 7, a.id);
        for (const b of plan.buffers) {
            const together = a.lower < b.upper && b.lower < a.upper;
            const overlap = a.offset < b.offset + b.size && b.offset < a.offset + a.size;
            check(a === b || !together || !overlap, `${a.id} ${b.id}`);
        }
    }
    check(plan.planners.every((other) => other.peak_bytes >= 7), 'the others');
    equal(json('plan', '--csv', table, '--capacity', '9').fits, true);
    refused(2, /either a model or --csv/, 'plan');
    refused(2, /either a model or --csv/, 'plan', 'm.tflite', '--csv', table);
    refused(2, /did you mean 'greedy-by-size'\?/, 'plan', '--csv', table, '--planner', 'greedy-by-sise');
    refused(1, /none\.csv: expected a readable file/, 'plan', '--csv', at('none.csv'));
    refused(1, /power of two/, 'plan', '--csv', table, '--alignment', '3');
    matches(whittle('plan', '--csv', table).out, /0 \| [.A-H]( [.A-H]){9}\n +step 0 \.\.\. 9\n/);
    const text = whittle('plan', '--csv', table, '--planner', 'shared-by-size').out;
    matches(text, /The walk, largest first\n  1  b3, 3 bytes: new B1\n  2  b5, 3 bytes: B1 is free, into B1\n/);
    matches(text, /Arena: \d+ bytes; no plan can need less than 6; a gap of \d+ is left/);
    const tooSmall = whittle('plan', '--csv', table, '--capacity', '6', '--json');
    equal(tooSmall.status, 1);
    equal(JSON.parse(tooSmall.out).fits, false);
    matches(tooSmall.err, /expected a plan of at most 6 bytes, found 7 bytes/);
    for (const [lines, reason] of [
        ['a,0,4,1099511627776', /line 2, column 4: expected a whole number from 0 to 4294967295, found '1099511627776'/],
        ['a,0,4,-1', /line 2, column 4: expected a whole number .*found '-1'/],
        ['a,0,4,99999999999999999999', /line 2, column 4: expected a whole number .*found '99999999999999999999'/],
        ['a,4,4,1', /line 2, column 3: expected an upper end above 4, found 4/],
        ['a,9,4,1', /line 2, column 3: expected an upper end above 9, found 4/],
        ['a,0,4,1\na,5,6,1', /line 3, column 1: expected an id of its own .*found 'a', which line 2 has too/],
    ]) {
        writeFileSync(table, `id,lower,upper,size\n${lines}\n`);
        refused(1, reason, 'plan', '--csv', table);
    }
});

await test('lab: a model from a file', () => {
    const model = at('sine.tflite');
    const lab = json('lab', 'arena', '--open', model, '--set', 'planner=exact', '--do', 'step');
    equal(lab.parameters.model, 'own');
    equal(lab.readouts.proved, 'yes');
    const again = json('lab', 'arena', ...lab.link.split('&').map((part) =>
        (part.startsWith('do=') ? `--do=${part.slice(3)}` : `--set=${part}`)));
    equal(again.readouts.peak, lab.readouts.peak);
    refused(1, /no-such.tflite/, 'lab', 'arena', '--open', 'no-such.tflite');
    refused(1, /expected one that takes models/, 'lab', 'one-neuron', '--open', model);
});

await test('plan: a model', () => {
    const plan = json('plan', at('sine.tflite'));
    equal(plan.peak_bytes, json('inspect', at('sine.tflite')).arena.bytes);
    equal(plan.proved_optimal, true);
    equal(plan.alignment, 4);
    const text = whittle('plan', at('sine.tflite')).out;
    matches(text, /Arena: 128 bytes; no plan can need less: proved/);
    const apart = json('plan', at('sine.tflite'), '--savings', 'none');
    equal(apart.overlaps.length, 0);
    check(apart.peak_bytes >= plan.peak_bytes, 'savings save');
    equal(json('plan', at('sine.tflite'), '--savings', 'none', '--in-place', 'on').overlaps.every(
        (overlap) => overlap.clearance_bytes === 0), true);
    equal(json('inspect', at('sine.tflite'), '--overlap', 'off', '--fuse', 'off').arena.bytes, 128);
    refused(2, /there is no setting 'maybe'/, 'plan', at('sine.tflite'), '--reorder', 'maybe');
    refused(2, /there is no set of savings 'some'/, 'run', at('sine.tflite'), '--savings', 'some');
    matches(text, /step 0 \.\.\. 2/);
});

await test('quantize', () => {
    const sine = ['quantize', at('sine.tflite'), '--recipe', 'sine'];
    const result = json(...sine, '-o', at('int8.tflite'));
    check(result.after.parameter_bytes < result.before.parameter_bytes / 2, 'smaller');
    check(result.after.test.rmse <= 1.03 * result.before.test.rmse, 'within 3 %');
    // One scale a tensor is coarser; 0.2 is still far from the 0.7 of a net that learned nothing.
    const edges = json(...sine, '--float-io', '--per-tensor', '-o', at('float_io.tflite'));
    check(edges.after.test.rmse < 0.2, `float edges: ${edges.after.test.rmse}`);
    equal(json('inspect', at('float_io.tflite')).inputs[0].dtype, 'float32');
    equal(json('inspect', at('int8.tflite')).inputs[0].dtype, 'int8');
    matches(whittle(...sine, '-o', at('int8.tflite')).out, /parameter bytes +1,284 +\d+/);
    refused(1, /float32/, 'quantize', at('int8.tflite'), '--recipe', 'sine', '-o', at('twice.tflite'));
    refused(1, /--recipe NAME or --data PATH/, 'quantize', at('sine.tflite'), '-o', at('x.tflite'));
});

await test('bench train', () => {
    const { threads, peak_flops: peak, tasks } = json('bench', 'train', 'sine', '--runs', '1');
    check(threads === 1 && peak > 0, 'threads and peak');
    equal(tasks.length, 1);
    const [{ task, samples, epochs, seconds, samples_per_second: speed, weights_hash: hash, operators }] = tasks;
    check(task === 'sine' && samples === 1000 && epochs === 100, 'the task');
    check(Math.abs(speed * seconds - 100000) < 1, 'samples a second');
    matches(hash, /^[0-9a-f]{16}$/);
    equal(operators.map(({ name }) => name).join(), 'fully_connected 1,fully_connected 2,fully_connected 3');
    check(operators.every((one) => one.forward_us >= 0 && one.forward_flops > 0), 'operators');
    const text = whittle('bench', 'train', 'sine', '--runs', '1').out;
    matches(text, new RegExp(`hash of all weights ${hash}`));
    refused(2, /'inference'|train/, 'bench', 'inference');
    refused(2, /vgg/, 'bench', 'train', 'vgg');
    refused(1, /no-such/, 'bench', 'train', 'mlp', '--data', at('no-such'));
});

await test('eval', () => {
    const scores = json('eval', at('int8.tflite'), '--recipe', 'sine');
    check(scores.samples === 200 && scores.rmse < 0.115 && scores.mae < scores.rmse, 'scores');
    const eval_ = (...words) => ['eval', at('sine.tflite'), ...words];
    writeFileSync(at('points.csv'), 'x,y\n0,0\n1.5708,1\n3.1416,0\n4.7124,-1\n');
    const table = json(...eval_('--data', at('points.csv')));
    check(table.samples === 4 && table.rmse < 0.2, `csv: ${table.rmse}`);
    equal(json(...eval_('--target', 'y', '--data', at('points.csv'))).rmse, table.rmse);
    writeFileSync(at('broken.csv'), 'x,y\n0,0\n1,zwei\n');
    refused(1, /broken\.csv.*line 3/s, ...eval_('--data', at('broken.csv')));
    writeFileSync(at('wide.csv'), '1,2,3\n');
    refused(1, /1 value, as the model takes/, ...eval_('--data', at('wide.csv')));
    refused(1, /no-such/, ...eval_('--data', at('no-such.csv')));
    refused(1, /--recipe NAME/, ...eval_('--data', folder));
});

await test('run', () => {
    const inputs = Buffer.from(Array.from({ length: 256 }, (_, index) => (index - 128) & 255));
    const run = (model, input, output) =>
        ['run', at(model), '--input', at(input), '--output', at(output)];
    writeFileSync(at('in.bin'), inputs);
    equal(json(...run('int8.tflite', 'in.bin', 'out.bin')).inferences, 256);
    const outputs = readFileSync(at('out.bin'));
    equal(outputs.length, 256);
    writeFileSync(at('one.bin'), inputs.subarray(7, 8));
    json(...run('int8.tflite', 'one.bin', 'one-out.bin'));
    equal(readFileSync(at('one-out.bin'))[0], outputs[7]);
    refused(1, /multiple/, ...run('sine.tflite', 'one.bin', 'x.bin'));
    writeFileSync(at('empty.bin'), '');
    refused(1, /0 bytes/, ...run('int8.tflite', 'empty.bin', 'x.bin'));
    refused(1, /nothing-here/, ...run('int8.tflite', 'nothing-here', 'x.bin'));
    refused(1, /no-folder/, ...run('int8.tflite', 'in.bin', 'no-folder/x.bin'));
});

await test('bench times every layer here', () => {
    for (const file of ['int8.tflite', 'sine.tflite']) {
        const bench = json('bench', at(file), '--runs', '3');
        check(['native', 'wasm'].includes(bench.on) && bench.unit === 'ns' && bench.rounds === 3, file);
        const { layers, macs } = json('inspect', at(file));
        equal(bench.macs, macs);
        equal(bench.layers.map(({ name, macs }) => `${name} ${macs}`).join(),
            layers.map(({ output, macs }) => `${output} ${macs}`).join());
        check(bench.total > 0, 'the whole takes time');
        const sum = bench.layers.reduce((total, { ns }) => total + ns, 0);
        for (const { ns, macs, per_mac, share } of bench.layers) {
            check(ns >= 0 && per_mac === ns / macs && Math.abs(share - ns / sum) < 1e-9, 'time, per MAC and share');
        }
    }
    equal(json('bench', at('int8.tflite'), '--runs', '1', '--simd', 'reference').simd, 'reference');
    equal(json('bench', at('int8.tflite'), '--runs', '1', '--on', 'native').unit, 'ns');
    matches(whittle('bench', at('int8.tflite'), '--runs', '2').out,
        /medians of 2 rounds; .*\n +layer +op +output +MACs +us +MACs\/ns +share\n( +\d.*\n){3} +total +288 /);
});

await test('bench refuses what does not go together', () => {
    refused(2, /--simd SSE3|no instruction set 'SSE3'/, 'bench', at('int8.tflite'), '--simd', 'SSE3');
    refused(2, /not for training/, 'bench', 'train', '--simd', 'reference');
    refused(2, /for bench train/, 'bench', at('int8.tflite'), '--threads', '2');
    refused(2, /for bench train/, 'bench', at('int8.tflite'), 'sine');
    refused(2, /--runs/, 'bench', at('int8.tflite'), '--runs', '0');
    refused(2, /for this machine/, 'bench', at('int8.tflite'), '--on', 'microbit', '--runs', '3');
    refused(1, /no-such\.tflite/, 'bench', at('no-such.tflite'));
    writeFileSync(at('broken.tflite'), readFileSync(at('int8.tflite')).subarray(0, 900));
    refused(1, /broken\.tflite/, 'bench', at('broken.tflite'));
});

await test('the arena is told apart from the scratch of fast kernels', () => {
    const model = join(shared, 'models/ad01_int8.tflite');
    if (!existsSync(model)) return `${model} is not there`;
    writeFileSync(at('ad.bin'), Buffer.alloc(640));
    const { arena } = json('inspect', model);
    const run = json('run', model, '--input', at('ad.bin'), '--output', at('ad-out.bin'));
    equal(arena.bytes, 768);
    equal(run.arena_bytes, 768);
    equal(run.fast_kernels_scratch_bytes, arena.fast_kernels_scratch_bytes);
    const said = arena.fast_kernels_scratch_bytes > 0 ? /768 bytes.*fast kernels' scratch/ : /768 bytes/;
    matches(whittle('inspect', model).out, said);
});

await test('bench counts every layer on the boards', () => {
    refused(2, /nothing can be exported/, 'bench', at('int8.tflite'), '--on', 'pico');
    if (!boardsAreThere) return noBoards;
    for (const board of boards) {
        const bench = json('bench', at('int8.tflite'), '--on', board);
        equal(bench.on, board);
        equal(bench.macs, 288);
        equal(bench.layers.length, 3);
        const sum = bench.layers.reduce((total, layer) => total + layer.instructions, 0);
        check(sum > 288 && sum <= bench.total && bench.total < sum + 100, `${sum} of ${bench.total}`);
        check(bench.layers.every((layer) => layer.per_mac > 1 && layer.share < 1), 'per MAC and share');
    }
    matches(whittle('bench', at('int8.tflite'), '--on', 'microbit').out, /total +288 /);
});

await test('run on the boards', () => {
    if (!boardsAreThere) return noBoards;
    for (const board of boards) {
        const result = json('run', at('int8.tflite'), '--input', at('in.bin'), '--output',
                            at('board.bin'), '--on', board);
        check(result.instructions_per_inference > 288, `${board}: instructions`);
        check(result.stack_bytes > 0 && result.flash_bytes > 0, `${board}: stack and flash`);
        check(readFileSync(at('board.bin')).equals(readFileSync(at('out.bin'))), `${board}: same bytes`);
    }
});

await test('export', () => {
    const sources = json('export', at('int8.tflite'), '-o', at('c'), '--name', 'sine');
    equal(sources.files.join(), 'sine.h,sine.c');
    matches(readFileSync(at('c/sine.c'), 'utf8'), /sine_invoke/);
    if (!boardsAreThere) return `the firmware: ${noBoards}`;
    const firmware = json('export', at('int8.tflite'), '--format', 'elf', '--board', 'mps2-an386',
                          '-o', at('firmware'));
    check(firmware.flash_bytes <= 3072, `flash ${firmware.flash_bytes}`);
    check(firmware.ram_bytes <= 512, `static RAM ${firmware.ram_bytes}`);
    check(readdirSync(at('firmware')).includes('Makefile'), 'a whole project');
});

await test('broken files get an answer', () => {
    const good = readFileSync(at('int8.tflite'));
    writeFileSync(at('cut.tflite'), good.subarray(0, good.length / 2));
    writeFileSync(at('text.tflite'), 'This is no model.\n');
    writeFileSync(at('nothing.tflite'), '');
    for (const name of ['cut', 'text', 'nothing', 'not-there']) {
        refused(1, new RegExp(`${name}\\.tflite`), 'inspect', at(`${name}.tflite`));
        refused(1, /expected .*found /s, 'inspect', at(`${name}.tflite`));
    }
    refused(1, /folder/, 'inspect', folder);
});

await test('demo', () => {
    const demo = json('demo', '-o', at('demo'));
    equal(demo.parameters, 321);
    equal(demo.float_parameter_bytes, 1284);
    equal(demo.weights_hash, hash);
    check(demo.float_rmse <= 0.11, `float RMSE ${demo.float_rmse}`);
    check(demo.rmse_ratio <= 1.03, `ratio ${demo.rmse_ratio}`);
    check(demo.answers.length >= 2 && demo.answers.every((answer) => answer.same), 'same bits');
    equal(demo.bit_identical, true);
    if (boardsAreThere) equal(demo.boards.length, boards.length);
    check(existsSync(at('demo/sine_int8.tflite')), 'the model is kept');
    const text = whittle('demo', '--seed', '3').out;
    matches(text, /321 parameters, 1,284 bytes as float32/);
    matches(text, /bit-identical: yes/);
    check(!text.includes('\x1b'), 'no colours where there is no terminal');
});

const floatModels = ['hello_world_float', 'pretrainedResnet'];

// The outputs of TFLite's own kernels: integers equal byte for byte, floats within 1e-5, the
// tolerance that those outputs come with.
function compareWithGolden(name, on) {
    const golden = join(shared, 'golden', name);
    const inputs = readdirSync(golden).filter((file) => file.startsWith('input_'));
    check(inputs.length > 0, `inputs in ${golden}`);
    for (const input of inputs) {
        const result = whittle('run', join(shared, 'models', `${name}.tflite`), '--input',
                               join(golden, input), '--output', at('golden.bin'), '--on', on);
        equal(result.status, 0, result.err);
        const got = readFileSync(at('golden.bin'));
        const expected = readFileSync(join(golden, input.replace('input', 'expected')));
        equal(got.length, expected.length);
        if (!floatModels.includes(name)) {
            check(got.equals(expected), `${name} on ${on}, ${input}: the same bytes`);
            continue;
        }
        for (let i = 0; i < got.length; i += 4) {
            const difference = Math.abs(got.readFloatLE(i) - expected.readFloatLE(i));
            check(difference <= 1e-5, `${name}, ${input}, value ${i / 4}: off by ${difference}`);
        }
    }
}

// Without an emulator: every model with golden outputs. On the boards: those that fit.
for (const [name, places] of [['hello_world_int8', ['native', ...boards]],
                              ['kws_ref_model', ['native', 'mps2-an386']],
                              ['micro_speech_quantized', ['native']],
                              ['mnist_lstm_int8', ['native']],
                              ['pretrainedResnet', ['native']],
                              ['hello_world_float', ['native']],
                              ['ad01_int8', ['native', 'mps2-an386']]]) {
    for (const on of places) {
        await test(`golden ${name}, ${on}`, () => {
            if (!existsSync(join(shared, 'golden', name))) return `no ${shared}/golden/${name}`;
            if (on !== 'native' && !boardsAreThere) return noBoards;
            compareWithGolden(name, on);
        });
    }
}

finish(() => rmSync(folder, { recursive: true }));
