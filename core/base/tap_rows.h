#ifndef WHITTLE_CORE_BASE_TAP_ROWS_H_
#define WHITTLE_CORE_BASE_TAP_ROWS_H_

/* The taps of a window without dilation that lie inside the image, as a loop over one channel walks
 * from each to the next. C99 and C++17, freestanding. */

#include "core/base/window.h"

/* Offsets count elements. */
typedef struct {
    int32_t taps;    /* how many */
    int32_t rows;    /* rows of them; 0 where no tap lies inside */
    ptrdiff_t first; /* of channel 0 of the first tap in the image */
    ptrdiff_t row;   /* from the first tap of a row to behind its last one */
    ptrdiff_t gap;   /* from there to the next row's first tap */
} WhittleTapRows;

/* Of C >= 1 channels. */
static inline WhittleTapRows whittle_tap_rows(const WhittleWindow* w, int32_t oy, int32_t ox) {
    const WhittleWindowInside inside = whittle_window_inside(w, oy, ox);
    WhittleTapRows rows = {0, 0, 0, 0, 0};
    if (inside.height < 1) return rows;
    rows.taps = inside.height * inside.width;
    rows.rows = inside.height;
    rows.first = ((ptrdiff_t)inside.y * w->input_width + inside.x) * w->input_channels;
    rows.row = (ptrdiff_t)inside.width * w->input_channels;
    rows.gap = (ptrdiff_t)w->input_width * w->input_channels - rows.row;
    return rows;
}

#endif
