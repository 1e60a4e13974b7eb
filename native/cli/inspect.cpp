#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "core/deploy/boards.h"
#include "core/deploy/program_image.h"
#include "native/cli/arena_drawing.h"
#include "native/cli/command.h"
#include "native/cli/inspect_boards.h"
#include "native/cli/json.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

struct InspectCommand {
    std::string model;
    SavingsOptions savings;
    bool json = false;
};

// A model seen three ways: as its file says, prepared for a board, and as the image that runs
// there.
struct Inspection {
    const ModelFile& model;
    Cost cost;
    // Empty, with the reason, when an operator has no kernel for its types.
    std::optional<Deployment> deployment;
    BoardFirmware firmware;  // with inputs and outputs in the main program's buffers
    std::int64_t image_bytes = 0;
    std::int64_t scratch_bytes = 0;  // that the arena takes more with this machine's kernels
    std::string not_deployable;
};

Inspection inspect(const ModelFile& model, const Savings& savings) {
    Inspection inspection{model, cost_of(model.graph), {}, {}, 0, 0, ""};
    auto deployment = prepare_deployment(model.graph, InputsOutputs::in_arena, savings);
    if (!deployment.ok()) {
        inspection.not_deployable = deployment.error().message();
        return inspection;
    }
    const auto image = make_program_image(*deployment);
    if (!image.ok()) {
        inspection.not_deployable = image.error().message();
        return inspection;
    }
    inspection.image_bytes = static_cast<std::int64_t>(image->size());
    inspection.deployment = std::move(deployment).value();
    inspection.scratch_bytes =
        prepare_deployment(model.graph, InputsOutputs::in_arena, savings, host_instruction_set())
            ->plan.arena_bytes -
        inspection.deployment->plan.arena_bytes;
    // Where operators stand does not change which kernels there are.
    for (const Board& board : all_boards()) {
        if (inspection.firmware.count(board.kernels) != 0) continue;
        inspection.firmware[board.kernels] =
            prepare_deployment(model.graph, InputsOutputs::with_caller, savings, board.kernels)
                .value();
    }
    return inspection;
}

std::string quantization_text(const Tensor& tensor) {
    const Quantization& q = tensor.quantization;
    if (q.empty()) return "";
    if (q.per_channel()) return std::to_string(q.scales.size()) + " scales";
    return format_text("scale %.6g, zero point %d", static_cast<double>(q.scales[0]),
                       static_cast<int>(q.zero_points[0]));
}

void print_tensors(const char* title, const Graph& graph, const std::vector<int>& tensors) {
    for (const int index : tensors) {
        const Tensor& tensor = graph.tensor(index);
        const std::string quantization = quantization_text(tensor);
        std::printf("%s%s  %s %s, %s bytes%s\n", title, printable(tensor.name).c_str(),
                    dtype_name(tensor.dtype), to_string(tensor.shape).c_str(),
                    thousands(static_cast<std::int64_t>(tensor.bytes())).c_str(),
                    quantization.empty() ? "" : (", " + quantization).c_str());
    }
}

// Weights that the file keeps in a narrower type than they run in.
std::int64_t widened_count(const Graph& graph) {
    return std::count_if(graph.tensors.begin(), graph.tensors.end(),
                         [](const Tensor& tensor) { return tensor.widened; });
}

void print_layers(const Inspection& inspection) {
    const Graph& graph = inspection.model.graph;
    Table table({"step", "operator", "output", "type", "parameters", "MACs"});
    table.right({0, 4, 5});
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        const Tensor& output = graph.tensor(node.outputs[0]);
        const Cost cost = cost_of(graph, node);
        table.add({std::to_string(i), definition_of(node.op).title, to_string(output.shape),
                   dtype_name(output.dtype), thousands(cost.parameters), thousands(cost.macs)});
    }
    const Cost& total = inspection.cost;
    table.add({"", "total", "", "", thousands(total.parameters), thousands(total.macs)});
    std::printf("\nLayers\n%s", table.text().c_str());
    std::printf("  parameters take %s bytes\n", thousands(total.parameter_bytes).c_str());
    if (const std::int64_t widened = widened_count(graph); widened > 0) {
        std::printf(
            "  widened: %s weight tensor%s in int8, int4 or float16 in the file, float32 here\n",
            thousands(widened).c_str(), widened == 1 ? "" : "s");
    }
}

void print_memory(const Inspection& inspection) {
    if (!inspection.deployment) {
        std::printf("\nNot deployable: %s\n", inspection.not_deployable.c_str());
        return;
    }
    const Deployment& deployment = *inspection.deployment;
    const ArenaPlan& plan = deployment.plan;
    std::printf("\nArena: %s bytes; no plan can need less than %s%s%s\n",
                thousands(plan.arena_bytes).c_str(), thousands(plan.lower_bound_bytes).c_str(),
                plan.arena_bytes == plan.lower_bound_bytes ? ": proved optimal" : "",
                scratch_text(inspection.scratch_bytes).c_str());
    std::fputs(arena_table(deployment.graph, deployment.lifetimes, plan).c_str(), stdout);
    std::printf("\n%s", draw_arena(deployment.lifetimes, plan,
                                   static_cast<int>(deployment.graph.nodes.size()))
                            .c_str());
    std::printf("\nThe interpreter's program image: %s bytes\n",
                thousands(inspection.image_bytes).c_str());
    std::fputs(boards_text(inspection.firmware).c_str(), stdout);
}

Json tensors_json(const Graph& graph, const std::vector<int>& tensors) {
    Json json = Json::array();
    for (const int index : tensors) {
        const Tensor& tensor = graph.tensor(index);
        Json entry = {{"name", tensor.name},
                      {"dtype", dtype_name(tensor.dtype)},
                      {"shape", tensor.shape},
                      {"bytes", tensor.bytes()}};
        if (tensor.quantization.scales.size() == 1) {
            entry["scale"] = tensor.quantization.scales[0];
            entry["zero_point"] = tensor.quantization.zero_points[0];
        }
        json.push_back(std::move(entry));
    }
    return json;
}

Json layers_json(const Graph& graph) {
    Json layers = Json::array();
    for (const Node& node : graph.nodes) {
        const Tensor& output = graph.tensor(node.outputs[0]);
        const Cost cost = cost_of(graph, node);
        layers.push_back({{"operator", definition_of(node.op).name},
                          {"output", output.name},
                          {"shape", output.shape},
                          {"dtype", dtype_name(output.dtype)},
                          {"parameters", cost.parameters},
                          {"parameter_bytes", cost.parameter_bytes},
                          {"macs", cost.macs}});
    }
    return layers;
}

Json arena_json(const Deployment& deployment) {
    Json buffers = Json::array();
    for (std::size_t i = 0; i < deployment.lifetimes.buffers.size(); ++i) {
        const Buffer& buffer = deployment.lifetimes.buffers[i];
        buffers.push_back({{"tensor", buffer_name(deployment.graph, deployment.lifetimes, i)},
                           {"bytes", buffer.bytes},
                           {"offset", deployment.plan.offsets[i]},
                           {"first_step", buffer.first_step},
                           {"last_step", buffer.last_step}});
    }
    return {{"bytes", deployment.plan.arena_bytes},
            {"lower_bound_bytes", deployment.plan.lower_bound_bytes},
            {"proved_optimal", deployment.plan.arena_bytes == deployment.plan.lower_bound_bytes},
            {"buffers", buffers}};
}

Json json_of(const Inspection& inspection) {
    const Graph& graph = inspection.model.graph;
    Json json = {{"model_bytes", inspection.model.bytes},
                 {"inputs", tensors_json(graph, graph.inputs)},
                 {"outputs", tensors_json(graph, graph.outputs)},
                 {"layers", layers_json(graph)},
                 {"widened_tensors", widened_count(graph)},
                 {"parameters", inspection.cost.parameters},
                 {"parameter_bytes", inspection.cost.parameter_bytes},
                 {"macs", inspection.cost.macs}};
    if (!inspection.deployment) {
        json["not_deployable"] = inspection.not_deployable;
        return json;
    }
    json["arena"] = arena_json(*inspection.deployment);
    json["arena"]["fast_kernels_scratch_bytes"] = inspection.scratch_bytes;
    json["image_bytes"] = inspection.image_bytes;
    json["boards"] = boards_json(inspection.firmware);
    return json;
}

Status run_inspect(const InspectCommand& command) {
    const auto model = load_model(command.model);
    if (!model.ok()) return model.status();
    const Inspection inspection = inspect(*model, command.savings.chosen());
    if (command.json) {
        std::puts(json_of(inspection).document().c_str());
        return {};
    }
    std::printf("%s, %s bytes\n", command.model.c_str(), thousands(model->bytes).c_str());
    print_tensors("input   ", model->graph, model->graph.inputs);
    print_tensors("output  ", model->graph, model->graph.outputs);
    print_layers(inspection);
    print_memory(inspection);
    return {};
}

}  // namespace

Command::Action declare_inspect(Arguments& arguments) {
    const auto command = std::make_shared<InspectCommand>();
    add_model_argument(arguments, command->model);
    add_savings_options(arguments, command->savings);
    add_json_flag(arguments, command->json);
    return [command] { return run_inspect(*command); };
}

}  // namespace whittle::cli
