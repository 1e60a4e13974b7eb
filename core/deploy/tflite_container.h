#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

// The version of the format that is read and written.
inline constexpr std::uint32_t kTfliteSchemaVersion = 3;

// The FlatBuffers container of a .tflite file, opened: every offset in it stays inside the file, so
// that the generated accessors may be used. What the values mean is not checked.
class TfliteContainer {
public:
    // Any bytes whatever. They must outlive the container.
    static Result<TfliteContainer> open(std::span<const std::uint8_t> bytes);

    TfliteContainer(TfliteContainer&&) = default;
    TfliteContainer& operator=(TfliteContainer&&) = default;

    const tflite::Model& model() const { return *tflite::GetModel(bytes_.data()); }
    std::size_t file_bytes() const { return bytes_.size(); }

private:
    TfliteContainer() = default;

    std::vector<std::uint64_t> aligned_;  // a copy, if the bytes were not aligned to 8
    std::span<const std::uint8_t> bytes_;
};

}  // namespace whittle
