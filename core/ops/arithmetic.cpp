#include "core/ops/arithmetic.h"

#include <algorithm>

#include "core/ops/support.h"

namespace whittle {

namespace {

Result<PreparedOp> prepare_integer(NodeTensors tensors,
                                   Activation activation,
                                   const ArithmeticKernels& kernels,
                                   ArithmeticScaling scaling,
                                   PreparedOp op) {
    const Result<PerTensor> a = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!a.ok()) return a.error();
    const Result<PerTensor> b = per_tensor_quantization(*tensors.inputs[1], "input 1");
    if (!b.ok()) return b.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const DType dtype = tensors.outputs[0]->dtype;
    const Result<std::vector<PreparedParam>> factors =
        scaling(a->scale, b->scale, output->scale, dtype);
    if (!factors.ok()) return factors.error();
    const bool wide = dtype == DType::int16;
    if (wide) {
        if (Status status = check_int16_zero_points(tensors); !status.ok()) return status;
    }
    const IntegerRange range = integer_range(activation, dtype, output->scale, output->zero_point);
    op.variant = wide ? kVariantInt16 : kVariantInt8;
    op.kernel = wide ? kernels.int16_kernel : kernels.int8_kernel;
    op.params_type = wide ? kernels.int16_params : kernels.int8_params;
    op.params.push_back(PreparedParam::of("a_zero_point", a->zero_point));
    op.params.push_back(PreparedParam::of("b_zero_point", b->zero_point));
    op.params.push_back(PreparedParam::of("output_zero_point", output->zero_point));
    op.params.insert(op.params.end(), factors->begin(), factors->end());
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    return op;
}

}  // namespace

Result<std::vector<PreparedParam>> common_scaling(float a_scale,
                                                  float b_scale,
                                                  float output_scale,
                                                  DType dtype) {
    const double common = 2.0 * static_cast<double>(std::max(a_scale, b_scale));
    const double headroom = 1 << (dtype == DType::int16 ? 15 : 20);
    const Result<QuantizedMultiplier> a =
        quantize_multiplier(static_cast<double>(a_scale) / common);
    const Result<QuantizedMultiplier> b =
        quantize_multiplier(static_cast<double>(b_scale) / common);
    const Result<QuantizedMultiplier> output =
        quantize_multiplier(common / (headroom * static_cast<double>(output_scale)));
    for (const Result<QuantizedMultiplier>* result : {&a, &b, &output}) {
        if (!result->ok()) return result->error();
    }
    return std::vector<PreparedParam>{PreparedParam::of("a_multiplier", a->multiplier),
                                      PreparedParam::of("a_shift", a->shift),
                                      PreparedParam::of("b_multiplier", b->multiplier),
                                      PreparedParam::of("b_shift", b->shift),
                                      PreparedParam::of("output_multiplier", output->multiplier),
                                      PreparedParam::of("output_shift", output->shift)};
}

Result<PreparedOp> prepare_arithmetic(NodeTensors tensors,
                                      Activation activation,
                                      const ArithmeticKernels& kernels,
                                      ArithmeticScaling scaling) {
    const Result<WhittleBroadcast> walk = make_broadcast(
        tensors.inputs[0]->shape, tensors.inputs[1]->shape, tensors.outputs[0]->shape);
    if (!walk.ok()) return walk.error();
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = kernels.float32_kernel,
                  .params_type = kernels.float32_params,
                  .params = broadcast_params(*walk),
                  .constants = {},
                  .operands = {input_operand(0), input_operand(1), output_operand(0)}};
    if (tensors.inputs[0]->dtype != DType::float32) {
        return prepare_integer(tensors, activation, kernels, scaling, std::move(op));
    }
    const FloatRange range = float_range(activation);
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    return op;
}

}  // namespace whittle
