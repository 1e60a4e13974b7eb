#pragma once

#include <cstdint>

#include "core/graph/graph.h"

namespace whittle {

// A net that a student designs. Activations are ReLU, classes come out of a softmax.
struct NetDesign {
    enum class Kind {
        dense,      // `inputs` values, `layers` hidden layers of `units` neurons
        conv,       // `side` x `side` x `channels`; `layers` convolutions of 3 x 3, each with a
                    // stride of 2; the first has `filters`, each further one twice as
                    // many; then the mean of each map
        separable,  // the same, but from the second on depthwise 3 x 3 and pointwise 1 x 1
    };
    Kind kind = Kind::conv;
    std::int32_t inputs = 784;
    std::int32_t units = 20;
    std::int32_t side = 32;
    std::int32_t channels = 3;
    std::int32_t filters = 8;
    std::int32_t layers = 3;
    std::int32_t classes = 10;

    Shape input_shape() const;  // without the batch
};

// In float32, with weights drawn from a seed of its own: what is counted does not depend on them.
Graph make_design(const NetDesign& design);

}  // namespace whittle
