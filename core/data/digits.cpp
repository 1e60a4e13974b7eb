#include "core/data/digits.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/base/exact_math.h"
#include "core/data/angles.h"
#include "core/data/digit_styles.h"
#include "core/data/pen.h"
#include "core/data/sample_random.h"

namespace whittle {
namespace {

constexpr std::uint32_t kDigits = 10;
constexpr int kSide = 28;          // pixels
constexpr float kFittedSide = 20;  // of the box that the ink fits into, pixels
constexpr int kStepsPerKnot = 6;

// A smooth disturbance of the plane: one wave that moves points along a direction of its own.
struct Wave {
    PlanePoint frequency;  // cycles across the square
    PlanePoint amplitude;  // in parts of the square
    float phase;           // radians

    PlanePoint moved(PlanePoint p) const {
        const float angle = kTwoPi * (frequency.x * p.x + frequency.y * p.y) + phase;
        const float s = whittle_sinf(angle);
        return {p.x + amplitude.x * s, p.y + amplitude.y * s};
    }
};

Wave random_wave(Random& random) {
    Wave wave;
    wave.frequency = {random.uniform(-0.9f, 0.9f), random.uniform(-0.9f, 0.9f)};
    wave.amplitude.x = 0.045f * random.normal();
    wave.amplitude.y = 0.045f * random.normal();
    wave.phase = random.uniform(0.0f, kTwoPi);
    return wave;
}

const DigitStyle& choose_style(std::uint32_t digit, Random& random) {
    const std::span<const DigitStyle> styles = digit_styles(digit);
    std::uint32_t all = 0;
    for (const DigitStyle& style : styles) all += static_cast<std::uint32_t>(style.share);
    std::uint32_t draw = random.below(all);
    for (const DigitStyle& style : styles) {
        if (draw < static_cast<std::uint32_t>(style.share)) return style;
        draw -= static_cast<std::uint32_t>(style.share);
    }
    return styles.back();
}

// What one writer's hand does to every point: width, slant, rotation, waves.
struct Hand {
    float width;
    float slant;
    float sine, cosine;  // of the rotation
    Wave waves[2];

    PlanePoint written(PlanePoint p) const {
        for (const Wave& wave : waves) p = wave.moved(p);
        const float y = p.y - 0.5f;
        const float x = (p.x - 0.5f) * width - slant * y;
        return {cosine * x - sine * y, sine * x + cosine * y};
    }
};

Hand random_hand(float width, Random& random) {
    Hand hand;
    hand.width = width * whittle_expf(0.25f * random.normal());
    hand.slant = 0.12f + 0.26f * random.normal();
    const float angle = 0.12f * random.normal();
    hand.sine = whittle_sinf(angle);
    hand.cosine = whittle_cosf(angle);
    for (Wave& wave : hand.waves) wave = random_wave(random);
    return hand;
}

class DigitWriter {
public:
    // Writes sample `sample` of the digit into 28 x 28 bytes.
    void write(std::uint32_t digit, std::uint64_t seed, std::size_t sample, std::uint8_t* pixels) {
        Random random = sample_random(seed, sample);
        const DigitStyle& style = choose_style(digit, random);
        trace(style, random_hand(style.width, random), random);
        Pen pen;
        pen.radius = std::clamp(1.2f * whittle_expf(0.33f * random.normal()), 0.6f, 2.3f);
        pen.softness = random.uniform(0.9f, 1.5f);
        fit(pen.radius);
        draw(pen);
        centre();
        std::transform(picture_.values().begin(), picture_.values().end(), pixels,
                       [](float ink) { return static_cast<std::uint8_t>(255.0f * ink + 0.5f); });
    }

private:
    // The style's strokes as lines; knots tremble, the ends of a stroke more than its inside.
    void trace(const DigitStyle& style, const Hand& hand, Random& random) {
        points_.clear();
        ends_.clear();
        PlanePoint last;
        for (const std::vector<PlanePoint>& stroke : style.strokes) {
            knots_.clear();
            const bool continues = &stroke != &style.strokes.front() && same(stroke.front(), last);
            for (const PlanePoint& knot : stroke) {
                const bool inside = &knot != &stroke.front() && &knot != &stroke.back();
                const float tremor = inside ? 0.03f : 0.05f;
                const float x = knot.x + tremor * random.normal();
                knots_.push_back(hand.written({x, knot.y + tremor * random.normal()}));
            }
            if (continues) knots_.front() = points_.back();
            last = stroke.back();
            append_curve(knots_, kStepsPerKnot, points_);
            ends_.push_back(points_.size());
        }
    }

    static bool same(PlanePoint a, PlanePoint b) { return a.x == b.x && a.y == b.y; }

    // Scales the points so that the longer side of their ink is kFittedSide, in the middle.
    void fit(float pen_radius) {
        PlanePoint low{std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
        PlanePoint high{-low.x, -low.y};
        for (const PlanePoint& p : points_) {
            low = {std::min(low.x, p.x), std::min(low.y, p.y)};
            high = {std::max(high.x, p.x), std::max(high.y, p.y)};
        }
        const float scale =
            (kFittedSide - 2.0f * pen_radius) / std::max(high.x - low.x, high.y - low.y);
        constexpr float kMiddle = 0.5f * (kSide - 1);
        for (PlanePoint& p : points_) {
            p.x = kMiddle + scale * (p.x - 0.5f * (low.x + high.x));
            p.y = kMiddle + scale * (p.y - 0.5f * (low.y + high.y));
        }
    }

    void draw(const Pen& pen) {
        picture_.clear();
        std::size_t begin = 0;
        for (const std::size_t end : ends_) {
            for (std::size_t i = begin + 1; i < end; ++i) {
                picture_.draw_line(points_[i - 1], points_[i], pen);
            }
            begin = end;
        }
    }

    void centre() {
        const PlanePoint mass = picture_.centre_of_mass();
        constexpr int kMiddle = kSide / 2;
        picture_.shift(kMiddle - static_cast<int>(mass.x + 0.5f),
                       kMiddle - static_cast<int>(mass.y + 0.5f));
    }

    Picture picture_{kSide, kSide};
    std::vector<PlanePoint> knots_;
    std::vector<PlanePoint> points_;
    std::vector<std::size_t> ends_;  // of the strokes, within points_
};

}  // namespace

Dataset make_digits(std::size_t samples, std::uint64_t seed) {
    constexpr std::size_t kPixels = std::size_t{kSide} * kSide;
    Dataset data;
    data.name = "generated digits";
    data.feature_shape = {kSide, kSide, 1};
    data.feature_scale = 1.0f / 255.0f;
    data.target_shape = {kDigits};
    for (std::uint32_t digit = 0; digit < kDigits; ++digit) {
        data.class_names.push_back(std::to_string(digit));
    }
    std::vector<std::uint8_t> pixels(samples * kPixels);
    data.labels.resize(samples);
    DigitWriter writer;
    for (std::size_t i = 0; i < samples; ++i) {
        data.labels[i] = static_cast<std::uint32_t>(i % kDigits);
        writer.write(data.labels[i], seed, i, pixels.data() + i * kPixels);
    }
    data.features = std::move(pixels);
    return data;
}

}  // namespace whittle
