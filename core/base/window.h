#ifndef WHITTLE_CORE_BASE_WINDOW_H_
#define WHITTLE_CORE_BASE_WINDOW_H_

/* How the window of a convolution or a pooling moves over images. C99 and C++17, freestanding.
 *
 * Input [N, H, W, C], output [N, OH, OW, O]. The window has KH x KW taps; its tap (ky, kx) at the
 * output (oy, ox) looks at row  oy * stride_height - pad_top + ky * dilation_height  and the column
 * likewise. Taps outside the image contribute nothing. Kernels' parameters begin with this struct.
 */

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int32_t batches;         /* N >= 0 */
    int32_t input_height;    /* H >= 0 */
    int32_t input_width;     /* W >= 0 */
    int32_t input_channels;  /* C >= 0 */
    int32_t output_height;   /* OH >= 0 */
    int32_t output_width;    /* OW >= 0 */
    int32_t output_channels; /* O >= 0 */
    int32_t kernel_height;   /* KH >= 1 */
    int32_t kernel_width;    /* KW >= 1 */
    int32_t stride_height;   /* >= 1 */
    int32_t stride_width;
    int32_t dilation_height; /* >= 1 */
    int32_t dilation_width;
    int32_t pad_top; /* >= 0 */
    int32_t pad_left;
} WhittleWindow;

/* The tap's place in the image: offset of its channel 0 in the input, or -1 outside. */
static inline ptrdiff_t whittle_window_tap(
    const WhittleWindow* w, int32_t n, int32_t oy, int32_t ox, int32_t ky, int32_t kx) {
    const int32_t y = oy * w->stride_height - w->pad_top + ky * w->dilation_height;
    const int32_t x = ox * w->stride_width - w->pad_left + kx * w->dilation_width;
    if (y < 0 || y >= w->input_height || x < 0 || x >= w->input_width) return -1;
    return (((ptrdiff_t)n * w->input_height + y) * w->input_width + x) * w->input_channels;
}

/* The taps inside the image of a window without dilation: height x width of them from (y, x) on;
 * 0 x 0 where it lies outside. */
typedef struct {
    int32_t y;
    int32_t x;
    int32_t height;
    int32_t width;
} WhittleWindowInside;

static inline WhittleWindowInside whittle_window_inside(const WhittleWindow* w,
                                                        int32_t oy,
                                                        int32_t ox) {
    const int32_t top = oy * w->stride_height - w->pad_top;
    const int32_t left = ox * w->stride_width - w->pad_left;
    const int32_t bottom = top + w->kernel_height;
    const int32_t right = left + w->kernel_width;
    WhittleWindowInside inside = {top > 0 ? top : 0, left > 0 ? left : 0, 0, 0};
    const int32_t height = (bottom < w->input_height ? bottom : w->input_height) - inside.y;
    const int32_t width = (right < w->input_width ? right : w->input_width) - inside.x;
    if (height < 1 || width < 1) {
        inside.y = inside.x = 0;
    } else {
        inside.height = height;
        inside.width = width;
    }
    return inside;
}

#endif
