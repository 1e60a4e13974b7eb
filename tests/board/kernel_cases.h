#ifndef WHITTLE_TESTS_BOARD_KERNEL_CASES_H_
#define WHITTLE_TESTS_BOARD_KERNEL_CASES_H_

/* The kernels on pseudo-random data at edge shapes, with guard bytes around every buffer. The same
 * table runs natively, as Wasm, under the sanitizers and on the boards, and must give the same
 * lines everywhere. C99 and C++17, freestanding; about 7 KB of static memory. */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { KERNEL_CASE_LINE_BYTES = 80 };

uint32_t kernel_case_count(void);

/* Runs case `index` < count and writes "kernel AxBxC HASH" into `line`, closed by 0: HASH is FNV-1a
 * (32 bits) of the output bytes, every NaN taken as 0x7fc00000. Returns 1; 0 when the kernel wrote
 * outside its output, which the line then says too. */
int kernel_case_run(uint32_t index, char line[KERNEL_CASE_LINE_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
