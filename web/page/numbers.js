// Where a slider stands for a value, and back. A slider has kSteps positions when its parameter has no
// grid of its own, or covers orders of magnitude.

const kSteps = 200;

export const hasOwnGrid = ({ kind, step, logarithmic }) =>
    !logarithmic && (kind === 'integer' || step > 0);

export function sliderRange(parameter) {
    return hasOwnGrid(parameter)
        ? { min: parameter.minimum, max: parameter.maximum, step: parameter.step || 1 }
        : { min: 0, max: kSteps, step: 1 };
}

export function sliderPosition(parameter, value) {
    if (hasOwnGrid(parameter)) return value;
    const { minimum, maximum, logarithmic } = parameter;
    const part = logarithmic
        ? Math.log(value / minimum) / Math.log(maximum / minimum)
        : (value - minimum) / (maximum - minimum);
    return Math.round(part * kSteps);
}

// As text for the lab.
export function sliderText(parameter, position) {
    if (hasOwnGrid(parameter)) return String(position);
    const { minimum, maximum, logarithmic, kind } = parameter;
    const part = position / kSteps;
    const value = logarithmic
        ? minimum * (maximum / minimum) ** part
        : minimum + (maximum - minimum) * part;
    // Three digits are as fine as the slider is.
    const rounded = Number(value.toPrecision(3));
    const within = Math.min(Math.max(rounded, minimum), maximum);
    return String(kind === 'integer' ? Math.round(within) : within);
}

const kSpelled = {
    relu: 'ReLU', 'leaky-relu': 'Leaky ReLU', silu: 'SiLU', xor: 'XOR', mse: 'MSE', mae: 'MAE',
    sgd: 'SGD', l1: 'L1', l2: 'L2', tanh: 'tanh',
};

// The name of a choice as people write it: "two-gaussians" -> "Two gaussians".
export const choiceTitle = (name) => {
    const words = name.replaceAll('-', ' ');
    return kSpelled[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
};
