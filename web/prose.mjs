// A lesson as HTML, made when the page is built. The fields of a lesson are HTML already
// (web/build.mjs says where from); formulas in them are x-equation elements.
import katex from 'katex';

const kEntities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
const unescaped = (html) => html.replace(/&(amp|lt|gt|quot);/g, (entity) => kEntities[entity]);
const escaped = (text) => String(text).replace(/[&<>"]/g,
    (character) => Object.keys(kEntities).find((entity) => kEntities[entity] === character));

// Formulas as HTML for the eye and MathML for screen readers. A formula that KaTeX does not
// understand ends the build.
export function withFormulas(html, place) {
    return html.replace(/<x-equation( type="display")?>([\s\S]*?)<\/x-equation>/g, (_, display, formula) => {
        try {
            return katex.renderToString(unescaped(formula), { displayMode: display !== undefined, strict: 'error' });
        } catch (error) {
            throw new Error(`${place}: ${error.message}`);
        }
    });
}

const plainText = (html) => unescaped(html.replace(/<x-equation[^>]*>|<\/x-equation>|<[^>]*>/g, '')).trim();
const twoDigits = (number) => String(number).padStart(2, '0');

// A short formula as people say it: "\\frac{19}{18+2}" is "19/(18+2)".
export function spoken(formula, place) {
    const bracketed = (part) => /^[\w.]+$/.test(part) ? part : `(${part})`;
    const text = unescaped(formula)
        .replace(/\\frac\{([^{}]*)\}\{([^{}]*)\}/g, (_, top, bottom) => `${bracketed(top)}/${bracketed(bottom)}`)
        .replace(/\\sqrt\{([^{}]*)\}/g, (_, inside) => `√${bracketed(inside)}`)
        .replaceAll('\\cdot', '·').replaceAll('\\approx', '≈');
    if (/[\\{}]/.test(text)) throw new Error(`${place}: no way is known to say ${text}; use a few words in the answer.`);
    return text.trim();
}

// Screen readers need a name for an answer that is nothing but a formula.
function nameOf(answer, place) {
    const equation = /^<x-equation[^>]*>([\s\S]*?)<\/x-equation>$/.exec(answer.trim().replace(/^<p>|<\/p>$/g, '').trim());
    return equation ? ` aria-label="${escaped(spoken(equation[1], place))}"` : '';
}

function questionForm(question, name, attributes, button) {
    const answers = question.answers.map((answer, index) =>
        `<label class="answer"><input type="radio" name="${name}" value="${index}"${nameOf(answer, name)}><span>${answer}</span></label>`);
    return `<form class="question" ${attributes} data-right="${question.right}" novalidate>
<fieldset><legend>${question.text}</legend>
<div class="answers">${answers.join('\n')}</div></fieldset>
<div class="row"><button type="submit" class="strong">${button}</button></div>
<p class="verdict" role="status"></p>
<div class="explanation" hidden>${question.explanation}</div>
</form>`;
}

// In two halves, with <!-- lab --> where the lab stands when there is one column only.
export function lessonPage(lesson, following) {
    const questions = lesson.check.map((question, index) =>
        questionForm(question, `check-${index}`, `data-question="${index}"`, 'Check'));
    const next = following
        ? `<a class="button strong" href="#${following.name}">Next: ${escaped(following.title)}</a>` : '';
    const html = `<header>
<p class="kicker">Lesson ${lesson.number}</p>
<h1>${escaped(lesson.title)}</h1>
${lesson.about}
</header>
<section class="predict" aria-labelledby="predict-title">
<h2 id="predict-title">Predict</h2>
${questionForm(lesson.predict, 'predict', '', 'Lock in my prediction')}
</section>
<!-- lab -->
<section class="try" aria-labelledby="try-title">
<h2 id="try-title">Try</h2>
${lesson.try}
<h3 id="goals-title">Goals</h3>
<ul class="goals" id="goals" aria-labelledby="goals-title"></ul>
</section>
<section aria-labelledby="explain-title">
<h2 id="explain-title">Explain</h2>
${lesson.explain}
</section>
<section class="check" aria-labelledby="check-title">
<h2 id="check-title">Check</h2>
${questions.join('\n')}
</section>
<nav class="lesson-end" aria-label="From here">${next}<a class="button" href="#">All lessons</a></nav>
`;
    return withFormulas(html, lesson.name);
}

// A card of the outline; web/page/course.js reads the data attributes.
export function outlineEntry(lesson) {
    return `<li data-lesson="${lesson.name}" data-number="${lesson.number}" data-title="${escaped(lesson.title)}" data-questions="${lesson.check.length}">
<span class="number">${twoDigits(lesson.number)}</span>
<h3><a href="#${lesson.name}">${escaped(lesson.title)}</a></h3>
<div class="about"><p>${escaped(plainText(lesson.about))}</p></div>
<div class="meter" aria-hidden="true"></div><p class="state">Not begun</p></li>`;
}
