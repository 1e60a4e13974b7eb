#include "core/train/recipe_training.h"

#include <array>
#include <nlohmann/json.hpp>

namespace whittle {
namespace {

using Json = nlohmann::json;
using Kind = OptimizerOptions::Kind;

constexpr JsonRange kRate = {1e-9, 1e6};
constexpr JsonRange kDecay = {0.0, 0.999999};
constexpr double kLargestSeed = 9007199254740992.0;  // 2^53: exact in every JSON reader

constexpr std::array kLosses = {Loss::mean_squared_error,
                                Loss::half_squared_error,
                                Loss::mean_absolute_error,
                                Loss::binary_cross_entropy,
                                Loss::softmax_cross_entropy,
                                Loss::huber,
                                Loss::normalized_temperature_cross_entropy};

void read_loss(JsonFields& recipe, TrainOptions& options) {
    std::array<std::string_view, kLosses.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = loss_name(kLosses[i]);
    options.loss = kLosses[recipe.choice("loss", names)];
    LossOptions& loss = options.loss_options;
    loss.huber_delta = recipe.number("huber_delta", {1e-9, 1e9}, loss.huber_delta);
    loss.temperature = recipe.number("temperature", {1e-3, 1e3}, loss.temperature);
    options.targets.label_smoothing = recipe.number("label_smoothing", kDecay, 0.0f);
    options.targets.class_weights = recipe.numbers("class_weights", {1e-6, 1e6});
}

// What an optimizer is called, and the fields that it has besides learning_rate, l1 and l2.
struct NamedOptimizer {
    std::string_view name;
    Kind kind;
    std::vector<std::string_view> fields;
};

const std::vector<NamedOptimizer>& optimizers() {
    static const std::vector<NamedOptimizer> all = {
        {"sgd", Kind::sgd, {"momentum"}},
        {"nesterov", Kind::sgd, {"momentum"}},
        {"adam", Kind::adam, {"beta1", "beta2", "epsilon"}},
        {"adamw", Kind::adam, {"beta1", "beta2", "epsilon", "weight_decay"}},
        {"rmsprop", Kind::rmsprop, {"momentum", "rho", "epsilon"}},
    };
    return all;
}

OptimizerOptions read_optimizer(JsonFields& recipe) {
    OptimizerOptions options;
    const Json* value = recipe.require("optimizer", "an object with \"kind\"");
    if (value == nullptr) return options;
    std::vector<std::string_view> names, given;
    for (const NamedOptimizer& optimizer : optimizers()) names.push_back(optimizer.name);
    if (value->is_object()) {
        for (const auto& [name, field] : value->items()) given.push_back(name);
    }
    JsonFields any(*value, recipe.place("optimizer"), given, recipe.problem());
    const NamedOptimizer& named = optimizers()[any.choice("kind", names)];
    std::vector<std::string_view> known = named.fields;
    known.insert(known.end(), {"kind", "learning_rate", "l1", "l2"});
    JsonFields fields(*value, recipe.place("optimizer"), known, recipe.problem());
    options.kind = named.kind;
    options.nesterov = named.name == "nesterov";
    options.learning_rate = fields.number("learning_rate", kRate);
    options.momentum = options.nesterov ? fields.number("momentum", {1e-6, 0.999999})
                                        : fields.number("momentum", kDecay, 0.0f);
    options.beta1 = fields.number("beta1", kDecay, options.beta1);
    options.beta2 = fields.number("beta2", kDecay, options.beta2);
    options.rho = fields.number("rho", kDecay, options.rho);
    options.epsilon = fields.number("epsilon", {1e-30, 1.0}, options.epsilon);
    options.l1 = fields.number("l1", {0.0, 1e3}, 0.0f);
    options.l2 = fields.number("l2", {0.0, 1e3}, 0.0f);
    if (named.name == "adamw") options.l2 += fields.number("weight_decay", {0.0, 1e3});
    return options;
}

Augmentation read_augmentation(JsonFields& recipe) {
    Augmentation augmentation;
    const Json* value = recipe.find("augmentation");
    if (value == nullptr) return augmentation;
    JsonFields fields(
        *value, "augmentation",
        {"rotation_degrees", "scale", "shift", "time_shift", "gain", "noise", "mixup"},
        recipe.problem());
    augmentation.rotation_degrees = fields.number("rotation_degrees", {0.0, 180.0}, 0.0f);
    augmentation.scale = fields.number("scale", {0.0, 10.0}, 0.0f);
    augmentation.shift = fields.number("shift", {0.0, 1000.0}, 0.0f);
    augmentation.time_shift = fields.number("time_shift", {0.0, 1.0}, 0.0f);
    augmentation.gain = fields.number("gain", {0.0, 1000.0}, 0.0f);
    augmentation.noise = fields.number("noise", {0.0, 1e6}, 0.0f);
    if (fields.has("mixup")) augmentation.mixup = fields.number("mixup", {0.01, 1.0});
    return augmentation;
}

constexpr std::array<std::string_view, 3> kSchedules = {"warm-up", "step", "cosine"};

SchedulePart read_schedule_part(const Json& value, const std::string& place, JsonProblem& problem) {
    constexpr JsonRange kEpochs = {1e-3, 1e6};
    JsonFields fields(value, place, {"kind", "epochs", "factor", "from"}, problem);
    SchedulePart part;
    switch (fields.choice("kind", kSchedules)) {
        case 0: {
            JsonFields warm_up(value, place, {"kind", "epochs"}, problem);
            part.kind = SchedulePart::Kind::warm_up;
            part.epochs = warm_up.number("epochs", kEpochs);
            break;
        }
        case 1: {
            JsonFields step(value, place, {"kind", "epochs", "factor"}, problem);
            part.kind = SchedulePart::Kind::step;
            part.epochs = step.number("epochs", kEpochs);
            part.factor = step.number("factor", {1e-6, 1e6});
            break;
        }
        default: {
            JsonFields cosine(value, place, {"kind", "from", "factor"}, problem);
            part.kind = SchedulePart::Kind::cosine;
            part.from = cosine.number("from", {0.0, 1e6}, 0.0f);
            part.factor = cosine.number("factor", {0.0, 1.0}, 0.0f);
            break;
        }
    }
    return part;
}

Schedule read_schedule(JsonFields& recipe) {
    constexpr std::size_t kMaxParts = 20;
    Schedule schedule;
    const Json* value = recipe.find("schedule");
    if (value == nullptr) return schedule;
    if (!value->is_array() || value->size() > kMaxParts) {
        recipe.problem().report("schedule", "a list of at most 20 parts", *value);
        return schedule;
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
        schedule.push_back(
            read_schedule_part((*value)[i], json_item_place("schedule", i), recipe.problem()));
    }
    return schedule;
}

}  // namespace

std::vector<std::string_view> recipe_field_names() {
    return {"name",
            "description",
            "data",
            "input",
            "layers",
            "output",
            "initialization",
            "loss",
            "huber_delta",
            "temperature",
            "label_smoothing",
            "class_weights",
            "optimizer",
            "schedule",
            "clip_norm",
            "epochs",
            "batch",
            "shuffle",
            "patience",
            "min_delta",
            "seed",
            "augmentation",
            "quantization"};
}

TrainOptions read_recipe_training(JsonFields& recipe) {
    TrainOptions options;
    read_loss(recipe, options);
    options.optimizer = read_optimizer(recipe);
    options.augmentation = read_augmentation(recipe);
    options.schedule = read_schedule(recipe);
    options.clip_norm = recipe.number("clip_norm", {0.0, 1e9}, 0.0f);
    options.epochs = static_cast<int>(recipe.whole("epochs", {1, 1'000'000}));
    options.batch_size = static_cast<int>(recipe.whole("batch", {0, 1'000'000}, 32));
    options.shuffle = recipe.flag("shuffle", true);
    options.patience = static_cast<int>(recipe.whole("patience", {0, 1'000'000}, 0));
    options.min_delta = recipe.number("min_delta", {0.0, 1e9}, 0.0f);
    options.seed = static_cast<std::uint64_t>(recipe.whole("seed", {0, kLargestSeed}, 1));
    if (!takes_targets(options.loss) && options.batch_size % 2 != 0) {
        recipe.problem().report({.place = "batch",
                                 .expected = "an even number, for samples that come in pairs",
                                 .found = std::to_string(options.batch_size)});
    }
    return options;
}

RecipeQuantization read_recipe_quantization(JsonFields& recipe) {
    RecipeQuantization quantization;
    const Json* value = recipe.find("quantization");
    if (value == nullptr) return quantization;
    JsonFields fields(*value, "quantization", {"per_channel", "float_io"}, recipe.problem());
    quantization.per_channel = fields.flag("per_channel", true);
    quantization.float_io = fields.flag("float_io", false);
    return quantization;
}

}  // namespace whittle
