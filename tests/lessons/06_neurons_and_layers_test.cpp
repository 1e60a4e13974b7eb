#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/exact_math.h"
#include "core/base/hash.h"
#include "core/deploy/predict.h"
#include "core/deploy/tflite_file.h"
#include "lessons/06-neurons-and-layers/lab.h"
#include "tests/support/labs.h"

namespace whittle {
namespace {

using State = NeuronsAndLayersLab::State;
using test::go;
using test::reading;
using test::shown;
using test::ticked;

// Labs cannot be copied: their trainers point at their nets.
struct Played : NeuronsAndLayersLab {
    explicit Played(const std::string& link) { go(*this, link); }
};

const std::string kSpiral =
    "data=spiral&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01&do=step:600";

// --- Facts ---------------------------------------------------------------------------------------

// What rounding can make of sums of products: every one of the net's float additions and
// multiplications errs by 2^-24 of a value that |W_L| ... |W_1| |x| bounds.
double rounding_bound(const PlaygroundNet& net) {
    std::vector<double> largest(net.units(0), ActivationMaps::kEdge);
    double roundings = 0.0;
    for (std::size_t layer = 1; layer <= net.last_layer(); ++layer) {
        std::vector<double> next;
        for (std::size_t to = 0; to < net.units(layer); ++to) {
            double sum = std::fabs(net.bias(layer, to));
            for (std::size_t from = 0; from < net.units(layer - 1); ++from) {
                sum += std::fabs(net.weight(layer, from, to)) * largest[from];
            }
            next.push_back(sum);
        }
        roundings += static_cast<double>(net.units(layer - 1)) + 1.0;
        largest = next;
    }
    return std::ldexp(roundings, -24) * *std::max_element(largest.begin(), largest.end());
}

TEST_CASE("neurons-and-layers: linear layers are one layer, whatever they have learnt") {
    for (const std::string data : {"circle", "three-spirals", "plane"}) {
        for (int layers = 0; layers <= 6; ++layers) {
            CAPTURE(data);
            CAPTURE(layers);
            const Played lab("data=" + data + "&layers=" + std::to_string(layers) +
                             "&neurons-2=8&neurons-3=1&activation=linear&learning-rate=0.01"
                             "&do=step:20");
            REQUIRE(lab.state() == State::ready);
            CHECK(reading(lab, "collapse-difference") <= rounding_bound(lab.net()));
        }
    }
    CHECK(std::isnan(reading(Played("activation=tanh&do=step:1"), "collapse-difference")));
}

void set_weight(Lab& lab, int layer, int from, int to, const std::string& value) {
    const auto text = [](int number) { return std::to_string(number); };
    go(lab, "weight-layer=" + text(layer) + "&weight-from=" + text(from) +
                "&weight-to=" + text(to) + "&weight-value=" + value + "&do=set-weight");
}

TEST_CASE("neurons-and-layers: the product is W2 W1, as the lesson multiplies it") {
    Played lab("data=plane&layers=1&neurons-1=2&activation=linear");
    set_weight(lab, 1, 1, 1, "1");
    set_weight(lab, 1, 2, 1, "2");
    set_weight(lab, 1, 1, 2, "3");
    set_weight(lab, 1, 2, 2, "4");
    set_weight(lab, 2, 1, 1, "5");
    set_weight(lab, 2, 2, 1, "6");
    set_weight(lab, 1, 0, 1, "1");
    set_weight(lab, 1, 0, 2, "-1");
    set_weight(lab, 2, 0, 1, "0.5");
    const CollapsedNet product = collapse(lab.net());
    CHECK(product.weights == std::vector<double>{23.0, 34.0});
    CHECK(product.biases == std::vector<double>{5.0 * 1.0 + 6.0 * -1.0 + 0.5});
    CHECK(reading(lab, "parameters") == 9.0);
    CHECK(reading(lab, "collapse-difference") <= rounding_bound(lab.net()));
}

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

TEST_CASE("neurons-and-layers: the 2-2 sigmoid net goes down its gradient") {
    // 50 training points in one batch: one step an epoch.
    const std::string setting =
        "data=gaussians&samples=100&batch-size=100&layers=0&loss=half-squared&biases=off"
        "&learning-rate=0.001";
    Played lab(setting);
    CHECK(reading(lab, "parameters") == 4.0);
    const PlaygroundNet& net = lab.net();
    double w[2][2];
    double gradient[2][2] = {};
    for (std::size_t to = 0; to < 2; ++to) {
        for (std::size_t from = 0; from < 2; ++from) w[to][from] = net.weight(1, from, to);
    }
    double loss = 0.0;
    double count = 0.0;
    for (const PlaygroundPoint& point : lab.points()) {
        if (point.test) continue;
        count += 1.0;
        const double x[2] = {point.x1, point.x2};
        for (std::size_t o = 0; o < 2; ++o) {
            const double y = point.target == static_cast<float>(o) ? 1.0 : 0.0;
            const double answer = logistic(w[o][0] * x[0] + w[o][1] * x[1]);
            loss += 0.5 * (answer - y) * (answer - y);
            const double slope = (answer - y) * answer * (1.0 - answer);
            gradient[o][0] += slope * x[0];
            gradient[o][1] += slope * x[1];
        }
    }
    CHECK(count == 50.0);
    // Floats: some 50 roundings of 6e-8, of numbers around 1.
    CHECK(reading(lab, "train-loss") == doctest::Approx(loss / count).epsilon(1e-5));
    go(lab, "do=step");
    for (std::size_t to = 0; to < 2; ++to) {
        for (std::size_t from = 0; from < 2; ++from) {
            const double expected = w[to][from] - 0.001 * gradient[to][from];
            CHECK(net.weight(1, from, to) == doctest::Approx(expected).epsilon(1e-5));
            CHECK(net.bias(1, to) == 0.0f);
        }
    }
}

TEST_CASE("neurons-and-layers: the 2-2 sigmoid net learns") {
    for (int seed = 1; seed <= 5; ++seed) {
        Played lab("seed=" + std::to_string(seed) +
                   "&data=gaussians&layers=0&loss=half-squared&biases=off");
        const double before = reading(lab, "train-loss");
        go(lab, "do=step:20");
        CHECK(reading(lab, "train-loss") < 0.02);
        CHECK(reading(lab, "train-loss") < before / 2.0);
        CHECK(reading(lab, "test-accuracy") >= 0.97);
    }
}

TEST_CASE("neurons-and-layers: numbers of the prose") {
    CHECK(reading(Played("do=step"), "parameters") == 25.0);
    CHECK(reading(Played(""), "macs") == 18.0);
    CHECK(reading(Played("layers=0"), "parameters") == 3.0);
    CHECK(reading(Played("layers=1&neurons-1=3"), "parameters") == 13.0);
    CHECK(reading(Played("layers=1&neurons-1=4"), "parameters") == 17.0);
    CHECK(reading(Played("neurons-1=8&neurons-2=8"), "parameters") == 105.0);
    CHECK(reading(Played("do=step:200"), "test-accuracy") == 1.0);
    CHECK(feature_value(Feature::x1_squared, 3.0f, 4.0f) +
              feature_value(Feature::x2_squared, 3.0f, 4.0f) ==
          25.0f);
    CHECK(reading(Played("neurons-1=8&neurons-2=8&neurons-3=8&neurons-4=8&neurons-5=8&neurons-6=8"
                         "&layers=6"),
                  "parameters") == 393.0);
    // One neuron, told the right features.
    const Played squares("layers=0&x1=off&x2=off&x1-squared=on&x2-squared=on&do=step:50");
    CHECK(reading(squares, "parameters") == 3.0);
    CHECK(reading(squares, "test-accuracy") == 1.0);
    const Played product("data=xor&layers=0&x1=off&x2=off&x1-times-x2=on&do=step:50");
    CHECK(reading(product, "parameters") == 2.0);
    CHECK(reading(product, "test-accuracy") == 1.0);
    // Who knows nothing says one half.
    Played silent("layers=0");
    set_weight(silent, 1, 1, 1, "0");
    set_weight(silent, 1, 2, 1, "0");
    CHECK(reading(silent, "train-loss") == doctest::Approx(std::log(2.0)));
    CHECK(shown(silent, "train-loss") == "0.6931");
    CHECK(reading(Played("layers=6&activation=sigmoid&do=step:100"), "train-loss") > 0.68);
    // "Less than a millionth" off the one layer.
    for (const std::string layers : {"1", "2", "3", "4", "5", "6"}) {
        const Played linear("activation=linear&do=step:50&layers=" + layers + "&do=step:50");
        CHECK(reading(linear, "collapse-difference") < 1e-6);
    }
    // L1 on xor with 8 neurons.
    const std::string xor8 = "data=xor&layers=1&neurons-1=8&activation=relu";
    const Played with_l1(xor8 + "&regularization=l1&regularization-rate=0.01&do=step:500");
    CHECK(reading(with_l1, "zero-weights") == 11.0);
    CHECK(with_l1.net().units(0) * 8 + 8 == 24);
    CHECK(reading(with_l1, "test-accuracy") == 1.0);
    CHECK(reading(Played(xor8 + "&do=step:500"), "zero-weights") == 0.0);
    // A large net learns few noisy points by heart.
    const std::string by_heart =
        "data=gaussians&samples=60&noise=1.5&layers=3&neurons-1=8&neurons-2=8&neurons-3=8"
        "&optimizer=adam&learning-rate=0.01&do=step:500";
    const Played memorised(by_heart);
    CHECK(reading(memorised, "parameters") == 177.0);
    CHECK(std::count_if(memorised.points().begin(), memorised.points().end(),
                        [](const PlaygroundPoint& point) { return !point.test; }) == 30);
    CHECK(reading(memorised, "train-loss") < 0.001);
    CHECK(reading(memorised, "test-loss") > 0.3);
    CHECK(reading(memorised, "train-accuracy") == 1.0);
}

TEST_CASE("neurons-and-layers: linear layers fail on the circle for every seed and depth") {
    for (const std::string layers : {"1", "2", "6"}) {
        for (const std::string seed : {"1", "2", "3"}) {
            const Played lab("activation=linear&layers=" + layers + "&seed=" + seed +
                             "&do=step:100");
            CHECK(reading(lab, "test-accuracy") < 0.75);
        }
    }
}

// --- Goals ---------------------------------------------------------------------------------------

TEST_CASE("neurons-and-layers: every goal can be reached as its hint says, and not at once") {
    const std::vector<std::array<std::string, 2>> ways = {
        {"linear-fails", "activation=linear&do=step:20"},
        {"circle", "data=circle&do=step:200"},
        {"no-hidden-layer", "data=xor&layers=0&x1-times-x2=on&do=step:50"},
        {"tiny", "layers=1&neurons-1=3&do=step:300"},
        {"spiral", kSpiral}};
    NeuronsAndLayersLab fresh;
    CHECK(fresh.goals().size() == ways.size());
    for (const auto& [goal, way] : ways) {
        CAPTURE(goal);
        CHECK(!ticked(fresh, goal));
        CHECK(ticked(Played(way), goal));
        CHECK(!ticked(Played(way.substr(0, way.rfind('&'))), goal));
    }
    CHECK(!ticked(Played("data=xor&layers=0&do=step:50"), "no-hidden-layer"));
    CHECK(
        !ticked(Played("layers=0&x1=off&x2=off&x1-squared=on&x2-squared=on&do=step:200"), "tiny"));
    CHECK(!ticked(Played("activation=linear&do=step:19"), "linear-fails"));
}

// --- The playground ------------------------------------------------------------------------------

TEST_CASE("neurons-and-layers: every data set is learnt") {
    const std::vector<std::pair<std::string, double>> classes = {
        {"circle", 0.95},         {"xor", 0.95},          {"gaussians", 0.95}, {"spiral", 0.75},
        {"three-gaussians", 0.9}, {"three-spirals", 0.85}};
    const std::string setting = "&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01";
    for (const auto& [data, accuracy] : classes) {
        CAPTURE(data);
        const Played lab("data=" + data + setting + "&do=step:300");
        CHECK(reading(lab, "test-accuracy") >= accuracy);
        const bool three = data.substr(0, 5) == "three";
        CHECK(lab.task() == (three ? PlaygroundTask::multi_class : PlaygroundTask::binary));
        CHECK(lab.classes() == (three ? 3u : 2u));
        REQUIRE(lab.test_score().confusion);
        CHECK(lab.test_score().confusion->total() == 200);
        CHECK(lab.test_score().confusion->accuracy() == reading(lab, "test-accuracy"));
    }
    for (const std::string data : {"plane", "hills"}) {
        Played lab("data=" + data + setting);
        const double before = reading(lab, "test-loss");
        go(lab, "do=step:300");
        CHECK(reading(lab, "test-loss") < before / 10.0);
        CHECK(lab.task() == PlaygroundTask::regression);
        CHECK(!lab.test_score().confusion);
        CHECK(std::isnan(reading(lab, "test-accuracy")));
    }
}

TEST_CASE("neurons-and-layers: every activation, loss and optimizer learns the circle or xor") {
    for (const std::string activation : {"relu", "tanh", "sigmoid", "silu"}) {
        for (const std::string loss : {"cross-entropy", "half-squared"}) {
            CAPTURE(activation);
            CAPTURE(loss);
            const Played lab(
                "neurons-1=8&neurons-2=4&optimizer=adam&learning-rate=0.01&activation=" +
                activation + "&loss=" + loss + "&do=step:200");
            CHECK(reading(lab, "test-accuracy") >= 0.95);
        }
    }
    CHECK(reading(Played("data=xor&neurons-1=8&optimizer=sgd&do=step:200"), "test-accuracy") >
          0.95);
}

TEST_CASE("neurons-and-layers: the split, the noise and the seed make the points") {
    const Played lab("samples=100&train-share=30");
    const auto tests = std::count_if(lab.points().begin(), lab.points().end(),
                                     [](const PlaygroundPoint& point) { return point.test; });
    CHECK(lab.points().size() == 100);
    CHECK(tests == 70);
    const Played noisy("samples=100&train-share=30&noise=0.5");
    const Played other("samples=100&train-share=30&seed=2");
    CHECK(lab.points()[0].x1 != noisy.points()[0].x1);
    CHECK(std::fabs(lab.points()[0].x1 - noisy.points()[0].x1) < 3.0);
    CHECK(lab.points()[0].x1 != other.points()[0].x1);
    CHECK(lab.net().weight(1, 0, 0) == noisy.net().weight(1, 0, 0));
    CHECK(lab.net().weight(1, 0, 0) != other.net().weight(1, 0, 0));
}

TEST_CASE("neurons-and-layers: features are what the net is told; with none on it is told x1") {
    const Played lab("x1=off&x2=off&x1-squared=on&sin-x2=on&layers=0");
    CHECK(lab.net().options().features ==
          std::vector<Feature>{Feature::x1_squared, Feature::sin_x2});
    CHECK(Played("x1=off&x2=off").net().options().features == std::vector<Feature>{Feature::x1});
    CHECK(feature_value(Feature::x1, 2.0f, 3.0f) == 2.0f);
    CHECK(feature_value(Feature::x2, 2.0f, 3.0f) == 3.0f);
    CHECK(feature_value(Feature::x1_squared, 2.0f, 3.0f) == 4.0f);
    CHECK(feature_value(Feature::x2_squared, 2.0f, 3.0f) == 9.0f);
    CHECK(feature_value(Feature::x1_times_x2, 2.0f, 3.0f) == 6.0f);
    CHECK(feature_value(Feature::sin_x1, 2.0f, 3.0f) == whittle_sinf(2.0f));
    CHECK(feature_value(Feature::sin_x2, 2.0f, 3.0f) == whittle_sinf(3.0f));
}

TEST_CASE("neurons-and-layers: maps show what every neuron answers") {
    Played lab("layers=1&neurons-1=2&x1-times-x2=on&do=step:10");
    const PlaygroundNet& net = lab.net();
    for (const std::size_t cell :
         {std::size_t{0}, std::size_t{49}, std::size_t{1275}, ActivationMaps::kCells - 1}) {
        const double x[3] = {
            ActivationMaps::x1_of(cell), ActivationMaps::x2_of(cell),
            static_cast<double>(ActivationMaps::x1_of(cell)) * ActivationMaps::x2_of(cell)};
        double output = net.bias(2, 0);
        for (std::size_t unit = 0; unit < 2; ++unit) {
            double sum = net.bias(1, unit);
            for (std::size_t f = 0; f < 3; ++f) {
                CHECK(lab.maps().map(0, f)[cell] == doctest::Approx(x[f]));
                sum += net.weight(1, f, unit) * x[f];
            }
            // Floats of at most 36 round by 4e-6.
            CHECK(lab.maps().map(1, unit)[cell] == doctest::Approx(std::tanh(sum)).epsilon(1e-4));
            output += net.weight(2, unit, 0) * std::tanh(sum);
        }
        CHECK(lab.maps().map(2, 0)[cell] == doctest::Approx(logistic(output)).epsilon(1e-4));
        CHECK(lab.class_map()[cell] == (output >= 0.0 ? 1 : 0));
    }
    // The first cell is the upper left corner.
    CHECK(ActivationMaps::x1_of(0) == doctest::Approx(-5.88));
    CHECK(ActivationMaps::x2_of(0) == doctest::Approx(5.88));
    // They follow the weights.
    const float before = lab.maps().map(2, 0)[1275];
    go(lab, "do=step");
    CHECK(lab.maps().map(2, 0)[1275] != before);
    // Three classes: probabilities, and the largest wins.
    const Played three("data=three-gaussians&do=step:20");
    const std::vector<std::uint8_t> chosen = three.class_map();
    std::array<int, 3> seen{};
    for (std::size_t cell = 0; cell < ActivationMaps::kCells; ++cell) {
        float sum = 0.0f;
        for (std::size_t output = 0; output < 3; ++output) {
            const float p = three.maps().map(3, output)[cell];
            CHECK(p <= three.maps().map(3, chosen[cell])[cell]);
            sum += p;
        }
        CHECK(sum == doctest::Approx(1.0).epsilon(1e-5));
        ++seen[chosen[cell]];
    }
    for (const int cells : seen) CHECK(cells > 100);
}

TEST_CASE("neurons-and-layers: rates change while it learns, other settings begin anew") {
    Played lab("do=step:20");
    const float weight = lab.net().weight(1, 0, 0);
    go(lab,
       "learning-rate=0.1&regularization=l2&regularization-rate=0.01&stop-epochs=100"
       "&discretize=on&show-test=on&neurons-6=8&point-x=1&weight-to=2");
    CHECK(lab.epoch() == 20);
    CHECK(lab.net().weight(1, 0, 0) == weight);
    CHECK(lab.discretized());
    CHECK(lab.shows_test_points());
    go(lab, "do=step");
    const float changed = lab.net().weight(1, 0, 0);
    Played same("do=step:21");
    CHECK(changed != same.net().weight(1, 0, 0));
    go(lab, "neurons-2=3");
    CHECK(lab.epoch() == 0);
    CHECK(lab.losses().entries().size() == 1);
}

TEST_CASE("neurons-and-layers: it stops when it is told to") {
    Played epochs("stop-epochs=50&do=step:1000");
    CHECK(epochs.epoch() == 50);
    CHECK(epochs.state() == State::epochs_done);
    CHECK(shown(epochs, "state") == "all epochs done");
    go(epochs, "stop-epochs=100&do=step:1000");
    CHECK(epochs.epoch() == 100);

    const Played loss("stop-loss=0.2&do=step:1000");
    CHECK(loss.state() == State::loss_reached);
    CHECK(reading(loss, "test-loss") <= 0.2);
    const auto entries = loss.losses().entries();
    CHECK(entries[entries.size() - 2].held_out > 0.2f);

    const Played patience(
        "data=gaussians&noise=1.5&samples=60&stop-patience=10&optimizer=adam"
        "&do=step:10000");
    CHECK(patience.state() == State::no_improvement);
    float best = 1e9f;
    int best_epoch = 0;
    for (const LossHistory::Entry& entry : patience.losses().entries()) {
        if (entry.held_out < best) {
            best = entry.held_out;
            best_epoch = entry.epoch;
        }
    }
    CHECK(patience.epoch() == best_epoch + 10);
}

TEST_CASE("neurons-and-layers: a rate that is too large ends in a message, not in numbers") {
    Played lab("data=hills&layers=0&x1-squared=on&x2-squared=on&learning-rate=10&do=step:100");
    CHECK(lab.state() == State::ran_away);
    CHECK(lab.epoch() < 100);
    CHECK(lab.message().find("learning rate") != std::string::npos);
    const int epoch = lab.epoch();
    go(lab, "do=step:5");
    CHECK(lab.epoch() == epoch);
    const Played again("data=hills&layers=0&x1-squared=on&x2-squared=on&learning-rate=10&do=step:" +
                       std::to_string(epoch));
    CHECK(again.net().weight(1, 0, 0) == lab.net().weight(1, 0, 0));
    go(lab, "learning-rate=0.001&do=reset&do=step:5");
    CHECK(lab.state() == State::ready);
}

// --- Own points and weights ----------------------------------------------------------------------

std::string point(const std::string& x, const std::string& y, const std::string& of_class) {
    return "&point-x=" + x + "&point-y=" + y + "&point-class=" + of_class + "&do=add-point";
}

TEST_CASE("neurons-and-layers: own points are learnt, alone or among others") {
    Played lab("data=own");
    CHECK(lab.state() == State::no_points);
    CHECK(std::isnan(reading(lab, "train-loss")));
    go(lab, "do=step:5");
    CHECK(lab.epoch() == 0);
    CHECK(!lab.message().empty());
    CHECK(lab.maps().map(1, 0).size() == ActivationMaps::kCells);

    go(lab, point("-1", "-1", "A") + point("1", "1", "B") + point("-1", "1", "B") +
                point("1", "-1", "B") + "&optimizer=adam&do=step:300");
    CHECK(lab.points().size() == 4);
    CHECK(lab.points()[0].own);
    CHECK(!lab.points()[0].test);
    CHECK(reading(lab, "train-accuracy") == 1.0);
    CHECK(std::isnan(reading(lab, "test-loss")));

    // A point of a third class needs a third output; without it there are two again.
    go(lab, point("4", "4", "C"));
    CHECK(lab.classes() == 3);
    CHECK(lab.epoch() == 0);
    CHECK(lab.net().units(lab.net().last_layer()) == 3);
    go(lab, "do=clear-points");
    CHECK(lab.points().empty());
    CHECK(lab.classes() == 2);

    Played among("data=circle&do=step:10" + point("5.5", "5.5", "B"));
    CHECK(among.epoch() == 10);
    CHECK(among.points().size() == 401);
    Played surface("data=plane" + point("1", "1", "B"));
    CHECK(surface.points().back().target == 1.0f);
    go(surface, point("1", "1", "A") + point("1", "1", "C"));
    CHECK(surface.points()[surface.points().size() - 2].target == -1.0f);
    CHECK(surface.points().back().target == 0.0f);
    CHECK(surface.task() == PlaygroundTask::regression);
}

TEST_CASE("neurons-and-layers: there is room for so many own points, and a reset keeps them") {
    Played lab("data=own&do=add-point:500");
    CHECK(lab.points().size() == NeuronsAndLayersLab::kMaxOwnPoints);
    CHECK(lab.message().empty());
    go(lab, "do=add-point");
    CHECK(lab.points().size() == NeuronsAndLayersLab::kMaxOwnPoints);
    CHECK(!lab.message().empty());
    go(lab, "do=step:2&do=reset");
    CHECK(lab.points().size() == NeuronsAndLayersLab::kMaxOwnPoints);
    CHECK(lab.epoch() == 0);
    lab.restart();
    CHECK(lab.points().size() == 400);
}

TEST_CASE("neurons-and-layers: weights and biases can be set; others than there are cannot") {
    Played lab("do=step:5");
    set_weight(lab, 1, 2, 4, "1.5");
    CHECK(lab.net().weight(1, 1, 3) == 1.5f);
    set_weight(lab, 3, 0, 1, "-0.25");
    CHECK(lab.net().bias(3, 0) == -0.25f);
    CHECK(lab.epoch() == 5);
    CHECK(lab.message().empty());
    const double loss = reading(lab, "train-loss");
    set_weight(lab, 3, 1, 1, "9");
    CHECK(reading(lab, "train-loss") != loss);
    for (const auto& [layer, from, to] :
         {std::array{4, 1, 1}, std::array{1, 3, 1}, std::array{1, 1, 5}, std::array{3, 1, 2}}) {
        set_weight(lab, layer, from, to, "7");
        CHECK(!lab.message().empty());
    }
    go(lab, "do=step");
    CHECK(lab.epoch() == 6);
    CHECK(lab.message().empty());
}

// --- State, export, edges ------------------------------------------------------------------------

std::vector<double> all_readings(const Lab& lab) {
    std::vector<double> readings;
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        readings.push_back(std::isnan(lab.readout(i)) ? -12345.0 : lab.readout(i));
    }
    return readings;
}

TEST_CASE("neurons-and-layers: the link brings back the very state") {
    for (const std::string& way :
         {std::string("do=step:30&learning-rate=0.1&do=step:20"),
          "data=own" + point("1", "1", "A") + point("-1", "0.5", "B") + "&do=step:10" +
              point("3", "-2", "B") + "&do=step:10&do=reset&do=step:7",
          std::string("data=spiral&do=step:10&weight-value=2&do=set-weight&do=step:10"),
          "do=step:10" + point("2", "2", "C") + "&do=step:10&noise=0.5&do=step:5"}) {
        CAPTURE(way);
        const Played lab(way);
        const Played again(to_link(lab));
        CHECK(all_readings(lab) == all_readings(again));
        CHECK(weights_hash(lab.net().graph()) == weights_hash(again.net().graph()));
        CHECK(lab.points().size() == again.points().size());
    }
}

// The literal is what x86-64 computes; every other target must reach the same bits.
TEST_CASE("neurons-and-layers: the same bits on every target") {
    std::string hashes;
    for (const std::string activation : {"relu", "tanh", "sigmoid", "silu", "linear"}) {
        const Played lab("data=three-spirals&noise=0.2&sin-x1=on&activation=" + activation +
                         "&regularization=l1&do=step:50&learning-rate=0.01&do=step:50");
        hashes += to_hex(weights_hash(lab.net().graph())) + " ";
    }
    CHECK(hashes ==
          "aef92f2c0b9a8b7b 41b7a8a66f658bcf 913f033481010dab 50875426d7940bdf 38b50cfd6df569f5 ");
}

TEST_CASE("neurons-and-layers: the exported files are the net") {
    for (const std::string activation : {"relu", "tanh", "sigmoid", "silu", "linear"}) {
        for (const std::string data : {"circle", "three-gaussians", "plane"}) {
            CAPTURE(activation);
            CAPTURE(data);
            Played lab("x1-squared=on&data=" + data + "&activation=" + activation + "&do=step:5");
            const auto read = read_tflite(lab.tflite());
            REQUIRE(read.ok());
            Dataset cells;
            cells.feature_shape = {3};
            const std::size_t last = lab.net().last_layer();
            cells.target_shape = {static_cast<std::int32_t>(lab.net().units(last))};
            std::vector<float> features;
            for (std::size_t cell = 0; cell < 50; ++cell) {
                for (std::size_t f = 0; f < 3; ++f) {
                    features.push_back(lab.maps().map(0, f)[cell]);
                }
            }
            cells.features = features;
            cells.targets.assign(50 * lab.net().units(last), 0.0f);
            const auto answers = predict_with_program(*read, cells);
            REQUIRE(answers.ok());
            for (std::size_t i = 0; i < answers->size(); ++i) {
                const std::size_t units = lab.net().units(last);
                const float expected = lab.maps().map(last, i % units)[i / units];
                // SiLU becomes a product of two operators in the file, with one rounding more.
                CHECK((*answers)[i] == doctest::Approx(expected).epsilon(1e-4));
            }
            const Result<GeneratedCode> code = lab.c_code();
            REQUIRE(code.ok());
            CHECK(code->header.find("x1, x2, x1-squared") != std::string::npos);
            CHECK(code->source.find("playground_invoke") != std::string::npos);
        }
    }
}

TEST_CASE("neurons-and-layers: every parameter takes its ends, and the lab goes on") {
    NeuronsAndLayersLab lab;
    for (std::size_t p = 0; p < lab.parameters().size(); ++p) {
        CAPTURE(lab.parameters()[p].name);
        for (const double end : {lab.parameters()[p].minimum, lab.parameters()[p].maximum}) {
            lab.set_value(p, end);
            for (const Action& action : lab.actions()) CHECK(lab.act(action.name).ok());
            CHECK(lab.act("pause").ok());
            CHECK(lab.act("step").ok());
            CHECK(lab.maps().map(lab.net().last_layer(), 0).size() == ActivationMaps::kCells);
        }
    }
}

TEST_CASE("loss history: bounded, with the first and the latest epoch, in order") {
    for (const int epochs : {1, 1999, 2000, 2001, 10001}) {
        LossHistory losses;
        for (int epoch = 0; epoch < epochs; ++epoch) {
            losses.add({epoch, static_cast<float>(epoch), 0.0f});
            REQUIRE(losses.entries().size() < LossHistory::kMost);
            REQUIRE(losses.entries().back().epoch == epoch);
        }
        const auto entries = losses.entries();
        CHECK(entries.front().epoch == 0);
        CHECK(entries.size() >= std::min(static_cast<std::size_t>(epochs), std::size_t{1000}));
        for (std::size_t i = 1; i < entries.size(); ++i) {
            CHECK(entries[i].epoch > entries[i - 1].epoch);
            CHECK(entries[i].train == static_cast<float>(entries[i].epoch));
        }
        losses.clear();
        CHECK(losses.entries().empty());
    }
}

}  // namespace
}  // namespace whittle
