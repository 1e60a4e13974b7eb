#pragma once

#include "core/graph/builder.h"
#include "core/ops/pool.h"

namespace whittle {

// Layers and blocks composed of operators. Each adds its operators and trainable constants to the
// builder and returns the index of its output tensor. `random` draws the first weights.

// Normalisation of the last dimension, C: over each row, or for each channel over the batch.
// Parameters: gamma [C] of ones and beta [C] of zeros.
int layer_norm(GraphBuilder& builder, int input);
int batch_norm(GraphBuilder& builder, int input);

// While training, the share `rate` of the values becomes 0; 0 <= rate < 1.
int dropout(GraphBuilder& builder, int input, float rate);

// Recurrent layers over x [N, T, I] with H units: [N, T, H] where `sequences`, else the last step's
// [N, H]. Parameters: LSTM 4 H (I + H + 1), the bias of the forget gate 1 and others 0 (Jozefowicz,
// Zaremba and Sutskever, "An empirical exploration of recurrent network architectures", 2015); GRU
// 3 H (I + H + 1).
int lstm(GraphBuilder& builder, int input, std::int32_t units, bool sequences, Random& random);
int gru(GraphBuilder& builder, int input, std::int32_t units, bool sequences, Random& random);

// softmax(Q K^T) V over queries [N, Q, D], keys [N, K, D] and values [N, K, E]: [N, Q, E]; with
// `scaled`, softmax(Q K^T / sqrt(D)) V (Vaswani et al., "Attention is all you need", 2017,
// equation 1). No parameters.
int attention(GraphBuilder& builder, int queries, int keys, int values, bool scaled);

// The attention of x [N, T, I] to itself: queries, keys and values are x times weights [D, I] each,
// without biases; [N, T, D]. Parameters: 3 D I.
int self_attention(
    GraphBuilder& builder, int input, std::int32_t features, bool scaled, Random& random);

// A convolution backwards, from small images to larger ones: [N, H, W, C] to [N,
// transposed_size(H), transposed_size(W), filters]. Parameters: weights [filters, kernel_height,
// kernel_width, C] and biases [filters]. attributes.steps.stride_* is how many pixels of the output
// lie between two of the input; without dilation.
int transpose_conv2d(GraphBuilder& builder,
                     int input,
                     std::int32_t filters,
                     std::int32_t kernel_height,
                     std::int32_t kernel_width,
                     const Conv2dAttributes& attributes,
                     Random& random);
// Pixels that become of `size` along one side: size * stride, and with VALID padding what the
// kernel reaches beyond.
std::int64_t transposed_size(std::int64_t size,
                             std::int32_t kernel,
                             std::int32_t stride,
                             Padding padding);

// Moving elements. Lists have an entry for each dimension but the batch, which stays whole.
// Zeros before and after.
int pad(GraphBuilder& builder,
        int input,
        const std::vector<std::int32_t>& before,
        const std::vector<std::int32_t>& after);
// Dimension i of the output is dimension order[i] of the input, both counted without the batch.
int transpose(GraphBuilder& builder, int input, const std::vector<std::int32_t>& order);
// Elements begin[i] ... begin[i] + size[i] - 1; a size of -1 takes the rest.
int slice(GraphBuilder& builder,
          int input,
          const std::vector<std::int32_t>& begin,
          const std::vector<std::int32_t>& size);

// Two convolutions of 3 x 3 with batch normalisation, added to what goes in, ReLU last (He et al.,
// "Deep residual learning for image recognition", 2016): [N, H, W, C] to [N, H / stride, W /
// stride, filters], rounded up. Where the shape changes, what goes in passes a convolution of 1 x 1
// with batch normalisation.
int residual_block(
    GraphBuilder& builder, int input, std::int32_t filters, std::int32_t stride, Random& random);

// A convolution with ReLU and SAME padding, and a max pooling behind it, the layers of AlexNet
// (Krizhevsky, Sutskever and Hinton, 2012).
struct ConvolutionPool {
    std::int32_t filters = 0;
    std::int32_t kernel = 3;  // height and width
    std::int32_t stride = 1;
    std::int32_t pool = 2;  // height, width and stride of the pooling; 1: none
};
int convolution_pool_block(GraphBuilder& builder,
                           int input,
                           const ConvolutionPool& settings,
                           Random& random);

}  // namespace whittle
