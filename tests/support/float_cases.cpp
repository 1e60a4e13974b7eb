#include "tests/support/float_cases.h"

#include "core/ops/add/attributes.h"
#include "core/ops/batch_matmul/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/leaky_relu/attributes.h"
#include "core/ops/mean/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/slice/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/strided_slice/attributes.h"
#include "core/ops/sub/attributes.h"
#include "core/ops/transpose/attributes.h"

namespace whittle::test {

namespace {

std::string label(OpKind op, const std::vector<Shape>& shapes) {
    std::string text = definition_of(op).name;
    for (const Shape& shape : shapes) text += " " + to_string(shape);
    return text;
}

std::vector<OpCase> unary_cases() {
    std::vector<OpCase> cases;
    for (const OpKind op : {OpKind::relu, OpKind::relu6, OpKind::relu_n1_to_1, OpKind::tanh,
                            OpKind::logistic, OpKind::silu, OpKind::hard_swish}) {
        for (const Shape& shape :
             {Shape{1}, Shape{}, Shape{0}, Shape{3}, Shape{4}, Shape{5}, Shape{2, 17}}) {
            cases.push_back({label(op, {shape}), op, Attributes(), {shape}, -4.0f, 8.0f});
        }
    }
    for (const Shape& shape : {Shape{1}, Shape{0}, Shape{5}, Shape{2, 17}}) {
        cases.push_back({label(OpKind::rsqrt, {shape}), OpKind::rsqrt, {}, {shape}, 0.5f, 6.0f});
    }
    for (const float alpha : {0.2f, 0.0f, -0.5f, 1.5f}) {
        const auto attributes = Attributes::of(LeakyReluAttributes{alpha});
        cases.push_back({"leaky_relu", OpKind::leaky_relu, attributes, {Shape{3, 11}}});
    }
    for (const Shape& shape : {Shape{1}, Shape{1, 1}, Shape{3, 2}, Shape{2, 2, 7}}) {
        cases.push_back({label(OpKind::log_softmax, {shape}), OpKind::log_softmax, {}, {shape}});
        const auto attributes = Attributes::of(SoftmaxAttributes{shape.size() == 3 ? 0.5f : 1.0f});
        cases.push_back({label(OpKind::softmax, {shape}), OpKind::softmax, attributes, {shape}});
    }
    ReshapeAttributes reshape{2, {-1, 6}};
    cases.push_back({"reshape", OpKind::reshape, Attributes::of(reshape), {Shape{3, 2, 2}}});
    return cases;
}

std::vector<OpCase> fully_connected_cases() {
    std::vector<OpCase> cases;
    for (const Activation activation :
         {Activation::none, Activation::relu, Activation::relu6, Activation::relu_n1_to_1}) {
        for (const auto& [rows, inputs, outputs] :
             {std::array{1, 1, 1}, std::array{0, 3, 2}, std::array{1, 2, 3}, std::array{3, 5, 4},
              std::array{2, 16, 15}, std::array{2, 3, 16}, std::array{3, 7, 17},
              std::array{5, 4, 37}}) {
            const std::vector<Shape> shapes = {{rows, inputs}, {outputs, inputs}, {outputs}};
            const FullyConnectedAttributes own{activation, false};
            cases.push_back({label(OpKind::fully_connected, shapes), OpKind::fully_connected,
                             Attributes::of(own), shapes});
        }
    }
    const FullyConnectedAttributes keep{Activation::none, true};
    cases.push_back({"no bias, all dimensions kept",
                     OpKind::fully_connected,
                     Attributes::of(keep),
                     {Shape{2, 3, 4}, Shape{5, 4}}});
    return cases;
}

std::vector<OpCase> binary_cases() {
    std::vector<OpCase> cases;
    const std::vector<std::pair<Shape, Shape>> shapes = {
        {{1}, {1}},          {{}, {3}},           {{5}, {5}},
        {{4, 1}, {1, 3}},    {{2, 3, 4}, {3, 4}}, {{2, 3, 4}, {3, 1}},
        {{2, 1, 4}, {5, 1}}, {{0, 3}, {3}},       {{2, 3, 2, 3, 2}, {1, 3, 1, 3, 1}}};
    for (const auto& [a, b] : shapes) {
        if (a.size() < 5) {
            cases.push_back(
                {label(OpKind::add, {a, b}), OpKind::add, Attributes::of(AddAttributes{}), {a, b}});
            cases.push_back({label(OpKind::mul, {a, b}),
                             OpKind::mul,
                             Attributes::of(MulAttributes{Activation::relu6}),
                             {b, a},
                             -3.0f,
                             3.0f});
        }
    }
    cases.push_back({"add with ReLU",
                     OpKind::add,
                     Attributes::of(AddAttributes{Activation::relu}),
                     {Shape{3, 5}, Shape{5}}});
    return cases;
}

// The windows of the cases below: sizes that the stride divides and does not, kernels of 1 to the
// whole image, even and odd, dilated ones, and with them every share of padding.
struct WindowCase {
    Shape image;
    std::int32_t kernel_height;
    std::int32_t kernel_width;
    WindowSteps steps;
};

std::vector<WindowCase> window_cases() {
    return {
        {{1, 1, 1, 1}, 1, 1, {Padding::valid}},      {{2, 4, 3, 2}, 1, 1, {Padding::same}},
        {{1, 5, 4, 3}, 1, 1, {Padding::same, 2, 3}}, {{1, 3, 3, 2}, 3, 3, {Padding::valid}},
        {{2, 5, 6, 1}, 3, 2, {Padding::same}},       {{1, 6, 5, 2}, 2, 3, {Padding::valid, 2, 1}},
        {{1, 4, 7, 3}, 3, 3, {Padding::same, 2, 2}}, {{1, 2, 2, 1}, 5, 4, {Padding::same, 1, 3}},
        {{1, 0, 3, 2}, 3, 3, {Padding::same}},       {{0, 4, 3, 2}, 2, 2, {Padding::valid}}};
}

std::vector<WindowCase> dilated_cases() {
    std::vector<WindowCase> cases = window_cases();
    cases.push_back({{1, 6, 7, 2}, 3, 2, {Padding::same, 1, 1, 2, 3}});
    cases.push_back({{1, 7, 5, 1}, 3, 2, {Padding::valid, 2, 1, 3, 4}});
    return cases;
}

std::vector<OpCase> convolution_cases() {
    std::vector<OpCase> cases;
    const Activation activations[] = {Activation::none, Activation::relu, Activation::relu6,
                                      Activation::relu_n1_to_1};
    for (const WindowCase& w : dilated_cases()) {
        // Each weight moves every pixel: over a large image, some output is always at a kink.
        const bool small = w.image[1] * w.image[2] <= 30;
        const Activation activation = small ? activations[cases.size() % 4] : Activation::none;
        const Attributes attributes = Attributes::of(Conv2dAttributes{activation, w.steps});
        const std::int32_t channels = w.image[3];
        for (const std::int32_t outputs : {1, 4, 9}) {
            std::vector<Shape> shapes = {
                w.image, {outputs, w.kernel_height, w.kernel_width, channels}, {outputs}};
            if (outputs == 4) shapes.pop_back();  // without a bias
            cases.push_back({label(OpKind::conv2d, shapes), OpKind::conv2d, attributes, shapes});
        }
        for (const std::int32_t multiplier : {1, 3}) {
            const std::int32_t outputs = channels * multiplier;
            std::vector<Shape> shapes = {
                w.image, {1, w.kernel_height, w.kernel_width, outputs}, {outputs}};
            if (multiplier == 3) shapes.pop_back();
            cases.push_back({label(OpKind::depthwise_conv2d, shapes), OpKind::depthwise_conv2d,
                             attributes, shapes});
        }
    }
    const Attributes grouped =
        Attributes::of(Conv2dAttributes{Activation::relu, {Padding::same, 2, 1}});
    cases.push_back(
        {"two groups", OpKind::conv2d, grouped, {Shape{1, 4, 3, 4}, Shape{6, 3, 2, 2}, Shape{6}}});
    return cases;
}

std::vector<OpCase> pool_cases() {
    std::vector<OpCase> cases;
    for (const WindowCase& w : window_cases()) {
        for (const OpKind op : {OpKind::average_pool2d, OpKind::max_pool2d}) {
            const Activation activation = cases.size() % 3 == 0   ? Activation::relu
                                          : cases.size() % 3 == 1 ? Activation::relu_n1_to_1
                                                                  : Activation::none;
            const Attributes attributes = Attributes::of(
                PoolAttributes{activation, w.kernel_height, w.kernel_width, w.steps});
            cases.push_back({label(op, {w.image}), op, attributes, {w.image}});
        }
    }
    return cases;
}

// Operators with settings in constant inputs.
OpCase with_constants(OpKind op,
                      const Attributes& attributes,
                      const std::vector<Shape>& inputs,
                      std::vector<Tensor> constants) {
    OpCase c{label(op, inputs), op, attributes, inputs};
    c.constants = std::move(constants);
    return c;
}

std::vector<OpCase> movement_cases() {
    std::vector<OpCase> cases;
    const auto transpose = [&](const Shape& shape, const std::vector<std::int32_t>& order) {
        TransposeAttributes own;
        for (std::size_t i = 0; i < order.size(); ++i)
            own.order[i] = static_cast<std::int8_t>(order[i]);
        cases.push_back(
            with_constants(OpKind::transpose, Attributes::of(own), {shape},
                           {int32_constant({static_cast<std::int32_t>(order.size())}, order)}));
    };
    transpose({1}, {0});
    transpose({3, 5}, {1, 0});
    transpose({2, 3, 4}, {2, 0, 1});
    transpose({2, 3, 4, 5}, {0, 3, 1, 2});
    transpose({0, 3}, {1, 0});
    const auto slice = [&](const Shape& shape, const SliceAttributes& own) {
        const auto rank = static_cast<std::ptrdiff_t>(shape.size());
        const std::vector<std::int32_t> begin(own.begin.begin(), own.begin.begin() + rank);
        const std::vector<std::int32_t> size(own.size.begin(), own.size.begin() + rank);
        const Shape vector = {static_cast<std::int32_t>(rank)};
        cases.push_back(
            with_constants(OpKind::slice, Attributes::of(own), {shape},
                           {int32_constant(vector, begin), int32_constant(vector, size)}));
    };
    slice({5}, {{1}, {3}});
    slice({3, 4}, {{1, 0}, {-1, 4}});
    slice({2, 3, 4}, {{0, 1, 3}, {2, -1, 1}});
    slice({2, 3}, {{2, 0}, {0, 3}});
    const auto strided = [&](const Shape& shape, const StridedSliceAttributes& own) {
        const std::ptrdiff_t count = own.specified;
        const Shape vector = {own.specified};
        const std::vector<std::int32_t> begin(own.begin.begin(), own.begin.begin() + count);
        const std::vector<std::int32_t> end(own.end.begin(), own.end.begin() + count);
        const std::vector<std::int32_t> by(own.strides.begin(), own.strides.begin() + count);
        cases.push_back(with_constants(OpKind::strided_slice, Attributes::of(own), {shape},
                                       {int32_constant(vector, begin), int32_constant(vector, end),
                                        int32_constant(vector, by)}));
    };
    strided({5}, {{1}, {4}, {1}, 1});
    strided({5}, {{-1}, {-6}, {-2}, 1});
    strided({3, 4}, {{7}, {0}, {2}, 1});  // nothing: it begins behind the end
    strided({3, 4}, {{0, 9}, {-1, -9}, {1, -3}, 2, 0, 0});
    strided({2, 3, 4}, {{1, 5, -2}, {0, 5, 9}, {1, 2, 1}, 3, 2, 2, 1});
    strided({0, 3}, {{0, 0}, {2, 2}, {1, 2}, 2});
    const auto concat = [&](const std::vector<Shape>& shapes, std::int32_t axis) {
        cases.push_back({label(OpKind::concat, shapes), OpKind::concat,
                         Attributes::of(ConcatAttributes{axis}), shapes});
    };
    concat({{3}}, 0);
    concat({{1}, {2}}, -1);
    concat({{2, 3}, {2, 1}, {2, 0}, {2, 4}}, 1);
    concat({{2, 1, 3}, {2, 4, 3}}, -2);
    concat({{1, 2}, {3, 2}}, 0);
    concat({{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}}, 0);
    concat(std::vector<Shape>(9, {2, 2, 1}), 1);
    std::vector<Shape> many(17, {2, 1});
    many[3] = {2, 0};
    many[16] = {2, 5};
    concat(many, -1);
    const auto pad = [&](const Shape& shape, const PadAttributes& own, float value) {
        std::vector<std::int32_t> amounts;
        for (std::size_t i = 0; i < shape.size(); ++i) {
            amounts.push_back(own.before[i]);
            amounts.push_back(own.after[i]);
        }
        const Tensor list = int32_constant({static_cast<std::int32_t>(shape.size()), 2}, amounts);
        cases.push_back(with_constants(OpKind::pad, Attributes::of(own), {shape}, {list}));
        cases.push_back(with_constants(OpKind::pad_v2, Attributes::of(own), {shape},
                                       {list, float_constant({}, {value})}));
    };
    pad({1}, {{0}, {0}}, 5.0f);
    pad({3, 2}, {{1, 0}, {0, 2}}, -1.5f);
    pad({0, 2}, {{1, 0}, {0, 2}}, 1e30f);
    pad({1, 2, 3, 2}, {{0, 1, 2, 0}, {0, 1, 0, 3}}, -0.0f);
    const auto mean = [&](const Shape& shape, const std::vector<std::int32_t>& axes, bool keep) {
        MeanAttributes own{0, keep};
        for (const std::int32_t axis : axes) own.axes |= 1 << axis;
        cases.push_back(
            with_constants(OpKind::mean, Attributes::of(own), {shape},
                           {int32_constant({static_cast<std::int32_t>(axes.size())}, axes)}));
    };
    mean({1}, {0}, true);
    mean({2, 3, 4, 5}, {1, 2}, false);
    mean({2, 3, 4}, {0, 2}, true);
    mean({3, 4}, {}, false);
    return cases;
}

std::vector<OpCase> product_cases() {
    std::vector<OpCase> cases;
    const auto matmul = [&](const Shape& a, const Shape& b, BatchMatmulAttributes own) {
        cases.push_back({label(OpKind::batch_matmul, {a, b}),
                         OpKind::batch_matmul,
                         Attributes::of(own),
                         {a, b}});
    };
    matmul({1, 1}, {1, 1}, {});
    matmul({3, 4}, {4, 2}, {});
    matmul({2, 4, 3}, {4, 5}, {true, false});
    matmul({2, 1, 3, 4}, {3, 5, 4}, {false, true});
    matmul({2, 0, 3}, {3, 2}, {});
    const auto transposed = [&](const Shape& output, const Shape& input, const Shape& weights,
                                const WindowSteps& steps) {
        OpCase c{label(OpKind::transpose_conv, {weights, input}),
                 OpKind::transpose_conv,
                 Attributes::of(Conv2dAttributes{Activation::none, steps}),
                 {weights, input, {weights[0]}}};
        if (output[1] % 2 == 0) c.inputs.pop_back();  // without a bias
        c.constants = {int32_constant({4}, output)};
        c.constants_first = true;
        cases.push_back(c);
    };
    transposed({1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {Padding::valid});
    transposed({2, 5, 4, 3}, {2, 3, 4, 2}, {3, 3, 2, 2}, {Padding::same, 2, 1});
    transposed({1, 6, 7, 2}, {1, 2, 3, 3}, {2, 3, 3, 3}, {Padding::valid, 3, 2});
    for (const auto& [a, b] : {std::pair{Shape{5}, Shape{5}}, std::pair{Shape{2, 3}, Shape{3}}}) {
        for (const OpKind op : {OpKind::minimum, OpKind::maximum}) {
            cases.push_back({label(op, {a, b}), op, Attributes(), {a, b}});
        }
        cases.push_back({label(OpKind::sub, {a, b}),
                         OpKind::sub,
                         Attributes::of(SubAttributes{Activation::relu}),
                         {a, b}});
    }
    return cases;
}

}  // namespace

std::vector<std::vector<OpCase>> all_float_cases() {
    return {unary_cases(), fully_connected_cases(), binary_cases(), convolution_cases(),
            pool_cases(),  movement_cases(),        product_cases()};
}

}  // namespace whittle::test
