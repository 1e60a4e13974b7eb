#ifndef WHITTLE_CORE_OPS_LSTM_KERNEL_H_
#define WHITTLE_CORE_OPS_LSTM_KERNEL_H_

/* Long short-term memory over a sequence (Hochreiter and Schmidhuber, 1997, with forget gate). For
 * each step t, with gates i, f, g, o in this order in weights, recurrent weights and biases: i, f,
 * o = logistic(W x_t + R h + b), g = tanh(W x_t + R h + b) c = f * c + i * g, clipped; h = o *
 * tanh(c), which is the output h and c are kept from run to run. Reference kernels, C99 and C++17,
 * freestanding. */

#include "core/base/exact_math.h"
#include "core/base/fixed_point.h"
#include "core/base/sigmoid_table.h"

/* Both parameter structs begin with these. N batches, T steps, I inputs, H units. */
typedef struct {
    int32_t batches;    /* N >= 0 */
    int32_t steps;      /* T >= 0 */
    int32_t inputs;     /* I >= 0 */
    int32_t units;      /* H >= 0 */
    int32_t time_major; /* 1: input [T, N, I], output [T, N, H]; 0: [N, T, I] and [N, T, H] */
} WhittleLstmSizes;

typedef struct {
    WhittleLstmSizes sizes;
    float cell_clip; /* 0: none */
} WhittleLstmFloat32;

static inline float whittle_lstm_gate_float32(const WhittleLstmSizes* s,
                                              int32_t row,
                                              const float* x,
                                              const float* weights,
                                              const float* h,
                                              const float* recurrent,
                                              const float* bias) {
    float sum = bias[row];
    int32_t k;
    for (k = 0; k < s->inputs; ++k) sum += x[k] * weights[row * s->inputs + k];
    for (k = 0; k < s->units; ++k) sum += h[k] * recurrent[row * s->units + k];
    return sum;
}

/* weights [4, H, I], recurrent [4, H, H], bias [4, H], hidden and cell [N, H]. */
static inline void whittle_lstm_float32(const WhittleLstmFloat32* p,
                                        const float* input,
                                        const float* weights,
                                        const float* recurrent,
                                        const float* bias,
                                        float* hidden,
                                        float* cell,
                                        float* output) {
    const WhittleLstmSizes* s = &p->sizes;
    const int32_t units = s->units;
    int32_t n, t, u;
    for (n = 0; n < s->batches; ++n) {
        float* h = hidden + n * units;
        float* c = cell + n * units;
        for (t = 0; t < s->steps; ++t) {
            const int32_t at = s->time_major ? t * s->batches + n : n * s->steps + t;
            const float* x = input + at * s->inputs;
            float* y = output + at * units;
            for (u = 0; u < units; ++u) {
                float gates[4];
                int32_t g;
                for (g = 0; g < 4; ++g) {
                    const float sum =
                        whittle_lstm_gate_float32(s, g * units + u, x, weights, h, recurrent, bias);
                    gates[g] = g == 2 ? whittle_tanhf(sum) : whittle_logisticf(sum);
                }
                c[u] = gates[1] * c[u] + gates[0] * gates[2];
                if (p->cell_clip > 0.0f) {
                    if (c[u] > p->cell_clip) c[u] = p->cell_clip;
                    if (c[u] < -p->cell_clip) c[u] = -p->cell_clip;
                }
                y[u] = gates[3] * whittle_tanhf(c[u]);
            }
            for (u = 0; u < units; ++u) h[u] = y[u];
        }
    }
}

/* Of the int8 and the int16 kernel. Factors of 31 bits: real factor = multiplier * 2^(shift - 31).
 */
typedef struct {
    WhittleLstmSizes sizes;
    int32_t input_multiplier0, input_multiplier1, input_multiplier2, input_multiplier3;
    int32_t input_shift0, input_shift1, input_shift2, input_shift3;
    int32_t hidden_multiplier0, hidden_multiplier1, hidden_multiplier2, hidden_multiplier3;
    int32_t hidden_shift0, hidden_shift1, hidden_shift2, hidden_shift3;
    int32_t forget_multiplier; /* f * c, brought to the cell's scale */
    int32_t forget_shift;
    int32_t update_multiplier; /* i * g, brought to the cell's scale */
    int32_t update_shift;
    int32_t output_multiplier; /* o * tanh(c), brought to the output's scale */
    int32_t output_shift;
    int32_t output_zero_point; /* 0 for int16 */
    int32_t cell_clip;         /* in steps of the cell's scale; 0: none */
    int32_t
        tanh_multiplier; /* cell * tanh_multiplier / 2^tanh_shift as whittle_table_tanh takes it */
    int32_t tanh_shift;
} WhittleLstmInteger;

/* A gate's two factors, which bring its sums to units of 2^-12. */
typedef struct {
    int32_t input_multiplier, input_shift;
    int32_t hidden_multiplier, hidden_shift;
} WhittleLstmGateFactors;

static inline WhittleLstmGateFactors whittle_lstm_gate_factors(const WhittleLstmInteger* p,
                                                               int32_t gate) {
    const WhittleLstmGateFactors all[4] = {
        {p->input_multiplier0, p->input_shift0, p->hidden_multiplier0, p->hidden_shift0},
        {p->input_multiplier1, p->input_shift1, p->hidden_multiplier1, p->hidden_shift1},
        {p->input_multiplier2, p->input_shift2, p->hidden_multiplier2, p->hidden_shift2},
        {p->input_multiplier3, p->input_shift3, p->hidden_multiplier3, p->hidden_shift3}};
    return all[gate];
}

static inline int32_t whittle_saturate_int16(int32_t value) {
    return whittle_clamp(value, -32768, 32767);
}

/* From the sums of a unit's four gates, in units of 2^-12: moves its cell on by a step and gives o
 * * tanh(c) in steps of the output's scale, with its zero point, not yet clamped. */
static inline int32_t whittle_lstm_unit(const WhittleLstmInteger* p,
                                        const int16_t* sums,
                                        int16_t* cell) {
    int32_t gates[4];
    int32_t g, value;
    for (g = 0; g < 4; ++g) {
        const int32_t scaled = whittle_sigmoid_scaled(sums[g], 3, 0);
        gates[g] = g == 2 ? whittle_table_tanh(scaled) : whittle_table_logistic(scaled);
    }
    value = whittle_saturate_int16(
        whittle_requantize(gates[1] * *cell, p->forget_multiplier, p->forget_shift));
    value += whittle_saturate_int16(
        whittle_requantize(gates[0] * gates[2], p->update_multiplier, p->update_shift));
    value = whittle_saturate_int16(value);
    if (p->cell_clip > 0) value = whittle_clamp(value, -p->cell_clip, p->cell_clip);
    *cell = (int16_t)value;
    value = whittle_table_tanh(whittle_sigmoid_scaled(*cell, p->tanh_multiplier, p->tanh_shift));
    value = whittle_requantize(gates[3] * value, p->output_multiplier, p->output_shift);
    return whittle_wrapping_add(value, p->output_zero_point);
}

/* The sum of a gate in units of 2^-12: input and recurrent part each rounded and saturated to
 * int16. */
static inline int16_t whittle_lstm_gate_int8(const WhittleLstmInteger* p,
                                             int32_t gate,
                                             int32_t unit,
                                             const int8_t* x,
                                             const int8_t* weights,
                                             const int8_t* h,
                                             const int8_t* recurrent,
                                             const int32_t* input_bias,
                                             const int32_t* hidden_bias) {
    const WhittleLstmGateFactors factors = whittle_lstm_gate_factors(p, gate);
    const int32_t row = gate * p->sizes.units + unit;
    const int8_t* w = weights + (ptrdiff_t)row * p->sizes.inputs;
    const int8_t* r = recurrent + (ptrdiff_t)row * p->sizes.units;
    uint32_t from_input = (uint32_t)input_bias[row];
    uint32_t from_hidden = (uint32_t)hidden_bias[row];
    int32_t k, sum;
    for (k = 0; k < p->sizes.inputs; ++k) from_input += (uint32_t)(x[k] * w[k]);
    for (k = 0; k < p->sizes.units; ++k) {
        /* h stands as distance from the zero point, modulo 256: all zeros at first. */
        const int8_t value = (int8_t)(uint8_t)((uint32_t)h[k] + (uint32_t)p->output_zero_point);
        from_hidden += (uint32_t)(value * r[k]);
    }
    sum = whittle_saturate_int16(
        whittle_requantize((int32_t)from_input, factors.input_multiplier, factors.input_shift));
    sum += whittle_saturate_int16(
        whittle_requantize((int32_t)from_hidden, factors.hidden_multiplier, factors.hidden_shift));
    return (int16_t)whittle_saturate_int16(sum);
}

/* input [.., I] and output [.., H] int8; weights [4, H, I] and recurrent [4, H, H] int8 with zero
 * points of 0; biases [4, H] int32 with -zero point * sum(weights) folded in; cell [N, H] int16. */
static inline void whittle_lstm_int8(const WhittleLstmInteger* p,
                                     const int8_t* input,
                                     const int8_t* weights,
                                     const int8_t* recurrent,
                                     const int32_t* input_bias,
                                     const int32_t* hidden_bias,
                                     int8_t* hidden,
                                     int16_t* cell,
                                     int8_t* output) {
    const WhittleLstmSizes* s = &p->sizes;
    const int32_t units = s->units;
    int32_t n, t, u, g;
    for (n = 0; n < s->batches; ++n) {
        int8_t* h = hidden + n * units;
        int16_t* c = cell + n * units;
        for (t = 0; t < s->steps; ++t) {
            const int32_t at = s->time_major ? t * s->batches + n : n * s->steps + t;
            const int8_t* x = input + at * s->inputs;
            int8_t* y = output + at * units;
            for (u = 0; u < units; ++u) {
                int16_t sums[4];
                for (g = 0; g < 4; ++g) {
                    sums[g] = whittle_lstm_gate_int8(p, g, u, x, weights, h, recurrent, input_bias,
                                                     hidden_bias);
                }
                y[u] = (int8_t)whittle_clamp(whittle_lstm_unit(p, sums, &c[u]), -128, 127);
            }
            for (u = 0; u < units; ++u) {
                h[u] = (int8_t)(uint8_t)((uint32_t)y[u] - (uint32_t)p->output_zero_point);
            }
        }
    }
}

/* As whittle_lstm_gate_int8, with sums of 64 bits and TFLite's requantization of those. Only the
 * input part has a bias. */
static inline int16_t whittle_lstm_gate_int16(const WhittleLstmInteger* p,
                                              int32_t gate,
                                              int32_t unit,
                                              const int16_t* x,
                                              const int8_t* weights,
                                              const int16_t* h,
                                              const int8_t* recurrent,
                                              const int32_t* bias_halves) {
    const WhittleLstmGateFactors factors = whittle_lstm_gate_factors(p, gate);
    const int32_t row = gate * p->sizes.units + unit;
    const int8_t* w = weights + (ptrdiff_t)row * p->sizes.inputs;
    const int8_t* r = recurrent + (ptrdiff_t)row * p->sizes.units;
    int64_t from_input = 0;
    int64_t from_hidden = 0;
    int32_t k, sum;
    for (k = 0; k < p->sizes.inputs; ++k) from_input += x[k] * w[k];
    for (k = 0; k < p->sizes.units; ++k) from_hidden += h[k] * r[k];
    from_input = whittle_wrapping_add64(from_input, whittle_int64_at(bias_halves, row));
    sum = whittle_saturate_int16(
        whittle_requantize_int64(from_input, factors.input_multiplier, factors.input_shift));
    sum += whittle_saturate_int16(
        whittle_requantize_int64(from_hidden, factors.hidden_multiplier, factors.hidden_shift));
    return (int16_t)whittle_saturate_int16(sum);
}

/* input [.., I], output [.., H] and hidden [N, H] int16 without zero points; weights [4, H, I] and
 * recurrent [4, H, H] int8 with zero points of 0; bias [4, H] int64 in halves; cell [N, H] int16.
 * The gates' multipliers are >= 0 and their shifts -31 ... 7. */
static inline void whittle_lstm_int16(const WhittleLstmInteger* p,
                                      const int16_t* input,
                                      const int8_t* weights,
                                      const int8_t* recurrent,
                                      const int32_t* bias_halves,
                                      int16_t* hidden,
                                      int16_t* cell,
                                      int16_t* output) {
    const WhittleLstmSizes* s = &p->sizes;
    const int32_t units = s->units;
    int32_t n, t, u, g;
    for (n = 0; n < s->batches; ++n) {
        int16_t* h = hidden + n * units;
        int16_t* c = cell + n * units;
        for (t = 0; t < s->steps; ++t) {
            const int32_t at = s->time_major ? t * s->batches + n : n * s->steps + t;
            const int16_t* x = input + at * s->inputs;
            int16_t* y = output + at * units;
            for (u = 0; u < units; ++u) {
                int16_t sums[4];
                for (g = 0; g < 4; ++g) {
                    sums[g] =
                        whittle_lstm_gate_int16(p, g, u, x, weights, h, recurrent, bias_halves);
                }
                y[u] = (int16_t)whittle_saturate_int16(whittle_lstm_unit(p, sums, &c[u]));
            }
            for (u = 0; u < units; ++u) h[u] = y[u];
        }
    }
}

#endif
