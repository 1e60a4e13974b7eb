#include "core/runtime/overlap.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "core/base/random.h"
#include "core/deploy/fuse.h"
#include "core/deploy/program_image.h"
#include "core/ops/registry_programs.h"
#include "core/runtime/interpreter.h"
#include "tests/support/overlap_cases.h"

namespace whittle::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kPattern = 0xA5;
constexpr std::int64_t kGuardBytes = 64;

std::int64_t aligned(std::int64_t bytes) { return (bytes + 3) / 4 * 4; }

// The graph's one operator, or its convolution with the pooling behind it.
Deployment deployed_as_one(const Graph& graph, InstructionSet set) {
    auto prepared = prepare_deployment(graph, InputsOutputs::in_arena, Savings::none(), set);
    REQUIRE_MESSAGE(prepared.ok(), (prepared.ok() ? "" : prepared.error().message()));
    Deployment deployment = std::move(prepared).value();
    fuse_pairs(pairable_operators(deployment.graph, deployment.ops), deployment.graph,
               deployment.ops);
    deployment.lifetimes =
        lifetimes_of(deployment.graph, InputsOutputs::in_arena, {}, scratch_sizes(deployment.ops));
    deployment.plan.offsets.resize(deployment.lifetimes.buffers.size());
    return deployment;
}

// A case with the output at a distance below the input of our choice, in an arena full of a
// pattern.
class Bench {
public:
    Bench(const OverlapCase& c, std::uint64_t seed, InstructionSet set = InstructionSet::reference)
        : case_(c), deployment_(deployed_as_one(c.graph, set)) {
        element_bytes_ = static_cast<std::int64_t>(
            std::max(element_bytes(graph().tensor(graph().outputs[0]).dtype),
                     element_bytes(graph().tensor(input_tensor()).dtype)));
        Random random(seed);
        for (const int input : graph().inputs) inputs_.push_back(values_of(input, random));
    }

    const Graph& graph() const { return deployment_.graph; }
    int input_tensor() const {
        return graph().nodes[0].inputs[static_cast<std::size_t>(case_.input)];
    }
    // The wider of the two types: what keeps pointers aligned.
    std::int64_t element() const { return element_bytes_; }
    std::int64_t output_bytes() const {
        return static_cast<std::int64_t>(graph().tensor(graph().outputs[0]).bytes());
    }

    std::int64_t clearance() const {
        const PreparedOp& op = deployment_.ops[0];
        const std::vector<std::uint32_t> params = record_params(op);
        for (std::size_t i = 0; i < op.operands.size(); ++i) {
            if (op.operands[i].kind != PreparedOperand::Kind::input ||
                op.operands[i].index != case_.input) {
                continue;
            }
            return whittle_operator_clearance(static_cast<std::uint16_t>(graph().nodes[0].op),
                                              op.variant, params.data(),
                                              static_cast<std::uint32_t>(i));
        }
        return WHITTLE_NEVER_OVERLAPS;
    }

    // The output when it begins so many bytes below the input. Checks that nothing but the output
    // is written. Other inputs lie far above.
    Bytes run(std::int64_t distance) {
        const Bytes image = place(distance);
        Bytes arena(static_cast<std::size_t>(deployment_.plan.arena_bytes), kPattern);
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            std::copy(inputs_[i].begin(), inputs_[i].end(),
                      arena.begin() + offset_of(graph().inputs[i]));
        }
        const Bytes before = arena;
        whittle_program_run(image.data(), arena.data());
        const auto begin = static_cast<std::size_t>(offset_of(graph().outputs[0]));
        const auto end = begin + static_cast<std::size_t>(output_bytes());
        const auto scratch = static_cast<std::size_t>(scratch_begin_);
        const auto scratch_end = static_cast<std::size_t>(scratch_begin_ + scratch_bytes());
        std::size_t damaged = 0;
        for (std::size_t i = 0; i < arena.size(); ++i) {
            damaged += (i < begin || i >= end) && (i < scratch || i >= scratch_end) &&
                       arena[i] != before[i];
        }
        CHECK(damaged == 0);
        return Bytes(arena.begin() + static_cast<std::ptrdiff_t>(begin),
                     arena.begin() + static_cast<std::ptrdiff_t>(end));
    }

    WhittleProgramStatus check(std::int64_t distance) {
        const Bytes image = place(distance);
        return whittle_program_check(image.data(), static_cast<std::uint32_t>(image.size()),
                                     1u << 20);
    }

private:
    std::int64_t scratch_bytes() const { return deployment_.ops[0].scratch_bytes; }

    Bytes place(std::int64_t distance) {
        const std::int64_t output_at = kGuardBytes + (distance < 0 ? 256 : 0);
        const std::int64_t far = 16384;
        std::int64_t next = far;
        for (std::size_t i = 0; i < deployment_.lifetimes.tensors.size(); ++i) {
            const int tensor = deployment_.lifetimes.tensors[i];
            std::int64_t& offset = deployment_.plan.offsets[i];
            if (tensor == graph().outputs[0]) {
                offset = output_at;
            } else if (tensor == input_tensor()) {
                offset = output_at + distance;
            } else {
                offset = next;
                next += far;
            }
        }
        scratch_begin_ = next;
        if (scratch_bytes() > 0) deployment_.plan.offsets.back() = next;
        deployment_.plan.arena_bytes = next + aligned(scratch_bytes()) + kGuardBytes;
        auto image = make_program_image(deployment_);
        REQUIRE(image.ok());
        return std::move(image).value();
    }

    std::ptrdiff_t offset_of(int tensor) const {
        const auto& tensors = deployment_.lifetimes.tensors;
        const auto found = std::find(tensors.begin(), tensors.end(), tensor);
        return static_cast<std::ptrdiff_t>(
            deployment_.plan.offsets[static_cast<std::size_t>(found - tensors.begin())]);
    }

    Bytes values_of(int index, Random& random) const {
        const Tensor& tensor = graph().tensor(index);
        Bytes bytes(tensor.bytes());
        if (tensor.dtype == DType::float32) {
            for (std::size_t i = 0; i < bytes.size(); i += 4) {
                const float value = random.uniform(-2.0f, 2.0f);
                std::memcpy(bytes.data() + i, &value, 4);
            }
            return bytes;
        }
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
        return bytes;
    }

    const OverlapCase& case_;
    Deployment deployment_;
    std::int64_t element_bytes_ = 1;
    std::int64_t scratch_begin_ = 0;
    std::vector<Bytes> inputs_;
};

}  // namespace

TEST_CASE("At the clearance a kernel gives the same bytes, an element closer it does not") {
    std::set<OpKind> tested;
    for (const OverlapCase& c : overlap_cases()) {
        CAPTURE(c.label);
        bool closer_is_right = true;
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            Bench bench(c, seed);
            const std::int64_t clearance = bench.clearance();
            REQUIRE(clearance != WHITTLE_NEVER_OVERLAPS);
            CHECK(clearance % bench.element() == 0);
            const Bytes apart = bench.run(aligned(bench.output_bytes()));
            CHECK(bench.run(clearance) == apart);
            CHECK(bench.run(clearance + bench.element()) == apart);
            if (bench.run(clearance - bench.element()) != apart) closer_is_right = false;
        }
        // Of six inputs at least one shows it: rounding may hide a wrong element.
        if (c.tight) CHECK_FALSE(closer_is_right);
        tested.insert(c.graph.nodes[0].op);
    }
    // Every operator that says how far it may overlap.
#define WHITTLE_ENTRY(name, id) CHECK_MESSAGE(tested.count(OpKind::name) == 1, #name);
    WHITTLE_OVERLAP_OPERATORS(WHITTLE_ENTRY)
#undef WHITTLE_ENTRY
}

TEST_CASE("Siblings give the same bytes at the clearance") {
    for (const InstructionSet set : {InstructionSet::plain, host_instruction_set()}) {
        if (!whittle_set_runs_here(variant_of(set, 0))) continue;
        for (const OverlapCase& c : overlap_cases()) {
            CAPTURE(c.label);
            Bench bench(c, 1, set);
            Bench reference(c, 1);
            const std::int64_t clearance = bench.clearance();
            const Bytes apart = reference.run(aligned(bench.output_bytes()));
            CHECK(bench.run(aligned(bench.output_bytes())) == apart);
            CHECK(bench.run(clearance) == apart);
            CHECK(bench.run(clearance + bench.element()) == apart);
        }
    }
}

TEST_CASE("The check lets pass what the clearance allows, and nothing closer") {
    for (const OverlapCase& c : overlap_cases()) {
        CAPTURE(c.label);
        Bench bench(c, 1);
        const std::int64_t nearest = aligned(bench.clearance());
        CHECK(bench.check(nearest) == WHITTLE_OK);
        CHECK(bench.check(aligned(bench.output_bytes())) == WHITTLE_OK);
        const std::int64_t too_near = nearest - 4;
        const std::int64_t input_bytes =
            static_cast<std::int64_t>(bench.graph().tensor(bench.input_tensor()).bytes());
        if (too_near > -input_bytes && too_near < bench.output_bytes()) {
            CHECK(bench.check(too_near) == WHITTLE_BAD_OVERLAP);
        }
    }
}

TEST_CASE("What is read again may not be written over") {
    const WhittleBroadcast repeated = {1, 2, 3, 5, 30, 15, 5, 1, 0, 0, 0, 1};
    CHECK(whittle_broadcast_clearance(&repeated, 0) == 0);
    CHECK(whittle_broadcast_clearance(&repeated, 1) == WHITTLE_NEVER_OVERLAPS);
    // As hostile images have them: nothing to walk over, but the other sizes are wild.
    const WhittleBroadcast nothing = {0, INT32_MAX, INT32_MAX, INT32_MAX, 1, 1, 1, 1, 1, 1, 1, 1};
    CHECK(whittle_broadcast_clearance(&nothing, 0) == 0);
    const WhittleWindow no_output = {INT32_MAX, 1, 1, 1, 0, INT32_MAX, 1, 1, 1, 1, 1, 1, 1, 0, 0};
    CHECK(whittle_window_clearance(&no_output, 4, 0) == 0);
    // Weights that are computed, a bias: all operands of a convolution but its image.
    const WhittleWindow window = {1, 4, 4, 2, 4, 4, 2, 1, 1, 1, 1, 1, 1, 0, 0};
    for (const OpKind op : {OpKind::conv2d, OpKind::depthwise_conv2d, OpKind::fully_connected}) {
        for (std::uint32_t operand = 1; operand < 5; ++operand) {
            CHECK(whittle_operator_clearance(static_cast<std::uint16_t>(op), 1, &window, operand) ==
                  WHITTLE_NEVER_OVERLAPS);
        }
    }
    CHECK(whittle_operator_clearance(static_cast<std::uint16_t>(OpKind::transpose), 0, &window,
                                     0) == WHITTLE_NEVER_OVERLAPS);
}

}  // namespace whittle::test
