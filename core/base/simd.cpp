#include "core/base/simd.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace whittle {
namespace {

std::vector<SimdLevel> levels_of_this_processor() {
    std::vector<SimdLevel> levels = {SimdLevel::baseline};
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        levels.push_back(SimdLevel::avx2);
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
            levels.push_back(SimdLevel::avx512);
        }
    }
#endif
    return levels;
}

SimdLevel& current_level() {
    static SimdLevel level = simd_levels().back();
    return level;
}

const char* baseline_name() {
#if defined(__x86_64__)
    return "SSE2";
#elif defined(__aarch64__)
    return "NEON";
#elif defined(__wasm_simd128__)
    return "simd128";
#else
    return "baseline";
#endif
}

}  // namespace

const char* simd_name(SimdLevel level) {
    switch (level) {
        case SimdLevel::baseline: return baseline_name();
        case SimdLevel::avx2: return "AVX2";
        case SimdLevel::avx512: return "AVX-512";
    }
    return "";
}

std::span<const SimdLevel> simd_levels() {
    static const std::vector<SimdLevel> levels = levels_of_this_processor();
    return levels;
}

SimdLevel simd_level() { return current_level(); }

void set_simd_level(SimdLevel level) {
    [[maybe_unused]] const std::span<const SimdLevel> levels = simd_levels();
    assert(std::find(levels.begin(), levels.end(), level) != levels.end());
    current_level() = level;
}

}  // namespace whittle
