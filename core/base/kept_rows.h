#ifndef WHITTLE_CORE_BASE_KEPT_ROWS_H_
#define WHITTLE_CORE_BASE_KEPT_ROWS_H_

/* A convolution and the convolution or pooling that goes over its output with a window, in turns:
 * the tensor between them is never whole. Only those of
 * its rows are kept that one row of the second one's output needs, which the convolution's own
 * kernel makes, whichever it is. C99 and C++17, freestanding. */

#include <string.h>

#include "core/base/window.h"

/* Where the walk stands. The offsets count elements. */
typedef struct {
    int32_t image;
    int32_t row;   /* of the second one's output: the next one */
    int32_t first; /* rows first ... end - 1 between the two are kept */
    int32_t end;
    ptrdiff_t input;  /* where the convolution's input of this turn begins */
    ptrdiff_t made;   /* where in the kept rows its output goes */
    ptrdiff_t output; /* where the second one's output of this turn goes */
} WhittleKeptRows;

static inline void whittle_kept_rows_begin(WhittleKeptRows* at) { memset(at, 0, sizeof *at); }

/* The parameters that a turn's windows are written into. */
static inline void whittle_kept_rows_copy(void* to, const void* from, int32_t bytes) {
    memcpy(to, from, (size_t)bytes);
}

/* How many rows are kept: those of one window. */
static inline int32_t whittle_kept_rows_count(const WhittleWindow* window) {
    return window->kernel_height < window->input_height ? window->kernel_height
                                                        : window->input_height;
}

/* The next turn: windows for the two kernels, which run one after the other. 0 when all is done.
 * first, second: the whole ones; the second's input is the first's output and has no dilation.
 * rows: the kept rows, [kept][width][channels]; NULL to walk only. *make and *take begin as copies
 * of the whole ones. The first makes no row where none is missing. */
static inline int whittle_kept_rows_next(const WhittleWindow* first,
                                         const WhittleWindow* second,
                                         int32_t element_bytes,
                                         WhittleWindow* make,
                                         WhittleWindow* take,
                                         void* rows,
                                         WhittleKeptRows* at) {
    const int32_t height = second->input_height;
    const ptrdiff_t row = (ptrdiff_t)second->input_width * second->input_channels;
    const int32_t start = at->row * second->stride_height - second->pad_top;
    int32_t begin = start < 0 ? 0 : start;
    int32_t end = start + second->kernel_height;
    int32_t kept, y;
    if (at->image >= first->batches || second->output_height < 1) return 0;
    if (begin > height) begin = height;
    if (end > height) end = height;
    if (end < begin) end = begin;
    kept = at->end > begin ? at->end - begin : 0;
    if (rows != NULL && kept > 0 && begin > at->first) {
        memmove(rows, (char*)rows + (begin - at->first) * row * element_bytes,
                (size_t)(kept * row * element_bytes));
    }
    y = (begin + kept) * first->stride_height - first->pad_top;
    make->batches = 1;
    make->output_height = end - begin - kept;
    make->pad_top = y < 0 ? -y : 0;
    if (y < 0) y = 0;
    if (y > first->input_height) y = first->input_height;
    make->input_height = first->input_height - y;
    take->batches = 1;
    take->input_height = end - begin;
    take->output_height = 1;
    take->pad_top = start < 0 ? -start : 0;
    at->input = ((ptrdiff_t)at->image * first->input_height + y) * first->input_width *
                first->input_channels;
    at->made = kept * row;
    at->output = ((ptrdiff_t)at->image * second->output_height + at->row) * second->output_width *
                 second->output_channels;
    at->first = begin;
    at->end = end;
    if (++at->row == second->output_height) {
        at->row = 0;
        at->first = at->end = 0;
        ++at->image;
    }
    return 1;
}

#endif
