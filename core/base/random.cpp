#include "core/base/random.h"

#include <bit>
#include <cassert>
#include <utility>

#include "core/base/exact_math.h"

namespace whittle {
namespace {

// Knuth's multiplier of MMIX, as in PCG's reference generator.
constexpr std::uint64_t kMultiplier = 6364136223846793005u;
// 2^64 divided by the golden ratio, made odd: SplitMix64's step.
constexpr std::uint64_t kGoldenStep = 0x9E3779B97F4A7C15u;

// SplitMix64's output function: David Stafford's variant 13 of MurmurHash3's finalizer.
std::uint64_t mixed_bits(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

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

CounterRandom::CounterRandom(std::uint64_t seed, std::uint64_t step, std::uint64_t stream)
    : key_(mixed_bits(mixed_bits(mixed_bits(seed + kGoldenStep) + step + kGoldenStep) + stream +
                      kGoldenStep)) {}

std::uint32_t CounterRandom::at(std::uint64_t index) const {
    return static_cast<std::uint32_t>(mixed_bits(key_ + (index + 1) * kGoldenStep) >> 32);
}

}  // namespace whittle
