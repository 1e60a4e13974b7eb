#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/base/status.h"
#include "core/data/dataset.h"

namespace whittle {

// How samples are varied each time they are learnt from; 0 leaves something as it is. Applied in
// this order; every amount is drawn anew for each sample and epoch.
struct Augmentation {
    // Images, features [H, W, C], turned, scaled and moved at once; what comes in from outside
    // repeats the edge. Uniform: an angle within +-rotation_degrees (at most 180); the logarithm of
    // the scale within +-log(1 + scale); both shifts within +-shift pixels.
    float rotation_degrees = 0.0f;
    float scale = 0.0f;
    float shift = 0.0f;
    // Sequences and spectrograms, features [T], [T, F] or [T, F, C]: moved along T by a whole
    // number of steps within +-time_shift. What comes in is silence in a sound [T], else it repeats
    // the first or last step.
    float time_shift = 0.0f;  // in parts of T, at most 1
    // All values times a factor, its logarithm within +-log(1 + gain).
    float gain = 0.0f;
    // A share `background_share` (at most 1) of the samples gets a piece of `background` added,
    // from any moment of any of its samples, times a factor within 0 ... background_level. Its
    // features are at least as many steps as the data's, of the same shape otherwise.
    float background_share = 0.0f;
    float background_level = 0.0f;
    const Dataset* background = nullptr;
    // Normal noise of this standard deviation added to every value.
    float noise = 0.0f;
    // Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018: features and targets mixed
    // with those of another sample, chosen from all and varied likewise, by a share from the
    // distribution Beta(mixup, mixup). 0.01 to 1, where any share is as likely as any other.
    float mixup = 0.0f;
};

// Gathers varied samples of a dataset. What a sample becomes depends on the seed, the epoch and its
// index alone: not on the batch it comes in, nor on the thread. Each thread needs an Augmenter of
// its own; copies give the same. Takes its memory once.
class Augmenter {
public:
    // The data, and the background if there is one, must outlive the augmenter. An error's place
    // names the setting that does not fit.
    static Result<Augmenter> make(const Dataset& data,
                                  const Augmentation& options,
                                  std::uint64_t seed);

    // The samples with these indices in an epoch, one after another: features [N, ...], targets
    // [N, targets].
    void gather(std::span<const std::uint32_t> indices,
                std::uint64_t epoch,
                std::span<float> features,
                std::span<float> targets);

private:
    Augmenter(const Dataset& data, const Augmentation& options, std::uint64_t seed);
    void vary(std::uint32_t index, std::uint64_t epoch, std::span<float> out);
    void turn(std::span<float> image, Random& random);
    void move_in_time(std::span<float> steps, Random& random);
    void add_background(std::span<float> steps, Random& random);
    void mix(std::uint32_t index,
             std::uint64_t epoch,
             std::span<float> features,
             std::span<float> targets);

    const Dataset* data_;
    Augmentation options_;
    std::uint64_t seed_;
    std::vector<float> copy_;        // of a sample, while it is varied in place
    std::vector<float> background_;  // a whole sample of it
    std::vector<float> other_;       // mixup's other sample
    std::vector<float> other_targets_;
};

}  // namespace whittle
