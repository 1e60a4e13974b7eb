// Compiled for AVX-512.
#include "core/ops/fully_connected/product_tiles.h"

namespace whittle {

extern const ProductLoops avx512_product_loops;
const ProductLoops avx512_product_loops = loops_for<16>();

}  // namespace whittle
