#include <cstdio>
#include <memory>
#include <optional>

#include "core/base/hash.h"
#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/train/recipe.h"
#include "core/train/trainer.h"
#include "native/cli/command.h"
#include "native/cli/evaluation.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/terminal.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

struct TrainCommand {
    std::string recipe;
    std::string data;
    std::string output;
    std::string checkpoint;
    std::string resume;
    std::optional<std::uint64_t> seed;
    std::optional<int> epochs;
    std::optional<int> batch_size;
    std::optional<float> learning_rate;
    bool list = false;
    bool layers = false;
    bool print = false;
    bool json = false;
};

Status list_recipes(bool json) {
    if (json) {
        Json recipes = Json::array();
        for (const Recipe& recipe : all_recipes()) {
            recipes.push_back({{"name", recipe.name},
                               {"description", recipe.description},
                               {"needs_data", recipe.needs_data}});
        }
        std::puts(Json{{"recipes", recipes}}.line().c_str());
        return {};
    }
    Table table({"recipe", "what it is", "data"});
    for (const Recipe& recipe : all_recipes()) {
        table.add(
            {recipe.name, recipe.description, recipe.needs_data ? "--data PATH" : "made here"});
    }
    std::fputs(table.text().c_str(), stdout);
    return {};
}

Status list_layers(bool json) {
    Json all = Json::array();
    Table table({"layer", "fields", "inputs"});
    for (const RecipeLayer& layer : recipe_layers()) {
        Json fields = Json::array();
        std::string text;
        for (const std::string_view field : layer.fields) {
            fields.push_back(std::string(field));
            text += (text.empty() ? "" : ", ") + std::string(field);
        }
        std::string inputs = std::to_string(layer.min_inputs);
        if (layer.max_inputs != layer.min_inputs) {
            inputs += " to " + std::to_string(layer.max_inputs);
        }
        all.push_back({{"name", std::string(layer.name)},
                       {"fields", fields},
                       {"min_inputs", layer.min_inputs},
                       {"max_inputs", layer.max_inputs}});
        table.add({std::string(layer.name), text, inputs});
    }
    std::fputs(json ? (Json{{"layers", all}}.line() + "\n").c_str() : table.text().c_str(), stdout);
    return {};
}

TrainOptions options_of(const TrainCommand& command, const Recipe& recipe) {
    TrainOptions options = recipe.options;
    if (command.seed) options.seed = *command.seed;
    if (command.epochs) options.epochs = *command.epochs;
    if (command.batch_size) options.batch_size = *command.batch_size;
    if (command.learning_rate) options.optimizer.learning_rate = *command.learning_rate;
    return options;
}

std::string epoch_text(const EpochReport& report) {
    std::string text = format_text("loss %.5f", static_cast<double>(report.train_loss));
    if (report.validation_loss == report.validation_loss) {
        text += format_text("  validation %.5f", static_cast<double>(report.validation_loss));
    }
    return text;
}

Json epoch_json(const EpochReport& report) {
    return {{"epoch", report.epoch},
            {"train_loss", report.train_loss},
            {"validation_loss", report.validation_loss},
            {"best", report.best}};
}

void print_start(const Recipe& recipe, const Cost& cost, const DataSplit& data) {
    std::printf("recipe      %s: %s\n", recipe.name.c_str(), recipe.description.c_str());
    std::printf("parameters  %s (%s bytes as float32)\n", thousands(cost.parameters).c_str(),
                thousands(cost.parameter_bytes).c_str());
    std::printf("samples     %s to train, %s to validate, %s to test\n",
                thousands(static_cast<std::int64_t>(data.train.size())).c_str(),
                thousands(static_cast<std::int64_t>(data.validation.size())).c_str(),
                thousands(static_cast<std::int64_t>(data.test.size())).c_str());
    std::fflush(stdout);
}

struct Outcome {
    std::uint64_t seed = 0;
    EpochReport last;
    Cost cost;
    Scores scores;
    std::string hash;
    double seconds = 0.0;
    bool stopped_early = false;
    std::int64_t file_bytes = 0;
};

void print_end(const TrainCommand& command, const Outcome& outcome) {
    std::printf("trained     %d epochs in %.2f s%s\n", outcome.last.epoch, outcome.seconds,
                outcome.stopped_early ? ", stopped early at the best validation loss" : "");
    std::printf("test        %s on %s samples never trained on\n", outcome.scores.text().c_str(),
                thousands(static_cast<std::int64_t>(outcome.scores.samples)).c_str());
    std::printf("weights     hash %s (the same on every machine)\n", outcome.hash.c_str());
    std::printf("written     %s, %s bytes\n", command.output.c_str(),
                thousands(outcome.file_bytes).c_str());
}

Json end_json(const TrainCommand& command, const Outcome& outcome) {
    return {{"recipe", command.recipe},
            {"seed", outcome.seed},
            {"epochs", outcome.last.epoch},
            {"stopped_early", outcome.stopped_early},
            {"parameters", outcome.cost.parameters},
            {"parameter_bytes", outcome.cost.parameter_bytes},
            {"test", outcome.scores.json()},
            {"weights_hash", outcome.hash},
            {"seconds", outcome.seconds},
            {"model", command.output},
            {"model_bytes", outcome.file_bytes}};
}

Status resume(const TrainCommand& command, Trainer& trainer) {
    if (command.resume.empty()) return {};
    const auto bytes = read_file(command.resume);
    if (!bytes.ok()) return bytes.status();
    return trainer.resume(*bytes).in_file(command.resume);
}

Result<Outcome> train(const TrainCommand& command,
                      const Recipe& recipe,
                      Graph& graph,
                      const DataSplit& data) {
    const TrainOptions options = options_of(command, recipe);
    const Dataset* validation = data.validation.size() > 0 ? &data.validation : nullptr;
    auto trainer = Trainer::make(graph, data.train, validation, options);
    if (!trainer.ok()) return trainer.status();
    if (const Status status = resume(command, **trainer); !status.ok()) return status;
    if (!command.json) print_start(recipe, cost_of(graph), data);
    const double began = monotonic_seconds();
    Status written;
    Progress progress(options.epochs, !command.json);
    const auto last = (*trainer)->run([&](const EpochReport& report) {
        if (command.json) {
            std::puts(epoch_json(report).line().c_str());
            std::fflush(stdout);
        }
        progress.update(report.epoch, epoch_text(report));
        if (!command.checkpoint.empty()) {
            written = write_file(command.checkpoint, (*trainer)->checkpoint());
        }
        return written.ok();
    });
    if (!last.ok()) return last.status();
    if (!written.ok()) return written;
    Outcome outcome;
    outcome.seed = options.seed;
    outcome.seconds = monotonic_seconds() - began;
    outcome.last = *last;
    outcome.last.epoch = (*trainer)->epoch();
    outcome.stopped_early = (*trainer)->stopped_early();
    outcome.cost = cost_of(graph);
    outcome.hash = to_hex(weights_hash(graph));
    const auto predictions = predict(graph, data.test);
    if (!predictions.ok()) return predictions.status();
    outcome.scores = score(*predictions, data);
    return outcome;
}

Status run_train(const TrainCommand& command) {
    if (command.list) return list_recipes(command.json);
    if (command.layers) return list_layers(command.json);
    const auto found = find_recipe(command.recipe);
    if (!found.ok()) return found.status();
    const Recipe& recipe = *found;
    if (command.print) {
        std::fputs(recipe.json().c_str(), stdout);
        return {};
    }
    const std::uint64_t seed = command.seed.value_or(recipe.options.seed);
    const auto path = command.data.empty() ? std::nullopt : std::optional(command.data);
    if (recipe.needs_data && !path) {
        return Error{"", "recipe '" + recipe.name + "'", "--data PATH", "none",
                     "what it needs: " + recipe.description};
    }
    const auto data = recipe.data(path, seed);
    if (!data.ok()) return data.status();
    Graph graph = recipe.model(seed);
    auto outcome = train(command, recipe, graph, *data);
    if (!outcome.ok()) return outcome.status();
    const auto bytes = save_model(command.output, graph);
    if (!bytes.ok()) return bytes.status();
    outcome->file_bytes = *bytes;
    if (command.json) {
        std::puts(end_json(command, *outcome).line().c_str());
    } else {
        print_end(command, *outcome);
    }
    return {};
}

}  // namespace

Command::Action declare_train(Arguments& arguments) {
    const auto command = std::make_shared<TrainCommand>();
    arguments.text("recipe", command->recipe,
                   {.value = "RECIPE",
                    .help = "what to train: a name (--list shows all), or a .json file",
                    .choices = recipe_names(),
                    .kind = "recipe",
                    .or_ending = ".json"});
    arguments.flag("--list", command->list, "list the recipes");
    arguments.flag("--layers", command->layers,
                   "list the layers that a recipe's \"layers\" can name, and their fields");
    arguments.flag("--print", command->print,
                   "print the recipe as JSON, to change it and to train the file");
    arguments.text("-o,--output", command->output,
                   {.value = "M.tflite", .help = "the .tflite file to write"});
    arguments.text("--data", command->data,
                   {.value = "PATH", .help = "data to use instead of generated ones"});
    arguments.number("--epochs", command->epochs, 1, 1'000'000,
                     {.value = "N", .help = "passes over the training data, at most"});
    arguments.number("--seed", command->seed,
                     {.value = "N",
                      .help = "decides data, first weights and order; the same seed gives the same "
                              "bits (default: the recipe's)"});
    arguments.number("--batch-size", command->batch_size, 0, 1'000'000,
                     {.value = "N", .help = "samples averaged for one step; 0 takes all of them"});
    arguments.positive("--learning-rate", command->learning_rate,
                       {.value = "X", .help = "how far a step goes"});
    arguments.text("--checkpoint", command->checkpoint,
                   {.value = "FILE", .help = "write all of the training's state after each epoch"});
    arguments.text(
        "--resume", command->resume,
        {.value = "FILE", .help = "go on from such a file, to the same bits as without the break"});
    arguments.flag("--json", command->json,
                   "print one JSON object a line: one for each epoch, then the result");
    arguments.rule([command]() -> std::string {
        if (command->list || command->layers) return "";
        if (command->recipe.empty()) return "RECIPE is required (--list shows all)";
        if (command->print) return "";
        if (command->output.empty()) return "-o M.tflite is required";
        return "";
    });
    return [command] { return run_train(*command); };
}

}  // namespace whittle::cli
