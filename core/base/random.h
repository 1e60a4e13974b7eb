#pragma once

#include <cstdint>
#include <span>

namespace whittle {

// Random numbers that are the same on every target: PCG32 (O'Neill, "PCG: A Family of Simple Fast
// Space-Efficient Statistically Good Algorithms for Random Number Generation", 2014) with integer
// arithmetic only; the floats are made from its bits by exact or our own operations.
class Random {
public:
    // Different streams of one seed are independent sequences.
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

    std::uint32_t next();
    // Uniform over 0 … bound - 1 without bias. bound > 0.
    std::uint32_t below(std::uint32_t bound);
    // Uniform over [0, 1): a multiple of 2^-24.
    float uniform();
    // low + (high - low) * uniform().
    float uniform(float low, float high);
    // Normal distribution (Box and Muller), mean 0, standard deviation 1.
    float normal();
    // Fisher and Yates.
    void shuffle(std::span<std::uint32_t> values);

private:
    std::uint64_t state_ = 0;
    std::uint64_t increment_ = 0;
    float spare_normal_ = 0.0f;
    bool has_spare_normal_ = false;
};

// Random numbers by their place: any of them at once, in any order. SplitMix64 (Steele, Lea and
// Flood, "Fast splittable pseudorandom number generators", 2014).
class CounterRandom {
public:
    // Other keys give other sequences.
    CounterRandom(std::uint64_t seed, std::uint64_t step, std::uint64_t stream);
    std::uint32_t at(std::uint64_t index) const;

private:
    std::uint64_t key_;
};

}  // namespace whittle
