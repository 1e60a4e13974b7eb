#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

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
    for (const std::array<std::string, 2>& row : ways) {
        const std::string& goal = row[0];
        const std::string& way = row[1];
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

}  // namespace
}  // namespace whittle
