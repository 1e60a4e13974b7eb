#include "core/train/optimizer.h"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <utility>

namespace whittle {
namespace {

// The loops below are plain and element-wise, so compilers run several elements at once; every
// operation in them is exactly rounded, so that changes no bit.

// A moment of a gradient that has stayed 0 decays into denormal numbers, on which processors are
// forty times slower. One this small moves no weight any more, so it becomes 0.
float without_tiny(float moment) {
    constexpr float kTiny = 1e-30f;
    return std::fabs(moment) < kTiny ? 0.0f : moment;
}

void sgd(std::size_t count, float rate, float* __restrict w, const float* __restrict g) {
    for (std::size_t i = 0; i < count; ++i) w[i] -= rate * g[i];
}

void sgd_with_momentum(std::size_t count,
                       float rate,
                       float momentum,
                       float* __restrict v,
                       float* __restrict w,
                       const float* __restrict g) {
    for (std::size_t i = 0; i < count; ++i) {
        v[i] = without_tiny(momentum * v[i] + g[i]);
        w[i] -= rate * v[i];
    }
}

void sgd_with_nesterov(std::size_t count,
                       float rate,
                       float momentum,
                       float* __restrict v,
                       float* __restrict w,
                       const float* __restrict g) {
    for (std::size_t i = 0; i < count; ++i) {
        v[i] = without_tiny(momentum * v[i] + g[i]);
        w[i] -= rate * (g[i] + momentum * v[i]);
    }
}

struct RmspropFactors {
    float rho, rest;  // rest = 1 - rho
    float epsilon;
    float rate;
    float momentum;
};

void rmsprop(std::size_t count,
             const RmspropFactors& factors,
             float* __restrict v,
             float* __restrict w,
             const float* __restrict g) {
    const RmspropFactors f = factors;
    for (std::size_t i = 0; i < count; ++i) {
        v[i] = without_tiny(f.rho * v[i] + f.rest * (g[i] * g[i]));
        w[i] -= f.rate * (g[i] / (std::sqrt(v[i]) + f.epsilon));
    }
}

void rmsprop_with_momentum(std::size_t count,
                           const RmspropFactors& factors,
                           float* __restrict m,
                           float* __restrict v,
                           float* __restrict w,
                           const float* __restrict g) {
    const RmspropFactors f = factors;
    for (std::size_t i = 0; i < count; ++i) {
        v[i] = without_tiny(f.rho * v[i] + f.rest * (g[i] * g[i]));
        m[i] = without_tiny(f.momentum * m[i] + g[i] / (std::sqrt(v[i]) + f.epsilon));
        w[i] -= f.rate * m[i];
    }
}

// What one Adam step needs besides the gradient; `rate` and `correction` hold the bias corrections.
struct AdamFactors {
    float beta1, rest1;  // rest = 1 - beta
    float beta2, rest2;
    float rate;        // learning rate / (1 - beta1^t)
    float correction;  // 1 / (1 - beta2^t)
    float epsilon;
};

void adam(std::size_t count,
          const AdamFactors& factors,
          float* __restrict m,
          float* __restrict v,
          float* __restrict w,
          const float* __restrict g) {
    const AdamFactors f = factors;
    for (std::size_t i = 0; i < count; ++i) {
        m[i] = without_tiny(f.beta1 * m[i] + f.rest1 * g[i]);
        v[i] = without_tiny(f.beta2 * v[i] + f.rest2 * (g[i] * g[i]));
        w[i] -= f.rate * m[i] / (std::sqrt(v[i] * f.correction) + f.epsilon);
    }
}

// Down the gradient of decay / 2 * w^2.
void shrink(std::span<float> values, float decay) {
    for (float& value : values) value -= decay * value;
}

// Towards 0 by `distance`, and not beyond it (the soft threshold of Daubechies, Defrise and De Mol,
// 2004).
void pull_to_zero(std::span<float> values, float distance) {
    for (float& value : values) {
        const float magnitude = std::fabs(value) - distance;
        value = magnitude > 0.0f ? std::copysign(magnitude, value) : 0.0f;
    }
}

}  // namespace

Optimizer::Optimizer(const OptimizerOptions& options,
                     const std::vector<std::size_t>& sizes,
                     std::vector<bool> regularized)
    : options_(options), regularized_(std::move(regularized)) {
    if (regularized_.empty()) regularized_.assign(sizes.size(), true);
    assert(regularized_.size() == sizes.size());
    const bool squares = options.kind != OptimizerOptions::Kind::sgd;
    const bool velocity = options.kind == OptimizerOptions::Kind::adam || options.momentum != 0.0f;
    state_.first.resize(sizes.size());
    state_.second.resize(sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        if (velocity) state_.first[i].assign(sizes[i], 0.0f);
        if (squares) state_.second[i].assign(sizes[i], 0.0f);
    }
}

void Optimizer::begin_step() {
    state_.beta1_power *= options_.beta1;
    state_.beta2_power *= options_.beta2;
}

void Optimizer::update(std::size_t parameter,
                       std::span<float> values,
                       std::span<const float> gradient) {
    assert(parameter < state_.first.size() && values.size() == gradient.size());
    const bool regularized = regularized_[parameter];
    const float rate = options_.learning_rate;
    if (regularized && options_.l2 > 0.0f) shrink(values, rate * options_.l2);
    switch (options_.kind) {
        case OptimizerOptions::Kind::sgd: descend(parameter, values, gradient); break;
        case OptimizerOptions::Kind::adam: descend_adam(parameter, values, gradient); break;
        case OptimizerOptions::Kind::rmsprop: descend_rmsprop(parameter, values, gradient); break;
    }
    if (regularized && options_.l1 > 0.0f) pull_to_zero(values, rate * options_.l1);
}

void Optimizer::descend(std::size_t parameter,
                        std::span<float> values,
                        std::span<const float> gradient) {
    const float rate = options_.learning_rate;
    std::vector<float>& velocity = state_.first[parameter];
    if (velocity.empty()) {
        sgd(values.size(), rate, values.data(), gradient.data());
        return;
    }
    const auto step = options_.nesterov ? sgd_with_nesterov : sgd_with_momentum;
    step(values.size(), rate, options_.momentum, velocity.data(), values.data(), gradient.data());
}

void Optimizer::descend_adam(std::size_t parameter,
                             std::span<float> values,
                             std::span<const float> gradient) {
    assert(state_.first[parameter].size() == values.size() && state_.beta1_power < 1.0);
    AdamFactors factors;
    factors.beta1 = options_.beta1;
    factors.rest1 = 1.0f - options_.beta1;
    factors.beta2 = options_.beta2;
    factors.rest2 = 1.0f - options_.beta2;
    factors.rate = static_cast<float>(options_.learning_rate / (1.0 - state_.beta1_power));
    factors.correction = static_cast<float>(1.0 / (1.0 - state_.beta2_power));
    factors.epsilon = options_.epsilon;
    adam(values.size(), factors, state_.first[parameter].data(), state_.second[parameter].data(),
         values.data(), gradient.data());
}

void Optimizer::descend_rmsprop(std::size_t parameter,
                                std::span<float> values,
                                std::span<const float> gradient) {
    assert(state_.second[parameter].size() == values.size());
    const RmspropFactors factors = {options_.rho, 1.0f - options_.rho, options_.epsilon,
                                    options_.learning_rate, options_.momentum};
    std::vector<float>& velocity = state_.first[parameter];
    std::vector<float>& squares = state_.second[parameter];
    if (velocity.empty()) {
        rmsprop(values.size(), factors, squares.data(), values.data(), gradient.data());
        return;
    }
    rmsprop_with_momentum(values.size(), factors, velocity.data(), squares.data(), values.data(),
                          gradient.data());
}

}  // namespace whittle
