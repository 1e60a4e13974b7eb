#ifndef WHITTLE_CORE_SIGNAL_STATISTICS_H_
#define WHITTLE_CORE_SIGNAL_STATISTICS_H_

/* Mean and spread of a signal. Sums run upwards in float64. C99 and C++17, freestanding. */

#include "core/base/exact_math.h"

static inline float whittle_mean(const float* values, int32_t count) {
    double sum = 0.0;
    int32_t i;
    for (i = 0; i < count; ++i) sum += (double)values[i];
    return count > 0 ? (float)(sum / (double)count) : 0.0f;
}

/* The mean squared distance from `mean`. */
static inline float whittle_variance(const float* values, int32_t count, float mean) {
    double sum = 0.0;
    int32_t i;
    for (i = 0; i < count; ++i) {
        const double away = (double)values[i] - (double)mean;
        sum += away * away;
    }
    return count > 0 ? (float)(sum / (double)count) : 0.0f;
}

/* In place to mean 0 and variance 1: (x - mean) / sqrt(variance + epsilon). epsilon > 0 keeps a
 * constant signal at 0. */
static inline void whittle_normalize(float* values, int32_t count, float epsilon) {
    const float mean = whittle_mean(values, count);
    const float scale = 1.0f / whittle_sqrtf(whittle_variance(values, count, mean) + epsilon);
    int32_t i;
    for (i = 0; i < count; ++i) values[i] = (values[i] - mean) * scale;
}

/* Reorders values[first ... last] until values[k] is what it would be if they were sorted, none
 * before it larger and none after it smaller (Hoare's selection). No NaN. */
static inline void whittle_select(float* values, int32_t first, int32_t last, int32_t k) {
    while (first < last) {
        const float pivot = values[first + (last - first) / 2];
        int32_t i = first, j = last;
        while (i <= j) {
            while (values[i] < pivot) ++i;
            while (pivot < values[j]) --j;
            if (i <= j) {
                const float kept = values[i];
                values[i++] = values[j];
                values[j--] = kept;
            }
        }
        if (k <= j) {
            last = j;
        } else if (k >= i) {
            first = i;
        } else {
            return;
        }
    }
}

/* The median; of an even count the mean of the middle two. Reorders the values. count >= 1. */
static inline float whittle_median(float* values, int32_t count) {
    const int32_t middle = count / 2;
    float below;
    int32_t i;
    whittle_select(values, 0, count - 1, middle);
    if (count % 2 != 0) return values[middle];
    below = values[0];
    for (i = 1; i < middle; ++i) {
        if (values[i] > below) below = values[i];
    }
    return below + 0.5f * (values[middle] - below);
}

/* The median of |x - median|: a spread that a few wild values do not change. 1.4826 times it is the
 * standard deviation of normal numbers. Overwrites the values. count >= 1. */
static inline float whittle_median_absolute_deviation(float* values, int32_t count) {
    const float median = whittle_median(values, count);
    int32_t i;
    for (i = 0; i < count; ++i) {
        const float away = values[i] - median;
        values[i] = away < 0.0f ? -away : away;
    }
    return whittle_median(values, count);
}

#endif
