#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/base/tensor.h"
#include "core/ops/attributes.h"
#include "core/ops/instruction_set.h"
#include "core/ops/prepared.h"

// Of the .tflite format and its library; core/ops/tflite_generated.h has them whole.
namespace tflite {
struct Operator;
enum BuiltinOperator : std::int32_t;
enum BuiltinOptions : std::uint8_t;
}  // namespace tflite
namespace flatbuffers {
class FlatBufferBuilder;
template <typename T>
struct Offset;
}  // namespace flatbuffers

namespace whittle {

// Operators by the identifier in registry.def.
enum class OpKind : std::uint16_t {
#define WHITTLE_OPERATOR(name, id) name = id,
#include "core/ops/registry.def"
#undef WHITTLE_OPERATOR
};

// The tensors of one node. A null input is an optional one left out.
struct NodeTensors {
    std::span<const Tensor* const> inputs;
    std::span<const Tensor* const> outputs;
};

// What shape inference says of an output. The quantization is not inferred.
struct TensorSpec {
    DType dtype;
    Shape shape;
};

// A float32 tensor while training. `data` holds element_count(*shape) values, row-major.
// A gradient that nobody wants, and an optional input left out, have data == nullptr.
struct FloatView {
    const Shape* shape = nullptr;
    float* data = nullptr;
};

// What a run is for. Operators that draw random numbers while training take them from (seed, step,
// node): equal numbers give equal bits on every target.
struct RunMode {
    bool training = false;
    std::uint64_t seed = 0;
    std::uint64_t step = 0;  // of the training
    std::uint32_t node = 0;  // place of the node in its graph
};

struct ForwardContext {
    const Attributes& attributes;
    std::span<const FloatView> inputs;
    std::span<const FloatView> outputs;
    std::span<float> scratch;  // scratch_floats() values, content undefined
    RunMode mode{};
};

// Backward adds to input_gradients (a tensor may have several readers) and may overwrite
// output_gradients, which nobody reads afterwards.
struct BackwardContext {
    const Attributes& attributes;
    std::span<const FloatView> inputs;
    std::span<const FloatView> outputs;  // as forward left them
    std::span<const FloatView> output_gradients;
    std::span<const FloatView> input_gradients;
    std::span<float> scratch;
    RunMode mode{};  // that of the forward run before
};

// How post-training quantization chooses the int8 types around an operator.
struct QuantizationRule {
    enum class Output {
        calibrated,  // from the range seen on representative data
        // The operator moves values and does not change them. Constants that it puts among them are
        // quantized as the first input is, and clamped to what that can hold.
        same_as_input,
        fixed,   // the kernel is defined for one scale and zero point
        shared,  // calibrated, and inputs of other quantizations are requantized to it
    };
    Output output = Output::calibrated;
    float fixed_scale = 0.0f;
    std::int32_t fixed_zero_point = 0;
    int weights_input = -1;  // symmetric int8, one scale for each index of weights_axis
    int bias_input = -1;     // int32, scale = input scale * weight scale
    int weights_axis = 0;
    int data_input = 0;  // what is multiplied with the weights
};

// The operator in a .tflite file. An operator without a builtin code is written through
// `expansion`.
struct TfliteMapping {
    bool has_builtin = true;
    tflite::BuiltinOperator code{};
    tflite::BuiltinOptions options_type{};  // NONE
    // Reads the options into attributes; an operator of ours has a meaning for every accepted file,
    // and refuses what it does not support by naming it.
    Result<Attributes> (*read_options)(const tflite::Operator& op, NodeTensors tensors) = nullptr;
    // Writes the options of type options_type. nullptr when the type is NONE.
    flatbuffers::Offset<void> (*write_options)(flatbuffers::FlatBufferBuilder& builder,
                                               NodeTensors tensors,
                                               const Attributes& attributes) = nullptr;
    // The lowest operator version that has the features used. nullptr means 1.
    std::int32_t (*version)(NodeTensors tensors, const Attributes& attributes) = nullptr;
};

// One step of an operator written as others: inputs >= 0 are the node's own inputs,
// kExpansionConstant + k is constant k of the expansion, and -1 - k is the output of step k. The
// last step makes the node's output.
struct ExpansionStep {
    OpKind op;
    Attributes attributes;
    std::vector<int> inputs;
};
inline constexpr int kExpansionConstant = 1 << 20;

struct Expansion {
    std::vector<ExpansionStep> steps;
    std::vector<Tensor> constants{};
};

// Everything about one operator. Each folder core/ops/<name> defines `const OpDefinition
// <name>_definition`, and registry.def lists it.
struct OpDefinition {
    OpKind kind;
    const char* name;   // "fully_connected"
    const char* title;  // "Fully connected"
    int min_inputs;
    int max_inputs;  // inputs from min_inputs on may be left out
    TfliteMapping tflite{};
    QuantizationRule quantization{};

    // The outputs that the inputs and attributes lead to, or why they do not fit together.
    Result<std::vector<TensorSpec>> (*infer)(std::span<const Tensor* const> inputs,
                                             const Attributes& attributes);
    // float32 on shapes that infer() accepted. nullptr: the operator cannot be trained through.
    void (*forward)(const ForwardContext& context) = nullptr;
    void (*backward)(const BackwardContext& context) = nullptr;
    // Floats of scratch that forward and backward need. nullptr means none.
    std::size_t (*scratch_floats)(std::span<const Shape* const> inputs,
                                  const Attributes& attributes) = nullptr;
    // Multiply-accumulates of one run. nullptr means none.
    std::int64_t (*macs)(NodeTensors tensors, const Attributes& attributes) = nullptr;
    // The kernel and its data for these dtypes and quantizations, or why there is none.
    // nullptr: written through `expansion`.
    Result<PreparedOp> (*prepare)(NodeTensors tensors, const Attributes& attributes) = nullptr;
    // Puts a faster kernel with the same bits in the place of what prepare() chose, if there is one
    // for this instruction set, these shapes and types: variant, kernel, parameters, operands, and
    // constants in the layout that it wants. `op` may have been fused with its neighbours, so sizes
    // come from its parameters. nullptr: there are none.
    void (*accelerate)(NodeTensors tensors,
                       const Attributes& attributes,
                       InstructionSet set,
                       PreparedOp& op) = nullptr;
    // The operator as others, for tensors that infer() accepted, with any first dimension. nullptr
    // for operators that have a kernel of their own.
    Expansion (*expansion)(NodeTensors tensors, const Attributes& attributes) = nullptr;
    // For nodes that no kernel of the operator takes as they are, with too many inputs or other
    // ones: those that stand for them, each of one kernel, or why there are none; no steps where
    // the whole is one kernel. Only what is deployed is split, files keep the whole. nullptr: it
    // always is one kernel.
    Result<Expansion> (*pieces)(NodeTensors tensors, const Attributes& attributes) = nullptr;
    // It hands its input on when it is not training, and what is exported does without it.
    bool only_in_training = false;
    // Constant inputs that forward changes while training: averages that no optimizer touches. Bit
    // i stands for input i.
    std::uint32_t averages = 0;
};

// The operator of that kind; every OpKind has one.
const OpDefinition& definition_of(OpKind kind);
// The operator for a builtin code of a .tflite file, or nullptr.
const OpDefinition* definition_of(tflite::BuiltinOperator code);
const OpDefinition* definition_named(std::string_view name);
std::span<const OpDefinition* const> all_definitions();

}  // namespace whittle
