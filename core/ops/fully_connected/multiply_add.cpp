#include "core/ops/fully_connected/multiply_add.h"

#include <cstring>

namespace whittle {
namespace {

// Four floats that are computed on at once, by the vectors that GCC and Clang offer on every
// target.
using Float4 = float __attribute__((vector_size(16)));

Float4 load4(const float* from) {
    Float4 values;
    std::memcpy(&values, from, sizeof values);
    return values;
}

void store4(float* to, const Float4& values) { std::memcpy(to, &values, sizeof values); }

// Rows x (4 * Vectors) elements of c, kept in registers over the whole depth. 4 x 8 is as much as
// 16 vector registers hold, and enough independent sums to hide the latency of an addition.
template <int Rows, int Vectors>
void vector_tile(
    std::ptrdiff_t depth, std::ptrdiff_t columns, const MatrixView& a, const float* b, float* c) {
    Float4 sums[Rows][Vectors];
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vectors; ++v) sums[r][v] = load4(c + r * columns + 4 * v);
    }
    const float* left = a.data;
    for (std::ptrdiff_t k = 0; k < depth; ++k) {
        Float4 right[Vectors];
        for (int v = 0; v < Vectors; ++v) right[v] = load4(b + 4 * v);
        for (int r = 0; r < Rows; ++r) {
            const float factor = left[r * a.row_stride];
            for (int v = 0; v < Vectors; ++v) sums[r][v] += factor * right[v];
        }
        left += a.column_stride;
        b += columns;
    }
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vectors; ++v) store4(c + r * columns + 4 * v, sums[r][v]);
    }
}

// The same for Rows x 1 elements.
template <int Rows>
void column_tile(
    std::ptrdiff_t depth, std::ptrdiff_t columns, const MatrixView& a, const float* b, float* c) {
    float sums[Rows];
    for (int r = 0; r < Rows; ++r) sums[r] = c[r * columns];
    const float* left = a.data;
    for (std::ptrdiff_t k = 0; k < depth; ++k) {
        for (int r = 0; r < Rows; ++r) sums[r] += left[r * a.row_stride] * *b;
        left += a.column_stride;
        b += columns;
    }
    for (int r = 0; r < Rows; ++r) c[r * columns] = sums[r];
}

template <int Rows>
void row_band(
    std::ptrdiff_t depth, std::ptrdiff_t columns, const MatrixView& a, const float* b, float* c) {
    std::ptrdiff_t j = 0;
    for (; j + 8 <= columns; j += 8) vector_tile<Rows, 2>(depth, columns, a, b + j, c + j);
    for (; j + 4 <= columns; j += 4) vector_tile<Rows, 1>(depth, columns, a, b + j, c + j);
    for (; j < columns; ++j) column_tile<Rows>(depth, columns, a, b + j, c + j);
}

}  // namespace

void multiply_add(std::ptrdiff_t rows,
                  std::ptrdiff_t depth,
                  std::ptrdiff_t columns,
                  const MatrixView& a,
                  const float* b,
                  float* c) {
    std::ptrdiff_t r = 0;
    MatrixView band = a;
    for (; r + 4 <= rows; r += 4) {
        row_band<4>(depth, columns, band, b, c);
        band.data += 4 * a.row_stride;
        c += 4 * columns;
    }
    for (; r < rows; ++r) {
        row_band<1>(depth, columns, band, b, c);
        band.data += a.row_stride;
        c += columns;
    }
}

}  // namespace whittle
