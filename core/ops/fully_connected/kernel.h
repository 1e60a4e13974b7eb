#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_H_

/* Fully connected: output[n, o] = activation(bias[o] + sum over i of input[n, i] * weights[o, i]).
 * Reference kernels, C99 and C++17, freestanding. N rows, I features in, O features out. */

#include "core/base/fixed_point.h"

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t inputs;  /* I >= 0 */
    int32_t outputs; /* O >= 0 */
    float minimum;   /* the fused activation clamps to minimum … maximum */
    float maximum;
} WhittleFullyConnectedFloat32;

/* input [N, I], weights [O, I], bias [O], output [N, O]; the output may lie
 * over the input as overlap.h says. The sum runs
 * over i upwards from 0.0f and the bias is added last, as TFLite does. */
static inline void whittle_fully_connected_float32(const WhittleFullyConnectedFloat32* p,
                                                   const float* input,
                                                   const float* weights,
                                                   const float* bias,
                                                   float* output) {
    int32_t n, o, i;
    for (n = 0; n < p->rows; ++n) {
        for (o = 0; o < p->outputs; ++o) {
            const float* w = weights + (size_t)o * (size_t)p->inputs;
            float sum = 0.0f;
            for (i = 0; i < p->inputs; ++i) sum += input[i] * w[i];
            sum += bias[o];
            if (sum < p->minimum) sum = p->minimum;
            if (sum > p->maximum) sum = p->maximum;
            output[o] = sum;
        }
        input += p->inputs;
        output += p->outputs;
    }
}

typedef struct {
    int32_t rows;               /* N >= 0 */
    int32_t inputs;             /* I >= 0 */
    int32_t outputs;            /* O >= 0 */
    int32_t weights_zero_point; /* 0 for weights made by the TFLite specification */
    int32_t output_zero_point;
    int32_t minimum; /* clamp of the quantized output, -128 … 127 */
    int32_t maximum;
    int32_t channel_stride; /* 1: a multiplier for each output; 0: one for all */
} WhittleFullyConnectedInt8;

/* input [N, I], weights [O, I] int8; bias [O] int32, with -input_zero_point * sum(weights[o]) and
 * the other constant terms folded in (all arithmetic is modulo 2^32, so folding changes no bit);
 * multipliers and shifts [O] or [1]: real factor = multiplier * 2^(shift - 31); output [N, O]. */
static inline void whittle_fully_connected_int8(const WhittleFullyConnectedInt8* p,
                                                const int8_t* input,
                                                const int8_t* weights,
                                                const int32_t* bias,
                                                const int32_t* multipliers,
                                                const int8_t* shifts,
                                                int8_t* output) {
    int32_t n, o, i;
    for (n = 0; n < p->rows; ++n) {
        const int8_t* w = weights;
        uint32_t correction = 0;
        if (p->weights_zero_point != 0) {
            uint32_t input_sum = 0;
            for (i = 0; i < p->inputs; ++i) input_sum += (uint32_t)input[i];
            correction = (uint32_t)p->weights_zero_point * input_sum;
        }
        for (o = 0; o < p->outputs; ++o) {
            uint32_t sum = (uint32_t)bias[o] - correction;
            int32_t value;
            for (i = 0; i < p->inputs; ++i) sum += (uint32_t)(input[i] * w[i]);
            w += p->inputs;
            value = whittle_requantize((int32_t)sum, multipliers[o * p->channel_stride],
                                       shifts[o * p->channel_stride]);
            value = whittle_wrapping_add(value, p->output_zero_point);
            output[o] = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
        }
        input += p->inputs;
        output += p->outputs;
    }
}

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t inputs;  /* I >= 0 */
    int32_t outputs; /* O >= 0 */
    int32_t minimum; /* clamp of the quantized output, -32768 … 32767 */
    int32_t maximum;
    int32_t channel_stride; /* 1: a multiplier for each output; 0: one for all */
} WhittleFullyConnectedInt16;

/* int16 activations without zero points, int8 weights, int64 bias [O] in halves: exact sums, and
 * TFLite's requantization of 64-bit sums. */
static inline void whittle_fully_connected_int16(const WhittleFullyConnectedInt16* p,
                                                 const int16_t* input,
                                                 const int8_t* weights,
                                                 const int32_t* bias_halves,
                                                 const int32_t* multipliers,
                                                 const int8_t* shifts,
                                                 int16_t* output) {
    int32_t n, o, i;
    for (n = 0; n < p->rows; ++n) {
        const int8_t* w = weights;
        for (o = 0; o < p->outputs; ++o) {
            int64_t sum = 0;
            int32_t value;
            for (i = 0; i < p->inputs; ++i) sum += input[i] * w[i];
            w += p->inputs;
            value = whittle_requantize_int64(
                whittle_wrapping_add64(sum, whittle_int64_at(bias_halves, o)),
                multipliers[o * p->channel_stride], shifts[o * p->channel_stride]);
            output[o] = (int16_t)whittle_clamp(value, p->minimum, p->maximum);
        }
        input += p->inputs;
        output += p->outputs;
    }
}

/* The same with an int32 bias [O]: sums modulo 2^32, and the requantization of the int8 kernel. */
static inline void whittle_fully_connected_int16_bias32(const WhittleFullyConnectedInt16* p,
                                                        const int16_t* input,
                                                        const int8_t* weights,
                                                        const int32_t* bias,
                                                        const int32_t* multipliers,
                                                        const int8_t* shifts,
                                                        int16_t* output) {
    int32_t n, o, i;
    for (n = 0; n < p->rows; ++n) {
        const int8_t* w = weights;
        for (o = 0; o < p->outputs; ++o) {
            uint32_t sum = (uint32_t)bias[o];
            int32_t value;
            for (i = 0; i < p->inputs; ++i) sum += (uint32_t)(input[i] * w[i]);
            w += p->inputs;
            value = whittle_requantize((int32_t)sum, multipliers[o * p->channel_stride],
                                       shifts[o * p->channel_stride]);
            output[o] = (int16_t)whittle_clamp(value, p->minimum, p->maximum);
        }
        input += p->inputs;
        output += p->outputs;
    }
}

#endif
