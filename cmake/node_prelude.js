// The loader would fetch the .wasm file by a path that Node's fetch does not take.
globalThis.fetch = undefined;
// The program sees the environment of the shell that started it (PATH, TMPDIR), which Emscripten
// would replace by one of its own. ENV is missing in a program that never asks for it.
Module.preRun = [].concat(Module.preRun || [], () => {
    if (typeof ENV === 'object') Object.assign(ENV, process.env);
});
