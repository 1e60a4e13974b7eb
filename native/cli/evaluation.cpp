#include "native/cli/evaluation.h"

#include <cmath>
#include <span>

#include "core/train/threshold_curve.h"

namespace whittle::cli {

namespace {

double roc_area(std::span<const float> predictions, const DataSplit& split) {
    const std::size_t columns = predictions.size() / split.test.size();
    std::vector<float> errors(split.test.size());
    for (std::size_t i = 0; i < errors.size(); ++i) {
        const double rmse = root_mean_squared_error(
            predictions.subspan(i * columns, columns),
            std::span<const float>(split.test.targets).subspan(i * columns, columns));
        errors[i] = static_cast<float>(rmse * rmse);
    }
    const auto curve = ThresholdCurve::make(errors, split.anomalous);
    return curve.ok() ? curve->area_under_roc() : std::nan("");
}

}  // namespace

Scores score(std::span<const float> predictions, const DataSplit& split) {
    const Dataset& data = split.test;
    Scores scores;
    scores.samples = data.size();
    if (!data.is_classification()) {
        scores.rmse = root_mean_squared_error(predictions, data.targets);
        scores.mae = mean_absolute_error(predictions, data.targets);
        if (!split.anomalous.empty()) scores.area_under_roc = roc_area(predictions, split);
        return scores;
    }
    scores.class_names = data.class_names;
    scores.confusion.emplace(data.class_names.size());
    const std::size_t columns = predictions.size() / data.size();
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto row = predictions.subspan(i * columns, columns);
        const std::size_t predicted = columns == 1 ? (row[0] >= 0.5f ? 1 : 0) : argmax(row);
        scores.confusion->add(data.labels[i], predicted);
    }
    return scores;
}

Result<Scores> evaluate_model(const Graph& model, const DataSplit& data) {
    const auto predictions = predict_with_program(model, data.test);
    if (!predictions.ok()) return predictions.status();
    return score(*predictions, data);
}

std::string Scores::text() const {
    if (confusion) return format_text("accuracy %.2f %%", 100.0 * confusion->accuracy());
    if (area_under_roc) return format_text("area under ROC %.4f", *area_under_roc);
    return format_text("RMSE %.4f", rmse);
}

Json Scores::json() const {
    Json json;
    json["samples"] = samples;
    if (!confusion) {
        json["rmse"] = rmse;
        json["mae"] = mae;
        if (area_under_roc) json["area_under_roc"] = *area_under_roc;
        return json;
    }
    json["accuracy"] = confusion->accuracy();
    for (std::size_t c = 0; c < confusion->classes(); ++c) {
        Json row = Json::array();
        for (std::size_t p = 0; p < confusion->classes(); ++p) row.push_back(confusion->at(c, p));
        json["confusion"].push_back(row);
        json["classes"].push_back({{"name", class_names[c]},
                                   {"precision", confusion->precision(c)},
                                   {"recall", confusion->recall(c)},
                                   {"f1", confusion->f1(c)}});
    }
    return json;
}

}  // namespace whittle::cli
