// Keeps the page for use without a network (sw.js), once the first lesson is on the screen.

import { toast } from './dom.js';

const kDelayMs = 1500;

function offerReload(registration) {
    const worker = registration.waiting;
    if (!worker) return;
    toast('A new version of this page is ready.', {
        action: { title: 'Use it', perform: () => worker.postMessage('take over') },
    });
}

export function startOffline(say) {
    if (!('serviceWorker' in navigator)) return;
    const ready = () => say('This page also works offline.');
    const start = async () => {
        try {
            const registration = await navigator.serviceWorker.register('sw.js');
            if (registration.active) ready();
            else navigator.serviceWorker.ready.then(ready);
            offerReload(registration);
            registration.addEventListener('updatefound', () => {
                const worker = registration.installing;
                worker.addEventListener('statechange', () => {
                    if (worker.state === 'installed' && navigator.serviceWorker.controller) offerReload(registration);
                });
            });
        } catch (error) {
            say(`It cannot be kept for offline use here (${error.message}).`);
        }
    };
    let reloading = false;
    const hadController = Boolean(navigator.serviceWorker.controller);
    navigator.serviceWorker.addEventListener('controllerchange', () => {
        if (!hadController || reloading) return;
        reloading = true;
        location.reload();
    });
    setTimeout(start, kDelayMs);
}
