#include <algorithm>

#include "core/base/platform/files.h"
#include "core/data/readers.h"

namespace whittle {
namespace {

constexpr std::uint8_t kUnsignedByte = 8;
constexpr std::size_t kDigitClasses = 10;

Error idx_error(std::size_t offset, std::string expected, std::string found, std::string hint) {
    return {"", "byte " + std::to_string(offset), std::move(expected), std::move(found),
            std::move(hint)};
}

std::string element_type_name(std::uint8_t code) {
    switch (code) {
        case 9: return "type 9 (int8)";
        case 11: return "type 11 (int16)";
        case 12: return "type 12 (int32)";
        case 13: return "type 13 (float32)";
        case 14: return "type 14 (float64)";
        default: return "type " + std::to_string(code);
    }
}

Status check_magic(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 4) {
        return idx_error(bytes.size(), "a header of 4 bytes",
                         std::to_string(bytes.size()) + " bytes in all",
                         bytes.empty() ? "the file is empty" : "the file was cut short");
    }
    for (std::size_t i = 0; i < 2; ++i) {
        if (bytes[i] != 0) {
            return idx_error(i, "0, as every IDX file begins", std::to_string(bytes[i]),
                             "this is not an IDX file");
        }
    }
    if (bytes[2] != kUnsignedByte) {
        return idx_error(2, "type 8 (uint8)", element_type_name(bytes[2]),
                         "only unsigned bytes are read, as images and labels have them");
    }
    if (bytes[3] < 1 || bytes[3] > kMaxRank) {
        return idx_error(3, "1 to " + std::to_string(kMaxRank) + " dimensions",
                         std::to_string(bytes[3]), "the header is damaged");
    }
    return {};
}

std::uint32_t big_endian_32(std::span<const std::uint8_t> bytes, std::size_t offset) {
    return static_cast<std::uint32_t>(bytes[offset]) << 24 |
           static_cast<std::uint32_t>(bytes[offset + 1]) << 16 |
           static_cast<std::uint32_t>(bytes[offset + 2]) << 8 | bytes[offset + 3];
}

// The dimensions; their product is at most kMaxElements.
Result<Shape> read_dimensions(std::span<const std::uint8_t> bytes) {
    const std::size_t rank = bytes[3];
    if (bytes.size() < 4 + 4 * rank) {
        return idx_error(bytes.size(), "a header of " + std::to_string(4 + 4 * rank) + " bytes",
                         std::to_string(bytes.size()) + " bytes in all", "the file was cut short");
    }
    Shape shape;
    std::int64_t elements = 1;
    for (std::size_t i = 0; i < rank; ++i) {
        const std::size_t offset = 4 + 4 * i;
        const std::uint32_t dimension = big_endian_32(bytes, offset);
        if (dimension > static_cast<std::uint32_t>(INT32_MAX) ||
            elements * static_cast<std::int64_t>(dimension) > kMaxElements) {
            return idx_error(offset,
                             "dimensions of at most " + std::to_string(kMaxElements) + " elements",
                             "dimension " + std::to_string(i) + " of " + std::to_string(dimension),
                             "the header is damaged");
        }
        elements *= static_cast<std::int64_t>(dimension);
        shape.push_back(static_cast<std::int32_t>(dimension));
    }
    return shape;
}

// "FOLDER/NAME" or "FOLDER/NAME.gz", whichever is there, read as IDX.
Result<IdxArray> read_idx_file(const std::string& folder, const std::string& name) {
    std::string path = folder + "/" + name;
    if (!file_exists(path)) {
        path += ".gz";
        if (!file_exists(path)) {
            return Error{folder, "", "a file " + name + " or " + name + ".gz", "neither",
                         "the folder must hold MNIST's four files"};
        }
    }
    const auto bytes = read_file(path);
    if (!bytes.ok()) return bytes.error();
    auto array = read_idx(bytes.value());
    if (!array.ok()) return array.status().in_file(path);
    return array;
}

Error part_error(const std::string& folder,
                 const std::string& name,
                 std::size_t offset,
                 std::string expected,
                 std::string found,
                 std::string hint) {
    Error error = idx_error(offset, std::move(expected), std::move(found), std::move(hint));
    error.file = folder + "/" + name;
    return error;
}

Result<IdxArray> read_images(const std::string& folder, const std::string& name) {
    auto images = read_idx_file(folder, name);
    if (!images.ok()) return images;
    const Shape& shape = images->shape;
    if (shape.size() != 3) {
        return part_error(folder, name, 3, "3 dimensions: images, height, width",
                          std::to_string(shape.size()), "are images and labels exchanged?");
    }
    for (std::size_t i = 0; i < 3; ++i) {
        if (shape[i] == 0) {
            return part_error(folder, name, 4 + 4 * i, "at least one image of at least one pixel",
                              "shape " + to_string(shape), "the file holds nothing to learn from");
        }
    }
    return images;
}

Result<IdxArray> read_labels(const std::string& folder,
                             const std::string& name,
                             std::int32_t images) {
    auto labels = read_idx_file(folder, name);
    if (!labels.ok()) return labels;
    if (labels->shape.size() != 1) {
        return part_error(folder, name, 3, "1 dimension: labels",
                          std::to_string(labels->shape.size()), "are images and labels exchanged?");
    }
    if (labels->shape[0] != images) {
        return part_error(folder, name, 4, std::to_string(images) + " labels, one for each image",
                          std::to_string(labels->shape[0]), "the files do not belong together");
    }
    const auto wrong = std::find_if(labels->values.begin(), labels->values.end(),
                                    [](std::uint8_t label) { return label >= kDigitClasses; });
    if (wrong != labels->values.end()) {
        const auto index = static_cast<std::size_t>(wrong - labels->values.begin());
        return part_error(folder, name, 8 + index, "a label from 0 to 9", std::to_string(*wrong),
                          "the file is damaged, or its labels are not digits");
    }
    return labels;
}

Result<Dataset> read_part(const std::string& folder, const std::string& part) {
    auto images = read_images(folder, part + "-images-idx3-ubyte");
    if (!images.ok()) return images.error();
    const Shape shape = images->shape;
    auto labels = read_labels(folder, part + "-labels-idx1-ubyte", shape[0]);
    if (!labels.ok()) return labels.error();
    Dataset data;
    data.name = "mnist";
    data.feature_shape = {shape[1], shape[2], 1};
    data.features = std::move(images->values);
    data.feature_scale = 1.0f / 255.0f;
    data.target_shape = {static_cast<std::int32_t>(kDigitClasses)};
    data.labels.assign(labels->values.begin(), labels->values.end());
    for (std::size_t i = 0; i < kDigitClasses; ++i) data.class_names.push_back(std::to_string(i));
    return data;
}

}  // namespace

Result<IdxArray> read_idx(std::span<const std::uint8_t> bytes) {
    auto plain = inflate_if_gzip(bytes);
    if (!plain.ok()) return plain.error();
    std::vector<std::uint8_t>& content = plain.value();
    if (const Status magic = check_magic(content); !magic.ok()) return magic;
    auto shape = read_dimensions(content);
    if (!shape.ok()) return shape.error();
    const std::size_t header = 4 + 4 * shape->size();
    const auto elements = static_cast<std::uint64_t>(element_count(shape.value()));
    const std::uint64_t there = content.size() - header;
    if (there < elements) {
        return idx_error(content.size(),
                         std::to_string(elements) + " elements for " + to_string(shape.value()),
                         std::to_string(there), "the file was cut short; fetch it again");
    }
    if (there > elements) {
        return idx_error(header + static_cast<std::size_t>(elements),
                         "the end after " + std::to_string(elements) + " elements for " +
                             to_string(shape.value()),
                         std::to_string(there - elements) + " more bytes",
                         "the header does not fit the data");
    }
    content.erase(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(header));
    return IdxArray{std::move(shape.value()), std::move(content)};
}

Result<TrainTestData> read_mnist(const std::string& folder) {
    auto train = read_part(folder, "train");
    if (!train.ok()) return train.error();
    auto test = read_part(folder, "t10k");
    if (!test.ok()) return test.error();
    if (test->feature_shape != train->feature_shape) {
        return part_error(folder, "t10k-images-idx3-ubyte", 8,
                          "images of " + to_string(train->feature_shape) + ", as in training",
                          to_string(test->feature_shape), "the files do not belong together");
    }
    return TrainTestData{std::move(train.value()), std::move(test.value())};
}

}  // namespace whittle
