#pragma once

namespace whittle {

// Which input has its last two dimensions exchanged.
struct BatchMatmulAttributes {
    bool transpose_a = false;
    bool transpose_b = false;
};

}  // namespace whittle
