// What a student has reached, kept in the browser and written to files:
//
//   {"format": "whittle-progress", "version": 1, "lessons": {"guess-the-line": {
//      "prediction": 1,               the answer chosen, from 0; absent while there is none
//      "goals": ["below-one"],        by name
//      "answers": {"0": 2},           of the quiz: the question, and the right answer once found
//      "link": "w=3&b=1",             the lab's state
//      "kept": "w=2",                 a state that a shared link took the place of
//      "goalCount": 3                 how many goals the lab has
//   }}}
//
// What comes from storage or a file is checked before it is used; fields that are not known are kept.

const kFormat = 'whittle-progress';
const kVersion = 1;
const kKey = 'whittle-progress';
const kMaxFileBytes = 4 * 1024 * 1024;
// Characters of a lab's state; no student's is nearly as long.
export const kMaxLink = 100000;

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isIndex = (value) => Number.isInteger(value) && value >= 0 && value < 1000;
const isLink = (value) => typeof value === 'string' && value.length <= kMaxLink;
const isNames = (value) => Array.isArray(value) && value.length <= 1000 &&
    value.every((name) => typeof name === 'string' && name.length <= 200);
const isAnswers = (value) => isObject(value) &&
    Object.entries(value).every(([question, answer]) => /^\d{1,3}$/.test(question) && isIndex(answer));

const kFields = {
    prediction: [isIndex, 'a number from 0'],
    goals: [isNames, 'a list of names'],
    answers: [isAnswers, 'numbers of questions and answers'],
    link: [isLink, 'a text'],
    kept: [isLink, 'a text'],
    goalCount: [isIndex, 'a number from 0'],
};

function fail(place, expected, found) {
    const shown = JSON.stringify(found);
    throw new Error(`${place}: expected ${expected}, found ${shown === undefined ? 'nothing' : shown.slice(0, 60)}.`);
}

// The progress that a text describes; throws an Error for people to read.
export function parseProgress(text) {
    let read;
    try {
        read = JSON.parse(text);
    } catch (error) {
        throw new Error(`It is not JSON: ${error.message}.`);
    }
    if (!isObject(read)) fail('The file', 'an object', read);
    if (read.format !== kFormat) fail('"format"', `"${kFormat}"`, read.format);
    if (!Number.isInteger(read.version)) fail('"version"', 'a whole number', read.version);
    if (read.version !== kVersion) {
        fail('"version"', `${kVersion}, which is what this page reads`, read.version);
    }
    if (!isObject(read.lessons)) fail('"lessons"', 'an object', read.lessons);
    const lessons = new Map();
    for (const [name, lesson] of Object.entries(read.lessons)) {
        if (!/^[a-z0-9-]{1,100}$/.test(name)) fail('A lesson', 'a name of a-z, 0-9 and -', name);
        if (!isObject(lesson)) fail(`"${name}"`, 'an object', lesson);
        for (const [field, [valid, expected]] of Object.entries(kFields)) {
            if (field in lesson && !valid(lesson[field])) fail(`"${name}", "${field}"`, expected, lesson[field]);
        }
        lessons.set(name, lesson);
    }
    return { ...read, lessons: Object.fromEntries(lessons) };
}

export const emptyProgress = () => ({ format: kFormat, version: kVersion, lessons: {} });

// Both together; nothing that either one has reached is lost. Where both have worked in a lab, the
// state of `from` is opened next, and the other is kept beside it.
export function merged(into, from) {
    const lessons = { ...into.lessons };
    for (const [name, theirs] of Object.entries(from.lessons)) {
        const ours = lessons[name];
        if (!ours) {
            lessons[name] = theirs;
            continue;
        }
        const both = { ...theirs, ...ours };
        both.goals = [...new Set([...(ours.goals ?? []), ...(theirs.goals ?? [])])];
        both.answers = { ...theirs.answers, ...ours.answers };
        if (theirs.link && ours.link && theirs.link !== ours.link) {
            both.link = theirs.link;
            both.kept = ours.link;
        } else {
            both.link = theirs.link || ours.link || '';
        }
        lessons[name] = both;
    }
    return { ...into, lessons };
}

// The progress in the browser's storage. `tell(text)` is called, once, when it cannot be kept or read.
export class ProgressStore {
    constructor(tell) {
        this.tell = tell;
        this.told = false;
        this.current = this.load() ?? emptyProgress();
    }

    load() {
        let text = null;
        try {
            text = localStorage.getItem(kKey);
            return text === null ? null : parseProgress(text);
        } catch (error) {
            if (text !== null) this.setAside(text, error);
            return null;
        }
    }

    // What cannot be read is not thrown away: it may be of a newer page.
    setAside(text, error) {
        const place = `${kKey}-unreadable-${Date.now()}`;
        try {
            localStorage.setItem(place, text);
            localStorage.removeItem(kKey);
        } catch {
            // There is no room for a copy; the next save takes its place.
        }
        this.tell(`The progress kept in this browser could not be read. ${error.message} It was set aside as "${place}".`);
    }

    lesson(name) {
        return this.current.lessons[name] ?? {};
    }

    // Changes fields of one lesson. Another tab may have saved since: its other lessons are kept.
    update(name, fields) {
        const stored = this.load() ?? this.current;
        const before = { ...stored.lessons[name], ...this.lesson(name) };
        this.save({ ...stored, lessons: { ...stored.lessons, [name]: { ...before, ...fields } } });
    }

    save(progress) {
        this.current = progress;
        try {
            localStorage.setItem(kKey, JSON.stringify(progress));
        } catch (error) {
            if (!this.told) this.tell(`This browser does not keep your progress (${error.name}). Save it to a file before you leave.`);
            this.told = true;
        }
    }

    toFile() {
        return JSON.stringify(this.current, null, 2) + '\n';
    }

    // Adds what a file has; throws an Error for people to read, and then nothing has changed.
    async addFile(file) {
        if (file.size > kMaxFileBytes) throw new Error(`It has ${file.size} bytes; progress has at most ${kMaxFileBytes}.`);
        this.save(merged(this.current, parseProgress(await file.text())));
    }
}
