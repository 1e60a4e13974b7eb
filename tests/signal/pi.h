#pragma once

#include <cmath>

namespace whittle {

inline const double kPi = std::acos(-1.0);

}  // namespace whittle
