#ifndef WHITTLE_CORE_BASE_POOLED_ROWS_H_
#define WHITTLE_CORE_BASE_POOLED_ROWS_H_

/* A convolution and the pooling behind it, in turns: the tensor between them is never whole. Only
 * those of its rows are kept that one row of the pooling's output needs, which the convolution's
 * own kernel makes, whichever it is. C99 and C++17, freestanding. */

#include <string.h>

#include "core/base/window.h"

/* Where the walk stands. The offsets count elements. */
typedef struct {
    int32_t image;
    int32_t row;   /* of the pooling's output: the next one */
    int32_t first; /* rows first ... end - 1 between the two are kept */
    int32_t end;
    ptrdiff_t input;  /* where the convolution's input of this turn begins */
    ptrdiff_t made;   /* where in the kept rows its output goes */
    ptrdiff_t output; /* where the pooling's output of this turn goes */
} WhittlePooledRows;

static inline void whittle_pooled_rows_begin(WhittlePooledRows* at) { memset(at, 0, sizeof *at); }

/* The parameters that a turn's windows are written into. */
static inline void whittle_pooled_rows_copy(void* to, const void* from, int32_t bytes) {
    memcpy(to, from, (size_t)bytes);
}

/* How many rows are kept: those of one pooling window. */
static inline int32_t whittle_pooled_rows_kept(const WhittleWindow* pooling) {
    return pooling->kernel_height < pooling->input_height ? pooling->kernel_height
                                                          : pooling->input_height;
}

/* The next turn: windows for the two kernels, which run one after the other. 0 when all is done.
 * convolution, pooling: the whole ones; the pooling's input is the convolution's output and has no
 * dilation. rows: the kept rows, [kept][width][channels]; NULL to walk only. *make and *pool begin
 * as copies of the whole ones. The convolution makes no row where none is missing. */
static inline int whittle_pooled_rows_next(const WhittleWindow* convolution,
                                           const WhittleWindow* pooling,
                                           int32_t element_bytes,
                                           WhittleWindow* make,
                                           WhittleWindow* pool,
                                           void* rows,
                                           WhittlePooledRows* at) {
    const int32_t height = pooling->input_height;
    const ptrdiff_t row = (ptrdiff_t)pooling->input_width * pooling->input_channels;
    const int32_t start = at->row * pooling->stride_height - pooling->pad_top;
    int32_t first = start < 0 ? 0 : start;
    int32_t end = start + pooling->kernel_height;
    int32_t kept, y;
    if (at->image >= convolution->batches || pooling->output_height < 1) return 0;
    if (first > height) first = height;
    if (end > height) end = height;
    if (end < first) end = first;
    kept = at->end > first ? at->end - first : 0;
    if (rows != NULL && kept > 0 && first > at->first) {
        memmove(rows, (char*)rows + (first - at->first) * row * element_bytes,
                (size_t)(kept * row * element_bytes));
    }
    y = (first + kept) * convolution->stride_height - convolution->pad_top;
    make->batches = 1;
    make->output_height = end - first - kept;
    make->pad_top = y < 0 ? -y : 0;
    if (y < 0) y = 0;
    if (y > convolution->input_height) y = convolution->input_height;
    make->input_height = convolution->input_height - y;
    pool->batches = 1;
    pool->input_height = end - first;
    pool->output_height = 1;
    pool->pad_top = start < 0 ? -start : 0;
    at->input = ((ptrdiff_t)at->image * convolution->input_height + y) * convolution->input_width *
                convolution->input_channels;
    at->made = kept * row;
    at->output = ((ptrdiff_t)at->image * pooling->output_height + at->row) * pooling->output_width *
                 pooling->output_channels;
    at->first = first;
    at->end = end;
    if (++at->row == pooling->output_height) {
        at->row = 0;
        at->first = at->end = 0;
        ++at->image;
    }
    return 1;
}

#endif
