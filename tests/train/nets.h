#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "core/data/dataset.h"
#include "core/graph/graph.h"

namespace whittle::test {

// A data set of float rows.
inline Dataset make_dataset(std::size_t feature_count,
                            std::vector<float> features,
                            std::size_t target_count,
                            std::vector<float> targets) {
    Dataset data;
    data.name = "test data";
    data.feature_shape = {static_cast<std::int32_t>(feature_count)};
    data.features = std::move(features);
    data.target_shape = {static_cast<std::int32_t>(target_count)};
    data.targets = std::move(targets);
    return data;
}

// Weights (1) or bias (2) of node n.
inline Tensor& parameter_of(Graph& graph, std::size_t n, std::size_t input) {
    return graph.tensor(graph.nodes[n].inputs[input]);
}

inline void set_parameter(Graph& graph,
                          std::size_t n,
                          std::size_t input,
                          const std::vector<float>& values) {
    std::copy(values.begin(), values.end(), parameter_of(graph, n, input).as<float>().begin());
}

}  // namespace whittle::test
