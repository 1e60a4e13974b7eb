#include <algorithm>

#include "core/base/platform/files.h"
#include "core/data/readers.h"

namespace whittle {
namespace {

constexpr std::size_t kImageSide = 32;
constexpr std::size_t kImagePixels = kImageSide * kImageSide;
constexpr std::size_t kChannels = 3;
constexpr std::size_t kRecord = 1 + kChannels * kImagePixels;
constexpr const char* kClassNames[] = {"airplane", "automobile", "bird",  "cat",  "deer",
                                       "dog",      "frog",       "horse", "ship", "truck"};

Dataset empty_dataset() {
    Dataset data;
    data.name = "cifar10";
    data.feature_shape = {kImageSide, kImageSide, kChannels};
    data.features = std::vector<std::uint8_t>();
    data.feature_scale = 1.0f / 255.0f;
    data.target_shape = {static_cast<std::int32_t>(std::size(kClassNames))};
    data.class_names.assign(std::begin(kClassNames), std::end(kClassNames));
    return data;
}

// "FOLDER/NAME.bin" or "FOLDER/NAME.bin.gz", empty when there is neither.
std::string batch_path(const std::string& folder, const std::string& name) {
    for (const char* ending : {".bin", ".bin.gz"}) {
        std::string path = folder + "/" + name + ending;
        if (file_exists(path)) return path;
    }
    return "";
}

Status add_batch(const std::string& path, Dataset& data) {
    const auto bytes = read_file(path);
    if (!bytes.ok()) return bytes.error();
    return add_cifar10(bytes.value(), data).in_file(path);
}

}  // namespace

Status add_cifar10(std::span<const std::uint8_t> bytes, Dataset& data) {
    auto plain = inflate_if_gzip(bytes);
    if (!plain.ok()) return plain.status();
    const std::vector<std::uint8_t>& records = plain.value();
    if (records.empty() || records.size() % kRecord != 0) {
        return Error{"", "byte " + std::to_string(records.size() / kRecord * kRecord),
                     "whole records of " + std::to_string(kRecord) + " bytes",
                     std::to_string(records.size() % kRecord) + " bytes at the end",
                     records.empty()
                         ? "the file is empty"
                         : "the file was cut short, or is not CIFAR-10's binary version"};
    }
    for (std::size_t at = 0; at < records.size(); at += kRecord) {
        if (records[at] >= std::size(kClassNames)) {
            return Error{"", "byte " + std::to_string(at), "a label from 0 to 9",
                         std::to_string(records[at]),
                         "the file is damaged, or is not CIFAR-10's binary version"};
        }
    }
    if (data.feature_shape.empty()) data = empty_dataset();
    auto& pixels = std::get<std::vector<std::uint8_t>>(data.features);
    pixels.reserve(pixels.size() + records.size() / kRecord * kChannels * kImagePixels);
    for (std::size_t at = 0; at < records.size(); at += kRecord) {
        data.labels.push_back(records[at]);
        const std::uint8_t* planes = &records[at + 1];  // red, green, blue, each [H, W]
        for (std::size_t i = 0; i < kImagePixels; ++i) {
            for (std::size_t c = 0; c < kChannels; ++c)
                pixels.push_back(planes[c * kImagePixels + i]);
        }
    }
    return {};
}

Result<TrainTestData> read_cifar10(const std::string& folder) {
    TrainTestData data;
    for (int batch = 1; batch <= 5; ++batch) {
        const std::string path = batch_path(folder, "data_batch_" + std::to_string(batch));
        if (path.empty()) continue;
        if (const Status status = add_batch(path, data.train); !status.ok()) return status;
    }
    const std::string test = batch_path(folder, "test_batch");
    if (data.train.feature_shape.empty() || test.empty()) {
        return Error{folder, "",
                     "test_batch.bin and at least one of data_batch_1.bin to data_batch_5.bin",
                     test.empty() ? "no test_batch.bin" : "no data_batch_1.bin",
                     "the folder must hold CIFAR-10's binary version; .gz is fine"};
    }
    if (const Status status = add_batch(test, data.test); !status.ok()) return status;
    return data;
}

}  // namespace whittle
