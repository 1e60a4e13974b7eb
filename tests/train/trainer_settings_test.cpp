#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/graph/builder.h"
#include "core/ops/softmax/attributes.h"
#include "core/train/trainer.h"
#include "tests/train/nets.h"

namespace whittle {
namespace {

using test::make_dataset;
using test::noisy_products;
using test::one_neuron;
using test::plain_descent;
using test::six_points;
using test::small_net;

TEST_CASE("regularization: l1 silences what does not matter, biases are left alone") {
    // The target depends on the first feature and an offset only.
    Random random(3);
    std::vector<float> features;
    std::vector<float> targets;
    for (int i = 0; i < 100; ++i) {
        const float a = random.normal();
        features.insert(features.end(), {a, random.normal()});
        targets.push_back(a + 3.0f + 0.1f * random.normal());
    }
    const Dataset data = make_dataset(2, features, 1, targets);
    const auto trained = [&](float l1, float l2) {
        Random weights(1);
        GraphBuilder builder;
        const int x = builder.input("x", {2});
        const int y = builder.fully_connected(x, 1, Activation::none, weights);
        Graph graph = std::move(builder).finish({y});
        TrainOptions options = plain_descent(0.05f);
        options.epochs = 1000;
        options.optimizer.l1 = l1;
        options.optimizer.l2 = l2;
        auto trainer = Trainer::make(graph, data, nullptr, options);
        REQUIRE(trainer.ok());
        REQUIRE((*trainer)->run({}).ok());
        std::vector<float> all(test::parameter_of(graph, 0, 1).as<float>().begin(),
                               test::parameter_of(graph, 0, 1).as<float>().end());
        all.push_back(test::parameter_of(graph, 0, 2).as<float>()[0]);
        return all;
    };
    const std::vector<float> plain = trained(0.0f, 0.0f);
    const std::vector<float> lasso = trained(0.4f, 0.0f);
    const std::vector<float> ridge = trained(0.0f, 2.0f);
    CHECK(plain[1] != 0.0f);
    CHECK(lasso[1] == 0.0f);
    // The mean squared error has a slope of 2 (w - 1) a^2, with a^2 about 1: l1 takes off l1 / 2,
    // and l2 = 2 halves the weight. Random features: within 0.1.
    CHECK(lasso[0] == doctest::Approx(0.8).epsilon(0.1));
    CHECK(ridge[0] == doctest::Approx(0.5).epsilon(0.1));
    CHECK(plain[2] == doctest::Approx(3.0).epsilon(0.02));
    CHECK(lasso[2] == doctest::Approx(3.0).epsilon(0.05));
    CHECK(ridge[2] == doctest::Approx(3.0).epsilon(0.05));
}

TEST_CASE("regularization and learning rate can be changed while training; bad ones are refused") {
    const Dataset data = six_points();
    Graph graph = one_neuron(2.0f, -1.0f);  // no error, so no gradient
    TrainOptions options = plain_descent(0.125f);
    auto trainer = Trainer::make(graph, data, nullptr, options);
    REQUIRE(trainer.ok());
    (*trainer)->set_regularization(0.0f, 0.5f);
    REQUIRE((*trainer)->step().ok());
    CHECK(test::parameter_of(graph, 0, 1).as<float>()[0] == 1.875f);
    CHECK(test::parameter_of(graph, 0, 2).as<float>()[0] == -1.0f);
    test::set_parameter(graph, 0, 1, {2.0f});
    (*trainer)->set_learning_rate(0.25f);
    REQUIRE((*trainer)->step().ok());
    CHECK(test::parameter_of(graph, 0, 1).as<float>()[0] == 1.75f);

    for (const float bad :
         {-0.1f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
        options.optimizer.l1 = bad;
        CHECK(!Trainer::make(graph, data, nullptr, options).ok());
        options.optimizer.l1 = 0.0f;
        options.optimizer.l2 = bad;
        CHECK(!Trainer::make(graph, data, nullptr, options).ok());
        options.optimizer.l2 = 0.0f;
    }
}

TEST_CASE("gradients are clipped to a norm over all parameters together") {
    // From w = b = 0 the gradients are -2/6 * 53 and -2/6 * 12: a norm of 18.1.
    const Dataset data = six_points();
    const double norm = std::sqrt(53.0 * 53.0 + 12.0 * 12.0) / 3.0;
    for (const float limit : {0.5f, 18.0f, 19.0f, 1000.0f}) {
        CAPTURE(limit);
        Graph graph = one_neuron(0.0f, 0.0f);
        TrainOptions options = plain_descent(1.0f);
        options.clip_norm = limit;
        auto trainer = Trainer::make(graph, data, nullptr, options);
        REQUIRE(trainer.ok());
        REQUIRE((*trainer)->step().ok());
        const double scale = std::min(1.0, double{limit} / norm);
        CHECK(test::parameter_of(graph, 0, 1).as<float>()[0] ==
              doctest::Approx(scale * 53.0 / 3.0).epsilon(1e-6));  // float roundings
        CHECK(test::parameter_of(graph, 0, 2).as<float>()[0] ==
              doctest::Approx(scale * 12.0 / 3.0).epsilon(1e-6));
    }
}

TEST_CASE("a schedule's factor applies to every step, also to a rate changed on the way") {
    const Dataset data = make_dataset(1, {1.0f, 1.0f, 1.0f, 1.0f}, 1, {0.0f, 0.0f, 0.0f, 0.0f});
    Graph graph = one_neuron(1.0f, 0.0f);
    test::parameter_of(graph, 0, 2).trainable = false;
    TrainOptions options = plain_descent(0.25f);
    options.batch_size = 2;  // two steps an epoch
    options.schedule = {{.kind = SchedulePart::Kind::warm_up, .epochs = 1.0f},
                        {.kind = SchedulePart::Kind::step, .epochs = 1.0f, .factor = 0.5f}};
    auto trainer = Trainer::make(graph, data, nullptr, options);
    REQUIRE(trainer.ok());
    const auto weight = [&graph] { return test::parameter_of(graph, 0, 1).as<float>()[0]; };
    // The gradient of w^2 is 2 w: a step multiplies w by 1 - 2 rate.
    const float rates[] = {0.125f, 0.25f, 0.125f, 0.125f, 0.0625f};
    float expected = 1.0f;
    for (const float rate : rates) {
        REQUIRE((*trainer)->step().ok());
        expected *= 1.0f - 2.0f * rate;
        CHECK(weight() == expected);
    }
    (*trainer)->set_learning_rate(0.5f);
    REQUIRE((*trainer)->step().ok());
    CHECK(weight() == expected * 0.75f);  // a factor of 1/4
}

TEST_CASE("samples in pairs stay together, and views of one thing come to point the same way") {
    // Views of three things at 0, 120 and 240 degrees, each with noise; a linear layer to 2 values.
    Random random(15);
    std::vector<float> features;
    for (int k = 0; k < 60; ++k) {
        const auto thing = static_cast<std::size_t>(k / 2 % 3);
        for (std::size_t f = 0; f < 3; ++f) {
            features.push_back((f == thing ? 1.0f : 0.0f) + 0.3f * random.normal());
        }
    }
    const Dataset data = make_dataset(3, features, 1, std::vector<float>(60, 0.0f));
    GraphBuilder builder;
    const int x = builder.input("x", {3});
    const int y = builder.fully_connected(x, 2, Activation::none, random);
    Graph graph = std::move(builder).finish({y});
    TrainOptions options;
    options.loss = Loss::normalized_temperature_cross_entropy;
    options.batch_size = 16;  // the last batch has 12
    options.epochs = 30;
    const Result<float> before = evaluate(graph, data, options.loss, options.loss_options);
    REQUIRE(before.ok());
    auto trainer = Trainer::make(graph, data, &data, options);
    REQUIRE(trainer.ok());
    const Result<EpochReport> report = (*trainer)->run({});
    REQUIRE(report.ok());
    const Result<float> after = evaluate(graph, data, options.loss, options.loss_options);
    REQUIRE(after.ok());
    CHECK(*after < *before - 0.1f);
    CHECK(report->validation_loss == *after);

    options.batch_size = 15;
    CHECK_FALSE(Trainer::make(graph, data, nullptr, options).ok());
    options.batch_size = 16;
    const Dataset odd = make_dataset(3, std::vector<float>(9, 1.0f), 1, {0.0f, 0.0f, 0.0f});
    const auto refused = Trainer::make(graph, odd, nullptr, options);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().expected.find("even") != std::string::npos);
}

TEST_CASE("label smoothing keeps a classifier from being sure, and class weights move its border") {
    // Both classes lie on the same points: what is best is the share of each.
    Dataset data = make_dataset(1, {1, 1, 1, 1}, 2, {});
    data.labels = {0, 0, 0, 1};
    data.class_names = {"a", "b"};
    const auto trained = [&data](const TargetShaping& shaping) {
        Random random(2);
        GraphBuilder builder;
        const int x = builder.input("x", {1});
        const int z = builder.fully_connected(x, 2, Activation::none, random);
        const int p = builder.apply(OpKind::softmax, {z}, Attributes::of(SoftmaxAttributes{}));
        Graph graph = std::move(builder).finish({p});
        TrainOptions options;
        options.loss = Loss::softmax_cross_entropy;
        options.optimizer.learning_rate = 0.05f;
        options.epochs = 500;
        options.targets = shaping;
        auto trainer = Trainer::make(graph, data, nullptr, options);
        REQUIRE(trainer.ok());
        REQUIRE((*trainer)->run({}).ok());
        return (*predict(graph, data))[0];
    };
    // 500 small steps end close to the best: within 0.01.
    CHECK(trained({}) == doctest::Approx(0.75).epsilon(0.01));
    CHECK(trained({.label_smoothing = 0.5f}) == doctest::Approx(0.625).epsilon(0.01));
    CHECK(trained({.class_weights = {1.0f, 3.0f}}) == doctest::Approx(0.5).epsilon(0.01));

    Graph graph = small_net(1);
    TrainOptions options;
    options.targets.label_smoothing = 0.1f;
    CHECK_FALSE(Trainer::make(graph, noisy_products(4, 1), nullptr, options).ok());
}

TEST_CASE("settings out of range are refused by name") {
    const Dataset data = noisy_products(10, 7);
    Graph graph = small_net(1);
    const auto place = [&](auto change) {
        TrainOptions options;
        change(options);
        const auto trainer = Trainer::make(graph, data, nullptr, options);
        REQUIRE_FALSE(trainer.ok());
        return trainer.error().place;
    };
    using Part = SchedulePart;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(place([](TrainOptions& o) { o.optimizer.momentum = 1.0f; }) == "momentum");
    CHECK(place([](TrainOptions& o) { o.optimizer.beta1 = -0.1f; }) == "beta1");
    CHECK(place([](TrainOptions& o) { o.optimizer.beta2 = 1.0f; }) == "beta2");
    CHECK(place([&](TrainOptions& o) { o.optimizer.rho = nan; }) == "rho");
    CHECK(place([](TrainOptions& o) { o.optimizer.epsilon = 0.0f; }) == "epsilon");
    CHECK(place([](TrainOptions& o) { o.optimizer.nesterov = true; }) == "Nesterov momentum");
    CHECK(place([](TrainOptions& o) { o.clip_norm = -1.0f; }) == "gradient clipping");
    CHECK(place([&](TrainOptions& o) { o.loss_options.huber_delta = nan; }) == "Huber loss, delta");
    CHECK(place([](TrainOptions& o) { o.loss_options.temperature = 0.0f; }) == "temperature");
    CHECK(place([](TrainOptions& o) {
              o.schedule = {{.kind = Part::Kind::warm_up, .epochs = 0.0f}};
          }) == "schedule, epochs");
    CHECK(place([](TrainOptions& o) {
              o.schedule = {{.kind = Part::Kind::step, .factor = 0.0f}};
          }) == "schedule, factor");
    CHECK(place([](TrainOptions& o) {
              o.schedule = {{.kind = Part::Kind::cosine, .factor = 1.5f}};
          }) == "schedule, factor");
    CHECK(place([](TrainOptions& o) {
              o.schedule = {{.kind = Part::Kind::cosine, .from = -1.0f}};
          }) == "schedule, from");
}

}  // namespace
}  // namespace whittle
