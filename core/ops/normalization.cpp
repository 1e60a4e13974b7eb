#include "core/ops/normalization.h"

#include "core/ops/support.h"

namespace whittle {

NormalizationSizes normalization_sizes(const Shape& shape) {
    const std::int32_t channels = shape.back();
    return {static_cast<std::int32_t>(element_count(shape) / channels), channels};
}

Result<std::vector<TensorSpec>> infer_normalization(std::span<const Tensor* const> inputs) {
    const Shape& shape = inputs[0]->shape;
    if (shape.empty() || shape.back() < 1) {
        return Error{.place = "input 0",
                     .expected = "a last dimension of at least 1",
                     .found = to_string(shape)};
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::string place = "input " + std::to_string(i);
        if (inputs[i]->dtype != DType::float32) return wrong_dtype(place, *inputs[i], "float32");
        if (i == 0 || inputs[i]->shape == Shape{shape.back()}) continue;
        return Error{.place = place,
                     .expected = "the shape " + to_string({shape.back()}),
                     .found = to_string(inputs[i]->shape)};
    }
    return std::vector<TensorSpec>{{DType::float32, shape}};
}

}  // namespace whittle
