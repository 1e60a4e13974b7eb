#include "core/compress/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/train/executor.h"

namespace whittle {
namespace {

constexpr std::size_t kBatch = 32;

Status observe(Executor& executor,
               const Graph& graph,
               std::span<const float> samples,
               std::vector<ValueRange>& ranges) {
    std::copy(samples.begin(), samples.end(), executor.values(graph.inputs.front()).begin());
    executor.forward();
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        const Tensor& tensor = graph.tensors[t];
        if (tensor.constant || tensor.dtype != DType::float32) continue;
        if (ranges[t].include(executor.values(static_cast<int>(t)))) continue;
        return Error{.place = "tensor " + std::to_string(t) + " '" + tensor.name + "'",
                     .expected = "finite values on the representative data",
                     .found = "infinity or not a number",
                     .hint = "check the data, and whether the training went well"};
    }
    return {};
}

}  // namespace

bool ValueRange::include(std::span<const float> values) {
    for (const float value : values) {
        if (!std::isfinite(value)) return false;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    return true;
}

Result<std::vector<ValueRange>> observe_ranges(Graph& graph,
                                               std::span<const float> representative) {
    const Tensor& input = graph.tensor(graph.inputs.front());
    const std::size_t own_batch =
        input.shape.empty() ? 1 : static_cast<std::size_t>(std::max(input.shape[0], 1));
    const std::size_t sample = static_cast<std::size_t>(input.elements()) / own_batch;
    if (sample == 0 || representative.empty() || representative.size() % sample != 0) {
        return Error{.place = "representative data",
                     .expected = "one or more samples of " + std::to_string(sample) + " values",
                     .found = std::to_string(representative.size()) + " values"};
    }
    // A graph may fix its batch; then samples go one by one.
    const std::size_t samples = representative.size() / sample;
    const bool batches = with_batch(graph, static_cast<std::int32_t>(kBatch)).ok();
    const std::size_t batch = batches ? std::min(kBatch, samples) : 1;

    std::vector<ValueRange> ranges(graph.tensors.size());
    std::size_t start = 0;
    for (const std::size_t size : {batch, samples % batch}) {
        if (size == 0) continue;
        Result<Executor> executor =
            Executor::make(graph, static_cast<std::int32_t>(size), Gradients::none);
        if (!executor.ok()) return executor.status();
        for (; start + size <= samples; start += size) {
            const Status status = observe(
                *executor, graph, representative.subspan(start * sample, size * sample), ranges);
            if (!status.ok()) return status;
        }
    }
    return ranges;
}

Quantization asymmetric_int8(const ValueRange& range) {
    const double low = std::min(range.low, 0.0f);
    const double high = std::max(range.high, 0.0f);
    const auto scale = static_cast<float>((high - low) / 255.0);
    if (scale < std::numeric_limits<float>::min()) return {{1.0f}, {0}, 0};
    return {{scale}, {round_to(-128.0 - low / static_cast<double>(scale), -128, 127)}, 0};
}

std::int32_t round_to(double value, std::int32_t low, std::int32_t high) {
    if (std::isnan(value)) return 0;
    const double rounded = std::round(value);
    if (rounded <= low) return low;
    if (rounded >= high) return high;
    return static_cast<std::int32_t>(rounded);
}

}  // namespace whittle
