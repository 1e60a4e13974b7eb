#include "lessons/22-counting-cost/lab.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <string_view>

#include "core/base/random.h"
#include "core/compress/quantize.h"
#include "core/deploy/board_fit.h"
#include "core/deploy/cost_model.h"
#include "core/deploy/program_image.h"
#include "lessons/kit/numbers.h"

namespace whittle {

namespace {

constexpr std::uint64_t kSampleSeed = 1;

// What is counted does not depend on the sample; the scales of the activations do.
Graph quantized(const Graph& graph, const Shape& input) {
    Random random(kSampleSeed);
    std::vector<float> sample(static_cast<std::size_t>(element_count(input)));
    for (float& value : sample) value = random.uniform(-1.0f, 1.0f);
    Result<Graph> small = quantize_int8(graph, sample);
    assert(small.ok() && "these nets have int8 kernels");
    return std::move(small).value();
}

// Without the batch: "16 x 16 x 8".
std::string shape_text(const Shape& shape) {
    std::string text;
    for (std::size_t i = 1; i < shape.size(); ++i) {
        text += (i > 1 ? " x " : "") + std::to_string(shape[i]);
    }
    return text;
}

double share(std::int64_t bytes, std::int64_t of) {
    return of > 0 ? 100.0 * static_cast<double>(bytes) / static_cast<double>(of) : kNothing;
}

double or_nothing(const std::optional<std::int64_t>& number) {
    return number ? static_cast<double>(*number) : kNothing;
}

}  // namespace

NetDesign CountingCostLab::design() const {
    const auto whole = [this](std::size_t parameter) {
        return static_cast<std::int32_t>(value(parameter));
    };
    return {.kind = static_cast<NetDesign::Kind>(whole(kind_)),
            .inputs = whole(inputs_),
            .units = whole(units_),
            .side = whole(side_),
            .channels = whole(channels_),
            .filters = whole(filters_),
            .layers = whole(count_),
            .classes = whole(classes_)};
}

void CountingCostLab::reset() {
    NetDesign wanted = design();
    Graph graph = make_design(wanted);
    const Cost cost = cost_of(graph);
    parameters_ = cost.parameters;
    macs_ = cost.macs;
    layers_.clear();
    for (const Node& node : graph.nodes) {
        const Cost own = cost_of(graph, node);
        layers_.push_back({std::to_string(layers_.size() + 1) + " " + definition_of(node.op).name,
                           shape_text(graph.tensor(node.outputs.front()).shape), own.parameters,
                           own.macs});
    }
    plain_macs_ = macs_;
    if (wanted.kind == NetDesign::Kind::separable) {
        wanted.kind = NetDesign::Kind::conv;
        plain_macs_ = cost_of(make_design(wanted)).macs;
    }
    if (int8()) graph = quantized(graph, wanted.input_shape());
    parameter_bytes_ = cost_of(graph).parameter_bytes;
    const auto deployment = prepare_deployment(graph, InputsOutputs::in_arena);
    const auto apart = prepare_deployment(graph, InputsOutputs::in_arena, Savings::none());
    assert(deployment.ok() && apart.ok() && "these nets have kernels");
    const auto image = make_program_image(*deployment);
    assert(image.ok());
    arena_bytes_ = deployment->plan.arena_bytes;
    kept_apart_bytes_ = apart->plan.arena_bytes;
    image_bytes_ = static_cast<std::int64_t>(image->size());
    predict(graph);
}

// Boards with the same kernels run the same deployment.
void CountingCostLab::predict(const Graph& graph) {
    std::map<InstructionSet, Deployment> deployments;
    fits_.clear();
    for (const Board& board : all_boards()) {
        const auto known = deployments.find(board.kernels);
        if (known == deployments.end()) {
            auto made = prepare_deployment(graph, InputsOutputs::with_caller, {}, board.kernels);
            assert(made.ok());
            deployments.emplace(board.kernels, std::move(made).value());
        }
        const Deployment& deployment = deployments.at(board.kernels);
        const FirmwareCost cost = firmware_cost(deployment, board);
        const BoardFit fit = fit_on_board(deployment, cost, board);
        fits_.push_back({&board, fit.ram_bytes, fit.flash_bytes, cost.stack_bytes,
                         cost.instructions, estimated_seconds(cost, board), fit.missing_ram == 0,
                         fit.missing_flash == 0});
    }
}

// Neither the board nor a count changes the net.
void CountingCostLab::changed(std::size_t parameter) {
    if (parameter == board_ || parameter == guessed_parameters_ || parameter == guessed_macs_)
        return;
    Lab::changed(parameter);
}

bool CountingCostLab::fits_on(const char* board) const {
    return std::any_of(fits_.begin(), fits_.end(), [&](const Fit& fit) {
        return std::string_view(fit.board->name) == board && fit.both();
    });
}

void CountingCostLab::update() {
    const Fit& fit = chosen_fit();
    const auto boards =
        std::count_if(fits_.begin(), fits_.end(), [](const Fit& other) { return other.both(); });
    const bool counted = value(guessed_parameters_) == static_cast<double>(parameters_);
    const bool multiplied = value(guessed_macs_) == static_cast<double>(macs_);
    set_readout(shown_.parameters, static_cast<double>(parameters_));
    set_readout(shown_.weight_bytes, static_cast<double>(parameter_bytes_));
    set_readout(shown_.macs, static_cast<double>(macs_));
    set_readout(shown_.saving, static_cast<double>(plain_macs_) / static_cast<double>(macs_));
    set_readout(shown_.arena, static_cast<double>(arena_bytes_));
    set_readout(shown_.kept_apart, static_cast<double>(kept_apart_bytes_));
    set_readout(shown_.image, static_cast<double>(image_bytes_));
    set_readout(shown_.ram, static_cast<double>(fit.ram_bytes));
    set_readout(shown_.flash, static_cast<double>(fit.flash_bytes));
    set_readout(shown_.stack, or_nothing(fit.stack_bytes));
    set_readout(shown_.instructions, or_nothing(fit.instructions));
    set_readout(shown_.predicted_time, fit.seconds ? 1000.0 * *fit.seconds : kNothing);
    set_readout(shown_.ram_share, share(fit.ram_bytes, fit.board->usable_ram_bytes));
    set_readout(shown_.flash_share, share(fit.flash_bytes, flash_of(*fit.board)));
    set_readout(shown_.fits, fit.both() ? 3 : fit.ram ? 2 : fit.flash ? 1 : 0);
    set_readout(shown_.boards, static_cast<double>(boards));
    set_readout(shown_.time,
                1000.0 * static_cast<double>(macs_) / static_cast<double>(fit.board->clock_hz));
    set_readout(shown_.guess, (counted ? 1 : 0) + (multiplied ? 2 : 0));
}

}  // namespace whittle
