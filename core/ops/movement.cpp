#include "core/ops/movement.h"

#include "core/ops/support.h"

namespace whittle {

Result<std::vector<std::int32_t>> constant_indices(const Tensor& tensor,
                                                   const char* what,
                                                   std::size_t count) {
    const bool wide = tensor.dtype == DType::int64;
    if (!tensor.constant || (!wide && tensor.dtype != DType::int32) ||
        tensor.elements() != static_cast<std::int64_t>(count)) {
        return Error{.place = what,
                     .expected = "a constant of " + std::to_string(count) + " int32",
                     .found = std::string(tensor.constant ? "a constant " : "a computed ") +
                              dtype_name(tensor.dtype) + " " + to_string(tensor.shape)};
    }
    if (!wide) {
        const auto values = tensor.as<std::int32_t>();
        return std::vector<std::int32_t>(values.begin(), values.end());
    }
    std::vector<std::int32_t> values;
    for (const std::int64_t value : tensor.as<std::int64_t>()) {
        if (value < INT32_MIN || value > INT32_MAX) {
            return Error{.place = what,
                         .expected = "numbers that fit int32",
                         .found = std::to_string(value)};
        }
        values.push_back(static_cast<std::int32_t>(value));
    }
    return values;
}

std::vector<std::int32_t> strides_of(const Shape& shape) {
    std::vector<std::int32_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    return strides;
}

Result<WhittleStridedWalk> make_walk(const std::vector<std::int32_t>& sizes,
                                     const std::vector<std::int32_t>& strides) {
    std::vector<std::int32_t> size;  // innermost first
    std::vector<std::int32_t> stride;
    for (std::size_t i = sizes.size(); i-- > 0;) {
        if (sizes[i] == 1) continue;
        if (!size.empty() && size.back() > 0 &&
            std::int64_t{stride.back()} * size.back() == strides[i]) {
            size.back() *= sizes[i];
            continue;
        }
        size.push_back(sizes[i]);
        stride.push_back(strides[i]);
    }
    if (size.size() > 6) {
        return Error{.expected = "a walk over at most 6 dimensions",
                     .found = std::to_string(size.size())};
    }
    size.resize(6, 1);
    stride.resize(6, 0);
    return WhittleStridedWalk{size[5],   size[4],   size[3],   size[2],   size[1],   size[0],
                              stride[5], stride[4], stride[3], stride[2], stride[1], stride[0]};
}

std::vector<PreparedParam> walk_params(const char* owner, const WhittleStridedWalk& w) {
    static constexpr const char* kNames[3][12] = {
        {"walk.size0", "walk.size1", "walk.size2", "walk.size3", "walk.size4", "walk.size5",
         "walk.stride0", "walk.stride1", "walk.stride2", "walk.stride3", "walk.stride4",
         "walk.stride5"},
        {"kept.size0", "kept.size1", "kept.size2", "kept.size3", "kept.size4", "kept.size5",
         "kept.stride0", "kept.stride1", "kept.stride2", "kept.stride3", "kept.stride4",
         "kept.stride5"},
        {"reduced.size0", "reduced.size1", "reduced.size2", "reduced.size3", "reduced.size4",
         "reduced.size5", "reduced.stride0", "reduced.stride1", "reduced.stride2",
         "reduced.stride3", "reduced.stride4", "reduced.stride5"}};
    const int row = owner[0] == 'w' ? 0 : owner[0] == 'k' ? 1 : 2;
    const std::int32_t values[12] = {w.size0,   w.size1,   w.size2,   w.size3,
                                     w.size4,   w.size5,   w.stride0, w.stride1,
                                     w.stride2, w.stride3, w.stride4, w.stride5};
    std::vector<PreparedParam> params;
    for (int i = 0; i < 12; ++i) params.push_back(PreparedParam::of(kNames[row][i], values[i]));
    return params;
}

Result<PreparedOp> prepare_walk(NodeTensors tensors,
                                const char* kernel,
                                const char* params_type,
                                const WhittleStridedWalk& walk,
                                std::int32_t first) {
    const Tensor& input = *tensors.inputs[0];
    const std::size_t bytes = element_bytes(input.dtype);
    if (bytes == 0) return no_kernel_for(tensors, "elements of whole bytes");
    if (!input.quantization.empty() || !tensors.outputs[0]->quantization.empty()) {
        const Result<PerTensor> quantization = same_quantization(input, *tensors.outputs[0]);
        if (!quantization.ok()) return quantization.error();
    }
    PreparedOp op{.kernel = kernel,
                  .params_type = params_type,
                  .params = walk_params("walk", walk),
                  .constants = {},
                  .operands = {input_operand(0), output_operand(0)}};
    op.params.push_back(PreparedParam::of("first", first));
    op.params.push_back(PreparedParam::of("element_bytes", static_cast<std::int32_t>(bytes)));
    return op;
}

void backward_walk(const BackwardContext& context,
                   const WhittleStridedWalk& walk,
                   std::int32_t first) {
    float* dinput = context.input_gradients[0].data;
    if (dinput == nullptr) return;
    const std::span<const float> gradient = values_of(context.output_gradients[0]);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        dinput[first + whittle_walk_offset(&walk, static_cast<std::int32_t>(i))] += gradient[i];
    }
}

}  // namespace whittle
