#ifndef WHITTLE_CORE_RUNTIME_INSTRUCTION_SET_H_
#define WHITTLE_CORE_RUNTIME_INSTRUCTION_SET_H_

/* Instruction sets that kernels are written for. C99 and C++17, freestanding.
 *
 * The variant of an operator in a program image says both which of the operator's kernels runs and
 * for which instruction set: WHITTLE_VARIANT(set, kernel). Reference kernels have set 0, so theirs
 * are small numbers. */

#include <stdint.h>

#define WHITTLE_SET_REFERENCE 0u
#define WHITTLE_SET_PLAIN 1u
#define WHITTLE_SET_ARM_DSP 2u
#define WHITTLE_SET_HELIUM 3u
#define WHITTLE_SET_WASM_SIMD128 4u
#define WHITTLE_SET_AVX2 5u
#define WHITTLE_SET_AVX512_VNNI 6u

#define WHITTLE_VARIANT(set, kernel) ((set) << 8 | (kernel))

/* Whether this build of the runtime has the kernels of a set: where it has, an operator's program.h
 * includes kernel_<set>.h. */
#if defined(__EMSCRIPTEN__) || defined(__ARM_FEATURE_DSP)
#define WHITTLE_HAS_PLAIN 0 /* they have better ones, and every byte of code counts there */
#else
#define WHITTLE_HAS_PLAIN 1
#endif
#if defined(__ARM_FEATURE_DSP) && defined(__thumb__)
#define WHITTLE_HAS_ARM_DSP 1
#else
#define WHITTLE_HAS_ARM_DSP 0
#endif
#if defined(__ARM_FEATURE_MVE)
#define WHITTLE_HAS_HELIUM 1
#else
#define WHITTLE_HAS_HELIUM 0
#endif
#if defined(__x86_64__)
#define WHITTLE_HAS_AVX 1
#else
#define WHITTLE_HAS_AVX 0
#endif
#if defined(__wasm_simd128__)
#define WHITTLE_HAS_WASM_SIMD128 1
#else
#define WHITTLE_HAS_WASM_SIMD128 0
#endif

/* Whether this build has the kernels that a variant asks for, and this processor runs them. Boards'
 * builds are for one processor; x86-64 builds run on processors without these instructions, too. */
static inline int whittle_set_runs_here(uint32_t variant) {
    switch (variant >> 8) {
        case WHITTLE_SET_REFERENCE: return 1;
        case WHITTLE_SET_PLAIN: return WHITTLE_HAS_PLAIN;
        case WHITTLE_SET_ARM_DSP: return WHITTLE_HAS_ARM_DSP;
        case WHITTLE_SET_HELIUM: return WHITTLE_HAS_HELIUM;
#if WHITTLE_HAS_AVX
        case WHITTLE_SET_AVX2: return __builtin_cpu_supports("avx2") != 0;
        case WHITTLE_SET_AVX512_VNNI:
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") &&
                   __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512vnni");
#endif
        case WHITTLE_SET_WASM_SIMD128: return WHITTLE_HAS_WASM_SIMD128;
        default: return 0;
    }
}

#endif
