#include "core/ops/fully_connected/computed_weights.h"

#include <algorithm>

#include "core/ops/batch_matmul/attributes.h"
#include "core/ops/convolution.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/reshape/attributes.h"

namespace whittle {

namespace {

ExpansionStep reshape_to(const Shape& shape, int operand) {
    ReshapeAttributes own;
    own.rank = static_cast<std::int32_t>(shape.size());
    std::copy(shape.begin(), shape.end(), own.dimensions.begin());
    return {OpKind::reshape, Attributes::of(own), {operand}};
}

}  // namespace

Result<Expansion> pieces_of_computed_weights(NodeTensors tensors, const Attributes& attributes) {
    Expansion expansion;
    const Tensor& input = *tensors.inputs[0];
    const Tensor& weights = *tensors.inputs[1];
    if (input.dtype != DType::int8 || weights.dtype != DType::int8 || weights.constant) {
        return expansion;
    }
    if (tensor_or_null(tensors.inputs, 2) != nullptr) {
        return Error{.place = "input 2 (bias)",
                     .expected = "no bias where the weights are computed",
                     .found = "a bias",
                     .hint = "write the bias as an addition of its own"};
    }
    if (attributes.as<FullyConnectedAttributes>().activation != Activation::none) {
        return Error{.place = "input 1 (weights)",
                     .expected = "no fused activation where the weights are computed",
                     .found = "one",
                     .hint = "write the activation as an operator of its own"};
    }
    // Rows of features times the weights' rows.
    const Shape& output = tensors.outputs[0]->shape;
    const std::int32_t features = weights.shape[1];
    const auto rows = static_cast<std::int32_t>(input.elements() / features);
    std::vector<ExpansionStep>& steps = expansion.steps;
    int operand = 0;
    if (input.shape.size() != 2 || input.shape[1] != features) {
        steps.push_back(reshape_to({rows, features}, 0));
        operand = -1;
    }
    steps.push_back(
        {OpKind::batch_matmul, Attributes::of(BatchMatmulAttributes{false, true}), {operand, 1}});
    if (output.size() != 2) {
        steps.push_back(reshape_to(output, -static_cast<int>(steps.size())));
    }
    return expansion;
}

}  // namespace whittle
