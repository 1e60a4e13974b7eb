#include "core/train/target_shaping.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace whittle {
namespace {

TEST_CASE("label smoothing moves a share of each target to all classes") {
    std::vector<float> targets = {1, 0, 0, 0, 0, 0, 1, 0};
    shape_targets({.label_smoothing = 0.5f}, Loss::softmax_cross_entropy, 4, targets);
    CHECK(targets ==
          std::vector<float>{0.625f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.625f, 0.125f});
    targets = {1, 0};
    shape_targets({.label_smoothing = 0.5f}, Loss::binary_cross_entropy, 1, targets);
    CHECK(targets == std::vector<float>{0.75f, 0.25f});
}

TEST_CASE("class weights scale the rows of their class, and mixtures by their share") {
    std::vector<float> targets = {1, 0, 0, 1, 0.5f, 0.5f};
    shape_targets({.class_weights = {2.0f, 4.0f}}, Loss::softmax_cross_entropy, 2, targets);
    CHECK(targets == std::vector<float>{2, 0, 0, 4, 1.5f, 1.5f});
    // Both: the weight is that of the plain target.
    targets = {1, 0};
    shape_targets({.label_smoothing = 0.5f, .class_weights = {2.0f, 4.0f}},
                  Loss::softmax_cross_entropy, 2, targets);
    CHECK(targets == std::vector<float>{1.5f, 0.5f});
}

TEST_CASE("the loss of weighted rows is the weighted mean") {
    const std::vector<float> logits = {1.0f, -1.0f, 0.5f, 2.0f};
    std::vector<float> targets = {1, 0, 1, 0};
    const float first =
        evaluate_loss(Loss::softmax_cross_entropy, {logits.data(), 2}, {targets.data(), 2}, 2, {});
    const float second = evaluate_loss(Loss::softmax_cross_entropy, {logits.data() + 2, 2},
                                       {targets.data() + 2, 2}, 2, {});
    shape_targets({.class_weights = {3.0f, 1.0f}}, Loss::softmax_cross_entropy, 2, targets);
    CHECK(evaluate_loss(Loss::softmax_cross_entropy, logits, targets, 2, {}) ==
          doctest::Approx(3.0 * (double{first} + second) / 2.0).epsilon(1e-6));
}

TEST_CASE("shapings that make no sense are refused") {
    const auto complaint = [](const TargetShaping& shaping, Loss loss) {
        const Status status = check_target_shaping(shaping, loss, 2);
        return status.ok() ? std::string() : status.error().message();
    };
    const Loss softmax = Loss::softmax_cross_entropy;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(complaint({.label_smoothing = 0.1f, .class_weights = {1.0f, 2.0f}}, softmax) == "");
    CHECK(complaint({.label_smoothing = 0.1f}, Loss::binary_cross_entropy) == "");
    CHECK(complaint({.label_smoothing = 1.0f}, softmax).find("below 1") != std::string::npos);
    CHECK(complaint({.label_smoothing = nan}, softmax).find("label smoothing") == 0);
    CHECK(complaint({.label_smoothing = 0.1f}, Loss::huber).find("found the loss huber") !=
          std::string::npos);
    CHECK(complaint({.class_weights = {1.0f, 1.0f}}, Loss::binary_cross_entropy) != "");
    CHECK(complaint({.class_weights = {1.0f}}, softmax).find("expected 2") != std::string::npos);
    CHECK(complaint({.class_weights = {1.0f, 0.0f}}, softmax).find("above 0") != std::string::npos);
    CHECK(complaint({.class_weights = {1.0f, nan}}, softmax) != "");
}

}  // namespace
}  // namespace whittle
