#pragma once

#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/graph/graph.h"

namespace whittle {

// Builds graphs of any element type whose weights and quantizations are made up: sensible enough
// that kernels do their usual work.
class NetMaker {
public:
    NetMaker(DType type, std::uint64_t seed) : type_(type), random_(seed) {}

    DType type() const { return type_; }
    // Uniform over low … high, both included.
    std::int32_t pick(std::int32_t low, std::int32_t high);
    const Shape& shape_of(int tensor) const { return graph_.tensor(tensor).shape; }

    int input(const Shape& shape) { return input(shape, type_); }
    int input(const Shape& shape, DType type);
    // Weights with a scale for each index of dimension `axis`, which suits sums of `depth`
    // products.
    int weights(const Shape& shape, std::int32_t axis, std::int32_t depth);
    // Weights with one scale.
    int whole_weights(const Shape& shape, std::int32_t depth);
    // The same in the net's own integer type.
    int times(const Shape& shape);
    // What keeps its value from run to run, with 2^power as its scale, or the usual one for 0.
    int variable(const Shape& shape, DType type, int power);
    int bias(std::int32_t count);
    // Sums over int16 of 32 bits, with biases to match; otherwise they are of 64 bits.
    void narrow_sums() { narrow_sums_ = true; }
    bool has_narrow_sums() const { return narrow_sums_; }
    int indices(const std::vector<std::int32_t>& values, const Shape& shape);
    // The operator's first output, of the type that its inputs lead to; -1 where it refuses them,
    // and then refusal() says why.
    int apply(OpKind op, const std::vector<int>& inputs, const Attributes& attributes = {});
    int apply(OpKind op, const std::vector<int>& inputs, const Attributes& attributes, DType type);
    const std::string& refusal() const { return refusal_; }
    // All tensors that nobody reads are outputs.
    Graph finish();

private:
    int add(Tensor tensor);
    void set_quantization(Tensor& tensor, OpKind op, int input);

    DType type_;
    Random random_;
    Graph graph_;
    std::string refusal_;
    bool narrow_sums_ = false;
};

// Layers of one operator, or of a few that belong together, small enough for every board.
struct CostNet {
    std::string name;  // "conv2d int8"
    Graph graph;
};

// Two nets of every operator and element type that has kernels, with other layers in each:
// `variant` 0 to fit, 1 to check. What was refused is added to `refused` as "name: reason".
std::vector<CostNet> cost_nets(int variant, std::vector<std::string>& refused);

}  // namespace whittle
