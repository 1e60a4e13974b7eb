// The demo's first chapters: data, training, quantization, the plan of the memory.

#include <algorithm>
#include <cstdio>

#include "core/base/hash.h"
#include "core/base/platform/process.h"
#include "core/compress/quantize.h"
#include "core/deploy/tflite_file.h"
#include "core/train/recipe.h"
#include "core/train/trainer.h"
#include "native/cli/arena_drawing.h"
#include "native/cli/demo.h"
#include "native/cli/evaluation.h"
#include "native/cli/model_file.h"
#include "native/cli/plot.h"

namespace whittle::cli {
namespace {

constexpr float kTwoPi = 6.2831853f;
constexpr int kPlotHeight = 13;

std::string count(std::size_t value) { return thousands(static_cast<std::int64_t>(value)); }

// One sample for each column of the plot, without targets.
Dataset curve_samples(int columns) {
    Dataset samples;
    samples.feature_shape = {1};
    samples.target_shape = {1};
    std::vector<float> x;
    for (int i = 0; i < columns; ++i) {
        x.push_back(kTwoPi * (static_cast<float>(i) + 0.5f) / static_cast<float>(columns));
    }
    samples.targets.assign(x.size(), 0.0f);
    samples.features = std::move(x);
    return samples;
}

bool worth_a_line(int epoch) {
    for (const int shown : {1, 2, 5, 10, 20, 50}) {
        if (epoch == shown) return true;
    }
    return epoch % 100 == 0;
}

}  // namespace

Status Demo::make_data() {
    auto data = recipe_named("sine")->data(std::nullopt, seed_);
    if (!data.ok()) return data.status();
    data_ = std::move(data).value();
    const std::size_t all = data_.train.size() + data_.validation.size() + data_.test.size();
    title("Noisy data");
    say(count(all) + " points of y = sin x, each off by random noise of standard deviation 0.1. " +
        count(data_.train.size()) + " to learn from, " + count(data_.validation.size()) +
        " to judge progress by, and " + count(data_.test.size()) +
        " held back for the end, to see whether the net has understood or only memorised.");
    report_["samples"] = {{"train", data_.train.size()},
                          {"validation", data_.validation.size()},
                          {"test", data_.test.size()}};
    return {};
}

Status Demo::train_float() {
    const Recipe& recipe = *recipe_named("sine");
    float_graph_ = recipe.model(seed_);
    const Cost cost = cost_of(float_graph_);
    title("Training in floating point");
    say("A net of layers 1-16-16-1: " + thousands(cost.parameters) + " parameters, " +
        thousands(cost.parameter_bytes) +
        " bytes as float32. It starts with random weights; every step nudges each of them in the "
        "direction that makes the error smaller.");
    TrainOptions options = recipe.options;
    options.seed = seed_;
    auto trainer = Trainer::make(float_graph_, data_.train, &data_.validation, options);
    if (!trainer.ok()) return trainer.status();
    const double began = monotonic_seconds();
    {
        Progress progress(options.epochs, !json_ && stderr_is_terminal());
        const auto last = (*trainer)->run([&](const EpochReport& report) {
            progress.update(report.epoch, "");
            if (worth_a_line(report.epoch) && !stderr_is_terminal()) {
                show(format_text("    epoch %3d  loss %.4f  validation %.4f\n", report.epoch,
                                 static_cast<double>(report.train_loss),
                                 static_cast<double>(report.validation_loss)));
            }
            return true;
        });
        if (!last.ok()) return last.status();
    }
    const std::string hash = to_hex(weights_hash(float_graph_));
    const int columns = std::min(62, width_ - 12);
    const auto curve = curve_samples(columns);
    const auto scores = evaluate_model(float_graph_, data_);
    const auto predictions = predict_with_program(float_graph_, curve);
    if (!scores.ok()) return scores.status();
    if (!predictions.ok()) return predictions.status();
    say(format_text("%d epochs in %.2f s. The noisy points and what the net now answers:",
                    (*trainer)->epoch(), monotonic_seconds() - began));
    show(draw_plot({std::get<std::vector<float>>(data_.test.features), data_.test.targets},
                   {std::get<std::vector<float>>(curve.features), *predictions}, columns,
                   kPlotHeight, style_));
    say(format_text("RMSE on the held-out noisy points: %.4f. ", scores->rmse) +
        "The noise alone makes 0.1; less than that can only be luck.");
    say("Hash of all weights: " + hash + ". The same seed gives these very bits on every machine.");
    report_["parameters"] = cost.parameters;
    report_["float_parameter_bytes"] = cost.parameter_bytes;
    report_["float_rmse"] = scores->rmse;
    report_["weights_hash"] = hash;
    return {};
}

Status Demo::quantize() {
    const auto& features = std::get<std::vector<float>>(data_.train.features);
    auto quantized = quantize_int8(float_graph_, features);
    if (!quantized.ok()) return quantized.status();
    int8_graph_ = std::move(quantized).value();
    const auto before = evaluate_model(float_graph_, data_);
    const auto after = evaluate_model(int8_graph_, data_);
    if (!before.ok()) return before.status();
    if (!after.ok()) return after.status();
    const auto float_file = write_tflite(float_graph_);
    const auto int8_file = write_tflite(int8_graph_);
    const std::int64_t float_bytes = cost_of(float_graph_).parameter_bytes;
    const std::int64_t int8_bytes = cost_of(int8_graph_).parameter_bytes;
    title("Whittling: from float32 to int8");
    say("Small microcontrollers have little memory and often no floating point at all. So every "
        "number becomes a whole one from -128 to 127, with one scale for each tensor that says "
        "what "
        "a step is worth.");
    Table table({"", "float32", "int8"});
    table.right({1, 2});
    table.add({"parameter bytes", thousands(float_bytes), thousands(int8_bytes)});
    table.add({"bytes of the .tflite file", count(float_file.size()), count(int8_file.size())});
    table.add({"RMSE on held-out points", format_text("%.4f", before->rmse),
               format_text("%.4f", after->rmse)});
    show("\n" + table.text() + "\n");
    say(format_text("The error changes by %+.2f %%. ", 100.0 * (after->rmse / before->rmse - 1.0)) +
        "Biases keep 32 bits. A .tflite file also names and describes everything, which outweighs "
        "so small a net; a board gets the parameters alone.");
    report_["int8_parameter_bytes"] = int8_bytes;
    report_["float_model_bytes"] = float_file.size();
    report_["int8_model_bytes"] = int8_file.size();
    report_["int8_rmse"] = after->rmse;
    report_["rmse_ratio"] = after->rmse / before->rmse;
    if (folder_.empty()) return {};
    for (const auto& [name, graph] :
         {std::pair("sine.tflite", &float_graph_), std::pair("sine_int8.tflite", &int8_graph_)}) {
        const auto saved = save_model(folder_ + "/" + name, *graph);
        if (!saved.ok()) return saved.status();
    }
    return {};
}

Status Demo::plan_memory() {
    const auto deployment = prepare_deployment(int8_graph_, InputsOutputs::in_arena);
    if (!deployment.ok()) return deployment.status();
    const ArenaPlan& plan = deployment->plan;
    title("The arena: one piece of memory for all that flows through the net");
    say("A tensor is needed from the step that makes it to the last that reads it. Two that are "
        "never needed at the same time may share bytes. Planned before anything runs:");
    show("\n" + arena_table(deployment->graph, deployment->lifetimes, plan));
    show("\n" +
         draw_arena(deployment->lifetimes, plan, static_cast<int>(deployment->graph.nodes.size())) +
         "\n");
    say(thousands(plan.arena_bytes) + " bytes; no plan can need less than " +
        thousands(plan.lower_bound_bytes) + ".");
    report_["arena_bytes"] = plan.arena_bytes;
    report_["arena_lower_bound_bytes"] = plan.lower_bound_bytes;
    return {};
}

}  // namespace whittle::cli
