#include <algorithm>
#include <cassert>
#include <utility>

#include "core/data/folder_readers.h"
#include "core/data/labelled_files.h"
#include "core/data/readers.h"
#include "core/signal/resample.h"

namespace whittle {
namespace {

// Changes rates that the resampler can; keeps the last ratio's filter, as most folders have one.
class RateConverter {
public:
    void convert(std::int32_t from, std::int32_t to, std::vector<float>& samples) {
        if (from == to) return;
        if (from != from_ || to != to_) {
            whittle_resampler_init(from, to, &resampler_);
            filters_.resize(static_cast<std::size_t>(resampler_.up) *
                            static_cast<std::size_t>(resampler_.taps));
            whittle_resampler_prepare(&resampler_, filters_.data());
            from_ = from;
            to_ = to;
        }
        const auto count = static_cast<std::int32_t>(samples.size());
        converted_.resize(static_cast<std::size_t>(whittle_resampled_count(&resampler_, count)));
        whittle_resample(&resampler_, filters_.data(), samples.data(), count, converted_.data());
        // The filter's ripples may pass the ends of the range.
        for (float& sample : converted_) sample = std::clamp(sample, -1.0f, 1.0f);
        samples.swap(converted_);
    }

private:
    std::int32_t from_ = 0;
    std::int32_t to_ = 0;
    WhittleResampler resampler_ = {1, 1, 0};
    std::vector<float> filters_;
    std::vector<float> converted_;
};

// Of a sound at `rate`, as many samples as can reach the first `length` ones at the wanted rate:
// the resampler's window spans less than kFilterReach samples of the slower of both rates.
std::size_t needed_samples(std::int32_t rate, std::int32_t wanted, std::size_t length) {
    constexpr std::uint64_t kFilterReach = 2 * WHITTLE_RESAMPLER_CROSSINGS;
    const auto from = static_cast<std::uint64_t>(rate);
    const auto to = static_cast<std::uint64_t>(wanted);
    return static_cast<std::size_t>(length * from / to + kFilterReach * from / std::min(from, to) +
                                    1);
}

struct MonoSound {
    std::int32_t sample_rate = 0;
    std::vector<float> samples;
};

Result<MonoSound> read_mono(const std::string& path) {
    const auto bytes = read_sample_file(path);
    if (!bytes.ok()) return bytes.error();
    const auto wav = read_wav(bytes.value());
    if (!wav.ok()) return wav.status().in_file(path);
    return MonoSound{wav->sample_rate, mono(wav.value())};
}

// Whether a file's rate can become the wanted one.
Status check_rate(const std::string& path,
                  std::int32_t rate,
                  std::int32_t wanted,
                  const std::string& same_as) {
    if (!same_as.empty() && rate != wanted) {
        return Error{path, "byte 24", std::to_string(wanted) + " samples a second, as " + same_as,
                     std::to_string(rate), "choose one rate, and the others are resampled to it"};
    }
    WhittleResampler ignored;
    if (rate == wanted || whittle_resampler_init(rate, wanted, &ignored) != 0) return {};
    return Error{path, "byte 24",
                 "a rate that can be resampled to " + std::to_string(wanted) + " samples a second",
                 std::to_string(rate), "save the sound at a usual rate"};
}

}  // namespace

Result<SoundFolder> read_sound_folder(const std::string& folder,
                                      const SoundFolderOptions& options) {
    assert(options.length > 0);
    auto files = find_labelled_files(folder, ".wav", options.classes);
    if (!files.ok()) return files.error();
    const std::size_t length = options.length;
    const Status size = check_total_size(folder, files->paths.size(), length);
    if (!size.ok()) return size;
    SoundFolder result;
    result.sample_rate = options.sample_rate;
    std::vector<float> features;
    features.reserve(files->paths.size() * length);
    RateConverter converter;
    for (const std::string& path : files->paths) {
        auto sound = read_mono(path);
        if (!sound.ok()) return sound.error();
        if (result.sample_rate == 0) result.sample_rate = sound->sample_rate;
        const std::string same_as = options.sample_rate == 0 ? files->paths.front() : "";
        const Status rate = check_rate(path, sound->sample_rate, result.sample_rate, same_as);
        if (!rate.ok()) return rate;
        std::vector<float>& samples = sound->samples;
        const std::size_t needed = needed_samples(sound->sample_rate, result.sample_rate, length);
        samples.resize(std::min(samples.size(), needed));
        converter.convert(sound->sample_rate, result.sample_rate, samples);
        samples.resize(length);
        features.insert(features.end(), samples.begin(), samples.end());
    }
    Dataset& data = result.data;
    data.name = "sounds";
    data.feature_shape = {static_cast<std::int32_t>(length)};
    data.features = std::move(features);
    data.target_shape = {static_cast<std::int32_t>(files->class_names.size())};
    data.labels = std::move(files->labels);
    data.class_names = std::move(files->class_names);
    return result;
}

}  // namespace whittle
