#include "core/data/dataset.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "core/base/random.h"

namespace whittle {
namespace {

template <class T>
std::vector<T> gather_rows(const std::vector<T>& rows,
                           std::size_t row_size,
                           std::span<const std::uint32_t> indices) {
    std::vector<T> out(indices.size() * row_size);
    for (std::size_t i = 0; i < indices.size(); ++i) {
        std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(indices[i] * row_size), row_size,
                    out.begin() + static_cast<std::ptrdiff_t>(i * row_size));
    }
    return out;
}

// As plain as this, several values are computed at once.
void scale_bytes(const std::uint8_t* __restrict from,
                 std::size_t count,
                 float scale,
                 float* __restrict to) {
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]) * scale;
}

// Samples come in shuffled order from more memory than caches hold: to wait for one after another
// took longer than to compute with them.
constexpr std::size_t kRowsAhead = 4;

void prefetch(const std::uint8_t* from, std::size_t count) {
    constexpr std::size_t kCacheLine = 64;
    for (std::size_t i = 0; i < count; i += kCacheLine) __builtin_prefetch(from + i);
}

bool all_below(std::span<const std::uint32_t> indices, std::size_t size) {
    return std::all_of(indices.begin(), indices.end(),
                       [size](std::uint32_t index) { return index < size; });
}

std::size_t rounded_share(std::size_t size, float fraction) {
    return static_cast<std::size_t>(static_cast<double>(size) * static_cast<double>(fraction) +
                                    0.5);
}

}  // namespace

std::size_t Dataset::size() const {
    if (is_classification()) return labels.size();
    const std::size_t row = target_count();
    return row == 0 ? 0 : targets.size() / row;
}

std::size_t Dataset::feature_count() const {
    return static_cast<std::size_t>(element_count(feature_shape));
}

std::size_t Dataset::target_count() const {
    return static_cast<std::size_t>(element_count(target_shape));
}

void Dataset::gather_features(std::span<const std::uint32_t> indices, std::span<float> out) const {
    const std::size_t row = feature_count();
    assert(out.size() == indices.size() * row && all_below(indices, size()));
    float* to = out.data();
    if (const auto* floats = std::get_if<std::vector<float>>(&features)) {
        for (const std::size_t index : indices) {
            to = std::copy_n(floats->data() + index * row, row, to);
        }
        return;
    }
    const auto& bytes = std::get<std::vector<std::uint8_t>>(features);
    for (std::size_t i = 0; i < indices.size(); ++i) {
        if (i + kRowsAhead < indices.size()) {
            prefetch(bytes.data() + indices[i + kRowsAhead] * row, row);
        }
        scale_bytes(bytes.data() + indices[i] * row, row, feature_scale, to);
        to += row;
    }
}

void Dataset::gather_targets(std::span<const std::uint32_t> indices, std::span<float> out) const {
    const std::size_t row = target_count();
    assert(out.size() == indices.size() * row && all_below(indices, size()));
    float* to = out.data();
    for (const std::size_t index : indices) {
        if (is_classification()) {
            std::fill_n(to, row, 0.0f);
            to[labels[index]] = 1.0f;
            to += row;
        } else {
            to = std::copy_n(targets.data() + index * row, row, to);
        }
    }
}

Dataset Dataset::subset(std::span<const std::uint32_t> indices) const {
    assert(all_below(indices, size()));
    Dataset out;
    out.name = name;
    out.feature_shape = feature_shape;
    out.feature_scale = feature_scale;
    out.target_shape = target_shape;
    out.class_names = class_names;
    std::visit(
        [&](const auto& rows) { out.features = gather_rows(rows, feature_count(), indices); },
        features);
    if (is_classification()) {
        out.labels = gather_rows(labels, 1, indices);
    } else {
        out.targets = gather_rows(targets, target_count(), indices);
    }
    return out;
}

DataSplit split(const Dataset& data, float train, float validation, std::uint64_t seed) {
    assert(train >= 0.0f && validation >= 0.0f && train + validation <= 1.0001f);
    const std::size_t size = data.size();
    std::vector<std::uint32_t> order(size);
    std::iota(order.begin(), order.end(), 0u);
    Random(seed).shuffle(order);
    const std::size_t train_size = std::min(rounded_share(size, train), size);
    const std::size_t validation_size =
        std::min(rounded_share(size, validation), size - train_size);
    const std::span<const std::uint32_t> all(order);
    return {data.subset(all.first(train_size)),
            data.subset(all.subspan(train_size, validation_size)),
            data.subset(all.subspan(train_size + validation_size))};
}

}  // namespace whittle
