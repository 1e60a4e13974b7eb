// Small helpers for making elements and telling people things.

// make('p', { class: 'note', onclick: f, 'aria-label': 'x' }, 'text', otherElement)
export function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, '');
        else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== undefined && child !== null));
    return element;
}

export const byId = (id) => document.getElementById(id);

export const setText = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
};

const kToastSeconds = 8;

// A note at the edge of the page, read out politely. `action` is { title, perform }; a note with an
// action, or about a failure, stays until it is closed.
export function toast(text, { failed = false, action = null } = {}) {
    const note = make('div', { class: failed ? 'toast failed' : 'toast' }, make('p', {}, text));
    const close = () => note.remove();
    if (action) {
        note.append(make('button', { type: 'button', onclick: () => { close(); action.perform(); } },
            action.title));
    }
    note.append(make('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', onclick: close }, '✕'));
    byId('toasts').append(note);
    while (byId('toasts').children.length > 3) byId('toasts').firstElementChild.remove();
    if (!failed && !action) setTimeout(close, kToastSeconds * 1000);
}

// For screen readers only. Emptied first, so that the same text is read again.
export function announce(text) {
    byId('live').textContent = '';
    setTimeout(() => { byId('live').textContent = text; }, 50);
}

// To the clipboard; where that is not allowed, a sheet with the text selected.
export async function copyText(text, what) {
    try {
        await navigator.clipboard.writeText(text);
        toast(`${what} copied.`);
    } catch {
        byId('text-to-copy').value = text;
        byId('text-sheet').showModal();
        byId('text-to-copy').focus();
        byId('text-to-copy').select();
    }
}

// Hands a file to the browser's downloads.
export function download(name, type, bytes) {
    const address = URL.createObjectURL(new Blob([bytes], { type }));
    make('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export const wantsDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
};
