#include "core/train/recipe_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "core/base/platform/files.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/data/digits.h"
#include "core/data/folder_readers.h"
#include "core/data/gestures.h"
#include "core/data/readers.h"
#include "core/data/recall.h"
#include "core/data/vibrations.h"
#include "core/data/words.h"
#include "core/signal/resample.h"

namespace whittle {
namespace {

using Path = std::optional<std::string>;

// A stream of random numbers apart from the data's and the weights'.
constexpr std::uint64_t kHeldOutStream = 2;

DataSplit split_of(const RecipeData& settings, const Dataset& data, std::uint64_t seed) {
    return split(data, settings.train_share, settings.validation_share, seed);
}

// One column of whole numbers 0 ... classes - 1 becomes classes.
Status turn_into_classes(Dataset& data, std::int32_t classes) {
    if (data.target_count() != 1) {
        return Error{.place = "the columns to predict",
                     .expected = "one, of classes",
                     .found = std::to_string(data.target_count()),
                     .hint = "leave \"classes\" out of the recipe's \"data\" to predict numbers"};
    }
    for (const float target : data.targets) {
        if (!(target >= 0.0f && target < static_cast<float>(classes)) ||
            target != std::floor(target)) {
            return Error{.place = "sample " + std::to_string(data.labels.size() + 1),
                         .expected = "a class from 0 to " + std::to_string(classes - 1),
                         .found = std::to_string(target),
                         .hint =
                             "\"target\" in the recipe's \"data\" names the column of classes; "
                             "\"classes\" says how many there are"};
        }
        data.labels.push_back(static_cast<std::uint32_t>(target));
    }
    data.targets.clear();
    data.target_shape = {classes};
    for (std::int32_t c = 0; c < classes; ++c) data.class_names.push_back(std::to_string(c));
    return {};
}

Result<DataSplit> load_csv(const RecipeData& settings, const Path& path, std::uint64_t seed) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(*path);
    if (!bytes.ok()) return bytes.status();
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    Result<Dataset> data = read_csv(text, {settings.target_columns});
    if (!data.ok()) return data.status().in_file(*path);
    if (settings.class_count > 0) {
        const Status status = turn_into_classes(*data, settings.class_count);
        if (!status.ok()) return status.in_file(*path);
    }
    return split_of(settings, *data, seed);
}

Result<DataSplit> load_line(const RecipeData& settings, const Path& path, std::uint64_t seed) {
    if (path) return load_csv(settings, path, seed);
    return split_of(settings, make_line(settings.samples, settings.line, seed), seed);
}

Result<DataSplit> load_sine(const RecipeData& settings, const Path& path, std::uint64_t seed) {
    if (path) return load_csv(settings, path, seed);
    return split_of(settings, make_sine(settings.samples, settings.line.noise, seed), seed);
}

Result<DataSplit> load_cosine(const RecipeData& settings, const Path& path, std::uint64_t seed) {
    if (path) return load_csv(settings, path, seed);
    return split_of(settings, make_cosine(settings.samples, settings.line.noise, seed), seed);
}

// The data's own test set; of its training set, one part in `parts` to validate.
DataSplit hold_out(TrainTestData data, std::size_t parts, std::uint64_t seed) {
    std::vector<std::uint32_t> order(data.train.size());
    std::iota(order.begin(), order.end(), 0u);
    Random(seed, kHeldOutStream).shuffle(order);
    const std::span<const std::uint32_t> all(order);
    const std::size_t held_out = order.size() / parts;
    DataSplit out;
    out.validation = data.train.subset(all.first(held_out));
    out.train = data.train.subset(all.subspan(held_out));
    out.test = std::move(data.test);
    return out;
}

Result<DataSplit> load_digits(const RecipeData& settings, const Path& path, std::uint64_t seed) {
    if (!path) return split_of(settings, make_digits(settings.samples, seed), seed);
    Result<TrainTestData> mnist = read_mnist(*path);
    if (!mnist.ok()) return mnist.status();
    return hold_out(std::move(mnist).value(), 12, seed);  // 5,000 of MNIST's 60,000
}

Result<DataSplit> load_cifar10(const RecipeData&, const Path& path, std::uint64_t seed) {
    Result<TrainTestData> images = read_cifar10(*path);
    if (!images.ok()) return images.status();
    return hold_out(std::move(images).value(), 10, seed);
}

// Generated words, brought to the recipe's rate and length one by one.
Result<Dataset> make_words_at(const RecipeData& settings, std::uint64_t seed) {
    WhittleResampler resampler;
    if (whittle_resampler_init(kWordSampleRate, settings.sample_rate, &resampler) == 0) {
        return Error{.place = "rate",
                     .expected = "a sample rate that " + std::to_string(kWordSampleRate) +
                                 " Hz can be brought to",
                     .found = std::to_string(settings.sample_rate)};
    }
    std::vector<float> table(static_cast<std::size_t>(resampler.up * resampler.taps));
    whittle_resampler_prepare(&resampler, table.data());
    const auto word_length = static_cast<std::int32_t>(kWordLength);
    std::vector<float> word(kWordLength);
    std::vector<float> resampled(
        static_cast<std::size_t>(whittle_resampled_count(&resampler, word_length)));
    const auto length = static_cast<std::size_t>(settings.length);
    std::vector<float> features(settings.samples * length, 0.0f);
    Dataset data = make_words(0, seed);  // the classes
    for (std::size_t i = 0; i < settings.samples; ++i) {
        const auto label = static_cast<std::uint32_t>(i % kWords);
        make_word(label, seed, i, word);
        whittle_resample(&resampler, table.data(), word.data(), word_length, resampled.data());
        std::copy_n(resampled.begin(),
                    static_cast<std::ptrdiff_t>(std::min(length, resampled.size())),
                    features.begin() + static_cast<std::ptrdiff_t>(i * length));
        data.labels.push_back(label);
    }
    data.feature_shape = {settings.length};
    data.features = std::move(features);
    return data;
}

Result<DataSplit> load_sounds(const RecipeData& settings, const Path& path, std::uint64_t seed) {
    const Status status = check_log_mel(settings.log_mel, settings.sample_rate, settings.length);
    if (!status.ok()) return status;
    if (!path) {
        const Result<Dataset> words = make_words_at(settings, seed);
        if (!words.ok()) return words.status();
        return split_of(settings, log_mel_features(*words, settings.log_mel, settings.sample_rate),
                        seed);
    }
    const auto length = static_cast<std::size_t>(settings.length);
    const auto sounds = read_sound_folder(*path, {settings.sample_rate, length, {}});
    if (!sounds.ok()) return sounds.status();
    return split_of(settings,
                    log_mel_features(sounds->data, settings.log_mel, settings.sample_rate), seed);
}

std::vector<std::uint32_t> samples_of(const Dataset& data, std::size_t label) {
    std::vector<std::uint32_t> indices;
    for (std::size_t i = 0; i < data.size(); ++i) {
        if (data.labels[i] == label) indices.push_back(static_cast<std::uint32_t>(i));
    }
    return indices;
}

// What an autoencoder learns: to give back what it is given.
void aim_at_features(Dataset& data) {
    data.targets = std::get<std::vector<float>>(data.features);
    data.target_shape = data.feature_shape;
    data.labels.clear();
    data.class_names.clear();
}

void append(Dataset& data, const Dataset& more) {
    auto& features = std::get<std::vector<float>>(data.features);
    const auto& others = std::get<std::vector<float>>(more.features);
    features.insert(features.end(), others.begin(), others.end());
    data.labels.insert(data.labels.end(), more.labels.begin(), more.labels.end());
}

// Normal windows to train, to validate and to test; all others, but the ignored ones, only to test.
Result<DataSplit> split_anomalies(const RecipeData& settings,
                                  const Dataset& data,
                                  std::uint64_t seed) {
    const auto& names = data.class_names;
    const auto normal = std::find(names.begin(), names.end(), settings.normal_class);
    if (normal == names.end()) {
        const std::string meant = nearest(settings.normal_class, names);
        return Error{.place = "the folders of windows",
                     .expected = "one called " + whittle::quoted(settings.normal_class) +
                                 ", of what is normal",
                     .found = std::to_string(names.size()) + " others",
                     .hint = meant.empty() ? "" : "did you mean '" + meant + "'?"};
    }
    const auto normal_label = static_cast<std::size_t>(normal - names.begin());
    DataSplit out = split_of(settings, data.subset(samples_of(data, normal_label)), seed);
    out.anomalous.assign(out.test.size(), 0);
    for (std::size_t label = 0; label < names.size(); ++label) {
        const auto& ignored = settings.ignored_classes;
        if (label == normal_label ||
            std::find(ignored.begin(), ignored.end(), names[label]) != ignored.end()) {
            continue;
        }
        append(out.test, data.subset(samples_of(data, label)));
        out.anomalous.resize(out.test.size(), 1);
    }
    for (Dataset* part : {&out.train, &out.validation, &out.test}) aim_at_features(*part);
    return out;
}

Result<DataSplit> load_gestures(const RecipeData& settings, const Path&, std::uint64_t seed) {
    return split_of(settings, make_gestures(settings.samples, seed), seed);
}

Result<DataSplit> load_recall(const RecipeData& settings, const Path&, std::uint64_t seed) {
    return split_of(settings, make_recall(settings.samples, seed), seed);
}

Result<DataSplit> load_windows(const RecipeData& settings, const Path& path, std::uint64_t seed) {
    const Status status = check_spectrum(settings.spectrum, settings.length);
    if (!status.ok()) return status;
    if (!path) {
        RecipeData generated = settings;
        generated.normal_class = "normal";
        return split_anomalies(
            generated,
            spectrum_features(make_vibrations(settings.samples, seed), settings.spectrum), seed);
    }
    const auto windows = read_csv_folder(*path, {static_cast<std::size_t>(settings.length), {}});
    if (!windows.ok()) return windows.status();
    const Dataset spectra = spectrum_features(*windows, settings.spectrum);
    if (settings.normal_class.empty()) return split_of(settings, spectra, seed);
    return split_anomalies(settings, spectra, seed);
}

const std::vector<DataSource>& sources() {
    static const std::vector<DataSource> all = {
        {"line",
         {"samples", "noise", "slope", "intercept", "low", "high", "target"},
         true,
         load_line},
        {"sine", {"samples", "noise", "target"}, true, load_sine},
        {"cosine", {"samples", "noise", "target"}, true, load_cosine},
        {"csv", {"target", "classes"}, false, load_csv},
        {"digits", {"samples"}, true, load_digits},
        {"cifar10", {}, false, load_cifar10},
        {"sounds", {"samples", "rate", "length", "log-mel"}, true, load_sounds},
        {"windows", {"samples", "rows", "spectrum", "normal", "ignored"}, true, load_windows},
        {"gestures", {"samples"}, true, load_gestures},
        {"recall", {"samples"}, true, load_recall},
    };
    return all;
}

void read_line(JsonFields& fields, LineData& line) {
    line.noise = fields.number("noise", {0.0, 1e6}, 0.0f);
    line.slope = fields.number("slope", {-1e6, 1e6}, line.slope);
    line.intercept = fields.number("intercept", {-1e6, 1e6}, line.intercept);
    line.low = fields.number("low", {-1e6, 1e6}, line.low);
    line.high = fields.number("high", {-1e6, 1e6}, line.high);
}

void read_split(JsonFields& fields, RecipeData& data) {
    const nlohmann::json* value = fields.find("split");
    if (value == nullptr) return;
    JsonFields shares(*value, fields.place("split"), {"train", "validation"}, fields.problem());
    data.train_share = shares.number("train", {0.0, 1.0});
    data.validation_share = shares.number("validation", {0.0, 1.0});
    if (data.train_share + data.validation_share > 1.0f) {
        fields.problem().report(fields.place("split"), "shares that are at most 1 together",
                                *value);
    }
}

void read_log_mel(JsonFields& fields, RecipeData& data) {
    const nlohmann::json* value = fields.find("log-mel");
    if (value == nullptr) return;
    JsonFields mel(
        *value, fields.place("log-mel"),
        {"frame", "hop", "bands", "coefficients", "low", "high", "floor", "mean", "scale"},
        fields.problem());
    LogMelFeatures& out = data.log_mel;
    out.frame = static_cast<std::int32_t>(mel.whole("frame", {1, 32768}, out.frame));
    out.hop = static_cast<std::int32_t>(mel.whole("hop", {1, 32768}, out.hop));
    out.bands = static_cast<std::int32_t>(mel.whole("bands", {1, 128}, out.bands));
    out.coefficients = static_cast<std::int32_t>(mel.whole("coefficients", {0, 128}, 0));
    out.low = mel.number("low", {0.0, 1e6}, out.low);
    out.high = mel.number("high", {0.0, 1e6}, out.high);
    out.floor = mel.number("floor", {1e-30, 1e6}, out.floor);
    out.mean = mel.number("mean", {-1e6, 1e6}, out.mean);
    out.scale = mel.number("scale", {-1e6, 1e6}, out.scale);
}

void read_spectrum(JsonFields& fields, RecipeData& data) {
    const nlohmann::json* value = fields.find("spectrum");
    if (value == nullptr) return;
    JsonFields spectrum(*value, fields.place("spectrum"), {"bands", "floor", "mean", "scale"},
                        fields.problem());
    SpectrumFeatures& out = data.spectrum;
    out.bands = static_cast<std::int32_t>(spectrum.whole("bands", {1, 1024}, out.bands));
    out.floor = spectrum.number("floor", {1e-30, 1e6}, out.floor);
    out.mean = spectrum.number("mean", {-1e6, 1e6}, out.mean);
    out.scale = spectrum.number("scale", {-1e6, 1e6}, out.scale);
}

}  // namespace

RecipeData read_recipe_data(const nlohmann::json& document, JsonProblem& problem) {
    RecipeData data;
    if (!document.is_object()) {
        problem.report("data", "an object with \"source\"", document);
        return data;
    }
    std::vector<std::string_view> names;
    for (const DataSource& source : sources()) names.push_back(source.name);
    std::vector<std::string_view> given;
    for (const auto& [name, value] : document.items()) given.push_back(name);
    JsonFields any(document, "data", given, problem);
    data.source = &sources()[any.choice("source", names)];
    std::vector<std::string_view> known = data.source->fields;
    known.insert(known.end(), {"source", "path", "split"});
    JsonFields fields(document, "data", known, problem);
    data.path = fields.text("path", "");
    data.samples = static_cast<std::size_t>(fields.whole("samples", {1, 1'000'000}, 1000));
    data.target_columns = fields.texts("target");
    data.class_count = static_cast<std::int32_t>(fields.whole("classes", {2, 10000}, 0));
    data.sample_rate = static_cast<std::int32_t>(fields.whole("rate", {100, 192000}, 16000));
    const char* const length = fields.has("rows") ? "rows" : "length";
    data.length = static_cast<std::int32_t>(fields.whole(length, {1, 1'000'000}, 16000));
    data.normal_class = fields.text("normal", "");
    data.ignored_classes = fields.texts("ignored");
    read_line(fields, data.line);
    read_split(fields, data);
    read_log_mel(fields, data);
    read_spectrum(fields, data);
    return data;
}

Result<DataSplit> load_recipe_data(const RecipeData& data, const Path& path, std::uint64_t seed) {
    const Path own = data.path.empty() ? std::nullopt : Path(data.path);
    const Path& chosen = path ? path : own;
    if (!chosen && !data.source->generates) {
        return Error{.place = "data",
                     .expected = "--data PATH, or \"path\" in the recipe's \"data\"",
                     .found = "neither"};
    }
    return data.source->load(data, chosen, seed);
}

}  // namespace whittle
