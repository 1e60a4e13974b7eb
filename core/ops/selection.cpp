#include "core/ops/selection.h"

#include <algorithm>

#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

Result<PreparedOp> prepare_selection(NodeTensors tensors, const SelectionKernels& kernels) {
    const DType dtype = tensors.inputs[0]->dtype;
    const Result<WhittleBroadcast> walk = make_broadcast(
        tensors.inputs[0]->shape, tensors.inputs[1]->shape, tensors.outputs[0]->shape);
    if (!walk.ok()) return walk.error();
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = kernels.float32_kernel,
                  .params_type = kernels.params_type,
                  .params = broadcast_params(*walk),
                  .constants = {},
                  .operands = {input_operand(0), input_operand(1), output_operand(0)}};
    if (dtype == DType::float32) return op;
    for (const Tensor* input : tensors.inputs) {
        const Result<PerTensor> quantization = same_quantization(*input, *tensors.outputs[0]);
        if (!quantization.ok()) return quantization.error();
    }
    op.variant = dtype == DType::int16 ? kVariantInt16 : kVariantInt8;
    op.kernel = dtype == DType::int16 ? kernels.int16_kernel : kernels.int8_kernel;
    return op;
}

void backward_selection(const BackwardContext& context, bool (*takes_a)(float a, float b)) {
    const float* va = context.inputs[0].data;
    const float* vb = context.inputs[1].data;
    const float* dy = context.output_gradients[0].data;
    float* da = context.input_gradients[0].data;
    float* db = context.input_gradients[1].data;
    for_each_element(walk_of(context.inputs, context.outputs[0]),
                     [=](std::int32_t a, std::int32_t b, std::int32_t y) {
                         const bool first = takes_a(va[a], vb[b]);
                         if (first && da != nullptr) da[a] += dy[y];
                         if (!first && db != nullptr) db[b] += dy[y];
                     });
}

Result<Attributes> read_selection_options(const tflite::Operator&, NodeTensors) {
    return Attributes();
}

flatbuffers::Offset<void> write_selection_options(flatbuffers::FlatBufferBuilder& builder,
                                                  NodeTensors,
                                                  const Attributes&) {
    return tflite::CreateMaximumMinimumOptions(builder).Union();
}

// 4: int16; 3: a broadcast of more than four dimensions; 2: int8.
std::int32_t selection_version(NodeTensors tensors, const Attributes& attributes) {
    const Shape& a = tensors.inputs[0]->shape;
    const Shape& b = tensors.inputs[1]->shape;
    if (tensors.inputs[0]->dtype == DType::int16) return 4;
    if (a != b && std::max(a.size(), b.size()) > 4) return 3;
    return version_two_for_int8(tensors, attributes);
}

}  // namespace whittle
