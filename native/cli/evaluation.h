#pragma once

#include <optional>
#include <vector>

#include "core/base/status.h"
#include "core/data/dataset.h"
#include "core/deploy/predict.h"
#include "core/graph/graph.h"
#include "core/train/metrics.h"
#include "native/cli/json.h"
#include "native/cli/text.h"

namespace whittle::cli {

// How good a model is on a set of samples.
struct Scores {
    std::size_t samples = 0;
    std::optional<ConfusionMatrix> confusion;  // classifiers only
    std::vector<std::string> class_names;
    double rmse = 0.0;  // regression only
    double mae = 0.0;

    // "RMSE 0.1012" or "accuracy 95.60 %"
    std::string text() const;
    Json json() const;
};

Scores score(std::span<const float> predictions, const Dataset& data);
Result<Scores> evaluate_model(const Graph& model, const Dataset& data);

}  // namespace whittle::cli
