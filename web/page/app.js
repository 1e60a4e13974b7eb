// The page: the outline, or one lesson, by the address: "#guess-the-line?w=3&do=step:50".

import { lessonNamed, lessons, showOutline, showPosition } from './course.js';
import { byId, download, setText, toast } from './dom.js';
import { fetchProse, LessonPage } from './lesson.js';
import { ProgressStore } from './progress.js';
import { startShortcuts } from './shortcuts.js';
import { startTheme } from './theme.js';
import { startOffline } from './offline.js';

const store = new ProgressStore((text) => toast(text, { failed: true }));
const page = new LessonPage(store);
const title = document.title;

// {name, link}: link is null when the address has none.
function address() {
    const hash = location.hash.slice(1);
    const mark = hash.indexOf('?');
    return mark < 0 ? { name: hash, link: null } : { name: hash.slice(0, mark), link: hash.slice(mark + 1) };
}

let shown = null;

function show(lesson) {
    byId('outline').hidden = lesson !== null;
    byId('lesson').hidden = lesson === null;
    document.body.classList.toggle('in-lesson', lesson !== null);
    document.title = lesson ? `${lesson.title} – Whittle` : title;
    showPosition(lesson);
}

async function route() {
    const { name, link } = address();
    const lesson = lessonNamed(name) ?? null;
    if (name !== '' && !lesson) toast(`There is no lesson “${name.slice(0, 60)}”.`, { failed: true });
    const moved = shown !== lesson;
    shown = lesson;
    show(lesson);
    if (moved) scrollTo(0, 0);
    if (!lesson) {
        page.leave();
        showOutline(store);
        return;
    }
    try {
        await page.open(lesson, link);
    } catch (error) {
        page.stage('failed', `The lesson could not be loaded: ${error.message}`);
        toast(`The lesson could not be loaded: ${error.message}`, { failed: true, action: { title: 'Try again', perform: route } });
    }
    const following = lessons[lessons.indexOf(lesson) + 1];
    if (following) fetchProse(following.name).catch(() => {});
}

function go(step) {
    const target = lessons[lessons.indexOf(shown) + step];
    if (shown && target) location.hash = target.name;
}

function startProgressFiles() {
    byId('export-progress').addEventListener('click', () =>
        download('whittle-progress.json', 'application/json', store.toFile()));
    byId('import-progress').addEventListener('click', () => byId('import-file').click());
    byId('import-file').addEventListener('change', async ({ target }) => {
        const [file] = target.files;
        target.value = '';
        if (!file) return;
        try {
            await store.addFile(file);
            showOutline(store);
            toast(`The progress in ${file.name} was added to yours.`);
        } catch (error) {
            toast(`${file.name} is no progress file. ${error.message} Yours is as it was.`, { failed: true });
        }
    });
}

const nextTheme = startTheme((dark) => page.engine?.theme(dark ? 1 : 0));
startProgressFiles();
startShortcuts({
    ' ': () => page.act('play'),
    s: () => page.act('step'),
    r: () => page.act('reset'),
    l: () => shown && byId('lab').focus(),
    c: () => page.copyLink(),
    n: () => go(1),
    p: () => go(-1),
    o: () => { location.hash = ''; },
    t: nextTheme,
});
document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId('main').focus();
});
addEventListener('hashchange', route);
startOffline((text) => setText(byId('offline-state'), text));
route();
