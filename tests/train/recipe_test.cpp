#include "core/train/recipe.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/train/batch_runner.h"
#include "core/train/metrics.h"
#include "tests/support/shared_data.h"

namespace whittle {
namespace {

struct Trained {
    Graph graph;
    DataSplit data;
    EpochReport report;
};

Trained train(const Recipe& recipe, const std::optional<std::string>& path, std::uint64_t seed) {
    Trained trained;
    trained.graph = recipe.model(seed);
    Result<DataSplit> data = recipe.data(path, seed);
    REQUIRE(data.ok());
    trained.data = std::move(data).value();
    TrainOptions options = recipe.options;
    options.seed = seed;
    auto trainer =
        Trainer::make(trained.graph, trained.data.train, &trained.data.validation, options);
    REQUIRE(trainer.ok());
    const Result<EpochReport> report = (*trainer)->run({});
    REQUIRE(report.ok());
    trained.report = *report;
    return trained;
}

double test_rmse(Trained& trained) {
    const auto predictions = predict(trained.graph, trained.data.test);
    REQUIRE(predictions.ok());
    return root_mean_squared_error(*predictions, trained.data.test.targets);
}

TEST_CASE("recipes have names of their own and sound models") {
    std::set<std::string> names;
    for (const Recipe& recipe : all_recipes()) {
        CAPTURE(recipe.name);
        CHECK(names.insert(recipe.name).second);
        CHECK(recipe_named(recipe.name) == &recipe);
        const Graph graph = recipe.model(1);
        CHECK(validate(graph).ok());
        CHECK(weights_hash(graph) == weights_hash(recipe.model(1)));
        CHECK(weights_hash(graph) != weights_hash(recipe.model(2)));
    }
    CHECK(recipe_named("no such recipe") == nullptr);
    CHECK(cost_of(recipe_named("sine")->model(1)).parameters == 321);
    CHECK(cost_of(recipe_named("sine")->model(1)).parameter_bytes == 1284);
    CHECK(cost_of(recipe_named("digits")->model(1)).parameters == 15910);
}

TEST_CASE("sine and cosine are learned from noise of 0.1, with every seed") {
    for (const char* name : {"sine", "cosine"}) {
        const Recipe* recipe = recipe_named(name);
        REQUIRE(recipe != nullptr);
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            CAPTURE(name);
            CAPTURE(seed);
            Trained trained = train(*recipe, std::nullopt, seed);
            CHECK(trained.data.train.size() == 600);
            CHECK(trained.data.validation.size() == 200);
            CHECK(trained.data.test.size() == 200);
            // The noise alone makes 0.1, give or take 0.005 for 200 samples.
            CHECK(test_rmse(trained) <= 0.11);
        }
    }
}

TEST_CASE("the sine net's weights have the same bits on every target") {
    const Trained trained = train(*recipe_named("sine"), std::nullopt, 1);
    const Trained again = train(*recipe_named("sine"), std::nullopt, 1);
    CHECK(weights_hash(trained.graph) == weights_hash(again.graph));
    // The test runs natively, as Wasm and on Arm: the same number everywhere. It changes with the
    // recipe, the data, and the order of a sum; never with the compiler or the machine.
    CHECK(to_hex(weights_hash(trained.graph)) == "0b59c49bf093d55c");
}

TEST_CASE("the line recipe finds slope and intercept") {
    Trained trained = train(*recipe_named("line"), std::nullopt, 1);
    const Node& neuron = trained.graph.nodes.front();
    // 600 samples of noise 0.1 leave a standard error of 0.003 (slope) and 0.006 (intercept); the
    // last minibatches add about as much.
    CHECK(std::fabs(trained.graph.tensor(neuron.inputs[1]).as<float>()[0] - 2.0f) < 0.03f);
    CHECK(std::fabs(trained.graph.tensor(neuron.inputs[2]).as<float>()[0] + 1.0f) < 0.05f);
}

TEST_CASE("recipes on recorded data ask for them, and name a folder that is not there") {
    const Recipe* photographs = recipe_named("cifar-small");
    REQUIRE(photographs != nullptr);
    CHECK(photographs->needs_data);
    const auto none = photographs->data(std::nullopt, 1);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().expected.find("--data") != std::string::npos);
    CHECK_FALSE(recipe_named("digits")->needs_data);
    for (const char* name : {"digits", "cifar-small", "kws", "fan-autoencoder", "sine"}) {
        const auto wrong = recipe_named(name)->data("/no/such/folder", 1);
        REQUIRE_FALSE(wrong.ok());
        CHECK(wrong.error().message().find("/no/such/folder") != std::string::npos);
    }
}

TEST_CASE("windows of one kind are learned; those of others are for the test alone") {
    const auto folder = test::shared_data("data/fan");
    if (!folder) return;
    const Recipe& fan = *recipe_named("fan-autoencoder");
    const auto data = fan.data(*folder, 1);
    REQUIRE(data.ok());
    CHECK(data->train.size() == 96);
    CHECK(data->validation.size() == 32);
    REQUIRE(data->test.size() == 32 + 4 * 160);
    REQUIRE(data->anomalous.size() == data->test.size());
    for (std::size_t i = 0; i < data->test.size(); ++i) CHECK(data->anomalous[i] == (i >= 32));
    CHECK(data->train.targets == std::get<std::vector<float>>(data->train.features));
    CHECK_FALSE(data->train.is_classification());
}

TEST_CASE("generated sounds, vibrations, gestures and sequences fit the nets of their recipes") {
    for (const char* name : {"kws", "fan-autoencoder", "gesture-cnn", "attention-toy"}) {
        CAPTURE(name);
        const Recipe& built_in = *recipe_named(name);
        CHECK_FALSE(built_in.needs_data);
        std::string text = built_in.json();
        const std::size_t samples = text.find("\"samples\": ");
        REQUIRE(samples != std::string::npos);
        text.replace(samples, text.find_first_of(",}", samples) - samples, "\"samples\": 40");
        const auto recipe = Recipe::parse(text);
        REQUIRE(recipe.ok());
        const auto data = recipe->data(std::nullopt, 1);
        REQUIRE(data.ok());
        const Graph model = recipe->model(1);
        CHECK(check_data(model, data->train, "training data").ok());
        CHECK(check_data(model, data->validation, "validation data").ok());
        CHECK(check_data(model, data->test, "test data").ok());
        CHECK(data->anomalous.empty() == (recipe->name != "fan-autoencoder"));
    }
}

double test_accuracy(Trained& trained) {
    const auto predictions = predict(trained.graph, trained.data.test);
    REQUIRE(predictions.ok());
    const std::vector<std::uint32_t>& labels = trained.data.test.labels;
    return top_k_accuracy(*predictions, std::vector<std::size_t>(labels.begin(), labels.end()),
                          trained.data.test.target_count(), 1);
}

TEST_CASE("attention recalls what a dense net of ten times its size does not") {
    const Recipe& recipe = *recipe_named("attention-toy");
    Trained attentive = train(recipe, std::nullopt, 1);
    CHECK(test_accuracy(attentive) >= 0.99);
    const std::string text = recipe.json();
    const std::size_t attention = text.find("{\"layer\": \"self-attention\"");
    const std::size_t flatten = text.find("{\"layer\": \"flatten\"}");
    const std::size_t answer = text.find("{\"layer\": \"dense\"");
    REQUIRE(attention < flatten);
    REQUIRE(flatten < answer);
    const auto dense =
        Recipe::parse(text.substr(0, attention) + text.substr(flatten, answer - flatten) +
                      R"({"layer": "dense", "units": 64, "activation": "relu"},
                                        {"layer": "dense", "units": 64, "activation": "relu"},)" +
                      text.substr(answer));
    REQUIRE(dense.ok());
    Trained without = train(*dense, std::nullopt, 1);
    CHECK(cost_of(without.graph).parameters > 9 * cost_of(attentive.graph).parameters);
    // The value that most items have is the right one in 44 of 100 sequences or so.
    CHECK(test_accuracy(without) < 0.5);
}

}  // namespace
}  // namespace whittle
