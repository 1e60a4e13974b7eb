// Operator versions in files: the lowest that TensorFlow Lite has for what is used.

#include <doctest/doctest.h>

#include <vector>

#include "core/ops/operator.h"

namespace whittle {

namespace {

struct Use {
    OpKind op;
    DType dtype;
    Shape shape;
    std::int32_t version;
    Shape second{};
    float output_scale = 1.0f;
};

Tensor tensor_of(const Use& use, const Shape& shape, float scale) {
    Tensor tensor;
    tensor.dtype = use.dtype;
    tensor.shape = shape;
    if (use.dtype != DType::float32) tensor.quantization = {{scale}, {0}, 0};
    return tensor;
}

std::int32_t version_of(const Use& use) {
    const Tensor a = tensor_of(use, use.shape, 0.5f);
    const Tensor b = tensor_of(use, use.second.empty() ? use.shape : use.second, 0.5f);
    const Tensor output = tensor_of(use, use.shape, use.output_scale);
    const std::vector<const Tensor*> inputs = {&a, &b};
    const std::vector<const Tensor*> outputs = {&output};
    return definition_of(use.op).tflite.version({inputs, outputs}, {});
}

}  // namespace

TEST_CASE("operators are written with the version that their types and shapes need") {
    const Shape flat = {1, 4};
    const Shape five = {1, 2, 1, 2, 1};
    const Shape six = {1, 2, 1, 2, 1, 2};
    const std::vector<Use> uses = {
        {OpKind::add, DType::float32, flat, 1},
        {OpKind::add, DType::int8, flat, 2},
        {OpKind::add, DType::int16, flat, 3},
        {OpKind::sub, DType::float32, flat, 1},
        {OpKind::sub, DType::int8, flat, 2},
        {OpKind::sub, DType::int8, five, 2},
        {OpKind::sub, DType::int8, five, 3, {1}},
        {OpKind::sub, DType::int16, flat, 5},
        {OpKind::mul, DType::float32, flat, 1},
        {OpKind::mul, DType::int8, flat, 2},
        {OpKind::mul, DType::int8, flat, 3, {}, 0.25f},
        {OpKind::mul, DType::int16, flat, 4},
        {OpKind::maximum, DType::int8, flat, 2},
        {OpKind::maximum, DType::int8, five, 3, {1}},
        {OpKind::minimum, DType::int16, flat, 4},
        {OpKind::mean, DType::float32, flat, 1},
        {OpKind::mean, DType::int8, flat, 2},
        {OpKind::mean, DType::int16, flat, 3},
        {OpKind::slice, DType::float32, flat, 1},
        {OpKind::slice, DType::int8, flat, 2},
        {OpKind::slice, DType::int16, flat, 4},
        {OpKind::slice, DType::int16, five, 5},
        {OpKind::transpose, DType::float32, flat, 1},
        {OpKind::transpose, DType::int8, flat, 2},
        {OpKind::transpose, DType::int8, five, 4},
        {OpKind::transpose, DType::int16, five, 5},
        {OpKind::transpose, DType::int8, six, 6},
        {OpKind::leaky_relu, DType::int8, flat, 1},
        {OpKind::leaky_relu, DType::int16, flat, 2},
        {OpKind::quantize, DType::int8, flat, 1},
        {OpKind::quantize, DType::int16, flat, 2},
        {OpKind::lstm, DType::int8, flat, 1},
        {OpKind::lstm, DType::int16, flat, 5},
        {OpKind::svdf, DType::float32, flat, 1},
        {OpKind::svdf, DType::int8, flat, 3},
    };
    for (const Use& use : uses) {
        CAPTURE(definition_of(use.op).name);
        CAPTURE(dtype_name(use.dtype));
        CAPTURE(to_string(use.shape));
        CHECK(version_of(use) == use.version);
    }
}

}  // namespace whittle
