#pragma once

namespace whittle {

struct SoftmaxAttributes {
    float beta = 1.0f;         // factor on the logits, > 0
    bool wide_output = false;  // int16 from an int8 input
};

}  // namespace whittle
