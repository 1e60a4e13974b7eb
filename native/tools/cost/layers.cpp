// The layers that kernels are measured on.

#include <algorithm>
#include <functional>

#include "core/ops/add/attributes.h"
#include "core/ops/batch_matmul/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/leaky_relu/attributes.h"
#include "core/ops/lstm/attributes.h"
#include "core/ops/lstm/inputs.h"
#include "core/ops/mean/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/slice/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/strided_slice/attributes.h"
#include "core/ops/sub/attributes.h"
#include "core/ops/svdf/attributes.h"
#include "core/ops/transpose/attributes.h"
#include "native/tools/cost/nets.h"

namespace whittle {
namespace {

Activation some_activation(NetMaker& net) {
    constexpr Activation kActivations[] = {Activation::none, Activation::relu, Activation::relu6};
    return kActivations[net.pick(0, 2)];
}

// A chain of dense layers, and one of several rows.
void dense_layers(NetMaker& net) {
    int x = net.input({1, net.pick(8, 20)});
    for (int layer = 0; layer < 9; ++layer) {
        const std::int32_t features = net.shape_of(x)[1];
        const std::int32_t units = layer % 3 == 0 ? net.pick(1, 4) : net.pick(6, 40);
        const FullyConnectedAttributes own{.activation = some_activation(net)};
        x = net.apply(OpKind::fully_connected,
                      {x, net.weights({units, features}, 0, features), net.bias(units)},
                      Attributes::of(own));
        if (x < 0) return;
    }
    const int rows = net.input({net.pick(2, 5), 7});
    net.apply(OpKind::fully_connected, {rows, net.weights({6, 7}, 0, 7), net.bias(6)},
              Attributes::of(FullyConnectedAttributes{}));
}

// With as many inputs as models have, of which kernels add up only so many at once.
void wide_dense_layers(NetMaker& net) {
    if (net.type() != DType::int8) return;
    for (int layer = 0; layer < 9; ++layer) {
        const std::int32_t features = layer % 3 == 0 ? net.pick(300, 600) : net.pick(60, 250);
        const std::int32_t units = 4 * net.pick(2, 6) - layer % 2;
        const FullyConnectedAttributes own{.activation = some_activation(net)};
        const int weights = layer % 4 == 0 ? net.whole_weights({units, features}, features)
                                           : net.weights({units, features}, 0, features);
        if (net.apply(OpKind::fully_connected, {net.input({1, features}), weights, net.bias(units)},
                      Attributes::of(own)) < 0) {
            return;
        }
    }
}

// One, two or three dense layers: the calls of so small a net weigh most.
void few_dense_layers(NetMaker& net, int layers) {
    int x = net.input({1, net.pick(1, 9)});
    for (int layer = 0; layer < layers && x >= 0; ++layer) {
        const std::int32_t features = net.shape_of(x)[1];
        const std::int32_t units = net.pick(1, 16);
        x = net.apply(OpKind::fully_connected,
                      {x, net.weights({units, features}, 0, features), net.bias(units)},
                      Attributes::of(FullyConnectedAttributes{.activation = Activation::relu}));
    }
}

// Steps of a window that fit into the image.
WindowSteps some_steps(NetMaker& net) {
    return {.padding = net.pick(0, 1) == 0 ? Padding::same : Padding::valid,
            .stride_height = net.pick(1, 2),
            .stride_width = net.pick(1, 2)};
}

// Calls `add` on images of different sizes, each made by the layer before while it is large enough.
void over_images(NetMaker& net, int layers, const std::function<int(int)>& add) {
    int x = -1;
    for (int layer = 0; layer < layers; ++layer) {
        const bool is_large = x >= 0 && net.shape_of(x)[1] >= 5 && net.shape_of(x)[2] >= 5 &&
                              net.shape_of(x)[3] <= 12;
        if (!is_large) x = net.input({1, net.pick(5, 8), net.pick(5, 8), net.pick(1, 6)});
        x = add(x);
        if (x < 0) return;
    }
}

void convolutions(NetMaker& net) {
    over_images(net, 12, [&net](int x) {
        const std::int32_t channels = net.shape_of(x)[3];
        const std::int32_t filters = net.pick(1, 10);
        const bool pointwise = net.pick(0, 2) == 0;
        const std::int32_t height = pointwise ? 1 : net.pick(1, 5);
        const std::int32_t width = pointwise ? 1 : net.pick(1, 5);
        const Conv2dAttributes own{some_activation(net), some_steps(net)};
        const int weights =
            net.weights({filters, height, width, channels}, 0, height * width * channels);
        return net.apply(OpKind::conv2d, {x, weights, net.bias(filters)}, Attributes::of(own));
    });
}

// With as many channels as models have, of which fast kernels take several at once.
void wide_convolutions(NetMaker& net) {
    if (net.type() != DType::int8) return;
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t channels = layer % 4 == 0 ? net.pick(1, 3) : 4 * net.pick(1, 8);
        const std::int32_t filters = 4 * net.pick(1, 8);
        const std::int32_t height = layer % 2 == 0 ? net.pick(2, 4) : 1;
        const std::int32_t width = layer % 2 == 0 ? net.pick(2, 4) : 1;
        const int x = net.input({1, net.pick(5, 8), net.pick(5, 8), channels});
        const Conv2dAttributes own{some_activation(net), some_steps(net)};
        const int weights =
            net.weights({filters, height, width, channels}, 0, height * width * channels);
        if (net.apply(OpKind::conv2d, {x, weights, net.bias(filters)}, Attributes::of(own)) < 0) {
            return;
        }
    }
}

void wide_depthwise_convolutions(NetMaker& net) {
    if (net.type() != DType::int8) return;
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t channels = 4 * net.pick(1, 12);
        const std::int32_t height = net.pick(2, 4);
        const std::int32_t width = net.pick(2, 4);
        const int x = net.input({1, net.pick(5, 8), net.pick(5, 8), channels});
        Conv2dAttributes own{some_activation(net), some_steps(net)};
        own.depth_multiplier = 1;
        const int weights = net.weights({1, height, width, channels}, 3, height * width);
        if (net.apply(OpKind::depthwise_conv2d, {x, weights, net.bias(channels)},
                      Attributes::of(own)) < 0) {
            return;
        }
    }
}

void depthwise_convolutions(NetMaker& net) {
    over_images(net, 12, [&net](int x) {
        const std::int32_t multiplier = net.pick(1, 4) == 1 ? 2 : 1;
        const std::int32_t channels = net.shape_of(x)[3] * multiplier;
        const std::int32_t height = net.pick(1, 4);
        const std::int32_t width = net.pick(1, 4);
        Conv2dAttributes own{some_activation(net), some_steps(net)};
        own.depth_multiplier = multiplier;
        const int weights = net.weights({1, height, width, channels}, 3, height * width);
        return net.apply(OpKind::depthwise_conv2d, {x, weights, net.bias(channels)},
                         Attributes::of(own));
    });
}

void transposed_convolutions(NetMaker& net) {
    for (int layer = 0; layer < 14; ++layer) {
        const std::int32_t channels = net.pick(1, 5);
        const std::int32_t filters = net.pick(1, 5);
        const std::int32_t side = net.pick(2, 4);
        const std::int32_t stride = net.pick(1, 2);
        const std::int32_t kernel = net.pick(2, 4);
        Conv2dAttributes own{Activation::none, {Padding::same, stride, stride, 1, 1}};
        own.narrow_sums = net.has_narrow_sums();
        const std::vector<std::int32_t> shape = {1, side * stride, side * stride, filters};
        const int weights =
            net.weights({filters, kernel, kernel, channels}, 0, kernel * kernel * channels);
        const int x = net.input({1, side, side, channels});
        if (net.apply(OpKind::transpose_conv, {net.indices(shape, {4}), weights, x},
                      Attributes::of(own)) < 0) {
            return;
        }
    }
}

void with_narrow_sums(NetMaker& net, void (*layers)(NetMaker& net)) {
    if (net.type() != DType::int16) return;
    net.narrow_sums();
    layers(net);
}

// Convolutions whose output is by far the largest tensor, so that they take turns with what reads
// it. One for each net: what is done between the two kernels is what is measured.
void in_turns(NetMaker& net, OpKind op, OpKind second, std::int32_t rows) {
    if (net.type() != DType::int8) return;
    const bool depthwise = op == OpKind::depthwise_conv2d;
    const std::int32_t channels = depthwise ? 4 : net.pick(1, 3);
    const std::int32_t filters = 4 * net.pick(1, 3);
    const int x = net.input({1, 2 * rows, 2 * net.pick(4, 7), channels});
    Conv2dAttributes own{Activation::relu, {Padding::same, 1, 1, 1, 1}, 0};
    own.depth_multiplier = depthwise ? filters / channels : 0;
    const int weights = depthwise ? net.weights({1, 3, 3, filters}, 3, 9)
                                  : net.weights({filters, 3, 3, channels}, 0, 9 * channels);
    const int wide = net.apply(op, {x, weights, net.bias(filters)}, Attributes::of(own));
    const WindowSteps halves{Padding::valid, 2, 2, 1, 1};
    if (second == OpKind::depthwise_conv2d) {
        net.apply(second, {wide, net.weights({1, 3, 3, filters}, 3, 9), net.bias(filters)},
                  Attributes::of(Conv2dAttributes{Activation::relu, halves, 1}));
    } else {
        net.apply(second, {wide}, Attributes::of(PoolAttributes{Activation::none, 2, 2, halves}));
    }
}

void poolings(NetMaker& net, OpKind op) {
    over_images(net, 12, [&net, op](int x) {
        const PoolAttributes own{some_activation(net), net.pick(1, 4), net.pick(1, 4),
                                 some_steps(net)};
        return net.apply(op, {x}, Attributes::of(own));
    });
}

// With as many channels as fast kernels take at once, and windows as large as the image.
void wide_poolings(NetMaker& net, OpKind op) {
    if (net.type() != DType::int8) return;
    for (int layer = 0; layer < 8; ++layer) {
        const int x = net.input({1, net.pick(4, 8), net.pick(4, 8), 4 * net.pick(1, 8)});
        const Shape& shape = net.shape_of(x);
        const bool whole = layer % 3 == 0;
        const PoolAttributes own{some_activation(net), whole ? shape[1] : net.pick(1, 4),
                                 whole ? shape[2] : net.pick(1, 4), some_steps(net)};
        if (net.apply(op, {x}, Attributes::of(own)) < 0) return;
    }
}

// One operator on rows of different lengths.
void on_rows(NetMaker& net, OpKind op, const Attributes& attributes) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t columns = layer == 0 ? 1 : net.pick(2, 60);
        const int x = net.input({layer % 3 == 2 ? net.pick(2, 4) : 1, columns});
        if (net.apply(op, {x}, attributes) < 0) return;
    }
}

template <class Own>
void on_pairs(NetMaker& net, OpKind op) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t columns = net.pick(1, 60);
        const std::int32_t rows = net.pick(1, 3);
        const int a = net.input({rows, columns});
        const int b = net.input({layer % 4 == 3 ? 1 : rows, columns});
        if (net.apply(op, {a, b}, Attributes::of(Own{some_activation(net)})) < 0) return;
    }
}

void on_pairs_without_attributes(NetMaker& net, OpKind op) {
    for (int layer = 0; layer < 8; ++layer) {
        const Shape shape = {net.pick(1, 3), net.pick(1, 60)};
        if (net.apply(op, {net.input(shape), net.input(shape)}) < 0) return;
    }
}

void reshapes(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t columns = layer == 0 ? 1 : net.pick(1, 120);
        const ReshapeAttributes own{.rank = 2, .dimensions = {columns, 1}};
        net.apply(OpKind::reshape, {net.input({1, columns})}, Attributes::of(own));
    }
}

void means(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const int x = net.input({1, net.pick(1, 5), net.pick(1, 5), net.pick(1, 9)});
        const MeanAttributes own{.axes = 6, .keep_dimensions = false};
        if (net.apply(OpKind::mean, {x, net.indices({1, 2}, {2})}, Attributes::of(own)) < 0) return;
    }
}

void pads(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const int x = net.input({1, net.pick(2, 5), net.pick(2, 5), net.pick(1, 6)});
        const std::int32_t before = net.pick(0, 2);
        const std::int32_t after = net.pick(0, 2);
        const PadAttributes own{.before = {0, before, before, 0, 0},
                                .after = {0, after, after, 0, 0}};
        const int list = net.indices({0, 0, before, after, before, after, 0, 0}, {4, 2});
        if (net.apply(OpKind::pad, {x, list}, Attributes::of(own)) < 0) return;
    }
}

void transposes(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const int x = net.input({1, net.pick(2, 8), net.pick(2, 8)});
        const TransposeAttributes own{.order = {0, 2, 1}};
        if (net.apply(OpKind::transpose, {x, net.indices({0, 2, 1}, {3})}, Attributes::of(own)) < 0)
            return;
    }
}

void slices(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t rows = net.pick(2, 8);
        const std::int32_t columns = net.pick(2, 8);
        const SliceAttributes own{.begin = {0, 1}, .size = {rows - 1, columns - 1}};
        const int x = net.input({rows, columns});
        if (net.apply(OpKind::slice,
                      {x, net.indices({0, 1}, {2}), net.indices({rows - 1, columns - 1}, {2})},
                      Attributes::of(own)) < 0)
            return;
    }
}

void matrix_products(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t depth = net.pick(1, 8);
        const int a = net.input({1, net.pick(1, 6), depth});
        const int b = net.input({1, depth, net.pick(1, 8)});
        if (net.apply(OpKind::batch_matmul, {a, b}, Attributes::of(BatchMatmulAttributes{})) < 0)
            return;
    }
}

void concatenations(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t rows = net.pick(1, 6);
        std::vector<int> inputs;
        for (int i = net.pick(2, 4); i > 0; --i)
            inputs.push_back(net.input({rows, net.pick(1, 20)}));
        if (net.apply(OpKind::concat, inputs, Attributes::of(ConcatAttributes{1})) < 0) return;
    }
}

void strided_slices(NetMaker& net) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t rows = net.pick(2, 8);
        const std::int32_t columns = net.pick(2, 8);
        StridedSliceAttributes own;
        own.end = {rows, columns};
        own.strides = {static_cast<std::int16_t>(net.pick(1, 2)),
                       static_cast<std::int16_t>(net.pick(1, 2))};
        own.specified = 2;
        const int x = net.input({rows, columns});
        if (net.apply(OpKind::strided_slice,
                      {x, net.indices({0, 0}, {2}), net.indices({rows, columns}, {2}),
                       net.indices({own.strides[0], own.strides[1]}, {2})},
                      Attributes::of(own)) < 0) {
            return;
        }
    }
}

// Sequences of a few steps; int8 with int16 cells.
void long_short_term_memories(NetMaker& net) {
    if (net.type() == DType::int16) return;
    const bool int8 = net.type() == DType::int8;
    for (int layer = 0; layer < 5; ++layer) {
        const std::int32_t features = net.pick(1, 8);
        const std::int32_t units = net.pick(1, 7);
        std::vector<int> inputs(kLstmInputs, kNoTensor);
        inputs[0] = net.input({1, net.pick(1, 3), features});
        for (int gate = 0; gate < kLstmGates; ++gate) {
            const auto at = static_cast<std::size_t>(gate);
            inputs[kLstmWeights + at] = net.whole_weights({units, features}, features);
            inputs[kLstmRecurrent + at] = net.whole_weights({units, units}, units);
            inputs[kLstmBias + at] = net.bias(units);
        }
        inputs[kLstmHidden] = net.variable({1, units}, net.type(), 0);
        inputs[kLstmCell] = net.variable({1, units}, int8 ? DType::int16 : net.type(), -12);
        if (net.apply(OpKind::lstm, inputs, Attributes::of(LstmAttributes{})) < 0) return;
    }
}

// Filters of floats, and of int8 with int8 and with int16 memory.
void filters_with_memory(NetMaker& net) {
    const DType type = net.type() == DType::float32 ? DType::float32 : DType::int8;
    for (int layer = 0; layer < 6; ++layer) {
        const std::int32_t features = net.pick(1, 20);
        const std::int32_t rank = net.pick(1, 2);
        const std::int32_t filters = net.pick(1, 6) * rank;
        const std::int32_t memory = net.pick(1, 8);
        const int x = net.input({1, features}, type);
        const int state = net.variable({1, filters * memory}, net.type(), -7);
        if (net.apply(OpKind::svdf,
                      {x, net.whole_weights({filters, features}, features),
                       net.times({filters, memory}), kNoTensor, state},
                      Attributes::of(SvdfAttributes{rank, Activation::relu}), type) < 0) {
            return;
        }
    }
}

void conversions(NetMaker& net, OpKind op, DType from) {
    for (int layer = 0; layer < 8; ++layer) {
        const std::int32_t columns = layer == 0 ? 1 : net.pick(2, 60);
        if (net.apply(op, {net.input({1, columns}, from)}, {}, net.type()) < 0) return;
    }
}

struct LayerMaker {
    const char* name;
    void (*make)(NetMaker& net);
};

constexpr LayerMaker kLayerMakers[] = {
    {"fully_connected", dense_layers},
    {"one layer", [](NetMaker& net) { few_dense_layers(net, 1); }},
    {"two layers", [](NetMaker& net) { few_dense_layers(net, 2); }},
    {"three layers", [](NetMaker& net) { few_dense_layers(net, 3); }},
    {"four layers", [](NetMaker& net) { few_dense_layers(net, 4); }},
    {"wide fully_connected", wide_dense_layers},
    {"conv2d", convolutions},
    {"depthwise_conv2d", depthwise_convolutions},
    {"wide conv2d", wide_convolutions},
    {"wide depthwise_conv2d", wide_depthwise_convolutions},
    {"pooled conv2d", [](NetMaker& net) { in_turns(net, OpKind::conv2d, OpKind::max_pool2d, 4); }},
    {"pooled conv2d, more rows",
     [](NetMaker& net) { in_turns(net, OpKind::conv2d, OpKind::max_pool2d, 6); }},
    {"pooled depthwise_conv2d",
     [](NetMaker& net) { in_turns(net, OpKind::depthwise_conv2d, OpKind::max_pool2d, 5); }},
    {"conv2d and depthwise_conv2d",
     [](NetMaker& net) { in_turns(net, OpKind::conv2d, OpKind::depthwise_conv2d, 4); }},
    {"conv2d and depthwise_conv2d, more rows",
     [](NetMaker& net) { in_turns(net, OpKind::conv2d, OpKind::depthwise_conv2d, 7); }},
    {"transpose_conv", transposed_convolutions},
    {"narrow fully_connected", [](NetMaker& net) { with_narrow_sums(net, dense_layers); }},
    {"narrow conv2d", [](NetMaker& net) { with_narrow_sums(net, convolutions); }},
    {"narrow depthwise_conv2d",
     [](NetMaker& net) { with_narrow_sums(net, depthwise_convolutions); }},
    {"narrow transpose_conv",
     [](NetMaker& net) { with_narrow_sums(net, transposed_convolutions); }},
    {"average_pool2d", [](NetMaker& net) { poolings(net, OpKind::average_pool2d); }},
    {"max_pool2d", [](NetMaker& net) { poolings(net, OpKind::max_pool2d); }},
    {"wide average_pool2d", [](NetMaker& net) { wide_poolings(net, OpKind::average_pool2d); }},
    {"wide max_pool2d", [](NetMaker& net) { wide_poolings(net, OpKind::max_pool2d); }},
    {"relu", [](NetMaker& net) { on_rows(net, OpKind::relu, {}); }},
    {"relu6", [](NetMaker& net) { on_rows(net, OpKind::relu6, {}); }},
    {"relu_n1_to_1",
     [](NetMaker& net) {
         if (net.type() != DType::float32) return;  // the integers' kernels are ReLU's
         on_rows(net, OpKind::relu_n1_to_1, {});
     }},
    {"tanh", [](NetMaker& net) { on_rows(net, OpKind::tanh, {}); }},
    {"logistic", [](NetMaker& net) { on_rows(net, OpKind::logistic, {}); }},
    {"hard_swish", [](NetMaker& net) { on_rows(net, OpKind::hard_swish, {}); }},
    {"leaky_relu",
     [](NetMaker& net) {
         on_rows(net, OpKind::leaky_relu, Attributes::of(LeakyReluAttributes{}));
     }},
    {"log_softmax", [](NetMaker& net) { on_rows(net, OpKind::log_softmax, {}); }},
    {"rsqrt", [](NetMaker& net) { on_rows(net, OpKind::rsqrt, {}); }},
    {"softmax",
     [](NetMaker& net) { on_rows(net, OpKind::softmax, Attributes::of(SoftmaxAttributes{})); }},
    {"add", [](NetMaker& net) { on_pairs<AddAttributes>(net, OpKind::add); }},
    {"sub", [](NetMaker& net) { on_pairs<SubAttributes>(net, OpKind::sub); }},
    {"mul", [](NetMaker& net) { on_pairs<MulAttributes>(net, OpKind::mul); }},
    {"minimum", [](NetMaker& net) { on_pairs_without_attributes(net, OpKind::minimum); }},
    {"maximum", [](NetMaker& net) { on_pairs_without_attributes(net, OpKind::maximum); }},
    {"reshape", reshapes},
    {"mean", means},
    {"pad", pads},
    {"transpose", transposes},
    {"slice", slices},
    {"strided_slice", strided_slices},
    {"concat", concatenations},
    {"lstm", long_short_term_memories},
    {"svdf", filters_with_memory},
    {"batch_matmul", matrix_products},
    {"quantize", [](NetMaker& net) { conversions(net, OpKind::quantize, DType::float32); }},
    {"requantize", [](NetMaker& net) { conversions(net, OpKind::quantize, DType::int8); }},
    {"dequantize", [](NetMaker& net) { conversions(net, OpKind::dequantize, net.type()); }},
};

}  // namespace

std::vector<CostNet> cost_nets(int variant, std::vector<std::string>& refused) {
    std::vector<CostNet> nets;
    for (const LayerMaker& maker : kLayerMakers) {
        for (const DType type : {DType::float32, DType::int8, DType::int16}) {
            NetMaker net(type, static_cast<std::uint64_t>(1 + variant));
            const std::string name = std::string(maker.name) + " " + dtype_name(type);
            maker.make(net);
            if (!net.refusal().empty()) {
                refused.push_back(name + ": " + net.refusal());
                continue;
            }
            Graph graph = net.finish();
            if (!graph.nodes.empty()) nets.push_back({name, std::move(graph)});
        }
    }
    return nets;
}

}  // namespace whittle
