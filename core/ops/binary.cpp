#include "core/ops/binary.h"

#include <algorithm>
#include <array>

#include "core/ops/support.h"

namespace whittle {

namespace {

// Dimension `i` of `shape` seen with `rank` dimensions, missing ones in front being 1.
std::int32_t aligned_dimension(const Shape& shape, std::size_t rank, std::size_t i) {
    const std::size_t missing = rank - shape.size();
    return i < missing ? 1 : shape[i - missing];
}

// One dimension of the walk, innermost strides in elements.
struct Dimension {
    std::int32_t size;
    std::int32_t a_stride;
    std::int32_t b_stride;
};

// Innermost first; dimensions of size 1 are left out and neighbours that continue each other
// merged.
std::vector<Dimension> merged_dimensions(const Shape& a, const Shape& b, const Shape& output) {
    std::vector<Dimension> dimensions;
    std::int32_t a_step = 1;
    std::int32_t b_step = 1;
    for (std::size_t i = output.size(); i-- > 0;) {
        const std::int32_t a_size = aligned_dimension(a, output.size(), i);
        const std::int32_t b_size = aligned_dimension(b, output.size(), i);
        const Dimension next{output[i], a_size == 1 ? 0 : a_step, b_size == 1 ? 0 : b_step};
        a_step *= a_size;
        b_step *= b_size;
        if (next.size == 1) continue;
        if (!dimensions.empty()) {
            Dimension& last = dimensions.back();
            const bool continues = next.a_stride == last.a_stride * last.size &&
                                   next.b_stride == last.b_stride * last.size;
            if (continues) {
                last.size *= next.size;
                continue;
            }
        }
        dimensions.push_back(next);
    }
    return dimensions;
}

}  // namespace

Result<std::vector<TensorSpec>> infer_binary(std::span<const Tensor* const> inputs,
                                             const Attributes&) {
    const Tensor& a = *inputs[0];
    const Tensor& b = *inputs[1];
    if (a.dtype != DType::float32 && a.dtype != DType::int8 && a.dtype != DType::int16) {
        return wrong_dtype("input 0", a, "float32, int8 or int16");
    }
    if (b.dtype != a.dtype) return wrong_dtype("input 1", b, dtype_name(a.dtype));
    const std::size_t rank = std::max(a.shape.size(), b.shape.size());
    Shape output(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int32_t a_size = aligned_dimension(a.shape, rank, i);
        const std::int32_t b_size = aligned_dimension(b.shape, rank, i);
        if (a_size != b_size && a_size != 1 && b_size != 1) {
            return Error{.place = "input 1",
                         .expected = "a shape that broadcasts with " + to_string(a.shape),
                         .found = to_string(b.shape)};
        }
        output[i] = a_size == 1 ? b_size : a_size;
    }
    return std::vector<TensorSpec>{{a.dtype, output}};
}

Result<WhittleBroadcast> make_broadcast(const Shape& a, const Shape& b, const Shape& output) {
    std::vector<Dimension> dimensions = merged_dimensions(a, b, output);
    if (dimensions.size() > 4) {
        return Error{.expected = "shapes whose broadcast needs at most 4 dimensions",
                     .found = to_string(a) + " and " + to_string(b)};
    }
    dimensions.resize(4, Dimension{1, 0, 0});
    const Dimension& d0 = dimensions[3];
    const Dimension& d1 = dimensions[2];
    const Dimension& d2 = dimensions[1];
    const Dimension& d3 = dimensions[0];
    return WhittleBroadcast{d0.size,     d1.size,     d2.size,     d3.size,
                            d0.a_stride, d1.a_stride, d2.a_stride, d3.a_stride,
                            d0.b_stride, d1.b_stride, d2.b_stride, d3.b_stride};
}

WhittleBroadcast walk_of(std::span<const FloatView> inputs, const FloatView& output) {
    return *make_broadcast(*inputs[0].shape, *inputs[1].shape, *output.shape);
}

Status check_int16_zero_points(NodeTensors tensors) {
    const auto check = [](const Tensor& tensor, const std::string& place) -> Status {
        const bool symmetric =
            tensor.quantization.zero_points.size() == 1 && tensor.quantization.zero_points[0] == 0;
        if (symmetric) return {};
        const std::vector<std::int32_t>& zero_points = tensor.quantization.zero_points;
        return Error{.place = place,
                     .expected = "a zero point of 0 for int16",
                     .found = zero_points.size() == 1
                                  ? std::to_string(zero_points[0])
                                  : std::to_string(zero_points.size()) + " zero points"};
    };
    for (std::size_t i = 0; i < tensors.inputs.size(); ++i) {
        const Status status = check(*tensors.inputs[i], "input " + std::to_string(i));
        if (!status.ok()) return status;
    }
    return check(*tensors.outputs[0], "output");
}

std::int32_t binary_version(NodeTensors tensors, const Attributes&) {
    const DType dtype = tensors.inputs[0]->dtype;
    return dtype == DType::int16 ? 3 : dtype == DType::int8 ? 2 : 1;
}

std::vector<PreparedParam> broadcast_params(const WhittleBroadcast& walk) {
    return {PreparedParam::of("walk.size0", walk.size0),
            PreparedParam::of("walk.size1", walk.size1),
            PreparedParam::of("walk.size2", walk.size2),
            PreparedParam::of("walk.size3", walk.size3),
            PreparedParam::of("walk.a_stride0", walk.a_stride0),
            PreparedParam::of("walk.a_stride1", walk.a_stride1),
            PreparedParam::of("walk.a_stride2", walk.a_stride2),
            PreparedParam::of("walk.a_stride3", walk.a_stride3),
            PreparedParam::of("walk.b_stride0", walk.b_stride0),
            PreparedParam::of("walk.b_stride1", walk.b_stride1),
            PreparedParam::of("walk.b_stride2", walk.b_stride2),
            PreparedParam::of("walk.b_stride3", walk.b_stride3)};
}

}  // namespace whittle
