// The loader would fetch the .wasm file by a path that Node's fetch does not take.
globalThis.fetch = undefined;
