// The lab's controls as native HTML: one for every parameter, action and readout that the lab
// declares. Built once for a lab, then kept in step with its state.

import { announce, make, setText } from './dom.js';
import { choiceTitle, sliderPosition, sliderRange, sliderText } from './numbers.js';

const kWidestSlider = 100000;  // a seed has no use for a slider
const kQuietSeconds = 2.5;     // between two readings to a screen reader
const kMaxRepeat = 1000000;
const kOpenGroups = 4;         // the first ones; the others are opened by the student

const kIcons = { play: '▶', pause: '❚❚', step: '▸|', reset: '↺' };

// Beside each other, "Play" and "Pause" are one button.
const isShown = (action) => action.name !== 'pause';

export class Mirror {
    // `engine` as in engine.js; `changed()` is called after whatever the controls did;
    // `notify(text)` tells what the lab did not take as it was given.
    constructor(root, engine, { changed, notify, saveFile, openFile }) {
        Object.assign(this, { root, engine, changed, notify, saveFile, openFile });
    }

    build(state) {
        this.controls = new Map();
        this.readings = new Map();
        this.lastSpoken = 0;
        this.spoken = '';
        clearTimeout(this.speaking);
        const loose = state.parameters.filter(({ group }) => !group);
        const parts = [this.actionRow(state), this.readoutList(state),
            loose.length > 0 ? this.parameterGrid(loose) : null, ...this.groups(state)];
        this.files = make('div', { class: 'files', role: 'group', 'aria-label': 'Files' });
        this.root.replaceChildren(...parts.filter(Boolean), this.files);
        this.exports = '';
        this.sync(state);
    }

    sync(state) {
        this.state = state;
        for (const parameter of state.parameters) this.controls.get(parameter.name)?.(parameter);
        for (const readout of state.readouts) setText(this.readings.get(readout.name), readout.text);
        if (this.play) {
            setText(this.play.lastElementChild, state.playing ? 'Pause' : 'Play');
            setText(this.play.firstElementChild, state.playing ? kIcons.pause : kIcons.play);
            this.play.dataset.action = state.playing ? 'pause' : 'play';
        }
        this.syncFiles(state);
        this.speak(state);
    }

    act(name, count = 1) {
        const answer = this.engine.act(name, count);
        if (answer.error) this.notify(answer.error);
        this.changed();
    }

    set(name, text) {
        const answer = this.engine.set(name, text);
        if (answer.error) this.notify(answer.error);
        this.changed();
        return !answer.error;
    }

    actionRow(state) {
        this.play = null;
        const row = make('div', { class: 'actions', role: 'group', 'aria-label': 'Actions' });
        for (const action of state.actions.filter((action) => isShown(action) && !action.group)) {
            const button = this.actionButton(action);
            row.append(button);
            if (action.name === 'play') {
                this.play = button;
                button.classList.add('strong');
            }
            if (action.name === 'step') row.append(this.repeatBox());
        }
        return row;
    }

    actionButton(action) {
        const icon = kIcons[action.name];
        const button = make('button', {
            type: 'button', title: action.help || null, 'data-action': action.name,
            onclick: () => this.act(button.dataset.action, this.repeatOf(action.name)),
        }, icon ? make('span', { class: 'icon', 'aria-hidden': 'true' }, icon) : null,
        make('span', {}, action.title));
        return button;
    }

    // Settings and actions under their headings, in the order of the declaration.
    groups(state) {
        const titles = [...new Set(state.parameters.map(({ group }) => group).filter(Boolean))];
        return titles.map((title, index) => {
            const ours = ({ group }) => group === title;
            const buttons = state.actions.filter(ours).map((action) => this.actionButton(action));
            return make('details', { class: 'group', open: index < kOpenGroups },
                make('summary', {}, title), this.parameterGrid(state.parameters.filter(ours), title),
                buttons.length > 0 ? make('div', { class: 'actions' }, ...buttons) : null);
        });
    }

    repeatBox() {
        this.repeat = make('input', {
            type: 'number', min: 1, max: kMaxRepeat, step: 1, value: 1, inputmode: 'numeric',
            id: 'repeat',
        });
        return make('label', { class: 'repeat', for: 'repeat' },
            make('span', { 'aria-hidden': 'true' }, '×'),
            make('span', { class: 'unseen' }, 'Steps at once'), this.repeat);
    }

    repeatOf(action) {
        if (action !== 'step') return 1;
        const wanted = Math.round(Number(this.repeat.value)) || 1;
        const count = Math.min(Math.max(wanted, 1), kMaxRepeat);
        this.repeat.value = count;
        return count;
    }

    readoutList(state) {
        if (state.readouts.length === 0) return null;
        const list = make('dl', { class: 'readouts', 'aria-label': 'Readouts' });
        for (const readout of state.readouts) {
            const value = make('output', { 'data-readout': readout.name, 'aria-live': 'off' });
            this.readings.set(readout.name, value);
            list.append(make('div', { title: readout.help || null },
                make('dt', {}, readout.title),
                make('dd', {}, value, readout.unit ? make('span', { class: 'unit' }, ` ${readout.unit}`) : null)));
        }
        return list;
    }

    parameterGrid(parameters, title = 'Settings') {
        const onlyToggles = parameters.every(({ kind }) => kind === 'toggle');
        const grid = make('div', {
            class: onlyToggles ? 'parameters toggles' : 'parameters', role: 'group', 'aria-label': title,
        });
        let help = '';
        for (const parameter of parameters) {
            const control = this.parameterControl(parameter);
            // What was just said is not said again to the eye.
            if (parameter.help === help) control.querySelector('.help')?.classList.add('unseen');
            help = parameter.help;
            grid.append(control);
        }
        return grid;
    }

    parameterControl(parameter) {
        const id = `parameter-${parameter.name}`;
        const help = parameter.help
            ? make('span', { class: 'help', id: `${id}-help` }, parameter.help) : null;
        const describedBy = help ? help.id : null;
        const kinds = { choice: 'choiceInput', toggle: 'toggleInput' };
        const parts = this[kinds[parameter.kind] ?? 'numberInputs'](parameter, id, describedBy);
        const title = make('label', { for: id }, parameter.title);
        if (parameter.unit) title.append(make('span', { class: 'unit' }, ` (${parameter.unit})`));
        return make('div', { class: `parameter ${parameter.kind}`, 'data-parameter': parameter.name },
            title, ...parts, help);
    }

    choiceInput(parameter, id, describedBy) {
        const select = make('select', {
            id, 'aria-describedby': describedBy,
            onchange: () => this.set(parameter.name, select.value),
        }, ...parameter.choices.map((choice) => make('option', { value: choice }, choiceTitle(choice))));
        this.controls.set(parameter.name, ({ text }) => { if (select.value !== text) select.value = text; });
        return [select];
    }

    toggleInput(parameter, id, describedBy) {
        const box = make('input', {
            type: 'checkbox', id, 'aria-describedby': describedBy,
            onchange: () => this.set(parameter.name, box.checked ? 'on' : 'off'),
        });
        this.controls.set(parameter.name, ({ value }) => { box.checked = value !== 0; });
        return [box];
    }

    numberInputs(parameter, id, describedBy) {
        const box = make('input', {
            type: 'number', id, inputmode: 'decimal', 'aria-describedby': describedBy,
            min: parameter.minimum, max: parameter.maximum, step: parameter.step || (parameter.kind === 'integer' ? 1 : 'any'),
        });
        // While a number is typed, the lab follows only when it is a whole one.
        box.addEventListener('input', () => { if (box.validity.valid && box.value !== '') this.set(parameter.name, box.value); });
        box.addEventListener('change', () => {
            if (box.value !== '') this.set(parameter.name, box.value);
            this.show(parameter.name, true);
        });
        const wide = parameter.maximum - parameter.minimum > kWidestSlider && !parameter.logarithmic;
        const beside = wide && parameter.kind === 'integer' ? this.anotherButton(parameter) : this.slider(parameter);
        this.controls.set(parameter.name, (now, force) => {
            beside.show?.(now);
            if ((force || document.activeElement !== box) && box.value !== now.text) box.value = now.text;
        });
        return [beside.element, box];
    }

    // Shows the lab's value in a control, also while it has the focus.
    show(name, force) {
        const now = this.engine.state().parameters.find((parameter) => parameter.name === name);
        this.controls.get(name)(now, force);
    }

    slider(parameter) {
        const element = make('input', {
            type: 'range', ...sliderRange(parameter), 'aria-label': `${parameter.title}, slider`,
            oninput: () => this.set(parameter.name, sliderText(parameter, Number(element.value))),
        });
        let shown = null;
        const show = ({ value, text }) => {
            const position = String(sliderPosition(parameter, value));
            if (text === shown && element.value === position) return;
            shown = text;
            element.value = position;
            element.setAttribute('aria-valuetext', parameter.unit ? `${text} ${parameter.unit}` : text);
            const { min, max } = element;
            element.style.setProperty('--filled', `${100 * (element.value - min) / (max - min)}%`);
        };
        return { element, show };
    }

    anotherButton(parameter) {
        const range = Math.min(parameter.maximum - parameter.minimum, 99998);
        const perform = () => this.set(parameter.name,
            String(parameter.minimum + 1 + Math.floor(Math.random() * range)));
        return {
            element: make('button', {
                type: 'button', onclick: perform, 'aria-label': `Another ${parameter.title.toLowerCase()}`,
            }, 'Another'),
        };
    }

    syncFiles(state) {
        const exports = state.exports ?? [];
        const imports = state.imports ?? [];
        const kinds = `${exports.join()};${imports.join()}`;
        if (kinds === this.exports) return;
        this.exports = kinds;
        const titles = { tflite: 'Save as .tflite', c: 'Save as C code' };
        this.files.replaceChildren(...imports.map((kind) => this.openButton(kind)), ...exports.map((kind) => make('button', {
            type: 'button', 'data-export': kind, onclick: () => this.saveFile(kind),
        }, titles[kind] ?? `Save as ${kind}`)));
    }

    // A button for a file input, which browsers draw each in its own way.
    openButton(kind) {
        const input = make('input', {
            type: 'file', accept: `.${kind}`, class: 'unseen', tabindex: '-1', 'aria-hidden': 'true', 'data-import': kind,
        });
        input.addEventListener('change', () => {
            const [file] = input.files;
            if (file) this.openFile(file);
            input.value = '';
        });
        return make('span', {}, make('button', { type: 'button', onclick: () => input.click() }, `Open a .${kind} …`), input);
    }

    // Reads out what changed, when it has been still for a while, and not while the lab plays.
    speak(state) {
        const told = state.readouts.map((readout) => `${readout.title} ${readout.text} ${readout.unit}`.trim()).join(', ');
        if (this.spoken === '') this.spoken = told;
        clearTimeout(this.speaking);
        if (told === this.spoken || state.playing) return;
        this.speaking = setTimeout(() => {
            this.spoken = told;
            announce(told);
        }, kQuietSeconds * 1000);
    }
}
