#include "core/ops/conv2d/patches.h"

#include <algorithm>

namespace whittle {

namespace {

// Calls visit(tap) for every tap of every output in order; tap is its offset in the image or -1.
template <class Visit>
void for_each_tap(const WhittleWindow& w, Visit visit) {
    for (std::int32_t oy = 0; oy < w.output_height; ++oy) {
        for (std::int32_t ox = 0; ox < w.output_width; ++ox) {
            for (std::int32_t ky = 0; ky < w.kernel_height; ++ky) {
                for (std::int32_t kx = 0; kx < w.kernel_width; ++kx) {
                    visit(whittle_window_tap(&w, 0, oy, ox, ky, kx));
                }
            }
        }
    }
}

}  // namespace

void copy_patches(const WhittleWindow& window, const float* image, float* patches) {
    const std::int32_t channels = window.input_channels;
    for_each_tap(window, [&](std::ptrdiff_t tap) {
        if (tap < 0) {
            std::fill_n(patches, channels, 0.0f);
        } else {
            std::copy_n(image + tap, channels, patches);
        }
        patches += channels;
    });
}

void add_patches(const WhittleWindow& window, const float* patches, float* image) {
    const std::int32_t channels = window.input_channels;
    for_each_tap(window, [&](std::ptrdiff_t tap) {
        if (tap >= 0) {
            for (std::int32_t c = 0; c < channels; ++c) image[tap + c] += patches[c];
        }
        patches += channels;
    });
}

}  // namespace whittle
