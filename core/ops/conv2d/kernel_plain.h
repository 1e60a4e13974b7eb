#ifndef WHITTLE_CORE_OPS_CONV2D_KERNEL_PLAIN_H_
#define WHITTLE_CORE_OPS_CONV2D_KERNEL_PLAIN_H_

/* int8 convolution for cores without SIMD whose multiplier gives 32 bits (Cortex-M0, RV32), bit for
 * bit as whittle_conv2d_int8. Two pixels share every multiplication: with u = input + 128 and
 * v = weight + 128, both 0 ... 255, (u0 + u1 * 2^16) * v holds two products of 16 bits. Modulo 2^32
 * the sum of such words is S0 + S1 * 2^16, and S1 is summed from their upper halves besides. */

#include "core/ops/conv2d/kernel.h"

/* How a sum becomes an int8: four words for each channel. */
typedef struct {
    int32_t bias;       /* with the constant terms folded in */
    int32_t multiplier; /* >= 0 */
    int32_t offset;     /* 2^(right - 1) + output zero point * 2^right */
    int32_t right;      /* 1 ... 22 */
} WhittlePlainChannel;

/* The bits of whittle_requantize with shift -right and the zero point added, for |sum| < 2^29: the
 * product by halves of 16 bits, without a multiplication of 64. */
static inline int32_t whittle_plain_requantize(uint32_t sum, const WhittlePlainChannel* to) {
    const int32_t low = (int16_t)(uint16_t)sum;
    const int32_t high = (int32_t)(sum + 0x8000u) >> 16;
    const int32_t m_low = to->multiplier & 0xFFFF;
    const int32_t m_high = to->multiplier >> 16;
    const uint32_t middle = (uint32_t)(high * m_low) + (uint32_t)(low * m_high) +
                            (uint32_t)((low * m_low) >> 16) + 0x4000u;
    const int32_t product =
        (int32_t)(2u * (uint32_t)(high * m_high) + (uint32_t)((int32_t)middle >> 15));
    return (int32_t)((uint32_t)product + (uint32_t)(product >> 31) + (uint32_t)to->offset) >>
           to->right;
}

/* Sums over 4 * fours words of two pixels, for two channels whose weights alternate: {pixel 0,
 * pixel 1} of channel 0, then of channel 1. */
static inline void whittle_plain_products(const uint32_t* words,
                                          const uint8_t* weights,
                                          int32_t fours,
                                          uint32_t* sums) {
    const uint32_t* const end = words + 4 * (size_t)fours;
    uint32_t all0 = 0, upper0 = 0, all1 = 0, upper1 = 0;
    while (words != end) {
        uint32_t x = words[0], product;
        product = x * weights[0], all0 += product, upper0 += product >> 16;
        product = x * weights[1], all1 += product, upper1 += product >> 16;
        x = words[1];
        product = x * weights[2], all0 += product, upper0 += product >> 16;
        product = x * weights[3], all1 += product, upper1 += product >> 16;
        x = words[2];
        product = x * weights[4], all0 += product, upper0 += product >> 16;
        product = x * weights[5], all1 += product, upper1 += product >> 16;
        x = words[3];
        product = x * weights[6], all0 += product, upper0 += product >> 16;
        product = x * weights[7], all1 += product, upper1 += product >> 16;
        words += 4;
        weights += 8;
    }
    sums[0] = all0 - (upper0 << 16);
    sums[1] = upper0;
    sums[2] = all1 - (upper1 << 16);
    sums[3] = upper1;
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

/* One or two pixels, whose outputs lie one behind the other. `less`: 128 times the sum of each
 * pixel's inputs. */
static inline void whittle_conv2d_plain_pixels(const WhittleConv2dInteger* p,
                                               const uint32_t* words,
                                               int32_t fours,
                                               const uint8_t* weights,
                                               const WhittlePlainChannel* to,
                                               const uint32_t* less,
                                               int32_t pixels,
                                               int8_t* output) {
    const int32_t channels = p->window.output_channels;
    uint32_t sums[4];
    int32_t o, pixel;
    for (o = 0; o < channels; ++o, ++to, ++output) {
        const uint32_t* own = sums + 2 * (o & 1);
        if ((o & 1) == 0) {
            whittle_plain_products(words, weights, fours, sums);
            weights += 8 * (size_t)fours;
        }
        for (pixel = 0; pixel < pixels; ++pixel) {
            const int32_t value =
                whittle_plain_requantize(own[pixel] - less[pixel] + (uint32_t)to->bias, to);
            output[pixel == 0 ? 0 : channels] =
                (int8_t)whittle_clamp(value, p->minimum, p->maximum);
        }
    }
}

/* Groups of one. K = KH * KW * C rounded up to fours; weights + 128 modulo 256 as [O / 2, K, 2]
 * with zeros behind; channels: WhittlePlainChannel [O] with bias[o] - (128 + input zero point) *
 * sum(weights[o]); scratch K words, aligned to 4. */
static inline void whittle_conv2d_int8_plain(const WhittleConv2dInteger* p,
                                             const int8_t* input,
                                             const int8_t* weights,
                                             const int32_t* channels,
                                             int8_t* scratch,
                                             int8_t* output) {
    const WhittleWindow* w = &p->window;
    const WhittlePlainChannel* to = (const WhittlePlainChannel*)channels;
    const uint8_t* pairs = (const uint8_t*)weights;
    uint32_t* words = (uint32_t*)(void*)scratch;
    const int32_t count = w->kernel_height * w->kernel_width * w->input_channels;
    const int32_t fours = (count + 3) / 4;
    int32_t place[3], i, pixel = 0;
    uint32_t less[2];
    for (i = count; i < 4 * fours; ++i) words[i] = 0;
    for (place[0] = 0; place[0] < w->batches; ++place[0]) {
        for (place[1] = 0; place[1] < w->output_height; ++place[1]) {
            for (place[2] = 0; place[2] < w->output_width; ++place[2]) {
                less[pixel] = 128u * whittle_conv2d_plain_window(p, input, place, pixel, words);
                pixel = 1 - pixel;
                if (pixel != 0) continue;
                whittle_conv2d_plain_pixels(p, words, fours, pairs, to, less, 2, output);
                output += 2 * w->output_channels;
            }
        }
    }
    if (pixel != 0) whittle_conv2d_plain_pixels(p, words, fours, pairs, to, less, 1, output);
}

#endif
