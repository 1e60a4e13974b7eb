// What the measurements of the page share: the page served on this machine, a browser, a table.
import { cpus, loadavg } from 'node:os';
import { chromium } from 'playwright-core';

import { serve } from '../serve.mjs';

// Chromium from the distribution, with WebGL 2 in software, and without what it does for itself.
const kBrowser = process.env.CHROMIUM ?? '/usr/bin/chromium';
const kFlags = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader'];
const kPort = 8400;
const kTimeoutMs = 120000;

export const wide = { width: 1440, height: 900 };

// work({ address, browser, answers }): `answers` grows by {path, headers} with every file that is sent;
// headers are those of the request.
export async function withPage(folder, work) {
    const server = await serve(folder, kPort);
    const answers = [];
    server.on('request', ({ url, headers }, response) => {
        const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
        response.on('finish', () => {
            if (response.statusCode === 200) answers.push({ path, headers });
        });
    });
    const browser = await chromium.launch({ executablePath: kBrowser, args: kFlags });
    try {
        const [model] = cpus();
        console.log(`Chromium ${browser.version()}, WebGL in software; ${cpus().length} × ${model.model}; ` +
            `load ${loadavg()[0].toFixed(1)}`);
        return await work({ address: `http://127.0.0.1:${server.address().port}/`, browser, answers });
    } finally {
        await browser.close();
        server.closeAllConnections();
        server.close();
    }
}

// A browser that has never seen the page. work(page)
export async function withContext(browser, options, work) {
    const context = await browser.newContext({ viewport: wide, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(kTimeoutMs);
    try {
        return await work(await context.newPage(), context);
    } finally {
        await context.close();
    }
}

export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Columns as wide as they need be; all but the first flush right.
export function printTable(rows) {
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
    for (const row of rows) {
        console.log(`  ${row.map((cell, column) => column === 0
            ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column])).join('  ')}`.trimEnd());
    }
}

export const grouped = (number) => Math.round(number).toLocaleString('en');
