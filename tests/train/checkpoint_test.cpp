#include "core/train/checkpoint.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/graph/builder.h"
#include "core/ops/softmax/attributes.h"
#include "tests/train/nets.h"

namespace whittle {
namespace {

Graph small_net() {
    Random random(3);
    GraphBuilder builder;
    const int x = builder.input("x", {2});
    const int hidden = builder.fully_connected(x, 6, Activation::relu, random);
    const int y = builder.fully_connected(hidden, 1, Activation::none, random);
    return std::move(builder).finish({y});
}

Dataset random_data(std::size_t samples, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> features, targets;
    for (std::size_t i = 0; i < samples; ++i) {
        const float a = random.uniform(-1.0f, 1.0f);
        const float b = random.uniform(-1.0f, 1.0f);
        features.insert(features.end(), {a, b});
        targets.push_back(a * b + 0.3f * random.normal());
    }
    return test::make_dataset(2, features, 1, targets);
}

// A training with everything that has a state.
struct Run {
    explicit Run(OptimizerOptions::Kind kind = OptimizerOptions::Kind::adam) {
        options.optimizer.kind = kind;
        options.optimizer.momentum = 0.5f;
        options.optimizer.learning_rate = 0.03f;
        options.schedule = {{.kind = SchedulePart::Kind::warm_up, .epochs = 2.0f},
                            {.kind = SchedulePart::Kind::cosine}};
        options.augmentation.noise = 0.05f;
        options.batch_size = 5;
        options.epochs = 12;
        options.patience = 4;
    }

    std::unique_ptr<Trainer> trainer(Graph& graph) const {
        auto made = Trainer::make(graph, train, &validation, options);
        REQUIRE(made.ok());
        return std::move(made).value();
    }

    Dataset train = random_data(23, 1);
    Dataset validation = random_data(9, 2);
    TrainOptions options;
};

struct End {
    std::uint64_t hash;
    int epochs;
    float loss;
    float best_loss;
    bool operator==(const End&) const = default;
};

End finish(Trainer& trainer, Graph& graph) {
    const auto report = trainer.run({});
    REQUIRE(report.ok());
    return {weights_hash(graph), trainer.epoch(), report->train_loss, report->validation_loss};
}

TEST_CASE("a training that is interrupted anywhere goes on to the same bits") {
    for (const auto kind : {OptimizerOptions::Kind::adam, OptimizerOptions::Kind::sgd,
                            OptimizerOptions::Kind::rmsprop}) {
        const Run run(kind);
        Graph whole = small_net();
        const auto through = run.trainer(whole);
        const End expected = finish(*through, whole);
        // Between epochs (0, 5, 10 steps), within them, and after a few epochs with their reports.
        for (const int steps : {0, 1, 4, 5, 7, 10, 13}) {
            CAPTURE(steps);
            Graph first = small_net();
            const auto before = run.trainer(first);
            REQUIRE(before->run_epoch().ok());
            REQUIRE(before->run_epoch().ok());
            for (int i = 0; i < steps % 5; ++i) REQUIRE(before->step().ok());
            if (steps >= 5) REQUIRE(before->run_epoch().ok());
            const std::vector<std::uint8_t> bytes = before->checkpoint();

            Graph second = small_net();
            const auto after = run.trainer(second);
            REQUIRE(after->resume(bytes).ok());
            CHECK(after->epoch() == before->epoch());
            CHECK(weights_hash(second) == weights_hash(first));
            CHECK(after->checkpoint() == bytes);
            CHECK(finish(*after, second) == expected);
        }
    }
}

TEST_CASE("a finished training is resumed to what it ended with") {
    const Run run;
    Graph graph = small_net();
    const auto trainer = run.trainer(graph);
    std::vector<std::uint8_t> bytes;
    const auto report = trainer->run([&](const EpochReport&) {
        bytes = trainer->checkpoint();
        return true;
    });
    REQUIRE(report.ok());
    Graph again = small_net();
    const auto later = run.trainer(again);
    REQUIRE(later->resume(bytes).ok());
    CHECK(later->finished());
    CHECK(later->stopped_early() == trainer->stopped_early());
    CHECK(later->run({})->epoch == report->epoch);
    CHECK(weights_hash(again) == weights_hash(graph));
}

TEST_CASE("what is no checkpoint of this training is refused, and changes nothing") {
    const Run run;
    Graph graph = small_net();
    const auto trainer = run.trainer(graph);
    REQUIRE(trainer->run_epoch().ok());
    const std::vector<std::uint8_t> good = trainer->checkpoint();
    const auto refused = [&](const std::vector<std::uint8_t>& bytes) {
        const Status status = trainer->resume(bytes);
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().expected != "");
        CHECK(trainer->checkpoint() == good);
        return status.error();
    };
    CHECK(refused({}).found == "an empty file");
    CHECK(refused({'W', 'H', 'T'}).found == "another kind of file");
    for (std::size_t size = 8; size < good.size(); size += 37) {
        refused({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
    }
    for (std::size_t at = 12; at < good.size(); at += 29) {
        std::vector<std::uint8_t> bad = good;
        bad[at] ^= 0x10;
        CHECK(refused(bad).place == "the whole file");
    }
    std::vector<std::uint8_t> newer = good;
    newer[8] = 2;
    CHECK(refused(newer).found == "version 2");

    const auto of_another = [&](const Graph& like, const Run& other) {
        Graph copy = like;
        return refused(other.trainer(copy)->checkpoint()).found;
    };
    Run other;
    other.options.seed = 2;
    CHECK(of_another(graph, other) == "another choice of settings");
    other = Run();
    other.train.targets[0] += 1.0f;
    CHECK(of_another(graph, other) == "another data set");
    Graph wider = small_net();
    wider.tensors[1].name = "other";
    CHECK(of_another(wider, Run()) == "another model");
    // Patience may change on the way.
    other = Run();
    other.options.patience = 100;
    Graph copy = small_net();
    CHECK(trainer->resume(other.trainer(copy)->checkpoint()).ok());
}

TEST_CASE("lists in a checkpoint that do not fit are refused though the hash is right") {
    const Run run;
    Graph graph = small_net();
    const auto trainer = run.trainer(graph);
    REQUIRE(trainer->run_epoch().ok());
    const Result<Checkpoint> good = read_checkpoint(trainer->checkpoint());
    REQUIRE(good.ok());
    REQUIRE(trainer->resume(write_checkpoint(*good)).ok());
    const auto place = [&](auto change) {
        Checkpoint changed = *good;
        change(changed);
        const Status status = trainer->resume(write_checkpoint(changed));
        REQUIRE_FALSE(status.ok());
        return status.error().place;
    };
    CHECK(place([](Checkpoint& c) { c.constants.pop_back(); }) == "the contents");
    CHECK(place([](Checkpoint& c) { c.constants[0].push_back(0); }) == "the contents");
    CHECK(place([](Checkpoint& c) { c.best.clear(); }) == "the contents");
    CHECK(place([](Checkpoint& c) { c.second[0].clear(); }) == "the contents");
    CHECK(place([](Checkpoint& c) { c.position = 1; }) == "the contents");
    CHECK(place([](Checkpoint& c) { c.position = 1000; }) == "the contents");
    CHECK(place([](Checkpoint& c) { c.learning_rate = std::nanf(""); }) == "the contents");
    CHECK(place([](Checkpoint& c) { c.best_epoch = 9; }) == "the contents");
}

}  // namespace
}  // namespace whittle
