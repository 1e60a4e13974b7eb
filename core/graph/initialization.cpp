#include "core/graph/initialization.h"

#include <array>
#include <cassert>
#include <cmath>

namespace whittle {
namespace {

struct InitializationName {
    Initialization initialization;
    const char* name;
};
constexpr std::array kNames = {
    InitializationName{Initialization::glorot_uniform, "glorot-uniform"},
    InitializationName{Initialization::glorot_normal, "glorot-normal"},
    InitializationName{Initialization::he_uniform, "he-uniform"},
    InitializationName{Initialization::he_normal, "he-normal"},
};

}  // namespace

const char* initialization_name(Initialization initialization) {
    for (const InitializationName& entry : kNames) {
        if (entry.initialization == initialization) return entry.name;
    }
    return "";
}

std::optional<Initialization> initialization_named(std::string_view name) {
    for (const InitializationName& entry : kNames) {
        if (entry.name == name) return entry.initialization;
    }
    return std::nullopt;
}

std::vector<float> initial_weights(Initialization initialization,
                                   std::size_t count,
                                   std::int32_t fan_in,
                                   std::int32_t fan_out,
                                   Random& random) {
    assert(fan_in > 0 && fan_out > 0);
    const bool glorot = initialization == Initialization::glorot_uniform ||
                        initialization == Initialization::glorot_normal;
    const bool uniform = initialization == Initialization::glorot_uniform ||
                         initialization == Initialization::he_uniform;
    const float fan = glorot ? static_cast<float>(fan_in) + static_cast<float>(fan_out)
                             : static_cast<float>(fan_in);
    std::vector<float> values(count);
    if (uniform) {
        // U(-a, a) has the variance a^2 / 3.
        const float limit = std::sqrt(6.0f / fan);
        for (float& value : values) value = random.uniform(-limit, limit);
    } else {
        const float deviation = std::sqrt(2.0f / fan);
        for (float& value : values) value = deviation * random.normal();
    }
    return values;
}

}  // namespace whittle
