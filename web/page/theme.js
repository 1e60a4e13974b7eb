import { byId, wantsDark } from './dom.js';

const kKey = 'whittle-theme';
const kThemes = ['system', 'light', 'dark'];

function apply(theme) {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    byId('theme').value = theme;
}

// `changed(dark)` is called at once and after every change, the system's own changes included.
export function startTheme(changed) {
    const choose = (theme) => {
        apply(theme);
        try {
            localStorage.setItem(kKey, theme);
        } catch {
            // Chosen for this visit only.
        }
        changed(wantsDark());
    };
    apply(document.documentElement.dataset.theme ?? 'system');
    byId('theme').addEventListener('change', (event) => choose(event.target.value));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => changed(wantsDark()));
    changed(wantsDark());
    return () => choose(kThemes[(kThemes.indexOf(byId('theme').value) + 1) % kThemes.length]);
}
