// What web/bench/inference.mjs times: a .tflite model in the page's kernels, and nothing else.
#include <emscripten.h>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <vector>

#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"

namespace {

struct Inference {
    whittle::Program program;
    std::vector<std::uint8_t> inputs;
    std::vector<std::uint8_t> outputs;
};
std::optional<Inference> inference;

}  // namespace

extern "C" {

// Makes a model ready; 0, and the reason on the console, when it cannot.
EMSCRIPTEN_KEEPALIVE int whittle_inference_load(const std::uint8_t* bytes, std::size_t count) {
    const auto graph = whittle::read_tflite(std::span(bytes, count));
    if (!graph.ok()) return std::puts(graph.error().message().c_str()), 0;
    auto program = whittle::Program::from_graph(*graph);
    if (!program.ok()) return std::puts(program.error().message().c_str()), 0;
    inference.emplace(Inference{std::move(program).value(), {}, {}});
    inference->inputs.resize(inference->program.input_bytes());
    inference->outputs.resize(inference->program.output_bytes());
    return 1;
}

// Room for the inputs, and where the outputs will be.
EMSCRIPTEN_KEEPALIVE std::uint8_t* whittle_inference_inputs() { return inference->inputs.data(); }
EMSCRIPTEN_KEEPALIVE std::uint8_t* whittle_inference_outputs() { return inference->outputs.data(); }

EMSCRIPTEN_KEEPALIVE void whittle_inference_run() {
    inference->program.run(inference->inputs, inference->outputs);
}
}
