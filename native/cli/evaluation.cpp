#include "native/cli/evaluation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>

#include "core/deploy/program_image.h"

namespace whittle::cli {
namespace {

struct Affine {
    float scale = 1.0f;
    std::int32_t zero_point = 0;
};

template <class T>
std::vector<std::uint8_t> quantized(std::span<const float> values, Affine affine) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    const double lowest = static_cast<double>(std::numeric_limits<T>::min());
    const double highest = static_cast<double>(std::numeric_limits<T>::max());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double steps = static_cast<double>(values[i]) / static_cast<double>(affine.scale);
        const double q = std::round(steps) + affine.zero_point;
        const T element = static_cast<T>(std::clamp(std::isnan(q) ? 0.0 : q, lowest, highest));
        std::memcpy(bytes.data() + i * sizeof(T), &element, sizeof(T));
    }
    return bytes;
}

template <class T>
std::vector<float> dequantized(std::span<const std::uint8_t> bytes, Affine affine) {
    std::vector<float> values(bytes.size() / sizeof(T));
    for (std::size_t i = 0; i < values.size(); ++i) {
        T element;
        std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
        values[i] = affine.scale * static_cast<float>(std::int32_t{element} - affine.zero_point);
    }
    return values;
}

Result<Affine> affine_of(const Tensor& tensor) {
    if (tensor.quantization.scales.size() == 1) {
        return Affine{tensor.quantization.scales[0], tensor.quantization.zero_points[0]};
    }
    return Error{"", "tensor '" + printable(tensor.name) + "'", "one scale and zero point",
                 std::to_string(tensor.quantization.scales.size()),
                 "whittle run takes and gives raw bytes of any type"};
}

Error unsupported(const Tensor& tensor) {
    return Error{"", "tensor '" + printable(tensor.name) + "'", "float32, int8, uint8 or int16",
                 dtype_name(tensor.dtype), "whittle run takes and gives raw bytes of any type"};
}

}  // namespace

Result<std::vector<std::uint8_t>> to_elements(std::span<const float> values, const Tensor& tensor) {
    if (tensor.dtype == DType::float32) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
        return std::vector<std::uint8_t>(bytes, bytes + values.size_bytes());
    }
    const auto affine = affine_of(tensor);
    if (!affine.ok()) return affine.status();
    switch (tensor.dtype) {
        case DType::int8: return quantized<std::int8_t>(values, *affine);
        case DType::uint8: return quantized<std::uint8_t>(values, *affine);
        case DType::int16: return quantized<std::int16_t>(values, *affine);
        default: return unsupported(tensor);
    }
}

Result<std::vector<float>> to_reals(std::span<const std::uint8_t> elements, const Tensor& tensor) {
    if (tensor.dtype == DType::float32) {
        std::vector<float> values(elements.size() / sizeof(float));
        std::memcpy(values.data(), elements.data(), values.size() * sizeof(float));
        return values;
    }
    const auto affine = affine_of(tensor);
    if (!affine.ok()) return affine.status();
    switch (tensor.dtype) {
        case DType::int8: return dequantized<std::int8_t>(elements, *affine);
        case DType::uint8: return dequantized<std::uint8_t>(elements, *affine);
        case DType::int16: return dequantized<std::int16_t>(elements, *affine);
        default: return unsupported(tensor);
    }
}

Result<std::vector<float>> predict_with_program(const Graph& model, const Dataset& data) {
    auto program = Program::from_graph(model);
    if (!program.ok()) return program.status();
    const Tensor& input = model.tensor(model.inputs[0]);
    const Tensor& output = model.tensor(model.outputs[0]);
    std::vector<float> predictions;
    std::vector<float> features(data.feature_count());
    std::vector<std::uint8_t> outputs(program->output_bytes());
    for (std::uint32_t i = 0; i < data.size(); ++i) {
        data.gather_features(std::span(&i, 1), features);
        const auto elements = to_elements(features, input);
        if (!elements.ok()) return elements.status();
        program->run(*elements, outputs);
        const auto reals = to_reals(outputs, output);
        if (!reals.ok()) return reals.status();
        predictions.insert(predictions.end(), reals->begin(), reals->end());
    }
    return predictions;
}

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
