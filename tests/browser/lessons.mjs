// Every lesson: it opens, its goals can be reached with the native controls, its link and a reload
// bring back what there was.
import { eventually, expect, expectEqual } from './harness.mjs';
import { Student } from './student.mjs';

// For each goal, from a fresh lab: what a student sets and does, as in a link.
export const goals = {
    'guess-the-line': {
        'better-than-first': 'w=2.5&b=-0.5',
        'below-one': 'w=2&b=-1.5',
        perfect: 'w=2&b=-1',
    },
    'gradient-descent': {
        'reach-bottom': 'do=step:200',
        'single-step': 'learning-rate=0.5&do=step',
        'fly-off': 'learning-rate=1.5&do=step:100',
        'deeper-valley': 'landscape=two-valleys&start-x=3&momentum=0.9&do=step:1000',
        'narrow-valley': 'landscape=narrow-valley&momentum=0.6&learning-rate=0.6&do=step:40',
    },
    'one-neuron': {
        trained: 'do=train',
        'far-start': 'start-w=-4&start-b=4&do=train',
        'blow-up': 'learning-rate=0.3&do=step:20',
        fast: 'learning-rate=0.15&do=step:50',
    },
    'neurons-and-layers': {
        'linear-fails': 'activation=linear&do=step:25',
        circle: 'do=step:60',
        'no-hidden-layer': 'data=xor&layers=0&x1-times-x2=on&do=step:30',
        tiny: 'layers=1&neurons-1=3&do=step:100',
        spiral: 'data=spiral&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01&sin-x1=on&sin-x2=on&do=step:400',
    },
    'hello-sine': {
        'down-to-the-noise': 'do=step:500',
        whittled: 'do=step:500&do=quantize',
        cosine: 'function=cosine&do=step:500',
        smaller: 'architecture=1-16-1&do=step:500',
        robust: 'outliers=10&loss=mae&do=step:500',
    },
    'judging-a-classifier': {
        'accurate-and-blind': 'classifier=own&tp=0&fn=20&fp=0&tn=1000',
        'beat-nn3': 'classifier=detector&threshold=2.2',
        'miss-nothing': 'classifier=detector&threshold=0.5',
        'quiet-months': 'classifier=nn3&in-a-row=3&do=step:12',
        'noise-that-remembers': 'classifier=detector&memory=0.5&threshold=1.5&in-a-row=6&do=step:12',
    },
};

export async function checkLessons(harness) {
    const names = await harness.visit({}, async (page) => {
        await page.goto(harness.address);
        return page.$$eval('.lessons > li', (items) => items.map((item) => item.dataset.lesson));
    });
    await harness.check('the outline lists the lessons that have steps here', async () =>
        expectEqual([...names].sort(), Object.keys(goals).sort(), 'lessons'));
    for (const name of names) await checkLesson(harness, name, goals[name] ?? {});
}

async function checkLesson(harness, name, steps) {
    const visit = (work) => harness.visit({}, (page) => work(new Student(harness, page), page));
    await harness.check(`${name}: closed until the prediction is made, then with a picture and no complaint`, () =>
        visit((student, page) => checkPrediction(student, page, name)));
    await harness.check(`${name}: every goal can be reached`, () =>
        visit((student, page) => checkGoals(student, page, name, steps)));
    await harness.check(`${name}: link and reload bring back the same`, () =>
        checkLink(harness, name, Object.entries(steps).at(-1)));
    await harness.check(`${name}: the quiz`, () => visit((student, page) => checkQuiz(student, page, name)));
    await harness.check(`${name}: the controls follow the lab, and the lab the sliders`, () =>
        visit((student, page) => checkSlider(student, page, name)));
}

async function checkGoals(student, page, name, steps) {
    await student.open(name);
    await student.skipPrediction();
    expectEqual((await student.goals()).sort(), Object.keys(steps).sort(), 'goals');
    for (const [goal, link] of Object.entries(steps)) {
        await page.click('#afresh');
        expect(!(await student.ticked()).includes(goal), `${goal} is ticked before its steps`);
        await student.follow(link);
        await eventually(async () => (await student.ticked()).includes(goal), `${goal} ticks`);
        console.log(`       ${name}: ${goal} ticked after ${link}`);
    }
    await page.waitForSelector('.toast:has-text("Goal reached")');
    student.noComplaints();
}

async function checkPrediction(student, page, name) {
    await student.open(name);
    expect(await page.isVisible('#veil'), 'the lab is open');
    expect(await page.$eval('#mirror', (mirror) => mirror.inert), 'its controls can be used');
    await student.predict();
    expect(!(await page.isVisible('#veil')), 'the lab stays closed');
    await student.seesPicture();
    expect(await page.$eval('.predict input', (input) => input.disabled), 'the prediction can be changed');
    await page.reload();
    await student.labReady(name);
    expect(await page.$eval('.predict input', (input) => input.checked && input.disabled), 'a reload forgets it');
    await page.click('.reveal');
    expect(await page.isVisible('.predict .explanation'), 'there is no explanation');
    student.noComplaints();
}

async function checkLink(harness, name, [goal, link]) {
    const [address, readouts, ticked] = await harness.visit({}, async (page) => {
        const student = new Student(harness, page);
        await student.open(name);
        await student.skipPrediction();
        await student.follow(link);
        const saved = await student.savedAddress();
        const before = [await student.readouts(), await student.ticked()];
        await page.reload();
        await student.labReady(name);
        expectEqual(await student.readouts(), before[0], 'readouts after a reload');
        expectEqual(await student.ticked(), before[1], 'goals after a reload');
        await page.click('#copy-link');
        expectEqual(await page.evaluate(() => navigator.clipboard.readText()), saved, 'the copied link');
        await page.click('#copy-command');
        const command = await page.evaluate(() => navigator.clipboard.readText());
        expect(command.startsWith(`whittle lab ${name} --`), `the command is ${command}`);
        return [saved, ...before];
    });
    expect(ticked.includes(goal), `${goal} is not ticked`);
    await harness.visit({}, async (page) => {
        const student = new Student(harness, page);
        await page.goto(address);
        await student.labReady(name);
        expect(!(await page.isVisible('#veil')), 'the state of a link is hidden');
        expectEqual(await student.readouts(), readouts, 'readouts of the link elsewhere');
        student.noComplaints();
    });
}

async function checkQuiz(student, page, name) {
    await student.open(name);
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
    await page.goto(`${page.url().split('#')[0]}#`);
    await eventually(async () => (await page.textContent(`[data-lesson="${name}"] .state`))
        .includes(`${count} of ${count} questions`), 'the outline shows the answers');
}

// With the arrow keys, the first slider changes the lab, and the number beside it follows.
async function checkSlider(student, page, name) {
    await student.open(name);
    await student.skipPrediction();
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
