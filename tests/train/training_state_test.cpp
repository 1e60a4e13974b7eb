#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/base/platform/threads.h"
#include "core/data/point_sets.h"
#include "core/deploy/tflite_file.h"
#include "core/graph/blocks.h"
#include "core/ops/softmax/attributes.h"
#include "core/train/trainer.h"
#include "tests/support/settings.h"

namespace whittle {

namespace {

// A net with running averages and dropout, for points in the plane and two classes.
Graph make_net() {
    Random random(3);
    GraphBuilder builder;
    int x = builder.input("x", {2});
    x = batch_norm(builder, builder.fully_connected(x, 12, Activation::none, random));
    x = builder.apply(OpKind::relu, {x});
    x = builder.fully_connected(dropout(builder, x, 0.25f), 2, Activation::none, random);
    x = builder.apply(OpKind::softmax, {x}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({x});
}

TrainOptions options_of(int epochs, std::uint64_t seed) {
    TrainOptions options;
    options.loss = Loss::softmax_cross_entropy;
    options.epochs = epochs;
    options.seed = seed;
    return options;
}

Graph trained(const Dataset& data, int epochs, std::uint64_t seed) {
    Graph graph = make_net();
    const auto trainer = Trainer::make(graph, data, nullptr, options_of(epochs, seed));
    REQUIRE_MESSAGE(trainer.ok(), (trainer.ok() ? "" : trainer.error().message()));
    const auto report = (*trainer)->run({});
    REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().message()));
    return graph;
}

std::vector<std::vector<std::uint8_t>> state_of(const Graph& graph) {
    std::vector<std::vector<std::uint8_t>> state;
    for (const int tensor : training_state(graph)) state.push_back(graph.tensor(tensor).data);
    return state;
}

}  // namespace

TEST_CASE("dropout and running averages are the same bits for a seed, with any number of threads") {
    const Dataset data = make_points(PointSet::circle, 300, 0.05f, 7);
    const Graph first = trained(data, 3, 1);
    for (const int threads : {1, 2, 4}) {
        const test::WithThreads with(threads);
        CHECK(state_of(trained(data, 3, 1)) == state_of(first));
    }
    CHECK(state_of(trained(data, 3, 2)) != state_of(first));
}

TEST_CASE("best weights come back together with their running averages") {
    const Dataset data = make_points(PointSet::circle, 200, 0.05f, 7);
    Graph graph = make_net();
    const auto trainer = Trainer::make(graph, data, &data, options_of(6, 1));
    REQUIRE_MESSAGE(trainer.ok(), (trainer.ok() ? "" : trainer.error().message()));
    std::vector<std::vector<std::uint8_t>> best;
    while (!(*trainer)->finished()) {
        const auto report = (*trainer)->run_epoch();
        REQUIRE(report.ok());
        if (report->best) best = state_of(graph);
    }
    REQUIRE((*trainer)->restore_best_weights().epoch > 0);
    CHECK(state_of(graph) == best);
}

TEST_CASE("a net with batch normalisation and dropout learns, and its export says the same") {
    const Dataset data = make_points(PointSet::circle, 400, 0.0f, 7);
    Graph graph = trained(data, 60, 1);
    const auto own = predict(graph, data);
    Result<Graph> read = read_tflite(write_tflite(graph));
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message()));
    CHECK(read->nodes.size() == 4);
    const auto exported = predict(*read, data);
    REQUIRE(own.ok());
    REQUIRE(exported.ok());
    double largest = 0.0;
    std::size_t right = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const bool second = (*own)[2 * i + 1] > (*own)[2 * i];
        right += second == (data.labels[i] == 1);
        largest =
            std::max(largest, std::fabs(static_cast<double>((*own)[2 * i]) - (*exported)[2 * i]));
    }
    CHECK(right > 360);
    // Probabilities move by at most a quarter of what their logits do; these are sums of a dozen
    // products below 10, each rounded once more or less.
    CHECK(largest < 1e-5);
}

}  // namespace whittle
