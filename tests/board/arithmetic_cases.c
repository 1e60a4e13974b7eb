/* Requantization, and the exact functions of one float. */

#include "core/base/exact_math.h"
#include "core/base/fixed_point.h"
#include "core/ops/dequantize/kernel.h"
#include "core/ops/quantize/kernel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

static void quantize_float32(const int32_t shape[3]) {
    WhittleQuantizeFloat32 p;
    float* input;
    int8_t* output;
    p.count = shape[0];
    p.scale = 0.046875f;
    p.zero_point = shape[1];
    input = shape[2] == 0 ? case_floats(shape[0], 8.0f) : case_any_floats(shape[0]);
    output = (int8_t*)case_output(shape[0], 1);
    whittle_quantize_float32(&p, input, output);
}

static void quantize_int8(const int32_t shape[3]) {
    WhittleQuantizeInt8 p;
    int8_t *input, *output;
    p.count = shape[0];
    p.input_zero_point = shape[1];
    p.output_zero_point = shape[2];
    p.multiplier = 1518500250;
    p.shift = 1;
    input = case_int8(shape[0]);
    output = (int8_t*)case_output(shape[0], 1);
    whittle_quantize_int8(&p, input, output);
}

static void dequantize_int8(const int32_t shape[3]) {
    WhittleDequantizeInt8 p;
    int8_t* input;
    float* output;
    p.count = shape[0];
    p.scale = 0.0123456789f;
    p.zero_point = shape[1];
    input = case_int8(shape[0]);
    output = (float*)case_output(shape[0], 4);
    whittle_dequantize_int8(&p, input, output);
}

/* Every shift with multipliers and values from all of their range. */
static void requantize(const int32_t shape[3]) {
    int32_t* output = (int32_t*)case_output(shape[0], 4);
    int32_t i;
    for (i = 0; i < shape[0]; ++i) {
        const int32_t value = (int32_t)case_random() >> (i % 32);
        const int32_t multiplier = (1 << 30) | (int32_t)(case_random() >> 2);
        output[i] = whittle_requantize(value, multiplier, i % 62 - 31);
    }
}

/* A function of exact_math.h over shape[0] bit patterns spread over all floats. */
static void sweep_floats(int32_t count, float (*function)(float)) {
    float* output = (float*)case_output(count, 4);
    uint32_t bits = 0;
    int32_t i;
    for (i = 0; i < count; ++i) {
        output[i] = function(whittle_float_from_bits(bits));
        bits += 0x9E3779B9u;
    }
    case_canonicalize_nan(output, count);
}

/* The same over -12 … 12, where the functions bend. */
static void sweep_range(int32_t count, float (*function)(float)) {
    float* input = case_floats(count, 12.0f);
    float* output = (float*)case_output(count, 4);
    int32_t i;
    for (i = 0; i < count; ++i) output[i] = function(input[i]);
    case_canonicalize_nan(output, count);
}

static void sweep(const int32_t shape[3], float (*function)(float)) {
    if (shape[1] == 0) {
        sweep_floats(shape[0], function);
    } else {
        sweep_range(shape[0], function);
    }
}

static void exp_float32(const int32_t shape[3]) { sweep(shape, whittle_expf); }
static void log_float32(const int32_t shape[3]) { sweep(shape, whittle_logf); }
static void tanh_function(const int32_t shape[3]) { sweep(shape, whittle_tanhf); }
static void logistic_function(const int32_t shape[3]) { sweep(shape, whittle_logisticf); }
static void sin_float32(const int32_t shape[3]) { sweep(shape, whittle_sinf); }
static void cos_float32(const int32_t shape[3]) { sweep(shape, whittle_cosf); }
static void sqrt_float32(const int32_t shape[3]) { sweep(shape, whittle_sqrtf); }

static const KernelCase cases[] = {
    {"quantize_float32", quantize_float32, {0, 0, 0}},
    {"quantize_float32", quantize_float32, {1, 5, 0}},
    {"quantize_float32", quantize_float32, {255, -128, 0}},
    {"quantize_float32", quantize_float32, {256, 127, 0}},
    {"quantize_float32", quantize_float32, {257, -1, 1}},
    {"quantize_int8", quantize_int8, {0, 0, 0}},
    {"quantize_int8", quantize_int8, {1, 5, -7}},
    {"quantize_int8", quantize_int8, {255, -128, 127}},
    {"quantize_int8", quantize_int8, {257, 10, -128}},
    {"dequantize_int8", dequantize_int8, {0, 0, 0}},
    {"dequantize_int8", dequantize_int8, {1, 5, 0}},
    {"dequantize_int8", dequantize_int8, {255, -128, 0}},
    {"dequantize_int8", dequantize_int8, {257, 127, 0}},
    {"requantize", requantize, {992, 0, 0}},
    {"exp", exp_float32, {1000, 0, 0}},
    {"exp", exp_float32, {500, 1, 0}},
    {"log", log_float32, {1000, 0, 0}},
    {"log", log_float32, {500, 1, 0}},
    {"tanh", tanh_function, {1000, 0, 0}},
    {"tanh", tanh_function, {500, 1, 0}},
    {"logistic", logistic_function, {1000, 0, 0}},
    {"logistic", logistic_function, {500, 1, 0}},
    {"sin", sin_float32, {1000, 0, 0}},
    {"sin", sin_float32, {500, 1, 0}},
    {"cos", cos_float32, {1000, 0, 0}},
    {"cos", cos_float32, {500, 1, 0}},
    {"sqrt", sqrt_float32, {1000, 0, 0}},
    {"sqrt", sqrt_float32, {500, 1, 0}},
};

const KernelFamily arithmetic_family = {cases, sizeof cases / sizeof cases[0]};
