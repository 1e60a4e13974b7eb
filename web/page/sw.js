// Keeps the page for use without a network. The first two constants are filled in when the page is
// built: the version is a hash of all files, so another version has a cache of its own.
const kVersion = '@VERSION@';
const kFiles = ['@FILES@'];

const kPrefix = 'whittle-';
const kCache = kPrefix + kVersion;

async function keep() {
    const cache = await caches.open(kCache);
    await cache.addAll(kFiles.map((file) => new Request(file, { cache: 'no-cache' })));
}

async function forgetOthers() {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(kPrefix) && name !== kCache).map((name) => caches.delete(name)));
    await clients.claim();
}

// From the cache; what is not in it (the demo) from the network, and kept from then on.
async function answer(request) {
    const cache = await caches.open(kCache);
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    const fetched = await fetch(request);
    if (fetched.ok && fetched.type === 'basic') await cache.put(request, fetched.clone());
    return fetched;
}

addEventListener('install', (event) => event.waitUntil(keep()));
addEventListener('activate', (event) => event.waitUntil(forgetOthers()));
addEventListener('message', (event) => {
    if (event.data === 'take over') skipWaiting();
});
addEventListener('fetch', (event) => {
    const { request } = event;
    if (request.method === 'GET' && new URL(request.url).origin === location.origin) {
        event.respondWith(answer(request));
    }
});
