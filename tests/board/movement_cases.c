/* Moving and averaging elements. */

#include <string.h>

#include "core/ops/concat/kernel.h"
#include "core/ops/mean/kernel.h"
#include "core/ops/pad/kernel.h"
#include "core/ops/reshape/kernel.h"
#include "core/ops/slice/kernel.h"
#include "core/ops/strided_slice/kernel.h"
#include "core/ops/transpose/kernel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

static void reshape(const int32_t shape[3]) {
    WhittleReshape p;
    int8_t *input, *output;
    p.bytes = shape[0];
    input = case_int8(shape[0]);
    output = (int8_t*)case_output(shape[0], 1);
    whittle_reshape(&p, input, output);
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
    input = case_int8(shape[0] * shape[1] * shape[2]);
    whittle_transpose(&p, input, case_output(shape[0] * shape[1] * shape[2], 1));
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
    input = case_floats(shape[0] * shape[1] * shape[2], 2.0f);
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
    input = case_int8(shape[0] * shape[1] * shape[2]);
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
    input = case_int16(shape[0] * shape[1] * shape[2]);
    whittle_pad(&p, input, case_output(p.output2 * p.output3 * p.output4, 2));
}

/* A rows of three inputs: B bytes, C bytes and one of B + 1. */
static void concat(const int32_t shape[3]) {
    WhittleConcat p;
    const int8_t *a, *b, *c;
    memset(&p, 0, sizeof p);
    p.rows = shape[0];
    p.bytes0 = shape[1];
    p.bytes1 = shape[2];
    p.bytes2 = shape[1] + 1;
    a = case_int8(p.rows * p.bytes0);
    b = case_int8(p.rows * p.bytes1);
    c = case_int8(p.rows * p.bytes2);
    whittle_concat(&p, a, b, c, a, a, a, a, a,
                   case_output(p.rows * (p.bytes0 + p.bytes1 + p.bytes2), 1));
}

/* Of [A, B, C] every second row backwards, and every third column. */
static void strided_slice_int16(const int32_t shape[3]) {
    WhittleStridedSlice p;
    const int16_t* input;
    memset(&p, 0, sizeof p);
    p.walk.size0 = p.walk.size1 = p.walk.size2 = 1;
    p.walk.size3 = shape[0];
    p.walk.stride3 = shape[1] * shape[2];
    p.walk.size4 = (shape[1] + 1) / 2;
    p.walk.stride4 = -2 * shape[2];
    p.walk.size5 = (shape[2] + 2) / 3;
    p.walk.stride5 = 3;
    p.first = (shape[1] - 1) * shape[2];
    p.element_bytes = 2;
    input = case_int16(shape[0] * shape[1] * shape[2]);
    whittle_strided_slice(&p, input, case_output(whittle_walk_count(&p.walk), 2));
}

static const KernelCase cases[] = {
    {"reshape", reshape, {0, 0, 0}},
    {"reshape", reshape, {1, 0, 0}},
    {"reshape", reshape, {255, 0, 0}},
    {"transpose_int8", transpose_int8, {1, 1, 1}},
    {"transpose_int8", transpose_int8, {2, 4, 9}},
    {"transpose_int8", transpose_int8, {3, 5, 2}},
    {"mean_int8", mean_int8, {1, 1, 1}},
    {"mean_int8", mean_int8, {2, 4, 9}},
    {"mean_int8", mean_int8, {3, 5, 2}},
    {"pad_int16", pad_int16, {1, 1, 1}},
    {"pad_int16", pad_int16, {2, 4, 9}},
    {"pad_int16", pad_int16, {3, 5, 2}},
    {"slice_float32", slice_float32, {1, 2, 2}},
    {"slice_float32", slice_float32, {3, 4, 5}},
    {"concat", concat, {0, 1, 1}},
    {"concat", concat, {1, 1, 1}},
    {"concat", concat, {3, 4, 5}},
    {"concat", concat, {7, 0, 9}},
    {"strided_slice_int16", strided_slice_int16, {1, 1, 1}},
    {"strided_slice_int16", strided_slice_int16, {2, 4, 9}},
    {"strided_slice_int16", strided_slice_int16, {3, 5, 2}},
};

const KernelFamily movement_family = {cases, sizeof cases / sizeof cases[0]};
