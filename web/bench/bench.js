// The page that times a model layer by layer. The measurement is bench_worker.js's.
const worker = new Worker('bench_worker.js', { type: 'module' });
const byId = (id) => document.getElementById(id);
const grouped = (value) => value.toLocaleString('en');
const fixed = (value, digits) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const kRounds = 15;

let model = null; // {name, bytes}
let busy = false;

function say(text, bad = false) {
    byId('status').textContent = text;
    byId('status').classList.toggle('bad', bad);
}

function element(name, { text, className, ...attributes } = {}, ...children) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
}

// A bar, as long as the layer's part of the longest, with the percentage beside it.
function shareCell(share, longest) {
    const bar = element('span');
    bar.style.width = `${100 * share / longest}%`;
    return element('td', {}, element('div', { className: 'share' },
        element('span', { 'aria-hidden': 'true' }, bar), element('span', { text: `${fixed(100 * share, 1)} %` })));
}

function layerRow({ op, output, macs, seconds }, share, longest) {
    const number = (text) => element('td', { className: 'number', text });
    return element('tr', {}, element('th', { scope: 'row', text: op }), element('td', { text: output }),
        number(macs ? grouped(macs) : ''), number(fixed(1e6 * seconds, 2)),
        number(macs ? fixed(1e-9 * macs / seconds, 2) : ''), shareCell(share, longest));
}

function show({ seconds, rounds, layers }) {
    const sum = layers.reduce((total, layer) => total + layer.seconds, 0);
    const macs = layers.reduce((total, layer) => total + layer.macs, 0);
    const shares = layers.map((layer) => layer.seconds / sum);
    const longest = Math.max(...shares);
    byId('name').textContent = model.name;
    byId('totals').replaceChildren(...[
        ['One inference', `${fixed(1e3 * seconds, 3)} ms`],
        ['Multiply-accumulates', grouped(macs)],
        ['MACs per ns', fixed(1e-9 * macs / seconds, 2)],
        ['Layers', grouped(layers.length)],
    ].map(([title, value]) => element('div', {}, element('dt', { text: title }), element('dd', { text: value }))));
    byId('layers').replaceChildren(...layers.map((layer, i) => layerRow(layer, shares[i], longest)));
    byId('result').hidden = false;
    say(`Measured in ${rounds} rounds.`);
}

function measure() {
    if (busy || model === null) return;
    busy = true;
    byId('again').disabled = true;
    say(`Measuring ${model.name} …`);
    worker.postMessage({ bytes: model.bytes, rounds: kRounds });
}

worker.addEventListener('message', ({ data }) => {
    busy = false;
    byId('again').disabled = false;
    byId('again').hidden = data.error !== undefined;
    byId('result').hidden = data.error !== undefined;
    if (data.error === undefined) show(data);
    else say(`${model.name}: ${data.error}`, true);
});
worker.addEventListener('error', () => say('The measurement could not be loaded. Is the page complete?', true));

async function open(file) {
    if (busy || file === undefined) return;
    model = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    measure();
}

byId('file').addEventListener('change', (event) => {
    open(event.target.files[0]);
    event.target.value = '';
});
byId('again').addEventListener('click', measure);
document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
});
for (const end of ['dragleave', 'drop']) {
    document.addEventListener(end, () => document.body.classList.remove('dropping'));
}
document.addEventListener('drop', (event) => {
    event.preventDefault();
    open(event.dataTransfer.files[0]);
});
