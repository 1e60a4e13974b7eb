#ifndef WHITTLE_CORE_SIGNAL_FFT_H_
#define WHITTLE_CORE_SIGNAL_FFT_H_

/* Fourier transform of real float32 samples, X[k] = sum over n of x[n] e^(-2 pi i k n / N), for N a
 * power of two: the same bits on every target. C99 and C++17, freestanding, caller-owned memory. */

#include "core/base/exact_math.h"

#define WHITTLE_FFT_MAX_LENGTH 32768

static inline int whittle_is_fft_length(int32_t length) {
    return length >= 2 && length <= WHITTLE_FFT_MAX_LENGTH && (length & (length - 1)) == 0;
}

/* cos and sin of 2 pi k / n for 0 <= k < n <= 2^28. The angle is brought into 0 ... pi / 4 in whole
 * numbers, so quarters and eighths of the circle are exact. */
static inline void whittle_unit_root(int32_t k, int32_t n, float* cosine, float* sine) {
    const int32_t quarter = (int32_t)(4 * (int64_t)k / n);
    const int32_t rest = (int32_t)(4 * (int64_t)k - (int64_t)quarter * n); /* quarters, times n */
    const int mirrored = 2 * (int64_t)rest > n;
    const double angle = 1.5707963267948966 * (double)(mirrored ? n - rest : rest) / (double)n;
    const float a = (float)whittle_cos_reduced(angle);
    const float b = (float)whittle_sin_reduced(angle);
    const float c = mirrored ? b : a;
    const float s = mirrored ? a : b;
    *cosine = quarter == 0 ? c : quarter == 1 ? -s : quarter == 2 ? -c : s;
    *sine = quarter == 0 ? s : quarter == 1 ? c : quarter == 2 ? -s : -c;
}

/* Fills roots[length]: cos and sin of 2 pi k / length, one after the other, for k < length / 2. */
static inline void whittle_real_fft_prepare(int32_t length, float* roots) {
    int32_t k;
    for (k = 0; k < length / 2; ++k) {
        whittle_unit_root(k, length, &roots[2 * k], &roots[2 * k + 1]);
    }
}

static inline void whittle_fft_reverse_bits(int32_t count, float* data) {
    int32_t i, j = 0;
    for (i = 1; i < count; ++i) {
        int32_t bit = count >> 1;
        while (j & bit) {
            j ^= bit;
            bit >>= 1;
        }
        j |= bit;
        if (i < j) {
            const float re = data[2 * i], im = data[2 * i + 1];
            data[2 * i] = data[2 * j];
            data[2 * i + 1] = data[2 * j + 1];
            data[2 * j] = re;
            data[2 * j + 1] = im;
        }
    }
}

/* Of `count` complex numbers in place, by decimation in time (Cooley and Tukey); `roots` are those
 * of 2 count. */
static inline void whittle_complex_fft(const float* roots, int32_t count, float* data) {
    int32_t size, j, start;
    whittle_fft_reverse_bits(count, data);
    for (size = 2; size <= count; size *= 2) {
        const int32_t half = size / 2;
        const int32_t stride = 2 * count / size;
        for (j = 0; j < half; ++j) {
            const float c = roots[2 * j * stride];
            const float s = roots[2 * j * stride + 1];
            for (start = j; start < count; start += size) {
                float* a = data + 2 * start;
                float* b = a + 2 * half;
                const float re = c * b[0] + s * b[1];
                const float im = c * b[1] - s * b[0];
                b[0] = a[0] - re;
                b[1] = a[1] - im;
                a[0] += re;
                a[1] += im;
            }
        }
    }
}

/* In place. In: data[length] samples. Out: X[0], X[length / 2] (both real), then X[1], X[2], ... as
 * pairs of real and imaginary part. Even and odd samples are transformed as one complex signal of
 * half the length, and then taken apart. */
static inline void whittle_real_fft(const float* roots, int32_t length, float* data) {
    const int32_t half = length / 2;
    int32_t k;
    whittle_complex_fft(roots, half, data);
    for (k = 1; k <= half / 2; ++k) {
        float* z = data + 2 * k;
        float* m = data + 2 * (half - k);
        const float even_re = 0.5f * (z[0] + m[0]), even_im = 0.5f * (z[1] - m[1]);
        const float odd_re = 0.5f * (z[1] + m[1]), odd_im = -0.5f * (z[0] - m[0]);
        const float c = roots[2 * k], s = roots[2 * k + 1];
        const float turned_re = c * odd_re + s * odd_im;
        const float turned_im = c * odd_im - s * odd_re;
        z[0] = even_re + turned_re;
        z[1] = even_im + turned_im;
        m[0] = even_re - turned_re;
        m[1] = turned_im - even_im;
    }
    {
        const float re = data[0], im = data[1];
        data[0] = re + im;
        data[1] = re - im;
    }
}

/* |X[k]|^2 for k = 0 ... length / 2 from what whittle_real_fft() left: power[length / 2 + 1]. */
static inline void whittle_power_spectrum(const float* transformed, int32_t length, float* power) {
    int32_t k;
    power[0] = transformed[0] * transformed[0];
    power[length / 2] = transformed[1] * transformed[1];
    for (k = 1; k < length / 2; ++k) {
        const float re = transformed[2 * k], im = transformed[2 * k + 1];
        power[k] = re * re + im * im;
    }
}

#endif
