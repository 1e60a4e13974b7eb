#include <doctest/doctest.h>

#include "core/ops/add/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/op_harness.h"

namespace whittle::test {

namespace {

std::string label(OpKind op, const std::vector<Shape>& shapes) {
    std::string text = definition_of(op).name;
    for (const Shape& shape : shapes) text += " " + to_string(shape);
    return text;
}

std::vector<OpCase> unary_cases() {
    std::vector<OpCase> cases;
    for (const OpKind op :
         {OpKind::relu, OpKind::relu6, OpKind::tanh, OpKind::logistic, OpKind::silu}) {
        for (const Shape& shape :
             {Shape{1}, Shape{}, Shape{0}, Shape{3}, Shape{4}, Shape{5}, Shape{2, 17}}) {
            cases.push_back({label(op, {shape}), op, Attributes(), {shape}, -4.0f, 8.0f});
        }
    }
    for (const Shape& shape : {Shape{1}, Shape{1, 1}, Shape{3, 2}, Shape{2, 2, 7}}) {
        const auto attributes = Attributes::of(SoftmaxAttributes{shape.size() == 3 ? 0.5f : 1.0f});
        cases.push_back({label(OpKind::softmax, {shape}), OpKind::softmax, attributes, {shape}});
    }
    ReshapeAttributes reshape{2, {-1, 6}};
    cases.push_back({"reshape", OpKind::reshape, Attributes::of(reshape), {Shape{3, 2, 2}}});
    return cases;
}

std::vector<OpCase> fully_connected_cases() {
    std::vector<OpCase> cases;
    for (const Activation activation : {Activation::none, Activation::relu, Activation::relu6}) {
        for (const auto& [rows, inputs, outputs] :
             {std::array{1, 1, 1}, std::array{0, 3, 2}, std::array{1, 2, 3}, std::array{3, 5, 4},
              std::array{2, 16, 15}, std::array{2, 3, 16}, std::array{3, 7, 17},
              std::array{5, 4, 37}}) {
            const std::vector<Shape> shapes = {{rows, inputs}, {outputs, inputs}, {outputs}};
            const FullyConnectedAttributes own{activation, false};
            cases.push_back({label(OpKind::fully_connected, shapes), OpKind::fully_connected,
                             Attributes::of(own), shapes});
        }
    }
    const FullyConnectedAttributes keep{Activation::none, true};
    cases.push_back({"no bias, all dimensions kept",
                     OpKind::fully_connected,
                     Attributes::of(keep),
                     {Shape{2, 3, 4}, Shape{5, 4}}});
    return cases;
}

std::vector<OpCase> binary_cases() {
    std::vector<OpCase> cases;
    const std::vector<std::pair<Shape, Shape>> shapes = {
        {{1}, {1}},          {{}, {3}},           {{5}, {5}},
        {{4, 1}, {1, 3}},    {{2, 3, 4}, {3, 4}}, {{2, 3, 4}, {3, 1}},
        {{2, 1, 4}, {5, 1}}, {{0, 3}, {3}},       {{2, 3, 2, 3, 2}, {1, 3, 1, 3, 1}}};
    for (const auto& [a, b] : shapes) {
        if (a.size() < 5) {
            cases.push_back(
                {label(OpKind::add, {a, b}), OpKind::add, Attributes::of(AddAttributes{}), {a, b}});
            cases.push_back({label(OpKind::mul, {a, b}),
                             OpKind::mul,
                             Attributes::of(MulAttributes{Activation::relu6}),
                             {b, a},
                             -3.0f,
                             3.0f});
        }
    }
    cases.push_back({"add with ReLU",
                     OpKind::add,
                     Attributes::of(AddAttributes{Activation::relu}),
                     {Shape{3, 5}, Shape{5}}});
    return cases;
}

}  // namespace

TEST_CASE("Every float operator's forward gives its kernel's bits and stays in its buffers") {
    for (const auto& cases : {unary_cases(), fully_connected_cases(), binary_cases()}) {
        for (const OpCase& c : cases) check_forward(c);
    }
}

TEST_CASE("Every float operator's gradients agree with finite differences") {
    for (const auto& cases : {unary_cases(), fully_connected_cases(), binary_cases()}) {
        for (const OpCase& c : cases) check_gradients(c);
    }
}

TEST_CASE("A broadcast over more than four separate dimensions is refused when it is deployed") {
    Tensor a;
    a.shape = {2, 3, 2, 3, 2};
    Tensor b;
    b.shape = {1, 3, 1, 3, 1};
    const Graph graph = single_node_graph(OpKind::add, Attributes::of(AddAttributes{}), {a, b});
    const NodeTensorList tensors(graph, graph.nodes[0]);
    const auto prepared =
        definition_of(OpKind::add).prepare(tensors.view(), graph.nodes[0].attributes);
    REQUIRE_FALSE(prepared.ok());
    CHECK(prepared.error().expected.find("at most 4 dimensions") != std::string::npos);
}

TEST_CASE("Every operator of the registry is complete") {
    for (const OpDefinition* definition : all_definitions()) {
        CAPTURE(definition->name);
        CHECK(&definition_of(definition->kind) == definition);
        CHECK(definition_named(definition->name) == definition);
        CHECK((definition->infer != nullptr));
        // Either a kernel of its own, or an expansion into operators that have one.
        CHECK((definition->prepare != nullptr) != (definition->expansion != nullptr));
        CHECK((definition->forward == nullptr) == (definition->backward == nullptr));
        if (definition->tflite.has_builtin) {
            CHECK(definition_of(definition->tflite.code) == definition);
            CHECK((definition->tflite.read_options != nullptr));
        }
    }
    CHECK(definition_of(tflite::BuiltinOperator_CONV_3D) == nullptr);
    CHECK(definition_named("no such operator") == nullptr);
}

}  // namespace whittle::test
