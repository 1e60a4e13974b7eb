#include "core/train/batch_runner.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <string>

#include "core/ops/softmax/attributes.h"

namespace whittle {
namespace {

constexpr std::size_t kBatch = 64;

// Values of one sample in a tensor whose first dimension is the batch.
std::int64_t values_per_sample(const Tensor& tensor) {
    return element_count(tensor.shape) / (tensor.shape.empty() ? 1 : tensor.shape[0]);
}

Status check_values(const Tensor& tensor,
                    const std::string& noun,
                    std::size_t found,
                    const std::string& place) {
    const std::int64_t expected = values_per_sample(tensor);
    if (expected == static_cast<std::int64_t>(found)) return {};
    return Error{.place = place,
                 .expected = std::to_string(expected) + " " + noun +
                             " a sample, for the model's '" + tensor.name + "' of shape " +
                             to_string(tensor.shape),
                 .found = std::to_string(found),
                 .hint = "this model is for other data"};
}

// The logits of a softmax, its logarithm or a logistic; the loss has the plain softmax in mind.
Result<int> logits_of(const Node& node) {
    if (node.op == OpKind::softmax) {
        const float beta = node.attributes.as<SoftmaxAttributes>().beta;
        if (beta != 1.0f) {
            return Error{.place = "operator softmax",
                         .expected = "a factor beta of 1, to train with cross entropy",
                         .found = std::to_string(beta)};
        }
    }
    return node.inputs.front();
}

}  // namespace

Result<int> loss_tensor(const Graph& graph, Loss loss) {
    const int output = graph.outputs.front();
    if (!takes_logits(loss)) return output;
    const bool classes = loss == Loss::softmax_cross_entropy;
    const OpKind wanted = classes ? OpKind::softmax : OpKind::logistic;
    for (const Node& node : graph.nodes) {
        if (node.outputs.front() != output) continue;
        if (node.op == wanted || (classes && node.op == OpKind::log_softmax)) {
            return logits_of(node);
        }
        return Error{.place = std::string("loss ") + loss_name(loss),
                     .expected = std::string("a model that ends in ") + definition_of(wanted).name,
                     .found = definition_of(node.op).name,
                     .hint = "choose the loss mse, or end the model in that operator"};
    }
    return Error{.place = std::string("loss ") + loss_name(loss),
                 .expected = std::string("a model that ends in ") + definition_of(wanted).name,
                 .found = "an output that no operator makes"};
}

Status check_features(const Graph& graph, const Dataset& data, std::string_view what) {
    const std::string place(what);
    if (graph.inputs.size() != 1 || graph.outputs.empty()) {
        return Error{.place = "model",
                     .expected = "one input, and an output",
                     .found = std::to_string(graph.inputs.size()) + " inputs, " +
                              std::to_string(graph.outputs.size()) + " outputs"};
    }
    if (data.size() == 0) {
        return Error{.place = place, .expected = "at least one sample", .found = "none"};
    }
    return check_values(graph.tensor(graph.inputs.front()), "features", data.feature_count(),
                        place);
}

Status check_data(const Graph& graph, const Dataset& data, std::string_view what) {
    const Status features = check_features(graph, data, what);
    if (!features.ok()) return features;
    const Tensor& output = graph.tensor(graph.outputs.front());
    return check_values(output, "targets", data.target_count(), std::string(what));
}

Status check_samples(const Graph& graph, const Dataset& data, Loss loss, std::string_view what) {
    if (takes_targets(loss)) return check_data(graph, data, what);
    if (const Status status = check_features(graph, data, what); !status.ok()) return status;
    if (data.size() % 2 == 0) return {};
    return Error{.place = std::string(what),
                 .expected = "an even number of samples, for the loss compares them in pairs",
                 .found = std::to_string(data.size())};
}

Result<BatchRunner> BatchRunner::make(Graph& graph, const Dataset& data, int tensor) {
    assert(graph.inputs.size() == 1);
    BatchRunner runner;
    runner.data_ = &data;
    runner.input_ = graph.inputs.front();
    runner.tensor_ = tensor;
    const std::size_t rest = data.size() % kBatch;
    for (const std::size_t batch : {data.size() >= kBatch ? kBatch : 0, rest}) {
        if (batch == 0) continue;
        Result<Executor> executor =
            Executor::make(graph, static_cast<std::int32_t>(batch), Gradients::none);
        if (!executor.ok()) return executor.status();
        runner.executors_.push_back(std::move(executor).value());
    }
    runner.indices_.resize(data.size());
    std::iota(runner.indices_.begin(), runner.indices_.end(), 0u);
    if (!runner.executors_.empty()) {
        const Executor& first = runner.executors_.front();
        const std::size_t columns =
            first.values(tensor).size() / static_cast<std::size_t>(first.batch());
        runner.values_.resize(data.size() * columns);
    }
    return runner;
}

std::span<const float> BatchRunner::run() {
    const std::span<const std::uint32_t> indices(indices_);
    std::size_t written = 0;
    for (std::size_t start = 0; start < indices.size();) {
        const std::size_t left = indices.size() - start;
        Executor& executor = left >= kBatch ? executors_.front() : executors_.back();
        const auto batch = static_cast<std::size_t>(executor.batch());
        data_->gather_features(indices.subspan(start, batch), executor.values(input_));
        executor.forward(tensor_);
        const std::span<const float> values = executor.values(tensor_);
        std::copy(values.begin(), values.end(),
                  values_.begin() + static_cast<std::ptrdiff_t>(written));
        written += values.size();
        start += batch;
    }
    return values_;
}

}  // namespace whittle
