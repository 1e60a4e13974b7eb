// Puts the page together: node web/build.mjs FOLDER PROSE_TOOL
//
// FOLDER (build/web/page) has the WebAssembly modules already, but that of the bench, which is in
// FOLDER/../bin. Added are: the page's own files; every lesson's prose as HTML, with formulas set by KaTeX;
// KaTeX's style and fonts; and the service worker, which knows all files and their hash. PROSE_TOOL
// (build/native/bin/whittle_prose) prints the lessons as JSON.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { lessonPage, outlineEntry } from './prose.mjs';

const web = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

// The demo and the bench come from the network when they are opened: their modules are as large as the rest.
const kNotKept = /^(demo\.|whittle\.|worker\.js$|terminal\.js$|bench[._]|inference\.|sw\.js$)/;
const kBench = ['bench.html', 'bench.css', 'bench.js', 'bench_worker.js'];
// KaTeX's fonts that every formula may need, and those that come with a class of its HTML.
const kFonts = ['Main-Regular', 'Math-Italic', 'Size1-Regular', 'Size2-Regular', 'Size3-Regular', 'Size4-Regular'];
const kFontsOfClasses = {
    'mathbf|textbf': 'Main-Bold', 'mathit|textit': 'Main-Italic', 'boldsymbol|mathboldit': 'Math-BoldItalic',
    'amsrm|mathbb|textbb': 'AMS-Regular', 'mathcal': 'Caligraphic-Regular', 'mathfrak|textfrak': 'Fraktur-Regular',
    'mathsf|textsf': 'SansSerif-Regular', 'mathscr|textscr': 'Script-Regular', 'mathtt|texttt': 'Typewriter-Regular',
};

const kNoModules = new Set(['app.js', 'first.js', 'sw.js']);

function copyPage(folder) {
    cpSync(join(web, 'page'), folder, { recursive: true });
    cpSync(join(web, 'demo'), folder, { recursive: true });
    for (const name of kBench) cpSync(join(web, 'bench', name), join(folder, name));
    for (const name of ['inference.js', 'inference.wasm']) cpSync(join(folder, '../bin', name), join(folder, name));
}

// KaTeX's style, with only the font format that every browser of today reads.
function copyKatex(folder) {
    const katex = dirname(require.resolve('katex/package.json'));
    rmSync(join(folder, 'katex'), { recursive: true, force: true });
    mkdirSync(join(folder, 'katex/fonts'), { recursive: true });
    for (const font of readdirSync(join(katex, 'dist/fonts')).filter((name) => name.endsWith('.woff2'))) {
        cpSync(join(katex, 'dist/fonts', font), join(folder, 'katex/fonts', font));
    }
    cpSync(join(katex, 'LICENSE'), join(folder, 'katex/LICENSE'));
    const style = readFileSync(join(katex, 'dist/katex.min.css'), 'utf8')
        .replace(/,url\([^)]*\.(woff|ttf)\) format\("[^"]*"\)/g, '');
    if (/\.(woff|ttf)\)/.test(style)) throw new Error('KaTeX writes its fonts in a way that is not understood here.');
    writeFileSync(join(folder, 'katex/katex.css'), style);
}

function writeLessons(folder, lessons) {
    rmSync(join(folder, 'lessons'), { recursive: true, force: true });
    mkdirSync(join(folder, 'lessons'));
    lessons.forEach((lesson, index) => writeFileSync(
        join(folder, `lessons/${lesson.name}.html`), lessonPage(lesson, lessons[index + 1])));
    const page = readFileSync(join(web, 'page/index.html'), 'utf8');
    // All at once, where imports would name them one after another.
    const modules = readdirSync(join(web, 'page')).filter((name) => name.endsWith('.js') && !kNoModules.has(name));
    writeFileSync(join(folder, 'index.html'), page
        .replace('<!-- modules -->', modules.map((name) => `<link rel="modulepreload" href="${name}">`).join('\n'))
        .replace('<!-- lessons -->', () => lessons.map(outlineEntry).join('\n')));
}

const filesIn = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();

// Those that the lessons' formulas use; the others are fetched when one does.
function fontsInUse(folder) {
    const lessons = readdirSync(join(folder, 'lessons')).map((name) => readFileSync(join(folder, 'lessons', name), 'utf8'));
    const further = Object.entries(kFontsOfClasses)
        .filter(([classes]) => lessons.some((html) => new RegExp(`class="[^"]*\\b(${classes})\\b`).test(html)))
        .map(([, font]) => font);
    return new Set([...kFonts, ...further].map((font) => `katex/fonts/KaTeX_${font}.woff2`));
}

function writeServiceWorker(folder) {
    const fonts = fontsInUse(folder);
    const kept = filesIn(folder).filter((file) => !kNotKept.test(file) && !file.endsWith('LICENSE') &&
        (!file.endsWith('.woff2') || !file.startsWith('katex/') || fonts.has(file)));
    const hash = createHash('sha256');
    for (const file of filesIn(folder).filter((name) => name !== 'sw.js')) {
        hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
    }
    const worker = readFileSync(join(web, 'page/sw.js'), 'utf8')
        .replace("'@VERSION@'", `'${hash.digest('hex').slice(0, 16)}'`)
        .replace("['@FILES@']", JSON.stringify(['./', ...kept]));
    writeFileSync(join(folder, 'sw.js'), worker);
}

const [target, proseTool] = process.argv.slice(2);
if (proseTool === undefined) {
    console.error('usage: node web/build.mjs FOLDER PROSE_TOOL');
    process.exit(2);
}
const folder = target.replace(/\/+$/, '');
const { lessons } = JSON.parse(execFileSync(proseTool, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
mkdirSync(folder, { recursive: true });
copyPage(folder);
copyKatex(folder);
writeLessons(folder, lessons);
writeServiceWorker(folder);
console.log(`${folder}: ${lessons.length} lessons, ${filesIn(folder).length} files`);
