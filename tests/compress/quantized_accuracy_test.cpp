// Quantized models end to end: trained, quantized, and run by the interpreter that boards run.

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

#include "core/compress/quantize.h"
#include "core/deploy/program_image.h"
#include "core/ops/quantized_multiplier.h"
#include "core/train/metrics.h"
#include "core/train/recipe.h"
#include "tests/support/shared_data.h"

namespace whittle {
namespace {

std::vector<float> features_of(const Dataset& data, std::size_t limit) {
    std::vector<std::uint32_t> indices(std::min(limit, data.size()));
    std::iota(indices.begin(), indices.end(), 0u);
    std::vector<float> features(indices.size() * data.feature_count());
    data.gather_features(indices, features);
    return features;
}

// The int8 model's outputs for all samples as real numbers, row after row.
std::vector<float> run_int8(const Graph& quantized, const Dataset& data) {
    Result<Program> program = Program::from_graph(quantized);
    REQUIRE(program.ok());
    const Quantization& in = quantized.tensor(quantized.inputs[0]).quantization;
    const Quantization& out = quantized.tensor(quantized.outputs[0]).quantization;
    const std::vector<float> features = features_of(data, data.size());
    const std::size_t width = data.feature_count();
    std::vector<std::uint8_t> input(program->input_bytes());
    std::vector<std::uint8_t> output(program->output_bytes());
    REQUIRE(input.size() == width);
    std::vector<float> results;
    for (std::size_t i = 0; i < data.size(); ++i) {
        for (std::size_t f = 0; f < width; ++f) {
            input[f] = static_cast<std::uint8_t>(
                quantize_to_int8(features[i * width + f], in.scales[0], in.zero_points[0]));
        }
        program->run(input, output);
        for (const std::uint8_t byte : output) {
            const auto q = static_cast<std::int8_t>(byte);
            results.push_back(out.scales[0] * static_cast<float>(q - out.zero_points[0]));
        }
    }
    return results;
}

struct Trained {
    Graph graph;
    DataSplit data;
};

Trained train(const char* name, const std::optional<std::string>& path, std::uint64_t seed) {
    const Recipe* recipe = recipe_named(name);
    REQUIRE(recipe != nullptr);
    Result<DataSplit> data = recipe->data(path, seed);
    REQUIRE(data.ok());
    Trained trained{recipe->model(seed), std::move(data).value()};
    TrainOptions options = recipe->options;
    options.seed = seed;
    auto trainer =
        Trainer::make(trained.graph, trained.data.train, &trained.data.validation, options);
    REQUIRE(trainer.ok());
    REQUIRE((*trainer)->run({}).ok());
    return trained;
}

TEST_CASE("the int8 sine net's error is within 3 % of the float one's, with every seed") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        for (const bool per_channel : {true, false}) {
            CAPTURE(seed);
            CAPTURE(per_channel);
            Trained trained = train("sine", std::nullopt, seed);
            const Dataset& test = trained.data.test;
            const auto quantized =
                quantize_int8(trained.graph, features_of(trained.data.train, 600),
                              {.per_channel_weights = per_channel});
            REQUIRE(quantized.ok());
            const auto predictions = predict(trained.graph, test);
            REQUIRE(predictions.ok());
            const double in_float = root_mean_squared_error(*predictions, test.targets);
            const double in_int8 =
                root_mean_squared_error(run_int8(*quantized, test), test.targets);
            MESSAGE("seed " << seed << ": RMSE float " << in_float << ", int8 " << in_int8);
            // What the project promises; the difference seen is at most 2.6 %.
            CHECK(std::fabs(in_int8 / in_float - 1.0) <= 0.03);
        }
    }
}

double accuracy_of(std::span<const float> rows, const Dataset& data) {
    ConfusionMatrix matrix(data.target_count());
    for (std::size_t i = 0; i < data.size(); ++i) {
        matrix.add(data.labels[i],
                   argmax(rows.subspan(i * data.target_count(), data.target_count())));
    }
    return matrix.accuracy();
}

TEST_CASE("the digits net reads MNIST's test set at 95 % and better, its int8 form nearly so") {
    const auto folder = test::shared_data("data/mnist");
    if (!folder) return;
    Trained trained = train("digits", folder, 1);
    CHECK(trained.data.train.size() == 55000);
    CHECK(trained.data.validation.size() == 5000);
    CHECK(trained.data.test.size() == 10000);
    const auto quantized = quantize_int8(trained.graph, features_of(trained.data.train, 500));
    REQUIRE(quantized.ok());
    const auto predictions = predict(trained.graph, trained.data.test);
    REQUIRE(predictions.ok());
    const double in_float = accuracy_of(*predictions, trained.data.test);
    const double in_int8 = accuracy_of(run_int8(*quantized, trained.data.test), trained.data.test);
    MESSAGE("accuracy float " << in_float << ", int8 " << in_int8);
    CHECK(in_float >= 0.95);
    // What the project promises; the difference seen is about 0.0005.
    CHECK(std::fabs(in_float - in_int8) <= 0.005);
}

}  // namespace
}  // namespace whittle
