// The course as the outline on the page lists it (made when the page is built), with the progress
// shown in it.

import { byId, setText } from './dom.js';

const entries = [...document.querySelectorAll('.lessons > li')];

// In the order of the course: {name, title, number, goals, questions}
export const lessons = entries.map((entry) => ({
    name: entry.dataset.lesson,
    title: entry.dataset.title,
    number: Number(entry.dataset.number),
    questions: Number(entry.dataset.questions),
    entry,
}));

export const lessonNamed = (name) => lessons.find((lesson) => lesson.name === name);

// How far a lesson is: parts done and parts there are. How many goals it has is known once its lab
// has been opened.
export function standing(lesson, progress) {
    const { prediction, goals = [], answers = {}, goalCount } = progress;
    const quiz = Object.keys(answers).filter((question) => Number(question) < lesson.questions).length;
    const allGoals = goalCount ?? Math.max(goals.length, 1);
    const done = (prediction === undefined ? 0 : 1) + goals.length + quiz;
    const all = 1 + allGoals + lesson.questions;
    return { done: Math.min(done, all), all, goals: goals.length, goalCount, quiz, begun: done > 0 || Boolean(progress.link) };
}

function describe(lesson, at) {
    if (at.done === at.all) return 'Done';
    if (!at.begun) return 'Not begun';
    const goals = at.goalCount ? `${at.goals} of ${at.goalCount} goals` : `${at.goals} goals`;
    return `${goals}, ${at.quiz} of ${lesson.questions} questions`;
}

export function showOutline(store) {
    let done = 0;
    let next = null;
    for (const lesson of lessons) {
        const at = standing(lesson, store.lesson(lesson.name));
        const whole = at.done === at.all;
        done += whole ? 1 : 0;
        next ??= whole ? null : lesson;
        setText(lesson.entry.querySelector('.state'), describe(lesson, at));
        lesson.entry.querySelector('.meter').style.setProperty('--done', `${(100 * at.done) / at.all}%`);
        lesson.entry.classList.toggle('done', whole);
    }
    const begun = lessons.some(({ name }) => standing(lessonNamed(name), store.lesson(name)).begun);
    const target = next ?? lessons[0];
    byId('continue').href = `#${target.name}`;
    setText(byId('continue'), `${begun ? 'Go on' : 'Start'}: ${target.title}`);
    setText(byId('overall'), begun ? `${done} of ${lessons.length} lessons done` : '');
}

export function showPosition(lesson) {
    byId('bar-lessons').hidden = !lesson;
    if (!lesson) return;
    const index = lessons.indexOf(lesson);
    setText(byId('position'), `${index + 1} / ${lessons.length}`);
    for (const [id, other, word] of [['previous', lessons[index - 1], 'Back to'], ['next', lessons[index + 1], 'Next:']]) {
        const link = byId(id);
        link.hidden = !other;
        if (!other) continue;
        link.href = `#${other.name}`;
        link.setAttribute('aria-label', `${word} ${other.title}`);
    }
}
