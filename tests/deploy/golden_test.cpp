#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "core/base/platform/files.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "tests/support/shared_data.h"

namespace whittle::test {

namespace {

std::vector<std::uint8_t> bytes_of(const std::string& path) {
    auto bytes = read_file(path);
    REQUIRE_MESSAGE(bytes.ok(), path);
    return std::move(bytes).value();
}

// Runs the vector and compares: integers must be equal, floats within 1e-5 (TFLite Micro's own
// kernels sum in another order on some targets).
void check_vector(Program& program,
                  DType output_type,
                  const std::vector<std::uint8_t>& input,
                  const std::vector<std::uint8_t>& expected) {
    REQUIRE(input.size() == program.input_bytes());
    REQUIRE(expected.size() == program.output_bytes());
    std::vector<std::uint8_t> output(expected.size());
    program.reset();
    program.run(input, output);
    if (output_type != DType::float32) {
        CHECK(output == expected);
        return;
    }
    for (std::size_t i = 0; i + 4 <= expected.size(); i += 4) {
        float ours;
        float theirs;
        std::memcpy(&ours, output.data() + i, 4);
        std::memcpy(&theirs, expected.data() + i, 4);
        CHECK(std::fabs(ours - theirs) <= 1e-5f);
    }
}

}  // namespace

TEST_CASE("Other people's models give TFLite Micro's outputs") {
    for (const char* model : {"hello_world_int8", "hello_world_float", "ad01_int8", "kws_ref_model",
                              "micro_speech_quantized", "mnist_lstm_int8", "pretrainedResnet"}) {
        CAPTURE(std::string(model));
        const auto path = shared_data("models/" + std::string(model) + ".tflite");
        const auto golden = shared_data("golden/" + std::string(model));
        if (!path || !golden) continue;
        const auto graph = read_tflite(bytes_of(*path));
        REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().message()));
        auto program = Program::from_graph(*graph);
        REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
        const DType output_type = graph->tensor(graph->outputs[0]).dtype;
        int vectors = 0;
        while (file_exists(*golden + "/input_" + std::to_string(vectors) + ".bin")) {
            const std::string number = std::to_string(vectors) + ".bin";
            check_vector(*program, output_type, bytes_of(*golden + "/input_" + number),
                         bytes_of(*golden + "/expected_" + number));
            ++vectors;
        }
        CHECK(vectors >= 8);
    }
}

TEST_CASE("The arenas of other people's models reach their lower bounds") {
    for (const auto& [model, bytes] :
         {std::pair{"hello_world_int8", 32}, std::pair{"ad01_int8", 768}}) {
        const auto path = shared_data("models/" + std::string(model) + ".tflite");
        if (!path) continue;
        const auto graph = read_tflite(bytes_of(*path));
        REQUIRE(graph.ok());
        const auto program = Program::from_graph(*graph, {}, InstructionSet::reference);
        REQUIRE(program.ok());
        CHECK(program->arena_bytes() == static_cast<std::size_t>(bytes));
    }
}

}  // namespace whittle::test
