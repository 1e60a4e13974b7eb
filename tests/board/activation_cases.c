/* Functions of one value, or of one row. */

#include "core/ops/hard_swish/kernel.h"
#include "core/ops/leaky_relu/kernel.h"
#include "core/ops/log_softmax/kernel.h"
#include "core/ops/logistic/kernel.h"
#include "core/ops/relu/kernel.h"
#include "core/ops/relu_n1_to_1/kernel.h"
#include "core/ops/softmax/kernel.h"
#include "core/ops/tanh/kernel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

static void relu_float32(const int32_t shape[3]) {
    WhittleReluFloat32 p;
    float *input, *output;
    p.count = shape[0];
    p.maximum = shape[1] != 0 ? 6.0f : FLOAT_MAX;
    input = case_any_floats(shape[0]);
    output = (float*)case_output(shape[0], 4);
    whittle_relu_float32(&p, input, output);
    case_canonicalize_nan(output, shape[0]);
}

static void relu_n1_to_1_float32(const int32_t shape[3]) {
    WhittleReluN1To1Float32 p;
    float *input, *output;
    p.count = shape[0];
    input = case_any_floats(shape[0]);
    output = (float*)case_output(shape[0], 4);
    whittle_relu_n1_to_1_float32(&p, input, output);
    case_canonicalize_nan(output, shape[0]);
}

static void relu_int8(const int32_t shape[3]) {
    WhittleReluInt8 p;
    int8_t *input, *output;
    p.count = shape[0];
    p.input_zero_point = 3;
    p.output_zero_point = shape[1];
    p.multiplier = 1518500250; /* 2^(shift - 31) * this = 0.70710678 */
    p.shift = 0;
    p.minimum = shape[1];
    p.maximum = shape[2];
    input = case_int8(shape[0]);
    output = (int8_t*)case_output(shape[0], 1);
    whittle_relu_int8(&p, input, output);
}

static void tanh_float32(const int32_t shape[3]) {
    WhittleTanhFloat32 p;
    float *input, *output;
    p.count = shape[0];
    input = case_any_floats(shape[0]);
    output = (float*)case_output(shape[0], 4);
    whittle_tanh_float32(&p, input, output);
    case_canonicalize_nan(output, shape[0]);
}

static void logistic_float32(const int32_t shape[3]) {
    WhittleLogisticFloat32 p;
    float *input, *output;
    p.count = shape[0];
    input = case_any_floats(shape[0]);
    output = (float*)case_output(shape[0], 4);
    whittle_logistic_float32(&p, input, output);
    case_canonicalize_nan(output, shape[0]);
}

/* Input scale 0.0884: 2^27 times that is multiplier * 2^(24 - 31). */
static void tanh_int8(const int32_t shape[3]) {
    WhittleTanhInt8 p;
    int8_t *input, *output;
    p.count = shape[0];
    p.input_zero_point = shape[1];
    p.multiplier = 1518500250;
    p.shift = 24;
    p.radius = 120; /* 15 * 2^27 / 2^shift: what Q4 can hold */
    input = case_int8(shape[0]);
    output = (int8_t*)case_output(shape[0], 1);
    whittle_tanh_int8(&p, input, output);
}

static void logistic_int8(const int32_t shape[3]) {
    WhittleLogisticInt8 p;
    int8_t *input, *output;
    p.count = shape[0];
    p.input_zero_point = shape[1];
    p.multiplier = 1518500250;
    p.shift = 24;
    p.radius = 120;
    input = case_int8(shape[0]);
    output = (int8_t*)case_output(shape[0], 1);
    whittle_logistic_int8(&p, input, output);
}

static void softmax_float32(const int32_t shape[3]) {
    WhittleSoftmaxFloat32 p;
    float *input, *output;
    p.rows = shape[0];
    p.columns = shape[1];
    p.beta = shape[2] == 0 ? 1.0f : 0.5f;
    input = case_floats(shape[0] * shape[1], 20.0f);
    output = (float*)case_output(shape[0] * shape[1], 4);
    whittle_softmax_float32(&p, input, output);
}

/* beta * input scale 0.1: 2^26 times that is multiplier * 2^(23 - 31). */
static void softmax_int8(const int32_t shape[3]) {
    WhittleSoftmaxInt8 p;
    int8_t *input, *output;
    p.rows = shape[0];
    p.columns = shape[1];
    p.multiplier = 1717986918;
    p.shift = 23;
    p.minimum_difference = shape[2] == 0 ? -248 : -100; /* -31 * 2^26 / 2^shift: what Q5 can hold */
    input = case_int8(shape[0] * shape[1]);
    output = (int8_t*)case_output(shape[0] * shape[1], 1);
    whittle_softmax_int8(&p, input, output);
}

static void leaky_relu_float32(const int32_t shape[3]) {
    WhittleLeakyReluFloat32 p;
    float *input, *output;
    p.count = shape[0];
    p.alpha = 0.2f;
    input = case_any_floats(shape[0]);
    output = (float*)case_output(shape[0], 4);
    whittle_leaky_relu_float32(&p, input, output);
    case_canonicalize_nan(output, shape[0]);
}

static WhittleLeakyReluInteger leaky_relu_params(const int32_t shape[3]) {
    WhittleLeakyReluInteger p;
    p.count = shape[0];
    p.input_zero_point = shape[1];
    p.output_zero_point = shape[2];
    p.multiplier = 1518500250;
    p.shift = 1;
    p.alpha_multiplier = 1717986918;
    p.alpha_shift = -2;
    return p;
}

static void leaky_relu_int8(const int32_t shape[3]) {
    const WhittleLeakyReluInteger p = leaky_relu_params(shape);
    int8_t* input = case_int8(shape[0]);
    whittle_leaky_relu_int8(&p, input, (int8_t*)case_output(shape[0], 1));
}

static void leaky_relu_int16(const int32_t shape[3]) {
    const WhittleLeakyReluInteger p = leaky_relu_params(shape);
    int16_t* input = case_int16(shape[0]);
    whittle_leaky_relu_int16(&p, input, (int16_t*)case_output(shape[0], 2));
}

static void hard_swish_float32(const int32_t shape[3]) {
    WhittleHardSwishFloat32 p;
    float *input, *output;
    p.count = shape[0];
    input = shape[1] == 0 ? case_floats(shape[0], 4.0f) : case_any_floats(shape[0]);
    output = (float*)case_output(shape[0], 4);
    whittle_hard_swish_float32(&p, input, output);
    case_canonicalize_nan(output, shape[0]);
}

/* The gate shifted right, not at all, left, and so far that it saturates. */
static void hard_swish_int8(const int32_t shape[3]) {
    WhittleHardSwishInt8 p;
    int8_t* input;
    p.count = shape[0];
    p.input_zero_point = shape[1];
    p.output_zero_point = -11;
    p.output_multiplier = 26214;
    p.output_shift = -6;
    p.gate_multiplier = 21845;
    p.gate_shift = shape[2];
    input = case_int8(shape[0]);
    whittle_hard_swish_int8(&p, input, (int8_t*)case_output(shape[0], 1));
}

static void log_softmax_float32(const int32_t shape[3]) {
    WhittleLogSoftmaxFloat32 p;
    float* input;
    p.rows = shape[0];
    p.columns = shape[1];
    input = case_floats(shape[0] * shape[1], 20.0f);
    whittle_log_softmax_float32(&p, input, (float*)case_output(shape[0] * shape[1], 4));
}

/* Input scale 0.1, and its inverse. */
static void log_softmax_int8(const int32_t shape[3]) {
    WhittleLogSoftmaxInt8 p;
    int8_t* input;
    p.rows = shape[0];
    p.columns = shape[1];
    p.multiplier = 1717986918;
    p.shift = 23;
    p.minimum_difference = shape[2] == 0 ? -248 : -100;
    p.inverse_multiplier = 1342177280;
    p.inverse_shift = -22;
    input = case_int8(shape[0] * shape[1]);
    whittle_log_softmax_int8(&p, input, (int8_t*)case_output(shape[0] * shape[1], 1));
}

static const KernelCase cases[] = {
    {"relu_float32", relu_float32, {0, 0, 0}},
    {"relu_float32", relu_float32, {1, 0, 0}},
    {"relu_float32", relu_float32, {65, 0, 0}},
    {"relu_float32", relu_float32, {65, 1, 0}},
    {"relu_n1_to_1_float32", relu_n1_to_1_float32, {0, 0, 0}},
    {"relu_n1_to_1_float32", relu_n1_to_1_float32, {1, 0, 0}},
    {"relu_n1_to_1_float32", relu_n1_to_1_float32, {65, 0, 0}},
    {"relu_int8", relu_int8, {0, 0, 127}},
    {"relu_int8", relu_int8, {1, 0, 127}},
    {"relu_int8", relu_int8, {255, -128, 127}},
    {"relu_int8", relu_int8, {257, -20, 60}},
    {"tanh_float32", tanh_float32, {0, 0, 0}},
    {"tanh_float32", tanh_float32, {1, 0, 0}},
    {"tanh_float32", tanh_float32, {127, 0, 0}},
    {"logistic_float32", logistic_float32, {0, 0, 0}},
    {"logistic_float32", logistic_float32, {1, 0, 0}},
    {"logistic_float32", logistic_float32, {127, 0, 0}},
    {"tanh_int8", tanh_int8, {0, 0, 0}},
    {"tanh_int8", tanh_int8, {1, 0, 0}},
    {"tanh_int8", tanh_int8, {255, -128, 0}},
    {"tanh_int8", tanh_int8, {256, 3, 0}},
    {"tanh_int8", tanh_int8, {257, 127, 0}},
    {"logistic_int8", logistic_int8, {0, 0, 0}},
    {"logistic_int8", logistic_int8, {1, 0, 0}},
    {"logistic_int8", logistic_int8, {255, -128, 0}},
    {"logistic_int8", logistic_int8, {256, 3, 0}},
    {"logistic_int8", logistic_int8, {257, 127, 0}},
    {"softmax_float32", softmax_float32, {0, 4, 0}},
    {"softmax_float32", softmax_float32, {1, 1, 0}},
    {"softmax_float32", softmax_float32, {3, 7, 0}},
    {"softmax_float32", softmax_float32, {4, 16, 1}},
    {"softmax_float32", softmax_float32, {2, 127, 0}},
    {"softmax_int8", softmax_int8, {0, 4, 0}},
    {"softmax_int8", softmax_int8, {1, 1, 0}},
    {"softmax_int8", softmax_int8, {3, 7, 0}},
    {"softmax_int8", softmax_int8, {4, 16, 1}},
    {"softmax_int8", softmax_int8, {2, 127, 0}},
    {"softmax_int8", softmax_int8, {1, 1001, 0}},
    {"leaky_relu_float32", leaky_relu_float32, {0, 0, 0}},
    {"leaky_relu_float32", leaky_relu_float32, {1, 0, 0}},
    {"leaky_relu_float32", leaky_relu_float32, {65, 0, 0}},
    {"leaky_relu_int8", leaky_relu_int8, {0, 0, 0}},
    {"leaky_relu_int8", leaky_relu_int8, {1, 5, 0}},
    {"leaky_relu_int8", leaky_relu_int8, {255, -128, 127}},
    {"leaky_relu_int8", leaky_relu_int8, {257, 10, -128}},
    {"leaky_relu_int16", leaky_relu_int16, {1, 0, 0}},
    {"leaky_relu_int16", leaky_relu_int16, {257, 0, 0}},
    {"hard_swish_float32", hard_swish_float32, {0, 0, 0}},
    {"hard_swish_float32", hard_swish_float32, {65, 0, 0}},
    {"hard_swish_float32", hard_swish_float32, {65, 1, 0}},
    {"hard_swish_int8", hard_swish_int8, {0, 0, 0}},
    {"hard_swish_int8", hard_swish_int8, {1, 5, 1}},
    {"hard_swish_int8", hard_swish_int8, {257, -128, -3}},
    {"hard_swish_int8", hard_swish_int8, {256, 0, 0}},
    {"hard_swish_int8", hard_swish_int8, {255, 127, 2}},
    {"hard_swish_int8", hard_swish_int8, {257, 3, 9}},
    {"log_softmax_float32", log_softmax_float32, {0, 4, 0}},
    {"log_softmax_float32", log_softmax_float32, {1, 1, 0}},
    {"log_softmax_float32", log_softmax_float32, {3, 7, 0}},
    {"log_softmax_float32", log_softmax_float32, {2, 127, 0}},
    {"log_softmax_int8", log_softmax_int8, {0, 4, 0}},
    {"log_softmax_int8", log_softmax_int8, {1, 1, 0}},
    {"log_softmax_int8", log_softmax_int8, {3, 7, 0}},
    {"log_softmax_int8", log_softmax_int8, {4, 16, 1}},
    {"log_softmax_int8", log_softmax_int8, {1, 1001, 0}},
};

const KernelFamily activation_family = {cases, sizeof cases / sizeof cases[0]};
