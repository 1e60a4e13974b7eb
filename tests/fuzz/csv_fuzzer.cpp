// Any text is a data set or an error that says where; a data set is complete and finite.
#include <cmath>
#include <cstdlib>

#include "core/data/readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto result = whittle::read_csv({reinterpret_cast<const char*>(data), size});
    if (!result.ok()) {
        if (result.error().place.empty() || result.error().found.empty()) std::abort();
        return 0;
    }
    const auto& features = std::get<std::vector<float>>(result->features);
    if (result->size() == 0 || features.size() != result->size() * result->feature_count() ||
        result->targets.size() != result->size()) {
        std::abort();
    }
    for (const float value : features) {
        if (!std::isfinite(value)) std::abort();
    }
    return 0;
}
