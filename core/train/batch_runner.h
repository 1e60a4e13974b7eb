#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/data/dataset.h"
#include "core/train/executor.h"
#include "core/train/loss.h"

namespace whittle {

// The tensor that a loss is computed from: the graph's first output, or for a loss on logits what
// its last softmax or logistic is computed from. Fails if there is no such operator.
Result<int> loss_tensor(const Graph& graph, Loss loss);

// Whether the samples fit the graph: one input with as many values as a sample has features …
// `what` names the data in the error.
Status check_features(const Graph& graph, const Dataset& data, std::string_view what);
// … and besides, the first output with as many values as a sample has targets.
Status check_data(const Graph& graph, const Dataset& data, std::string_view what);

// … as far as this loss takes targets. One that compares samples in pairs needs an even number.
Status check_samples(const Graph& graph, const Dataset& data, Loss loss, std::string_view what);

// Computes one tensor of a graph for all samples of a dataset, many at a time; the last batch may
// be smaller. Takes its memory once, so it can run after every epoch.
class BatchRunner {
public:
    // Graph and data must outlive the runner; the data fit the graph.
    static Result<BatchRunner> make(Graph& graph, const Dataset& data, int tensor);
    // The tensor's values for all samples, row after row. Valid until the next run().
    std::span<const float> run();

private:
    BatchRunner() = default;

    const Dataset* data_ = nullptr;
    int input_ = kNoTensor;
    int tensor_ = kNoTensor;
    std::vector<Executor> executors_;  // for whole batches and for the rest, where there are any
    std::vector<float> values_;
    std::vector<std::uint32_t> indices_;
};

}  // namespace whittle
