#ifndef WHITTLE_CORE_OPS_LSTM_PROGRAM_H_
#define WHITTLE_CORE_OPS_LSTM_PROGRAM_H_

/* LSTM in a program image. Variant 0: float32, operands input, weights, recurrent, bias, hidden,
 * cell, output. Variant 1: int8, operands input, weights, recurrent, input bias, hidden bias,
 * hidden, cell, output. Variant 2: int16, operands input, weights, recurrent, bias in halves,
 * hidden, cell, output. */

#include "core/ops/lstm/kernel.h"
#include "core/runtime/window_check.h"

static inline int whittle_lstm_numbers_fit(const WhittleLstmInteger* p) {
    const int32_t shifts[11] = {p->input_shift0,  p->input_shift1,  p->input_shift2,
                                p->input_shift3,  p->hidden_shift0, p->hidden_shift1,
                                p->hidden_shift2, p->hidden_shift3, p->forget_shift,
                                p->update_shift,  p->output_shift};
    int i;
    for (i = 0; i < 11; ++i) {
        if (!whittle_shift_in_range(shifts[i])) return 0;
    }
    return whittle_zero_point_in_range(p->output_zero_point) && p->cell_clip >= 0 &&
           p->cell_clip <= 32767 && p->tanh_multiplier > 0 && p->tanh_multiplier < 32768 &&
           p->tanh_shift >= 0 && p->tanh_shift <= 15;
}

/* What requantizing sums of 64 bits asks beyond that. */
static inline int whittle_lstm_int16_numbers_fit(const WhittleLstmInteger* p) {
    int32_t gate;
    for (gate = 0; gate < 4; ++gate) {
        const WhittleLstmGateFactors factors = whittle_lstm_gate_factors(p, gate);
        if (factors.input_multiplier < 0 || factors.hidden_multiplier < 0 ||
            factors.input_shift > 7 || factors.hidden_shift > 7) {
            return 0;
        }
    }
    return p->output_zero_point == 0;
}

static inline int whittle_lstm_check(uint32_t variant,
                                     const void* params,
                                     uint32_t params_bytes,
                                     const WhittleOperandInfo* operands,
                                     uint32_t operand_count) {
    const WhittleLstmSizes* s = (const WhittleLstmSizes*)params;
    const uint32_t element = variant == 0 ? 4 : variant; /* of input, output and hidden state */
    const uint32_t weight = variant == 0 ? 4 : 1;
    const uint32_t hidden = operand_count - 3u;
    uint32_t biases;
    if (variant > 2 || operand_count != (variant == 1 ? 8u : 7u)) return 0;
    if (params_bytes != (variant == 0 ? sizeof(WhittleLstmFloat32) : sizeof(WhittleLstmInteger))) {
        return 0;
    }
    {
        const int32_t input[3] = {s->batches, s->steps, s->inputs};
        const int32_t output[3] = {s->batches, s->steps, s->units};
        const int32_t weights[3] = {4, s->units, s->inputs};
        const int32_t recurrent[3] = {4, s->units, s->units};
        const int32_t state[2] = {s->batches, s->units};
        biases = whittle_checked_volume(weights, 2);
        if (!whittle_operand_holds(&operands[0], whittle_checked_volume(input, 3), element) ||
            !whittle_operand_holds(&operands[1], whittle_checked_volume(weights, 3), weight) ||
            !whittle_operand_holds(&operands[2], whittle_checked_volume(recurrent, 3), weight) ||
            !whittle_operand_holds(&operands[3], biases, variant == 2 ? 8 : 4) ||
            !whittle_operand_holds(&operands[hidden], whittle_checked_volume(state, 2), element) ||
            !whittle_operand_holds(&operands[hidden + 1u], whittle_checked_volume(state, 2),
                                   variant == 0 ? 4 : 2) ||
            !whittle_operand_holds(&operands[hidden + 2u], whittle_checked_volume(output, 3),
                                   element)) {
            return 0;
        }
    }
    /* The states are written. */
    if (operands[hidden].constant != NULL || operands[hidden + 1u].constant != NULL) return 0;
    if (variant == 0) return 1;
    if (!whittle_lstm_numbers_fit((const WhittleLstmInteger*)params)) return 0;
    if (variant == 2) return whittle_lstm_int16_numbers_fit((const WhittleLstmInteger*)params);
    return whittle_operand_holds(&operands[4], biases, 4);
}

static inline void whittle_lstm_run(uint32_t variant, const void* params, void* const* operands) {
    if (variant == 0) {
        whittle_lstm_float32((const WhittleLstmFloat32*)params, (const float*)operands[0],
                             (const float*)operands[1], (const float*)operands[2],
                             (const float*)operands[3], (float*)operands[4], (float*)operands[5],
                             (float*)operands[6]);
    } else if (variant == 1) {
        whittle_lstm_int8((const WhittleLstmInteger*)params, (const int8_t*)operands[0],
                          (const int8_t*)operands[1], (const int8_t*)operands[2],
                          (const int32_t*)operands[3], (const int32_t*)operands[4],
                          (int8_t*)operands[5], (int16_t*)operands[6], (int8_t*)operands[7]);
    } else {
        whittle_lstm_int16((const WhittleLstmInteger*)params, (const int16_t*)operands[0],
                           (const int8_t*)operands[1], (const int8_t*)operands[2],
                           (const int32_t*)operands[3], (int16_t*)operands[4],
                           (int16_t*)operands[5], (int16_t*)operands[6]);
    }
}

#endif
