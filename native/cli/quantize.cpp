#include "core/compress/quantize.h"

#include <cstdio>
#include <memory>

#include "core/deploy/program_image.h"
#include "core/train/recipe.h"
#include "native/cli/command.h"
#include "native/cli/evaluation.h"
#include "native/cli/model_data.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

struct QuantizeCommand {
    std::string model;
    std::string output;
    DataOptions data;
    bool per_tensor = false;
    bool float_io = false;
    bool json = false;
};

// What a model costs and how good it is.
struct Figures {
    std::int64_t file_bytes = 0;
    Cost cost;
    std::int64_t arena_bytes = 0;
    Scores scores;
};

Result<Figures> figures_of(const Graph& graph, std::int64_t file_bytes, const DataSplit& data) {
    // As on a board.
    const auto program = Program::from_graph(graph, {}, InstructionSet::reference);
    if (!program.ok()) return program.status();
    auto scores = evaluate_model(graph, data);
    if (!scores.ok()) return scores.status();
    return Figures{file_bytes, cost_of(graph), static_cast<std::int64_t>(program->arena_bytes()),
                   std::move(scores).value()};
}

// All training samples, one after another, as far as they help: 1,000 say enough about the ranges.
std::vector<float> representative_values(const Dataset& train) {
    std::vector<std::uint32_t> indices(std::min<std::size_t>(train.size(), 1000));
    for (std::uint32_t i = 0; i < indices.size(); ++i) indices[i] = i;
    std::vector<float> values(indices.size() * train.feature_count());
    train.gather_features(indices, values);
    return values;
}

// As the recipe says, and what the command line adds.
Result<QuantizeOptions> options_of(const QuantizeCommand& command) {
    RecipeQuantization wanted;
    if (!command.data.recipe.empty()) {
        const auto recipe = find_recipe(command.data.recipe);
        if (!recipe.ok()) return recipe.status();
        wanted = recipe->quantization;
    }
    return QuantizeOptions{wanted.per_channel && !command.per_tensor,
                           wanted.float_io || command.float_io};
}

void print_table(const Figures& before, const Figures& after) {
    Table table({"", "before", "after", "ratio"});
    table.right({1, 2, 3});
    const auto add = [&table](const char* name, std::int64_t a, std::int64_t b) {
        const double ratio = a == 0 ? 0.0 : static_cast<double>(b) / static_cast<double>(a);
        table.add({name, thousands(a), thousands(b), format_text("%.2f", ratio)});
    };
    add(".tflite bytes", before.file_bytes, after.file_bytes);
    add("parameter bytes", before.cost.parameter_bytes, after.cost.parameter_bytes);
    add("arena bytes", before.arena_bytes, after.arena_bytes);
    add("MACs", before.cost.macs, after.cost.macs);
    table.add({"test", before.scores.text(), after.scores.text(), ""});
    std::fputs(table.text().c_str(), stdout);
}

Json json_of(const Figures& figures) {
    return {{"model_bytes", figures.file_bytes},
            {"parameters", figures.cost.parameters},
            {"parameter_bytes", figures.cost.parameter_bytes},
            {"arena_bytes", figures.arena_bytes},
            {"macs", figures.cost.macs},
            {"test", figures.scores.json()}};
}

Status run_quantize(const QuantizeCommand& command) {
    const auto model = load_model(command.model);
    if (!model.ok()) return model.status();
    const auto data = load_data(command.data, model->graph);
    if (!data.ok()) return data.status();
    const auto options = options_of(command);
    if (!options.ok()) return options.status();
    const auto quantized =
        quantize_int8(model->graph, representative_values(data->train), *options);
    if (!quantized.ok()) return quantized.status().in_file(command.model);
    const auto bytes = save_model(command.output, *quantized);
    if (!bytes.ok()) return bytes.status();
    const auto before = figures_of(model->graph, model->bytes, *data);
    if (!before.ok()) return before.status().in_file(command.model);
    const auto after = figures_of(*quantized, *bytes, *data);
    if (!after.ok()) return after.status().in_file(command.output);
    if (command.json) {
        const Json json = {
            {"before", json_of(*before)}, {"after", json_of(*after)}, {"model", command.output}};
        std::puts(json.document().c_str());
        return {};
    }
    print_table(*before, *after);
    std::printf("written  %s\n", command.output.c_str());
    return {};
}

}  // namespace

Command::Action declare_quantize(Arguments& arguments) {
    const auto command = std::make_shared<QuantizeCommand>();
    add_model_argument(arguments, command->model);
    arguments.text("-o,--output", command->output,
                   {.value = "N.tflite", .help = "the .tflite file to write", .required = true});
    add_data_options(arguments, command->data);
    arguments.flag("--per-tensor", command->per_tensor,
                   "one scale for each weight tensor instead of one for each of its rows");
    arguments.flag("--float-io", command->float_io, "keep float32 inputs and outputs");
    add_json_flag(arguments, command->json);
    return [command] { return run_quantize(*command); };
}

}  // namespace whittle::cli
