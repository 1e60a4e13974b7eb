#ifndef WHITTLE_CORE_OPS_INT8_LANES_SETS_H_
#define WHITTLE_CORE_OPS_INT8_LANES_SETS_H_

/* The instruction sets with kernels in lanes that this build has; none on boards. */

#include "core/runtime/instruction_set.h"

#if defined(__x86_64__)
#include "core/ops/int8_lanes_avx2.h"
#include "core/ops/int8_lanes_avx512_vnni.h"
#elif defined(__wasm_simd128__)
#include "core/ops/int8_lanes_wasm_simd128.h"
#else
#include "core/ops/int8_lanes.h"
#endif

/* What a variant of a program image asks for, or NULL. */
static inline const WhittleLanes* whittle_lanes_of(uint32_t variant) {
#if defined(__x86_64__)
    if (variant >> 8 == WHITTLE_SET_AVX2) return &whittle_lanes_avx2;
    if (variant >> 8 == WHITTLE_SET_AVX512_VNNI) return &whittle_lanes_avx512_vnni;
#elif defined(__wasm_simd128__)
    if (variant >> 8 == WHITTLE_SET_WASM_SIMD128) return &whittle_lanes_wasm_simd128;
#endif
    (void)variant;
    return NULL;
}

#endif
