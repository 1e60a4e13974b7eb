#pragma once

#include <cstddef>

#include "core/base/simd.h"

namespace whittle {

// A product of matrices a [rows, groups * depth] times b [groups * depth, columns].
//
// Both the rows and the columns of a may come in runs: element [i * run + r, g * depth + k] stands
// at a[i * run_stride + r * row_stride + g * group_stride + k * column_stride]. A plain matrix is
// one run and one group. The windows of an image, which overlap in it, are one run for each row of
// outputs, and one group for each row of the window. b and c [rows, columns] are row-major without
// gaps; c overlaps neither.
//
// Each element of the product is one chain of float32 additions with k (and before it g) upwards:
// several of them run side by side, and none is split, so the bits are those of the plain loops on
// every target and at every SimdLevel.
struct Product {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t groups = 1;
    std::ptrdiff_t depth = 0;
    std::ptrdiff_t columns = 0;
    const float* a = nullptr;
    std::ptrdiff_t run = 0;  // rows of a run, at least 1; 0: all of them
    std::ptrdiff_t run_stride = 0;
    std::ptrdiff_t row_stride = 0;
    std::ptrdiff_t group_stride = 0;
    std::ptrdiff_t column_stride = 1;
    const float* b = nullptr;
    float* c = nullptr;
    // Of multiply_and_clamp.
    const float* bias = nullptr;  // [columns], or nullptr for zeros
    float minimum = 0.0f;
    float maximum = 0.0f;
};

// c += a * b; the chains begin with what c holds.
void multiply_add(const Product& product);
// c = a * b + bias, clamped to minimum ... maximum; the chains begin with 0 and the bias comes
// last.
void multiply_and_clamp(const Product& product);

// Element [row, column] at data[row * row_stride + column * column_stride].
struct MatrixView {
    const float* data;
    std::ptrdiff_t row_stride;
    std::ptrdiff_t column_stride;
};

// c[r, j] += sum over k of a[r, k] * b[k, j] for r < rows, k < depth, j < columns.
void multiply_add(std::ptrdiff_t rows,
                  std::ptrdiff_t depth,
                  std::ptrdiff_t columns,
                  const MatrixView& a,
                  const float* b,
                  float* c);

// The loops of one SimdLevel.
struct ProductLoops {
    void (*multiply_add)(const Product& product);
    void (*multiply_and_clamp)(const Product& product);
    // Multiplies and adds in registers alone, `rounds` times: how fast the processor can be at
    // most. Returns a value that depends on all of them.
    float (*spin)(std::ptrdiff_t rounds);
    std::ptrdiff_t operations_of_a_round;  // of float32
};
// `level` is one of simd_levels().
const ProductLoops& product_loops(SimdLevel level);

}  // namespace whittle
