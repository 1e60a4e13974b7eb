/* Functions of two inputs. */

#include <string.h>

#include "core/ops/add/kernel.h"
#include "core/ops/maximum/kernel.h"
#include "core/ops/minimum/kernel.h"
#include "core/ops/mul/kernel.h"
#include "core/ops/sub/kernel.h"
#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

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

static const KernelCase cases[] = {
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
};

const KernelFamily pair_family = {cases, sizeof cases / sizeof cases[0]};
