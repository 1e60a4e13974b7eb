#ifndef WHITTLE_TESTS_BASE_EXACT_MATH_SWEEP_H_
#define WHITTLE_TESTS_BASE_EXACT_MATH_SWEEP_H_

/* One hash per function over a fixed sweep of bit patterns: the same number on every target. C99
 * and C++17, freestanding, so that a board can run it too. */

#include "core/base/exact_math.h"

typedef float (*whittle_function)(float);

/* FNV-1a over the result bits of every step-th of the 2^32 patterns, low byte first. */
static inline uint64_t whittle_sweep_hash(whittle_function function, uint32_t step) {
    uint64_t hash = 0xcbf29ce484222325u;
    uint64_t pattern;
    for (pattern = 0; pattern <= 0xffffffffu; pattern += step) {
        const uint32_t bits =
            whittle_bits_from_float(function(whittle_float_from_bits((uint32_t)pattern)));
        int shift;
        for (shift = 0; shift < 32; shift += 8) {
            hash = (hash ^ ((bits >> shift) & 0xffu)) * 0x100000001b3u;
        }
    }
    return hash;
}

/* 16,411 patterns a function. */
#define WHITTLE_SWEEP_STEP 261713u

#endif
