// Compiled for AVX2.
#include "core/ops/fully_connected/product_tiles.h"

namespace whittle {

extern const ProductLoops avx2_product_loops;
const ProductLoops avx2_product_loops = loops_for<8>();

}  // namespace whittle
