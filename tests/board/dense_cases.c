/* Matrix products. */

#include <string.h>

#include "core/ops/batch_matmul/kernel.h"
#include "core/ops/fully_connected/kernel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

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

/* With many inputs, biases near the end of 32 bits, which sums leave. */
static void fully_connected_int16_bias32(const int32_t shape[3]) {
    const int32_t middle = shape[1] < 100 ? 0 : INT32_MAX - 20000;
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
    bias = case_int32(shape[2], middle - 20000, middle + 20000);
    multipliers = case_int32(shape[2] + 1, 1 << 30, INT32_MAX);
    shifts = case_shifts(shape[2] + 1, -16, -6);
    output = (int16_t*)case_output(shape[0] * shape[2], 2);
    whittle_fully_connected_int16_bias32(&p, input, weights, bias, multipliers, shifts, output);
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
    {"fully_connected_int16", fully_connected_int16, {1, 1, 1}},
    {"fully_connected_int16", fully_connected_int16, {2, 4, 9}},
    {"fully_connected_int16", fully_connected_int16, {3, 5, 2}},
    {"fully_connected_int16_bias32", fully_connected_int16_bias32, {1, 1, 1}},
    {"fully_connected_int16_bias32", fully_connected_int16_bias32, {1, 0, 3}},
    {"fully_connected_int16_bias32", fully_connected_int16_bias32, {2, 4, 9}},
    {"fully_connected_int16_bias32", fully_connected_int16_bias32, {3, 5, 2}},
    {"fully_connected_int16_bias32", fully_connected_int16_bias32, {1, 257, 6}},
    {"batch_matmul_int8", batch_matmul_int8, {1, 1, 1}},
    {"batch_matmul_int8", batch_matmul_int8, {2, 4, 9}},
    {"batch_matmul_int8", batch_matmul_int8, {3, 5, 2}},
    {"batch_matmul_int16", batch_matmul_int16, {1, 1, 1}},
    {"batch_matmul_int16", batch_matmul_int16, {2, 4, 9}},
    {"batch_matmul_int16", batch_matmul_int16, {3, 5, 2}},
};

const KernelFamily dense_family = {cases, sizeof cases / sizeof cases[0]};
