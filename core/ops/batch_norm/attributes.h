#pragma once

namespace whittle {

struct BatchNormAttributes {
    float epsilon = 1e-3f;  // added to the variance, > 0
    float momentum = 0.9f;  // share of the running averages that a step keeps, 0 … 1
};

}  // namespace whittle
