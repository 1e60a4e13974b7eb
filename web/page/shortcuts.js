import { byId } from './dom.js';

const kKey = 'whittle-keys';

function remembered() {
    try {
        return localStorage.getItem(kKey) !== 'off';
    } catch {
        return true;
    }
}

function remember(on) {
    try {
        localStorage.setItem(kKey, on ? 'on' : 'off');
    } catch {
        // Chosen for this visit only.
    }
}

// Whether the element has a use of its own for the key.
function takes(element, key) {
    if (element.isContentEditable) return true;
    if (element.matches('input:not([type=range], [type=checkbox], [type=radio]), textarea, select')) return true;
    if (key !== ' ') return false;
    return element.matches('button, a, summary, input');
}

// `commands` maps a key ("s", " ", "?") to a function. Single keys can be switched off in the sheet.
export function startShortcuts(commands) {
    const sheet = byId('help-sheet');
    const on = byId('keys-on');
    on.checked = remembered();
    on.addEventListener('change', () => remember(on.checked));
    const open = () => sheet.showModal();
    byId('help').addEventListener('click', open);
    document.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
        if (document.querySelector('dialog[open]') || takes(event.target, event.key)) return;
        if (!on.checked) return;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        const command = key === '?' ? open : commands[key];
        if (!command) return;
        event.preventDefault();
        command();
    });
}
