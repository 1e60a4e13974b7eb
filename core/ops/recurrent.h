#pragma once

#include <cstddef>
#include <cstdint>

namespace whittle {

// Small dense products of recurrent layers, float32. Every sum runs upwards in one fixed order.

// sum over i of row[i] * x[i], from 0.
inline float dot(const float* row, const float* x, std::int32_t count) {
    float sum = 0.0f;
    for (std::int32_t i = 0; i < count; ++i) sum += x[i] * row[i];
    return sum;
}

// to[i] += values[i]; nothing where `to` is null.
inline void add_to(const float* values, std::int32_t count, float* to) {
    if (to == nullptr) return;
    for (std::int32_t i = 0; i < count; ++i) to[i] += values[i];
}

// to[row, i] += d[row] * x[i], [rows, columns]; nothing where `to` is null.
inline void add_outer_product(
    const float* d, const float* x, std::int32_t rows, std::int32_t columns, float* to) {
    if (to == nullptr) return;
    for (std::int32_t row = 0; row < rows; ++row, to += columns) {
        for (std::int32_t i = 0; i < columns; ++i) to[i] += d[row] * x[i];
    }
}

// to[i] += sum over rows of d[row] * weights[row, i], [rows, columns].
inline void add_transposed_product(
    const float* weights, const float* d, std::int32_t rows, std::int32_t columns, float* to) {
    for (std::int32_t row = 0; row < rows; ++row, weights += columns) {
        for (std::int32_t i = 0; i < columns; ++i) to[i] += d[row] * weights[i];
    }
}

}  // namespace whittle
