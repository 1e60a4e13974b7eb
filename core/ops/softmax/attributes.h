#pragma once

namespace whittle {

struct SoftmaxAttributes {
    float beta = 1.0f;  // factor on the logits, > 0
};

}  // namespace whittle
