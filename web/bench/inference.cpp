// Inference of a .tflite model in the page's kernels, timed: by web/bench/inference.mjs beside
// others, and layer by layer by web/bench/bench.html.
#include <emscripten.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/deploy/layer_times.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"

namespace {

struct Inference {
    whittle::Program program;
    std::vector<whittle::Layer> layers;
    std::vector<std::uint8_t> inputs;
    std::vector<std::uint8_t> outputs;
    whittle::LayerTimes times = {};
};
std::optional<Inference> inference;
std::string error;

whittle::Status load(std::span<const std::uint8_t> bytes) {
    const auto graph = whittle::read_tflite(bytes);
    if (!graph.ok()) return graph.error();
    const auto deployment = whittle::prepare_deployment(*graph, whittle::InputsOutputs::in_arena,
                                                        {}, whittle::host_instruction_set());
    if (!deployment.ok()) return deployment.error();
    auto program = whittle::Program::from_deployment(*deployment);
    if (!program.ok()) return program.error();
    inference.emplace(Inference{std::move(program).value(),
                                whittle::layers_of(*deployment),
                                whittle::random_inputs(*graph),
                                {}});
    inference->outputs.resize(inference->program.output_bytes());
    return {};
}

const whittle::Layer& layer_at(int index) {
    return inference->layers[static_cast<std::size_t>(index)];
}

}  // namespace

extern "C" {

// Makes a model ready; 0 when it cannot, and then whittle_inference_error() is the reason.
EMSCRIPTEN_KEEPALIVE int whittle_inference_load(const std::uint8_t* bytes, std::size_t count) {
    inference.reset();
    const whittle::Status status = load(std::span(bytes, count));
    error = status.ok() ? "" : status.error().message();
    return status.ok();
}
EMSCRIPTEN_KEEPALIVE const char* whittle_inference_error() { return error.c_str(); }

// The inputs, random at first, and where the outputs will be.
EMSCRIPTEN_KEEPALIVE std::uint8_t* whittle_inference_inputs() { return inference->inputs.data(); }
EMSCRIPTEN_KEEPALIVE std::uint8_t* whittle_inference_outputs() { return inference->outputs.data(); }

EMSCRIPTEN_KEEPALIVE void whittle_inference_run() {
    inference->program.run(inference->inputs, inference->outputs);
}

// Times every layer, as time_layers() does; then seconds of a whole inference.
EMSCRIPTEN_KEEPALIVE double whittle_inference_time(int rounds) {
    inference->times = whittle::time_layers(inference->program, inference->inputs, rounds);
    return inference->times.total;
}
EMSCRIPTEN_KEEPALIVE int whittle_inference_rounds() { return inference->times.rounds; }

EMSCRIPTEN_KEEPALIVE int whittle_inference_layer_count() {
    return static_cast<int>(inference->layers.size());
}
EMSCRIPTEN_KEEPALIVE const char* whittle_inference_layer_op(int layer) {
    return layer_at(layer).op.c_str();
}
EMSCRIPTEN_KEEPALIVE const char* whittle_inference_layer_output(int layer) {
    return layer_at(layer).output.c_str();
}
EMSCRIPTEN_KEEPALIVE double whittle_inference_layer_macs(int layer) {
    return static_cast<double>(layer_at(layer).macs);
}
EMSCRIPTEN_KEEPALIVE double whittle_inference_layer_seconds(int layer) {
    return inference->times.layers[static_cast<std::size_t>(layer)];
}
}
