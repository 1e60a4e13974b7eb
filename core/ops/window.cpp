#include "core/ops/window.h"

#include <algorithm>
#include <cstring>

#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// As far as a window may step: twice as much as any image is wide, and products stay in int32.
constexpr std::int32_t kMaxStep = 1 << 15;

struct Extent {
    std::int32_t outputs;
    std::int32_t pad_before;
};

// One dimension, as TFLite's ComputeOutSize and ComputePaddingWithOffset define it.
Result<Extent> extent_of(const char* what,
                         std::int32_t input,
                         std::int32_t kernel,
                         std::int32_t stride,
                         std::int32_t dilation,
                         Padding padding) {
    for (const std::int32_t step : {stride, dilation}) {
        if (step >= 1 && step <= kMaxStep) continue;
        return Error{.place = what,
                     .expected = "strides and dilations of 1 to " + std::to_string(kMaxStep),
                     .found = std::to_string(step)};
    }
    if (kernel < 1) {
        return Error{
            .place = what, .expected = "a window of at least 1", .found = std::to_string(kernel)};
    }
    const std::int64_t reach = std::int64_t{kernel - 1} * dilation + 1;
    if (padding == Padding::valid && reach > input) {
        return Error{.place = what,
                     .expected = "an image of at least " + std::to_string(reach) +
                                 ", which the window reaches over without padding",
                     .found = std::to_string(input)};
    }
    const std::int64_t outputs = padding == Padding::same
                                     ? (std::int64_t{input} + stride - 1) / stride
                                     : (input - reach) / stride + 1;
    const std::int64_t padded = std::max<std::int64_t>(0, (outputs - 1) * stride + reach - input);
    if (reach > INT32_MAX / 4 || outputs * stride > INT32_MAX / 4) {
        return Error{.place = what,
                     .expected = "a window that reaches over less than 2^29 elements",
                     .found = std::to_string(std::max(reach, outputs * stride))};
    }
    return Extent{static_cast<std::int32_t>(outputs), static_cast<std::int32_t>(padded / 2)};
}

}  // namespace

Result<Padding> read_padding(tflite::Padding padding) {
    if (padding == tflite::Padding_SAME) return Padding::same;
    if (padding == tflite::Padding_VALID) return Padding::valid;
    return Error{.expected = "padding SAME or VALID",
                 .found = "padding number " + std::to_string(static_cast<int>(padding))};
}

tflite::Padding to_tflite(Padding padding) {
    return padding == Padding::same ? tflite::Padding_SAME : tflite::Padding_VALID;
}

Result<WhittleWindow> make_window(const Shape& input,
                                  std::int32_t kernel_height,
                                  std::int32_t kernel_width,
                                  std::int32_t output_channels,
                                  const WindowSteps& steps) {
    if (input.size() != 4) {
        return Error{.place = "input 0",
                     .expected = "images of shape [batch, height, width, channels]",
                     .found = to_string(input)};
    }
    const Result<Extent> rows = extent_of("height", input[1], kernel_height, steps.stride_height,
                                          steps.dilation_height, steps.padding);
    if (!rows.ok()) return rows.error();
    const Result<Extent> columns = extent_of("width", input[2], kernel_width, steps.stride_width,
                                             steps.dilation_width, steps.padding);
    if (!columns.ok()) return columns.error();
    return WhittleWindow{input[0],
                         input[1],
                         input[2],
                         input[3],
                         rows->outputs,
                         columns->outputs,
                         output_channels,
                         kernel_height,
                         kernel_width,
                         steps.stride_height,
                         steps.stride_width,
                         steps.dilation_height,
                         steps.dilation_width,
                         rows->pad_before,
                         columns->pad_before};
}

std::vector<PreparedParam> window_params(const WhittleWindow& w) {
    return {PreparedParam::of("window.batches", w.batches),
            PreparedParam::of("window.input_height", w.input_height),
            PreparedParam::of("window.input_width", w.input_width),
            PreparedParam::of("window.input_channels", w.input_channels),
            PreparedParam::of("window.output_height", w.output_height),
            PreparedParam::of("window.output_width", w.output_width),
            PreparedParam::of("window.output_channels", w.output_channels),
            PreparedParam::of("window.kernel_height", w.kernel_height),
            PreparedParam::of("window.kernel_width", w.kernel_width),
            PreparedParam::of("window.stride_height", w.stride_height),
            PreparedParam::of("window.stride_width", w.stride_width),
            PreparedParam::of("window.dilation_height", w.dilation_height),
            PreparedParam::of("window.dilation_width", w.dilation_width),
            PreparedParam::of("window.pad_top", w.pad_top),
            PreparedParam::of("window.pad_left", w.pad_left)};
}

WhittleWindow window_of(const std::vector<PreparedParam>& params) {
    WhittleWindow window;
    std::uint32_t words[sizeof window / 4];
    for (std::size_t i = 0; i < sizeof window / 4; ++i) words[i] = params[i].bits;
    std::memcpy(&window, words, sizeof window);
    return window;
}

}  // namespace whittle
