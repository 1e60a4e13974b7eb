#ifndef WHITTLE_CORE_RUNTIME_OVERLAP_H_
#define WHITTLE_CORE_RUNTIME_OVERLAP_H_

/* How far a kernel's output may lie over one of its inputs. C99 and C++17, freestanding.
 *
 * The clearance of an input is the smallest distance in bytes, never negative, from the start of
 * the output up to the start of the input at which the kernel still reads every byte of the input
 * before it writes over it. 0: the output may lie in the input's place. Whoever changes the order
 * in which a kernel reads and writes changes its clearance.
 *
 * An operator that allows any overlap has a core/ops/<name>/overlap.h with
 *     int64_t whittle_<name>_clearance(uint32_t variant, const void* params, uint32_t operand);
 * for operands other than the output, of records that passed check. */

#include "core/base/broadcast.h"
#include "core/base/strided_walk.h"
#include "core/base/window.h"

/* The output must not touch the input. */
#define WHITTLE_NEVER_OVERLAPS INT64_MAX

typedef int64_t (*WhittleClearanceFunction)(uint32_t variant, const void* params, uint32_t operand);

/* Of operators whose kernels 0 are for float32, 1 for int8 and all others for int16, on every
 * instruction set. */
static inline int32_t whittle_element_bytes(uint32_t variant) {
    const uint32_t kernel = variant & 255u;
    return kernel == 0 ? 4 : kernel == 1 ? 1 : 2;
}

/* Element i is written once element i is read, for i = 0, 1, ... count - 1: before element i is
 * read, i * output_bytes bytes are written and those from i * input_bytes on are still to be read.
 */
static inline int64_t whittle_elementwise_clearance(int32_t count,
                                                    int32_t input_bytes,
                                                    int32_t output_bytes) {
    if (count < 2 || output_bytes <= input_bytes) return 0;
    return (int64_t)(count - 1) * (output_bytes - input_bytes);
}

/* Element by element too, but only if the input is walked as densely as the output; one that is
 * repeated is read again. Operand 0 is a, 1 is b. */
static inline int64_t whittle_broadcast_clearance(const WhittleBroadcast* w, uint32_t operand) {
    const int32_t sizes[4] = {w->size0, w->size1, w->size2, w->size3};
    const int32_t a[4] = {w->a_stride0, w->a_stride1, w->a_stride2, w->a_stride3};
    const int32_t b[4] = {w->b_stride0, w->b_stride1, w->b_stride2, w->b_stride3};
    const int32_t* strides = operand == 0 ? a : b;
    int64_t dense = 1;
    int i;
    /* Nothing is read; the other sizes may be anything. */
    if (w->size0 == 0 || w->size1 == 0 || w->size2 == 0 || w->size3 == 0) return 0;
    for (i = 3; i >= 0; --i) {
        if (sizes[i] > 1 && strides[i] != dense) return WHITTLE_NEVER_OVERLAPS;
        dense *= sizes[i];
    }
    return 0;
}

/* The walk's elements are read in order, each before one element of the dense output is written.
 * What comes later stands further behind in the input, or else may not be written over. Sizes and
 * strides of any sign. */
static inline int64_t whittle_walk_clearance(const WhittleStridedWalk* w) {
    const int32_t sizes[6] = {w->size0, w->size1, w->size2, w->size3, w->size4, w->size5};
    const int32_t strides[6] = {w->stride0, w->stride1, w->stride2,
                                w->stride3, w->stride4, w->stride5};
    int64_t reach = 0; /* of the dimensions inside, from their first element to their last */
    int i;
    for (i = 0; i < 6; ++i) {
        if (sizes[i] == 0) return 0;
    }
    for (i = 5; i >= 0; --i) {
        if (sizes[i] == 1) continue;
        if (strides[i] <= reach) return WHITTLE_NEVER_OVERLAPS;
        reach += (int64_t)(sizes[i] - 1) * strides[i];
    }
    return 0;
}

/* Rows of `inputs` elements are read until the last of `outputs` elements of that row is written.
 */
static inline int64_t whittle_rows_clearance(int32_t rows,
                                             int32_t inputs,
                                             int32_t outputs,
                                             int32_t element_bytes) {
    const int64_t growth = (int64_t)outputs - inputs;
    int64_t elements;
    if (rows < 1 || outputs < 1) return 0;
    elements = outputs - 1 + (growth > 0 ? growth * (rows - 1) : 0);
    return elements * element_bytes;
}

/* The first pixel of all images, counted in row-major order, that the output (n, oy, ox) or any
 * after it reads; less than it where dilated taps fall outside the image. */
static inline int64_t whittle_window_first_pixel(const WhittleWindow* w,
                                                 int32_t n,
                                                 int32_t oy,
                                                 int32_t ox) {
    const int64_t image = (int64_t)w->input_height * w->input_width;
    int64_t y = (int64_t)oy * w->stride_height - w->pad_top;
    int64_t x = (int64_t)ox * w->stride_width - w->pad_left;
    int64_t next_row = y + w->stride_height;
    int64_t first;
    if (y < 0) y = 0;
    if (x < 0) x = 0;
    if (next_row < 0) next_row = 0;
    first = y * w->input_width + x;
    /* At the upper edge the row below begins with the same pixels once more. */
    if (oy + 1 < w->output_height && next_row * w->input_width < first) {
        first = next_row * w->input_width;
    }
    return n * image + (first < image ? first : image);
}

/* Outputs are written pixel by pixel in row-major order. `lead`: how many elements more than
 * channels of the input are used up may be written of a pixel: all but one where every output
 * channel reads all of the pixel, none where output channel c reads input channel c alone. */
static inline int64_t whittle_window_clearance(const WhittleWindow* w,
                                               int32_t element_bytes,
                                               int32_t lead) {
    int64_t clearance = 0;
    int64_t written = 0; /* elements of the pixels before */
    int32_t n, oy, ox;
    if (w->input_channels < 1 || w->output_channels < 1 || w->output_height < 1 ||
        w->output_width < 1) {
        return 0;
    }
    for (n = 0; n < w->batches; ++n) {
        for (oy = 0; oy < w->output_height; ++oy) {
            for (ox = 0; ox < w->output_width; ++ox, written += w->output_channels) {
                const int64_t unread = whittle_window_first_pixel(w, n, oy, ox) * w->input_channels;
                if (written + lead - unread > clearance) clearance = written + lead - unread;
            }
        }
    }
    return clearance * element_bytes;
}

#endif
