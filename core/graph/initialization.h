#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/random.h"

namespace whittle {

// Distributions of first weights, each of mean 0 and a variance that keeps the size of what flows
// through a deep net.
enum class Initialization {
    // Variance 2 / (fan_in + fan_out) (Glorot and Bengio, "Understanding the difficulty of training
    // deep feedforward neural networks", 2010, equations 12 and 16).
    glorot_uniform,
    glorot_normal,
    // Variance 2 / fan_in, for layers before a ReLU (He, Zhang, Ren and Sun, "Delving Deep into
    // Rectifiers", 2015, equation 10).
    he_uniform,
    he_normal,
};

const char* initialization_name(Initialization initialization);  // "glorot-uniform", ...
std::optional<Initialization> initialization_named(std::string_view name);

// `count` values. fan_in, fan_out: how many values go into an output, and how many outputs an input
// goes to, both above 0.
std::vector<float> initial_weights(Initialization initialization,
                                   std::size_t count,
                                   std::int32_t fan_in,
                                   std::int32_t fan_out,
                                   Random& random);

}  // namespace whittle
