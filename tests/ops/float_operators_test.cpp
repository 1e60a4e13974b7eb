#include <doctest/doctest.h>

#include "core/ops/add/attributes.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/float_cases.h"
#include "tests/support/settings.h"

namespace whittle::test {

TEST_CASE("Every float operator's forward gives its kernel's bits and stays in its buffers") {
    for (const SimdLevel level : simd_levels()) {
        CAPTURE(simd_name(level));
        const WithSimd with(level);
        for (const auto& cases : all_float_cases()) {
            for (const OpCase& c : cases) check_forward(c);
        }
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
