// The prediction and the quiz of a lesson. The forms are made when the page is built: data-right is
// the index of the right answer.

import { byId, make } from './dom.js';

const chosen = (form) => {
    const input = form.querySelector('input:checked');
    return input === null ? null : Number(input.value);
};

const say = (form, text, kind = '') => {
    const verdict = form.querySelector('.verdict');
    verdict.className = `verdict ${kind}`;
    verdict.textContent = text;
};

function lock(form, answer) {
    for (const input of form.querySelectorAll('input')) {
        input.checked = Number(input.value) === answer;
        input.disabled = true;
    }
    form.querySelector('button[type=submit]')?.remove();
    form.classList.add('locked');
}

function markRight(form) {
    const right = form.querySelector(`input[value="${form.dataset.right}"]`).closest('.answer');
    if (right.querySelector('.mark')) return;
    right.classList.add('right');
    right.append(make('span', { class: 'mark' }, '✓ right'));
}

function showExplanation(form) {
    form.querySelector('.explanation').hidden = false;
}

// The prediction: given once, then locked; whether it was right is said when the lab has shown it or
// the student asks. Returns { reveal }.
export function startPrediction(form, answer, { answered }) {
    const reveal = () => {
        const given = chosen(form);
        if (given === null || form.classList.contains('revealed')) return;
        form.classList.add('revealed');
        form.querySelector('.reveal')?.remove();
        markRight(form);
        const right = given === Number(form.dataset.right);
        say(form, right ? 'You predicted right.' : 'It turned out otherwise.', right ? 'good' : 'bad');
        showExplanation(form);
    };
    const settle = (given) => {
        lock(form, given);
        say(form, 'Locked in. See in the lab whether you are right.');
        form.querySelector('.row').append(make('button', { type: 'button', class: 'reveal', onclick: reveal },
            'Show the answer'));
    };
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const given = chosen(form);
        if (given === null) {
            say(form, 'Choose an answer first. A guess is fine: nobody counts it.', 'bad');
            form.querySelector('input').focus();
            return;
        }
        settle(given);
        answered(given);
    });
    if (answer !== undefined) settle(answer);
    return { reveal };
}

// One question of the quiz: asked until the answer is right. `found()` is called then.
export function startQuestion(form, answer, { found }) {
    const right = Number(form.dataset.right);
    const settle = () => {
        lock(form, right);
        markRight(form);
        say(form, 'That is right.', 'good');
        showExplanation(form);
    };
    form.addEventListener('change', () => say(form, ''));
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const given = chosen(form);
        if (given === null) say(form, 'Choose an answer first.', 'bad');
        else if (given !== right) say(form, 'Not this one. Think again, or try it in the lab.', 'bad');
        else {
            settle();
            found(right);
        }
    });
    if (answer === right) settle();
}

// The goals beside the text: ticks, and hints on demand.
export class GoalList {
    build(goals) {
        this.items = new Map();
        const list = byId('goals');
        list.replaceChildren(...goals.map((goal) => {
            const mark = make('span', { class: 'unseen' }, 'not reached yet: ');
            const hint = goal.hint
                ? make('details', {}, make('summary', {}, 'Hint'), make('p', {}, goal.hint)) : null;
            const item = make('li', { 'data-goal': goal.name },
                make('span', { class: 'tick', 'aria-hidden': 'true' }),
                make('div', {}, make('p', {}, mark, goal.title), hint));
            this.items.set(goal.name, { item, mark });
            return item;
        }));
    }

    // The goals that are newly ticked.
    sync(goals) {
        const fresh = [];
        for (const { name, title, ticked } of goals) {
            const { item, mark } = this.items.get(name);
            if (!ticked || item.classList.contains('ticked')) continue;
            item.classList.add('ticked');
            mark.textContent = 'reached: ';
            fresh.push({ name, title });
        }
        const done = goals.filter(({ ticked }) => ticked).length;
        byId('goal-dots').replaceChildren(
            make('span', { 'aria-hidden': 'true' }, '●'.repeat(done) + '○'.repeat(goals.length - done)),
            make('span', { class: goals.length > 0 ? 'quiet-text' : 'unseen' }, ` ${done} of ${goals.length} goals`));
        return fresh;
    }
}
