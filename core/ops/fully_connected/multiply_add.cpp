#include "core/ops/fully_connected/multiply_add.h"

#include "core/ops/fully_connected/product_tiles.h"

namespace whittle {

// The siblings of this file for wider vectors.
extern const ProductLoops avx2_product_loops;
extern const ProductLoops avx512_product_loops;

const ProductLoops& product_loops(SimdLevel level) {
    static constexpr ProductLoops kBaseline = loops_for<4>();
#if defined(__x86_64__)
    if (level == SimdLevel::avx512) return avx512_product_loops;
    if (level == SimdLevel::avx2) return avx2_product_loops;
#endif
    static_cast<void>(level);
    return kBaseline;
}

void multiply_add(const Product& product) { product_loops(simd_level()).multiply_add(product); }

void multiply_and_clamp(const Product& product) {
    product_loops(simd_level()).multiply_and_clamp(product);
}

void multiply_add(std::ptrdiff_t rows,
                  std::ptrdiff_t depth,
                  std::ptrdiff_t columns,
                  const MatrixView& a,
                  const float* b,
                  float* c) {
    multiply_add({.rows = rows,
                  .depth = depth,
                  .columns = columns,
                  .a = a.data,
                  .row_stride = a.row_stride,
                  .column_stride = a.column_stride,
                  .b = b,
                  .c = c});
}

}  // namespace whittle
