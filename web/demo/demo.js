import { appendLine } from './terminal.js';

const controls = document.getElementById('controls');
const seed = document.getElementById('seed');
const run = document.getElementById('run');
const stop = document.getElementById('stop');
const status = document.getElementById('status');
const output = document.getElementById('output');

let worker = null;

// How many characters fit into a line of the output.
function columns() {
    const probe = document.createElement('span');
    probe.textContent = '0'.repeat(100);
    output.append(probe);
    const style = getComputedStyle(output);
    const width = output.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const fit = Math.floor((100 * width) / probe.getBoundingClientRect().width);
    probe.remove();
    return Math.min(78, Math.max(40, fit));
}

function say(text, failed = false) {
    status.textContent = text;
    status.classList.toggle('failed', failed);
}

function end(text, failed) {
    worker?.terminate();
    worker = null;
    run.disabled = false;
    stop.hidden = true;
    say(text, failed);
}

function start() {
    worker?.terminate();
    output.textContent = '';
    run.disabled = true;
    stop.hidden = false;
    say('Running …');
    const began = performance.now();
    worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
    worker.onerror = (event) =>
        end(`This browser could not start the program: ${event.message ?? 'it cannot load it'}`, true);
    worker.onmessage = ({ data }) => {
        if (data.line !== undefined) {
            appendLine(output, data.line);
            return;
        }
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        if (data.exit === 0) end(`Done in ${seconds} s.`, false);
        else if (data.exit !== undefined) end(`Ended with status ${data.exit} after ${seconds} s.`, true);
        else end(`The program stopped: ${data.failure}`, true);
    };
    worker.postMessage({
        arguments: ['demo', '--colour', 'always', '--width', String(columns()), '--seed', seed.value],
    });
}

controls.addEventListener('submit', (event) => {
    event.preventDefault();
    start();
});
stop.addEventListener('click', () => end('Stopped.', false));
start();
