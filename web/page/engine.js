// The labs: the playground module (C++ as WebAssembly) behind plain functions. Its interface is
// described in web/playground/api.h.

const kCalls = {
    attach: ['whittle_attach', 'number', ['string']],
    open: ['whittle_open', 'string', ['string', 'string']],
    stopLink: ['whittle_stop_link', null, []],
    state: ['whittle_state', 'string', []],
    set: ['whittle_set', 'string', ['string', 'string']],
    act: ['whittle_act', 'string', ['string', 'number']],
    revision: ['whittle_revision', 'number', []],
    theme: ['whittle_theme', null, ['number']],
    showControls: ['whittle_show_controls', null, ['number']],
    tickGoals: ['whittle_tick_goals', 'string', ['string']],
    makeFile: ['whittle_export', 'string', ['string']],
    takeFile: ['whittle_import', 'string', ['number', 'number']],
    places: ['whittle_places', 'string', []],
    statistics: ['whittle_statistics', 'string', []],
};

// As web/playground/stage.cpp asks for it: whoever asks first decides.
const kContext = { alpha: false, depth: false, stencil: false, antialias: false, preserveDrawingBuffer: true };

// The browser needs a moment for its first context, and again when the size changes.
function prepare(canvas) {
    const { width, height } = canvas.getBoundingClientRect();
    const density = devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(width * density));
    canvas.height = Math.max(1, Math.round(height * density));
    canvas.getContext('webgl2', kContext);
}

// `canvas` is made ready to draw on while the module is compiled.
// `stopped(text)` is called when the program ends itself, which it should not.
export async function loadEngine(canvas, stopped) {
    const { default: createPlayground } = await import('./playground.js');
    const creating = createPlayground({ onAbort: (reason) => stopped(String(reason)) });
    prepare(canvas);
    const module = await creating;
    const call = {};
    for (const [name, [symbol, returns, takes]] of Object.entries(kCalls)) {
        const native = module.cwrap(symbol, returns, takes);
        call[name] = returns === 'string' ? (...given) => JSON.parse(native(...given)) : native;
    }
    // {name, type, bytes}, or {error}.
    call.file = (kind) => {
        const made = call.makeFile(kind);
        if (made.error) return made;
        return { ...made, bytes: module.HEAPU8.slice(made.address, made.address + made.size) };
    };
    // {} or {error}.
    call.openFile = (bytes) => {
        const address = module._malloc(Math.max(bytes.length, 1));
        module.HEAPU8.set(bytes, address);
        const answer = call.takeFile(address, bytes.length);
        module._free(address);
        return answer;
    };
    return call;
}
