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
        await eventually(async () => (await this.page.textContent('#restoring')) === '', 'the link is applied');
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

    // The address once the state is in it.
    async savedAddress() {
        let last = null;
        return eventually(async () => {
            const now = this.page.url();
            await this.page.waitForTimeout(900);  // longer than the page waits before it saves
            const settled = now === last;
            last = now;
            return settled ? now : null;
        }, 'the state is in the address');
    }

    // How many different colours the picture has.
    async coloursOfCanvas() {
        const png = await this.page.locator('#canvas').screenshot();
        return this.page.evaluate(async (base64) => {
            const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
            const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
            const context = canvas.getContext('2d');
            context.drawImage(bitmap, 0, 0);
            const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
            return new Set(new Uint32Array(data.buffer)).size;
        }, png.toString('base64'));
    }

    // A blank picture has one colour, and one with a message on it a few greys.
    async seesPicture() {
        const colours = await eventually(async () => {
            const count = await this.coloursOfCanvas();
            return count > 40 ? count : 0;
        }, 'the picture has many colours');
        expect(colours > 40, `only ${colours} colours`);
    }

    noComplaints() {
        expect(this.page.complaints.length === 0, this.page.complaints.join('\n'));
    }
}
