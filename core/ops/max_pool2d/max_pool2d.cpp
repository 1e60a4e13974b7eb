#include "core/ops/max_pool2d/training.h"
#include "core/ops/pool.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr PoolKernels kKernels = {"whittle_max_pool2d_float32", "WhittleMaxPool2dFloat32",
                                  "whittle_max_pool2d_int8", "whittle_max_pool2d_int16",
                                  "WhittleMaxPool2dInteger"};

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    return prepare_pool(tensors, attributes, kKernels);
}

void accelerate(NodeTensors, const Attributes&, InstructionSet set, PreparedOp& op) {
    if (set == InstructionSet::helium && op.variant == kVariantInt8) {
        op.variant = variant_of(set, op.variant);
        op.kernel = "whittle_max_pool2d_int8_helium";
    }
    if (set == InstructionSet::arm_dsp) {
        use_pool_kernel({set, "whittle_max_pool2d_int8_arm_dsp", 4}, op);
    }
    if (set == InstructionSet::plain) {
        use_pool_kernel({set, "whittle_max_pool2d_int8_plain", 1}, op);
    }
}

}  // namespace

extern const OpDefinition max_pool2d_definition;
const OpDefinition max_pool2d_definition = {
    .kind = OpKind::max_pool2d,
    .name = "max_pool2d",
    .title = "Maximum pooling",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.code = tflite::BuiltinOperator_MAX_POOL_2D,
               .options_type = tflite::BuiltinOptions_Pool2DOptions,
               .read_options = read_pool_options,
               .write_options = write_pool_options,
               .version = pool_version},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer_pool,
    .forward = max_pool2d_forward,
    .backward = max_pool2d_backward,
    .prepare = prepare,
    .accelerate = accelerate,
};

}  // namespace whittle
