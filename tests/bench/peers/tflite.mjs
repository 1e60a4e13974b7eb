// Reads the operators of an int8 .tflite model of one subgraph, as far as onnx.mjs needs them. Fields are
// numbered as in core/ops/tflite.fbs. For files that are known to be well formed.

class Table {
    constructor(view, at) {
        this.view = view;
        this.at = at;
    }

    static root(bytes) {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        return new Table(view, view.getUint32(0, true));
    }

    // Where a field stands, or 0 where it is left out.
    place(field) {
        const fields = this.at - this.view.getInt32(this.at, true);
        const entry = 4 + 2 * field;
        const offset = entry < this.view.getUint16(fields, true) ? this.view.getUint16(fields + entry, true) : 0;
        return offset === 0 ? 0 : this.at + offset;
    }

    byte(field, otherwise = 0) {
        const place = this.place(field);
        return place === 0 ? otherwise : this.view.getInt8(place);
    }

    int(field, otherwise = 0) {
        const place = this.place(field);
        return place === 0 ? otherwise : this.view.getInt32(place, true);
    }

    table(field) {
        const place = this.place(field);
        return place === 0 ? null : new Table(this.view, place + this.view.getUint32(place, true));
    }

    // `read` takes the place of each element; elements are `size` bytes apart.
    list(field, size, read) {
        const place = this.place(field);
        if (place === 0) return [];
        const start = place + this.view.getUint32(place, true);
        return Array.from({ length: this.view.getUint32(start, true) }, (_, i) => read(start + 4 + size * i));
    }

    tables(field) {
        return this.list(field, 4, (at) => new Table(this.view, at + this.view.getUint32(at, true)));
    }

    ints(field) { return this.list(field, 4, (at) => this.view.getInt32(at, true)); }
    longs(field) { return this.list(field, 8, (at) => Number(this.view.getBigInt64(at, true))); }
    floats(field) { return this.list(field, 4, (at) => this.view.getFloat32(at, true)); }

    bytes(field) {
        const place = this.place(field);
        if (place === 0) return new Uint8Array(0);
        const start = place + this.view.getUint32(place, true);
        return new Uint8Array(this.view.buffer, this.view.byteOffset + start + 4, this.view.getUint32(start, true));
    }
}

const kTypes = { 0: 'float32', 2: 'int32', 9: 'int8' };
const kActivations = ['none', 'relu'];

// By the operators' codes: their names, and the fields of their options.
const kOperators = {
    0: ['add', (o) => ({ activation: o.byte(0) })],
    1: ['average_pool', (o) => ({ padding: o.byte(0), strides: [o.int(2), o.int(1)], window: [o.int(4), o.int(3)] })],
    3: ['conv', (o) => ({ padding: o.byte(0), strides: [o.int(2), o.int(1)], activation: o.byte(3) })],
    4: ['depthwise', (o) => ({ padding: o.byte(0), strides: [o.int(2), o.int(1)], activation: o.byte(4) })],
    9: ['dense', (o) => ({ activation: o.byte(0) })],
    22: ['reshape', () => ({})],
    25: ['softmax', () => ({})],
};

function tensorOf(table, buffers) {
    const quantization = table.table(4);
    return {
        shape: table.ints(0),
        type: kTypes[table.byte(1)] ?? `type ${table.byte(1)}`,
        data: buffers[table.int(2)].bytes(0),
        scales: quantization?.floats(2) ?? [],
        zeroPoints: quantization?.longs(3) ?? [],
    };
}

function operatorOf(table, codes) {
    const code = codes[table.int(0)];
    const number = Math.max(code.byte(0), code.int(3));
    if (!(number in kOperators)) throw new Error(`operator ${number} has no counterpart here`);
    const [kind, read] = kOperators[number];
    const options = kind === 'reshape' || kind === 'softmax' ? {} : read(table.table(4));
    const activation = kActivations[options.activation ?? 0];
    if (activation === undefined) throw new Error(`activation ${options.activation} has no counterpart here`);
    return { kind, ...options, same: options.padding === 0, activation, inputs: table.ints(1), outputs: table.ints(2) };
}

// {tensors: [{shape, type, data, scales, zeroPoints}], operators: [{kind, inputs, outputs, ...}], inputs, outputs}
export function readTflite(bytes) {
    const model = Table.root(bytes);
    const [graph] = model.tables(2);
    const buffers = model.tables(4);
    const codes = model.tables(1);
    return {
        tensors: graph.tables(0).map((table) => tensorOf(table, buffers)),
        operators: graph.tables(3).map((table) => operatorOf(table, codes)),
        inputs: graph.ints(1),
        outputs: graph.ints(2),
    };
}
