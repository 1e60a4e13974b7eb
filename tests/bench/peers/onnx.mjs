// Writes an int8 .tflite model as ONNX with the same weights, biases, scales and shapes. Activations become
// uint8, 128 higher, which ONNX Runtime's kernels for x86-64 prefer; the input stays NHWC and is transposed
// once, which its optimizer takes away again. Field numbers are those of onnx.proto.

const kType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 };

// --- Protocol buffers: a message is a list of fields [number, value] ----------------------------------

function varint(value) {
    const bytes = [];
    for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
        const low = Number(rest & 127n);
        if (rest < 128n) return Buffer.from([...bytes, low]);
        bytes.push(low | 128);
    }
}

// A value is a whole number, a text, bytes, or a message.
function field([number, value]) {
    if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
    const bytes = typeof value === 'string' ? Buffer.from(value) : Array.isArray(value) ? message(value) : value;
    return Buffer.concat([varint(number << 3 | 2), varint(bytes.length), bytes]);
}

const message = (fields) => Buffer.concat(fields.map(field));

// --- ONNX ---------------------------------------------------------------------------------------------

function attribute([name, value]) {
    if (Array.isArray(value)) return [[1, name], ...value.map((one) => [8, one]), [20, 7]];
    return [[1, name], [3, value], [20, 2]];
}

const valueInfo = (name, type, shape) =>
    [[1, name], [2, [[1, [[1, kType[type]], [2, shape.map((size) => [1, [[1, size]]])]]]]]];

class OnnxGraph {
    nodes = [];
    initializers = [];

    // The name of a constant; `bytes` in the order of its dimensions.
    constant(type, shape, bytes) {
        const name = `constant${this.initializers.length}`;
        this.initializers.push([...shape.map((size) => [1, size]), [2, kType[type]], [8, name], [9, bytes]]);
        return name;
    }

    floats(values, shape = []) { return this.constant('float32', shape, Buffer.from(Float32Array.from(values).buffer)); }

    node(domain, kind, inputs, output, attributes = {}) {
        this.nodes.push([...inputs.map((name) => [1, name]), [2, output], [4, kind],
            ...Object.entries(attributes).map((entry) => [5, attribute(entry)]), [7, domain]]);
        return output;
    }

    model(input, output) {
        const graph = [...this.nodes.map((node) => [1, node]), [2, 'model'],
            ...this.initializers.map((tensor) => [5, tensor]), [11, valueInfo(...input)], [12, valueInfo(...output)]];
        return message([[1, 8], [7, graph], [8, [[1, ''], [2, 17]]], [8, [[1, kMicrosoft], [2, 1]]]]);
    }
}

const kMicrosoft = 'com.microsoft';

// --- The model ----------------------------------------------------------------------------------------

// Scale and zero point of an activation, as two constants.
function quantizationOf(graph, tensor) {
    return [graph.floats(tensor.scales), graph.constant('uint8', [], Buffer.from([tensor.zeroPoints[0] + 128]))];
}

// Weights with their scales and zero points, of one channel after another.
function weightsOf(graph, tensor, shape, bytes) {
    const shapeOfScales = tensor.scales.length === 1 ? [] : [tensor.scales.length];
    if (tensor.zeroPoints.some((zero) => zero !== 0)) throw new Error('weights with a zero point');
    return [graph.constant('int8', shape, bytes), graph.floats(tensor.scales, shapeOfScales),
        graph.constant('int8', shapeOfScales, Buffer.alloc(tensor.scales.length))];
}

const biasOf = (graph, tensor) => graph.constant('int32', tensor.shape, tensor.data);

// [O, H, W, I] to [O, I, H, W]; depthwise [1, H, W, O] to [O, 1, H, W].
function transposedFilter({ shape: [outer, height, width, inner], data }, depthwise) {
    const [outputs, inputs] = depthwise ? [inner, 1] : [outer, inner];
    const bytes = Buffer.alloc(data.length);
    let at = 0;
    for (let o = 0; o < outputs; ++o) {
        for (let i = 0; i < inputs; ++i) {
            for (let y = 0; y < height; ++y) {
                for (let x = 0; x < width; ++x) {
                    const from = depthwise ? (y * width + x) * inner + o : ((o * height + y) * width + x) * inner + i;
                    bytes[at++] = data[from];
                }
            }
        }
    }
    return [[outputs, inputs, height, width], bytes];
}

// Rows and columns of zeros before and after, as TFLite's SAME counts them.
function padsOf(operator, inputShape, outputShape, window) {
    const around = [0, 1].map((axis) => operator.same
        ? Math.max(0, (outputShape[axis + 1] - 1) * operator.strides[axis] + window[axis] - inputShape[axis + 1]) : 0);
    return [...around.map((all) => all >> 1), ...around.map((all) => all - (all >> 1))];
}

const kWriters = {
    conv(graph, operator, [input, filter, bias], output, name) {
        const depthwise = operator.kind === 'depthwise';
        const [shape, bytes] = transposedFilter(filter, depthwise);
        graph.node('', 'QLinearConv', [input.name, ...quantizationOf(graph, input),
            ...weightsOf(graph, filter, shape, bytes), ...quantizationOf(graph, output), biasOf(graph, bias)], name, {
            kernel_shape: shape.slice(2), strides: operator.strides, group: depthwise ? shape[0] : 1,
            pads: padsOf(operator, input.shape, output.shape, shape.slice(2)),
        });
    },
    dense(graph, operator, [input, weights, bias], output, name) {
        graph.node(kMicrosoft, 'QGemm', [input.name, ...quantizationOf(graph, input),
            ...weightsOf(graph, weights, weights.shape, weights.data), biasOf(graph, bias),
            ...quantizationOf(graph, output)], name, { transB: 1 });
    },
    add(graph, operator, inputs, output, name) {
        graph.node(kMicrosoft, 'QLinearAdd', [...inputs.flatMap((input) => [input.name, ...quantizationOf(graph, input)]),
            ...quantizationOf(graph, output)], name);
    },
    average_pool(graph, operator, [input], output, name) {
        if (input.shape[1] !== operator.window[0] || input.shape[2] !== operator.window[1]) {
            throw new Error('an average over less than all');
        }
        graph.node(kMicrosoft, 'QLinearGlobalAveragePool', [input.name, ...quantizationOf(graph, input),
            ...quantizationOf(graph, output)], name);
    },
    reshape(graph, operator, [input], output, name) {
        if (input.shape.length === 4 && input.shape[1] * input.shape[2] !== 1) throw new Error('a reshape of an image');
        const shape = graph.constant('int64', [output.shape.length], Buffer.from(BigInt64Array.from(output.shape.map(BigInt)).buffer));
        graph.node('', 'Reshape', [input.name, shape], name);
    },
    softmax(graph, operator, [input], output, name) {
        graph.node(kMicrosoft, 'QLinearSoftmax', [input.name, ...quantizationOf(graph, input),
            ...quantizationOf(graph, output)], name, { axis: -1, opset: 13 });
    },
};
kWriters.depthwise = kWriters.conv;

// The bytes of an .onnx file; its input is called "input", its output "output". `model`: from readTflite().
export function onnxOf({ tensors, operators, inputs: [first], outputs: [last] }) {
    const graph = new OnnxGraph();
    const input = tensors[first];
    input.name = 'input';
    if (input.type !== 'int8') throw new Error(`an input of ${input.type}`);
    if (input.shape.length === 4) input.name = graph.node('', 'Transpose', ['input'], 'channels_first', { perm: [0, 3, 1, 2] });
    for (const operator of operators) {
        const output = tensors[operator.outputs[0]];
        // What it cuts off at zero, uint8 cuts off where zero is 0.
        if (operator.activation === 'relu' && output.zeroPoints[0] !== -128) throw new Error('a ReLU above -128');
        output.name = operator.outputs[0] === last ? 'output' : `tensor${operator.outputs[0]}`;
        kWriters[operator.kind](graph, operator, operator.inputs.map((index) => tensors[index]), output, output.name);
    }
    return graph.model(['input', 'uint8', input.shape], ['output', 'uint8', tensors[last].shape]);
}
