#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace whittle {

// Element types, numbered as TFLite numbers them in a model file.
enum class DType : std::uint8_t {
    float32 = 0,
    float16 = 1,
    int32 = 2,
    uint8 = 3,
    int64 = 4,
    boolean = 6,
    int16 = 7,
    int8 = 9,
    int4 = 17,
};

// "float32", "int8", ...
const char* dtype_name(DType dtype);
// Bytes of one element; 0 for int4, which packs two in a byte.
std::size_t element_bytes(DType dtype);

// Dimensions, outermost first (NHWC). An empty shape is a scalar: one element.
using Shape = std::vector<std::int32_t>;

// Product of the dimensions. The shape must hold no negative dimension; the reader of a model
// file refuses shapes of more than kMaxElements elements, so the product never overflows.
std::int64_t element_count(const Shape& shape);
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;
inline constexpr std::size_t kMaxRank = 8;

// "[1, 28, 28, 1]"
std::string to_string(const Shape& shape);

// Affine quantization: real = scale * (q - zero_point). One scale for the whole tensor, or one for
// each index of dimension `axis`.
struct Quantization {
    std::vector<float> scales;
    std::vector<std::int32_t> zero_points;  // as many as scales
    std::int32_t axis = 0;

    bool empty() const { return scales.empty(); }
    bool per_channel() const { return scales.size() > 1; }
    bool operator==(const Quantization&) const = default;
};

// A tensor of a graph: a constant with its data, or an activation without.
struct Tensor {
    std::string name;
    DType dtype = DType::float32;
    Shape shape;
    Quantization quantization;
    bool constant = false;
    bool trainable = false;  // constants that an optimizer may change
    bool variable = false;   // an activation that keeps its value from run to run, 0 at first
    bool widened = false;    // float32 that stood in a narrower type in the file
    std::vector<std::uint8_t> data;  // constants only; little-endian elements, row-major

    std::int64_t elements() const { return element_count(shape); }
    // Bytes of the whole tensor; int4 rounds up to full bytes.
    std::size_t bytes() const;

    // The data seen as elements of type T, which must match dtype.
    template <class T>
    std::span<T> as() {
        return {reinterpret_cast<T*>(data.data()), data.size() / sizeof(T)};
    }
    template <class T>
    std::span<const T> as() const {
        return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
    }
};

// A constant float32 tensor holding `values`.
Tensor make_constant(std::string name, Shape shape, std::span<const float> values);
// A constant int32 tensor holding `values`.
Tensor make_indices(std::string name, Shape shape, std::span<const std::int32_t> values);

}  // namespace whittle
