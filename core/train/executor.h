#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/graph/graph.h"

namespace whittle {

// Whether an executor holds memory for gradients, about as much as for the activations.
enum class Gradients { kept, none };

// Runs a float32 graph forward and backward for a fixed batch. All memory is taken when it is made;
// parameters are read from and gradients belong to the constants of the graph it was made from.
class Executor {
public:
    // `graph` stays owned by the caller and must outlive the executor; its constants may change
    // between runs, its structure may not. Fails if an operator cannot be run in float32. Without
    // gradients it runs forward only: every gradient() is empty, and backward() does nothing.
    static Result<Executor> make(Graph& graph,
                                 std::int32_t batch,
                                 Gradients gradients = Gradients::kept);

    Executor(Executor&&) = default;
    Executor& operator=(Executor&&) = default;

    std::int32_t batch() const { return batch_; }
    // The shape of a tensor (index into the graph's tensors) for this batch.
    const Shape& shape(int tensor) const { return shapes_[static_cast<std::size_t>(tensor)]; }
    // Values of a float32 tensor for the whole batch; of a constant, those in the graph.
    std::span<float> values(int tensor);
    std::span<const float> values(int tensor) const;
    // The gradient of a tensor after backward(): of every trainable constant, and of the
    // activations that are computed from one; empty for others. An operator may use the gradient of
    // its output as working memory, so of activations only those of the graph's last layers are
    // worth a look.
    std::span<float> gradient(int tensor);

    // Computes the activations from the graph's inputs, which the caller wrote to values(input):
    // all of them, or those up to the node that makes tensor `to`. Variables begin with zeros: each
    // sample is a sequence of its own.
    void forward(int to = kNoTensor) { forward(to, {}); }
    // The same while training: dropout draws its random numbers from the mode's seed and step, and
    // running averages in the graph move on. The mode's node is set here.
    void forward(int to, RunMode mode);
    // Clears all gradients, so that the caller can set those of the output or logits …
    void clear_gradients();
    // … and from them, in the mode of the last forward(), computes the gradients of everything that
    // needs one, going back from the node that makes tensor `from`. Nodes after it are left out.
    // Operators on the way must have a backward function.
    void backward(int from);
    // One node of the graph alone, for measurements. The caller keeps to the order of the nodes,
    // and to the reverse of it.
    void forward_node(std::size_t node) { runs_[node].forward(runs_[node].forward_context); }
    void backward_node(std::size_t node) {
        if (runs_[node].backward != nullptr) runs_[node].backward(runs_[node].backward_context);
    }

private:
    Executor() = default;

    struct NodeRun {
        void (*forward)(const ForwardContext& context);
        void (*backward)(const BackwardContext& context);  // nullptr: no gradient is needed
        ForwardContext forward_context;
        BackwardContext backward_context;
    };
    // Where a tensor's floats stand in `values_` or `gradients_`; kNowhere for none.
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
    struct Placement {
        std::size_t values = kNowhere;
        std::size_t gradient = kNowhere;
        std::size_t count = 0;
    };

    Status infer_shapes();
    Status check_nodes() const;
    void place_tensors(Gradients gradients);
    void prepare_nodes();
    FloatView value_view(int tensor);
    FloatView gradient_view(int tensor);
    std::size_t nodes_up_to(int tensor) const;

    Graph* graph_ = nullptr;
    std::int32_t batch_ = 0;
    std::vector<Shape> shapes_;          // of each tensor, for this batch
    std::vector<Placement> placements_;  // of each tensor
    std::vector<int> makers_;            // of each tensor: the node that makes it, or -1
    std::vector<float> values_;          // of all activations
    std::vector<float> gradients_;
    std::vector<float> scratch_;
    std::vector<int> variables_;
    // All nodes' operands one after another; the contexts point into these.
    std::vector<FloatView> value_views_;
    std::vector<FloatView> gradient_views_;
    std::vector<std::pair<std::size_t, int>> constant_views_;  // index in value_views_, tensor
    std::vector<NodeRun> runs_;
};

}  // namespace whittle
