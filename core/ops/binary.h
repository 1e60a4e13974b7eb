#pragma once

#include <vector>

#include "core/base/broadcast.h"
#include "core/ops/activation.h"
#include "core/ops/operator.h"

namespace whittle {

// What element-wise operators of two inputs share.

// The output shape of two inputs broadcast as NumPy and TFLite do it: aligned at the last
// dimension, a dimension of 1 repeats. Both must have the same dtype: float32, int8 or int16.
Result<std::vector<TensorSpec>> infer_binary(std::span<const Tensor* const> inputs,
                                             const Attributes& attributes);

// The walk for these shapes, neighbouring dimensions merged where possible. Fails when more than
// four dimensions are left.
Result<WhittleBroadcast> make_broadcast(const Shape& a, const Shape& b, const Shape& output);

// The walk of a node whose shapes were inferred with infer_binary.
WhittleBroadcast walk_of(std::span<const FloatView> inputs, const FloatView& output);

// Fails where int16 operands have zero points: TFLite gives them none.
Status check_int16_zero_points(NodeTensors tensors);

// The version of most element-wise operators: 3 for int16, 2 for int8.
std::int32_t binary_version(NodeTensors tensors, const Attributes& attributes);

// The walk as the first parameters of a kernel, named "walk.…".
std::vector<PreparedParam> broadcast_params(const WhittleBroadcast& walk);

// Calls visit(index of a, index of b, index of output) for every element in order.
template <class Visit>
void for_each_element(const WhittleBroadcast& w, Visit visit) {
    std::int32_t out = 0;
    for (std::int32_t i0 = 0; i0 < w.size0; ++i0) {
        for (std::int32_t i1 = 0; i1 < w.size1; ++i1) {
            for (std::int32_t i2 = 0; i2 < w.size2; ++i2) {
                std::int32_t a = i0 * w.a_stride0 + i1 * w.a_stride1 + i2 * w.a_stride2;
                std::int32_t b = i0 * w.b_stride0 + i1 * w.b_stride1 + i2 * w.b_stride2;
                for (std::int32_t i3 = 0; i3 < w.size3; ++i3, ++out) {
                    visit(a, b, out);
                    a += w.a_stride3;
                    b += w.b_stride3;
                }
            }
        }
    }
}

}  // namespace whittle
