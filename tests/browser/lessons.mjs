// Every lesson, as a student goes through it: predict, reach the goals with the native controls,
// answer the quiz, leave and come back; then the same state by its link in another browser, on every
// size of screen.
import { eventually, expect, expectEqual } from './harness.mjs';
import { lookAround, violations } from './looks.mjs';
import { Student } from './student.mjs';

// For each goal, from a fresh lab: what a student sets and does, as in a link. `shared`: a state that
// is worth a picture, handed on as a link.
export const lessons = {
    'guess-the-line': {
        goals: {
            'better-than-first': 'w=2.5&b=-0.5',
            'below-one': 'w=2&b=-1.5',
            perfect: 'w=2&b=-1',
        },
        shared: 'w=3&b=-1',
    },
    'gradient-descent': {
        goals: {
            'reach-bottom': 'do=step:200',
            'single-step': 'learning-rate=0.5&do=step',
            'fly-off': 'learning-rate=1.5&do=step:100',
            'deeper-valley': 'landscape=two-valleys&start-x=3&momentum=0.9&do=step:1000',
            'narrow-valley': 'landscape=narrow-valley&momentum=0.6&learning-rate=0.6&do=step:40',
        },
        shared: 'landscape=narrow-valley&learning-rate=0.9&momentum=0.3&do=step:25',
    },
    'one-neuron': {
        goals: {
            trained: 'do=train',
            'far-start': 'start-w=-4&start-b=4&do=train',
            'blow-up': 'learning-rate=0.3&do=step:20',
            fast: 'learning-rate=0.15&do=step:50',
        },
        shared: 'start-w=-3&start-b=3&learning-rate=0.05&do=step:120',
    },
    'neurons-and-layers': {
        goals: {
            'linear-fails': 'activation=linear&do=step:25',
            circle: 'do=step:60',
            'no-hidden-layer': 'data=xor&layers=0&x1-times-x2=on&do=step:30',
            tiny: 'layers=1&neurons-1=3&do=step:100',
            spiral: 'data=spiral&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01&sin-x1=on&sin-x2=on&do=step:400',
        },
        shared: 'data=spiral&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01&sin-x1=on&do=step:150',
    },
    'hello-sine': {
        goals: {
            'down-to-the-noise': 'do=step:500',
            whittled: 'do=step:500&do=quantize',
            cosine: 'function=cosine&do=step:500',
            smaller: 'architecture=1-16-1&do=step:500',
            robust: 'outliers=10&loss=mae&do=step:500',
        },
        shared: 'outliers=5&do=step:500&do=quantize',
    },
    'judging-a-classifier': {
        goals: {
            'accurate-and-blind': 'classifier=own&tp=0&fn=20&fp=0&tn=1000',
            'beat-nn3': 'classifier=detector&threshold=2.2',
            'miss-nothing': 'classifier=detector&threshold=0.5',
            'quiet-months': 'classifier=nn3&in-a-row=3&do=step:12',
            'noise-that-remembers': 'classifier=detector&memory=0.5&threshold=1.5&in-a-row=6&do=step:12',
        },
        shared: 'classifier=detector&memory=0.3&in-a-row=2&do=step:12',
    },
    'counting-cost': {
        goals: {
            count: 'kind=dense&layers=2&guess-parameters=16330&guess-macs=16280',
            camera: 'side=48&filters=4&numbers=int8',
            uno: 'side=16&filters=4&numbers=int8',
            separable: 'kind=separable&channels=1&filters=32&layers=4',
        },
        shared: 'side=64&numbers=int8&board=uno',
    },
    arena: {
        goals: {
            walk: 'do=step:7',
            'offsets-win': 'model=puzzle&planner=by-size&do=step:7',
            savings: 'model=branches&overlap=on&fuse=on&planner=exact&do=step',
            'beat-greedy': 'model=puzzle&planner=by-hand&tensor=1&address=3584&do=put&tensor=2&address=0&do=put&tensor=3&address=3584&do=put&tensor=4&address=5632&do=put&tensor=5&address=10240&do=put&tensor=6&address=0&do=put&tensor=7&address=5632&do=put',
            'above-the-bound': 'model=tight&planner=exact&do=step',
        },
        shared: 'model=resnet&do=step:9',
    },
};

export function planLessons(harness) {
    harness.visit('outline', { colorScheme: 'light' }, async (page, context, check) => {
        await check('lists the lessons that have steps here', async () => {
            await page.goto(harness.address);
            const names = await page.$$eval('.lessons > li', (items) => items.map((item) => item.dataset.lesson));
            expectEqual(names.sort(), Object.keys(lessons).sort(), 'lessons');
        });
        await check('every size of screen, light and dark', () => lookAround(harness, page, 'outline'));
    });
    for (const [name, steps] of Object.entries(lessons)) {
        harness.visit(name, { colorScheme: 'light' }, (page, context, check) =>
            study(harness, new Student(harness, page), name, steps, check));
    }
}

async function study(harness, student, name, steps, check) {
    const { page } = student;
    await check('closed until the prediction is made, then with a picture', () =>
        checkPrediction(harness, student, name));
    await check('the first slider moves the lab, and the address follows by itself', () =>
        checkSlider(student));
    for (const [goal, link] of Object.entries(steps.goals)) {
        await check(`goal ${goal}, by ${link}`, () => checkGoal(student, goal, link));
    }
    await check('quiz', () => checkQuiz(student));
    await check('a reload brings back all of it', () => checkReload(student, name, steps));
    const [address, readouts] = await check('copies its link and its command', () =>
        checkCopies(student, name, steps.shared));
    await check('the outline shows what was done', () => checkOutline(student, name));
    await harness.inBrowser({ colorScheme: 'light' }, async (elsewhere) => {
        await check('its link brings the same readouts elsewhere', () =>
            checkElsewhere(new Student(harness, elsewhere), name, address, readouts));
        await check('every size of screen, light and dark', () =>
            lookAround(harness, elsewhere, name));
    });
    await check('nothing to complain of', async () => student.noComplaints());
    expect(!page.isClosed(), 'the page is gone');
}

async function checkPrediction(harness, student, name) {
    const { page } = student;
    await student.open(name);
    expect(await page.isVisible('#veil'), 'the lab is open');
    expect(await page.$eval('#mirror', (mirror) => mirror.inert), 'its controls can be used');
    await harness.picture(page, `${name}-wide-closed`);
    expectEqual(await violations(page), [], 'violations before the prediction');
    await student.predict();
    expect(!(await page.isVisible('#veil')), 'the lab stays closed');
    expect(await page.$eval('#mirror', (mirror) => !mirror.inert), 'its controls cannot be used');
    expect(await page.$eval('.predict input', (input) => input.disabled), 'the prediction can be changed');
    await student.seesPicture();
    await page.click('.reveal');
    expect(await page.isVisible('.predict .explanation'), 'there is no explanation');
}

// With the arrow keys, the first slider changes the lab, and the number beside it follows. The address
// has it soon, with nothing that makes the page save: a crash loses nothing.
async function checkSlider(student) {
    const { page } = student;
    const parameter = page.locator('#mirror .parameter:has(input[type=range])').first();
    const number = parameter.locator('input[type=number]');
    const before = await number.inputValue();
    await parameter.locator('input[type=range]').focus();
    await page.keyboard.press('ArrowRight');
    const after = await eventually(async () => {
        const value = await number.inputValue();
        return value !== before && value;
    }, 'the number follows the slider');
    const set = await parameter.getAttribute('data-parameter');
    const address = await student.savedAddress();
    expect(address.includes(`${set}=${after}`), `${set}=${after} is not in ${address}`);
}

async function checkGoal(student, goal, link) {
    const { page } = student;
    await page.click('#afresh');
    expect(!(await student.ticked()).includes(goal), 'it is ticked before its steps');
    await student.follow(link);
    await page.waitForSelector(`#goals [data-goal="${goal}"].ticked`);
    await page.waitForSelector('.toast:has-text("Goal reached")');
}

async function checkQuiz(student) {
    const { page } = student;
    const count = await page.locator('.check .question').count();
    expect(count >= 3, `there are ${count} questions`);
    for (let i = 0; i < count; ++i) {
        const form = page.locator('.check .question').nth(i);
        const right = Number(await form.getAttribute('data-right'));
        const answers = form.locator('.answer');
        const wrong = (right + 1) % (await answers.count());
        await answers.nth(wrong).click();
        await form.locator('button[type=submit]').click();
        expect(!(await form.locator('.explanation').isVisible()), 'a wrong answer counts as right');
        await answers.nth(right).click();
        await form.locator('button[type=submit]').click();
        expect(await form.locator('.explanation').isVisible(), 'the right answer is not explained');
    }
}

async function checkReload(student, name, steps) {
    const { page } = student;
    const before = [await student.readouts(), await student.ticked()];
    expectEqual([...before[1]].sort(), Object.keys(steps.goals).sort(), 'goals that are ticked');
    await student.reload(name);
    expectEqual(await student.readouts(), before[0], 'readouts');
    expectEqual(await student.ticked(), before[1], 'goals');
    expect(await page.$eval('.predict input', (input) => input.checked && input.disabled), 'the prediction is forgotten');
    expectEqual(await page.locator('.check .question.locked').count(), await page.locator('.check .question').count(), 'answers');
}

async function checkCopies(student, name, link) {
    const { page } = student;
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await page.click('#afresh');
    await student.follow(link);
    const address = await student.savedAddress();
    await page.click('#copy-link');
    await eventually(async () => (await clipboard()) === address, `the clipboard has ${address}`);
    await page.click('#copy-command');
    await eventually(async () => (await clipboard()).startsWith(`whittle lab ${name} --`), 'the clipboard has the command');
    return [address, await student.readouts()];
}

async function checkOutline(student, name) {
    const { page } = student;
    await page.click('.brand');
    await eventually(async () => (await page.textContent(`[data-lesson="${name}"] .state`)) === 'Done', 'the outline says Done');
}

async function checkElsewhere(student, name, address, readouts) {
    const { page } = student;
    await page.goto(address);
    await student.labReady(name);
    expect(!(await page.isVisible('#veil')), 'the state of a link is hidden');
    expectEqual(await student.readouts(), readouts, 'readouts');
    await student.seesPicture();
    const described = await page.getAttribute('#canvas', 'aria-label');
    expect(described.length > 40, `for screen readers the picture is “${described}”`);
    student.noComplaints();
}
