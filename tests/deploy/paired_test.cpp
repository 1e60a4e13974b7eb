// Two operators in turns: the bits of the two one after the other.

#include "core/runtime/paired.h"

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
#include "core/ops/depthwise_conv2d/program.h"
#include "core/runtime/interpreter.h"
#include "tests/support/window_pairs.h"

namespace whittle::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

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

// A wide tensor in the middle of a net whose first tensors are small.
WindowPair wide_pair(OpKind first, OpKind second = OpKind::max_pool2d) {
    const WindowSteps same{Padding::same, 1, 1, 1, 1};
    WindowPair pair{first, DType::int8, {1, 16, 16, 4}, {16, 3, 3, 4}, {{}, same, 0}};
    if (first == OpKind::depthwise_conv2d) {
        pair.weights = {1, 3, 3, 16};
        pair.steps.depth_multiplier = 4;
    }
    pair.second = second;
    if (second == OpKind::depthwise_conv2d) {
        pair.second_weights = {1, 3, 3, 16};
        pair.second_steps = {{}, {Padding::same, 2, 2, 1, 1}, 1};
    } else {
        pair.pooling = {Activation::none, 2, 2, {Padding::valid, 2, 2, 1, 1}};
    }
    return pair;
}

}  // namespace

TEST_CASE("Two operators in turns give the bits of one after the other, with every kernel") {
    for (const InstructionSet set :
         {InstructionSet::reference, InstructionSet::plain, host_instruction_set()}) {
        if (!whittle_set_runs_here(variant_of(set, 0))) continue;
        for (const WindowKinds kinds : kWindowKinds) {
            for (const DType dtype : {DType::int8, DType::int16, DType::float32}) {
                for (std::uint64_t seed = 1; seed <= 40; ++seed) {
                    CAPTURE(static_cast<int>(set));
                    CAPTURE(std::string(definition_of(kinds.first).name));
                    CAPTURE(std::string(definition_of(kinds.second).name));
                    CAPTURE(std::string(dtype_name(dtype)));
                    CAPTURE(seed);
                    const Graph graph = graph_of(some_pair(kinds, dtype, seed));
                    const auto plain =
                        prepare_deployment(graph, InputsOutputs::in_arena, Savings::none(), set);
                    REQUIRE(plain.ok());
                    const Deployment paired = deployed_in_turns(graph, set);
                    REQUIRE(paired.ops.size() == 1);
                    const Bytes input = random_values(graph.tensor(0), seed);
                    CHECK(guarded_output(paired, input) == guarded_output(*plain, input));
                }
            }
        }
    }
}

TEST_CASE("The tensor between two operators in turns is gone, all but some of its rows") {
    struct Wide {
        WindowPair pair;
        std::int64_t rows;
    };
    for (const Wide& wide :
         {Wide{wide_pair(OpKind::conv2d), 2}, Wide{wide_pair(OpKind::depthwise_conv2d), 2},
          Wide{wide_pair(OpKind::conv2d, OpKind::depthwise_conv2d), 3}}) {
        const Graph graph = graph_of(wide.pair);
        Savings fuse = Savings::none();
        const auto plain =
            prepare_deployment(graph, InputsOutputs::in_arena, fuse, InstructionSet::reference);
        fuse.fuse = true;
        const auto paired =
            prepare_deployment(graph, InputsOutputs::in_arena, fuse, InstructionSet::reference);
        REQUIRE(plain.ok());
        REQUIRE(paired.ok());
        // Between the two stand 16 * 16 * 16 bytes, or some rows of 16 * 16; in front 16 * 16 * 4,
        // behind 8 * 8 * 16.
        CHECK(plain->plan.arena_bytes == 4096 + 1024);
        CHECK(paired->plan.arena_bytes == 1024 + wide.rows * 256 + 1024);
        CHECK(paired->ops[0].macs == plain->ops[0].macs + plain->ops[1].macs);
        // Overlapping tensors on top of it: what the output has of the input's bytes.
        const auto all =
            prepare_deployment(graph, InputsOutputs::in_arena, {}, InstructionSet::reference);
        REQUIRE(all.ok());
        CHECK(all->plan.arena_bytes < paired->plan.arena_bytes);
        const Bytes input = random_values(graph.tensor(0), 3);
        const Bytes expected = guarded_output(*plain, input);
        CHECK(guarded_output(*paired, input) == expected);
        CHECK(guarded_output(*all, input) == expected);
    }
}

TEST_CASE("An operator stays one of its own where the plan does not gain by turns") {
    // One window over the whole image needs all of its rows at once.
    WindowPair pair = wide_pair(OpKind::conv2d);
    pair.pooling = {Activation::none, 16, 16, {Padding::valid, 1, 1, 1, 1}};
    Savings fuse = Savings::none();
    fuse.fuse = true;
    const auto own = prepare_deployment(graph_of(pair), InputsOutputs::in_arena, fuse);
    REQUIRE(own.ok());
    CHECK(own->ops.size() == 2);
}

TEST_CASE("Operators take no turns where that cannot be") {
    const auto pairs_of = [](Graph graph) {
        const auto ops = prepare_operators(graph);
        REQUIRE(ops.ok());
        return pairable_operators(graph, *ops).size();
    };
    const WindowPair pair = wide_pair(OpKind::conv2d, OpKind::depthwise_conv2d);
    CHECK(pairs_of(graph_of(pair)) == 1);
    // Somebody else reads the tensor between the two.
    Graph read = graph_of(pair);
    read.outputs.push_back(3);
    CHECK(pairs_of(read) == 0);
    // The rows of a dilated window do not lie side by side.
    WindowPair dilated = pair;
    dilated.second_steps.steps = {Padding::same, 1, 1, 2, 2};
    CHECK(pairs_of(graph_of(dilated)) == 0);
}

TEST_CASE("Images of two operators whose numbers do not fit together are refused") {
    const Graph graph = graph_of(wide_pair(OpKind::conv2d, OpKind::depthwise_conv2d));
    const Deployment deployment = deployed_in_turns(graph, InstructionSet::reference);
    const std::vector<std::uint32_t> good = record_params(deployment.ops[0]);
    const std::vector<std::int8_t> shifts(16, 0);
    const std::vector<std::int32_t> words(16, 1);
    std::vector<WhittleOperandInfo> operands = {
        {1024, nullptr},     {576, words.data()}, {64, words.data()},  {64, words.data()},
        {16, shifts.data()}, {768, nullptr},      {144, words.data()}, {64, words.data()},
        {64, words.data()},  {16, shifts.data()}, {1024, nullptr}};
    const auto check = [&](const std::vector<std::uint32_t>& params) {
        const auto bytes = static_cast<std::uint32_t>(4 * params.size());
        const auto count = static_cast<std::uint32_t>(operands.size());
        return whittle_pair_fits(params.data(), bytes, count) &&
               whittle_pair_check(whittle_conv2d_check, deployment.ops[0].variant,
                                  whittle_depthwise_conv2d_check, params.data(), bytes,
                                  operands.data(), count);
    };
    CHECK(check(good));
    // What the other numbers do not bind: paddings, strides, zero points and clamps; the operator
    // itself is the interpreter's to look at.
    const auto has_any_value = [&](std::size_t word) {
        const std::size_t first = word - 4;
        const std::size_t second = word - 4 - deployment.ops[0].params.size();
        for (const std::size_t of : {first, second}) {
            const auto& params =
                of == second ? deployment.ops[0].second->params : deployment.ops[0].params;
            if (of >= params.size()) continue;
            const std::string name = params[of].name;
            for (const char* free : {"pad", "zero_point", "minimum", "maximum"}) {
                if (name.find(free) != std::string::npos) return true;
            }
        }
        return word == 2;
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        for (const std::uint32_t value : {0x7FFFFFFFu, 0x80000000u, 0u}) {
            std::vector<std::uint32_t> bad = good;
            bad[i] = value;
            const bool holds = check(bad);
            if (value == 0x80000000u && !has_any_value(i)) CHECK(!holds);
        }
    }
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        for (const std::uint32_t change : {1u, 0xFFFFFFFFu}) {
            std::vector<std::uint32_t> bad = good;
            bad[i] += change;
            CHECK(!check(bad));
        }
    }
    CHECK(!check({good.begin(), good.end() - 1}));
    CHECK(!check({good.begin(), good.begin() + 3}));
    CHECK(!check({}));
    for (std::size_t i = 0; i < operands.size(); ++i) {
        CAPTURE(i);
        --operands[i].bytes;
        CHECK(!check(good));
        ++operands[i].bytes;
    }
    operands[5].constant = words.data();
    CHECK(!check(good));
}

TEST_CASE("The interpreter refuses operators that take no turns") {
    const Graph graph = graph_of(wide_pair(OpKind::conv2d));
    Deployment deployment = deployed_in_turns(graph, InstructionSet::reference);
    const auto status_of = [&deployment] {
        const auto image = make_program_image(deployment);
        REQUIRE(image.ok());
        return whittle_program_check(image->data(), static_cast<std::uint32_t>(image->size()),
                                     static_cast<std::uint32_t>(deployment.plan.arena_bytes));
    };
    CHECK(status_of() == WHITTLE_OK);
    deployment.ops[0].second->op = OpKind::relu;
    CHECK(status_of() == WHITTLE_BAD_OPERATOR);
    deployment.ops[0].second->op = static_cast<OpKind>(0xFFFF);
    CHECK(status_of() == WHITTLE_BAD_OPERATOR);
    deployment.ops[0].second->op = OpKind::conv2d;
    deployment.ops[0].second->variant = WHITTLE_PAIRED | 1u;  // a pair in a pair
    CHECK(status_of() == WHITTLE_BAD_OPERATOR);
    deployment.ops[0].second->variant = WHITTLE_VARIANT(200u, 1u);
    CHECK(status_of() == WHITTLE_OTHER_INSTRUCTION_SET);
}

TEST_CASE("Kept rows over what the first kernel works in are refused") {
    const Graph graph = graph_of(wide_pair(OpKind::conv2d));
    for (const InstructionSet set : {InstructionSet::plain, host_instruction_set()}) {
        if (!whittle_set_runs_here(variant_of(set, 0))) continue;
        CAPTURE(static_cast<int>(set));
        const Deployment good = deployed_in_turns(graph, set);
        const std::size_t rows = good.ops[0].second->rows_operand;
        const auto status_of = [](const Deployment& deployment) {
            const auto image = make_program_image(deployment);
            REQUIRE(image.ok());
            return whittle_program_check(image->data(), static_cast<std::uint32_t>(image->size()),
                                         static_cast<std::uint32_t>(deployment.plan.arena_bytes));
        };
        CHECK(status_of(good) == WHITTLE_OK);
        REQUIRE(good.ops[0].operands[rows].index > 0);  // the kernel has scratch of its own
        // Its scratch may hold offsets, which the rows would change.
        Deployment over_scratch = good;
        over_scratch.ops[0].operands[rows].index = 0;
        CHECK(status_of(over_scratch) == WHITTLE_BAD_OVERLAP);
    }
}

TEST_CASE("Generated C takes turns with the same bits") {
#ifdef __EMSCRIPTEN__
    std::fprintf(stderr, "skipped: the native test compiles the generated code\n");
    return;
#endif
    if (find_program("gcc").empty()) {
        std::fprintf(stderr, "skipped: gcc is not there\n");
        return;
    }
    for (const InstructionSet set : {InstructionSet::reference, InstructionSet::plain}) {
        for (const WindowKinds kinds : {WindowKinds{OpKind::conv2d, OpKind::max_pool2d},
                                        WindowKinds{OpKind::depthwise_conv2d, OpKind::max_pool2d},
                                        WindowKinds{OpKind::conv2d, OpKind::depthwise_conv2d}}) {
            WindowPair pair = wide_pair(kinds.first, kinds.second);
            if (kinds.first == OpKind::depthwise_conv2d) {
                pair.input[3] = 16;
                pair.steps.depth_multiplier = 1;
                pair.steps.steps.padding = Padding::valid;
            }
            const Graph graph = graph_of(pair);
            const auto code = generate_c(graph, "net", {}, set);
            REQUIRE(code.ok());
            CHECK(code->source.find("whittle_kept_rows_next(&op0_params.window") !=
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
