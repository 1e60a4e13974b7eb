// Trains as a process of its own, whose memory is watched (on Linux; elsewhere it is NaN).
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

// Bytes that a process holds, by the name in /proc: VmRSS now, VmHWM at most.
function memory(pid, name) {
    try {
        const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm');
        return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(line)[1]) * 1024;
    } catch {
        return NaN;
    }
}

// Seconds that the processor has spent on it: fields 14 and 15 of "stat", in hundredths.
function processorSeconds(pid) {
    try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
        return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
        return NaN;
    }
}

// Runs `program` with `words`, "train" first: the result that it prints, `peak`, the `processor`'s
// seconds, the `resident` bytes after each epoch, and their `growth` from the second epoch to the last but one. (As the last epoch
// is reported, the test samples are already being predicted, which takes memory of its own.)
export function train(program, words) {
    return new Promise((done, failed) => {
        const child = spawn(program, [...words, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
        const resident = [];
        let peak = NaN;
        let processor = NaN;
        let text = '';
        const look = () => {
            const now = memory(child.pid, 'VmHWM');
            if (!(now > 0)) return;
            peak = now;
            processor = processorSeconds(child.pid);
        };
        const watch = setInterval(look, 5);
        child.stdout.on('data', (part) => {
            text += part;
            look();
            if (text.split('\n').length - 1 > resident.length) resident.push(memory(child.pid, 'VmRSS'));
        });
        child.on('close', (status) => {
            clearInterval(watch);
            if (status !== 0) return failed(new Error(`${words.join(' ')}: exit status ${status}`));
            const result = JSON.parse(text.trim().split('\n').at(-1));
            const epochs = resident.slice(1, result.epochs - 1);
            done({
                ...result, peak, processor, resident: resident.slice(0, result.epochs),
                growth: epochs.at(-1) - epochs[0],
            });
        });
    });
}
