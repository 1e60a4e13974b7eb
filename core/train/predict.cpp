#include <numeric>
#include <span>
#include <vector>

#include "core/base/hash.h"
#include "core/train/batch_runner.h"
#include "core/train/trainer_state.h"

namespace whittle {

Result<std::vector<float>> predict(Graph& graph, const Dataset& data) {
    if (const Status status = check_features(graph, data, "data"); !status.ok()) return status;
    Result<BatchRunner> runner = BatchRunner::make(graph, data, graph.outputs.front());
    if (!runner.ok()) return runner.status();
    const std::span<const float> values = runner->run();
    return std::vector<float>(values.begin(), values.end());
}

Result<float> evaluate(Graph& graph, const Dataset& data, Loss loss, const LossOptions& options) {
    if (const Status status = check_samples(graph, data, loss, "data"); !status.ok()) return status;
    const Result<int> output = loss_tensor(graph, loss);
    if (!output.ok()) return output.status();
    Result<BatchRunner> runner = BatchRunner::make(graph, data, *output);
    if (!runner.ok()) return runner.status();
    const std::span<const float> predictions = runner->run();
    const std::size_t columns = predictions.size() / data.size();
    std::vector<float> targets;
    if (takes_targets(loss)) {
        std::vector<std::uint32_t> all(data.size());
        std::iota(all.begin(), all.end(), 0u);
        targets.resize(predictions.size());
        data.gather_targets(all, targets);
    }
    std::vector<double> scratch(loss_scratch_doubles(loss, data.size(), columns));
    return evaluate_loss(loss, predictions, targets, columns, {}, options, scratch);
}

std::uint64_t weights_hash(const Graph& graph) {
    std::uint64_t hash = kFnvOffset;
    for (const int tensor : trainable_tensors(graph)) hash = fnv1a(graph.tensor(tensor).data, hash);
    return hash;
}

}  // namespace whittle
