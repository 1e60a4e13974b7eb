#include "native/cli/bench_model.h"

#include <algorithm>
#include <set>

#include "core/base/platform/files.h"
#include "core/base/random.h"
#include "core/deploy/codegen.h"
#include "native/boards/emulator.h"
#include "native/boards/firmware_project.h"
#include "native/cli/json.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr const char* kName = "benched";

// Random numbers: floats within -1 ... 1, and any bytes.
std::vector<std::uint8_t> inputs_for(const Graph& graph) {
    Random random(1);
    std::vector<std::uint8_t> bytes;
    for (const int input : graph.inputs) {
        const Tensor& tensor = graph.tensor(input);
        if (tensor.dtype == DType::float32) {
            for (std::int64_t i = 0; i < tensor.elements(); ++i) {
                const float value = random.uniform(-1.0f, 1.0f);
                const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
                bytes.insert(bytes.end(), from, from + sizeof value);
            }
        } else {
            for (std::size_t i = 0; i < tensor.bytes(); ++i) {
                bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
            }
        }
    }
    return bytes;
}

Error cannot_tell(const Board& board, std::size_t expected, std::size_t found) {
    return {.place = std::string("board ") + board.name,
            .expected = std::to_string(expected) + " calls of kernels, one for each layer",
            .found = std::to_string(found),
            .hint =
                "Kernels of this model call each other, so that its layers cannot be counted "
                "apart; whittle run counts the whole."};
}

// Of a firmware in a folder that is gone afterwards.
Result<BoardProfile> profile(const Graph& graph,
                             const Board& board,
                             const Savings& savings,
                             const std::vector<std::string>& kernels) {
    const auto code = generate_c(graph, kName, savings, board.kernels);
    if (!code.ok()) return code.error();
    const auto folder = make_temporary_folder();
    if (!folder.ok()) return folder.error();
    const auto measured = [&]() -> Result<BoardProfile> {
        const auto project = write_firmware_project(*code, graph, kName, board, *folder);
        if (!project.ok()) return project.error();
        const auto build = build_firmware(*project);
        if (!build.ok()) return build.error();
        return profile_measured_firmware(board, build->measure_elf, inputs_for(graph), 1, kernels);
    };
    Result<BoardProfile> result = measured();
    remove_folder(*folder);
    return result;
}

double per_mac(const BenchedLayer& layer) {
    return layer.macs == 0 ? 0.0 : layer.amount / static_cast<double>(layer.macs);
}

std::int64_t total_macs(const ModelBench& bench) {
    std::int64_t macs = 0;
    for (const BenchedLayer& layer : bench.layers) macs += layer.macs;
    return macs;
}

}  // namespace

std::vector<BenchedLayer> layers_of(const Deployment& deployment) {
    std::vector<BenchedLayer> layers;
    for (std::size_t i = 0; i < deployment.ops.size(); ++i) {
        const Node& node = deployment.graph.nodes[i];
        layers.push_back({.op = definition_of(node.op).title,
                          .kernel = deployment.ops[i].kernel,
                          .output = to_string(deployment.graph.tensor(node.outputs[0]).shape),
                          .macs = cost_of(deployment.graph, node).macs});
    }
    return layers;
}

Result<ModelBench> bench_on_board(const Graph& graph, const Board& board, const Savings& savings) {
    const auto deployment =
        prepare_deployment(graph, InputsOutputs::with_caller, savings, board.kernels);
    if (!deployment.ok()) return deployment.error();
    ModelBench bench{
        .model = {},
        .place = board.name,
        .unit = "instructions",
        .how = std::string("instructions (not cycles) of one inference of the exported "
                           "firmware, ") +
               board.core + ", QEMU",
        .layers = layers_of(*deployment)};
    std::set<std::string> kernels;
    for (const BenchedLayer& layer : bench.layers) kernels.insert(layer.kernel);
    const auto profiled = profile(graph, board, savings, {kernels.begin(), kernels.end()});
    if (!profiled.ok()) return profiled.error();
    const std::vector<CallCount>& calls = profiled->calls;
    if (calls.size() != bench.layers.size()) {
        return cannot_tell(board, bench.layers.size(), calls.size());
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        bench.layers[i].amount = static_cast<double>(calls[i].instructions);
    }
    bench.total = static_cast<double>(profiled->run.mean_instructions());
    return bench;
}

std::string bench_text(const ModelBench& bench) {
    Table table({"layer", "op", "output", "MACs", bench.unit, "per MAC", "share"});
    table.right({0, 3, 4, 5, 6});
    const auto row = [&](std::string name, std::string op, std::string output, std::int64_t macs,
                         double amount) {
        table.add({std::move(name), std::move(op), std::move(output),
                   macs == 0 ? "" : thousands(macs),
                   thousands(static_cast<std::int64_t>(amount + 0.5)),
                   macs == 0 ? "" : format_text("%.2f", amount / static_cast<double>(macs)),
                   format_text("%.1f %%", 100.0 * amount / std::max(bench.total, 1.0))});
    };
    for (std::size_t i = 0; i < bench.layers.size(); ++i) {
        const BenchedLayer& layer = bench.layers[i];
        row(std::to_string(i), layer.op, layer.output, layer.macs, layer.amount);
    }
    row("", "total", "", total_macs(bench), bench.total);
    return printable(bench.model) + " on " + bench.place + ": " + bench.how + "\n" + table.text();
}

std::string bench_json(const ModelBench& bench) {
    Json layers = Json::array();
    for (const BenchedLayer& layer : bench.layers) {
        layers.push_back({{"op", layer.op},
                          {"kernel", layer.kernel},
                          {"output", layer.output},
                          {"macs", layer.macs},
                          {bench.unit, layer.amount},
                          {"per_mac", layer.macs == 0 ? Json() : Json(per_mac(layer))},
                          {"share", layer.amount / std::max(bench.total, 1.0)}});
    }
    return Json{{"model", bench.model},      {"on", bench.place},    {"unit", bench.unit},
                {"macs", total_macs(bench)}, {"total", bench.total}, {"layers", layers}}
        .document();
}

}  // namespace whittle::cli
