// The kernels for the boards' instruction sets, as the boards run them: the same bytes as the
// reference gives here.

#include <doctest/doctest.h>

#include <string>

#include "core/deploy/program_image.h"
#include "native/boards/emulator.h"
#include "tests/support/boards.h"
#include "tests/support/random_int8_net.h"
#include "tests/support/window_pairs.h"

namespace whittle::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Layers of every operator that has fast kernels, with as many channels as lanes, one less, one
// more, and sizes that are no multiple of anything.
Graph edge_layers() {
    Random random(23);
    std::vector<Graph> layers;
    constexpr std::int32_t kCounts[] = {1, 3, 4, 5, 8, 17};
    for (const std::int32_t channels : kCounts) {
        for (const std::int32_t outputs : kCounts) {
            layers.push_back(random_int8_layer(random, OpKind::conv2d, channels, outputs));
            layers.push_back(random_int8_layer(random, OpKind::fully_connected, channels, outputs));
        }
        layers.push_back(random_int8_layer(random, OpKind::add, channels, 0));
    }
    for (const std::int32_t channels : {1, 4, 5, 8, 12, 15, 16, 17, 20, 33}) {
        for (int i = 0; i < 3; ++i) {
            layers.push_back(
                random_int8_layer(random, OpKind::depthwise_conv2d, channels, channels));
        }
        layers.push_back(random_int8_layer(random, OpKind::average_pool2d, channels, 0));
        layers.push_back(random_int8_layer(random, OpKind::max_pool2d, channels, 0));
        layers.push_back(random_int8_layer(random, OpKind::softmax, channels, 0));
    }
    // Sums of some inputs, added up.
    for (const std::int32_t channels : {255, 256, 257, 515}) {
        layers.push_back(random_int8_layer(random, OpKind::fully_connected, channels, 7));
        layers.push_back(random_int8_layer(random, OpKind::conv2d, channels, 3));
    }
    return side_by_side(layers);
}

// Inputs of several inferences: the lowest and the highest value alone, both, any.
Bytes edge_inputs(std::size_t count, std::size_t inferences) {
    Random random(29);
    Bytes inputs(inferences * count);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const bool high = i / count == 1 || (i / count == 2 && random.below(2) == 0);
        inputs[i] = static_cast<std::uint8_t>(i / count > 2 ? random.below(256) : high ? 127 : 128);
    }
    return inputs;
}

// The first byte that differs, as the layer, or net, that it belongs to.
std::string first_difference(const Graph& graph, const Bytes& found, const Bytes& expected) {
    if (found == expected) return "";
    if (found.size() != expected.size()) return std::to_string(found.size()) + " bytes";
    std::size_t at = 0;
    while (found[at] == expected[at]) ++at;
    std::size_t each = 0;
    for (const int output : graph.outputs) each += graph.tensor(output).bytes();
    std::size_t offset = at % each;
    std::size_t output = 0;
    while (offset >= graph.tensor(graph.outputs[output]).bytes()) {
        offset -= graph.tensor(graph.outputs[output++]).bytes();
    }
    return "inference " + std::to_string(at / each) + ", output " + std::to_string(output) + " " +
           to_string(graph.tensor(graph.outputs[output]).shape) + ", element " +
           std::to_string(offset);
}

// The reference's outputs, here, of several inferences.
Bytes expected_outputs(const Graph& graph, const Bytes& inputs, std::size_t inferences) {
    auto program = Program::from_graph(graph, Savings::none(), InstructionSet::reference);
    REQUIRE(program.ok());
    Bytes outputs(inferences * program->output_bytes());
    for (std::size_t i = 0; i < inferences; ++i) {
        program->run(
            std::span(inputs).subspan(i * program->input_bytes(), program->input_bytes()),
            std::span(outputs).subspan(i * program->output_bytes(), program->output_bytes()));
    }
    return outputs;
}

template <class Deploy>
void check_on_boards(const Graph& graph, Deploy deploy) {
    constexpr std::size_t kInferences = 5;
    std::size_t input_bytes = 0;
    for (const int input : graph.inputs) input_bytes += graph.tensor(input).bytes();
    const Bytes inputs = edge_inputs(input_bytes, kInferences);
    const Bytes expected = expected_outputs(graph, inputs, kInferences);
    for (const Board& board : exportable_boards()) {
        if (board.kernels == InstructionSet::reference || !board_ready(board, "runner")) continue;
        CAPTURE(std::string(board.name));
        const Deployment deployment = deploy(board.kernels);
        if (deployment.plan.arena_bytes > board.usable_ram_bytes) {
            MESSAGE("skipped: ", std::string(board.name), " has too little memory for the layers");
            continue;
        }
        std::size_t fast = 0;
        for (const PreparedOp& op : deployment.ops) fast += op.variant >> 8 != 0 ? 1u : 0u;
        CHECK(fast > deployment.ops.size() / 3);
        const auto image = make_program_image(deployment);
        REQUIRE(image.ok());
        const auto run = run_on_board(board, *image, inputs, kInferences);
        REQUIRE_MESSAGE(run.ok(), (run.ok() ? "" : run.error().message()));
        CHECK(first_difference(graph, run->outputs, expected) == "");
    }
}

}  // namespace

TEST_CASE("Boards' fast kernels give the reference's bytes at every edge") {
    const Graph graph = edge_layers();
    check_on_boards(graph, [&graph](InstructionSet set) {
        auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, Savings::none(), set);
        REQUIRE(deployment.ok());
        return std::move(deployment).value();
    });
}

TEST_CASE("Boards' operators in turns give the bytes of one after the other") {
    std::vector<Graph> pairs;
    for (const WindowKinds kinds : kWindowKinds) {
        for (std::uint64_t seed = 101; seed <= 112; ++seed) {
            pairs.push_back(graph_of(some_pair(kinds, DType::int8, seed)));
        }
    }
    const Graph graph = side_by_side(pairs);
    check_on_boards(graph, [&](InstructionSet set) {
        Deployment deployment = deployed_in_turns(graph, set);
        CHECK(deployment.ops.size() == pairs.size());
        return deployment;
    });
}

}  // namespace whittle::test
