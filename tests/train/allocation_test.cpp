#include <doctest/doctest.h>

#include <array>
#include <new>

#include "core/train/recipe.h"
#include "tests/support/allocations.h"

namespace whittle {
namespace {

TEST_CASE("no step of a training allocates, nor does any epoch after the first") {
    // Two convolutions, pooling, augmentation, smoothed labels, clipping, a schedule, validation.
    const auto recipe = Recipe::parse(R"({
        "name": "small", "data": {"source": "digits", "samples": 60},
        "input": {"shape": [28, 28, 1]},
        "layers": [{"layer": "conv2d", "filters": 2, "kernel": 3, "activation": "relu"},
                   {"layer": "max-pool", "size": 4},
                   {"layer": "depthwise-conv2d", "kernel": 3},
                   {"layer": "global-average"},
                   {"layer": "dense", "units": 10}, {"layer": "softmax"}],
        "loss": "cross-entropy", "label_smoothing": 0.1, "clip_norm": 1,
        "optimizer": {"kind": "adamw", "learning_rate": 0.01, "weight_decay": 0.01},
        "schedule": [{"kind": "warm-up", "epochs": 1}, {"kind": "cosine"}],
        "augmentation": {"rotation_degrees": 5, "shift": 2, "noise": 0.01, "mixup": 0.2},
        "batch": 16, "epochs": 4})");
    REQUIRE(recipe.ok());
    const auto data = recipe->data(std::nullopt, 1);
    REQUIRE(data.ok());
    Graph graph = recipe->model(1);
    auto trainer = Trainer::make(graph, data->train, &data->validation, recipe->options);
    REQUIRE(trainer.ok());
    REQUIRE((*trainer)->run_epoch().ok());  // keeps its first best weights
    std::array<long, 3> taken{};
    for (long& count : taken) {
        const long before = test::allocations_so_far();
        const bool good = (*trainer)->run_epoch().ok();
        count = test::allocations_so_far() - before;
        REQUIRE(good);
    }
    for (const long count : taken) CHECK(count == 0);

    const long before = test::allocations_so_far();
    ::operator delete(::operator new(1));
    CHECK(test::allocations_so_far() > before);  // the counter counts
}

}  // namespace
}  // namespace whittle
