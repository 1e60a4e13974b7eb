#include "native/cli/evaluation.h"

#include <span>

namespace whittle::cli {

Scores score(std::span<const float> predictions, const Dataset& data) {
    Scores scores;
    scores.samples = data.size();
    if (!data.is_classification()) {
        scores.rmse = root_mean_squared_error(predictions, data.targets);
        scores.mae = mean_absolute_error(predictions, data.targets);
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

Result<Scores> evaluate_model(const Graph& model, const Dataset& data) {
    const auto predictions = predict_with_program(model, data);
    if (!predictions.ok()) return predictions.status();
    return score(*predictions, data);
}

std::string Scores::text() const {
    if (confusion) return format_text("accuracy %.2f %%", 100.0 * confusion->accuracy());
    return format_text("RMSE %.4f", rmse);
}

Json Scores::json() const {
    Json json;
    json["samples"] = samples;
    if (!confusion) {
        json["rmse"] = rmse;
        json["mae"] = mae;
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
