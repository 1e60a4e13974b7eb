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

struct Played : NeuronsAndLayersLab {
    explicit Played(const std::string& link) { go(*this, link); }
};

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

void set_weight(Lab& lab, int layer, int from, int to, const std::string& value) {
    const auto text = [](int number) { return std::to_string(number); };
    go(lab, "weight-layer=" + text(layer) + "&weight-from=" + text(from) +
                "&weight-to=" + text(to) + "&weight-value=" + value + "&do=set-weight");
}

TEST_CASE("neurons-and-layers: every data set is learnt") {
    const std::vector<std::pair<std::string, double>> classes = {
        {"circle", 0.95},         {"xor", 0.95},          {"gaussians", 0.95}, {"spiral", 0.75},
        {"three-gaussians", 0.9}, {"three-spirals", 0.85}};
    const std::string setting = "&neurons-1=8&neurons-2=8&optimizer=adam&learning-rate=0.01";
    for (const std::pair<std::string, double>& row : classes) {
        const std::string& data = row.first;
        const double accuracy = row.second;
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
    go(lab, "biases=off");
    set_weight(lab, 1, 0, 1, "1");
    CHECK(!lab.message().empty());
    CHECK(lab.net().bias(1, 0) == 0.0f);
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
