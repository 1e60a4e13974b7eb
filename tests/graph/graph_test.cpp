#include "core/graph/graph.h"

#include <doctest/doctest.h>

#include "core/graph/builder.h"
#include "core/ops/add/attributes.h"
#include "core/ops/mul/attributes.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

TEST_CASE("cost counts parameters, bytes and multiply-accumulates") {
    const Graph graph = test::sine_graph();
    const Cost cost = cost_of(graph);
    CHECK(cost.parameters == 321);
    CHECK(cost.parameter_bytes == 1284);
    CHECK(cost.macs == 288);

    const Cost middle = cost_of(graph, graph.nodes[1]);
    CHECK(middle.parameters == 16 * 16 + 16);
    CHECK(middle.macs == 256);

    const Cost quantized = cost_of(test::int8_graph());
    CHECK(quantized.parameters == 6 + 3 + 6 + 2);
    CHECK(quantized.parameter_bytes == 6 + 12 + 6 + 8);
}

TEST_CASE("cost counts a constant once, however many nodes read it") {
    GraphBuilder builder;
    int x = builder.input("x", {4});
    const std::vector<float> values(4, 1.0f);
    const int shared = builder.constant("shared", {4}, values);
    x = builder.apply(OpKind::add, {x, shared}, Attributes::of(AddAttributes{}));
    x = builder.apply(OpKind::mul, {x, shared}, Attributes::of(MulAttributes{}));
    const Graph graph = std::move(builder).finish({x});
    CHECK(cost_of(graph).parameters == 4);
    CHECK(cost_of(graph, graph.nodes[0]).parameters == 4);
    CHECK(cost_of(graph, graph.nodes[1]).parameters == 4);
}

TEST_CASE("with_batch scales every activation and keeps constants") {
    for (const Graph& graph :
         {test::sine_graph(), test::mixed_graph(), test::quantized_graph(), test::int8_graph()}) {
        for (const std::int32_t batch : {1, 2, 7, 32}) {
            const Result<Graph> batched = with_batch(graph, batch);
            REQUIRE_MESSAGE(batched.ok(), batched.error().message());
            const Status status = validate(*batched);
            CHECK_MESSAGE(status.ok(), status.error().message());
            for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
                const std::int64_t factor = graph.tensors[i].constant ? 1 : batch;
                CHECK(batched->tensors[i].elements() == factor * graph.tensors[i].elements());
            }
            CHECK(cost_of(*batched).macs == batch * cost_of(graph).macs);
        }
        const Result<Graph> back = with_batch(*with_batch(graph, 5), 1);
        REQUIRE(back.ok());
        CHECK(test::difference(*back, graph) == "");
    }
}

TEST_CASE("with_batch says why a batch cannot be") {
    CHECK(with_batch(test::sine_graph(), 0).error().place == "batch");
    CHECK(with_batch(test::sine_graph(), -1).error().place == "batch");
    // 2^31 - 1 samples of 16 float values do not fit any tensor.
    const Result<Graph> wild = with_batch(test::sine_graph(), 2147483647);
    REQUIRE(!wild.ok());
    CHECK(wild.error().place != "");

    Graph scalar;
    scalar.tensors.resize(1);
    scalar.inputs = {0};
    scalar.outputs = {0};
    REQUIRE(validate(scalar).ok());
    CHECK(with_batch(scalar, 2).error().place == "tensor 0");
}

TEST_CASE("with_batch fails where an operator fixes the batch") {
    Graph graph = test::sine_graph();
    // A sum with a constant of batch 3 is possible with batch 1 and 3 only.
    Tensor fixed = make_constant("fixed", {3, 1}, std::vector<float>(3, 1.0f));
    graph.tensors.push_back(fixed);
    fixed.constant = false;
    fixed.data.clear();
    graph.tensors.push_back(fixed);
    const int count = static_cast<int>(graph.tensors.size());
    graph.nodes.push_back({.op = OpKind::add,
                           .attributes = Attributes::of(AddAttributes{}),
                           .inputs = {graph.outputs[0], count - 2},
                           .outputs = {count - 1}});
    graph.outputs = {count - 1};
    const Status status = validate(graph);
    REQUIRE_MESSAGE(status.ok(), status.error().message());
    CHECK(with_batch(graph, 3).ok());
    const Result<Graph> failed = with_batch(graph, 2);
    REQUIRE(!failed.ok());
    CHECK(failed.error().place.find("operator 3 (add)") == 0);
    CHECK(failed.error().hint != "");
}

TEST_CASE("expand writes SiLU as logistic and mul") {
    GraphBuilder builder;
    const int x = builder.input("x", {5});
    const int y = builder.apply(OpKind::silu, {x});
    const Graph graph = std::move(builder).finish({y});
    const Graph expanded = expand(graph);
    REQUIRE(expanded.nodes.size() == 2);
    CHECK(expanded.nodes[0].op == OpKind::logistic);
    CHECK(expanded.nodes[1].op == OpKind::mul);
    CHECK(expanded.nodes[0].inputs == std::vector<int>{x});
    CHECK(expanded.nodes[1].outputs == std::vector<int>{y});
    CHECK(expanded.tensors.size() == graph.tensors.size() + 1);
    CHECK(expanded.outputs == graph.outputs);
    const Status status = validate(expanded);
    CHECK_MESSAGE(status.ok(), status.error().message());
    CHECK(test::difference(expand(expanded), expanded) == "");
}

TEST_CASE("expand leaves other graphs as they are") {
    CHECK(test::difference(expand(test::int8_graph()), test::int8_graph()) == "");
    CHECK(test::difference(expand(test::sine_graph()), test::sine_graph()) == "");
}

TEST_CASE("optional inputs that are left out are null") {
    Graph graph = test::sine_graph();
    graph.nodes[0].inputs[2] = kNoTensor;
    const NodeTensorList tensors(graph, graph.nodes[0]);
    CHECK(tensors.view().inputs[0] == &graph.tensor(graph.inputs[0]));
    CHECK(tensors.view().inputs[2] == nullptr);
    CHECK(tensors.view().outputs.size() == 1);
    CHECK(validate(graph).ok());
    graph.nodes[0].inputs.pop_back();
    CHECK(validate(graph).ok());
}

}  // namespace whittle
