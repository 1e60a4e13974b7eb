#include "core/base/tensor.h"

#include <cstring>

namespace whittle {

const char* dtype_name(DType dtype) {
    switch (dtype) {
        case DType::float32: return "float32";
        case DType::float16: return "float16";
        case DType::int32: return "int32";
        case DType::uint8: return "uint8";
        case DType::int64: return "int64";
        case DType::boolean: return "bool";
        case DType::int16: return "int16";
        case DType::int8: return "int8";
        case DType::int4: return "int4";
    }
    return "unknown type";
}

std::size_t element_bytes(DType dtype) {
    switch (dtype) {
        case DType::float32:
        case DType::int32: return 4;
        case DType::int64: return 8;
        case DType::float16:
        case DType::int16: return 2;
        case DType::uint8:
        case DType::boolean:
        case DType::int8: return 1;
        case DType::int4: return 0;
    }
    return 0;
}

std::int64_t element_count(const Shape& shape) {
    std::int64_t count = 1;
    for (const std::int32_t dimension : shape) count *= dimension;
    return count;
}

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i > 0) text += ", ";
        text += std::to_string(shape[i]);
    }
    return text + "]";
}

std::size_t Tensor::bytes() const {
    const auto count = static_cast<std::size_t>(elements());
    return dtype == DType::int4 ? (count + 1) / 2 : count * element_bytes(dtype);
}

namespace {

template <class T>
Tensor constant_of(std::string name, DType dtype, Shape shape, std::span<const T> values) {
    Tensor tensor;
    tensor.name = std::move(name);
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensor.constant = true;
    tensor.data.resize(values.size_bytes());
    if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), values.size_bytes());
    return tensor;
}

}  // namespace

Tensor make_constant(std::string name, Shape shape, std::span<const float> values) {
    return constant_of(std::move(name), DType::float32, std::move(shape), values);
}

Tensor make_indices(std::string name, Shape shape, std::span<const std::int32_t> values) {
    return constant_of(std::move(name), DType::int32, std::move(shape), values);
}

}  // namespace whittle
