#pragma once

#include <span>

namespace whittle {

// Instruction sets that the hot float loops are compiled for. Which one runs changes the time and
// no bit: all of them compute the same sums in the same order, without fused multiply-adds.
enum class SimdLevel {
    baseline,  // what every processor of the target has: SSE2, NEON, WebAssembly's simd128
    avx2,
    avx512,
};

const char* simd_name(SimdLevel level);  // "SSE2", "AVX2"

// Those that this processor runs, upwards; the baseline is always there.
std::span<const SimdLevel> simd_levels();
// The one in use, at first the highest.
SimdLevel simd_level();
// Changes it, for tests and measurements. `level` is one of simd_levels(); not while another thread
// computes.
void set_simd_level(SimdLevel level);

}  // namespace whittle
