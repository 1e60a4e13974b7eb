#ifndef WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_ARM_DSP_H_
#define WHITTLE_CORE_OPS_FULLY_CONNECTED_KERNEL_ARM_DSP_H_

/* int8 fully connected for Arm's DSP extension: four outputs at once. */

#include "core/base/arm_dsp.h"

typedef struct {
    int32_t rows;    /* N >= 0 */
    int32_t inputs;  /* I >= 1 */
    int32_t outputs; /* O >= 1 */
    int32_t minimum; /* clamp of the quantized output */
    int32_t maximum;
    int32_t channel_stride; /* 1: a requantization for each output; 0: one for all */
} WhittleFullyConnectedArmDsp;

/* Four values in a word, zeros where there are fewer. */
static inline uint32_t whittle_fully_connected_arm_dsp_rest(const int8_t* input, int32_t count) {
    uint32_t word = 0;
    int32_t i;
    for (i = 0; i < count; ++i) word |= (uint32_t)(uint8_t)input[i] << (8 * i);
    return word;
}

/* input [N, I]; weights [O / 4][I / 4], both rounded up, of four words: four weights of each of
 * four outputs, zeros where there are fewer; bias [O / 4 * 4], rounded up, as for
 * whittle_fully_connected_int8; requantization [O][3] or [3]; output [N, O]. A row is read whole
 * before each four outputs of it are written. */
static inline void whittle_fully_connected_int8_arm_dsp(const WhittleFullyConnectedArmDsp* p,
                                                        const int8_t* input,
                                                        const int32_t* weights,
                                                        const int32_t* bias,
                                                        const int32_t* requantization,
                                                        int8_t* output) {
    const int32_t fours = p->inputs / 4;
    const int32_t rest = p->inputs % 4;
    int8_t* const first = output;
    int32_t n, o, k;
    for (n = 0; n < p->rows; ++n, input += p->inputs) {
        const int32_t* w = weights;
        const int32_t* how = requantization;
        for (o = 0; o < p->outputs; o += 4) {
            int32_t sums[4];
            for (k = 0; k < 4; ++k) sums[k] = bias[o + k];
            if (fours > 0) whittle_dsp_rows(input, w, fours, sums);
            w += 4 * fours;
            if (rest > 0) {
                const uint32_t word = whittle_fully_connected_arm_dsp_rest(input + 4 * fours, rest);
                whittle_dsp_rows((const int8_t*)&word, w, 1, sums);
                w += 4;
            }
            for (k = 0; k < 4 && o + k < p->outputs; ++k, how += 3 * p->channel_stride) {
                *output++ =
                    (int8_t)whittle_dsp_requantize(sums[k], whittle_dsp_requantization(how));
            }
        }
    }
    whittle_dsp_clamp(first, (int32_t)(output - first), p->minimum, p->maximum);
}

#endif
