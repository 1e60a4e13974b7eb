#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/graph/graph.h"
#include "core/ops/operator.h"

namespace whittle::test {

// A constant int32 vector, as operators take their settings.
Tensor int32_constant(Shape shape, const std::vector<std::int32_t>& values);

// A constant of floats.
Tensor float_constant(Shape shape, const std::vector<float>& values);

// One operator on float32 inputs of these shapes, drawn from [low, high]; and constants, which have
// no gradient, behind them, or before them where `constants_first`.
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

// How far derivatives are from central differences of step 1/128: the largest of |difference -
// derivative| / max(1, |derivative|). Elements with a kink inside the step count apart; there are
// few of them, and their derivative lies between the differences to the left and to the right.
struct GradientError {
    double worst = 0.0;
    std::size_t kinks = 0;
    std::size_t elements = 0;
};

// Of the operator's backward, by every element of every input. Checks guards and that backward adds
// to gradients that are already there.
GradientError gradient_error(const OpCase& c);

// Adds the error of the derivative `analytic` by `value`, of which result() makes a number.
void add_difference(float& value,
                    double analytic,
                    const std::function<double()>& result,
                    GradientError& error);

// Of a graph's first output by every trainable constant; all of its inputs are such constants.
GradientError graph_gradient_error(Graph graph, const RunMode& mode);

// A graph of this one operator on inputs of the given tensors (dtype, shape, quantization;
// constants keep their data). The output has the inferred shape and dtype, and `quantization`.
Graph single_node_graph(OpKind op,
                        const Attributes& attributes,
                        const std::vector<Tensor>& inputs,
                        const Quantization& quantization = {});

}  // namespace whittle::test
