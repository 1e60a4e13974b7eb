#pragma once

namespace whittle {

inline constexpr float kTwoPi = 6.28318530717958648f;

}  // namespace whittle
