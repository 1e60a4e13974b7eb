#include "native/cli/bench_model.h"

#include <algorithm>
#include <set>

#include "core/base/platform/files.h"
#include "core/deploy/codegen.h"
#include "core/deploy/cost_model.h"
#include "native/boards/emulator.h"
#include "native/boards/firmware_project.h"
#include "native/cli/json.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr const char* kName = "benched";
#if defined(__EMSCRIPTEN__)
constexpr const char* kHere = "wasm";
#else
constexpr const char* kHere = "native";
#endif

Error cannot_tell(const Board& board, std::size_t expected, std::size_t found) {
    return {.place = std::string("board ") + board.name,
            .expected = std::to_string(expected) + " calls of kernels, those of its layers",
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
        return profile_measured_firmware(board, build->measure_elf, random_inputs(graph), 1,
                                         kernels);
    };
    Result<BoardProfile> result = measured();
    remove_folder(*folder);
    return result;
}

double per_mac(double amount, std::int64_t macs) { return amount / static_cast<double>(macs); }

std::int64_t total_macs(const ModelBench& bench) {
    std::int64_t macs = 0;
    for (const BenchedLayer& layer : bench.layers) macs += layer.macs;
    return macs;
}

// Without their amounts.
std::vector<BenchedLayer> benched_layers_of(const Deployment& deployment) {
    std::vector<BenchedLayer> layers;
    for (Layer& layer : layers_of(deployment)) layers.push_back({std::move(layer), 0.0});
    return layers;
}

}  // namespace

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
        .layers = benched_layers_of(*deployment)};
    std::set<std::string> kernels;
    std::vector<std::size_t> calls_of;  // each layer
    std::size_t expected = 0;
    for (const PreparedOp& op : deployment->ops) {
        kernels.insert(op.kernel);
        if (op.second) kernels.insert(op.second->kernel);
        // Two operators in turns call both kernels as often.
        calls_of.push_back(op.second ? 2 * static_cast<std::size_t>(turns_of(op)) : 1);
        expected += calls_of.back();
    }
    const auto profiled = profile(graph, board, savings, {kernels.begin(), kernels.end()});
    if (!profiled.ok()) return profiled.error();
    const std::vector<CallCount>& calls = profiled->calls;
    if (calls.size() != expected) return cannot_tell(board, expected, calls.size());
    std::size_t call = 0;
    for (std::size_t i = 0; i < bench.layers.size(); ++i) {
        for (const std::size_t end = call + calls_of[i]; call < end; ++call) {
            bench.layers[i].amount += static_cast<double>(calls[call].instructions);
        }
    }
    bench.total = static_cast<double>(profiled->run.mean_instructions());
    bench.whole = bench.total;
    return bench;
}

Result<ModelBench> bench_here(const Graph& graph,
                              InstructionSet set,
                              const Savings& savings,
                              int rounds) {
    const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, savings, set);
    if (!deployment.ok()) return deployment.error();
    auto program = Program::from_deployment(*deployment);
    if (!program.ok()) return program.error();
    const LayerTimes times = time_layers(*program, random_inputs(graph), rounds);
    ModelBench bench{.model = {},
                     .place = kHere,
                     .unit = "ns",
                     .how = format_text("times of one inference, one thread, medians of %d rounds; "
                                        "kernels for ",
                                        times.rounds) +
                            instruction_set_name(set),
                     .instruction_set = instruction_set_name(set),
                     .rounds = times.rounds,
                     .layers = benched_layers_of(*deployment),
                     .total = 1e9 * times.total};
    for (std::size_t i = 0; i < bench.layers.size(); ++i) {
        bench.layers[i].amount = 1e9 * times.layers[i];
        bench.whole += bench.layers[i].amount;
    }
    return bench;
}

std::string bench_text(const ModelBench& bench) {
    const bool timed = bench.unit == "ns";
    Table table({"layer", "op", "output", "MACs", timed ? "us" : bench.unit,
                 timed ? "MACs/ns" : "per MAC", "share"});
    table.right({0, 3, 4, 5, 6});
    const auto row = [&](std::string name, std::string op, std::string output, std::int64_t macs,
                         double amount, double whole) {
        const double speed =
            timed ? static_cast<double>(macs) / std::max(amount, 1e-3) : per_mac(amount, macs);
        table.add({std::move(name), std::move(op), std::move(output),
                   macs == 0 ? "" : thousands(macs),
                   timed ? format_text("%.2f", 1e-3 * amount)
                         : thousands(static_cast<std::int64_t>(amount + 0.5)),
                   macs == 0 ? "" : format_text("%.2f", speed),
                   format_text("%.1f %%", 100.0 * amount / std::max(whole, 1.0))});
    };
    for (std::size_t i = 0; i < bench.layers.size(); ++i) {
        const BenchedLayer& layer = bench.layers[i];
        row(std::to_string(i), layer.op, layer.output, layer.macs, layer.amount, bench.whole);
    }
    row("", "total", "", total_macs(bench), bench.total, bench.total);
    return printable(bench.model) + " on " + bench.place + ": " + bench.how + "\n" + table.text();
}

std::string bench_json(const ModelBench& bench) {
    Json layers = Json::array();
    for (const BenchedLayer& layer : bench.layers) {
        layers.push_back(
            {{"name", layer.name},
             {"op", layer.op},
             {"kernel", layer.kernel},
             {"output", layer.output},
             {"macs", layer.macs},
             {bench.unit, layer.amount},
             {"per_mac", layer.macs == 0 ? Json() : Json(per_mac(layer.amount, layer.macs))},
             {"share", layer.amount / std::max(bench.whole, 1.0)}});
    }
    Json json = {{"model", bench.model}, {"on", bench.place}, {"unit", bench.unit}};
    if (bench.rounds > 0) {
        json["simd"] = bench.instruction_set;
        json["rounds"] = bench.rounds;
    }
    json["macs"] = total_macs(bench);
    json["total"] = bench.total;
    json["layers"] = layers;
    return json.document();
}

}  // namespace whittle::cli
