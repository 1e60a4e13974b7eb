#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace whittle {

// Runs a float32 graph forward and backward for a fixed batch. All memory is taken when it is made;
// parameters are read from and gradients belong to the constants of the graph it was made from.
class Executor {
public:
    // `graph` stays owned by the caller and must outlive the executor; its constants may change
    // between runs, its structure may not. Fails if an operator cannot be run in float32.
    static Result<Executor> make(Graph& graph, std::int32_t batch);

    std::int32_t batch() const { return batch_; }
    // Values of a tensor (index into the graph's tensors) for the whole batch.
    std::span<float> values(int tensor);
    std::span<const float> values(int tensor) const;
    // The gradient of a tensor after backward().
    std::span<float> gradient(int tensor);

    // Computes all activations from the graph's inputs, which the caller wrote to values(input).
    void forward();
    // Clears all gradients, so that the caller can set those of the output or logits …
    void clear_gradients();
    // … and from them computes the gradients of everything that needs one, going back from the node
    // that makes tensor `from`. Nodes after it are left out.
    void backward(int from);

private:
    Executor() = default;

    Graph* graph_ = nullptr;
    std::int32_t batch_ = 0;
    std::vector<Shape> shapes_;                 // of each tensor, for this batch
    std::vector<std::vector<float>> values_;    // empty for constants: those live in the graph
    std::vector<std::vector<float>> gradients_; // empty where none is needed
    std::vector<float> scratch_;
};

}  // namespace whittle
