#include "core/train/train_options.h"

#include <cmath>
#include <initializer_list>
#include <string>

namespace whittle {
namespace {

// A number, and whether it is in the range that `expected` states; it must be finite besides.
struct Check {
    const char* place;
    float value;
    bool right;
    const char* expected;
};

Status first_wrong(std::initializer_list<Check> checks) {
    for (const Check& check : checks) {
        if (check.right && std::isfinite(check.value)) continue;
        return Error{
            .place = check.place, .expected = check.expected, .found = std::to_string(check.value)};
    }
    return {};
}

Status check_optimizer(const OptimizerOptions& o) {
    const auto is_decay = [](float value) { return value >= 0.0f && value < 1.0f; };
    const char* const decay = "0 or more, below 1";
    const Status status = first_wrong({
        {"learning rate", o.learning_rate, o.learning_rate > 0.0f, "a number above 0"},
        {"momentum", o.momentum, is_decay(o.momentum), decay},
        {"beta1", o.beta1, is_decay(o.beta1), decay},
        {"beta2", o.beta2, is_decay(o.beta2), decay},
        {"rho", o.rho, is_decay(o.rho), decay},
        {"epsilon", o.epsilon, o.epsilon > 0.0f, "a number above 0"},
        {"regularization", o.l1, o.l1 >= 0.0f, "0 or more"},
        {"regularization", o.l2, o.l2 >= 0.0f, "0 or more"},
    });
    if (!status.ok()) return status;
    const bool plain = o.kind != OptimizerOptions::Kind::sgd || o.momentum == 0.0f;
    if (o.nesterov && plain) {
        return Error{
            .place = "Nesterov momentum",
            .expected = "gradient descent (sgd) with a momentum above 0",
            .found = o.kind == OptimizerOptions::Kind::sgd ? "no momentum" : "another optimizer"};
    }
    return {};
}

Status check_schedule(const Schedule& schedule) {
    for (const SchedulePart& part : schedule) {
        const bool is_cosine = part.kind == SchedulePart::Kind::cosine;
        const bool is_step = part.kind == SchedulePart::Kind::step;
        const Status status = first_wrong({
            {"schedule, epochs", part.epochs, is_cosine || part.epochs > 0.0f, "a number above 0"},
            {"schedule, from", part.from, part.from >= 0.0f, "0 or more"},
            {"schedule, factor", part.factor, !is_step || part.factor > 0.0f, "a number above 0"},
            {"schedule, factor", part.factor,
             !is_cosine || (part.factor >= 0.0f && part.factor <= 1.0f), "0 to 1"},
        });
        if (!status.ok()) return status;
    }
    return {};
}

}  // namespace

bool changes_anything(const Augmentation& a) {
    return a.rotation_degrees != 0.0f || a.scale != 0.0f || a.shift != 0.0f ||
           a.time_shift != 0.0f || a.gain != 0.0f || a.background_share != 0.0f ||
           a.noise != 0.0f || a.mixup != 0.0f;
}

Status check_options(const TrainOptions& options, bool has_validation) {
    const auto complain = [](const char* place, const char* expected, const std::string& found) {
        return Error{.place = place, .expected = expected, .found = found};
    };
    if (options.epochs < 0) {
        return complain("epochs", "0 or more", std::to_string(options.epochs));
    }
    if (options.batch_size < 0) {
        return complain("batch size", "1 or more, or 0 for all samples at once",
                        std::to_string(options.batch_size));
    }
    if (!takes_targets(options.loss) && options.batch_size % 2 != 0) {
        return complain("batch size", "an even number, for samples that come in pairs",
                        std::to_string(options.batch_size));
    }
    for (const Status& status :
         {check_optimizer(options.optimizer), check_schedule(options.schedule)}) {
        if (!status.ok()) return status;
    }
    const LossOptions& loss = options.loss_options;
    const Status numbers = first_wrong({
        {"gradient clipping", options.clip_norm, options.clip_norm >= 0.0f, "0 or more"},
        {"Huber loss, delta", loss.huber_delta, loss.huber_delta > 0.0f, "a number above 0"},
        {"temperature", loss.temperature, loss.temperature > 0.0f, "a number above 0"},
        {"min_delta", options.min_delta, options.min_delta >= 0.0f, "0 or more"},
    });
    if (!numbers.ok()) return numbers;
    if (options.patience < 0) {
        return complain("patience", "0 or more", std::to_string(options.patience));
    }
    if (options.patience > 0 && !has_validation) {
        return complain("patience", "validation data for early stopping", "none");
    }
    return {};
}

}  // namespace whittle
