#include "tests/support/overlap_cases.h"

#include <cstring>

#include "core/base/random.h"
#include "core/ops/add/attributes.h"
#include "core/ops/conv2d/attributes.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/pool.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "core/ops/sub/attributes.h"
#include "tests/support/op_harness.h"

namespace whittle::test {
namespace {

Tensor activation(DType dtype, Shape shape) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    if (dtype == DType::int8) tensor.quantization = {{0.05f}, {3}, 0};
    if (dtype == DType::int16) tensor.quantization = {{0.001f}, {0}, 0};
    return tensor;
}

// Weights of the type that belongs to the activations, and a bias of zeros.
std::vector<Tensor> weights_and_bias(DType activations,
                                     Shape shape,
                                     std::int32_t outputs,
                                     int channel_axis) {
    Random random(static_cast<std::uint64_t>(outputs));
    Tensor weights;
    weights.shape = std::move(shape);
    weights.constant = true;
    Tensor bias = activation(DType::float32, {outputs});
    bias.constant = true;
    if (activations == DType::float32) {
        std::vector<float> values(static_cast<std::size_t>(weights.elements()));
        for (float& value : values) value = random.uniform(-1.0f, 1.0f);
        weights.data.resize(weights.bytes());
        std::memcpy(weights.data.data(), values.data(), weights.data.size());
    } else {
        weights.dtype = DType::int8;
        weights.data.resize(weights.bytes());
        for (std::uint8_t& byte : weights.data) {
            // None so small that an input would not count.
            const int value = 64 + static_cast<int>(random.below(64));
            byte = static_cast<std::uint8_t>(random.below(2) == 0 ? value : -value);
        }
        weights.quantization = {std::vector<float>(static_cast<std::size_t>(outputs), 0.01f),
                                std::vector<std::int32_t>(static_cast<std::size_t>(outputs), 0),
                                channel_axis};
        bias.dtype = activations == DType::int16 ? DType::int64 : DType::int32;
    }
    bias.data.assign(bias.bytes(), 0);
    return {weights, bias};
}

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
    for (const OpKind pool : {OpKind::average_pool2d, OpKind::max_pool2d}) {
        const std::string name = definition_of(pool).name;
        cases.add_pool(name + " 3x3", pool, {1, 6, 5, 4}, 3, same, true);
        cases.add_pool(name + " 2x2, stride 2", pool, {1, 6, 6, 4}, 2, halved, true);
        cases.add_pool(name + " of all", pool, {1, 5, 5, 4}, 5, steps_of(Padding::valid, 5), true);
    }
}

}  // namespace

std::vector<OverlapCase> overlap_cases() {
    std::vector<OverlapCase> all;
    for (const DType dtype : {DType::float32, DType::int8, DType::int16}) {
        Cases cases(dtype);
        add_windows(cases);
        cases.add_dense("dense, three rows", 3, 6, 4);
        cases.add_dense("dense, three rows, growing", 3, 4, 7);
        cases.add_both_ways(OpKind::add, Attributes::of(AddAttributes{}));
        cases.add_both_ways(OpKind::sub, Attributes::of(SubAttributes{}));
        cases.add_both_ways(OpKind::mul, Attributes::of(MulAttributes{}));
        cases.add_both_ways(OpKind::minimum, {});
        cases.add_both_ways(OpKind::maximum, {});
        cases.add("reshape", OpKind::reshape, Attributes::of(ReshapeAttributes{2, {3, 4}}),
                  {cases.tensor({2, 6})}, false);
        if (dtype != DType::int16) {
            for (const OpKind op : {OpKind::relu, OpKind::relu6, OpKind::tanh, OpKind::logistic}) {
                cases.add(definition_of(op).name, op, {}, {cases.tensor({3, 7})});
            }
            cases.add("softmax", OpKind::softmax, Attributes::of(SoftmaxAttributes{}),
                      {cases.tensor({3, 7})});
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
