// Before anything is painted: the theme that was chosen, so that the page does not flash.
try {
    const theme = localStorage.getItem('whittle-theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
    // A browser that keeps nothing shows the system's theme.
}
