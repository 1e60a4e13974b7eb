#include "core/base/random.h"

#include <bit>
#include <cassert>
#include <utility>

#include "core/base/exact_math.h"

namespace whittle {
namespace {

// Knuth's multiplier of MMIX, as in PCG's reference generator.
constexpr std::uint64_t kMultiplier = 6364136223846793005u;
constexpr float kTwoPi = 6.28318530717958648f;

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t stream) : increment_((stream << 1) | 1u) {
    next();
    state_ += seed;
    next();
}

// The output function XSH RR: a xorshift of the high bits, rotated by the topmost five.
std::uint32_t Random::next() {
    const std::uint64_t state = state_;
    state_ = state * kMultiplier + increment_;
    const auto mixed = static_cast<std::uint32_t>(((state >> 18) ^ state) >> 27);
    return std::rotr(mixed, static_cast<int>(state >> 59));
}

// Draws below 2^32 mod bound are left out; what remains is a whole number of cycles.
std::uint32_t Random::below(std::uint32_t bound) {
    assert(bound > 0);
    const std::uint32_t left_out = (0u - bound) % bound;
    std::uint32_t draw = next();
    while (draw < left_out) draw = next();
    return draw % bound;
}

float Random::uniform() { return static_cast<float>(next() >> 8) * 0x1p-24f; }

float Random::uniform(float low, float high) { return low + (high - low) * uniform(); }

float Random::normal() {
    if (has_spare_normal_) {
        has_spare_normal_ = false;
        return spare_normal_;
    }
    // In (0, 1], so that the logarithm is finite; the radius is at most sqrt(48 ln 2) = 5.77.
    const float radius_draw = static_cast<float>((next() >> 8) + 1u) * 0x1p-24f;
    const float radius = whittle_sqrtf(-2.0f * whittle_logf(radius_draw));
    const float angle = kTwoPi * uniform();
    spare_normal_ = radius * whittle_sinf(angle);
    has_spare_normal_ = true;
    return radius * whittle_cosf(angle);
}

void Random::shuffle(std::span<std::uint32_t> values) {
    assert(values.size() <= 0xffffffffu);
    for (std::size_t i = values.size(); i > 1; --i) {
        std::swap(values[i - 1], values[below(static_cast<std::uint32_t>(i))]);
    }
}

}  // namespace whittle
