// Any bytes, plain or gzip, are a sound of whole frames within -1 ... 1, or an error that says
// where.
#include <cmath>
#include <cstdlib>

#include "core/data/readers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto sound = whittle::read_wav({data, size});
    if (!sound.ok()) {
        if (sound.error().place.empty() || sound.error().found.empty()) std::abort();
        return 0;
    }
    if (sound->sample_rate < 1 || sound->channels < 1) std::abort();
    if (sound->samples.size() % static_cast<std::size_t>(sound->channels) != 0) std::abort();
    for (const float sample : sound->samples) {
        if (!(std::fabs(sample) <= 1.0f)) std::abort();
    }
    if (whittle::mono(*sound).size() * static_cast<std::size_t>(sound->channels) !=
        sound->samples.size()) {
        std::abort();
    }
    return 0;
}
