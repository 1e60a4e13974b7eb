#include <array>
#include <cassert>

#include "core/ops/operator.h"

namespace whittle {

#define WHITTLE_OPERATOR(name, id) extern const OpDefinition name##_definition;
#include "core/ops/registry.def"
#undef WHITTLE_OPERATOR

namespace {

constexpr std::array kDefinitions = {
#define WHITTLE_OPERATOR(name, id) &name##_definition,
#include "core/ops/registry.def"
#undef WHITTLE_OPERATOR
};

}  // namespace

std::span<const OpDefinition* const> all_definitions() { return kDefinitions; }

const OpDefinition& definition_of(OpKind kind) {
    for (const OpDefinition* definition : kDefinitions) {
        if (definition->kind == kind) return *definition;
    }
    assert(false && "every OpKind stands in registry.def");
    return *kDefinitions.front();
}

const OpDefinition* definition_of(tflite::BuiltinOperator code) {
    for (const OpDefinition* definition : kDefinitions) {
        if (definition->tflite.has_builtin && definition->tflite.code == code) return definition;
    }
    return nullptr;
}

const OpDefinition* definition_named(std::string_view name) {
    for (const OpDefinition* definition : kDefinitions) {
        if (definition->name == name) return definition;
    }
    return nullptr;
}

}  // namespace whittle
