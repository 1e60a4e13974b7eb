/* Windows over images: convolutions and pooling. */

#include "core/ops/average_pool2d/kernel.h"
#include "core/ops/conv2d/kernel.h"
#include "core/ops/depthwise_conv2d/kernel.h"
#include "core/ops/max_pool2d/kernel.h"
#include "core/ops/transpose_conv/kernel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

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

static const KernelCase cases[] = {
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
    {"transpose_conv_int8", transpose_conv_int8, {1, 1, 1}},
    {"transpose_conv_int8", transpose_conv_int8, {3, 4, 5}},
    {"transpose_conv_int8", transpose_conv_int8, {4, 3, 2}},
};

const KernelFamily window_family = {cases, sizeof cases / sizeof cases[0]};
