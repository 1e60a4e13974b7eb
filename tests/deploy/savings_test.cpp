#include "core/deploy/savings.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/base/random.h"
#include "core/deploy/codegen.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/builder.h"
#include "core/memory/node_order.h"
#include "core/ops/add/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/pool.h"
#include "tests/support/op_harness.h"
#include "tests/support/shared_data.h"

namespace whittle::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::optional<Graph> reference_graph(const std::string& name) {
    const auto path = shared_data("models/" + name + ".tflite");
    if (!path) return std::nullopt;
    const auto bytes = read_file(*path);
    REQUIRE(bytes.ok());
    auto graph = read_tflite(*bytes);
    REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().message()));
    return std::move(graph).value();
}

Deployment deployed(const Graph& graph, const Savings& savings) {
    auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, savings);
    REQUIRE_MESSAGE(deployment.ok(), (deployment.ok() ? "" : deployment.error().message()));
    CHECK(deployment->plan.arena_bytes == deployment->plan.lower_bound_bytes);  // proved optimal
    const Status status = check_plan(deployment->lifetimes.buffers, 4, deployment->plan,
                                     deployment->lifetimes.overlaps);
    CHECK_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
    return std::move(deployment).value();
}

Bytes random_bytes(std::size_t count) {
    Random random(9);
    Bytes bytes(count);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
    return bytes;
}

// Floats of [-1, 1], or random bytes.
Bytes random_input(const Graph& graph, std::size_t count) {
    Bytes bytes = random_bytes(count);
    if (graph.tensor(graph.inputs[0]).dtype != DType::float32) return bytes;
    for (std::size_t i = 0; i < count; i += 4) {
        const float value = static_cast<float>(bytes[i]) / 127.5f - 1.0f;
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&value), 4,
                    bytes.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return bytes;
}

// The outputs of two different inputs, one after another: the second run finds what the first left.
Bytes outputs_of(const Deployment& deployment) {
    auto program = Program::from_deployment(deployment);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    CHECK(program->arena_bytes() == static_cast<std::size_t>(deployment.plan.arena_bytes));
    const Bytes first = random_input(deployment.graph, program->input_bytes());
    const Bytes second(first.rbegin(), first.rend());
    Bytes outputs(2 * program->output_bytes());
    const std::span<std::uint8_t> both(outputs);
    program->run(first, both.first(program->output_bytes()));
    program->run(deployment.graph.tensor(deployment.graph.inputs[0]).dtype == DType::float32
                     ? first
                     : second,
                 both.subspan(program->output_bytes()));
    return outputs;
}

struct Peak {
    const char* model;
    std::int64_t plain_bytes;  // the largest sum alive at one step
    std::int64_t bytes;        // with all savings
};

// Two branches of pooling and ReLU, meeting in a sum, in the order that keeps most alive.
Graph branching_graph() {
    Random random(2);
    GraphBuilder builder;
    Conv2dAttributes convolution;
    convolution.steps.padding = Padding::same;
    PoolAttributes pooling;
    pooling.kernel_height = pooling.kernel_width = 8;
    pooling.steps.stride_height = pooling.steps.stride_width = 8;
    const int input = builder.input("x", {16, 16, 2});
    std::vector<int> wide;
    for (int branch = 0; branch < 4; ++branch) {
        wide.push_back(builder.conv2d(input, 8, 3, 3, convolution, random));
    }
    std::vector<int> narrow;
    for (const int each : wide) {
        narrow.push_back(builder.apply(OpKind::max_pool2d, {each}, Attributes::of(pooling)));
    }
    int sum = narrow[0];
    for (std::size_t i = 1; i < narrow.size(); ++i) {
        sum = builder.apply(OpKind::add, {sum, narrow[i]}, Attributes::of(AddAttributes{}));
    }
    return std::move(builder).finish({sum});
}

// Padding by 1 and 2 rows, 2 and 1 columns, then a 3x3 convolution with a zero point of 3.
Graph padded_graph(OpKind convolution, DType dtype, Padding padding) {
    Random random(6);
    const auto activation = [&](const Shape& shape) {
        Tensor tensor;
        tensor.dtype = dtype;
        tensor.shape = shape;
        if (dtype == DType::int8) tensor.quantization = {{0.05f}, {3}, 0};
        return tensor;
    };
    Graph graph;
    graph.tensors = {
        activation({1, 7, 6, 4}),
        int32_constant({4, 2}, {0, 0, 1, 2, 2, 1, 0, 0}),
        activation({1, 10, 9, 4}),
        activation(convolution == OpKind::conv2d ? Shape{4, 3, 3, 4} : Shape{1, 3, 3, 4}),
        activation({4}),
        activation({1, 8, 7, 4})};
    Tensor& weights = graph.tensors[3];
    weights.constant = true;
    weights.data.resize(weights.bytes());
    for (std::size_t i = 0; i < weights.data.size(); i += element_bytes(dtype)) {
        const float value = random.uniform(-1.0f, 1.0f);
        if (dtype == DType::float32) std::memcpy(weights.data.data() + i, &value, 4);
        if (dtype == DType::int8) {
            weights.data[i] = static_cast<std::uint8_t>(static_cast<int>(127.0f * value));
        }
    }
    Tensor& bias = graph.tensors[4];
    bias.constant = true;
    if (dtype == DType::int8) {
        weights.quantization = {{0.01f}, {0}, 0};
        bias.dtype = DType::int32;
        bias.quantization = {};
        graph.tensors[5].quantization = {{0.1f}, {-5}, 0};
    }
    bias.data.assign(bias.bytes(), 0);
    PadAttributes amounts;
    amounts.before = {0, 1, 2, 0, 0};
    amounts.after = {0, 2, 1, 0, 0};
    Conv2dAttributes steps;
    steps.steps.padding = padding;
    if (padding == Padding::same) graph.tensors[5].shape = {1, 10, 9, 4};
    graph.nodes = {{OpKind::pad, Attributes::of(amounts), {0, 1}, {2}},
                   {convolution, Attributes::of(steps), {2, 3, 4}, {5}}};
    graph.inputs = {0};
    graph.outputs = {5};
    const Status status = validate(graph);
    REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
    return graph;
}

}  // namespace

TEST_CASE("A convolution does the padding before it, with the same bits") {
    Savings fuse = Savings::none();
    fuse.fuse = true;
    for (const OpKind convolution : {OpKind::conv2d, OpKind::depthwise_conv2d}) {
        for (const DType dtype : {DType::float32, DType::int8}) {
            for (const Padding padding : {Padding::valid, Padding::same}) {
                CAPTURE(std::string(definition_of(convolution).name));
                CAPTURE(std::string(dtype_name(dtype)));
                Graph graph = padded_graph(convolution, dtype, padding);
                const Deployment plain = deployed(graph, Savings::none());
                const Deployment fused = deployed(graph, fuse);
                CHECK(plain.graph.nodes.size() == 2);
                CHECK(fused.graph.nodes.size() == 1);
                CHECK(fused.plan.arena_bytes < plain.plan.arena_bytes);
                CHECK(outputs_of(fused) == outputs_of(plain));
                CHECK(outputs_of(deployed(graph, {})) == outputs_of(plain));
                // What somebody else reads has to be written.
                graph.outputs.push_back(2);
                CHECK(deployed(graph, fuse).graph.nodes.size() == 2);
            }
        }
    }
}

// The same graph with PADV2, whose value is `steps` beside 0 in the input's type.
Graph with_value(Graph graph, float steps) {
    Tensor value = graph.tensors[0];
    value.shape = {};
    value.constant = true;
    value.data.resize(value.bytes());
    if (value.dtype == DType::float32) {
        std::memcpy(value.data.data(), &steps, 4);
    } else {
        value.data[0] = static_cast<std::uint8_t>(value.quantization.zero_points[0] +
                                                  static_cast<std::int32_t>(steps));
    }
    graph.nodes[0].op = OpKind::pad_v2;
    graph.nodes[0].inputs.push_back(static_cast<int>(graph.tensors.size()));
    graph.tensors.push_back(value);
    REQUIRE(validate(graph).ok());
    return graph;
}

TEST_CASE("A convolution does a padding with a value only where the value is zero") {
    Savings fuse = Savings::none();
    fuse.fuse = true;
    for (const DType dtype : {DType::float32, DType::int8}) {
        CAPTURE(std::string(dtype_name(dtype)));
        const Graph graph = padded_graph(OpKind::conv2d, dtype, Padding::valid);
        const Bytes with_zeros = outputs_of(deployed(graph, Savings::none()));
        const Deployment zero = deployed(with_value(graph, 0.0f), fuse);
        CHECK(zero.graph.nodes.size() == 1);
        CHECK(outputs_of(zero) == with_zeros);
        for (const float steps : {1.0f, -1.0f, -3.0f}) {
            const Graph other = with_value(graph, steps);
            const Deployment fused = deployed(other, fuse);
            CHECK(fused.graph.nodes.size() == 2);
            CHECK(outputs_of(fused) == outputs_of(deployed(other, Savings::none())));
            CHECK(outputs_of(fused) != with_zeros);
        }
    }
}

TEST_CASE("A padding of channels, and weights that are not finite, stay as they are") {
    Savings fuse = Savings::none();
    fuse.fuse = true;
    Graph graph = padded_graph(OpKind::conv2d, DType::float32, Padding::valid);
    const float infinite = std::numeric_limits<float>::infinity();
    std::memcpy(graph.tensors[3].data.data(), &infinite, 4);
    CHECK(deployed(graph, fuse).graph.nodes.size() == 2);

    graph = padded_graph(OpKind::conv2d, DType::float32, Padding::valid);
    PadAttributes amounts;
    amounts.before = {0, 1, 2, 1, 0};
    amounts.after = {0, 2, 1, 0, 0};
    graph.nodes[0].attributes = Attributes::of(amounts);
    graph.tensors[0].shape = {1, 7, 6, 3};
    graph.tensors[1] = int32_constant({4, 2}, {0, 0, 1, 2, 2, 1, 1, 0});
    REQUIRE(validate(graph).ok());
    CHECK(deployed(graph, fuse).graph.nodes.size() == 2);
}

TEST_CASE("Peaks of other people's models: plain, and with all savings; each proved optimal") {
    for (const Peak& peak :
         {Peak{"kws_ref_model", 16'000, 9'792}, Peak{"vww_96_int8", 55'296, 28'672},
          Peak{"pretrainedResnet_quant", 49'152, 33'792}, Peak{"ad01_int8", 768, 768},
          Peak{"person_detect", 55'296, 28'672}}) {
        const auto graph = reference_graph(peak.model);
        if (!graph) continue;
        CAPTURE(std::string(peak.model));
        const Deployment plain = deployed(*graph, Savings::none());
        CHECK(plain.plan.arena_bytes == peak.plain_bytes);
        const Deployment saving = deployed(*graph, {});
        CHECK(saving.plan.arena_bytes <= peak.bytes);
        CHECK(outputs_of(saving) == outputs_of(plain));
        const auto code = generate_c(*graph, "net");
        const auto plain_code = generate_c(*graph, "net", Savings::none());
        REQUIRE(code.ok());
        REQUIRE(plain_code.ok());
        CHECK(code->arena_bytes <= saving.plan.arena_bytes);
        CHECK(code->arena_bytes <= plain_code->arena_bytes);
        MESSAGE(std::string(peak.model) << ": " << plain.plan.arena_bytes << " bytes plain, "
                                        << saving.plan.arena_bytes << " with all savings");
    }
}

TEST_CASE("Each saving can be had alone; together they are the best") {
    const auto graph = reference_graph("pretrainedResnet_quant");
    if (!graph) return;
    const auto bytes_with = [&](const Savings& savings) {
        return deployed(*graph, savings).plan.arena_bytes;
    };
    const std::int64_t plain = bytes_with(Savings::none());
    Savings only_in_place = Savings::none();
    only_in_place.in_place = true;
    Savings only_overlap = Savings::none();
    only_overlap.overlap = true;
    const std::int64_t all = bytes_with({});
    // The sum in place does not help while the convolution before it is the peak, nor the other way
    // round.
    CHECK(bytes_with(only_in_place) == plain);
    CHECK(bytes_with(only_overlap) == plain);
    CHECK(all < plain);
}

TEST_CASE("Branches run one after another where that keeps less alive") {
    const Graph graph = branching_graph();
    Savings savings = Savings::none();
    const Deployment plain = deployed(graph, savings);
    savings.reorder = true;
    const Deployment ordered = deployed(graph, savings);
    // Input 2,048 bytes, each branch 8,192 and then 128: four wide tensors at once, or one.
    CHECK(plain.plan.arena_bytes == 2048 + 4 * 8192);
    CHECK(ordered.plan.arena_bytes < 2048 + 2 * 8192);
    CHECK(outputs_of(ordered) == outputs_of(plain));
    CHECK(deployed(graph, {}).plan.arena_bytes <= ordered.plan.arena_bytes);
}

TEST_CASE("A graph that cannot be ordered better keeps its order") {
    const auto graph = reference_graph("kws_ref_model");
    if (!graph) return;
    const NodeOrder order = lowest_order(*graph, InputsOutputs::in_arena, {});
    CHECK(std::is_sorted(order.nodes.begin(), order.nodes.end()));
    CHECK(order.exact);
    CHECK(order.peak_bytes == 16'000);
}

TEST_CASE("Generated C gives the golden outputs of a model whose outputs lie over inputs") {
#ifdef __EMSCRIPTEN__
    std::fprintf(stderr, "skipped: the native test compiles the generated code\n");
    return;
#endif
    if (find_program("gcc").empty()) {
        std::fprintf(stderr, "skipped: gcc is not there\n");
        return;
    }
    const auto graph = reference_graph("kws_ref_model");
    const auto golden = shared_data("golden/kws_ref_model");
    if (!graph || !golden) return;
    const auto code = generate_c(*graph, "net");
    REQUIRE(code.ok());
    CHECK(code->arena_bytes < 12'288);
    const auto folder = make_temporary_folder();
    REQUIRE(folder.ok());
    const std::string base = *folder + "/";
    REQUIRE(write_file(base + "net.h", code->header).ok());
    REQUIRE(write_file(base + "net.c", code->source).ok());
    REQUIRE(write_file(base + "main.c",
                       "#include <stdio.h>\n#include \"net.h\"\n"
                       "int main(int argc, char** argv) {\n    int8_t in[490], out[12];\n"
                       "    FILE* from = fopen(argv[argc - 2], \"rb\");\n"
                       "    FILE* to = fopen(argv[argc - 1], \"wb\");\n"
                       "    if (!from || !to || fread(in, 490, 1, from) != 1) return 1;\n"
                       "    net_invoke(in, out);\n    fwrite(out, 12, 1, to);\n"
                       "    return fclose(to);\n}\n")
                .ok());
    const auto build =
        run_process({"gcc", "-O2", base + "net.c", base + "main.c", "-o", base + "net"}, 120);
    REQUIRE(build.ok());
    REQUIRE_MESSAGE(build->exit_code == 0, build->err);
    for (int vector = 0; vector < 8; ++vector) {
        const std::string number = std::to_string(vector) + ".bin";
        const auto ran =
            run_process({base + "net", *golden + "/input_" + number, base + "out.bin"}, 60);
        REQUIRE(ran.ok());
        REQUIRE(ran->exit_code == 0);
        CHECK(*read_file(base + "out.bin") == *read_file(*golden + "/expected_" + number));
    }
    remove_folder(*folder);
}

}  // namespace whittle::test
