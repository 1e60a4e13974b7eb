// Any bytes, plain or gzip, are an array of the size its shape says, or an error that says where.
#include <cstdlib>

#include "core/data/readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto result = whittle::read_idx({data, size});
    if (!result.ok()) {
        if (result.error().place.empty() || result.error().found.empty()) std::abort();
        return 0;
    }
    const auto elements = static_cast<std::size_t>(whittle::element_count(result->shape));
    if (result->values.size() != elements) std::abort();
    return 0;
}
