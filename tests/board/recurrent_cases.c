/* What keeps a state. */

#include <string.h>

#include "core/ops/lstm/kernel.h"
#include "core/ops/svdf/kernel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

static WhittleLstmInteger lstm_params(const int32_t shape[3],
                                      const int32_t factors[22],
                                      int32_t output_zero_point) {
    WhittleLstmInteger p;
    memset(&p, 0, sizeof p);
    p.sizes.batches = 1;
    p.sizes.steps = shape[0];
    p.sizes.inputs = shape[1];
    p.sizes.units = shape[2];
    memcpy(&p.input_multiplier0, factors, 22 * sizeof factors[0]);
    p.output_zero_point = output_zero_point;
    p.cell_clip = 30000;
    p.tanh_multiplier = 3;
    p.tanh_shift = 3;
    return p;
}

/* A steps of B features, C units (at most 8). The states are not operands of the case: they change.
 */
static void lstm_int8(const int32_t shape[3]) {
    static const int32_t factors[22] = {
        1500000000, 1600000000, 1700000000, 1800000000, -4,         -4, -3, -4,
        1100000000, 1200000000, 1300000000, 1400000000, -4,         -3, -4, -4,
        1073741824, -14,        1073741824, -14,        1400000000, -21};
    int8_t hidden[8] = {0};
    int16_t cell[8] = {0};
    const WhittleLstmInteger p = lstm_params(shape, factors, -9);
    const int8_t *input, *weights, *recurrent;
    const int32_t *input_bias, *hidden_bias;
    input = case_int8(shape[0] * shape[1]);
    weights = case_int8(4 * shape[1] * shape[2]);
    recurrent = case_int8(4 * shape[2] * shape[2]);
    input_bias = case_int32(4 * shape[2], -2000, 2000);
    hidden_bias = case_int32(4 * shape[2], -2000, 2000);
    whittle_lstm_int8(&p, input, weights, recurrent, input_bias, hidden_bias, hidden, cell,
                      (int8_t*)case_output(shape[0] * shape[2], 1));
}

/* The same in int16. */
static void lstm_int16(const int32_t shape[3]) {
    static const int32_t factors[22] = {
        1500000000, 1600000000, 1700000000, 1800000000, -11,        -11, -10, -11,
        1100000000, 1200000000, 1300000000, 1400000000, -11,        -10, -11, -11,
        1073741824, -14,        1073741824, -14,        1400000000, -14};
    int16_t hidden[8] = {0};
    int16_t cell[8] = {0};
    const WhittleLstmInteger p = lstm_params(shape, factors, 0);
    const int16_t* input = case_int16(shape[0] * shape[1]);
    const int8_t* weights = case_int8(4 * shape[1] * shape[2]);
    const int8_t* recurrent = case_int8(4 * shape[2] * shape[2]);
    const int32_t* small = case_int32(4 * shape[2], -2000000, 2000000);
    int32_t bias_halves[2 * 4 * 8];
    int32_t i;
    for (i = 0; i < 4 * shape[2]; ++i) {
        bias_halves[2 * i] = small[i];
        bias_halves[2 * i + 1] = small[i] < 0 ? -1 : 0;
    }
    whittle_lstm_int16(&p, input, weights, recurrent, bias_halves, hidden, cell,
                       (int16_t*)case_output(shape[0] * shape[2], 2));
}

/* A features, B units of rank 2, a memory of C (at most 8), three runs. */
static void svdf_int16(const int32_t shape[3]) {
    int16_t state[8 * 8] = {0};
    WhittleSvdf p;
    const int8_t *input, *features;
    const int16_t* times;
    const int32_t* bias;
    int8_t* output;
    int32_t run;
    memset(&p, 0, sizeof p);
    p.batches = 1;
    p.inputs = shape[0];
    p.units = shape[1];
    p.rank = 2;
    p.memory = shape[2];
    p.input_zero_point = -128;
    p.output_zero_point = -7;
    p.state_multiplier = 1500000000;
    p.state_shift = -2;
    p.output_multiplier = 1200000000;
    p.output_shift = -22;
    p.state_minimum = -32768;
    p.state_maximum = 32767;
    p.minimum = -128;
    p.maximum = 127;
    input = case_int8(3 * shape[0]);
    features = case_int8(2 * shape[1] * shape[0]);
    times = case_int16(2 * shape[1] * shape[2]);
    bias = case_int32(shape[1], -20000, 20000);
    output = (int8_t*)case_output(3 * shape[1], 1);
    for (run = 0; run < 3; ++run) {
        whittle_svdf_int16(&p, input + run * shape[0], features, times, bias, state,
                           output + run * shape[1]);
    }
}

/* The same of floats. */
static void svdf_float32(const int32_t shape[3]) {
    float state[8 * 8] = {0};
    WhittleSvdfFloat32 p;
    const float *input, *features, *times, *bias;
    float* output;
    int32_t run;
    p.batches = 1;
    p.inputs = shape[0];
    p.units = shape[1];
    p.rank = 2;
    p.memory = shape[2];
    p.minimum = -3.0f;
    p.maximum = 6.0f;
    input = case_floats(3 * shape[0], 2.0f);
    features = case_floats(2 * shape[1] * shape[0], 1.0f);
    times = case_floats(2 * shape[1] * shape[2], 1.0f);
    bias = case_floats(shape[1], 3.0f);
    output = (float*)case_output(3 * shape[1], 4);
    for (run = 0; run < 3; ++run) {
        whittle_svdf_float32(&p, input + run * shape[0], features, times, bias, state,
                             output + run * shape[1]);
    }
}

static const KernelCase cases[] = {
    {"lstm_int8", lstm_int8, {1, 1, 1}},       {"lstm_int8", lstm_int8, {5, 3, 7}},
    {"lstm_int16", lstm_int16, {1, 1, 1}},     {"lstm_int16", lstm_int16, {5, 3, 7}},
    {"svdf_int16", svdf_int16, {1, 1, 1}},     {"svdf_int16", svdf_int16, {9, 4, 8}},
    {"svdf_float32", svdf_float32, {1, 1, 1}}, {"svdf_float32", svdf_float32, {9, 4, 8}},
};

const KernelFamily recurrent_family = {cases, sizeof cases / sizeof cases[0]};
