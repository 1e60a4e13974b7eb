#pragma once

#include <cstdint>
#include <vector>

namespace whittle {

// A factor on the learning rate that changes with time, counted in epochs from 0; within an epoch
// it moves on with every step.
struct SchedulePart {
    enum class Kind {
        warm_up,  // rises evenly over the first `epochs`: after s of S such steps it is s / S
        step,     // `factor` to the number of whole `epochs` that have passed
        // From 1 at epoch `from` down to `factor` at the end, along half a cosine:
        // factor + (1 - factor) (1 + cos(pi t)) / 2 (Loshchilov and Hutter 2017, equation 5).
        cosine,
    };
    Kind kind = Kind::step;
    float epochs = 1.0f;  // > 0
    float factor = 0.0f;  // step: > 0; cosine: 0 ... 1
    float from = 0.0f;    // >= 0
};

// Its parts are multiplied, so that any of them can follow a warm-up. Empty: constant.
using Schedule = std::vector<SchedulePart>;

// The product for a step, counted from 0, of a training of `epochs` epochs of `steps_per_epoch`
// steps each. The same bits on every target.
float rate_factor(const Schedule& schedule,
                  std::int64_t step,
                  std::int64_t steps_per_epoch,
                  int epochs);

}  // namespace whittle
