// Any bytes, plain or gzip, are images with their labels, or an error that says where.
#include <cstdlib>

#include "core/data/readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    whittle::Dataset images;
    const whittle::Status status = whittle::add_cifar10({data, size}, images);
    if (!status.ok()) {
        if (status.error().place.empty() || status.error().found.empty()) std::abort();
        if (!images.labels.empty()) std::abort();
        return 0;
    }
    const auto& pixels = std::get<std::vector<std::uint8_t>>(images.features);
    if (images.labels.empty() || pixels.size() != images.labels.size() * 3072) std::abort();
    return 0;
}
