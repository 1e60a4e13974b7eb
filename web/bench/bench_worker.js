// Times a model away from the page, which stays alive meanwhile. Gets {bytes, rounds}; answers {error}, or
// {seconds, rounds, layers: [{op, output, macs, seconds}]}.
import createModule from './inference.js';

const loaded = createModule();

function measure(module, bytes, rounds) {
    const place = module._malloc(bytes.length);
    module.HEAPU8.set(bytes, place);
    const ready = module._whittle_inference_load(place, bytes.length);
    module._free(place);
    if (!ready) return { error: module.UTF8ToString(module._whittle_inference_error()) };
    const seconds = module._whittle_inference_time(rounds);
    const layers = Array.from({ length: module._whittle_inference_layer_count() }, (_, i) => ({
        op: module.UTF8ToString(module._whittle_inference_layer_op(i)),
        output: module.UTF8ToString(module._whittle_inference_layer_output(i)),
        macs: module._whittle_inference_layer_macs(i),
        seconds: module._whittle_inference_layer_seconds(i),
    }));
    return { seconds, rounds: module._whittle_inference_rounds(), layers };
}

addEventListener('message', async ({ data: { bytes, rounds } }) => {
    try {
        postMessage(measure(await loaded, bytes, rounds));
    } catch (error) {
        postMessage({ error: `It cannot be run here: ${error.message}` });
    }
});
