// What a student does on the page, through the controls that everyone has.
import { eventually, expect } from './harness.mjs';

export class Student {
    constructor(harness, page) {
        Object.assign(this, { harness, page });
    }

    // Opens a lesson and waits for its lab. `link`: the state in the address.
    async open(lesson, link = '') {
        // A page that is open already would not be loaded again for what is new after the #.
        if (this.page.url() !== 'about:blank') await this.page.goto('about:blank');
        await this.page.goto(`${this.harness.address}#${lesson}${link && `?${link}`}`);
        await this.labReady(lesson);
    }

    async labReady(lesson) {
        await this.page.waitForSelector(`#lab[data-ready="${lesson}"]`);
        await this.page.waitForFunction(() => globalThis.whittle.state().restoring === null);
        await this.page.waitForSelector('#restoring', { state: 'hidden' });
    }

    async reload(lesson) {
        await this.page.reload();
        await this.labReady(lesson);
    }

    async skipPrediction() {
        if (await this.page.isVisible('#veil')) await this.page.click('#skip-predict');
    }

    async predict() {
        await this.page.click('.predict .answer >> nth=0');
        await this.page.click('.predict button[type=submit]');
    }

    // A setting, by its native control: number box, list or tick box.
    async set(name, value) {
        await this.openGroupOf(`[data-parameter="${name}"]`);
        const control = this.page.locator(`#parameter-${name}`);
        const kind = await control.evaluate((element) => element.type);
        if (kind === 'checkbox') await control.setChecked(value === 'on');
        else if (kind === 'select-one') await control.selectOption(String(value));
        else {
            await control.fill(String(value));
            await control.press('Enter');
        }
    }

    async act(name, count = 1) {
        await this.openGroupOf(`[data-action="${name}"]`);
        if (name === 'step') {
            await this.page.fill('#repeat', String(count));
            await this.page.click('#mirror [data-action="step"]');
        } else {
            for (let i = 0; i < count; ++i) await this.page.click(`#mirror [data-action="${name}"]`);
        }
    }

    async openGroupOf(selector) {
        const closed = this.page.locator(`#mirror details:not([open]):has(${selector}) > summary`);
        if (await closed.count()) await closed.click();
    }

    // "w=3&do=step:50", done by hand.
    async follow(link) {
        for (const part of link.split('&')) {
            const [name, value] = part.split('=');
            if (name !== 'do') await this.set(name, value);
            else {
                const [action, count = 1] = value.split(':');
                await this.act(action, Number(count));
            }
        }
    }

    readouts() {
        return this.page.$$eval('#mirror output', (outputs) =>
            outputs.map((output) => `${output.dataset.readout}=${output.textContent}`));
    }

    goals() {
        return this.page.$$eval('#goals li', (items) => items.map((item) => item.dataset.goal));
    }

    ticked() {
        return this.page.$$eval('#goals li.ticked', (items) => items.map((item) => item.dataset.goal));
    }

    // A parameter's value, as the lab has it.
    value(name) {
        return this.page.evaluate((wanted) => globalThis.whittle.state().parameters
            .find((parameter) => parameter.name === wanted).value, name);
    }

    parameter(name) {
        return this.page.evaluate((wanted) => globalThis.whittle.state().parameters
            .find((parameter) => parameter.name === wanted), name);
    }

    // The address once the state is in it; the page itself waits a moment before it saves.
    savedAddress() {
        return this.page.waitForFunction(() => {
            const { lesson, link } = globalThis.whittle.state();
            return location.hash === (link ? `#${lesson}?${link}` : `#${lesson}`) && location.href;
        }).then((handle) => handle.jsonValue());
    }

    // Until everything that has happened is drawn.
    async drawn() {
        await this.page.waitForFunction(() => !globalThis.whittle.statistics().pending);
    }

    // What in the picture answers to the pointer, in CSS pixels of the window: {name: {x, y, width,
    // height}, ...}; and what the tooltip says.
    async pointed() {
        await this.page.evaluate(() => document.getElementById('canvas').scrollIntoView({ block: 'nearest' }));
        await this.drawn();
        const { places, tip } = await this.page.evaluate(() => globalThis.whittle.places());
        await this.drawn();
        const box = await this.page.locator('#canvas').boundingBox();
        const found = {};
        for (const { name, x, y, width, height } of places) {
            found[name] ??= { x: box.x + x, y: box.y + y, width, height };
        }
        return { places: found, tip };
    }

    async place(name) {
        const { places } = await this.pointed();
        expect(places[name], `there is no “${name}” in the picture, only ${Object.keys(places).join(', ')}`);
        return places[name];
    }

    // How many different colours the picture has.
    coloursOfCanvas() {
        return this.page.evaluate(async () => {
            const bitmap = await createImageBitmap(document.getElementById('canvas'));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
            const context = canvas.getContext('2d', { willReadFrequently: true });
            context.drawImage(bitmap, 0, 0);
            const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
            return new Set(new Uint32Array(data.buffer)).size;
        });
    }

    // A blank picture has one colour, and one with a message on it a few greys.
    async seesPicture() {
        await this.drawn();
        const colours = await this.coloursOfCanvas();
        expect(colours > 40, `the picture has only ${colours} colours`);
    }

    noComplaints() {
        expect(this.page.complaints.length === 0, this.page.complaints.join('\n'));
    }
}
