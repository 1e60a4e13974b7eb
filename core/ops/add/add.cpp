#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "core/ops/add/attributes.h"
#include "core/ops/add/kernel.h"
#include "core/ops/arithmetic.h"
#include "core/ops/arm_dsp.h"
#include "core/ops/int8_pack.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"
#include "core/runtime/overlap.h"

namespace whittle {

namespace {

constexpr ArithmeticKernels kKernels = {"whittle_add_float32", "whittle_add_int8",
                                        "whittle_add_int16",   "WhittleAddFloat32",
                                        "WhittleAddInt8",      "WhittleAddInt16"};

void forward(const ForwardContext& context) {
    const FloatRange range = float_range(context.attributes.as<AddAttributes>().activation);
    const WhittleAddFloat32 params{walk_of(context.inputs, context.outputs[0]), range.minimum,
                                   range.maximum};
    whittle_add_float32(&params, context.inputs[0].data, context.inputs[1].data,
                        context.outputs[0].data);
}

// The gradient goes to both inputs; where one is repeated, its gradients add up.
void backward(const BackwardContext& context) {
    const Activation activation = context.attributes.as<AddAttributes>().activation;
    backward_activation(activation, values_of(context.outputs[0]),
                        mutable_values_of(context.output_gradients[0]));
    const float* dy = context.output_gradients[0].data;
    float* da = context.input_gradients[0].data;
    float* db = context.input_gradients[1].data;
    for_each_element(walk_of(context.inputs, context.outputs[0]),
                     [=](std::int32_t a, std::int32_t b, std::int32_t y) {
                         if (da != nullptr) da[a] += dy[y];
                         if (db != nullptr) db[b] += dy[y];
                     });
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    return prepare_arithmetic(tensors, attributes.as<AddAttributes>().activation, kKernels,
                              common_scaling);
}

constexpr int kInt8HeadroomBits = 20;

// The largest magnitude of an input once it is scaled.
std::int64_t scaled_bound(std::int32_t zero_point, std::int32_t multiplier, std::int32_t shift) {
    std::int64_t bound = 0;
    for (const std::int32_t input : {-128, 127}) {
        const std::int32_t raised =
            whittle_wrapping_shift_left(input - zero_point, kInt8HeadroomBits);
        const std::int64_t scaled = whittle_requantize(raised, multiplier, shift);
        bound = std::max(bound, std::abs(scaled));
    }
    return bound;
}

// Blocks for a, b and the sum.
std::vector<WhittleLanesBlock> add_blocks(const WhittleAddInt8& p) {
    const auto input = [](std::int32_t zero_point, std::int32_t multiplier, std::int32_t shift) {
        return LanesChannel{-zero_point, multiplier, shift, 255, WHITTLE_LANES_ADD_BITS};
    };
    const LanesChannel sum{0, p.output_multiplier, p.output_shift,
                           scaled_bound(p.a_zero_point, p.a_multiplier, p.a_shift) +
                               scaled_bound(p.b_zero_point, p.b_multiplier, p.b_shift),
                           0};
    std::vector<LanesChannel> inputs(WHITTLE_LANES,
                                     input(p.a_zero_point, p.a_multiplier, p.a_shift));
    inputs.insert(inputs.end(), WHITTLE_LANES, input(p.b_zero_point, p.b_multiplier, p.b_shift));
    std::vector<WhittleLanesBlock> blocks = lanes_blocks(inputs, 0);
    const std::vector<LanesChannel> sums(WHITTLE_LANES, sum);
    blocks.push_back(lanes_blocks(sums, p.output_zero_point).front());
    return blocks;
}

void use_helium(PreparedOp& op) {
    if (parameter_of(op, "a_shift") > 0 || parameter_of(op, "b_shift") > 0 ||
        parameter_of(op, "output_shift") > 0) {
        return;
    }
    op.variant = variant_of(InstructionSet::helium, kVariantInt8);
    op.kernel = "whittle_add_int8_helium";
}

struct HalvedInput {
    std::int32_t multiplier;
    std::int32_t right;
};

bool is_halved(std::int32_t multiplier, std::int32_t shift) {
    return multiplier == 1 << 30 && shift == 0;
}

// How kernel_halved.h scales the smaller input, if it can. Its shift to the right rounds; a factor
// of 1/2 is (2^31 - 1) / 2^32, which gives the same for values as small as these.
std::optional<HalvedInput> halved_input(std::int32_t multiplier, std::int32_t shift) {
    if (multiplier == 0) return HalvedInput{0, 1};
    if (is_halved(multiplier, shift)) return HalvedInput{INT32_MAX, 1};
    if (shift >= 0) return std::nullopt;
    return HalvedInput{multiplier, -shift};
}

// The same addition, whose inputs may change places.
void use_halved(InstructionSet set, const char* kernel, PreparedOp& op) {
    const auto p = params_as<WhittleAddInt8>(op);
    const bool a_is_larger = is_halved(p.a_multiplier, p.a_shift);
    if (!a_is_larger && !is_halved(p.b_multiplier, p.b_shift)) return;
    const auto smaller = a_is_larger ? halved_input(p.b_multiplier, p.b_shift)
                                     : halved_input(p.a_multiplier, p.a_shift);
    const std::int32_t right = -p.output_shift;
    if (!smaller || right < 1 || right > 22) return;
    const std::int32_t offset = (1 << (right - 1)) + p.output_zero_point * (1 << right);
    const WhittleBroadcast& w = p.walk;
    op.variant = variant_of(set, kVariantInt8);
    op.kernel = kernel;
    op.params_type = "WhittleAddHalved";
    op.params = {PreparedParam::of("count", w.size0 * w.size1 * w.size2 * w.size3),
                 PreparedParam::of("a_zero_point", a_is_larger ? p.a_zero_point : p.b_zero_point),
                 PreparedParam::of("b_zero_point", a_is_larger ? p.b_zero_point : p.a_zero_point),
                 PreparedParam::of("b_multiplier", smaller->multiplier),
                 PreparedParam::of("b_right", smaller->right),
                 PreparedParam::of("output_multiplier", p.output_multiplier),
                 PreparedParam::of("output_offset", offset),
                 PreparedParam::of("output_right", right),
                 PreparedParam::of("minimum", p.minimum),
                 PreparedParam::of("maximum", p.maximum)};
    if (!a_is_larger) std::swap(op.operands[0], op.operands[1]);
}

void accelerate(NodeTensors tensors, const Attributes&, InstructionSet set, PreparedOp& op) {
    const bool dense = tensors.inputs[0]->shape == tensors.inputs[1]->shape;
    if (set == InstructionSet::helium && op.variant == kVariantInt8 && dense) use_helium(op);
    if (set == InstructionSet::arm_dsp && op.variant == kVariantInt8 && dense) {
        use_halved(set, "whittle_add_int8_arm_dsp", op);
    }
    if (set == InstructionSet::plain && op.variant == kVariantInt8 && dense) {
        use_halved(set, "whittle_add_int8_plain", op);
    }
    if (!LanesLayout::of(set) || op.variant != kVariantInt8) return;
    const auto p = params_as<WhittleAddInt8>(op);
    if (whittle_broadcast_clearance(&p.walk, 0) != 0 ||
        whittle_broadcast_clearance(&p.walk, 1) != 0) {
        return;  // an input is repeated
    }
    const std::vector<WhittleLanesBlock> blocks = add_blocks(p);
    if (blocks[0].shift == 0 || blocks[1].shift == 0) return;
    op.variant = variant_of(set, op.variant);
    op.kernel = "whittle_add_int8_lanes";
    op.constants = {blocks_constant(blocks)};
    op.operands.insert(op.operands.begin() + 2, constant_operand(0));
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    AddAttributes own;
    if (const auto* options = op.builtin_options_as_AddOptions()) {
        const Result<Activation> activation = read_activation(options->fused_activation_function());
        if (!activation.ok()) return activation.error();
        own.activation = *activation;
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    // The kernels never take scales that are powers of two for themselves.
    constexpr bool powers_of_two = false;
    return tflite::CreateAddOptions(builder, to_tflite(attributes.as<AddAttributes>().activation),
                                    powers_of_two)
        .Union();
}

}  // namespace

extern const OpDefinition add_definition;
const OpDefinition add_definition = {
    .kind = OpKind::add,
    .name = "add",
    .title = "Add",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_ADD,
               .options_type = tflite::BuiltinOptions_AddOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = binary_version},
    .infer = infer_binary,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
    .accelerate = accelerate,
};

}  // namespace whittle
