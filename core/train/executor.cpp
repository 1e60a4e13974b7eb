#include "core/train/executor.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace whittle {
namespace {

// Every tensor begins at a multiple of this many floats: 64 bytes, a cache line.
constexpr std::size_t kAlignment = 16;

std::size_t aligned(std::size_t floats) {
    return (floats + kAlignment - 1) / kAlignment * kAlignment;
}

std::string place_of(const Graph& graph, std::size_t node) {
    return "operator " + std::to_string(node) + " (" + definition_of(graph.nodes[node].op).name +
           ")";
}

}  // namespace

Result<Executor> Executor::make(Graph& graph, std::int32_t batch, Gradients gradients) {
    assert(batch > 0);
    Executor executor;
    executor.graph_ = &graph;
    executor.batch_ = batch;
    if (const Status status = executor.check_nodes(); !status.ok()) return status;
    if (const Status status = executor.infer_shapes(); !status.ok()) return status;
    executor.place_tensors(gradients);
    executor.prepare_nodes();
    return executor;
}

Status Executor::check_nodes() const {
    for (std::size_t n = 0; n < graph_->nodes.size(); ++n) {
        const Node& node = graph_->nodes[n];
        if (definition_of(node.op).forward == nullptr) {
            return Error{.place = place_of(*graph_, n),
                         .expected = "operators with a float32 computation",
                         .found = definition_of(node.op).name,
                         .hint = "use the float32 model, from before it was quantized"};
        }
        for (const int output : node.outputs) {
            const Tensor& tensor = graph_->tensor(output);
            if (tensor.dtype == DType::float32) continue;
            return Error{.place = place_of(*graph_, n) + ", output '" + tensor.name + "'",
                         .expected = "float32",
                         .found = dtype_name(tensor.dtype),
                         .hint = "use the float32 model, from before it was quantized"};
        }
    }
    for (const int input : graph_->inputs) {
        const Tensor& tensor = graph_->tensor(input);
        if (tensor.dtype == DType::float32) continue;
        return Error{.place = "input '" + tensor.name + "'",
                     .expected = "float32",
                     .found = dtype_name(tensor.dtype),
                     .hint = "use the float32 model, from before it was quantized"};
    }
    return {};
}

Status Executor::infer_shapes() {
    const Result<Graph> batched = with_batch(*graph_, batch_);
    if (!batched.ok()) return batched.status();
    shapes_.reserve(batched->tensors.size());
    for (const Tensor& tensor : batched->tensors) shapes_.push_back(tensor.shape);
    return {};
}

void Executor::place_tensors(Gradients gradients) {
    const std::size_t count = graph_->tensors.size();
    placements_.resize(count);
    makers_.assign(count, -1);
    std::vector<bool> needs_gradient(count, false);
    for (std::size_t t = 0; t < count; ++t) {
        const Tensor& tensor = graph_->tensors[t];
        placements_[t].count = static_cast<std::size_t>(element_count(shapes_[t]));
        needs_gradient[t] = gradients == Gradients::kept && tensor.constant && tensor.trainable &&
                            tensor.dtype == DType::float32;
    }
    for (std::size_t n = 0; n < graph_->nodes.size(); ++n) {
        const Node& node = graph_->nodes[n];
        const bool needed = std::any_of(node.inputs.begin(), node.inputs.end(), [&](int input) {
            return input != kNoTensor && needs_gradient[static_cast<std::size_t>(input)];
        });
        for (const int output : node.outputs) {
            makers_[static_cast<std::size_t>(output)] = static_cast<int>(n);
            needs_gradient[static_cast<std::size_t>(output)] = needed;
        }
    }
    std::size_t value_floats = 0;
    std::size_t gradient_floats = 0;
    for (std::size_t t = 0; t < count; ++t) {
        Placement& placement = placements_[t];
        if (!graph_->tensors[t].constant && graph_->tensors[t].dtype == DType::float32) {
            placement.values = value_floats;
            value_floats += aligned(placement.count);
        }
        if (graph_->tensors[t].variable && placement.values != kNowhere) {
            variables_.push_back(static_cast<int>(t));
        }
        if (needs_gradient[t]) {
            placement.gradient = gradient_floats;
            gradient_floats += aligned(placement.count);
        }
    }
    values_.assign(value_floats, 0.0f);
    gradients_.assign(gradient_floats, 0.0f);
}

FloatView Executor::value_view(int tensor) {
    if (tensor == kNoTensor) return {};
    const auto t = static_cast<std::size_t>(tensor);
    return {&shapes_[t], values(tensor).data()};
}

FloatView Executor::gradient_view(int tensor) {
    if (tensor == kNoTensor) return {};
    return {&shapes_[static_cast<std::size_t>(tensor)], gradient(tensor).data()};
}

void Executor::prepare_nodes() {
    std::size_t operands = 0;
    std::size_t scratch_floats = 0;
    for (const Node& node : graph_->nodes) {
        operands += node.inputs.size() + node.outputs.size();
        const OpDefinition& definition = definition_of(node.op);
        if (definition.scratch_floats == nullptr) continue;
        std::vector<const Shape*> input_shapes;
        for (const int input : node.inputs) {
            input_shapes.push_back(input == kNoTensor ? nullptr
                                                      : &shapes_[static_cast<std::size_t>(input)]);
        }
        scratch_floats =
            std::max(scratch_floats, definition.scratch_floats(input_shapes, node.attributes));
    }
    scratch_.assign(scratch_floats, 0.0f);
    value_views_.reserve(operands);
    gradient_views_.reserve(operands);
    runs_.reserve(graph_->nodes.size());
    for (const Node& node : graph_->nodes) {
        const std::size_t first = value_views_.size();
        for (const std::vector<int>* tensors : {&node.inputs, &node.outputs}) {
            for (const int tensor : *tensors) {
                if (tensor != kNoTensor && graph_->tensor(tensor).constant) {
                    constant_views_.emplace_back(value_views_.size(), tensor);
                }
                value_views_.push_back(value_view(tensor));
                gradient_views_.push_back(gradient_view(tensor));
            }
        }
        const std::span<const FloatView> all(value_views_.data() + first,
                                             node.inputs.size() + node.outputs.size());
        const std::span<const FloatView> gradients(gradient_views_.data() + first, all.size());
        const auto inputs = all.first(node.inputs.size());
        const auto outputs = all.last(node.outputs.size());
        const auto output_gradients = gradients.last(outputs.size());
        const bool needed = std::any_of(output_gradients.begin(), output_gradients.end(),
                                        [](const FloatView& view) { return view.data != nullptr; });
        const OpDefinition& definition = definition_of(node.op);
        runs_.push_back(
            {definition.forward, needed ? definition.backward : nullptr,
             ForwardContext{node.attributes, inputs, outputs, scratch_},
             BackwardContext{node.attributes, inputs, outputs, gradients.last(outputs.size()),
                             gradients.first(inputs.size()), scratch_}});
    }
}

std::span<float> Executor::values(int tensor) {
    const Placement& placement = placements_[static_cast<std::size_t>(tensor)];
    if (placement.values != kNowhere) return {values_.data() + placement.values, placement.count};
    Tensor& constant = graph_->tensor(tensor);
    if (constant.dtype != DType::float32) return {};
    return constant.as<float>();
}

std::span<const float> Executor::values(int tensor) const {
    const Placement& placement = placements_[static_cast<std::size_t>(tensor)];
    if (placement.values != kNowhere) return {values_.data() + placement.values, placement.count};
    const Tensor& constant = graph_->tensor(tensor);
    if (constant.dtype != DType::float32) return {};
    return constant.as<float>();
}

std::span<float> Executor::gradient(int tensor) {
    const Placement& placement = placements_[static_cast<std::size_t>(tensor)];
    if (placement.gradient == kNowhere) return {};
    return {gradients_.data() + placement.gradient, placement.count};
}

std::size_t Executor::nodes_up_to(int tensor) const {
    return static_cast<std::size_t>(makers_[static_cast<std::size_t>(tensor)] + 1);
}

void Executor::forward(int to, RunMode mode) {
    // A constant's vector may have been replaced since the last run.
    for (const auto& [view, tensor] : constant_views_) {
        value_views_[view].data = values(tensor).data();
    }
    const std::size_t end = to == kNoTensor ? runs_.size() : nodes_up_to(to);
    for (const int variable : variables_) {
        const std::span<float> state = values(variable);
        std::fill(state.begin(), state.end(), 0.0f);
    }
    for (std::size_t n = 0; n < end; ++n) {
        mode.node = static_cast<std::uint32_t>(n);
        runs_[n].forward_context.mode = mode;
        runs_[n].backward_context.mode = mode;
        forward_node(n);
    }
}

void Executor::clear_gradients() { std::fill(gradients_.begin(), gradients_.end(), 0.0f); }

void Executor::backward(int from) {
    for (std::size_t n = nodes_up_to(from); n-- > 0;) backward_node(n);
}

}  // namespace whittle
