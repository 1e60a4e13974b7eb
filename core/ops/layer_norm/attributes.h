#pragma once

namespace whittle {

struct LayerNormAttributes {
    float epsilon = 1e-5f;  // added to the variance, > 0
};

}  // namespace whittle
