#pragma once

#include <string>
#include <vector>

#include "core/graph/graph.h"
#include "core/ops/operator.h"

namespace whittle::test {

// A constant int32 vector, as operators take their settings.
Tensor int32_constant(Shape shape, const std::vector<std::int32_t>& values);

// One operator on float32 inputs of these shapes, drawn from [low, high]; and constants of other
// types behind them, or before them where `constants_first`.
struct OpCase {
    std::string label;
    OpKind op;
    Attributes attributes;
    std::vector<Shape> inputs;
    float low = -2.0f;
    float high = 2.0f;
    std::vector<Tensor> constants{};
    bool constants_first = false;
};

// Runs the operator's forward between guard values and checks that
//  - nothing outside outputs and scratch was written, and no input changed,
//  - every bit equals what the operator's kernel gives through a program image.
void check_forward(const OpCase& c);

// Compares backward with central differences of forward, for every element of every input, and
// checks guards and that backward adds to gradients that are already there.
void check_gradients(const OpCase& c);

// A graph of this one operator on inputs of the given tensors (dtype, shape, quantization;
// constants keep their data). The output has the inferred shape and dtype, and `quantization`.
Graph single_node_graph(OpKind op,
                        const Attributes& attributes,
                        const std::vector<Tensor>& inputs,
                        const Quantization& quantization = {});

}  // namespace whittle::test
