// A lesson needs the labs, the largest file of all: they come first.
function expect(href, hint) {
    document.head.append(Object.assign(document.createElement('link'), { href, ...hint }));
}
if (location.hash.length > 1) {
    expect('playground.wasm', { rel: 'preload', as: 'fetch', type: 'application/wasm', crossOrigin: 'anonymous' });
    expect('playground.js', { rel: 'modulepreload' });
}

// Before anything is painted: the theme that was chosen, so that the page does not flash.
try {
    const theme = localStorage.getItem('whittle-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
    // A browser that keeps nothing shows the system's theme.
}
