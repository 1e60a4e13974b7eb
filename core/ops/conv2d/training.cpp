#include "core/ops/conv2d/training.h"

#include <algorithm>
#include <vector>

#include "core/base/platform/threads.h"
#include "core/ops/batch_pieces.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/conv2d/kernel.h"
#include "core/ops/conv2d/patches.h"
#include "core/ops/fully_connected/multiply_add.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

// A convolution as a product of matrices that are never written down: the rows of the first are the
// windows of the image, which stand in it as KH runs of KW * C neighbouring values (as KH * KW runs
// of C where columns are dilated).
struct Geometry {
    WhittleWindow window;
    std::int32_t group_channels;
    std::ptrdiff_t depth;  // KH * KW * group_channels: taps of one output
    // What of the image, with zeros around it, all windows together look at.
    std::ptrdiff_t framed_height;
    std::ptrdiff_t framed_width;
    BatchPieces pieces{0};

    bool grouped() const { return group_channels != window.input_channels; }
    bool dilated_columns() const { return window.dilation_width > 1; }
    std::ptrdiff_t image_size() const {
        return std::ptrdiff_t{window.input_height} * window.input_width * window.input_channels;
    }
    std::ptrdiff_t pixels() const {
        return std::ptrdiff_t{window.output_height} * window.output_width;
    }
    std::ptrdiff_t output_size() const { return pixels() * window.output_channels; }
    // Whether the windows look at nothing but the image, so that it needs no frame.
    bool within_image() const {
        return window.pad_top == 0 && window.pad_left == 0 &&
               framed_height <= window.input_height && framed_width <= window.input_width;
    }
    std::ptrdiff_t framed_size() const {
        return within_image() ? 0 : framed_height * framed_width * window.input_channels;
    }
    // From one row of the (framed) image to the next.
    std::ptrdiff_t row_size() const {
        return (within_image() ? window.input_width : framed_width) * window.input_channels;
    }
};

Geometry geometry_of(const Shape& input, const Shape& weights, const Attributes& attributes) {
    const WhittleWindow w = *conv2d_window(input, weights, attributes);
    Geometry g;
    g.window = w;
    g.group_channels = weights[3];
    g.depth = std::ptrdiff_t{weights[1]} * weights[2] * weights[3];
    const auto reach = [](std::int32_t outputs, std::int32_t stride, std::int32_t kernel,
                          std::int32_t dilation) {
        return std::ptrdiff_t{outputs - 1} * stride + std::ptrdiff_t{kernel - 1} * dilation + 1;
    };
    g.framed_height = reach(w.output_height, w.stride_height, w.kernel_height, w.dilation_height);
    g.framed_width = reach(w.output_width, w.stride_width, w.kernel_width, w.dilation_width);
    g.pieces = BatchPieces(g.pixels() == 0 ? 0 : w.batches);
    return g;
}

// Where in the scratch memory everything stands: once, the transposed weights [depth, O]; for each
// piece, an image in its frame, the gradients of the windows of one row of outputs [OW, depth], and
// those of the weights [depth, O] and of the biases [O].
class Scratch {
public:
    Scratch(const Geometry& g, std::span<float> memory)
        : memory_(memory),
          pieces_at_(g.depth * g.window.output_channels),
          windows_at_(g.framed_size()),
          weight_gradients_at_(windows_at_ + g.window.output_width * g.depth),
          bias_gradients_at_(weight_gradients_at_ + g.depth * g.window.output_channels),
          piece_size_(bias_gradients_at_ + g.window.output_channels) {}

    std::ptrdiff_t floats(const Geometry& g) const {
        return pieces_at_ + g.pieces.count * piece_size_;
    }
    float* weights() const { return memory_.data(); }
    float* framed_image(std::int32_t piece) const {
        return memory_.data() + pieces_at_ + piece * piece_size_;
    }
    float* windows(std::int32_t piece) const { return framed_image(piece) + windows_at_; }
    float* weight_gradients(std::int32_t piece) const {
        return framed_image(piece) + weight_gradients_at_;
    }
    float* bias_gradients(std::int32_t piece) const {
        return framed_image(piece) + bias_gradients_at_;
    }

private:
    std::span<float> memory_;
    std::ptrdiff_t pieces_at_;
    std::ptrdiff_t windows_at_;
    std::ptrdiff_t weight_gradients_at_;
    std::ptrdiff_t bias_gradients_at_;
    std::ptrdiff_t piece_size_;
};

void forward_grouped(const ForwardContext& context, const Geometry& g, FloatRange range) {
    const std::vector<float> zeros(static_cast<std::size_t>(g.window.output_channels));
    const float* bias = context.inputs.size() > 2 ? context.inputs[2].data : nullptr;
    const WhittleConv2dFloat32 params{g.window, g.group_channels, range.minimum, range.maximum};
    whittle_conv2d_float32(&params, context.inputs[0].data, context.inputs[1].data,
                           bias != nullptr ? bias : zeros.data(), context.outputs[0].data);
}

// The image [H, W, C] as the windows see it: itself, or in `framed` with zeros around it.
const float* frame_image(const Geometry& g, const float* image, float* framed) {
    if (g.within_image()) return image;
    const WhittleWindow& w = g.window;
    const std::ptrdiff_t channels = w.input_channels;
    std::fill_n(framed, g.framed_size(), 0.0f);
    const std::ptrdiff_t width =
        std::min<std::ptrdiff_t>(w.input_width, g.framed_width - w.pad_left);
    if (width <= 0) return framed;
    for (std::ptrdiff_t y = 0; y < w.input_height && y + w.pad_top < g.framed_height; ++y) {
        std::copy_n(image + y * w.input_width * channels, width * channels,
                    framed + ((y + w.pad_top) * g.framed_width + w.pad_left) * channels);
    }
    return framed;
}

// Columns that are dilated leave no runs to multiply with: the windows of one row of outputs are
// copied to [OW, depth].
void copy_windows(const Geometry& g, const float* image, float* windows) {
    const WhittleWindow& w = g.window;
    const std::ptrdiff_t channels = w.input_channels;
    for (std::ptrdiff_t ox = 0; ox < w.output_width; ++ox) {
        for (std::ptrdiff_t ky = 0; ky < w.kernel_height; ++ky) {
            for (std::ptrdiff_t kx = 0; kx < w.kernel_width; ++kx) {
                const std::ptrdiff_t x = ox * w.stride_width + kx * w.dilation_width;
                windows = std::copy_n(image + ky * w.dilation_height * g.row_size() + x * channels,
                                      channels, windows);
            }
        }
    }
}

// The windows of all outputs as the left factor of a product.
void set_windows(const Geometry& g, const float* image, Product& product) {
    const WhittleWindow& w = g.window;
    product.rows = g.pixels();
    product.a = image;
    product.run = w.output_width;
    product.run_stride = w.stride_height * g.row_size();
    product.row_stride = std::ptrdiff_t{w.stride_width} * w.input_channels;
    product.groups = w.kernel_height;
    product.group_stride = w.dilation_height * g.row_size();
    product.depth = std::ptrdiff_t{w.kernel_width} * w.input_channels;
}

// Taps outside the image are zeros, which change no sum as long as the weights are finite; the
// order of each sum is that of kernel.h.
void forward_image(const Geometry& g,
                   const float* image,
                   const Scratch& scratch,
                   std::int32_t piece,
                   Product product) {
    const WhittleWindow& w = g.window;
    image = frame_image(g, image, scratch.framed_image(piece));
    product.columns = w.output_channels;
    product.b = scratch.weights();
    if (!g.dilated_columns()) {
        set_windows(g, image, product);
        return multiply_and_clamp(product);
    }
    product.rows = w.output_width;
    product.a = scratch.windows(piece);
    product.row_stride = g.depth;
    product.depth = g.depth;
    for (std::ptrdiff_t oy = 0; oy < w.output_height; ++oy) {
        copy_windows(g, image + oy * w.stride_height * g.row_size(), scratch.windows(piece));
        multiply_and_clamp(product);
        product.c += product.rows * product.columns;
    }
}

// Adds the gradients of the windows of output row `oy`, [OW, depth], to the image that they look
// at.
void add_windows(const Geometry& g,
                 std::ptrdiff_t oy,
                 const float* __restrict windows,
                 float* __restrict image_gradient) {
    const WhittleWindow& w = g.window;
    const std::ptrdiff_t channels = w.input_channels;
    const auto add = [channels](std::ptrdiff_t pixels, const float* __restrict from,
                                float* __restrict to) {
        for (std::ptrdiff_t i = 0; i < pixels * channels; ++i) to[i] += from[i];
    };
    for (std::ptrdiff_t ox = 0; ox < w.output_width; ++ox) {
        const std::ptrdiff_t left = ox * w.stride_width - w.pad_left;
        for (std::ptrdiff_t ky = 0; ky < w.kernel_height;
             ++ky, windows += w.kernel_width * channels) {
            const std::ptrdiff_t y = oy * w.stride_height - w.pad_top + ky * w.dilation_height;
            if (y < 0 || y >= w.input_height) continue;
            float* row = image_gradient + y * w.input_width * channels;
            if (!g.dilated_columns()) {
                const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, -left);
                const std::ptrdiff_t end =
                    std::min<std::ptrdiff_t>(w.kernel_width, w.input_width - left);
                if (first >= end) continue;
                add(end - first, windows + first * channels, row + (left + first) * channels);
                continue;
            }
            for (std::ptrdiff_t kx = 0; kx < w.kernel_width; ++kx) {
                const std::ptrdiff_t x = left + kx * w.dilation_width;
                if (x < 0 || x >= w.input_width) continue;
                add(1, windows + kx * channels, row + x * channels);
            }
        }
    }
}

// With dz = dL/d(sum before the activation), [OH, OW, O], of one image:
//   dL/dweights^T [depth, O] += windows^T * dz
void add_weight_gradients(
    const Geometry& g, const float* image, const float* dz, float* windows, float* gradients) {
    const WhittleWindow& w = g.window;
    Product windows_of_image;
    set_windows(g, image, windows_of_image);
    // The same, transposed: rows and columns change places.
    Product product;
    product.rows = g.depth;
    product.columns = w.output_channels;
    product.b = dz;
    product.c = gradients;
    if (!g.dilated_columns()) {
        product.a = windows_of_image.a;
        product.run = windows_of_image.depth;
        product.run_stride = windows_of_image.group_stride;
        product.row_stride = windows_of_image.column_stride;
        product.groups = w.output_height;
        product.group_stride = windows_of_image.run_stride;
        product.depth = windows_of_image.run;
        product.column_stride = windows_of_image.row_stride;
        return multiply_add(product);
    }
    product.a = windows;
    product.row_stride = 1;
    product.depth = w.output_width;
    product.column_stride = g.depth;
    for (std::ptrdiff_t oy = 0; oy < w.output_height; ++oy) {
        copy_windows(g, image + oy * w.stride_height * g.row_size(), windows);
        multiply_add(product);
        product.b += product.depth * product.columns;
    }
}

//   dL/dbias [O] += sum over the pixels of dz
void add_bias_gradients(const Geometry& g, const float* dz, float* gradients) {
    constexpr float kOne = 1.0f;
    multiply_add(1, g.pixels(), g.window.output_channels, {&kOne, 0, 0}, dz, gradients);
}

//   dL/dwindows [OW, depth] = dz * weights for each row of outputs, added up where windows overlap
void add_image_gradient(const Geometry& g,
                        const float* dz,
                        const float* weights,
                        float* windows,
                        float* image_gradient) {
    const WhittleWindow& w = g.window;
    const std::ptrdiff_t channels = w.output_channels;
    if (is_pointwise(w)) {
        return multiply_add(g.pixels(), channels, g.depth, {dz, channels, 1}, weights,
                            image_gradient);
    }
    for (std::ptrdiff_t oy = 0; oy < w.output_height; ++oy) {
        std::fill_n(windows, w.output_width * g.depth, 0.0f);
        multiply_add(w.output_width, channels, g.depth, {dz, channels, 1}, weights, windows);
        add_windows(g, oy, windows, image_gradient);
        dz += w.output_width * channels;
    }
}

// Adds the sums of the pieces to dweights [O, depth] and dbias [O], in order.
void add_pieces(const Geometry& g, const Scratch& scratch, float* dweights, float* dbias) {
    const std::ptrdiff_t channels = g.window.output_channels;
    for (std::int32_t piece = 0; piece < g.pieces.count; ++piece) {
        const float* transposed = scratch.weight_gradients(piece);
        for (std::ptrdiff_t o = 0; dweights != nullptr && o < channels; ++o) {
            for (std::ptrdiff_t d = 0; d < g.depth; ++d) {
                dweights[o * g.depth + d] += transposed[d * channels + o];
            }
        }
        for (std::ptrdiff_t o = 0; dbias != nullptr && o < channels; ++o) {
            dbias[o] += scratch.bias_gradients(piece)[o];
        }
    }
}

void backward_piece(const BackwardContext& context,
                    const Geometry& g,
                    const Scratch& scratch,
                    std::int32_t piece) {
    const bool wants_bias =
        context.input_gradients.size() > 2 && context.input_gradients[2].data != nullptr;
    float* weight_gradients = scratch.weight_gradients(piece);
    std::fill_n(weight_gradients, (g.depth + 1) * g.window.output_channels, 0.0f);
    const auto output_size = static_cast<std::size_t>(g.output_size());
    for (std::int32_t n = g.pieces.first(piece); n < g.pieces.first(piece + 1); ++n) {
        float* dz = context.output_gradients[0].data + n * g.output_size();
        backward_activation(context.attributes.as<Conv2dAttributes>().activation,
                            {context.outputs[0].data + n * g.output_size(), output_size},
                            {dz, output_size});
        if (context.input_gradients[1].data != nullptr) {
            const float* image = frame_image(g, context.inputs[0].data + n * g.image_size(),
                                             scratch.framed_image(piece));
            add_weight_gradients(g, image, dz, scratch.windows(piece), weight_gradients);
        }
        if (wants_bias) add_bias_gradients(g, dz, scratch.bias_gradients(piece));
        if (context.input_gradients[0].data == nullptr) continue;
        add_image_gradient(g, dz, context.inputs[1].data, scratch.windows(piece),
                           context.input_gradients[0].data + n * g.image_size());
    }
}

// The gradients of a grouped convolution, tap by tap.
void backward_grouped(const BackwardContext& context, const Geometry& g) {
    const WhittleWindow& w = g.window;
    const std::span<float> gradient = mutable_values_of(context.output_gradients[0]);
    backward_activation(context.attributes.as<Conv2dAttributes>().activation,
                        values_of(context.outputs[0]), gradient);
    const float* dz = gradient.data();
    const float* input = context.inputs[0].data;
    const float* weights = context.inputs[1].data;
    float* dinput = context.input_gradients[0].data;
    float* dweights = context.input_gradients[1].data;
    float* dbias = context.input_gradients.size() > 2 ? context.input_gradients[2].data : nullptr;
    for_each_pixel(w, [&](std::int32_t n, std::int32_t oy, std::int32_t ox) {
        for (std::int32_t o = 0; o < w.output_channels; ++o, ++dz) {
            if (dbias != nullptr) dbias[o] += *dz;
            const std::int32_t first = whittle_conv2d_first_channel(&w, g.group_channels, o);
            for (std::int32_t k = 0; k < w.kernel_height * w.kernel_width; ++k) {
                const std::ptrdiff_t tap =
                    whittle_window_tap(&w, n, oy, ox, k / w.kernel_width, k % w.kernel_width);
                if (tap < 0) continue;
                const std::ptrdiff_t at = o * g.depth + k * g.group_channels;
                for (std::int32_t c = 0; c < g.group_channels; ++c) {
                    if (dweights != nullptr) dweights[at + c] += *dz * input[tap + first + c];
                    if (dinput != nullptr) dinput[tap + first + c] += *dz * weights[at + c];
                }
            }
        }
    });
}

}  // namespace

Result<WhittleWindow> conv2d_window(const Shape& input,
                                    const Shape& weights,
                                    const Attributes& attributes) {
    return make_window(input, weights[1], weights[2], weights[0],
                       attributes.as<Conv2dAttributes>().steps);
}

std::size_t conv2d_scratch_floats(std::span<const Shape* const> inputs,
                                  const Attributes& attributes) {
    const Geometry g = geometry_of(*inputs[0], *inputs[1], attributes);
    if (g.grouped()) return 0;
    return static_cast<std::size_t>(Scratch(g, {}).floats(g));
}

void conv2d_forward(const ForwardContext& context) {
    const Geometry g =
        geometry_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes);
    const FloatRange range = float_range(context.attributes.as<Conv2dAttributes>().activation);
    if (g.grouped()) return forward_grouped(context, g, range);
    const Scratch scratch(g, context.scratch);
    const std::ptrdiff_t channels = g.window.output_channels;
    for (std::ptrdiff_t d = 0; d < g.depth; ++d) {
        for (std::ptrdiff_t o = 0; o < channels; ++o) {
            scratch.weights()[d * channels + o] = context.inputs[1].data[o * g.depth + d];
        }
    }
    Product product;
    product.bias = context.inputs.size() > 2 ? context.inputs[2].data : nullptr;
    product.minimum = range.minimum;
    product.maximum = range.maximum;
    run_in_pieces(g.pieces.count, [&](std::int32_t piece) {
        for (std::int32_t n = g.pieces.first(piece); n < g.pieces.first(piece + 1); ++n) {
            Product of_image = product;
            of_image.c = context.outputs[0].data + n * g.output_size();
            forward_image(g, context.inputs[0].data + n * g.image_size(), scratch, piece, of_image);
        }
    });
}

void conv2d_backward(const BackwardContext& context) {
    const Geometry g =
        geometry_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes);
    if (g.grouped()) return backward_grouped(context, g);
    const Scratch scratch(g, context.scratch);
    run_in_pieces(g.pieces.count,
                  [&](std::int32_t piece) { backward_piece(context, g, scratch, piece); });
    add_pieces(g, scratch, context.input_gradients[1].data,
               context.input_gradients.size() > 2 ? context.input_gradients[2].data : nullptr);
}

}  // namespace whittle
