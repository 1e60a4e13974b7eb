#include "core/ops/minimum/kernel.h"
#include "core/ops/selection.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr SelectionKernels kKernels = {"whittle_minimum_float32", "whittle_minimum_int8",
                                       "whittle_minimum_int16", "WhittleMinimum"};

void forward(const ForwardContext& context) {
    const WhittleMinimum params{walk_of(context.inputs, context.outputs[0])};
    whittle_minimum_float32(&params, context.inputs[0].data, context.inputs[1].data,
                            context.outputs[0].data);
}

void backward(const BackwardContext& context) {
    backward_selection(context, [](float a, float b) { return a < b; });
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes&) {
    return prepare_selection(tensors, kKernels);
}

}  // namespace

extern const OpDefinition minimum_definition;
const OpDefinition minimum_definition = {
    .kind = OpKind::minimum,
    .name = "minimum",
    .title = "Minimum",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_MINIMUM,
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
