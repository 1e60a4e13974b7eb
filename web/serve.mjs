// Serves a folder on this machine only: node serve.mjs FOLDER [PORT]. Takes the next free port.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const types = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.wasm': 'application/wasm',
    '.svg': 'image/svg+xml',
    '.webmanifest': 'application/manifest+json',
    '.woff2': 'font/woff2',
    '.png': 'image/png',
};

// The file that a request asks for, {path, tag}, or null when there is none inside the folder. The tag
// changes with the file.
async function fileFor(folder, url) {
    try {
        const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
        let file = await realpath(join(folder, path));
        if (file !== folder && !file.startsWith(folder + sep)) return null;
        if ((await stat(file)).isDirectory()) file = join(file, 'index.html');
        const facts = await stat(file);
        return facts.isFile() ? { path: file, tag: `"${facts.size}-${facts.mtimeMs}"` } : null;
    } catch {
        return null;
    }
}

// Resolves to a listening http.Server.
export async function serve(folder, port) {
    const root = await realpath(folder);
    const server = createServer(async (request, response) => {
        if (request.method !== 'GET' && request.method !== 'HEAD') {
            response.writeHead(405, { Allow: 'GET, HEAD' }).end();
            return;
        }
        const file = await fileFor(root, request.url);
        if (file === null) {
            response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n');
            return;
        }
        const headers = { 'Cache-Control': 'no-cache', ETag: file.tag };
        if (request.headers['if-none-match'] === file.tag) {
            response.writeHead(304, headers).end();
            return;
        }
        response.writeHead(200, {
            'Content-Type': types[extname(file.path)] ?? 'application/octet-stream', ...headers,
        });
        if (request.method === 'HEAD') response.end();
        else createReadStream(file.path).on('error', () => response.destroy()).pipe(response);
    });
    return new Promise((resolve, reject) => {
        const listen = (candidate) => server.listen(candidate, '127.0.0.1');
        let candidate = port;
        server.on('error', (error) => {
            if (error.code === 'EADDRINUSE' && candidate < port + 100) listen(++candidate);
            else reject(error);
        });
        server.on('listening', () => resolve(server));
        listen(candidate);
    });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
    const [folder, port = '8000'] = process.argv.slice(2);
    if (folder === undefined) {
        console.error('usage: node serve.mjs FOLDER [PORT]');
        process.exit(2);
    }
    const server = await serve(folder, Number(port));
    console.log(`Whittle is at http://127.0.0.1:${server.address().port}/  (Ctrl+C ends it)`);
}
