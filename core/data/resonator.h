#pragma once

#include "core/base/exact_math.h"

namespace whittle {

// A resonance: lets through frequencies around its own. The second-order filter of Klatt, "Software
// for a cascade/parallel formant synthesizer", 1980. Tuning it again leaves its state: a glide.
class Resonator {
public:
    // Of gain 1 at frequency 0, more around its own. All in Hz: 0 < frequency < rate / 2, width >
    // 0.
    void tune(float frequency, float width, float rate) {
        set_poles(frequency, width, rate);
        gain_ = 1.0f - first_ - second_;
    }

    // Of gain 1 at its own frequency, less elsewhere.
    void tune_to_peak(float frequency, float width, float rate) {
        const float radius = set_poles(frequency, width, rate);
        const float c = whittle_cosf(4.0f * kPi * frequency / rate);
        gain_ = (1.0f - radius) * whittle_sqrtf(1.0f - 2.0f * radius * c + radius * radius);
    }

    float next(float x) {
        const float y = gain_ * x + first_ * last_ + second_ * before_;
        before_ = last_;
        last_ = y;
        return y;
    }

private:
    static constexpr float kPi = 3.14159265f;

    // Returns the poles' distance from 0.
    float set_poles(float frequency, float width, float rate) {
        const float radius = whittle_expf(-kPi * width / rate);
        second_ = -radius * radius;
        first_ = 2.0f * radius * whittle_cosf(2.0f * kPi * frequency / rate);
        return radius;
    }

    float gain_ = 1.0f;
    float first_ = 0.0f;
    float second_ = 0.0f;
    float last_ = 0.0f;
    float before_ = 0.0f;
};

}  // namespace whittle
