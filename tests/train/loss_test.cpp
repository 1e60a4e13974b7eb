#include "core/train/loss.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/base/random.h"

namespace whittle {
namespace {

constexpr Loss kLosses[] = {Loss::mean_squared_error, Loss::half_squared_error,
                            Loss::mean_absolute_error, Loss::binary_cross_entropy,
                            Loss::softmax_cross_entropy};

// The definitions, straight from the textbook and in double.
double reference_loss(Loss loss,
                      const std::vector<double>& p,
                      const std::vector<float>& t,
                      std::size_t columns) {
    double sum = 0.0;
    const auto count = static_cast<double>(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
        const double difference = p[i] - t[i];
        switch (loss) {
            case Loss::mean_squared_error: sum += difference * difference / count; break;
            case Loss::half_squared_error: sum += 0.5 * difference * difference; break;
            case Loss::mean_absolute_error: sum += std::fabs(difference) / count; break;
            case Loss::binary_cross_entropy: {
                const double q = 1.0 / (1.0 + std::exp(-p[i]));
                sum -= (t[i] * std::log(q) + (1.0 - t[i]) * std::log(1.0 - q)) / count;
                break;
            }
            case Loss::softmax_cross_entropy: {
                const std::size_t row = i / columns * columns;
                double total = 0.0;
                for (std::size_t c = 0; c < columns; ++c) total += std::exp(p[row + c]);
                sum -= t[i] * (p[i] - std::log(total)) * static_cast<double>(columns) / count;
                break;
            }
        }
    }
    return sum;
}

std::vector<float> random_values(Random& random, std::size_t count, float low, float high) {
    std::vector<float> values(count);
    for (float& value : values) value = random.uniform(low, high);
    return values;
}

TEST_CASE("losses and their gradients agree with definition and central differences") {
    Random random(11);
    for (const Loss loss : kLosses) {
        for (const std::size_t rows : {1u, 2u, 3u, 7u, 32u}) {
            for (const std::size_t columns : {1u, 2u, 3u, 10u}) {
                CAPTURE(loss_name(loss));
                CAPTURE(rows);
                CAPTURE(columns);
                const std::vector<float> p = random_values(random, rows * columns, -3.0f, 3.0f);
                const std::vector<float> t = random_values(random, rows * columns, 0.0f, 1.0f);
                std::vector<double> wide(p.begin(), p.end());
                std::vector<float> gradient(p.size());
                const float value = evaluate_loss(loss, p, t, columns, gradient);
                const double expected = reference_loss(loss, wide, t, columns);
                // Each term is right to a few float roundings (6e-8 each) of values up to 10.
                CHECK(std::fabs(value - expected) <= 2e-6 * (1.0 + std::fabs(expected)));
                CHECK(value == evaluate_loss(loss, p, t, columns, {}));
                const double h = 1e-5;  // truncation h^2 and cancellation 1e-16 / h both < 1e-9
                for (std::size_t i = 0; i < p.size(); ++i) {
                    if (std::fabs(p[i] - t[i]) < 2 * h) continue;  // the kink of |p - t|
                    wide[i] = p[i] + h;
                    const double above = reference_loss(loss, wide, t, columns);
                    wide[i] = p[i] - h;
                    const double below = reference_loss(loss, wide, t, columns);
                    wide[i] = p[i];
                    // A handful of float roundings of values up to the row sum of targets (< 10).
                    CHECK(std::fabs(gradient[i] - (above - below) / (2 * h)) < 4e-6);
                }
            }
        }
    }
}

TEST_CASE("losses of hand-computed cases") {
    const std::vector<float> p = {1.0f, 2.0f, 4.0f, -1.0f};
    const std::vector<float> t = {1.0f, 0.0f, 1.0f, 0.0f};
    CHECK(evaluate_loss(Loss::mean_squared_error, p, t, 2, {}) == 3.5f);
    CHECK(evaluate_loss(Loss::half_squared_error, p, t, 2, {}) == 7.0f);
    CHECK(evaluate_loss(Loss::mean_absolute_error, p, t, 2, {}) == 1.5f);
    std::vector<float> gradient(4);
    (void)evaluate_loss(Loss::mean_absolute_error, p, t, 2, gradient);
    CHECK(gradient == std::vector<float>{0.0f, 0.25f, 0.25f, -0.25f});
    const std::vector<float> even(10, 0.5f);
    std::vector<float> one_hot(10, 0.0f);
    one_hot[3] = 1.0f;
    CHECK(evaluate_loss(Loss::softmax_cross_entropy, even, one_hot, 10, {}) ==
          static_cast<float>(std::log(10.0)));
    CHECK(evaluate_loss(Loss::mean_squared_error, {}, {}, 3, {}) == 0.0f);
}

TEST_CASE("losses on logits stay finite and right where exp overflows") {
    std::vector<float> gradient(3);
    const std::vector<float> logits = {1000.0f, 0.0f, -1000.0f};
    const std::vector<float> first = {1.0f, 0.0f, 0.0f};
    CHECK(evaluate_loss(Loss::softmax_cross_entropy, logits, first, 3, gradient) == 0.0f);
    CHECK(gradient == std::vector<float>{0.0f, 0.0f, 0.0f});
    const std::vector<float> last = {0.0f, 0.0f, 1.0f};
    CHECK(evaluate_loss(Loss::softmax_cross_entropy, logits, last, 3, gradient) == 2000.0f);
    CHECK(gradient == std::vector<float>{1.0f, 0.0f, -1.0f});

    gradient.resize(1);
    for (const float z : {-1e30f, -1000.0f, 1000.0f, 1e30f}) {
        const std::vector<float> logit = {z};
        const std::vector<float> wrong = {z < 0.0f ? 1.0f : 0.0f};
        CHECK(evaluate_loss(Loss::binary_cross_entropy, logit, wrong, 1, gradient) == std::fabs(z));
        CHECK(gradient[0] == (z < 0.0f ? -1.0f : 1.0f));
    }
    // For a large margin the loss is exp(-z): small, yet not lost.
    const std::vector<float> margin = {30.0f};
    const std::vector<float> right = {1.0f};
    const float tiny = evaluate_loss(Loss::binary_cross_entropy, margin, right, 1, {});
    CHECK(tiny == doctest::Approx(std::exp(-30.0)).epsilon(1e-6));  // a few float roundings
}

TEST_CASE("a logit that is not a number makes the loss not a number") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> target = {0.0f, 1.0f};
    for (const Loss loss : kLosses) {
        for (const float bad : {nan, infinity}) {
            for (const std::size_t place : {0u, 1u}) {
                CAPTURE(loss_name(loss));
                std::vector<float> logits = {0.5f, 0.25f};
                logits[place] = bad;
                const float value = evaluate_loss(loss, logits, target, 2, {});
                CHECK_FALSE(std::isfinite(value));
            }
        }
    }
}

TEST_CASE("losses have names") {
    for (const Loss loss : kLosses) CHECK(loss_named(loss_name(loss)) == loss);
    CHECK_FALSE(loss_named("hinge").has_value());
    CHECK_FALSE(loss_named("").has_value());
    CHECK(std::string(loss_name(Loss::softmax_cross_entropy)) == "cross-entropy");
    CHECK(takes_logits(Loss::softmax_cross_entropy));
    CHECK_FALSE(takes_logits(Loss::mean_squared_error));
}

}  // namespace
}  // namespace whittle
