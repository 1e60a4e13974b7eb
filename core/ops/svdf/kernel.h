#ifndef WHITTLE_CORE_OPS_SVDF_KERNEL_H_
#define WHITTLE_CORE_OPS_SVDF_KERNEL_H_

/* A layer of filters that are each a product of a feature and a time vector (singular value
 * decomposition filter; Nakkiran et al., "Compressing deep neural networks using a rank-constrained
 * topology", 2015). Every run appends one feature value for each filter to its memory and drops the
 * oldest: output[u] = activation(bias[u] + sum over the unit's filters and their memory of memory *
 * time weights). Memory is kept from run to run, zero at first. Reference kernels, C99 and C++17,
 * freestanding. */

#include "core/base/fixed_point.h"

typedef struct {
    int32_t batches; /* N >= 0 */
    int32_t inputs;  /* I >= 0 */
    int32_t units;   /* U >= 0 */
    int32_t rank;    /* R >= 1: filters of a unit */
    int32_t memory;  /* M >= 1: values that a filter remembers */
    float minimum;   /* the fused activation clamps to minimum … maximum */
    float maximum;
} WhittleSvdfFloat32;

/* input [N, I], feature weights [U * R, I], time weights [U * R, M], bias [U], state [N, U * R, M],
 * output [N, U]. The sums over inputs and over memory run upwards from 0.0f, the oldest value
 * first; those of a unit's filters are added to its bias one after another, as TFLite does. */
static inline void whittle_svdf_float32(const WhittleSvdfFloat32* p,
                                        const float* input,
                                        const float* feature_weights,
                                        const float* time_weights,
                                        const float* bias,
                                        float* state,
                                        float* output) {
    int32_t n, u, r, k;
    for (n = 0; n < p->batches; ++n) {
        const float* features = feature_weights;
        const float* times = time_weights;
        for (u = 0; u < p->units; ++u) {
            float sum = bias[u];
            for (r = 0; r < p->rank; ++r) {
                float feature = 0.0f;
                float remembered = 0.0f;
                for (k = 0; k < p->inputs; ++k) feature += input[k] * features[k];
                for (k = 0; k + 1 < p->memory; ++k) state[k] = state[k + 1];
                state[k] = feature;
                for (k = 0; k < p->memory; ++k) remembered += state[k] * times[k];
                sum += remembered;
                features += p->inputs;
                times += p->memory;
                state += p->memory;
            }
            if (sum < p->minimum) sum = p->minimum;
            if (sum > p->maximum) sum = p->maximum;
            *output++ = sum;
        }
        input += p->inputs;
    }
}

/* Of the int8 and the int16 kernel. */
typedef struct {
    int32_t batches; /* N >= 0 */
    int32_t inputs;  /* I >= 0 */
    int32_t units;   /* U >= 0 */
    int32_t rank;    /* R >= 1: filters of a unit */
    int32_t memory;  /* M >= 1: values that a filter remembers */
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t state_multiplier; /* to the memory's scale: multiplier * 2^(shift - 31) */
    int32_t state_shift;
    int32_t output_multiplier; /* from the memory's scale to the output's */
    int32_t output_shift;
    int32_t state_minimum; /* clamp of what is remembered */
    int32_t state_maximum;
    int32_t minimum; /* clamp of the output */
    int32_t maximum;
    int32_t state_zero_point; /* of an int8 memory */
} WhittleSvdf;

/* The distance from the zero point that TFLite reads back, which keeps the sum with the zero point
 * in eight bits: where they do not hold it, it comes out on the other side. */
static inline int32_t whittle_svdf_remembered(const WhittleSvdf* p, int8_t distance) {
    return (int8_t)(distance + p->state_zero_point) - p->state_zero_point;
}

/* input [N, I], feature weights [U * R, I], time weights [U * R, M], bias [U], state [N, U * R, M],
 * output [N, U]. Sums are modulo 2^32. */
static inline void whittle_svdf_int8(const WhittleSvdf* p,
                                     const int8_t* input,
                                     const int8_t* feature_weights,
                                     const int8_t* time_weights,
                                     const int32_t* bias,
                                     int8_t* state,
                                     int8_t* output) {
    int32_t n, u, r, k;
    for (n = 0; n < p->batches; ++n) {
        const int8_t* features = feature_weights;
        const int8_t* times = time_weights;
        for (u = 0; u < p->units; ++u) {
            uint32_t sum = (uint32_t)bias[u];
            int32_t value;
            for (r = 0; r < p->rank; ++r) {
                uint32_t feature = 0;
                for (k = 0; k < p->inputs; ++k) {
                    feature += (uint32_t)((input[k] - p->input_zero_point) * features[k]);
                }
                value = whittle_requantize((int32_t)feature, p->state_multiplier, p->state_shift);
                for (k = 0; k + 1 < p->memory; ++k) state[k] = state[k + 1];
                state[k] = (int8_t)whittle_clamp(value, p->state_minimum, p->state_maximum);
                for (k = 0; k < p->memory; ++k) {
                    sum += (uint32_t)(times[k] * whittle_svdf_remembered(p, state[k]));
                }
                features += p->inputs;
                times += p->memory;
                state += p->memory;
            }
            value = whittle_requantize((int32_t)sum, p->output_multiplier, p->output_shift);
            value = whittle_wrapping_add(value, p->output_zero_point);
            *output++ = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
        }
        input += p->inputs;
    }
}

static inline void whittle_svdf_int16(const WhittleSvdf* p,
                                      const int8_t* input,
                                      const int8_t* feature_weights,
                                      const int16_t* time_weights,
                                      const int32_t* bias,
                                      int16_t* state,
                                      int8_t* output) {
    int32_t n, u, r, k;
    for (n = 0; n < p->batches; ++n) {
        const int8_t* features = feature_weights;
        const int16_t* times = time_weights;
        for (u = 0; u < p->units; ++u) {
            uint32_t sum = (uint32_t)bias[u];
            int32_t value;
            for (r = 0; r < p->rank; ++r) {
                uint32_t feature = 0;
                for (k = 0; k < p->inputs; ++k) {
                    feature += (uint32_t)((input[k] - p->input_zero_point) * features[k]);
                }
                value = whittle_requantize((int32_t)feature, p->state_multiplier, p->state_shift);
                for (k = 0; k + 1 < p->memory; ++k) state[k] = state[k + 1];
                state[k] = (int16_t)whittle_clamp(value, p->state_minimum, p->state_maximum);
                for (k = 0; k < p->memory; ++k) sum += (uint32_t)(times[k] * state[k]);
                features += p->inputs;
                times += p->memory;
                state += p->memory;
            }
            value = whittle_requantize((int32_t)sum, p->output_multiplier, p->output_shift);
            value = whittle_wrapping_add(value, p->output_zero_point);
            *output++ = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
        }
        input += p->inputs;
    }
}

#endif
