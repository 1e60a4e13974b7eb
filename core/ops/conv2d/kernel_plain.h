#ifndef WHITTLE_CORE_OPS_CONV2D_KERNEL_PLAIN_H_
#define WHITTLE_CORE_OPS_CONV2D_KERNEL_PLAIN_H_

/* int8 convolution for cores without SIMD whose multiplier gives 32 bits (Cortex-M0, RV32), bit for
 * bit as whittle_conv2d_int8. Two pixels and two channels share their multiplications: with
 * u = input + 128 and v = weight + 128, both 0 ... 255, a word u0 + 2^16 * u1 and a half word
 * v0 + 2^8 * v1 multiply to u0 v0 + 2^8 * u0 v1 + 2^16 * u1 v0 + 2^24 * u1 v1, from whose sums
 * core/base/plain.h takes the four apart. */

#include "core/base/plain.h"
#include "core/ops/conv2d/kernel.h"

/* Of an output channel. */
typedef struct {
    int32_t bias; /* with the constant terms folded in */
    WhittlePlainScale scale;
} WhittlePlainChannel;

/* The three sums of words over words of two pixels, up to `end`, and half words of two channels; a
 * multiple of four of them, at least four. */
static inline void whittle_plain_pixel_words(const uint32_t* words,
                                             const uint32_t* end,
                                             const uint16_t* weights,
                                             WhittlePlainWords* sums) {
    uint32_t whole = 0, upper = 0, apart = 0;
    do {
        uint32_t x = words[0], v = weights[0];
        WHITTLE_PLAIN_ADD(apart, x * (v >> 8));
        WHITTLE_PLAIN_ADD(upper, (x >> 16) * v);
        WHITTLE_PLAIN_ADD(whole, x * v);
        x = words[1], v = weights[1];
        WHITTLE_PLAIN_ADD(apart, x * (v >> 8));
        WHITTLE_PLAIN_ADD(upper, (x >> 16) * v);
        WHITTLE_PLAIN_ADD(whole, x * v);
        x = words[2], v = weights[2];
        WHITTLE_PLAIN_ADD(apart, x * (v >> 8));
        WHITTLE_PLAIN_ADD(upper, (x >> 16) * v);
        WHITTLE_PLAIN_ADD(whole, x * v);
        x = words[3], v = weights[3];
        WHITTLE_PLAIN_ADD(apart, x * (v >> 8));
        WHITTLE_PLAIN_ADD(upper, (x >> 16) * v);
        WHITTLE_PLAIN_ADD(whole, x * v);
        words += 4;
        weights += 4;
    } while (words != end);
    sums->whole = whole;
    sums->upper = upper;
    sums->third = apart;
}

/* Sums over `left` words of two pixels and half words of two channels, a multiple of four of them:
 * {pixel 0: channel 0, channel 1; pixel 1: channel 0, channel 1}, less `less` of each pixel. */
static inline void whittle_plain_products(const uint32_t* words,
                                          const uint16_t* weights,
                                          int32_t left,
                                          const uint32_t* less,
                                          uint32_t* sums) {
    sums[0] = sums[1] = 0u - less[0];
    sums[2] = sums[3] = 0u - less[1];
    while (left > 0) {
        const int32_t count = left < WHITTLE_PLAIN_PRODUCTS ? left : WHITTLE_PLAIN_PRODUCTS;
        WhittlePlainWords some;
        whittle_plain_pixel_words(words, words + count, weights, &some);
        whittle_plain_add_pairs(some.whole - (some.upper << 16), some.upper, some.third, sums,
                                sums + 2);
        words += count;
        weights += count;
        left -= count;
    }
}

/* Puts `count` inputs, each + 128, into the lower (pixel 0) or upper halves (pixel 1) of words.
 * NULL stands for inputs of the zero point. Returns their sum. */
static inline uint32_t whittle_plain_pack(
    const int8_t* input, int32_t zero_point, int32_t count, int32_t pixel, uint32_t* words) {
    const uint32_t outside = (uint32_t)(zero_point + 128);
    uint32_t sum = 0;
    int32_t i;
    if (input == NULL) {
        for (i = 0; i < count; ++i) words[i] = pixel == 0 ? outside : words[i] | outside << 16;
        return outside * (uint32_t)count;
    }
    if (pixel == 0) {
        for (i = 0; i < count; ++i) {
            const uint32_t x = (uint32_t)(input[i] + 128);
            sum += x;
            words[i] = x;
        }
    } else {
        for (i = 0; i < count; ++i) {
            const uint32_t x = (uint32_t)(input[i] + 128);
            sum += x;
            words[i] += x << 16;
        }
    }
    return sum;
}

/* The window of output pixel (n, oy, ox), packed. */
static inline uint32_t whittle_conv2d_plain_window(const WhittleConv2dInteger* p,
                                                   const int8_t* input,
                                                   const int32_t* place,
                                                   int32_t pixel,
                                                   uint32_t* words) {
    const WhittleWindow* w = &p->window;
    const int32_t channels = w->input_channels;
    uint32_t sum = 0;
    int32_t ky, kx;
    for (ky = 0; ky < w->kernel_height; ++ky) {
        for (kx = 0; kx < w->kernel_width; ++kx, words += channels) {
            const ptrdiff_t tap = whittle_window_tap(w, place[0], place[1], place[2], ky, kx);
            sum += whittle_plain_pack(tap < 0 ? NULL : input + tap, p->input_zero_point, channels,
                                      pixel, words);
        }
    }
    return sum;
}

/* One or two pixels of `count` words, whose outputs lie one behind the other. `less`: 128 times the
 * sum of each pixel's inputs. */
static inline void whittle_conv2d_plain_pixels(const WhittleConv2dInteger* p,
                                               const uint32_t* words,
                                               int32_t count,
                                               const uint16_t* weights,
                                               const WhittlePlainChannel* to,
                                               const uint32_t* less,
                                               int32_t pixels,
                                               int8_t* output) {
    const int32_t channels = p->window.output_channels;
    uint32_t sums[4];
    int32_t o, pixel;
    for (o = 0; o < channels; ++o, ++to) {
        const uint32_t* own = sums + (o & 1);
        int32_t at = o;
        if ((o & 1) == 0) {
            whittle_plain_products(words, weights, count, less, sums);
            weights += count;
        }
        for (pixel = 0; pixel < pixels; ++pixel, own += 2, at += channels) {
            const int32_t value = whittle_plain_requantize(*own + (uint32_t)to->bias, &to->scale);
            output[at] = (int8_t)whittle_clamp(value, p->minimum, p->maximum);
        }
    }
}

/* Groups of one. K = KH * KW * C rounded up to fours; weights [O / 2, K], O rounded up: two
 * channels' weights + 128 in the bytes of each, zeros where there are fewer; channels:
 * WhittlePlainChannel [O] with bias[o] - (128 + input zero point) * sum(weights[o]); scratch K
 * words, aligned to 4. */
static inline void whittle_conv2d_int8_plain(const WhittleConv2dInteger* p,
                                             const int8_t* input,
                                             const int16_t* weights,
                                             const int32_t* channels,
                                             int8_t* scratch,
                                             int8_t* output) {
    const WhittleWindow* w = &p->window;
    const WhittlePlainChannel* to = (const WhittlePlainChannel*)channels;
    const uint16_t* pairs = (const uint16_t*)weights;
    uint32_t* words = (uint32_t*)(void*)scratch;
    const int32_t count = w->kernel_height * w->kernel_width * w->input_channels;
    const int32_t filled = (count + 3) / 4 * 4;
    int32_t place[3], i, pixel = 0;
    uint32_t less[2] = {0, 0};
    for (i = count; i < filled; ++i) words[i] = 0;
    for (place[0] = 0; place[0] < w->batches; ++place[0]) {
        for (place[1] = 0; place[1] < w->output_height; ++place[1]) {
            for (place[2] = 0; place[2] < w->output_width; ++place[2]) {
                less[pixel] = 128u * whittle_conv2d_plain_window(p, input, place, pixel, words);
                pixel = 1 - pixel;
                if (pixel != 0) continue;
                whittle_conv2d_plain_pixels(p, words, filled, pairs, to, less, 2, output);
                output += 2 * w->output_channels;
            }
        }
    }
    if (pixel != 0) whittle_conv2d_plain_pixels(p, words, filled, pairs, to, less, 1, output);
}

#endif
