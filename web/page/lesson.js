// One lesson on the page: its prose, its questions, its lab, and what is kept of them.

import { announce, byId, copyText, download, setText, toast, wantsDark } from './dom.js';
import { loadEngine } from './engine.js';
import { Mirror } from './mirror.js';
import { kMaxLink } from './progress.js';
import { GoalList, startPrediction, startQuestion } from './questions.js';

const kSaveMs = 700;
const kFollowMs = 100;  // while the picture changes with every frame
const kProseEnd = '<!-- lab -->';

const prose = new Map();  // name -> promise of the two halves

export function fetchProse(name) {
    if (!prose.has(name)) {
        const reading = fetch(`lessons/${name}.html`).then(async (answer) => {
            if (!answer.ok) throw new Error(`lessons/${name}.html: ${answer.status} ${answer.statusText}`);
            return (await answer.text()).split(kProseEnd);
        });
        reading.catch(() => prose.delete(name));
        prose.set(name, reading);
    }
    return prose.get(name);
}

// What is too wide for the column scrolls; then the keyboard must be able to reach it.
function letKeysScroll(prose) {
    const wide = (element) => element.scrollWidth > element.clientWidth + 1;
    const observer = new ResizeObserver((entries) => {
        for (const { target } of entries) {
            if (wide(target)) target.tabIndex = 0;
            else target.removeAttribute('tabindex');
        }
    });
    for (const element of prose.querySelectorAll('.katex-display, pre, table')) observer.observe(element);
    return observer;
}

export class LessonPage {
    constructor(store) {
        this.store = store;
        this.goals = new GoalList();
        this.lesson = null;
        this.opening = 0;
        byId('copy-link').addEventListener('click', () => this.copyLink());
        byId('copy-command').addEventListener('click', () => this.copyCommand());
        byId('afresh').addEventListener('click', () => this.startAfresh());
        byId('stop-restoring').addEventListener('click', () => {
            this.engine.stopLink();
            this.follow();
        });
        byId('to-predict').addEventListener('click', () => this.toPrediction());
        byId('skip-predict').addEventListener('click', () => this.unlock());
        byId('canvas').addEventListener('whittle-change', () => this.followSoon());
        addEventListener('pagehide', () => this.saveNow());
        addEventListener('visibilitychange', () => this.saveNow());
    }

    // Starts loading the labs; again after a failure.
    loadEngine() {
        this.engineReady ??= loadEngine(byId('canvas'), (reason) => this.stopped(reason)).then((engine) => {
            this.engine = engine;
            this.mirror = new Mirror(byId('mirror'), engine, {
                changed: () => this.follow(),
                notify: (text) => toast(text),
                saveFile: (kind) => this.saveFile(kind),
                openFile: (file) => this.openFile(file),
            });
            globalThis.whittle = engine;  // for tests, and for the curious: whittle.state()
            engine.showControls(0);
            engine.theme(wantsDark() ? 1 : 0);
            return engine;
        });
        this.engineReady.catch(() => { this.engineReady = null; });
        return this.engineReady;
    }

    // Shows a lesson; `link` is the lab's state, or null for the one that was left.
    async open(lesson, link) {
        const opening = ++this.opening;
        this.leave();
        this.stage(null, 'Loading the lab …');
        byId('mirror').replaceChildren();
        byId('goal-dots').replaceChildren();
        const ready = this.loadEngine();
        ready.catch(() => {});
        const [start, rest] = await fetchProse(lesson.name);
        if (opening !== this.opening) return;
        byId('prose-start').innerHTML = start;
        byId('prose-rest').innerHTML = rest;
        this.scrolling?.disconnect();
        this.scrolling = letKeysScroll(byId('lesson'));
        this.lesson = lesson;
        this.startQuestions(link !== null);
        try {
            await ready;
        } catch (error) {
            this.stage('failed', `The lab could not be loaded: ${error.message}`);
            return;
        }
        if (opening === this.opening) this.openLab(link ?? this.store.lesson(lesson.name).link ?? '', link !== null);
    }

    leave() {
        this.saveNow();
        if (this.engine && this.lesson) this.engine.act('pause', 1);
        this.lesson = null;
    }

    // `shared`: the link came with the address, perhaps from someone else.
    openLab(link, shared = false) {
        const kept = this.store.lesson(this.lesson.name);
        // The canvas has its size by now, so the first frame is right.
        if (!this.attached && !this.engine.attach('#canvas')) {
            this.stage('failed', 'This browser has no WebGL 2, which the picture needs. All controls below work without it.');
        } else if (!this.attached) {
            this.attached = true;
        }
        if (link.length > kMaxLink) {
            toast(`The link has ${link.length} characters; the lab takes ${kMaxLink}. It starts afresh.`, { failed: true });
            link = '';
        }
        const { error } = this.engine.open(this.lesson.name, link);
        if (error) {
            this.stage('failed', `The lab could not be opened: ${error}`);
            return;
        }
        this.noticesTold = 0;
        this.link = undefined;
        this.engine.tickGoals(JSON.stringify(kept.goals ?? []));
        const state = this.engine.state();
        this.mirror.build(state);
        this.goals.build(state.goals);
        if (this.attached) this.stage('ready', '');
        if (shared && kept.link && kept.link !== link) this.offerKept(kept.link);
        this.store.update(this.lesson.name, { goalCount: state.goals.length });
        this.savedLink = kept.link ?? '';
        this.follow();
        byId('lab').dataset.ready = this.lesson.name;
    }

    // A shared link took the place of the student's own state.
    offerKept(kept) {
        const { name } = this.lesson;
        this.store.update(name, { kept });
        toast('This is the state of the link you opened. Yours is kept.', {
            action: { title: 'Back to mine', perform: () => this.lesson?.name === name && this.openLab(kept) },
        });
    }

    stage(state, text) {
        byId('stage').dataset.state = state ?? 'loading';
        setText(byId('stage-message'), text);
        delete byId('lab').dataset.ready;
    }

    stopped(reason) {
        this.engineReady = null;
        clearTimeout(this.following);
        this.following = null;
        this.stage('failed', `The lab stopped, which it should not: ${reason}. What you did is saved; reload the page to go on.`);
    }

    // At once, but not with every frame of a lab that plays.
    followSoon() {
        if (this.following) return;
        const wait = (this.followed ?? -Infinity) + kFollowMs - performance.now();
        if (wait <= 0) this.follow();
        else this.following = setTimeout(() => this.follow(), wait);
    }

    // Brings the page in step with the lab.
    follow() {
        clearTimeout(this.following);
        this.following = null;
        this.followed = performance.now();
        if (!this.lesson || byId('stage').dataset.state === 'loading') return;
        const state = this.engine.state();
        if (state.lesson !== this.lesson.name) return;
        this.mirror.sync(state);
        const fresh = this.goals.sync(state.goals);
        const reached = state.goals.filter(({ ticked }) => ticked).map(({ name }) => name);
        const before = this.store.lesson(this.lesson.name).goals ?? [];
        const news = fresh.filter(({ name }) => !before.includes(name));
        if (news.length > 0) {
            this.store.update(this.lesson.name, { goals: [...new Set([...before, ...reached])] });
            for (const { title } of news) toast(`Goal reached: ${title}`);
        }
        if (reached.length === state.goals.length) this.prediction?.reveal();
        if (state.summary) byId('canvas').setAttribute('aria-label', state.summary);
        // A link is applied in slices; until it is, the state is not the student's.
        if (this.restoring(state)) return;
        this.link = state.link;
        this.command = state.command;
        this.saving ??= setTimeout(() => this.saveNow(), kSaveMs);
    }

    // Says how far a link has been applied, and what in it was not understood.
    restoring(state) {
        const part = state.restoring ?? null;
        const text = part === null ? '' : `Going back to where you were: ${Math.round(part * 100)} %`;
        if (byId('stage').dataset.state === 'ready') {
            setText(byId('restoring-text'), text);
            byId('restoring').hidden = part === null;
        }
        // What is done in between would have to wait for all of it.
        this.busy = part !== null;
        byId('mirror').inert = this.locked || this.busy;
        const notices = state.notices ?? [];
        for (const notice of notices.slice(this.noticesTold)) toast(`In the link: ${notice}`);
        this.noticesTold = notices.length;
        return part !== null;
    }

    // The state goes into the address and the store, so that a reload or a crash loses nothing.
    saveNow() {
        if (this.following) this.follow();
        clearTimeout(this.saving);
        this.saving = null;
        if (!this.lesson || this.link === undefined) return;
        const address = this.link ? `#${this.lesson.name}?${this.link}` : `#${this.lesson.name}`;
        const isHere = location.hash.split('?')[0] === `#${this.lesson.name}`;
        if (isHere && location.hash !== address) history.replaceState(history.state, '', address);
        if (this.link !== this.savedLink) this.store.update(this.lesson.name, { link: this.link });
        this.savedLink = this.link;
    }

    startQuestions(shared) {
        this.link = undefined;
        const { name } = this.lesson;
        const kept = this.store.lesson(name);
        const form = document.querySelector('.predict .question');
        this.prediction = form && startPrediction(form, kept.prediction, {
            answered: (prediction) => {
                this.store.update(name, { prediction });
                this.unlock();
                announce('Prediction locked. The lab is open.');
            },
        });
        for (const question of document.querySelectorAll('.check .question')) {
            const index = question.dataset.question;
            startQuestion(question, kept.answers?.[index], {
                found: (answer) => this.store.update(name, {
                    answers: { ...this.store.lesson(name).answers, [index]: answer },
                }),
            });
        }
        this.lock(form !== null && kept.prediction === undefined && !kept.link && !shared);
    }

    lock(locked) {
        byId('veil').hidden = !locked;
        byId('stage').inert = locked;
        byId('mirror').inert = locked || Boolean(this.busy);
        for (const tool of document.querySelectorAll('.lab-tools')) tool.inert = locked;
    }

    unlock() {
        this.lock(false);
    }

    toPrediction() {
        const form = document.querySelector('.predict .question');
        form.scrollIntoView({ block: 'center' });
        form.querySelector('input').focus();
    }

    get locked() {
        return !byId('veil').hidden;
    }

    // What a key asks for: "play" and "pause" are one.
    act(name) {
        if (!this.lesson || this.locked || this.busy || !this.mirror) return;
        const { actions, playing } = this.engine.state();
        const wanted = name === 'play' && playing ? 'pause' : name;
        if (actions.some((action) => action.name === wanted)) this.mirror.act(wanted);
    }

    copyLink() {
        if (!this.lesson) return;
        this.saveNow();
        copyText(location.href, 'Link');
    }

    copyCommand() {
        if (this.command) copyText(this.command, 'Command');
    }

    startAfresh() {
        if (!this.lesson || this.link === undefined) return;
        const before = this.link;
        this.openLab('');
        if (before) {
            toast('Everything is as at the beginning.', {
                action: { title: 'Undo', perform: () => this.lesson && this.openLab(before) },
            });
        }
    }

    async openFile(file) {
        const lesson = this.lesson;
        const bytes = new Uint8Array(await file.arrayBuffer());
        if (this.lesson !== lesson || this.locked || this.busy) return;
        const { error } = this.engine.openFile(bytes);
        if (error) toast(`${file.name}: ${error}`, { failed: true });
        else toast(`The lab has the model ${file.name} now.`);
        this.follow();
    }

    saveFile(kind) {
        const { error, name, type, bytes } = this.engine.file(kind);
        if (error) toast(error, { failed: true });
        else download(name, type, bytes);
    }
}
