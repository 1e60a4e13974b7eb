#include "tests/support/overlap_cases.h"

#include <algorithm>

#include "core/ops/add/attributes.h"
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
#include "tests/support/op_harness.h"
#include "tests/support/sample_graphs.h"
#include "tests/support/window_pairs.h"

namespace whittle::test {
namespace {

class Cases {
public:
    explicit Cases(DType dtype) : dtype_(dtype) {}

    void add(const std::string& label,
             OpKind op,
             const Attributes& attributes,
             std::vector<Tensor> tensors,
             bool tight = true) {
        list.push_back({std::string(dtype_name(dtype_)) + " " + label,
                        single_node_graph(op, attributes, tensors, output_of(op)), 0, tight});
    }

    void add_convolution(const std::string& label,
                         OpKind op,
                         const Shape& input,
                         const Shape& filter,
                         const WindowSteps& steps,
                         bool tight = true) {
        const bool depthwise = op == OpKind::depthwise_conv2d;
        const std::int32_t outputs = depthwise ? filter[3] : filter[0];
        std::vector<Tensor> tensors = {activation(dtype_, input)};
        for (Tensor& each : weights_and_bias(dtype_, filter, outputs, depthwise ? 3 : 0)) {
            tensors.push_back(std::move(each));
        }
        Conv2dAttributes attributes;
        attributes.steps = steps;
        add(label, op, Attributes::of(attributes), std::move(tensors), tight);
    }

    void add_dense(const std::string& label, std::int32_t rows, std::int32_t in, std::int32_t out) {
        std::vector<Tensor> tensors = {activation(dtype_, {rows, in})};
        for (Tensor& each : weights_and_bias(dtype_, {out, in}, out, 0)) {
            tensors.push_back(std::move(each));
        }
        add(label, OpKind::fully_connected, Attributes::of(FullyConnectedAttributes{}),
            std::move(tensors));
    }

    // int16 with sums of 32 bits.
    void add_narrow_dense(const std::string& label,
                          std::int32_t rows,
                          std::int32_t in,
                          std::int32_t out) {
        std::vector<Tensor> tensors = weights_and_bias(DType::int16, {out, in}, out, 0);
        tensors.insert(tensors.begin(), activation(DType::int16, {rows, in}));
        tensors.pop_back();
        add(label, OpKind::fully_connected,
            Attributes::of(FullyConnectedAttributes{.narrow_sums = true}), std::move(tensors));
    }

    void add_pool(const std::string& label,
                  OpKind op,
                  const Shape& input,
                  std::int32_t size,
                  const WindowSteps& steps,
                  bool tight) {
        PoolAttributes attributes;
        attributes.kernel_height = attributes.kernel_width = size;
        attributes.steps = steps;
        add(label, op, Attributes::of(attributes), {activation(dtype_, input)}, tight);
    }

    void add_pair(WindowPair pair, bool tight = true) {
        pair.dtype = dtype_;
        list.push_back({std::string(dtype_name(dtype_)) + " " + definition_of(pair.first).name +
                            " of " + to_string(pair.input) + " in turns with " +
                            definition_of(pair.second).name,
                        graph_of(pair), 0, tight});
    }

    void add_both_ways(OpKind op, const Attributes& attributes) {
        const std::string label = definition_of(op).name;
        const std::vector<Tensor> tensors = {activation(dtype_, {2, 3, 5}),
                                             activation(dtype_, {2, 3, 5})};
        add(label + ", a", op, attributes, tensors);
        add(label + ", b", op, attributes, tensors);
        list.back().input = 1;
        // What is repeated is the other one.
        add(label + ", b repeated", op, attributes, {tensors[0], activation(dtype_, {5})});
    }

    Tensor tensor(const Shape& shape) const { return activation(dtype_, shape); }

    std::vector<OverlapCase> list;

private:
    // What the kernel is defined for; elsewhere a range that is seldom left.
    Quantization output_of(OpKind op) const {
        const bool sums =
            op == OpKind::conv2d || op == OpKind::depthwise_conv2d || op == OpKind::fully_connected;
        if (dtype_ == DType::float32) return {};
        if (dtype_ == DType::int16) return {{sums ? 0.01f : 0.001f}, {0}, 0};
        if (op == OpKind::softmax || op == OpKind::logistic) return {{1.0f / 256}, {-128}, 0};
        if (op == OpKind::tanh) return {{1.0f / 128}, {0}, 0};
        if (op == OpKind::log_softmax) return {{1.0f / 16}, {127}, 0};
        return {{sums ? 0.5f : 0.05f}, {3}, 0};
    }

    DType dtype_;
};

constexpr WindowSteps steps_of(Padding padding, std::int32_t stride, std::int32_t dilation = 1) {
    WindowSteps steps;
    steps.padding = padding;
    steps.stride_height = steps.stride_width = stride;
    steps.dilation_height = steps.dilation_width = dilation;
    return steps;
}

// Convolutions in turns with what reads their output.
void add_pairs(Cases& cases) {
    const WindowSteps same = steps_of(Padding::same, 1);
    const WindowSteps halved = steps_of(Padding::same, 2);
    const WindowSteps valid = steps_of(Padding::valid, 1);
    const OpKind conv = OpKind::conv2d;
    const OpKind depthwise = OpKind::depthwise_conv2d;
    const PoolAttributes halves{Activation::none, 2, 2, steps_of(Padding::valid, 2)};
    const PoolAttributes overlapping{Activation::none, 3, 2, steps_of(Padding::same, 1)};
    const PoolAttributes sparse{Activation::none, 1, 2, steps_of(Padding::valid, 3)};
    cases.add_pair({conv, {}, {1, 8, 6, 2}, {6, 3, 3, 2}, {{}, same}, halves});
    cases.add_pair({conv, {}, {2, 6, 7, 2}, {9, 3, 3, 2}, {{}, valid}, overlapping});
    cases.add_pair({conv, {}, {1, 9, 9, 3}, {24, 3, 3, 3}, {{}, halved}, overlapping});
    cases.add_pair({conv, {}, {1, 8, 6, 2}, {40, 1, 1, 2}, {{}, valid}, sparse});
    cases.add_pair(
        {conv, {}, {1, 8, 6, 2}, {6, 3, 3, 2}, {{}, same}, halves, OpKind::average_pool2d});
    cases.add_pair({depthwise, {}, {2, 8, 6, 4}, {1, 3, 3, 4}, {{}, same, 1}, halves}, false);
    cases.add_pair({depthwise, {}, {1, 6, 6, 3}, {1, 3, 3, 6}, {{}, same, 2}, overlapping});
    // A pointwise convolution and a depthwise one, an image that grows and one that is halved.
    cases.add_pair({conv,
                    {},
                    {1, 7, 6, 3},
                    {16, 1, 1, 3},
                    {{}, valid},
                    {},
                    depthwise,
                    {1, 3, 3, 16},
                    {{}, same, 1}});
    cases.add_pair({conv,
                    {},
                    {2, 8, 8, 2},
                    {8, 1, 1, 2},
                    {{}, valid},
                    {},
                    depthwise,
                    {1, 3, 3, 8},
                    {{}, halved, 1}});
    cases.add_pair(
        {conv, {}, {1, 7, 6, 3}, {5, 3, 3, 3}, {{}, same}, {}, conv, {7, 3, 3, 5}, {{}, same}});
}

void add_windows(Cases& cases) {
    const WindowSteps same = steps_of(Padding::same, 1);
    const WindowSteps halved = steps_of(Padding::same, 2);
    const WindowSteps valid = steps_of(Padding::valid, 1);
    const OpKind conv = OpKind::conv2d;
    cases.add_convolution("conv 3x3", conv, {1, 6, 5, 4}, {4, 3, 3, 4}, same);
    cases.add_convolution("conv 3x3, two images", conv, {2, 5, 4, 3}, {5, 3, 3, 3}, same);
    cases.add_convolution("conv 3x3, valid", conv, {1, 6, 5, 4}, {6, 3, 3, 4}, valid);
    cases.add_convolution("conv 3x3, stride 2", conv, {1, 9, 8, 3}, {4, 3, 3, 3}, halved);
    cases.add_convolution("conv 3x3, dilated", conv, {1, 7, 6, 2}, {3, 3, 3, 2},
                          steps_of(Padding::valid, 1, 2));
    cases.add_convolution("conv 5x3", conv, {1, 7, 6, 2}, {3, 5, 3, 2}, same);
    cases.add_convolution("conv 1x1", conv, {1, 4, 5, 6}, {6, 1, 1, 6}, valid);
    cases.add_convolution("conv 1x1, growing", conv, {1, 4, 5, 3}, {8, 1, 1, 3}, valid);
    cases.add_convolution("conv 1x1, shrinking", conv, {1, 4, 5, 8}, {3, 1, 1, 8}, valid);
    const OpKind depthwise = OpKind::depthwise_conv2d;
    cases.add_convolution("depthwise 3x3", depthwise, {1, 6, 5, 4}, {1, 3, 3, 4}, same);
    cases.add_convolution("depthwise 3x3, two images", depthwise, {2, 4, 5, 3}, {1, 3, 3, 3}, same);
    cases.add_convolution("depthwise 3x3, doubling", depthwise, {1, 6, 5, 3}, {1, 3, 3, 6}, same);
    cases.add_convolution("depthwise 3x3, stride 2", depthwise, {1, 8, 8, 4}, {1, 3, 3, 4}, halved);
    cases.add_convolution("depthwise 1x1", depthwise, {1, 3, 3, 4}, {1, 1, 1, 4}, valid);
    add_pairs(cases);
    for (const OpKind pool : {OpKind::average_pool2d, OpKind::max_pool2d}) {
        const std::string name = definition_of(pool).name;
        cases.add_pool(name + " 3x3", pool, {1, 6, 5, 4}, 3, same, true);
        cases.add_pool(name + " 2x2, stride 2", pool, {1, 6, 6, 4}, 2, halved, true);
        cases.add_pool(name + " of all", pool, {1, 5, 5, 4}, 5, steps_of(Padding::valid, 5), true);
    }
}

Tensor indices(const std::vector<std::int32_t>& values) {
    return int32_constant({static_cast<std::int32_t>(values.size())}, values);
}

void add_pad(Cases& cases,
             const std::string& label,
             const Shape& shape,
             const std::vector<std::int32_t>& amounts,
             bool tight = true) {
    PadAttributes own;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        own.before[i] = amounts[2 * i];
        own.after[i] = amounts[2 * i + 1];
    }
    const auto rank = static_cast<std::int32_t>(shape.size());
    const Tensor input = cases.tensor(shape);
    const Tensor list = int32_constant({rank, 2}, amounts);
    cases.add("pad " + label, OpKind::pad, Attributes::of(own), {input, list}, tight);
    Tensor value = input;
    value.shape = {};
    value.constant = true;
    value.data.assign(value.bytes(), 1);
    cases.add("pad_v2 " + label, OpKind::pad_v2, Attributes::of(own), {input, list, value}, tight);
}

void add_slice(Cases& cases,
               const std::string& label,
               const Shape& shape,
               const std::vector<std::int32_t>& begin,
               const std::vector<std::int32_t>& size,
               bool tight) {
    SliceAttributes own;
    std::copy(begin.begin(), begin.end(), own.begin.begin());
    std::copy(size.begin(), size.end(), own.size.begin());
    cases.add("slice " + label, OpKind::slice, Attributes::of(own),
              {cases.tensor(shape), indices(begin), indices(size)}, tight);
}

// From `begin` to the end in every dimension.
void add_strided_slice(Cases& cases,
                       const std::string& label,
                       const Shape& shape,
                       const std::vector<std::int32_t>& begin,
                       const std::vector<std::int32_t>& strides,
                       bool tight) {
    StridedSliceAttributes own;
    own.specified = static_cast<std::uint8_t>(shape.size());
    std::copy(begin.begin(), begin.end(), own.begin.begin());
    std::copy(shape.begin(), shape.end(), own.end.begin());
    std::copy(strides.begin(), strides.end(), own.strides.begin());
    cases.add("strided slice " + label, OpKind::strided_slice, Attributes::of(own),
              {cases.tensor(shape), indices(begin), indices(shape), indices(strides)}, tight);
}

// Concatenations of three inputs, with the output over each of them.
void add_concats(Cases& cases, const std::vector<Shape>& shapes, std::int32_t axis) {
    for (std::size_t over = 0; over < shapes.size(); ++over) {
        std::vector<Tensor> tensors;
        for (const Shape& shape : shapes) tensors.push_back(cases.tensor(shape));
        cases.add("concat along " + std::to_string(axis) + ", input " + std::to_string(over),
                  OpKind::concat, Attributes::of(ConcatAttributes{axis}), std::move(tensors),
                  // A single row moves whole, wherever it comes from.
                  axis != 0 || over != 0);
        cases.list.back().input = static_cast<int>(over);
    }
}

void add_mean(Cases& cases,
              const std::string& label,
              const std::vector<std::int32_t>& axes,
              bool tight = true) {
    MeanAttributes own;
    for (const std::int32_t axis : axes) own.axes |= 1 << axis;
    cases.add("mean " + label, OpKind::mean, Attributes::of(own),
              {cases.tensor({2, 3, 4, 5}), indices(axes)}, tight);
}

void add_movements(Cases& cases) {
    add_pad(cases, "of an image", {1, 3, 4, 2}, {0, 0, 1, 2, 2, 1, 0, 0});
    add_pad(cases, "of all dimensions", {2, 2, 3, 2, 3}, {1, 1, 0, 1, 1, 0, 2, 1, 1, 2});
    add_pad(cases, "behind", {3, 4}, {0, 2, 0, 1});
    add_pad(cases, "by nothing", {3, 4}, {0, 0, 0, 0});
    add_concats(cases, {{2, 3}, {1, 3}, {3, 3}}, 0);
    add_concats(cases, {{3, 2}, {3, 1}, {3, 4}}, 1);
    add_slice(cases, "from the first element on", {3, 4, 5}, {0, 0, 0}, {2, 3, 4}, true);
    add_slice(cases, "of rows behind", {4, 5}, {1, 0}, {3, 5}, false);
    add_slice(cases, "of columns", {4, 5}, {0, 1}, {4, 3}, false);
    add_strided_slice(cases, "of every second row", {6, 4}, {0, 0}, {2, 1}, true);
    add_strided_slice(cases, "of every second column", {3, 6}, {0, 1}, {1, 2}, false);
    add_mean(cases, "of images", {1, 2});
    add_mean(cases, "of rows", {3}, false);
    add_mean(cases, "of batch and height", {0, 1});
}

}  // namespace

std::vector<OverlapCase> overlap_cases() {
    std::vector<OverlapCase> all;
    for (const DType dtype : {DType::float32, DType::int8, DType::int16}) {
        Cases cases(dtype);
        add_windows(cases);
        cases.add_dense("dense, three rows", 3, 6, 4);
        cases.add_dense("dense, three rows, growing", 3, 4, 7);
        cases.add_dense("dense, many growing rows", 30, 7, 8);
        cases.add_dense("dense, many rows", 30, 8, 7);
        cases.add_both_ways(OpKind::add, Attributes::of(AddAttributes{}));
        cases.add_both_ways(OpKind::sub, Attributes::of(SubAttributes{}));
        cases.add_both_ways(OpKind::mul, Attributes::of(MulAttributes{}));
        cases.add_both_ways(OpKind::minimum, {});
        cases.add_both_ways(OpKind::maximum, {});
        cases.add("reshape", OpKind::reshape, Attributes::of(ReshapeAttributes{2, {3, 4}}),
                  {cases.tensor({2, 6})}, false);
        add_movements(cases);
        cases.add("leaky relu", OpKind::leaky_relu, Attributes::of(LeakyReluAttributes{0.3f}),
                  {cases.tensor({3, 7})});
        if (dtype != DType::int16) {
            cases.add("hard_swish", OpKind::hard_swish, {}, {cases.tensor({3, 7})});
            cases.add("log_softmax", OpKind::log_softmax, {}, {cases.tensor({3, 7})});
            for (const OpKind op : {OpKind::relu, OpKind::relu6, OpKind::relu_n1_to_1, OpKind::tanh,
                                    OpKind::logistic}) {
                cases.add(definition_of(op).name, op, {}, {cases.tensor({3, 7})});
            }
            cases.add("softmax", OpKind::softmax, Attributes::of(SoftmaxAttributes{}),
                      {cases.tensor({3, 7})});
        }
        if (dtype == DType::int16) {
            cases.add_narrow_dense("dense, narrow sums, many rows", 30, 8, 7);
            cases.add_narrow_dense("dense, narrow sums, many growing rows", 30, 7, 8);
        }
        if (dtype == DType::float32) {
            cases.add("rsqrt", OpKind::rsqrt, {}, {cases.tensor({3, 7})});
        }
        all.insert(all.end(), cases.list.begin(), cases.list.end());
    }
    const Quantization int8 = activation(DType::int8, {1}).quantization;
    // An element closer only the lowest bits of floats change, which are rounded away.
    all.push_back(
        {"quantize",
         single_node_graph(OpKind::quantize, {}, {activation(DType::float32, {3, 7})}, int8), 0,
         false});
    all.push_back(
        {"requantize", single_node_graph(OpKind::quantize, {}, {activation(DType::int8, {3, 7})},
                                         {{0.1f}, {0}, 0})});
    all.push_back({"dequantize",
                   single_node_graph(OpKind::dequantize, {}, {activation(DType::int8, {3, 7})})});
    return all;
}

}  // namespace whittle::test
