#ifndef WHITTLE_TESTS_BOARD_CASE_FAMILY_H_
#define WHITTLE_TESTS_BOARD_CASE_FAMILY_H_

/* The cases of one family of operators: each NAME_cases.c makes one table. C99 and C++17,
 * freestanding. */

#include <stdint.h>

#define FLOAT_MAX 3.402823466e+38f

typedef struct {
    const char* kernel;
    void (*run)(const int32_t shape[3]);
    int32_t shape[3]; /* what it means is the kernel's affair: N, I, O or elements */
} KernelCase;

typedef struct {
    const KernelCase* cases;
    uint32_t count;
} KernelFamily;

extern const KernelFamily activation_family;
extern const KernelFamily arithmetic_family;
extern const KernelFamily dense_family;
extern const KernelFamily filter_family;
extern const KernelFamily movement_family;
extern const KernelFamily pair_family;
extern const KernelFamily recurrent_family;
extern const KernelFamily signal_family;
extern const KernelFamily window_family;

#endif
