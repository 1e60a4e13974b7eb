#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "lessons/04-one-neuron/lab.h"
#include "tests/support/labs.h"

namespace whittle {
namespace {

using State = OneNeuronLab::State;
using test::go;
using test::put;
using test::reading;
using test::shown;
using test::ticked;

// w, b and the gradient are float32 in training: 2^-24 relative, over one step.
constexpr double kFloatRounding = 1e-6;

std::size_t first_epoch_below(const OneNeuronLab& lab, double loss) {
    const auto& losses = lab.loss_history();
    return static_cast<std::size_t>(
        std::find_if(losses.begin(), losses.end(), [loss](double value) { return value < loss; }) -
        losses.begin());
}

TEST_CASE("one-neuron: 500 epochs from any start with |w| < 1.75 end within the known ranges") {
    double lowest_w = 9.0, highest_w = -9.0, lowest_b = 9.0, highest_b = -9.0;
    double lowest_loss = 9.0, highest_loss = -9.0, lowest_y = 99.0, highest_y = -99.0;
    for (int start = -34; start <= 34; ++start) {
        OneNeuronLab lab;
        put(lab, "start-w", start / 20.0);
        go(lab, "do=step:500");
        CHECK(reading(lab, "epoch") == 500.0);
        lowest_w = std::min(lowest_w, reading(lab, "w"));
        highest_w = std::max(highest_w, reading(lab, "w"));
        lowest_b = std::min(lowest_b, reading(lab, "b"));
        highest_b = std::max(highest_b, reading(lab, "b"));
        lowest_loss = std::min(lowest_loss, reading(lab, "loss"));
        highest_loss = std::max(highest_loss, reading(lab, "loss"));
        lowest_y = std::min(lowest_y, reading(lab, "prediction"));
        highest_y = std::max(highest_y, reading(lab, "prediction"));
    }
    // The ranges are stated with so many digits; half a unit of the last one is theirs.
    CHECK(lowest_w > 1.9955);
    CHECK(highest_w < 1.9985);
    CHECK(lowest_b > -0.9955);
    CHECK(highest_b < -0.9885);
    CHECK(lowest_y > 18.965);
    CHECK(highest_y < 18.995);
    CHECK(lowest_loss > 1.65e-5);
    CHECK(highest_loss < 7.15e-5);
    // … and they are no wider than it takes.
    CHECK(highest_loss / lowest_loss > 3.5);
}

TEST_CASE("one-neuron: from w = 0.35 the numbers of the well-known notebook") {
    OneNeuronLab lab;
    go(lab, "start-w=0.35&do=train");
    CHECK(std::fabs(reading(lab, "w") - 1.9975) < 0.00005);
    CHECK(std::fabs(reading(lab, "b") - -0.9923) < 0.00005);
    CHECK(std::fabs(reading(lab, "prediction") - 18.983) < 0.0005);
    // The notebook prints the loss before the last update.
    CHECK(std::fabs(lab.loss_history()[499] - 3.5e-5) < 0.05e-5);
    const double expected[6] = {-2.9898, -0.9923, 1.0052, 3.0027, 5.0003, 6.9978};
    for (int i = 0; i < 6; ++i) {
        CHECK(std::fabs(lab.predicted(i - 1.0) - expected[i]) < 0.00006);
    }
}

TEST_CASE("one-neuron: the first step, by hand") {
    OneNeuronLab lab;
    CHECK(reading(lab, "loss") == doctest::Approx(94.0 / 6.0).epsilon(1e-12));
    CHECK(reading(lab, "gradient-w") == doctest::Approx(-53.0 / 3.0).epsilon(1e-12));
    CHECK(reading(lab, "gradient-b") == doctest::Approx(-4.0).epsilon(1e-12));
    CHECK(shown(lab, "loss") == "15.67");
    CHECK(shown(lab, "gradient-w") == "-17.67");
    go(lab, "do=step");
    CHECK(shown(lab, "w") == "0.1767");
    CHECK(std::fabs(reading(lab, "b") - 0.04) < kFloatRounding);
}

TEST_CASE("one-neuron: every epoch moves w and b by the rate times the gradient") {
    for (const char* start : {"start-w=0", "start-w=-5&start-b=5", "start-w=1.3&start-b=-2.05"}) {
        OneNeuronLab lab;
        go(lab, std::string(start) + "&learning-rate=0.05");
        for (int epoch = 0; epoch < 30; ++epoch) {
            const auto before = lab.weights();
            const auto slope = lab.gradient();
            go(lab, "do=step");
            // Rounding is relative to the largest number on the way: errors and weights below 40.
            CHECK(std::fabs(lab.weights().w - (before.w - 0.05 * slope.w)) < 40 * kFloatRounding);
            CHECK(std::fabs(lab.weights().b - (before.b - 0.05 * slope.b)) < 40 * kFloatRounding);
        }
    }
}

TEST_CASE("one-neuron: its loss is the one that the core computes") {
    OneNeuronLab lab;
    go(lab, "do=step:20");
    Graph graph = lab.graph();
    Dataset data;
    data.feature_shape = {1};
    data.target_shape = {1};
    data.features = std::vector<float>{-1, 0, 1, 2, 3, 4};
    data.targets = {-3, -1, 1, 3, 5, 7};
    const Result<float> loss = evaluate(graph, data, Loss::mean_squared_error);
    REQUIRE(loss.ok());
    CHECK(std::fabs(static_cast<double>(*loss) / reading(lab, "loss") - 1.0) < 10 * kFloatRounding);
}

TEST_CASE("one-neuron: late epochs take off about 2 % of the loss") {
    OneNeuronLab lab;
    go(lab, "do=train");
    for (std::size_t epoch = 100; epoch < 500; epoch += 50) {
        const double ratio = lab.loss_history()[epoch + 1] / lab.loss_history()[epoch];
        CHECK(std::fabs(1.0 - ratio - 0.02) < 0.002);
    }
}

TEST_CASE("one-neuron: the learning rate decides how fast, and whether at all") {
    const auto trained = [](const char* rate) {
        auto lab = std::make_unique<OneNeuronLab>();
        go(*lab, std::string("learning-rate=") + rate + "&do=train");
        return lab;
    };
    CHECK(first_epoch_below(*trained("0.01"), 1e-4) == 456);
    CHECK(first_epoch_below(*trained("0.1"), 1e-4) == 44);
    CHECK(first_epoch_below(*trained("0.15"), 1e-4) == 29);
    for (const char* rate : {"0.02", "0.05", "0.1", "0.15", "0.17", "0.175"}) {
        const auto lab = trained(rate);
        CHECK(lab->state() == State::finished);
        CHECK(reading(*lab, "loss") < 1e-8);
    }
    CHECK(reading(*trained("0.178"), "loss") > 1e6);
    OneNeuronLab growing;
    go(growing, "learning-rate=0.178&do=step:300");
    CHECK(growing.state() == State::growing);
}

TEST_CASE("one-neuron: a rate far too large ends in an error that says what to do") {
    OneNeuronLab lab;
    go(lab, "learning-rate=0.2&do=train");
    CHECK(lab.state() == State::broken);
    CHECK(shown(lab, "state") == "broken");
    CHECK(lab.error_message().find("lower the learning rate") != std::string::npos);
    CHECK(std::isfinite(reading(lab, "loss")));
    const double epochs = reading(lab, "epoch");
    CHECK(epochs < 500.0);
    go(lab, "do=step:10");
    CHECK(reading(lab, "epoch") == epochs);
    go(lab, "learning-rate=0.1&do=step");
    CHECK(lab.state() == State::learning);
    CHECK(lab.error_message().empty());
}

TEST_CASE("one-neuron: another question or more epochs leave the training alone") {
    OneNeuronLab lab;
    go(lab, "do=step:500");
    CHECK(lab.state() == State::finished);
    const double w = reading(lab, "w");
    go(lab, "x=0");
    CHECK(reading(lab, "prediction") == reading(lab, "b"));
    CHECK(reading(lab, "w") == w);
    go(lab, "epochs=600");
    CHECK(reading(lab, "epoch") == 500.0);
    CHECK(lab.state() == State::learning);
    go(lab, "do=step:1000");
    CHECK(reading(lab, "epoch") == 600.0);
    OneNeuronLab straight;
    go(straight, "epochs=600&do=train");
    CHECK(reading(straight, "w") == reading(lab, "w"));
    CHECK(reading(straight, "b") == reading(lab, "b"));
    go(lab, "epochs=10");
    CHECK(reading(lab, "epoch") == 0.0);
    CHECK(lab.state() == State::at_start);
}

TEST_CASE("one-neuron: every goal can be reached, none by doing nothing") {
    const auto reached = [](const char* link, const char* goal) {
        OneNeuronLab lab;
        go(lab, link);
        return ticked(lab, goal);
    };
    OneNeuronLab untouched;
    for (std::size_t i = 0; i < untouched.goals().size(); ++i)
        CHECK_FALSE(untouched.goal_ticked(i));
    CHECK_FALSE(reached("start-w=2&start-b=-1", "fast"));
    CHECK(reached("do=step:500", "trained"));
    CHECK_FALSE(reached("do=step:499", "trained"));
    CHECK(reached("start-w=-4&start-b=4&do=train", "far-start"));
    CHECK(reached("start-w=-5&start-b=5&do=train", "far-start"));
    CHECK_FALSE(reached("start-w=-4&start-b=4", "far-start"));
    CHECK(reached("learning-rate=0.4&do=train", "blow-up"));
    CHECK_FALSE(reached("learning-rate=0.17&do=train", "blow-up"));
    CHECK(reached("learning-rate=0.15&do=train", "fast"));
    CHECK_FALSE(reached("do=train", "fast"));
}

}  // namespace
}  // namespace whittle
