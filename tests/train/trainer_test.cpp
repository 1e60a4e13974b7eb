#include "core/train/trainer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/graph/builder.h"
#include "core/ops/softmax/attributes.h"
#include "tests/train/nets.h"

namespace whittle {
namespace {

using test::make_dataset;
using test::noisy_products;
using test::one_neuron;
using test::plain_descent;
using test::six_points;
using test::small_net;

// To three decimals, as the lesson prints them.
double rounded(float value) { return std::round(double{value} * 1000.0) / 1000.0; }

TEST_CASE("one neuron learns the line through six points as the lesson says") {
    const Dataset data = six_points();
    for (const float start : {-1.74f, -1.0f, 0.0f, 0.5f, 1.0f, 1.74f}) {
        CAPTURE(start);
        Graph graph = one_neuron(start, 0.0f);
        TrainOptions options = plain_descent(0.01f);
        options.epochs = 500;
        auto trainer = Trainer::make(graph, data, nullptr, options);
        REQUIRE(trainer.ok());
        CHECK((*trainer)->steps_per_epoch() == 1);
        const Result<EpochReport> report = (*trainer)->run({});
        REQUIRE(report.ok());
        CHECK(report->epoch == 500);
        CHECK(std::isnan(report->validation_loss));
        const double w = rounded(test::parameter_of(graph, 0, 1).as<float>()[0]);
        const double b = rounded(test::parameter_of(graph, 0, 2).as<float>()[0]);
        CHECK(w >= 1.996);
        CHECK(w <= 1.998);
        CHECK(b >= -0.995);
        CHECK(b <= -0.989);
        const Result<float> loss = evaluate(graph, data, Loss::mean_squared_error);
        REQUIRE(loss.ok());
        CHECK(*loss >= 1.7e-5f);
        CHECK(*loss <= 7.1e-5f);
        const auto at_ten = predict(graph, make_dataset(1, {10.0f}, 1, {0.0f}));
        REQUIRE(at_ten.ok());
        CHECK((*at_ten)[0] >= 18.97f);
        CHECK((*at_ten)[0] <= 18.99f);
    }
}

TEST_CASE("the first step of one neuron is the one computed by hand") {
    // From w = b = 0: dL/dw = 2/6 sum x (0 - y) = -(2/6) 53, dL/db = -(2/6) 12, from
    // sum x y = 3 + 0 + 1 + 6 + 15 + 28 = 53, sum y = 12; loss = (9 + 1 + 1 + 9 + 25 + 49) / 6.
    const Dataset data = six_points();
    Graph graph = one_neuron(0.0f, 0.0f);
    auto trainer = Trainer::make(graph, data, nullptr, plain_descent(0.03f));
    REQUIRE(trainer.ok());
    const Result<float> loss = (*trainer)->step();
    REQUIRE(loss.ok());
    CHECK(*loss == doctest::Approx(94.0 / 6.0).epsilon(1e-6));  // float roundings
    CHECK(test::parameter_of(graph, 0, 1).as<float>()[0] ==
          doctest::Approx(0.03 * 53.0 / 3.0).epsilon(1e-6));
    CHECK(test::parameter_of(graph, 0, 2).as<float>()[0] ==
          doctest::Approx(0.03 * 12.0 / 3.0).epsilon(1e-6));
    CHECK((*trainer)->epoch() == 1);
}

TEST_CASE("the 2-2 sigmoid net learns on half the squared error") {
    Random random(4);
    GraphBuilder builder;
    const int x = builder.input("x", {2});
    const int z = builder.fully_connected(x, 2, Activation::none, random);
    const int y = builder.apply(OpKind::logistic, {z});
    Graph graph = std::move(builder).finish({y});
    test::parameter_of(graph, 0, 2).trainable = false;  // y = sigma(x W^T): no bias
    const Dataset data = make_dataset(2, {1.0f, 0.5f}, 2, {0.2f, 0.9f});
    TrainOptions options = plain_descent(0.5f);
    options.loss = Loss::half_squared_error;
    options.epochs = 400;
    const Result<float> before = evaluate(graph, data, options.loss);
    auto trainer = Trainer::make(graph, data, nullptr, options);
    REQUIRE(trainer.ok());
    float previous = *before;
    const auto falls = [&](const EpochReport& report) {
        CHECK(report.train_loss <= previous);
        previous = report.train_loss;
        return true;
    };
    REQUIRE((*trainer)->run(falls).ok());
    CHECK(*evaluate(graph, data, options.loss) < 1e-4f);
    CHECK(*before > 1e-2f);
    for (const float bias : test::parameter_of(graph, 0, 2).as<float>()) CHECK(bias == 0.0f);
}

TEST_CASE("a chain of linear layers is one linear layer: its matrix is the product") {
    Random random(6);
    GraphBuilder builder;
    const int x = builder.input("x", {3});
    const int hidden = builder.fully_connected(x, 4, Activation::none, random);
    const int y = builder.fully_connected(hidden, 2, Activation::none, random);
    Graph chain = std::move(builder).finish({y});
    GraphBuilder single("single");
    const int x1 = single.input("x", {3});
    const int y1 = single.fully_connected(x1, 2, Activation::none, random);
    Graph collapsed = std::move(single).finish({y1});

    const auto w1 = test::parameter_of(chain, 0, 1).as<float>();  // [4, 3]
    const auto w2 = test::parameter_of(chain, 1, 1).as<float>();  // [2, 4]
    std::vector<float> product(6, 0.0f);                          // W2 W1, [2, 3]
    for (std::size_t o = 0; o < 2; ++o) {
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t k = 0; k < 4; ++k) product[3 * o + i] += w2[4 * o + k] * w1[3 * k + i];
        }
    }
    test::set_parameter(collapsed, 0, 1, product);
    std::vector<float> inputs(30);
    for (float& value : inputs) value = random.uniform(-2.0f, 2.0f);
    const Dataset data = make_dataset(3, inputs, 2, std::vector<float>(20, 0.0f));
    const auto of_chain = predict(chain, data);
    const auto of_single = predict(collapsed, data);
    REQUIRE(of_chain.ok());
    REQUIRE(of_single.ok());
    // Sums of 12 products of magnitude below 4, each rounded to 6e-8 relative.
    for (std::size_t i = 0; i < 20; ++i) CHECK(std::fabs((*of_chain)[i] - (*of_single)[i]) < 4e-6);
}

TEST_CASE("steps and epochs can be mixed: the weights are the same bits") {
    const Dataset train = noisy_products(23, 1);
    const Dataset validation = noisy_products(9, 2);
    TrainOptions options;
    options.batch_size = 5;  // four batches of 5 and one of 3
    std::vector<std::uint64_t> hashes;
    for (const int steps_first : {0, 1, 4, 5, 7, 10}) {
        Graph graph = small_net(1);
        auto trainer = Trainer::make(graph, train, &validation, options);
        REQUIRE(trainer.ok());
        CHECK((*trainer)->steps_per_epoch() == 5);
        for (int i = 0; i < steps_first; ++i) REQUIRE((*trainer)->step().ok());
        CHECK((*trainer)->epoch() == steps_first / 5);
        while ((*trainer)->epoch() < 4) REQUIRE((*trainer)->run_epoch().ok());
        hashes.push_back(weights_hash(graph));
    }
    for (const std::uint64_t hash : hashes) CHECK(hash == hashes[0]);
    Graph other = small_net(1);
    options.seed = 2;  // another order of the samples
    auto trainer = Trainer::make(other, train, &validation, options);
    REQUIRE(trainer.ok());
    for (int i = 0; i < 4; ++i) REQUIRE((*trainer)->run_epoch().ok());
    CHECK(weights_hash(other) != hashes[0]);
}

TEST_CASE("an epoch visits every sample once, also in the last smaller batch") {
    // A neuron that is not moved (rate so small that no weight changes): the epoch's loss is then
    // the loss over the whole set, whatever the batches.
    const Dataset train = noisy_products(23, 3);
    for (const int batch : {0, 1, 2, 7, 22, 23, 24, 1000}) {
        for (const Loss loss : {Loss::mean_squared_error, Loss::half_squared_error}) {
            CAPTURE(batch);
            Graph graph = small_net(2);
            TrainOptions options = plain_descent(1e-30f);
            options.loss = loss;
            options.batch_size = batch;
            auto trainer = Trainer::make(graph, train, nullptr, options);
            REQUIRE(trainer.ok());
            const auto report = (*trainer)->run_epoch();
            REQUIRE(report.ok());
            // The batches' losses are floats: one rounding each.
            CHECK(report->train_loss ==
                  doctest::Approx(*evaluate(graph, train, loss)).epsilon(1e-6));
        }
    }
}

TEST_CASE("early stopping ends training and brings the best weights back") {
    const Dataset train = noisy_products(40, 4);
    const Dataset validation = noisy_products(40, 5);
    Graph graph = small_net(3);
    TrainOptions options;
    options.optimizer.learning_rate = 0.05f;
    options.epochs = 3000;
    options.patience = 10;
    auto trainer = Trainer::make(graph, train, &validation, options);
    REQUIRE(trainer.ok());
    std::vector<EpochReport> reports;
    const Result<EpochReport> last = (*trainer)->run([&](const EpochReport& report) {
        reports.push_back(report);
        return true;
    });
    REQUIRE(last.ok());
    CHECK((*trainer)->stopped_early());
    CHECK((*trainer)->finished());
    CHECK(last->best);
    CHECK(reports.size() == static_cast<std::size_t>(last->epoch) + 10);
    float lowest = std::numeric_limits<float>::infinity();
    for (const EpochReport& report : reports) {
        CHECK(report.best == (report.validation_loss < lowest));
        lowest = std::min(lowest, report.validation_loss);
    }
    CHECK(last->validation_loss == lowest);
    CHECK(*evaluate(graph, validation, options.loss) == lowest);
}

TEST_CASE("progress can stop training; min_delta asks for more than a little") {
    const Dataset train = noisy_products(20, 6);
    Graph graph = small_net(4);
    auto trainer = Trainer::make(graph, train, &train, {});
    REQUIRE(trainer.ok());
    const auto third = [](const EpochReport& report) { return report.epoch < 3; };
    CHECK((*trainer)->run(third)->epoch == 3);
    CHECK_FALSE((*trainer)->finished());

    TrainOptions strict;
    strict.patience = 2;
    strict.min_delta = 1000.0f;
    auto stubborn = Trainer::make(graph, train, &train, strict);
    REQUIRE(stubborn.ok());
    CHECK((*stubborn)->run({})->epoch == 1);
    CHECK((*stubborn)->epoch() == 3);
}

TEST_CASE("a run that diverges says so and keeps the last good weights") {
    const Dataset data = six_points();
    Graph graph = one_neuron(0.5f, 0.0f);
    TrainOptions options = plain_descent(10.0f);
    options.epochs = 1000;
    auto trainer = Trainer::make(graph, data, nullptr, options);
    REQUIRE(trainer.ok());
    const Result<EpochReport> report = (*trainer)->run({});
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().hint.find("learning rate") != std::string::npos);
    CHECK(report.error().hint.find("10.0") != std::string::npos);
    const Result<float> loss = evaluate(graph, data, options.loss);
    REQUIRE(loss.ok());
    CHECK(std::isfinite(*loss));
    CHECK(std::isfinite(test::parameter_of(graph, 0, 1).as<float>()[0]));
    const std::uint64_t kept = weights_hash(graph);
    CHECK_FALSE((*trainer)->step().ok());
    CHECK_FALSE((*trainer)->run_epoch().ok());
    CHECK(weights_hash(graph) == kept);
}

TEST_CASE("data that are not numbers stop training before they reach the weights") {
    Dataset data = six_points();
    std::get<std::vector<float>>(data.features)[3] = std::numeric_limits<float>::quiet_NaN();
    Graph graph = one_neuron(0.5f, 0.25f);
    auto trainer = Trainer::make(graph, data, nullptr, plain_descent(0.01f));
    REQUIRE(trainer.ok());
    CHECK_FALSE((*trainer)->step().ok());
    CHECK(test::parameter_of(graph, 0, 1).as<float>()[0] == 0.5f);
    CHECK(test::parameter_of(graph, 0, 2).as<float>()[0] == 0.25f);
}

Graph classifier(OpKind last, std::int32_t classes, float beta = 1.0f) {
    Random random(8);
    GraphBuilder builder;
    const int x = builder.input("x", {2});
    const int z = builder.fully_connected(x, classes, Activation::none, random);
    const Attributes attributes =
        last == OpKind::softmax ? Attributes::of(SoftmaxAttributes{.beta = beta}) : Attributes();
    const int p = builder.apply(last, {z}, attributes);
    return std::move(builder).finish({p});
}

TEST_CASE("classifiers train on the logits before their softmax or logistic") {
    // Three (or two) corners of the plane.
    Dataset data = make_dataset(2, {0, 0, 1, 0, 0, 1}, 3, {});
    data.labels = {0, 1, 2};
    data.class_names = {"a", "b", "c"};
    TrainOptions options;
    options.loss = Loss::softmax_cross_entropy;
    options.optimizer.learning_rate = 0.1f;
    options.epochs = 200;
    Graph graph = classifier(OpKind::softmax, 3);
    auto trainer = Trainer::make(graph, data, nullptr, options);
    REQUIRE(trainer.ok());
    REQUIRE((*trainer)->run({}).ok());
    const auto p = predict(graph, data);
    REQUIRE(p.ok());
    REQUIRE(p->size() == 9);
    for (std::size_t i = 0; i < 3; ++i) CHECK((*p)[4 * i] > 0.9f);
    double loss = 0.0;
    for (std::size_t i = 0; i < 3; ++i) loss -= std::log(double{(*p)[4 * i]}) / 3.0;
    // p is a float near 1: log p is right to 6e-8.
    CHECK(std::fabs(loss - double{*evaluate(graph, data, options.loss)}) < 5e-7);

    const Dataset gate = make_dataset(2, {0, 0, 0, 1, 1, 0, 1, 1}, 1, {0, 1, 1, 1});
    options.loss = Loss::binary_cross_entropy;
    Graph alarm = classifier(OpKind::logistic, 1);
    auto second = Trainer::make(alarm, gate, nullptr, options);
    REQUIRE(second.ok());
    REQUIRE((*second)->run({}).ok());
    const auto q = predict(alarm, gate);
    REQUIRE(q.ok());
    for (std::size_t i = 0; i < 4; ++i) CHECK(std::fabs((*q)[i] - gate.targets[i]) < 0.3f);
}

TEST_CASE("what cannot be trained is refused with the reason") {
    const Dataset good = noisy_products(10, 7);
    const Dataset one_feature = six_points();
    const Dataset empty = make_dataset(2, {}, 1, {});
    TrainOptions options;
    Graph graph = small_net(1);
    const auto expected = [&](Graph& g, const Dataset& d, const Dataset* v, const TrainOptions& o) {
        const auto trainer = Trainer::make(g, d, v, o);
        REQUIRE_FALSE(trainer.ok());
        return trainer.error().message();
    };
    const auto contains = [](const std::string& text, const char* part) {
        CAPTURE(text);
        CHECK(text.find(part) != std::string::npos);
    };
    contains(expected(graph, one_feature, nullptr, options), "2 features a sample");
    contains(expected(graph, empty, nullptr, options), "at least one sample");
    contains(expected(graph, good, &one_feature, options), "validation data");
    Dataset two_targets = good;
    two_targets.target_shape = {2};
    two_targets.targets.resize(20);
    contains(expected(graph, two_targets, nullptr, options), "1 targets a sample");
    options.loss = Loss::softmax_cross_entropy;
    contains(expected(graph, good, nullptr, options), "ends in softmax");
    Graph sharp = classifier(OpKind::softmax, 1, 2.0f);
    contains(expected(sharp, good, nullptr, options), "beta of 1");
    options = {};
    options.patience = 3;
    contains(expected(graph, good, nullptr, options), "validation data for early stopping");
    options = {};
    options.optimizer.learning_rate = 0.0f;
    contains(expected(graph, good, nullptr, options), "learning rate");
    options.optimizer.learning_rate = std::numeric_limits<float>::quiet_NaN();
    contains(expected(graph, good, nullptr, options), "learning rate");
    options = {};
    options.batch_size = -1;
    contains(expected(graph, good, nullptr, options), "batch size");
    Graph frozen = small_net(1);
    for (Tensor& tensor : frozen.tensors) tensor.trainable = false;
    contains(expected(frozen, good, nullptr, {}), "0 trainable tensors");
}

TEST_CASE("predict keeps the order of the samples over several batches") {
    Graph graph = one_neuron(2.0f, -1.0f);
    for (const std::size_t samples : {1u, 63u, 64u, 65u, 128u, 200u}) {
        std::vector<float> x(samples);
        for (std::size_t i = 0; i < samples; ++i) x[i] = static_cast<float>(i);
        const auto y = predict(graph, make_dataset(1, x, 1, x));
        REQUIRE(y.ok());
        REQUIRE(y->size() == samples);
        for (std::size_t i = 0; i < samples; ++i) CHECK((*y)[i] == 2.0f * x[i] - 1.0f);
    }
}

TEST_CASE("the hash sees every trainable byte and nothing else") {
    Graph graph = small_net(1);
    const std::uint64_t hash = weights_hash(graph);
    test::parameter_of(graph, 1, 2).as<float>()[0] = std::nextafter(0.0f, 1.0f);
    CHECK(weights_hash(graph) != hash);
    Graph same = small_net(1);
    CHECK(weights_hash(same) == hash);
    test::parameter_of(same, 0, 1).trainable = false;
    CHECK(weights_hash(same) != hash);
    CHECK(weights_hash(Graph{}) == 0xcbf29ce484222325u);
}

}  // namespace
}  // namespace whittle
