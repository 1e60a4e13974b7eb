#include "core/train/loss.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/base/random.h"

namespace whittle {
namespace {

constexpr Loss kLosses[] = {Loss::mean_squared_error,    Loss::half_squared_error,
                            Loss::mean_absolute_error,   Loss::binary_cross_entropy,
                            Loss::softmax_cross_entropy, Loss::huber};
constexpr Loss kContrastive = Loss::normalized_temperature_cross_entropy;

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
            case Loss::huber: {
                const double distance = std::fabs(difference);
                sum += (distance <= 1.0 ? 0.5 * distance * distance : distance - 0.5) / count;
                break;
            }
            case Loss::normalized_temperature_cross_entropy: break;  // reference_contrastive()
        }
    }
    return sum;
}

// z: [rows, columns]. The mean of -log(exp(s_ij) / sum_{k != i} exp(s_ik)).
double reference_contrastive(const std::vector<double>& z,
                             std::size_t columns,
                             double temperature) {
    const std::size_t rows = z.size() / columns;
    const auto dot = [&](std::size_t i, std::size_t k) {
        double sum = 0.0;
        for (std::size_t c = 0; c < columns; ++c) sum += z[i * columns + c] * z[k * columns + c];
        return sum;
    };
    double loss = 0.0;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto similarity = [&](std::size_t k) {
            return dot(i, k) / std::sqrt(dot(i, i) * dot(k, k)) / temperature;
        };
        double sum = 0.0;
        for (std::size_t k = 0; k < rows; ++k) {
            if (k != i) sum += std::exp(similarity(k));
        }
        const std::size_t pair = i % 2 == 0 ? i + 1 : i - 1;
        loss += std::log(sum) - similarity(pair);
    }
    return loss / static_cast<double>(rows);
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

TEST_CASE("Huber's loss is square near 0 and straight beyond delta") {
    const std::vector<float> p = {0.5f, -0.25f, 3.0f, -6.0f};
    const std::vector<float> t(4, 0.0f);
    std::vector<float> gradient(4);
    // delta 2: 1/8 + 1/32 + 2 (3 - 1) + 2 (6 - 1) = 14.15625, over 4 elements.
    CHECK(evaluate_loss(Loss::huber, p, t, 4, gradient, {.huber_delta = 2.0f}) == 3.5390625f);
    CHECK(gradient == std::vector<float>{0.125f, -0.0625f, 0.5f, -0.5f});
    // A delta beyond all differences leaves half the mean squared error.
    CHECK(evaluate_loss(Loss::huber, p, t, 4, {}, {.huber_delta = 100.0f}) ==
          0.5f * evaluate_loss(Loss::mean_squared_error, p, t, 4, {}));
}

TEST_CASE("the contrastive loss and its gradient agree with definition and central differences") {
    Random random(12);
    for (const std::size_t rows : {2u, 4u, 6u, 16u}) {
        for (const std::size_t columns : {1u, 2u, 3u, 8u}) {
            for (const float temperature : {0.1f, 0.5f, 2.0f}) {
                CAPTURE(rows);
                CAPTURE(columns);
                CAPTURE(temperature);
                const std::vector<float> z = random_values(random, rows * columns, 0.5f, 2.0f);
                std::vector<double> wide(z.begin(), z.end());
                std::vector<float> gradient(z.size());
                std::vector<double> scratch(loss_scratch_doubles(kContrastive, rows, columns));
                const LossOptions options{.temperature = temperature};
                const float value =
                    evaluate_loss(kContrastive, z, {}, columns, gradient, options, scratch);
                const double expected = reference_contrastive(wide, columns, temperature);
                // exp and log are those of floats: 6e-8 of arguments up to 20.
                CHECK(std::fabs(value - expected) <= 2e-6 * (1.0 + expected));
                CHECK(value == evaluate_loss(kContrastive, z, {}, columns, {}, options, scratch));
                const double h = 1e-5;
                for (std::size_t i = 0; i < z.size(); ++i) {
                    wide[i] = z[i] + h;
                    const double above = reference_contrastive(wide, columns, temperature);
                    wide[i] = z[i] - h;
                    const double below = reference_contrastive(wide, columns, temperature);
                    wide[i] = z[i];
                    // Shares right to some 1e-6, times 2 / (temperature |z|), at most 40.
                    CHECK(std::fabs(gradient[i] - (above - below) / (2 * h)) < 4e-5);
                }
            }
        }
    }
}

TEST_CASE("the contrastive loss of hand-computed cases") {
    std::vector<double> scratch(loss_scratch_doubles(kContrastive, 4, 2));
    const LossOptions options{.temperature = 1.0f};
    // Two pairs at right angles: each row sees exp(1) for its own and exp(0) twice for the others.
    const std::vector<float> apart = {1, 0, 3, 0, 0, 1, 0, 2};
    CHECK(evaluate_loss(kContrastive, apart, {}, 2, {}, options, scratch) ==
          doctest::Approx(std::log(1.0 + 2.0 * std::exp(-1.0))).epsilon(1e-6));
    // All rows alike: three equal candidates.
    const std::vector<float> alike = {1, 1, 2, 2, 3, 3, 4, 4};
    CHECK(evaluate_loss(kContrastive, alike, {}, 2, {}, options, scratch) ==
          doctest::Approx(std::log(3.0)).epsilon(1e-6));
    // A row of length 0 has no direction: no gradient, and nothing that is not a number.
    const std::vector<float> empty_row = {0, 0, 1, 0, 0, 1, 0, 2};
    std::vector<float> gradient(8, 1.0f);
    CHECK(std::isfinite(evaluate_loss(kContrastive, empty_row, {}, 2, gradient, options, scratch)));
    CHECK(gradient[0] == 0.0f);
    CHECK(gradient[1] == 0.0f);
    for (const float g : gradient) CHECK(std::isfinite(g));
    const std::vector<float> bad = {1, 0, std::numeric_limits<float>::quiet_NaN(), 0, 0, 1, 0, 2};
    CHECK_FALSE(std::isfinite(evaluate_loss(kContrastive, bad, {}, 2, {}, options, scratch)));
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
    for (const Loss loss : kLosses) CHECK(takes_targets(loss));
    CHECK(loss_named("nt-xent") == kContrastive);
    CHECK_FALSE(takes_targets(kContrastive));
    CHECK_FALSE(loss_named("hinge").has_value());
    CHECK_FALSE(loss_named("").has_value());
    CHECK(std::string(loss_name(Loss::softmax_cross_entropy)) == "cross-entropy");
    CHECK(takes_logits(Loss::softmax_cross_entropy));
    CHECK_FALSE(takes_logits(Loss::mean_squared_error));
}

}  // namespace
}  // namespace whittle
