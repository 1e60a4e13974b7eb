#pragma once

#include <cstdint>
#include <vector>

namespace whittle {

// What whittle_softmax_int16 interpolates in: WHITTLE_SOFTMAX_TABLE_VALUES values each.
struct SoftmaxTables {
    std::vector<std::int16_t> exponentials;
    std::vector<std::int16_t> reciprocals;
};

// TFLite's tables, with our own exp: in the middle of each step half of the error that linear
// interpolation would make is taken off.
SoftmaxTables softmax_tables();

}  // namespace whittle
