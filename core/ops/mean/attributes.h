#pragma once

#include <cstdint>

namespace whittle {

// The dimensions that are averaged: bit i for dimension i. The second input lists the same
// dimensions.
struct MeanAttributes {
    std::int32_t axes = 0;
    bool keep_dimensions = false;  // averaged dimensions stay as 1; else they vanish
};

}  // namespace whittle
