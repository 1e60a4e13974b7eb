#ifndef WHITTLE_TESTS_BOARD_CASE_DATA_H_
#define WHITTLE_TESTS_BOARD_CASE_DATA_H_

/* Buffers for one kernel case: pseudo-random inputs and an output in one static workspace, with
 * guard bytes before and after each. C99 and C++17,
 * freestanding. */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Forgets all buffers; the same seed gives the same data. */
void case_start(uint32_t seed);

uint32_t case_random(void);
/* `count` pseudo-random values each; int8 buffers stand at all alignments. */
int8_t* case_int8(int32_t count);
int16_t* case_int16(int32_t count);
int32_t* case_int32(int32_t count, int32_t low, int32_t high); /* low <= value < high */
int8_t* case_shifts(int32_t count, int32_t low, int32_t high); /* low <= value <= high */
float* case_floats(int32_t count, float scale);                /* -scale <= value < scale */
float* case_any_floats(int32_t count); /* any bits: denormals, infinities and NaN among them */

/* Memory to work in: no input, and no output either. */
void* case_scratch(int32_t count, uint32_t element_bytes);
/* The output: the last buffer of a case. */
void* case_output(int32_t count, uint32_t element_bytes);
/* Gives every NaN the same bits: its sign and payload are the processor's choice. */
void case_canonicalize_nan(float* values, int32_t count);

/* FNV-1a, 32 bits, of the output. */
uint32_t case_output_hash(void);
/* 1 when every byte outside the buffers still holds the guard, and the inputs their values. */
int case_guards_intact(void);

#ifdef __cplusplus
}
#endif

#endif
