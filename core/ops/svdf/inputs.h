#pragma once

namespace whittle {

// Inputs of SVDF nodes: [N, I], feature weights [F, I], time weights [F, M], an optional bias
// [F / rank], and the state [N, F * M].
inline constexpr int kSvdfFeatures = 1;
inline constexpr int kSvdfTimes = 2;
inline constexpr int kSvdfBias = 3;
inline constexpr int kSvdfState = 4;
inline constexpr int kSvdfInputs = 5;

}  // namespace whittle
