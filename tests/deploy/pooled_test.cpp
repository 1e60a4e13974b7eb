// Convolutions that pool their output: the bits of the two operators one after the other.

#include "core/runtime/pooled.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstring>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/base/random.h"
#include "core/deploy/codegen.h"
#include "core/deploy/fuse.h"
#include "core/deploy/program_image.h"
#include "core/memory/exact.h"
#include "core/ops/conv2d/program.h"
#include "core/runtime/interpreter.h"
#include "tests/support/sample_graphs.h"

namespace whittle::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

Deployment pooled_deployment(const Graph& graph, InstructionSet set) {
    auto prepared = prepare_deployment(graph, InputsOutputs::in_arena, Savings::none(), set);
    REQUIRE(prepared.ok());
    Deployment deployment = std::move(prepared).value();
    fuse_poolings(poolable_convolutions(deployment.graph), deployment.graph, deployment.ops);
    deployment.lifetimes =
        lifetimes_of(deployment.graph, InputsOutputs::in_arena, {}, scratch_sizes(deployment.ops));
    deployment.plan = plan_arena(deployment.lifetimes.buffers, WHITTLE_ARENA_ALIGNMENT);
    return deployment;
}

Bytes random_values(const Tensor& tensor, std::uint64_t seed) {
    Random random(seed);
    Bytes bytes(tensor.bytes());
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
    if (tensor.dtype != DType::float32) return bytes;
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
        const float value = random.uniform(-2.0f, 2.0f);
        std::memcpy(bytes.data() + i, &value, 4);
    }
    return bytes;
}

// The output of a run between guards. Checks that nothing outside the arena is written.
Bytes guarded_output(const Deployment& deployment, const Bytes& input) {
    constexpr std::size_t kGuard = 64;
    constexpr std::uint8_t kPattern = 0xA5;
    const auto image = make_program_image(deployment);
    REQUIRE(image.ok());
    const auto bytes = static_cast<std::uint32_t>(deployment.plan.arena_bytes);
    REQUIRE(whittle_program_check(image->data(), static_cast<std::uint32_t>(image->size()),
                                  bytes) == WHITTLE_OK);
    Bytes memory(bytes + 2 * kGuard, kPattern);
    std::uint8_t* arena = memory.data() + kGuard;
    const void* data = image->data();
    std::memcpy(whittle_program_data(data, arena, whittle_program_input(data, 0)), input.data(),
                input.size());
    whittle_program_run(data, arena);
    for (std::size_t i = 0; i < kGuard; ++i) {
        CHECK(memory[i] == kPattern);
        CHECK(memory[memory.size() - 1 - i] == kPattern);
    }
    const WhittleProgramTensor* output = whittle_program_output(data, 0);
    const auto* begin = static_cast<const std::uint8_t*>(whittle_program_data(data, arena, output));
    return Bytes(begin, begin + output->bytes);
}

WindowSteps some_steps(Random& random, std::int32_t most_stride, std::int32_t most_dilation) {
    const auto pick = [&](std::int32_t most) {
        return 1 + static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(most)));
    };
    WindowSteps steps;
    steps.padding = random.below(2) == 0 ? Padding::same : Padding::valid;
    steps.stride_height = pick(most_stride);
    steps.stride_width = pick(most_stride);
    steps.dilation_height = pick(most_dilation);
    steps.dilation_width = pick(most_dilation);
    return steps;
}

// Shapes, steps, paddings and activations of all kinds; every window fits its image.
ConvolutionAndPooling some_pair(OpKind convolution, DType dtype, std::uint64_t seed) {
    Random random(seed);
    const auto pick = [&](std::int32_t low, std::int32_t high) {
        return low +
               static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(high - low + 1)));
    };
    constexpr Activation kActivations[] = {Activation::none, Activation::relu, Activation::relu6};
    ConvolutionAndPooling pair{convolution, dtype, {}, {}, {}, {}};
    const std::int32_t channels = seed % 2 == 0 ? 8 : pick(1, 6);
    pair.input = {pick(1, 2), pick(9, 13), pick(9, 13), channels};
    const std::int32_t height = pick(1, 3);
    const std::int32_t width = pick(1, 3);
    pair.steps = {kActivations[pick(0, 2)], some_steps(random, 2, seed % 5 == 0 ? 2 : 1), 0};
    if (convolution == OpKind::conv2d) {
        pair.weights = {pick(1, 9), height, width, channels};
    } else {
        pair.steps.depth_multiplier = seed % 3 == 0 ? 2 : 1;
        pair.weights = {1, height, width, channels * pair.steps.depth_multiplier};
    }
    pair.pooling.activation = kActivations[pick(0, 2)];
    pair.pooling.kernel_height = pick(1, 3);
    pair.pooling.kernel_width = pick(1, 3);
    pair.pooling.steps = some_steps(random, 3, 1);
    return pair;
}

// A wide convolution, pooled, in the middle of a net whose first tensors are small.
ConvolutionAndPooling wide_pair(OpKind convolution) {
    const WindowSteps same{Padding::same, 1, 1, 1, 1};
    const PoolAttributes halves{Activation::none, 2, 2, {Padding::valid, 2, 2, 1, 1}};
    if (convolution == OpKind::conv2d) {
        return {convolution, DType::int8, {1, 16, 16, 4}, {16, 3, 3, 4}, {{}, same, 0}, halves};
    }
    return {convolution, DType::int8, {1, 16, 16, 4}, {1, 3, 3, 16}, {{}, same, 4}, halves};
}

}  // namespace

TEST_CASE("A convolution that pools its output gives the bits of the pair, with every kernel") {
    for (const InstructionSet set :
         {InstructionSet::reference, InstructionSet::plain, host_instruction_set()}) {
        if (!whittle_set_runs_here(variant_of(set, 0))) continue;
        for (const OpKind convolution : {OpKind::conv2d, OpKind::depthwise_conv2d}) {
            for (const DType dtype : {DType::int8, DType::int16, DType::float32}) {
                for (std::uint64_t seed = 1; seed <= 40; ++seed) {
                    CAPTURE(static_cast<int>(set));
                    CAPTURE(std::string(definition_of(convolution).name));
                    CAPTURE(std::string(dtype_name(dtype)));
                    CAPTURE(seed);
                    const Graph graph = graph_of(some_pair(convolution, dtype, seed));
                    const auto plain =
                        prepare_deployment(graph, InputsOutputs::in_arena, Savings::none(), set);
                    REQUIRE(plain.ok());
                    const Deployment pooled = pooled_deployment(graph, set);
                    REQUIRE(pooled.ops.size() == 1);
                    const Bytes input = random_values(graph.tensor(0), seed);
                    CHECK(guarded_output(pooled, input) == guarded_output(*plain, input));
                }
            }
        }
    }
}

TEST_CASE("The tensor between convolution and pooling is gone, all but two of its rows") {
    for (const OpKind convolution : {OpKind::conv2d, OpKind::depthwise_conv2d}) {
        const Graph graph = graph_of(wide_pair(convolution));
        Savings fuse = Savings::none();
        const auto plain =
            prepare_deployment(graph, InputsOutputs::in_arena, fuse, InstructionSet::reference);
        fuse.fuse = true;
        const auto pooled =
            prepare_deployment(graph, InputsOutputs::in_arena, fuse, InstructionSet::reference);
        REQUIRE(plain.ok());
        REQUIRE(pooled.ok());
        // Between the two stand 16 * 16 * 16 bytes, or two rows of 16 * 16; in front 16 * 16 * 4,
        // behind 8 * 8 * 16.
        CHECK(plain->plan.arena_bytes == 4096 + 1024);
        CHECK(pooled->plan.arena_bytes == 1024 + 512 + 1024);
        // Overlapping tensors on top of it: what the output has of the input's bytes.
        const auto all =
            prepare_deployment(graph, InputsOutputs::in_arena, {}, InstructionSet::reference);
        REQUIRE(all.ok());
        CHECK(all->plan.arena_bytes < pooled->plan.arena_bytes);
        const Bytes input = random_values(graph.tensor(0), 3);
        const Bytes expected = guarded_output(*plain, input);
        CHECK(guarded_output(*pooled, input) == expected);
        CHECK(guarded_output(*all, input) == expected);
    }
}

TEST_CASE("A pooling stays an operator of its own where the plan does not gain by it") {
    // One window over the whole image needs all of its rows at once.
    ConvolutionAndPooling pair = wide_pair(OpKind::conv2d);
    pair.pooling = {Activation::none, 16, 16, {Padding::valid, 1, 1, 1, 1}};
    Graph graph = graph_of(pair);
    Savings fuse = Savings::none();
    fuse.fuse = true;
    const auto own = prepare_deployment(graph, InputsOutputs::in_arena, fuse);
    REQUIRE(own.ok());
    CHECK(own->ops.size() == 2);
    // Nor may it vanish where somebody else reads the tensor between the two.
    graph = graph_of(wide_pair(OpKind::conv2d));
    graph.outputs.push_back(3);
    CHECK(poolable_convolutions(graph).empty());
}

TEST_CASE("Images of pooled convolutions whose numbers do not fit together are refused") {
    const Graph graph = graph_of(wide_pair(OpKind::conv2d));
    const Deployment deployment = pooled_deployment(graph, InstructionSet::reference);
    const std::vector<std::uint32_t> good = record_params(deployment.ops[0]);
    std::vector<WhittleOperandInfo> operands;
    const std::vector<std::int8_t> shifts(16, 0);
    const std::vector<std::int32_t> words(16, 1);
    operands = {{1024, nullptr},     {576, words.data()}, {64, words.data()}, {64, words.data()},
                {16, shifts.data()}, {512, nullptr},      {1024, nullptr}};
    const auto check = [&](const std::vector<std::uint32_t>& params) {
        return whittle_pooled_check(whittle_conv2d_check, deployment.ops[0].variant, params.data(),
                                    static_cast<std::uint32_t>(4 * params.size()), operands.data(),
                                    static_cast<std::uint32_t>(operands.size()));
    };
    CHECK(check(good) == 1);
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        // Every number but strides, paddings, zero points and clamps is bound by the others.
        std::vector<std::uint32_t> bad = good;
        bad[i] = 0x7FFFFFFFu;
        (void)check(bad);
        bad[i] = 0x80000000u;
        const bool any_value = i == 17 || i == 18 || i > good.size() - 5;
        if (!any_value) CHECK(check(bad) == 0);
    }
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        std::vector<std::uint32_t> bad = good;
        ++bad[i];
        CHECK(check(bad) == 0);
    }
    CHECK(check({good.begin(), good.end() - 1}) == 0);
    for (const std::size_t i : {std::size_t{5}, std::size_t{6}}) {
        --operands[i].bytes;
        CHECK(check(good) == 0);
        ++operands[i].bytes;
    }
    operands[5].constant = words.data();
    CHECK(check(good) == 0);
}

TEST_CASE("Generated C pools the output of convolutions with the same bits") {
#ifdef __EMSCRIPTEN__
    std::fprintf(stderr, "skipped: the native test compiles the generated code\n");
    return;
#endif
    if (find_program("gcc").empty()) {
        std::fprintf(stderr, "skipped: gcc is not there\n");
        return;
    }
    for (const InstructionSet set : {InstructionSet::reference, InstructionSet::plain}) {
        for (const OpKind convolution : {OpKind::conv2d, OpKind::depthwise_conv2d}) {
            ConvolutionAndPooling pair = wide_pair(convolution);
            if (convolution == OpKind::depthwise_conv2d) {
                pair.input[3] = 16;
                pair.steps.depth_multiplier = 1;
                pair.steps.steps.padding = Padding::valid;
            }
            const Graph graph = graph_of(pair);
            const auto code = generate_c(graph, "net", {}, set);
            REQUIRE(code.ok());
            CHECK(code->source.find("whittle_pooled_rows_next(&op0_params.window") !=
                  std::string::npos);
            const auto folder = make_temporary_folder();
            REQUIRE(folder.ok());
            const std::string base = *folder + "/";
            const Bytes input = random_values(graph.tensor(0), 5);
            REQUIRE(write_file(base + "net.h", code->header).ok());
            REQUIRE(write_file(base + "net.c", code->source).ok());
            REQUIRE(write_file(base + "in.bin", std::span(input)).ok());
            REQUIRE(write_file(base + "main.c",
                               "#include <stdio.h>\n#include \"net.h\"\n"
                               "int main(int argc, char** argv) {\n"
                               "    static int8_t in[NET_INPUT0_COUNT], out[NET_OUTPUT0_COUNT];\n"
                               "    FILE* from = fopen(argv[argc - 2], \"rb\");\n"
                               "    FILE* to = fopen(argv[argc - 1], \"wb\");\n"
                               "    if (!from || !to || fread(in, sizeof in, 1, from) != 1) return "
                               "1;\n"
                               "    net_invoke(in, out);\n    fwrite(out, sizeof out, 1, to);\n"
                               "    return fclose(to);\n}\n")
                        .ok());
            const auto build = run_process({"gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-O2",
                                            base + "net.c", base + "main.c", "-o", base + "net"},
                                           120);
            REQUIRE(build.ok());
            REQUIRE_MESSAGE(build->exit_code == 0, build->err);
            const auto ran = run_process({base + "net", base + "in.bin", base + "out.bin"}, 60);
            REQUIRE(ran.ok());
            REQUIRE(ran->exit_code == 0);
            const auto plain = prepare_deployment(graph, InputsOutputs::in_arena, Savings::none(),
                                                  InstructionSet::reference);
            REQUIRE(plain.ok());
            const auto out = read_file(base + "out.bin");
            REQUIRE(out.ok());
            const Bytes expected = guarded_output(*plain, input);
            CHECK(Bytes(out->begin(), out->end()) == expected);
            remove_folder(*folder);
        }
    }
}

}  // namespace whittle::test
