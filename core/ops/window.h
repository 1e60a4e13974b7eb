#pragma once

#include <cstdint>
#include <vector>

#include "core/base/window.h"
#include "core/ops/operator.h"

// Of the .tflite format; core/ops/tflite_generated.h has it whole.
namespace tflite {
enum Padding : std::int8_t;
}

namespace whittle {

// What convolutions and poolings share.

// same: the output has ceil(input / stride) elements, with zeros around the image as needed.
// valid: the window stays inside the image.
enum class Padding : std::uint8_t { same, valid };

Result<Padding> read_padding(tflite::Padding padding);
tflite::Padding to_tflite(Padding padding);

// The steps of a window, each >= 1.
struct WindowSteps {
    Padding padding = Padding::valid;
    std::int32_t stride_height = 1;
    std::int32_t stride_width = 1;
    std::int32_t dilation_height = 1;
    std::int32_t dilation_width = 1;
};

// The window of kernel_height x kernel_width taps over `input` [N, H, W, C]. Fails when the input
// has not four dimensions, a step or the kernel is below 1, or the kernel is larger than an image
// without padding.
Result<WhittleWindow> make_window(const Shape& input,
                                  std::int32_t kernel_height,
                                  std::int32_t kernel_width,
                                  std::int32_t output_channels,
                                  const WindowSteps& steps);

inline Shape output_shape(const WhittleWindow& w) {
    return {w.batches, w.output_height, w.output_width, w.output_channels};
}

// The window as the first parameters of a kernel, named "window.…".
std::vector<PreparedParam> window_params(const WhittleWindow& window);
// The window that the parameters of a kernel begin with.
WhittleWindow window_of(const std::vector<PreparedParam>& params);

}  // namespace whittle
