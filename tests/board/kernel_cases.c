#include "tests/board/kernel_cases.h"

#include <string.h>

#include "core/base/exact_math.h"
#include "core/base/fixed_point.h"
#include "core/ops/add/kernel.h"
#include "core/ops/average_pool2d/kernel.h"
#include "core/ops/batch_matmul/kernel.h"
#include "core/ops/conv2d/kernel.h"
#include "core/ops/depthwise_conv2d/kernel.h"
#include "core/ops/dequantize/kernel.h"
#include "core/ops/fully_connected/kernel.h"
#include "core/ops/logistic/kernel.h"
#include "core/ops/lstm/kernel.h"
#include "core/ops/max_pool2d/kernel.h"
#include "core/ops/maximum/kernel.h"
#include "core/ops/mean/kernel.h"
#include "core/ops/minimum/kernel.h"
#include "core/ops/mul/kernel.h"
#include "core/ops/pad/kernel.h"
#include "core/ops/quantize/kernel.h"
#include "core/ops/relu/kernel.h"
#include "core/ops/reshape/kernel.h"
#include "core/ops/slice/kernel.h"
#include "core/ops/softmax/kernel.h"
#include "core/ops/sub/kernel.h"
#include "core/ops/svdf/kernel.h"
#include "core/ops/tanh/kernel.h"
#include "core/ops/transpose/kernel.h"
#include "core/ops/transpose_conv/kernel.h"
#include "tests/board/case_data.h"

#define FLOAT_MAX 3.402823466e+38f

typedef struct {
    const char* kernel;
    void (*run)(const int32_t shape[3]);
    int32_t shape[3]; /* what it means is the kernel's affair: N, I, O or elements */
} KernelCase;

static void fully_connected_float32(const int32_t shape[3]) {
    WhittleFullyConnectedFloat32 p;
    float *input, *weights, *bias, *output;
    p.rows = shape[0];
    p.inputs = shape[1];
    p.outputs = shape[2];
    p.minimum = shape[1] % 2 == 0 ? 0.0f : -FLOAT_MAX;
    p.maximum = shape[1] % 3 == 0 ? 6.0f : FLOAT_MAX;
    input = case_floats(shape[0] * shape[1], 4.0f);
    weights = case_floats(shape[2] * shape[1], 1.0f);
    bias = case_floats(shape[2], 1.0e-3f);
    output = (float*)case_output(shape[0] * shape[2], 4);
    whittle_fully_connected_float32(&p, input, weights, bias, output);
}

/* Sums that underflow, overflow and cancel. */
static void fully_connected_float32_extremes(const int32_t shape[3]) {
    WhittleFullyConnectedFloat32 p;
    float *input, *weights, *bias, *output;
    p.rows = shape[0];
    p.inputs = shape[1];
    p.outputs = shape[2];
    p.minimum = -FLOAT_MAX;
    p.maximum = FLOAT_MAX;
    input = case_floats(shape[0] * shape[1], shape[2] % 2 == 0 ? 1.0e-20f : 10.0f);
    weights = case_floats(shape[2] * shape[1], shape[2] % 2 == 0 ? 1.0e-20f : 3.0e38f);
    bias = case_floats(shape[2], 1.0e-38f);
    output = (float*)case_output(shape[0] * shape[2], 4);
    whittle_fully_connected_float32(&p, input, weights, bias, output);
    case_canonicalize_nan(output, shape[0] * shape[2]);
}

/* Every sum is 0.0 and the bias -0.0 or 0.0 or small, under a fused ReLU. */
static void fully_connected_float32_zeros(const int32_t shape[3]) {
    WhittleFullyConnectedFloat32 p;
    float *input, *weights, *bias, *output;
    int32_t i;
    p.rows = shape[0];
    p.inputs = shape[1];
    p.outputs = shape[2];
    p.minimum = 0.0f;
    p.maximum = FLOAT_MAX;
    input = case_floats(shape[0] * shape[1], 1.0f);
    weights = case_floats(shape[2] * shape[1], 0.0f);
    bias = case_floats(shape[2], 1.0f);
    for (i = 0; i < shape[2]; ++i) bias[i] = i % 3 == 0 ? -0.0f : i % 3 == 1 ? 0.0f : bias[i];
    output = (float*)case_output(shape[0] * shape[2], 4);
    whittle_fully_connected_float32(&p, input, weights, bias, output);
}

static void fully_connected_int8(const int32_t shape[3]) {
    WhittleFullyConnectedInt8 p;
    int8_t *input, *weights, *shifts, *output;
    int32_t *bias, *multipliers;
    p.rows = shape[0];
    p.inputs = shape[1];
    p.outputs = shape[2];
    p.weights_zero_point = shape[1] % 4 == 3 ? -5 : 0;
    p.output_zero_point = shape[2] % 2 == 0 ? -128 : 11;
    p.minimum = -128;
    p.maximum = shape[2] % 3 == 0 ? 100 : 127;
    p.channel_stride = shape[0] % 2;
    input = case_int8(shape[0] * shape[1]);
    weights = case_int8(shape[2] * shape[1]);
    bias = case_int32(shape[2], -20000, 20000);
    multipliers = case_int32(shape[2] + 1, 1 << 30, INT32_MAX);
    shifts = case_shifts(shape[2] + 1, -10, -4);
    output = (int8_t*)case_output(shape[0] * shape[2], 1);
    whittle_fully_connected_int8(&p, input, weights, bias, multipliers, shifts, output);
}

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

/* Output [A, B, 1, C]. Input a has that shape, or [A, 1, 1, 1] when B is odd; input b has it too,
 * or [C] when C is odd. */
static WhittleBroadcast walk_of(const int32_t shape[3]) {
    const int32_t repeat_a = shape[1] % 2, repeat_b = shape[2] % 2;
    WhittleBroadcast walk;
    walk.size0 = shape[0];
    walk.size1 = shape[1];
    walk.size2 = 1;
    walk.size3 = shape[2];
    walk.a_stride0 = repeat_a ? 1 : shape[1] * shape[2];
    walk.a_stride1 = repeat_a ? 0 : shape[2];
    walk.a_stride2 = 0;
    walk.a_stride3 = repeat_a ? 0 : 1;
    walk.b_stride0 = repeat_b ? 0 : shape[1] * shape[2];
    walk.b_stride1 = repeat_b ? 0 : shape[2];
    walk.b_stride2 = 0;
    walk.b_stride3 = 1;
    return walk;
}

static int32_t elements_of(const int32_t shape[3]) { return shape[0] * shape[1] * shape[2]; }

static int32_t elements_of_a(const int32_t shape[3]) {
    return shape[1] % 2 ? shape[0] : elements_of(shape);
}

static int32_t elements_of_b(const int32_t shape[3]) {
    return shape[2] % 2 ? shape[2] : elements_of(shape);
}

static void add_float32(const int32_t shape[3]) {
    WhittleAddFloat32 p;
    float *a, *b, *output;
    p.walk = walk_of(shape);
    p.minimum = shape[0] % 2 ? -FLOAT_MAX : 0.0f;
    p.maximum = shape[0] % 2 ? FLOAT_MAX : 6.0f;
    a = case_any_floats(elements_of_a(shape));
    b = case_floats(elements_of_b(shape), 8.0f);
    output = (float*)case_output(elements_of(shape), 4);
    whittle_add_float32(&p, a, b, output);
    case_canonicalize_nan(output, elements_of(shape));
}

static void mul_float32(const int32_t shape[3]) {
    WhittleMulFloat32 p;
    float *a, *b, *output;
    p.walk = walk_of(shape);
    p.minimum = shape[0] % 2 ? -FLOAT_MAX : 0.0f;
    p.maximum = shape[0] % 2 ? FLOAT_MAX : 6.0f;
    a = case_any_floats(elements_of_a(shape));
    b = case_floats(elements_of_b(shape), 8.0f);
    output = (float*)case_output(elements_of(shape), 4);
    whittle_mul_float32(&p, a, b, output);
    case_canonicalize_nan(output, elements_of(shape));
}

static void add_int8(const int32_t shape[3]) {
    WhittleAddInt8 p;
    int8_t *a, *b, *output;
    p.walk = walk_of(shape);
    p.a_zero_point = -128;
    p.b_zero_point = 127;
    p.output_zero_point = -3;
    p.a_multiplier = 1073741824;
    p.a_shift = 0;
    p.b_multiplier = 1518500250;
    p.b_shift = -2;
    p.output_multiplier = 1717986918;
    p.output_shift = -18;
    p.minimum = shape[0] % 2 ? -128 : -3;
    p.maximum = 127;
    a = case_int8(elements_of_a(shape));
    b = case_int8(elements_of_b(shape));
    output = (int8_t*)case_output(elements_of(shape), 1);
    whittle_add_int8(&p, a, b, output);
}

static void mul_int8(const int32_t shape[3]) {
    WhittleMulInt8 p;
    int8_t *a, *b, *output;
    p.walk = walk_of(shape);
    p.a_zero_point = -128;
    p.b_zero_point = 127;
    p.output_zero_point = 9;
    p.multiplier = 1717986918;
    p.shift = -7;
    p.minimum = shape[0] % 2 ? -128 : -60;
    p.maximum = shape[0] % 2 ? 127 : 60;
    a = case_int8(elements_of_a(shape));
    b = case_int8(elements_of_b(shape));
    output = (int8_t*)case_output(elements_of(shape), 1);
    whittle_mul_int8(&p, a, b, output);
}

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

static void reshape(const int32_t shape[3]) {
    WhittleReshape p;
    int8_t *input, *output;
    p.bytes = shape[0];
    input = case_int8(shape[0]);
    output = (int8_t*)case_output(shape[0], 1);
    whittle_reshape(&p, input, output);
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

/* One image of A x (A + 1) pixels and B channels, C output channels; the kernel is 3 x 2. Strides,
 * dilations and padding follow from A: SAME with stride 1 for even A, VALID-like with larger steps
 * for odd A. */
static WhittleWindow window_of(const int32_t shape[3]) {
    const int32_t odd = shape[0] % 2;
    WhittleWindow w;
    w.batches = 1;
    w.input_height = shape[0];
    w.input_width = shape[0] + 1;
    w.input_channels = shape[1];
    w.output_channels = shape[2];
    w.kernel_height = 3;
    w.kernel_width = 2;
    w.stride_height = odd ? 2 : 1;
    w.stride_width = odd ? 3 : 1;
    w.dilation_height = odd ? 1 : 2;
    w.dilation_width = 1;
    w.pad_top = odd ? 1 : 2;
    w.pad_left = odd ? 1 : 0;
    w.output_height = odd ? (w.input_height + 1) / 2 : w.input_height;
    w.output_width = odd ? (w.input_width + 2) / 3 : w.input_width;
    return w;
}

static int32_t window_inputs(const WhittleWindow* w) {
    return w->batches * w->input_height * w->input_width * w->input_channels;
}

static int32_t window_outputs(const WhittleWindow* w) {
    return w->batches * w->output_height * w->output_width * w->output_channels;
}

static void conv2d_float32(const int32_t shape[3]) {
    WhittleConv2dFloat32 p;
    float *input, *weights, *bias, *output;
    p.window = window_of(shape);
    p.group_channels = shape[1];
    p.minimum = shape[1] % 2 == 0 ? 0.0f : -FLOAT_MAX;
    p.maximum = FLOAT_MAX;
    input = case_floats(window_inputs(&p.window), 4.0f);
    weights = case_floats(6 * shape[1] * shape[2], 1.0f);
    bias = case_floats(shape[2], 1.0e-3f);
    output = (float*)case_output(window_outputs(&p.window), 4);
    whittle_conv2d_float32(&p, input, weights, bias, output);
}

/* An even number of channels in and out makes two groups. */
static WhittleConv2dInteger conv2d_params(const int32_t shape[3], int wide) {
    WhittleConv2dInteger p;
    p.window = window_of(shape);
    p.group_channels = shape[1] % 2 == 0 && shape[2] % 2 == 0 ? shape[1] / 2 : shape[1];
    p.input_zero_point = wide ? 0 : -7;
    p.output_zero_point = wide ? 0 : 11;
    p.minimum = wide ? -32768 : -128;
    p.maximum = wide ? 30000 : 100;
    return p;
}

static void conv2d_int8(const int32_t shape[3]) {
    const WhittleConv2dInteger p = conv2d_params(shape, 0);
    const int8_t* input = case_int8(window_inputs(&p.window));
    const int8_t* weights = case_int8(6 * p.group_channels * shape[2]);
    const int32_t* bias = case_int32(shape[2], -20000, 20000);
    const int32_t* multipliers = case_int32(shape[2], 1 << 30, INT32_MAX);
    const int8_t* shifts = case_shifts(shape[2], -10, -4);
    int8_t* output = (int8_t*)case_output(window_outputs(&p.window), 1);
    whittle_conv2d_int8(&p, input, weights, bias, multipliers, shifts, output);
}

static void conv2d_int16(const int32_t shape[3]) {
    const WhittleConv2dInteger p = conv2d_params(shape, 1);
    const int16_t* input = case_int16(window_inputs(&p.window));
    const int8_t* weights = case_int8(6 * p.group_channels * shape[2]);
    const int32_t* bias = case_int32(2 * shape[2], -100, 100);
    const int32_t* multipliers = case_int32(shape[2], 1 << 30, INT32_MAX);
    const int8_t* shifts = case_shifts(shape[2], -12, -6);
    int16_t* output = (int16_t*)case_output(window_outputs(&p.window), 2);
    whittle_conv2d_int16(&p, input, weights, bias, multipliers, shifts, output);
}

static void conv2d_int16_bias32(const int32_t shape[3]) {
    const WhittleConv2dInteger p = conv2d_params(shape, 1);
    const int16_t* input = case_int16(window_inputs(&p.window));
    const int8_t* weights = case_int8(6 * p.group_channels * shape[2]);
    const int32_t* bias = case_int32(shape[2], -20000, 20000);
    const int32_t* multipliers = case_int32(shape[2], 1 << 30, INT32_MAX);
    const int8_t* shifts = case_shifts(shape[2], -12, -6);
    int16_t* output = (int16_t*)case_output(window_outputs(&p.window), 2);
    whittle_conv2d_int16_bias32(&p, input, weights, bias, multipliers, shifts, output);
}

/* C is the depth multiplier. */
static WhittleWindow depthwise_window_of(const int32_t shape[3]) {
    WhittleWindow w = window_of(shape);
    w.output_channels = shape[1] * shape[2];
    return w;
}

static void depthwise_conv2d_float32(const int32_t shape[3]) {
    WhittleDepthwiseConv2dFloat32 p;
    float *input, *weights, *bias, *output;
    p.window = depthwise_window_of(shape);
    p.multiplier = shape[2];
    p.minimum = -FLOAT_MAX;
    p.maximum = shape[1] % 2 == 0 ? 6.0f : FLOAT_MAX;
    input = case_floats(window_inputs(&p.window), 4.0f);
    weights = case_floats(6 * p.window.output_channels, 1.0f);
    bias = case_floats(p.window.output_channels, 1.0e-3f);
    output = (float*)case_output(window_outputs(&p.window), 4);
    whittle_depthwise_conv2d_float32(&p, input, weights, bias, output);
}

static WhittleDepthwiseConv2dInteger depthwise_params(const int32_t shape[3], int wide) {
    WhittleDepthwiseConv2dInteger p;
    p.window = depthwise_window_of(shape);
    p.multiplier = shape[2];
    p.input_zero_point = wide ? 0 : 9;
    p.output_zero_point = wide ? 0 : -128;
    p.minimum = wide ? -32768 : -128;
    p.maximum = wide ? 32767 : 127;
    return p;
}

static void depthwise_conv2d_int8(const int32_t shape[3]) {
    const WhittleDepthwiseConv2dInteger p = depthwise_params(shape, 0);
    const int32_t channels = p.window.output_channels;
    const int8_t* input = case_int8(window_inputs(&p.window));
    const int8_t* weights = case_int8(6 * channels);
    const int32_t* bias = case_int32(channels, -20000, 20000);
    const int32_t* multipliers = case_int32(channels, 1 << 30, INT32_MAX);
    const int8_t* shifts = case_shifts(channels, -9, -4);
    int8_t* output = (int8_t*)case_output(window_outputs(&p.window), 1);
    whittle_depthwise_conv2d_int8(&p, input, weights, bias, multipliers, shifts, output);
}

static void depthwise_conv2d_int16(const int32_t shape[3]) {
    const WhittleDepthwiseConv2dInteger p = depthwise_params(shape, 1);
    const int32_t channels = p.window.output_channels;
    const int16_t* input = case_int16(window_inputs(&p.window));
    const int8_t* weights = case_int8(6 * channels);
    const int32_t* bias = case_int32(2 * channels, -2, 2);
    const int32_t* multipliers = case_int32(channels, 1 << 30, INT32_MAX);
    const int8_t* shifts = case_shifts(channels, -9, -4);
    int16_t* output = (int16_t*)case_output(window_outputs(&p.window), 2);
    whittle_depthwise_conv2d_int16(&p, input, weights, bias, multipliers, shifts, output);
}

static void depthwise_conv2d_int16_bias32(const int32_t shape[3]) {
    const WhittleDepthwiseConv2dInteger p = depthwise_params(shape, 1);
    const int32_t channels = p.window.output_channels;
    const int16_t* input = case_int16(window_inputs(&p.window));
    const int8_t* weights = case_int8(6 * channels);
    const int32_t* bias = case_int32(channels, -20000, 20000);
    const int32_t* multipliers = case_int32(channels, 1 << 30, INT32_MAX);
    const int8_t* shifts = case_shifts(channels, -9, -4);
    int16_t* output = (int16_t*)case_output(window_outputs(&p.window), 2);
    whittle_depthwise_conv2d_int16_bias32(&p, input, weights, bias, multipliers, shifts, output);
}

static WhittleWindow pool_window_of(const int32_t shape[3]) {
    WhittleWindow w = window_of(shape);
    w.output_channels = shape[1];
    return w;
}

static void average_pool2d_float32(const int32_t shape[3]) {
    WhittleAveragePool2dFloat32 p;
    float *input, *output;
    p.window = pool_window_of(shape);
    p.minimum = -FLOAT_MAX;
    p.maximum = FLOAT_MAX;
    input = case_floats(window_inputs(&p.window), 4.0f);
    output = (float*)case_output(window_outputs(&p.window), 4);
    whittle_average_pool2d_float32(&p, input, output);
}

static void max_pool2d_float32(const int32_t shape[3]) {
    WhittleMaxPool2dFloat32 p;
    float *input, *output;
    p.window = pool_window_of(shape);
    p.minimum = -FLOAT_MAX;
    p.maximum = FLOAT_MAX;
    input = case_floats(window_inputs(&p.window), 4.0f);
    output = (float*)case_output(window_outputs(&p.window), 4);
    whittle_max_pool2d_float32(&p, input, output);
}

static void average_pool2d_int8(const int32_t shape[3]) {
    WhittleAveragePool2dInteger p;
    const int8_t* input;
    int8_t* output;
    p.window = pool_window_of(shape);
    p.minimum = -100;
    p.maximum = 127;
    input = case_int8(window_inputs(&p.window));
    output = (int8_t*)case_output(window_outputs(&p.window), 1);
    whittle_average_pool2d_int8(&p, input, output);
}

static void average_pool2d_int16(const int32_t shape[3]) {
    WhittleAveragePool2dInteger p;
    const int16_t* input;
    int16_t* output;
    p.window = pool_window_of(shape);
    p.minimum = -32768;
    p.maximum = 20000;
    input = case_int16(window_inputs(&p.window));
    output = (int16_t*)case_output(window_outputs(&p.window), 2);
    whittle_average_pool2d_int16(&p, input, output);
}

static void max_pool2d_int8(const int32_t shape[3]) {
    WhittleMaxPool2dInteger p;
    const int8_t* input;
    int8_t* output;
    p.window = pool_window_of(shape);
    p.minimum = -128;
    p.maximum = 90;
    input = case_int8(window_inputs(&p.window));
    output = (int8_t*)case_output(window_outputs(&p.window), 1);
    whittle_max_pool2d_int8(&p, input, output);
}

static void max_pool2d_int16(const int32_t shape[3]) {
    WhittleMaxPool2dInteger p;
    const int16_t* input;
    int16_t* output;
    p.window = pool_window_of(shape);
    p.minimum = -32768;
    p.maximum = 32767;
    input = case_int16(window_inputs(&p.window));
    output = (int16_t*)case_output(window_outputs(&p.window), 2);
    whittle_max_pool2d_int16(&p, input, output);
}

static void add_int16(const int32_t shape[3]) {
    WhittleAddInt16 p;
    const int16_t *a, *b;
    int16_t* output;
    memset(&p, 0, sizeof p);
    p.walk = walk_of(shape);
    p.a_multiplier = 1400000000;
    p.a_shift = -1;
    p.b_multiplier = 1073741824;
    p.output_multiplier = 1600000000;
    p.output_shift = -14;
    p.minimum = -30000;
    p.maximum = 32767;
    a = case_int16(elements_of_a(shape));
    b = case_int16(elements_of_b(shape));
    output = (int16_t*)case_output(elements_of(shape), 2);
    whittle_add_int16(&p, a, b, output);
}

static void sub_int8(const int32_t shape[3]) {
    WhittleSubInt8 p;
    const int8_t *a, *b;
    int8_t* output;
    memset(&p, 0, sizeof p);
    p.walk = walk_of(shape);
    p.a_zero_point = -5;
    p.b_zero_point = 17;
    p.output_zero_point = 3;
    p.a_multiplier = 1400000000;
    p.a_shift = -1;
    p.b_multiplier = 1073741824;
    p.output_multiplier = 1600000000;
    p.output_shift = -19;
    p.minimum = -128;
    p.maximum = 127;
    a = case_int8(elements_of_a(shape));
    b = case_int8(elements_of_b(shape));
    output = (int8_t*)case_output(elements_of(shape), 1);
    whittle_sub_int8(&p, a, b, output);
}

static void mul_int16(const int32_t shape[3]) {
    WhittleMulInt16 p;
    const int16_t *a, *b;
    int16_t* output;
    memset(&p, 0, sizeof p);
    p.walk = walk_of(shape);
    p.multiplier = 1400000000;
    p.shift = -14;
    p.minimum = -32768;
    p.maximum = 32000;
    a = case_int16(elements_of_a(shape));
    b = case_int16(elements_of_b(shape));
    output = (int16_t*)case_output(elements_of(shape), 2);
    whittle_mul_int16(&p, a, b, output);
}

static void minimum_int8(const int32_t shape[3]) {
    WhittleMinimum p;
    const int8_t *a, *b;
    int8_t* output;
    p.walk = walk_of(shape);
    a = case_int8(elements_of_a(shape));
    b = case_int8(elements_of_b(shape));
    output = (int8_t*)case_output(elements_of(shape), 1);
    whittle_minimum_int8(&p, a, b, output);
}

static void maximum_float32(const int32_t shape[3]) {
    WhittleMaximum p;
    const float *a, *b;
    float* output;
    p.walk = walk_of(shape);
    a = case_floats(elements_of_a(shape), 3.0f);
    b = case_floats(elements_of_b(shape), 3.0f);
    output = (float*)case_output(elements_of(shape), 4);
    whittle_maximum_float32(&p, a, b, output);
}

static void fully_connected_int16(const int32_t shape[3]) {
    WhittleFullyConnectedInt16 p;
    const int16_t* input;
    const int8_t *weights, *shifts;
    const int32_t *bias, *multipliers;
    int16_t* output;
    p.rows = shape[0];
    p.inputs = shape[1];
    p.outputs = shape[2];
    p.minimum = -32768;
    p.maximum = 30000;
    p.channel_stride = shape[0] % 2;
    input = case_int16(shape[0] * shape[1]);
    weights = case_int8(shape[2] * shape[1]);
    bias = case_int32(2 * shape[2], -50, 50);
    multipliers = case_int32(shape[2] + 1, 1 << 30, INT32_MAX);
    shifts = case_shifts(shape[2] + 1, -12, -6);
    output = (int16_t*)case_output(shape[0] * shape[2], 2);
    whittle_fully_connected_int16(&p, input, weights, bias, multipliers, shifts, output);
}

/* The input is [A, B, C]; the walk is over its last two dimensions exchanged. */
static WhittleStridedWalk exchanged_walk(const int32_t shape[3]) {
    WhittleStridedWalk walk;
    memset(&walk, 0, sizeof walk);
    walk.size0 = walk.size1 = walk.size2 = 1;
    walk.size3 = shape[0];
    walk.size4 = shape[2];
    walk.size5 = shape[1];
    walk.stride3 = shape[1] * shape[2];
    walk.stride4 = 1;
    walk.stride5 = shape[2];
    return walk;
}

static void transpose_int8(const int32_t shape[3]) {
    WhittleTranspose p;
    const int8_t* input;
    p.walk = exchanged_walk(shape);
    p.first = 0;
    p.element_bytes = 1;
    input = case_int8(elements_of(shape));
    whittle_transpose(&p, input, case_output(elements_of(shape), 1));
}

/* All but the first row and column. */
static void slice_float32(const int32_t shape[3]) {
    WhittleSlice p;
    const float* input;
    memset(&p, 0, sizeof p);
    p.walk.size0 = p.walk.size1 = p.walk.size2 = 1;
    p.walk.size3 = shape[0];
    p.walk.size4 = shape[1] - 1;
    p.walk.size5 = shape[2] - 1;
    p.walk.stride3 = shape[1] * shape[2];
    p.walk.stride4 = shape[2];
    p.walk.stride5 = 1;
    p.first = shape[2] + 1;
    p.element_bytes = 4;
    input = case_floats(elements_of(shape), 2.0f);
    whittle_slice(&p, input, case_output(shape[0] * (shape[1] - 1) * (shape[2] - 1), 4));
}

static void mean_int8(const int32_t shape[3]) {
    WhittleMeanInteger p;
    const int8_t* input;
    memset(&p, 0, sizeof p);
    p.kept = exchanged_walk(shape);
    p.reduced = p.kept;
    p.kept.size5 = 1; /* the middle dimension is averaged */
    p.reduced.size3 = 1;
    p.reduced.size4 = 1;
    p.input_zero_point = 9;
    p.output_zero_point = -4;
    p.multiplier = 1073741824;
    p.shift = -2;
    p.minimum = -128;
    p.maximum = 127;
    input = case_int8(elements_of(shape));
    whittle_mean_int8(&p, input, (int8_t*)case_output(shape[0] * shape[2], 1));
}

static void pad_int16(const int32_t shape[3]) {
    WhittlePad p;
    const int16_t* input;
    memset(&p, 0, sizeof p);
    p.input0 = p.input1 = p.output0 = p.output1 = 1;
    p.input2 = shape[0];
    p.input3 = shape[1];
    p.input4 = shape[2];
    p.output2 = shape[0] + 1;
    p.output3 = shape[1] + 2;
    p.output4 = shape[2] + 3;
    p.before3 = 1;
    p.before4 = 2;
    p.element_bytes = 2;
    p.value = -300;
    input = case_int16(elements_of(shape));
    whittle_pad(&p, input, case_output(p.output2 * p.output3 * p.output4, 2));
}

/* A is the input's height and width, with a window of 3 x 2 every 2 x 1 pixels. */
static void transpose_conv_int8(const int32_t shape[3]) {
    WhittleTransposeConvInteger p;
    const int8_t *input, *weights, *shifts;
    const int32_t *bias, *multipliers;
    int8_t* output;
    p.window = window_of(shape);
    p.window.input_width = shape[0];
    p.window.stride_height = 2;
    p.window.stride_width = 1;
    p.window.dilation_height = 1;
    p.window.pad_top = 1;
    p.window.pad_left = 0;
    p.window.output_height = 2 * shape[0];
    p.window.output_width = shape[0] + 1;
    p.input_zero_point = -7;
    p.output_zero_point = 11;
    p.minimum = -128;
    p.maximum = 120;
    input = case_int8(window_inputs(&p.window));
    weights = case_int8(6 * shape[1] * shape[2]);
    bias = case_int32(shape[2], -20000, 20000);
    multipliers = case_int32(shape[2], 1 << 30, INT32_MAX);
    shifts = case_shifts(shape[2], -10, -4);
    output = (int8_t*)case_output(window_outputs(&p.window), 1);
    whittle_transpose_conv_int8(&p, input, weights, bias, multipliers, shifts, output);
}

/* Two products of A x B with B x C, the second matrix for both. */
static WhittleBatchMatmulInteger batch_matmul_params(const int32_t shape[3]) {
    WhittleBatchMatmulInteger p;
    memset(&p, 0, sizeof p);
    p.matrices.batch0 = p.matrices.batch1 = 1;
    p.matrices.batch2 = 2;
    p.matrices.rows = shape[0];
    p.matrices.depth = shape[1];
    p.matrices.columns = shape[2];
    p.matrices.a_batch2 = shape[0] * shape[1];
    p.matrices.a_row = shape[1];
    p.matrices.a_depth = 1;
    p.matrices.b_depth = shape[2];
    p.matrices.b_column = 1;
    p.multiplier = 1400000000;
    return p;
}

static void batch_matmul_int8(const int32_t shape[3]) {
    WhittleBatchMatmulInteger p = batch_matmul_params(shape);
    const int8_t *a, *b;
    p.a_zero_point = 3;
    p.b_zero_point = -8;
    p.output_zero_point = 1;
    p.shift = -8;
    p.minimum = -128;
    p.maximum = 127;
    a = case_int8(2 * shape[0] * shape[1]);
    b = case_int8(shape[1] * shape[2]);
    whittle_batch_matmul_int8(&p, a, b, (int8_t*)case_output(2 * shape[0] * shape[2], 1));
}

static void batch_matmul_int16(const int32_t shape[3]) {
    WhittleBatchMatmulInteger p = batch_matmul_params(shape);
    const int16_t *a, *b;
    p.shift = -16;
    p.minimum = -32768;
    p.maximum = 32767;
    a = case_int16(2 * shape[0] * shape[1]);
    b = case_int16(shape[1] * shape[2]);
    whittle_batch_matmul_int16(&p, a, b, (int16_t*)case_output(2 * shape[0] * shape[2], 2));
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
    WhittleLstmInt8 p;
    const int8_t *input, *weights, *recurrent;
    const int32_t *input_bias, *hidden_bias;
    memset(&p, 0, sizeof p);
    p.sizes.batches = 1;
    p.sizes.steps = shape[0];
    p.sizes.inputs = shape[1];
    p.sizes.units = shape[2];
    memcpy(&p.input_multiplier0, factors, sizeof factors);
    p.output_zero_point = -9;
    p.cell_clip = 30000;
    p.tanh_multiplier = 3;
    p.tanh_shift = 3;
    input = case_int8(shape[0] * shape[1]);
    weights = case_int8(4 * shape[1] * shape[2]);
    recurrent = case_int8(4 * shape[2] * shape[2]);
    input_bias = case_int32(4 * shape[2], -2000, 2000);
    hidden_bias = case_int32(4 * shape[2], -2000, 2000);
    whittle_lstm_int8(&p, input, weights, recurrent, input_bias, hidden_bias, hidden, cell,
                      (int8_t*)case_output(shape[0] * shape[2], 1));
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

static const KernelCase cases[] = {
    {"fully_connected_float32", fully_connected_float32, {0, 4, 4}},
    {"fully_connected_float32", fully_connected_float32, {1, 1, 1}},
    {"fully_connected_float32", fully_connected_float32, {1, 0, 3}},
    {"fully_connected_float32", fully_connected_float32, {1, 16, 0}},
    {"fully_connected_float32", fully_connected_float32, {3, 7, 5}},
    {"fully_connected_float32", fully_connected_float32, {2, 8, 4}},
    {"fully_connected_float32", fully_connected_float32, {1, 9, 17}},
    {"fully_connected_float32", fully_connected_float32, {5, 33, 3}},
    {"fully_connected_float32_extremes", fully_connected_float32_extremes, {2, 31, 4}},
    {"fully_connected_float32_extremes", fully_connected_float32_extremes, {2, 31, 5}},
    {"fully_connected_float32_zeros", fully_connected_float32_zeros, {2, 4, 9}},
    {"fully_connected_int8", fully_connected_int8, {0, 4, 4}},
    {"fully_connected_int8", fully_connected_int8, {1, 1, 1}},
    {"fully_connected_int8", fully_connected_int8, {1, 0, 3}},
    {"fully_connected_int8", fully_connected_int8, {1, 16, 0}},
    {"fully_connected_int8", fully_connected_int8, {3, 7, 5}},
    {"fully_connected_int8", fully_connected_int8, {2, 8, 4}},
    {"fully_connected_int8", fully_connected_int8, {1, 9, 17}},
    {"fully_connected_int8", fully_connected_int8, {2, 15, 16}},
    {"fully_connected_int8", fully_connected_int8, {1, 257, 6}},
    {"fully_connected_int8", fully_connected_int8, {6, 63, 9}},
    {"relu_float32", relu_float32, {0, 0, 0}},
    {"relu_float32", relu_float32, {1, 0, 0}},
    {"relu_float32", relu_float32, {65, 0, 0}},
    {"relu_float32", relu_float32, {65, 1, 0}},
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
    {"add_float32", add_float32, {0, 2, 2}},
    {"add_float32", add_float32, {1, 1, 1}},
    {"add_float32", add_float32, {3, 4, 8}},
    {"add_float32", add_float32, {2, 3, 8}},
    {"add_float32", add_float32, {3, 4, 5}},
    {"add_float32", add_float32, {2, 5, 7}},
    {"add_float32", add_float32, {2, 4, 8}},
    {"mul_float32", mul_float32, {0, 2, 2}},
    {"mul_float32", mul_float32, {1, 1, 1}},
    {"mul_float32", mul_float32, {3, 4, 8}},
    {"mul_float32", mul_float32, {2, 3, 8}},
    {"mul_float32", mul_float32, {3, 4, 5}},
    {"mul_float32", mul_float32, {2, 5, 7}},
    {"mul_float32", mul_float32, {2, 4, 8}},
    {"add_int8", add_int8, {0, 2, 2}},
    {"add_int8", add_int8, {1, 1, 1}},
    {"add_int8", add_int8, {3, 4, 8}},
    {"add_int8", add_int8, {2, 3, 8}},
    {"add_int8", add_int8, {3, 4, 5}},
    {"add_int8", add_int8, {2, 5, 7}},
    {"add_int8", add_int8, {5, 16, 16}},
    {"mul_int8", mul_int8, {0, 2, 2}},
    {"mul_int8", mul_int8, {1, 1, 1}},
    {"mul_int8", mul_int8, {3, 4, 8}},
    {"mul_int8", mul_int8, {2, 3, 8}},
    {"mul_int8", mul_int8, {3, 4, 5}},
    {"mul_int8", mul_int8, {2, 5, 7}},
    {"mul_int8", mul_int8, {5, 16, 16}},
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
    {"reshape", reshape, {0, 0, 0}},
    {"reshape", reshape, {1, 0, 0}},
    {"reshape", reshape, {255, 0, 0}},
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
    {"conv2d_float32", conv2d_float32, {1, 1, 1}},
    {"conv2d_float32", conv2d_float32, {4, 2, 4}},
    {"conv2d_float32", conv2d_float32, {5, 3, 5}},
    {"conv2d_float32", conv2d_float32, {3, 9, 2}},
    {"conv2d_int8", conv2d_int8, {1, 1, 1}},
    {"conv2d_int8", conv2d_int8, {4, 2, 4}},
    {"conv2d_int8", conv2d_int8, {5, 3, 5}},
    {"conv2d_int8", conv2d_int8, {3, 9, 2}},
    {"conv2d_int16", conv2d_int16, {1, 1, 1}},
    {"conv2d_int16", conv2d_int16, {4, 2, 4}},
    {"conv2d_int16", conv2d_int16, {5, 3, 5}},
    {"conv2d_int16", conv2d_int16, {3, 9, 2}},
    {"conv2d_int16_bias32", conv2d_int16_bias32, {1, 1, 1}},
    {"conv2d_int16_bias32", conv2d_int16_bias32, {4, 2, 4}},
    {"conv2d_int16_bias32", conv2d_int16_bias32, {5, 3, 5}},
    {"conv2d_int16_bias32", conv2d_int16_bias32, {3, 9, 2}},
    {"depthwise_conv2d_float32", depthwise_conv2d_float32, {1, 1, 1}},
    {"depthwise_conv2d_float32", depthwise_conv2d_float32, {4, 2, 4}},
    {"depthwise_conv2d_float32", depthwise_conv2d_float32, {5, 3, 5}},
    {"depthwise_conv2d_float32", depthwise_conv2d_float32, {3, 9, 2}},
    {"depthwise_conv2d_int8", depthwise_conv2d_int8, {1, 1, 1}},
    {"depthwise_conv2d_int8", depthwise_conv2d_int8, {4, 2, 4}},
    {"depthwise_conv2d_int8", depthwise_conv2d_int8, {5, 3, 5}},
    {"depthwise_conv2d_int8", depthwise_conv2d_int8, {3, 9, 2}},
    {"depthwise_conv2d_int16", depthwise_conv2d_int16, {1, 1, 1}},
    {"depthwise_conv2d_int16", depthwise_conv2d_int16, {4, 2, 4}},
    {"depthwise_conv2d_int16", depthwise_conv2d_int16, {5, 3, 5}},
    {"depthwise_conv2d_int16", depthwise_conv2d_int16, {3, 9, 2}},
    {"depthwise_conv2d_int16_bias32", depthwise_conv2d_int16_bias32, {1, 1, 1}},
    {"depthwise_conv2d_int16_bias32", depthwise_conv2d_int16_bias32, {4, 2, 4}},
    {"depthwise_conv2d_int16_bias32", depthwise_conv2d_int16_bias32, {5, 3, 5}},
    {"depthwise_conv2d_int16_bias32", depthwise_conv2d_int16_bias32, {3, 9, 2}},
    {"average_pool2d_float32", average_pool2d_float32, {1, 1, 0}},
    {"average_pool2d_float32", average_pool2d_float32, {6, 3, 0}},
    {"average_pool2d_float32", average_pool2d_float32, {5, 4, 0}},
    {"average_pool2d_int8", average_pool2d_int8, {1, 1, 0}},
    {"average_pool2d_int8", average_pool2d_int8, {6, 3, 0}},
    {"average_pool2d_int8", average_pool2d_int8, {5, 4, 0}},
    {"average_pool2d_int16", average_pool2d_int16, {1, 1, 0}},
    {"average_pool2d_int16", average_pool2d_int16, {6, 3, 0}},
    {"average_pool2d_int16", average_pool2d_int16, {5, 4, 0}},
    {"max_pool2d_float32", max_pool2d_float32, {1, 1, 0}},
    {"max_pool2d_float32", max_pool2d_float32, {6, 3, 0}},
    {"max_pool2d_float32", max_pool2d_float32, {5, 4, 0}},
    {"max_pool2d_int8", max_pool2d_int8, {1, 1, 0}},
    {"max_pool2d_int8", max_pool2d_int8, {6, 3, 0}},
    {"max_pool2d_int8", max_pool2d_int8, {5, 4, 0}},
    {"max_pool2d_int16", max_pool2d_int16, {1, 1, 0}},
    {"max_pool2d_int16", max_pool2d_int16, {6, 3, 0}},
    {"max_pool2d_int16", max_pool2d_int16, {5, 4, 0}},
    {"add_int16", add_int16, {1, 1, 1}},
    {"add_int16", add_int16, {3, 4, 8}},
    {"add_int16", add_int16, {2, 5, 7}},
    {"sub_int8", sub_int8, {1, 1, 1}},
    {"sub_int8", sub_int8, {3, 4, 8}},
    {"sub_int8", sub_int8, {2, 5, 7}},
    {"mul_int16", mul_int16, {1, 1, 1}},
    {"mul_int16", mul_int16, {3, 4, 8}},
    {"mul_int16", mul_int16, {2, 5, 7}},
    {"minimum_int8", minimum_int8, {1, 1, 1}},
    {"minimum_int8", minimum_int8, {3, 4, 8}},
    {"minimum_int8", minimum_int8, {2, 5, 7}},
    {"maximum_float32", maximum_float32, {1, 1, 1}},
    {"maximum_float32", maximum_float32, {3, 4, 8}},
    {"maximum_float32", maximum_float32, {2, 5, 7}},
    {"fully_connected_int16", fully_connected_int16, {1, 1, 1}},
    {"fully_connected_int16", fully_connected_int16, {2, 4, 9}},
    {"fully_connected_int16", fully_connected_int16, {3, 5, 2}},
    {"transpose_int8", transpose_int8, {1, 1, 1}},
    {"transpose_int8", transpose_int8, {2, 4, 9}},
    {"transpose_int8", transpose_int8, {3, 5, 2}},
    {"mean_int8", mean_int8, {1, 1, 1}},
    {"mean_int8", mean_int8, {2, 4, 9}},
    {"mean_int8", mean_int8, {3, 5, 2}},
    {"pad_int16", pad_int16, {1, 1, 1}},
    {"pad_int16", pad_int16, {2, 4, 9}},
    {"pad_int16", pad_int16, {3, 5, 2}},
    {"batch_matmul_int8", batch_matmul_int8, {1, 1, 1}},
    {"batch_matmul_int8", batch_matmul_int8, {2, 4, 9}},
    {"batch_matmul_int8", batch_matmul_int8, {3, 5, 2}},
    {"batch_matmul_int16", batch_matmul_int16, {1, 1, 1}},
    {"batch_matmul_int16", batch_matmul_int16, {2, 4, 9}},
    {"batch_matmul_int16", batch_matmul_int16, {3, 5, 2}},
    {"slice_float32", slice_float32, {1, 2, 2}},
    {"slice_float32", slice_float32, {3, 4, 5}},
    {"transpose_conv_int8", transpose_conv_int8, {1, 1, 1}},
    {"transpose_conv_int8", transpose_conv_int8, {3, 4, 5}},
    {"transpose_conv_int8", transpose_conv_int8, {4, 3, 2}},
    {"lstm_int8", lstm_int8, {1, 1, 1}},
    {"lstm_int8", lstm_int8, {5, 3, 7}},
    {"svdf_int16", svdf_int16, {1, 1, 1}},
    {"svdf_int16", svdf_int16, {9, 4, 8}},
};

static char* append_text(char* to, const char* text) {
    while (*text != 0) *to++ = *text++;
    *to = 0;
    return to;
}

static char* append_number(char* to, int32_t value) {
    char digits[12];
    char* first = digits + sizeof digits - 1;
    uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    *first = 0;
    do {
        *--first = (char)('0' + rest % 10u);
        rest /= 10u;
    } while (rest != 0);
    if (value < 0) *--first = '-';
    return append_text(to, first);
}

static char* append_hash(char* to, uint32_t hash) {
    int digit;
    for (digit = 7; digit >= 0; --digit) *to++ = "0123456789abcdef"[hash >> (4 * digit) & 15u];
    *to = 0;
    return to;
}

uint32_t kernel_case_count(void) { return sizeof cases / sizeof cases[0]; }

int kernel_case_run(uint32_t index, char line[KERNEL_CASE_LINE_BYTES]) {
    const KernelCase* c = &cases[index];
    char* end = append_text(line, c->kernel);
    case_start(index);
    c->run(c->shape);
    end = append_number(append_text(end, " "), c->shape[0]);
    end = append_number(append_text(end, "x"), c->shape[1]);
    end = append_number(append_text(end, "x"), c->shape[2]);
    end = append_hash(append_text(end, " "), case_output_hash());
    if (case_guards_intact()) return 1;
    append_text(end, " wrote outside its output");
    return 0;
}
