#include "core/data/augment.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "core/base/exact_math.h"
#include "core/data/sample_random.h"

namespace whittle {
namespace {

constexpr float kLeastMixup = 0.01f;  // less would leave the range of the logarithms
constexpr float kRadiansPerDegree = 0.0174532925f;

// Values of one step of a sequence [T, ...].
std::size_t step_values(const Dataset& data) {
    const auto steps = static_cast<std::size_t>(data.feature_shape[0]);
    return steps == 0 ? 0 : data.feature_count() / steps;
}

Error setting_error(const std::string& name, std::string expected, std::string found) {
    return {"", "augmentation " + name, std::move(expected), std::move(found),
            "0 leaves the samples as they are"};
}

struct Setting {
    const char* name;
    float value;
    float highest;
    bool image;  // only for features [H, W, C]
};

Status check_settings(const Dataset& data, const Augmentation& options) {
    constexpr float kAny = 1e6f;
    const Setting settings[] = {
        {"rotation_degrees", options.rotation_degrees, 180.0f, true},
        {"scale", options.scale, 100.0f, true},
        {"shift", options.shift, kAny, true},
        {"time_shift", options.time_shift, 1.0f, false},
        {"gain", options.gain, kAny, false},
        {"background_share", options.background_share, 1.0f, false},
        {"background_level", options.background_level, kAny, false},
        {"noise", options.noise, kAny, false},
        {"mixup", options.mixup, 1.0f, false},
    };
    for (const Setting& setting : settings) {
        if (!(setting.value >= 0.0f && setting.value <= setting.highest)) {
            return setting_error(setting.name,
                                 "a number from 0 to " + std::to_string(int(setting.highest)),
                                 std::to_string(setting.value));
        }
        if (setting.image && setting.value > 0.0f && data.feature_shape.size() != 3) {
            return setting_error(setting.name, "images of shape [H, W, C]",
                                 "features of shape " + to_string(data.feature_shape));
        }
    }
    if (options.mixup > 0.0f && options.mixup < kLeastMixup) {
        return setting_error("mixup", "0, or a number from 0.01 to 1",
                             std::to_string(options.mixup));
    }
    if (options.time_shift > 0.0f && data.feature_shape.empty()) {
        return setting_error("time_shift", "sequences of shape [T], [T, F] or [T, F, C]",
                             "features of shape []");
    }
    return {};
}

Status check_background(const Dataset& data, const Augmentation& options) {
    if (options.background_share == 0.0f) return {};
    const Dataset* background = options.background;
    if (background == nullptr || background->size() == 0) {
        return setting_error("background_share", "background samples to mix with", "none");
    }
    const Shape& shape = data.feature_shape;
    const Shape& other = background->feature_shape;
    const bool fits = !shape.empty() && shape.size() == other.size() && other[0] >= shape[0] &&
                      std::equal(shape.begin() + 1, shape.end(), other.begin() + 1);
    if (fits) return {};
    return setting_error("background_share",
                         "background like the features' shape " + to_string(shape) + ", or longer",
                         "background of shape " + to_string(other));
}

// e^(u log(1 + most)), u uniform over [-1, 1).
float factor_up_to(float most, Random& random) {
    return whittle_expf(random.uniform(-1.0f, 1.0f) * whittle_logf(1.0f + most));
}

// Beta(a, a) for 0 < a <= 1 by Johnk's rejection, as in Devroye, "Non-Uniform Random Variate
// Generation", 1986, chapter IX.3; in logarithms, as the powers vanish for small a.
float symmetric_beta(float a, Random& random) {
    while (true) {
        const float first = whittle_logf(1.0f - random.uniform()) / a;
        const float second = whittle_logf(1.0f - random.uniform()) / a;
        if (whittle_expf(first) + whittle_expf(second) <= 1.0f) {
            return whittle_logisticf(first - second);
        }
    }
}

// An image [H, W, C] read between its pixels; outside, its edge.
class Sampler {
public:
    Sampler(std::span<const float> image, const Shape& shape)
        : image_(image),
          height_(shape[0]),
          width_(shape[1]),
          channels_(static_cast<std::size_t>(shape[2])) {}

    // Bilinear; writes the channels to `out`.
    void read(float y, float x, float* out) const {
        const Place row = place(y, height_);
        const Place column = place(x, width_);
        const float* pixels[4] = {at(row.first, column.first), at(row.first, column.second),
                                  at(row.second, column.first), at(row.second, column.second)};
        for (std::size_t c = 0; c < channels_; ++c) {
            const float upper = pixels[0][c] + column.share * (pixels[1][c] - pixels[0][c]);
            const float lower = pixels[2][c] + column.share * (pixels[3][c] - pixels[2][c]);
            out[c] = upper + row.share * (lower - upper);
        }
    }

private:
    // Two neighbours, and the second one's share.
    struct Place {
        std::int32_t first, second;
        float share;
    };

    static Place place(float coordinate, std::int32_t size) {
        const float inside = std::clamp(coordinate, 0.0f, static_cast<float>(size - 1));
        const auto first = static_cast<std::int32_t>(inside);
        return {first, std::min(first + 1, size - 1), inside - static_cast<float>(first)};
    }

    const float* at(std::int32_t row, std::int32_t column) const {
        return image_.data() + (static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) +
                                static_cast<std::size_t>(column)) *
                                   channels_;
    }

    std::span<const float> image_;
    std::int32_t height_;
    std::int32_t width_;
    std::size_t channels_;
};

}  // namespace

Result<Augmenter> Augmenter::make(const Dataset& data,
                                  const Augmentation& options,
                                  std::uint64_t seed) {
    if (const Status status = check_settings(data, options); !status.ok()) return status;
    if (const Status status = check_background(data, options); !status.ok()) return status;
    return Augmenter(data, options, seed);
}

Augmenter::Augmenter(const Dataset& data, const Augmentation& options, std::uint64_t seed)
    : data_(&data), options_(options), seed_(seed), copy_(data.feature_count()) {
    if (options.background_share > 0.0f) background_.resize(options.background->feature_count());
    if (options.mixup > 0.0f) {
        other_.resize(data.feature_count());
        other_targets_.resize(data.target_count());
    }
}

void Augmenter::gather(std::span<const std::uint32_t> indices,
                       std::uint64_t epoch,
                       std::span<float> features,
                       std::span<float> targets) {
    const std::size_t row = data_->feature_count();
    const std::size_t target_row = data_->target_count();
    assert(features.size() == indices.size() * row);
    assert(targets.size() == indices.size() * target_row);
    data_->gather_targets(indices, targets);
    for (std::size_t i = 0; i < indices.size(); ++i) {
        const std::span<float> out = features.subspan(i * row, row);
        vary(indices[i], epoch, out);
        if (options_.mixup > 0.0f) {
            mix(indices[i], epoch, out, targets.subspan(i * target_row, target_row));
        }
    }
}

void Augmenter::vary(std::uint32_t index, std::uint64_t epoch, std::span<float> out) {
    data_->gather_features(std::span(&index, 1), out);
    Random random = sample_random(seed_, index, 2 * epoch);
    if (options_.rotation_degrees > 0.0f || options_.scale > 0.0f || options_.shift > 0.0f) {
        turn(out, random);
    }
    if (options_.time_shift > 0.0f) move_in_time(out, random);
    if (options_.gain > 0.0f) {
        const float factor = factor_up_to(options_.gain, random);
        for (float& value : out) value *= factor;
    }
    if (options_.background_share > 0.0f) add_background(out, random);
    if (options_.noise > 0.0f) {
        for (float& value : out) value += options_.noise * random.normal();
    }
}

// Every pixel of the result is read where it comes from: back by the shift, the scale and the turn
// about the middle.
void Augmenter::turn(std::span<float> image, Random& random) {
    const float angle =
        kRadiansPerDegree * random.uniform(-options_.rotation_degrees, options_.rotation_degrees);
    const float scale = factor_up_to(options_.scale, random);
    const float right = random.uniform(-options_.shift, options_.shift);
    const float down = random.uniform(-options_.shift, options_.shift);
    const float sine = whittle_sinf(angle) / scale;
    const float cosine = whittle_cosf(angle) / scale;
    const Shape& shape = data_->feature_shape;
    const float middle_y = 0.5f * static_cast<float>(shape[0] - 1);
    const float middle_x = 0.5f * static_cast<float>(shape[1] - 1);
    std::copy(image.begin(), image.end(), copy_.begin());
    const Sampler sampler(copy_, shape);
    float* out = image.data();
    for (std::int32_t row = 0; row < shape[0]; ++row) {
        const float y = static_cast<float>(row) - middle_y - down;
        for (std::int32_t column = 0; column < shape[1]; ++column, out += shape[2]) {
            const float x = static_cast<float>(column) - middle_x - right;
            sampler.read(middle_y - sine * x + cosine * y, middle_x + cosine * x + sine * y, out);
        }
    }
}

void Augmenter::move_in_time(std::span<float> steps, Random& random) {
    const std::int32_t length = data_->feature_shape[0];
    const auto most = static_cast<std::int32_t>(options_.time_shift * static_cast<float>(length));
    const auto choices = static_cast<std::uint32_t>(2 * most + 1);
    const std::int32_t later = static_cast<std::int32_t>(random.below(choices)) - most;
    const bool silence = data_->feature_shape.size() == 1;
    const std::size_t row = step_values(*data_);
    std::copy(steps.begin(), steps.end(), copy_.begin());
    float* out = steps.data();
    for (std::int32_t t = 0; t < length; ++t, out += row) {
        const std::int32_t from = t - later;
        if (silence && (from < 0 || from >= length)) {
            std::fill_n(out, row, 0.0f);
        } else {
            const auto inside = static_cast<std::size_t>(std::clamp(from, 0, length - 1));
            std::copy_n(copy_.data() + inside * row, row, out);
        }
    }
}

void Augmenter::add_background(std::span<float> steps, Random& random) {
    if (random.uniform() >= options_.background_share) return;
    const Dataset& background = *options_.background;
    const std::uint32_t index = random.below(static_cast<std::uint32_t>(background.size()));
    background.gather_features(std::span(&index, 1), background_);
    const std::int32_t spare = background.feature_shape[0] - data_->feature_shape[0];
    const std::size_t begin =
        random.below(static_cast<std::uint32_t>(spare + 1)) * step_values(*data_);
    const float level = random.uniform(0.0f, options_.background_level);
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i] += level * background_[begin + i];
}

void Augmenter::mix(std::uint32_t index,
                    std::uint64_t epoch,
                    std::span<float> features,
                    std::span<float> targets) {
    Random random = sample_random(seed_, index, 2 * epoch + 1);
    const std::uint32_t other = random.below(static_cast<std::uint32_t>(data_->size()));
    const float share = symmetric_beta(options_.mixup, random);
    vary(other, epoch, other_);
    data_->gather_targets(std::span(&other, 1), other_targets_);
    for (std::size_t i = 0; i < features.size(); ++i) {
        features[i] += share * (other_[i] - features[i]);
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        targets[i] += share * (other_targets_[i] - targets[i]);
    }
}

}  // namespace whittle
