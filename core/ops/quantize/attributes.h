#pragma once

#include "core/base/tensor.h"

namespace whittle {

// Nodes without attributes make int8.
struct QuantizeAttributes {
    DType type = DType::int8;  // of the output: int8, uint8, int16, or int32 from integers
};

}  // namespace whittle
