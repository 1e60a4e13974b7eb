#pragma once

#include <cstddef>

namespace whittle {

// Element [row, column] at data[row * row_stride + column * column_stride].
struct MatrixView {
    const float* data;
    std::ptrdiff_t row_stride;
    std::ptrdiff_t column_stride;
};

// c[r, j] += sum over k of a[r, k] * b[k, j], k upwards, for r < rows, k < depth, j < columns.
// b: [depth, columns] and c: [rows, columns], both row-major without gaps; c overlaps neither.
// Each sum is one chain of float32 additions that begins with c[r, j]: several of them run side by
// side, and none is split, so the bits are those of the plain triple loop on every target.
void multiply_add(std::ptrdiff_t rows,
                  std::ptrdiff_t depth,
                  std::ptrdiff_t columns,
                  const MatrixView& a,
                  const float* b,
                  float* c);

}  // namespace whittle
