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
    // Of a detector of anomalies: the area under its ROC curve, where a sample's score is the mean
    // squared error of what the model gives back.
    std::optional<double> area_under_roc{};

    // "RMSE 0.1012", "accuracy 95.60 %" or "area under ROC 0.9871"
    std::string text() const;
    Json json() const;
};

// Of the split's test samples. predictions: a row for each.
Scores score(std::span<const float> predictions, const DataSplit& data);
Result<Scores> evaluate_model(const Graph& model, const DataSplit& data);

}  // namespace whittle::cli
