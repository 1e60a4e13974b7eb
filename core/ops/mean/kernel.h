#ifndef WHITTLE_CORE_OPS_MEAN_KERNEL_H_
#define WHITTLE_CORE_OPS_MEAN_KERNEL_H_

/* Mean over some dimensions: for each element of the kept walk the mean over the reduced walk. Both
 * walk over the input. Reference kernels, C99 and C++17, freestanding. */

#include "core/base/fixed_point.h"
#include "core/base/strided_walk.h"

typedef struct {
    WhittleStridedWalk kept;
    WhittleStridedWalk reduced;
} WhittleMeanFloat32;

/* The sum runs in the input's order from 0.0f and is divided at last. The output
 * may be the input, as overlap.h says. */
static inline void whittle_mean_float32(const WhittleMeanFloat32* p,
                                        const float* input,
                                        float* output) {
    const int32_t kept = whittle_walk_count(&p->kept);
    const int32_t reduced = whittle_walk_count(&p->reduced);
    int32_t i, k;
    for (i = 0; i < kept; ++i) {
        const float* from = input + whittle_walk_offset(&p->kept, i);
        float sum = 0.0f;
        for (k = 0; k < reduced; ++k) sum += from[whittle_walk_offset(&p->reduced, k)];
        output[i] = sum / (float)reduced;
    }
}

/* Of int8 and of int16. */
typedef struct {
    WhittleStridedWalk kept;
    WhittleStridedWalk reduced;
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t multiplier; /* input scale / output scale / count = multiplier * 2^(shift - 31) */
    int32_t shift;
    int32_t minimum;
    int32_t maximum;
} WhittleMeanInteger;

static inline void whittle_mean_int8(const WhittleMeanInteger* p,
                                     const int8_t* input,
                                     int8_t* output) {
    const int32_t kept = whittle_walk_count(&p->kept);
    const int32_t reduced = whittle_walk_count(&p->reduced);
    int32_t i, k;
    for (i = 0; i < kept; ++i) {
        const int8_t* from = input + whittle_walk_offset(&p->kept, i);
        uint32_t sum = 0;
        int32_t value;
        for (k = 0; k < reduced; ++k) {
            sum += (uint32_t)(from[whittle_walk_offset(&p->reduced, k)] - p->input_zero_point);
        }
        value = whittle_requantize((int32_t)sum, p->multiplier, p->shift);
        value = whittle_wrapping_add(value, p->output_zero_point);
        output[i] = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
    }
}

static inline void whittle_mean_int16(const WhittleMeanInteger* p,
                                      const int16_t* input,
                                      int16_t* output) {
    const int32_t kept = whittle_walk_count(&p->kept);
    const int32_t reduced = whittle_walk_count(&p->reduced);
    int32_t i, k;
    for (i = 0; i < kept; ++i) {
        const int16_t* from = input + whittle_walk_offset(&p->kept, i);
        uint32_t sum = 0;
        int32_t value;
        for (k = 0; k < reduced; ++k) {
            sum += (uint32_t)(from[whittle_walk_offset(&p->reduced, k)] - p->input_zero_point);
        }
        value = whittle_requantize((int32_t)sum, p->multiplier, p->shift);
        value = whittle_wrapping_add(value, p->output_zero_point);
        output[i] = (int16_t)whittle_clamp(value, p->minimum, p->maximum);
    }
}

#endif
