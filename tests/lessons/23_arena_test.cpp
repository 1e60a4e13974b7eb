#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "core/base/platform/files.h"
#include "core/deploy/tflite_file.h"
#include "core/memory/lifetimes.h"
#include "lessons/23-arena/lab.h"
#include "lessons/models.h"
#include "tests/support/labs.h"
#include "tests/support/sample_graphs.h"
#include "tests/support/shared_data.h"

namespace whittle {
namespace {

using test::go;
using test::reading;
using test::shown;
using test::ticked;

using After = test::After<ArenaLab>;

const char* const kPlanners[] = {"shared-buffers", "by-size", "by-breadth",
                                 "best-fit",       "none",    "exact"};

double arena_of(const std::string& model, const std::string& planner) {
    return reading(After("model=" + model + "&planner=" + planner + "&do=step:100"), "peak");
}

TEST_CASE("arena: greedy by size with shared buffers, step by step on the slide's seven tensors") {
    ArenaLab lab;
    CHECK(lab.told() == "Nothing has a place yet.");
    const std::string told[] = {
        "n0 (786,432 B): it gets the first shared buffer, B1.",
        "n1 (524,288 B): B1 (n0) is taken at that time, so it gets a new shared buffer, B2.",
        "n2 (262,144 B): B2 (n1) is taken at that time, so it moves into B1.",
        "n3 (131,072 B): B1 (n2) is taken at that time, so it moves into B2.",
        "n4 (65,536 B): B2 (n3) is taken at that time, so it moves into B1.",
        "n5 (64 B): B1 (n4) is taken at that time, so it moves into B2.",
        "n6 (10 B): B2 (n5) is taken at that time, so it moves into B1."};
    for (std::size_t i = 0; i < 7; ++i) {
        CHECK_FALSE(lab.placed(i));
        go(lab, "do=step");
        CHECK(lab.placed(i));
        CHECK(lab.latest() == static_cast<int>(i));
        CHECK(lab.told() == told[i]);
        CHECK(reading(lab, "shared-buffers") == (i == 0 ? 1 : 2));
        CHECK(ticked(lab, "walk") == (i == 6));
    }
    REQUIRE(lab.shared_buffers().size() == 2);
    CHECK(lab.shared_buffers()[0].offset == 0);
    CHECK(lab.shared_buffers()[0].bytes == 768 * 1024);
    CHECK(lab.shared_buffers()[0].tenants == std::vector<int>{0, 2, 4, 6});
    // The slide's base pointers: the start of the arena, and the start + 768 k.
    CHECK(lab.shared_buffers()[1].offset == 768 * 1024);
    CHECK(lab.shared_buffers()[1].bytes == 512 * 1024);
    CHECK(lab.shared_buffers()[1].tenants == std::vector<int>{1, 3, 5});
    CHECK(reading(lab, "peak") == 1280 * 1024);
    CHECK(reading(lab, "lower-bound") == 786432 + 524288);
    CHECK(shown(lab, "proved") == "yes");
    CHECK(reading(lab, "gap") == 0.0);
}

TEST_CASE("arena: the sizes that the lesson states") {
    CHECK(arena_of("keywords", "none") == 72652);
    CHECK(arena_of("resnet", "none") == 117914);
    for (const char* planner : {"shared-buffers", "by-size", "by-breadth", "best-fit", "exact"}) {
        CAPTURE(planner);
        CHECK(arena_of("keywords", planner) == 16000);
        CHECK(arena_of("resnet", planner) == 49152);
    }
    CHECK(reading(After("model=resnet&do=step:100"), "shared-buffers") == 3);
    CHECK(reading(After("model=keywords&numbers=float32&do=step:100"), "peak") == 64000);
    CHECK(reading(After("model=keywords"), "of-tensors") == 14);
    for (const char* alignment : {"1", "4", "8", "16"}) {
        const std::string link = std::string("model=sine&do=step:9&alignment=") + alignment;
        CHECK(reading(After(link + "&do=step:9"), "peak") == 32);
    }
    CHECK(reading(After("model=puzzle"), "lower-bound") == 10752);
    CHECK(arena_of("puzzle", "shared-buffers") == 14848);
    CHECK(arena_of("puzzle", "by-size") == 14336);
    CHECK(arena_of("puzzle", "exact") == 10752);
    CHECK(reading(After("model=tight"), "lower-bound") == 5120);
    CHECK(arena_of("tight", "shared-buffers") == 9216);
    for (const char* planner : {"by-size", "by-breadth", "best-fit"}) {
        CHECK(arena_of("tight", planner) == 7168);
    }
    const After tight("model=tight&planner=exact&do=step");
    CHECK(reading(tight, "peak") == 6144);
    CHECK(shown(tight, "proved") == "yes");
    CHECK(reading(tight, "nodes") == 67);
}

TEST_CASE("arena: what the lesson says of a thousand random nets") {
    int smaller_with_addresses = 0;
    int above_the_bound = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        const std::vector<Buffer> buffers = random_tensors(12, seed).buffers;
        const ArenaPlan by_size = plan_with(Planner::greedy_by_size, buffers, 16);
        const ArenaPlan shared = plan_with(Planner::shared_by_size, buffers, 16);
        smaller_with_addresses += by_size.arena_bytes < shared.arena_bytes ? 1 : 0;
        above_the_bound += by_size.arena_bytes > by_size.lower_bound_bytes ? 1 : 0;
    }
    CHECK(smaller_with_addresses == 625);
    CHECK(above_the_bound == 246);
}

TEST_CASE("arena: every planner's walk ends in a valid plan that the readouts tell") {
    for (const char* model : {"seven-tensors", "sine", "keywords", "resnet", "puzzle", "tight",
                              "random", "random&seed=7&tensors=40", "random&seed=9&alignment=1"}) {
        double exact = 0.0;
        double smallest = 1e18;
        for (const char* planner : kPlanners) {
            CAPTURE(model);
            CAPTURE(planner);
            ArenaLab lab;
            go(lab, std::string("model=") + model + "&planner=" + planner);
            int steps = 0;
            while (!lab.finished()) {
                const double before = reading(lab, "placed");
                go(lab, "do=step");
                CHECK_FALSE(lab.told().empty());
                CHECK(reading(lab, "placed") > before);
                REQUIRE(++steps <= 40);
            }
            const ArenaPlan plan = {lab.offsets(), lab.peak(), lab.lower_bound()};
            CHECK(check_plan(lab.tensors().buffers, lab.alignment(), plan).ok());
            CHECK(lab.peak() == lab.whole_peak());
            CHECK(reading(lab, "placed") == reading(lab, "of-tensors"));
            CHECK(reading(lab, "waste") == reading(lab, "peak") - reading(lab, "lower-bound"));
            CHECK(reading(lab, "used") > 0.0);
            CHECK(reading(lab, "used") <= 100.0);
            smallest = std::min(smallest, reading(lab, "peak"));
            exact = reading(lab, "peak");
        }
        CHECK(exact == smallest);
    }
}

TEST_CASE("arena: by hand, with declared parameters and actions alone") {
    ArenaLab lab;
    go(lab, "planner=by-hand");
    CHECK(reading(lab, "peak") == 1769546);
    CHECK(reading(lab, "overlaps") == 0);
    go(lab, "do=step:3");
    CHECK(reading(lab, "peak") == 1769546);  // there is nothing to decide for a planner
    go(lab, "tensor=2&address=100&do=put");
    CHECK(reading(lab, "tensor-address") == 96);  // aligned
    CHECK(reading(lab, "overlaps") == 1);
    CHECK(shown(lab, "proved") == "no");
    CHECK(lab.told() == "1 pair of tensors would overwrite each other.");
    go(lab, "do=fall");
    CHECK(reading(lab, "tensor-address") == 786432);
    for (int tensor = 3; tensor <= 7; ++tensor) {
        CHECK(shown(lab, "proved") == "no");
        test::put(lab, "tensor", tensor);
        go(lab, "do=fall");
    }
    CHECK(reading(lab, "overlaps") == 0);
    CHECK(shown(lab, "proved") == "yes");

    SUBCASE("the plan by hand survives planners and a reset, and its link restores it") {
        const std::vector<std::int64_t> offsets = lab.offsets();
        go(lab, "planner=exact&do=step&planner=by-hand&do=reset");
        CHECK(lab.offsets() == offsets);
        const After again(to_link(lab));
        CHECK(again.offsets() == offsets);
        CHECK(again.chosen() == 6);
    }
    SUBCASE("another net begins anew, and so does the stack") {
        go(lab, "do=stack");
        CHECK(reading(lab, "peak") == 1769546);
        go(lab, "model=sine");
        CHECK(lab.offsets() == std::vector<std::int64_t>{0, 16, 32, 48});
        const After again(to_link(lab));
        CHECK(again.offsets() == lab.offsets());
    }
}

TEST_CASE("arena: the puzzle is solved by hand") {
    const After lab(
        "model=puzzle&planner=by-hand&tensor=1&address=3584&do=put&tensor=2&address=0&do=put&"
        "tensor=3&address=3584&do=put&tensor=4&address=5632&do=put&tensor=5&address=10240&do=put&"
        "tensor=6&address=0&do=put&tensor=7&address=5632&do=put");
    CHECK(reading(lab, "overlaps") == 0);
    CHECK(reading(lab, "peak") == 10752);
    CHECK(ticked(lab, "beat-greedy"));
}

TEST_CASE("arena: an overlap does not count as a plan") {
    const After lab(
        "model=puzzle&planner=by-hand&tensor=7&do=put&tensor=6&do=put&tensor=5&do=put&"
        "tensor=4&do=put&tensor=3&do=put&tensor=2&do=put");
    CHECK(reading(lab, "peak") < 10752);
    CHECK(reading(lab, "overlaps") > 0);
    CHECK_FALSE(ticked(lab, "beat-greedy"));
}

TEST_CASE("arena: goals of planners") {
    CHECK(ticked(After("model=puzzle&planner=by-size&do=step:7"), "offsets-win"));
    CHECK_FALSE(ticked(After("model=puzzle&planner=by-size&do=step:6"), "offsets-win"));
    CHECK_FALSE(ticked(After("model=keywords&planner=by-size&do=step:14"), "offsets-win"));
    CHECK(ticked(After("model=branches&overlap=1&fuse=1&planner=exact&do=step"), "savings"));
    CHECK_FALSE(ticked(After("model=branches&fuse=1&planner=exact&do=step"), "savings"));
    CHECK_FALSE(ticked(After("model=branches&overlap=1&planner=exact&do=step"), "savings"));
    CHECK(ticked(After("model=tight&planner=exact&do=step"), "above-the-bound"));
    CHECK_FALSE(ticked(After("model=puzzle&planner=exact&do=step"), "above-the-bound"));
}

TEST_CASE("arena: what the lesson says of savings") {
    const After keywords("model=keywords");
    CHECK(reading(keywords, "alone-overlap") == 16000 - 9788);
    CHECK(reading(keywords, "all-savings") == 16000 - 9788);
    for (const char* readout : {"alone-in-place", "beside-in-place", "alone-reorder",
                                "beside-reorder", "alone-fuse", "beside-fuse"}) {
        CHECK(reading(keywords, readout) == 0);
    }
    // Neither of the two helps alone; turns can stand in for one of them.
    const After resnet("model=resnet");
    CHECK(reading(resnet, "alone-in-place") == 0);
    CHECK(reading(resnet, "alone-overlap") == 0);
    CHECK(reading(resnet, "beside-in-place") == 49152 - 33311);
    CHECK(reading(resnet, "beside-overlap") == 34304 - 33311);
    const After branches("model=branches&planner=exact&do=step");
    CHECK(reading(branches, "peak") == 35840);
    CHECK(reading(branches, "alone-fuse") == 35840 - 16384);
    CHECK(reading(branches, "alone-reorder") == 35840 - 17408);
    CHECK(reading(branches, "alone-overlap") == 1024);
    CHECK(reading(branches, "all-savings") == 35840 - 14312);
    CHECK(reading(After("model=branches&numbers=float32"), "all-savings") == 4 * (35840 - 14312));
    CHECK(shown(After("model=puzzle"), "all-savings") == shown(After("model=own"), "gap"));
}

TEST_CASE("arena: each saving can be switched on, and the plan gets as small as it says") {
    for (const char* model : {"sine", "keywords", "resnet", "branches"}) {
        const After none(std::string("model=") + model + "&planner=exact&alignment=4&do=step");
        for (const char* const saving : kSavingNames) {
            CAPTURE(model);
            CAPTURE(saving);
            const After lab(std::string("model=") + model + "&planner=exact&alignment=4&" + saving +
                            "=1&do=step");
            const double gained = reading(none, "peak") - reading(lab, "peak");
            // Addresses are multiples of 4 here, in float32 where the gain was counted of 1.
            CHECK(std::abs(gained - reading(none, std::string("alone-") + saving)) <= 8);
            CHECK(shown(lab, "proved") == "yes");
            const ArenaPlan plan = {lab.offsets(), lab.peak(), lab.lower_bound()};
            CHECK(check_plan(lab.tensors().buffers, lab.alignment(), plan, lab.overlaps()).ok());
            CHECK(reading(lab, "overlaps") == 0);
        }
        const After all(std::string("model=") + model +
                        "&planner=exact&alignment=4&in-place=1&overlap=1&reorder=1&fuse=1&do=step");
        const double gained = reading(none, "peak") - reading(all, "peak");
        CHECK(std::abs(gained - reading(none, "all-savings")) <= 8);
    }
}

TEST_CASE("arena: the layers have the tensors of the lists") {
    const struct {
        Graph layers;
        ArenaTensors tensors;
    } pairs[] = {{sine_layers(), sine_tensors()},
                 {keyword_layers(), keyword_tensors()},
                 {resnet_layers(), resnet_tensors()}};
    for (const auto& pair : pairs) {
        const SavedTensors saved = saved_tensors(pair.layers, Savings::none(), 1);
        CHECK(saved.overlaps.empty());
        REQUIRE(saved.tensors.size() == pair.tensors.size());
        for (std::size_t i = 0; i < pair.tensors.size(); ++i) {
            CAPTURE(pair.tensors.names[i]);
            CHECK(saved.tensors.buffers[i].bytes == pair.tensors.buffers[i].bytes);
            CHECK(saved.tensors.buffers[i].first_step == pair.tensors.buffers[i].first_step);
            CHECK(saved.tensors.buffers[i].last_step == pair.tensors.buffers[i].last_step);
        }
    }
}

TEST_CASE("arena: by hand a tensor may lie over another as far as the savings allow") {
    const std::vector<Buffer> buffers = {{100, 0, 1}, {80, 1, 2}};
    const std::vector<Overlap> overlaps = {{1, 0, 32}};
    CHECK(overlapping_pairs(buffers, {32, 0}, overlaps) == 0);
    CHECK(overlapping_pairs(buffers, {32, 0}) == 1);
    CHECK(overlapping_pairs(buffers, {31, 0}, overlaps) == 1);
    CHECK(overlapping(buffers, {0, 32}, overlaps) == std::vector<bool>{true, true});
}

TEST_CASE("arena: an own net, tensor by tensor") {
    ArenaLab lab;
    go(lab, "model=own");
    CHECK(reading(lab, "of-tensors") == 0);
    CHECK(shown(lab, "gap") == shown(lab, "proved"));
    go(lab, "planner=by-hand&do=put&do=fall&planner=exact&do=step&planner=shared-buffers");
    go(lab,
       "new-bytes=100&new-first=0&new-last=2&do=add-tensor&new-bytes=50&new-last=0&do=add-tensor");
    CHECK(reading(lab, "of-tensors") == 2);
    go(lab, "new-first=9&new-last=1&do=add-tensor");
    CHECK(lab.tensors().buffers[2].last_step == 9);
    CHECK(reading(lab, "lower-bound") == 112 + 50);
    go(lab, "do=step:3");
    CHECK(shown(lab, "proved") == "yes");
    const After again(to_link(lab));
    CHECK(again.offsets() == lab.offsets());
    CHECK(reading(again, "placed") == 3);
    go(lab, "do=add-tensor:1000");
    CHECK(reading(lab, "of-tensors") == kMaxArenaTensors);
    go(lab, "do=clear-own");
    CHECK(reading(lab, "of-tensors") == 0);
}

TEST_CASE("arena: a model from a file takes the place of the own net, and its link keeps it") {
    ArenaLab lab;
    go(lab, "model=own&do=add-tensor");
    REQUIRE(lab.open_model(test::sine_graph()).ok());
    CHECK(reading(lab, "of-tensors") == 4);
    CHECK(lab.tensors().names[0] == "input");
    CHECK(lab.tensors().names[1] == "fully_connected 0");
    CHECK(reading(lab, "lower-bound") == 128);  // 16 + 16 float32 values
    const After again(to_link(lab));
    CHECK(again.tensors().size() == 4);
    CHECK(again.lower_bound() == 128);
}

TEST_CASE("arena: nets that are too large are refused, and the lab stays as it was") {
    ArenaLab lab;
    Graph graph = test::sine_graph();
    const Graph whole = graph;
    for (Tensor& tensor : graph.tensors) {
        if (!tensor.constant) tensor.shape = {1, 5000000};
    }
    const Status large = lab.open_model(graph);
    REQUIRE_FALSE(large.ok());
    CHECK(large.error().message().find("tensor 'input': expected at most 16777216 bytes, found") !=
          std::string::npos);
    graph = whole;
    while (graph.nodes.size() <= ArenaLab::kMaxSteps) graph.nodes.push_back(graph.nodes.back());
    CHECK(lab.open_model(graph).error().message().find("operators") == 0);
    CHECK(lab.model() == ArenaLab::Model::seven);
}

TEST_CASE("arena: any bytes may be given as a model, and only to labs that take one") {
    ArenaLab lab;
    std::vector<std::uint8_t> bytes = write_tflite(test::sine_graph());
    CHECK(takes_models("arena"));
    CHECK_FALSE(takes_models("one-neuron"));
    CHECK(open_model("one-neuron", lab, bytes).error().message().find("takes models") !=
          std::string::npos);
    CHECK_FALSE(open_model("arena", lab, {}).ok());
    CHECK_FALSE(open_model("arena", lab, std::span(bytes).first(200)).ok());
    CHECK(lab.history().empty());
    CHECK(open_model("arena", lab, bytes).ok());
    CHECK(lab.model() == ArenaLab::Model::own);
    CHECK(reading(lab, "of-tensors") == 4);
}

TEST_CASE("arena: the benchmark's nets have the tensors of their files") {
    struct Pair {
        const char* file;
        ArenaTensors tensors;
    };
    const Pair pairs[] = {{"models/kws_ref_model.tflite", keyword_tensors()},
                          {"models/pretrainedResnet_quant.tflite", resnet_tensors()}};
    for (const Pair& pair : pairs) {
        CAPTURE(pair.file);
        const std::optional<std::string> path = test::shared_data(pair.file);
        if (!path) continue;
        const Result<std::vector<std::uint8_t>> bytes = read_file(*path);
        REQUIRE(bytes.ok());
        const Result<Graph> graph = read_tflite(*bytes);
        REQUIRE(graph.ok());
        const TensorLifetimes found = lifetimes_of(*graph, InputsOutputs::in_arena);
        REQUIRE(found.buffers.size() == pair.tensors.size());
        for (std::size_t i = 0; i < found.buffers.size(); ++i) {
            CAPTURE(pair.tensors.names[i]);
            CHECK(found.buffers[i].bytes == pair.tensors.buffers[i].bytes);
            CHECK(found.buffers[i].first_step == pair.tensors.buffers[i].first_step);
            CHECK(found.buffers[i].last_step == pair.tensors.buffers[i].last_step);
        }
    }
}

TEST_CASE("arena: a tensor that is dragged snaps to its neighbours, the bottom and the alignment") {
    const std::vector<Buffer> buffers = {{100, 0, 1}, {40, 1, 2}, {64, 2, 3}};
    const std::vector<std::int64_t> offsets = {0, 400, 0};
    const auto snapped = [&](std::int64_t wanted, std::int64_t reach) {
        return snapped_offset(buffers, offsets, 1, wanted, 16, reach);
    };
    CHECK(snapped(-50, 0) == 0);
    CHECK(snapped(120, 10) == 112);  // on top of the first, aligned
    CHECK(snapped(120, 0) == 128);
    CHECK(snapped(60, 4) == 64);  // on top of the third
    CHECK(snapped(200, 4) == 208);
    // Below a neighbour: the first under the second.
    CHECK(snapped_offset(buffers, offsets, 0, 290, 16, 20) == 288);
    CHECK(overlapping(buffers, {0, 96, 136}) == std::vector<bool>{true, true, false});
    CHECK(overlapping_pairs(buffers, {0, 0, 0}) == 2);
    CHECK(lowest_free_offset(buffers, offsets, 1, 16) == 112);
    CHECK(lowest_free_offset(buffers, {0, 400, 200}, 1, 16) == 112);
    CHECK(lowest_free_offset(buffers, {300, 400, 200}, 1, 16) == 0);
}

}  // namespace
}  // namespace whittle
