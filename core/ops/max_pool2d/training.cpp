#include "core/ops/max_pool2d/training.h"

#include <algorithm>

#include "core/base/platform/threads.h"
#include "core/ops/batch_pieces.h"
#include "core/ops/pool.h"
#include "core/ops/support.h"
#include "core/ops/vectors.h"

namespace whittle {

namespace {

// Of one dimension: the taps first ... end - 1 lie inside the image, the first of them at `start`.
struct TapRange {
    std::ptrdiff_t first;
    std::ptrdiff_t end;
    std::ptrdiff_t start;
};

// `position` is that of tap 0, `dilation` the distance from tap to tap.
TapRange taps_inside(std::ptrdiff_t position,
                     std::ptrdiff_t dilation,
                     std::ptrdiff_t taps,
                     std::ptrdiff_t size) {
    const std::ptrdiff_t first = position >= 0 ? 0 : (dilation - 1 - position) / dilation;
    const std::ptrdiff_t room = size - 1 - position;  // beyond tap 0
    const std::ptrdiff_t end = room < 0 ? first : std::min(taps, room / dilation + 1);
    return {first, std::max(first, end), position + first * dilation};
}

// The taps of one output that lie inside the image.
struct Taps {
    std::ptrdiff_t rows;
    std::ptrdiff_t columns;
    std::ptrdiff_t first;     // offset in the image of channel 0 of the first
    std::ptrdiff_t row_step;  // from one to the next
    std::ptrdiff_t column_step;

    // Calls visit(offset) for each in the order of kernel.h. Windows of 2 x 2, which nearly all
    // are, without loops.
    template <class Visit>
    void for_each(Visit visit) const {
        if (rows == 2 && columns == 2) {
            visit(first);
            visit(first + column_step);
            visit(first + row_step);
            visit(first + row_step + column_step);
            return;
        }
        for (std::ptrdiff_t row = 0; row < rows; ++row) {
            for (std::ptrdiff_t column = 0; column < columns; ++column) {
                visit(first + row * row_step + column * column_step);
            }
        }
    }
};

// Calls visit(taps) for every output pixel of an image in order.
template <class Visit>
void for_each_window(const WhittleWindow& w, Visit visit) {
    const std::ptrdiff_t channels = w.input_channels;
    const std::ptrdiff_t row_size = w.input_width * channels;
    for (std::ptrdiff_t oy = 0; oy < w.output_height; ++oy) {
        const TapRange y = taps_inside(oy * w.stride_height - w.pad_top, w.dilation_height,
                                       w.kernel_height, w.input_height);
        for (std::ptrdiff_t ox = 0; ox < w.output_width; ++ox) {
            const TapRange x = taps_inside(ox * w.stride_width - w.pad_left, w.dilation_width,
                                           w.kernel_width, w.input_width);
            visit(Taps{y.end - y.first, x.end - x.first, y.start * row_size + x.start * channels,
                       w.dilation_height * row_size, w.dilation_width * channels});
        }
    }
}

// Calls for_lanes.template operator()<Lanes>(c) for all channels, four at once where there are.
template <class ForLanes>
void for_each_channel(std::ptrdiff_t channels, ForLanes for_lanes) {
    std::ptrdiff_t c = 0;
    for (; c + 4 <= channels; c += 4) for_lanes.template operator()<4>(c);
    for (; c < channels; ++c) for_lanes.template operator()<1>(c);
}

// NaN is passed over, as in kernel.h.
template <int Lanes>
void forward_lanes(const Taps& taps, FloatRange range, const float* image, float* output) {
    using Vector = typename VectorOf<Lanes>::Type;
    Vector largest = Vector{} + range.minimum;
    taps.for_each([&](std::ptrdiff_t offset) {
        Vector values;
        load<Lanes>(image + offset, values);
        largest = values > largest ? values : largest;
    });
    const Vector maximum = Vector{} + range.maximum;
    largest = largest > maximum ? maximum : largest;
    store<Lanes>(largest, output);
}

// The gradient goes to the tap that made the output: the first one with the largest value.
template <int Lanes>
void backward_lanes(const Taps& taps, const float* image, const float* dz, float* dimage) {
    using Vector = typename VectorOf<Lanes>::Type;
    using Indices = typename VectorOf<Lanes>::Indices;
    Vector largest = {};
    Indices winner = {};
    std::int32_t tap = 0;
    taps.for_each([&](std::ptrdiff_t offset) {
        Vector values;
        load<Lanes>(image + offset, values);
        if (tap == 0) largest = values;
        const auto larger = values > largest;
        largest = larger ? values : largest;
        winner = larger ? Indices{} + tap : winner;
        ++tap;
    });
    Vector gradient;
    load<Lanes>(dz, gradient);
    tap = 0;
    taps.for_each([&](std::ptrdiff_t offset) {
        Vector sum;
        load<Lanes>(dimage + offset, sum);
        sum += winner == tap ? gradient : Vector{};
        store<Lanes>(sum, dimage + offset);
        ++tap;
    });
}

std::ptrdiff_t image_size(const WhittleWindow& w) {
    return std::ptrdiff_t{w.input_height} * w.input_width * w.input_channels;
}

std::ptrdiff_t output_size(const WhittleWindow& w) {
    return std::ptrdiff_t{w.output_height} * w.output_width * w.output_channels;
}

}  // namespace

void max_pool2d_forward(const ForwardContext& context) {
    const WhittleWindow w = *pool_window(*context.inputs[0].shape, context.attributes);
    const FloatRange range = float_range(context.attributes.as<PoolAttributes>().activation);
    const BatchPieces pieces(w.batches);
    run_in_pieces(pieces.count, [&](std::int32_t piece) {
        for (std::int32_t n = pieces.first(piece); n < pieces.first(piece + 1); ++n) {
            const float* image = context.inputs[0].data + n * image_size(w);
            float* output = context.outputs[0].data + n * output_size(w);
            for_each_window(w, [&](const Taps& taps) {
                for_each_channel(w.input_channels, [&]<int Lanes>(std::ptrdiff_t c) {
                    forward_lanes<Lanes>(taps, range, image + c, output + c);
                });
                output += w.input_channels;
            });
        }
    });
}

void max_pool2d_backward(const BackwardContext& context) {
    const WhittleWindow w = *pool_window(*context.inputs[0].shape, context.attributes);
    if (context.input_gradients[0].data == nullptr) return;
    const Activation activation = context.attributes.as<PoolAttributes>().activation;
    const auto size = static_cast<std::size_t>(output_size(w));
    const BatchPieces pieces(w.batches);
    run_in_pieces(pieces.count, [&](std::int32_t piece) {
        for (std::int32_t n = pieces.first(piece); n < pieces.first(piece + 1); ++n) {
            const float* image = context.inputs[0].data + n * image_size(w);
            float* dz = context.output_gradients[0].data + n * output_size(w);
            float* dimage = context.input_gradients[0].data + n * image_size(w);
            backward_activation(activation, {context.outputs[0].data + n * output_size(w), size},
                                {dz, size});
            for_each_window(w, [&](const Taps& taps) {
                for_each_channel(w.input_channels, [&]<int Lanes>(std::ptrdiff_t c) {
                    backward_lanes<Lanes>(taps, image + c, dz + c, dimage + c);
                });
                dz += w.input_channels;
            });
        }
    });
}

}  // namespace whittle
