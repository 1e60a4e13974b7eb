#include "core/ops/maximum/kernel.h"
#include "core/ops/selection.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr SelectionKernels kKernels = {"whittle_maximum_float32", "whittle_maximum_int8",
                                       "whittle_maximum_int16", "WhittleMaximum"};

void forward(const ForwardContext& context) {
    const WhittleMaximum params{walk_of(context.inputs, context.outputs[0])};
    whittle_maximum_float32(&params, context.inputs[0].data, context.inputs[1].data,
                            context.outputs[0].data);
}

void backward(const BackwardContext& context) {
    backward_selection(context, [](float a, float b) { return a > b; });
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    return prepare_selection(tensors, kKernels);
}

}  // namespace

extern const OpDefinition maximum_definition;
const OpDefinition maximum_definition = {
    .kind = OpKind::maximum,
    .name = "maximum",
    .title = "Maximum",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_MAXIMUM,
               .options_type = tflite::BuiltinOptions_MaximumMinimumOptions,
               .read_options = read_selection_options,
               .write_options = write_selection_options,
               .version = selection_version},
    .quantization = {.output = QuantizationRule::Output::shared},
    .infer = infer_binary,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
