// Turns a line with the terminal's colour codes into spans of text with classes.

const classes = {
    1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow', 34: 'blue', 35: 'magenta', 36: 'cyan',
};

// [{ text, names }]: the pieces of one line and the classes each has.
export function piecesOf(line) {
    const pieces = [];
    let names = [];
    for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
        const code = /^\x1b\[([0-9;]*)m$/.exec(part);
        if (code === null) {
            if (part !== '') pieces.push({ text: part, names });
            continue;
        }
        for (const number of code[1].split(';').map(Number)) {
            if (number === 0) names = [];
            else if (classes[number] !== undefined) names = [...names, classes[number]];
        }
    }
    return pieces;
}

export function appendLine(output, line) {
    for (const { text, names } of piecesOf(line)) {
        if (names.length === 0) {
            output.append(text);
            continue;
        }
        const span = document.createElement('span');
        span.className = names.join(' ');
        span.textContent = text;
        output.append(span);
    }
    output.append('\n');
}
