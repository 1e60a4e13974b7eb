#pragma once

#include <string>

#include "core/base/status.h"
#include "core/deploy/savings.h"
#include "core/graph/graph.h"
#include "core/ops/instruction_set.h"

namespace whittle {

// A model as plain C (C99, also C++17) with no interpreter, no heap and a static arena: the kernels
// it uses, its weights as arrays, and one function
//     void NAME_invoke(const int8_t* input0, ..., int8_t* output0, ...);
struct GeneratedCode {
    std::string header_name;  // "sine.h"
    std::string header;
    std::string source_name;  // "sine.c"
    std::string source;
    std::int64_t arena_bytes = 0;
    std::int64_t constant_bytes = 0;  // weights, biases, multipliers and parameters
};

// `name` becomes the prefix of all names; it must be a C identifier. With the reference kernels,
// which run on every processor, or with those for an instruction set.
Result<GeneratedCode> generate_c(const Graph& graph,
                                 const std::string& name,
                                 const Savings& savings = {});
Result<GeneratedCode> generate_c(const Graph& graph,
                                 const std::string& name,
                                 const Savings& savings,
                                 InstructionSet set);

}  // namespace whittle
