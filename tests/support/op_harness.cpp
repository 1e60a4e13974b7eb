#include "tests/support/op_harness.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/bits.h"
#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/train/executor.h"

namespace whittle::test {

namespace {

constexpr std::size_t kGuards = 16;
constexpr std::uint32_t kGuardBits = 0x7FC0DEADu;  // a NaN that no kernel makes

// Floats with guard values on both sides.
class Guarded {
public:
    explicit Guarded(std::size_t count)
        : values_(count + 2 * kGuards, bit_cast<float>(kGuardBits)) {
        std::fill(begin(), begin() + count, 0.0f);
    }
    float* begin() { return values_.data() + kGuards; }
    std::size_t size() const { return values_.size() - 2 * kGuards; }
    std::span<float> span() { return {begin(), size()}; }
    bool intact() const {
        for (std::size_t i = 0; i < kGuards; ++i) {
            if (bit_cast<std::uint32_t>(values_[i]) != kGuardBits ||
                bit_cast<std::uint32_t>(values_[values_.size() - 1 - i]) != kGuardBits) {
                return false;
            }
        }
        return true;
    }

private:
    std::vector<float> values_;
};

// All buffers of one operator.
class Bench {
public:
    explicit Bench(const OpCase& c)
        : case_(c), definition_(definition_of(c.op)), constants_(c.constants) {
        std::vector<Tensor> tensors;
        for (const Shape& shape : c.inputs) {
            Tensor tensor;
            tensor.shape = shape;
            tensors.push_back(tensor);
        }
        const auto place = c.constants_first ? tensors.begin() : tensors.end();
        tensors.insert(place, c.constants.begin(), c.constants.end());
        graph_ = single_node_graph(c.op, c.attributes, tensors);
        output_shape_ = graph_.tensor(graph_.outputs[0]).shape;
        Random random(7);
        for (const Shape& shape : c.inputs) {
            inputs_.emplace_back(static_cast<std::size_t>(element_count(shape)));
            input_gradients_.emplace_back(inputs_.back().size());
            for (float& value : inputs_.back().span()) value = random.uniform(c.low, c.high);
        }
        outputs_.emplace_back(static_cast<std::size_t>(element_count(output_shape_)));
        output_gradients_.emplace_back(outputs_[0].size());
        std::vector<const Shape*> shapes;
        for (const Tensor& tensor : tensors) shapes.push_back(&tensor.shape);
        scratch_.emplace_back(definition_.scratch_floats == nullptr
                                  ? 0
                                  : definition_.scratch_floats(shapes, c.attributes));
    }

    void forward() {
        const std::vector<FloatView> in = views(inputs_, true);
        const FloatView out{&output_shape_, outputs_[0].begin()};
        definition_.forward({case_.attributes, in, {&out, 1}, scratch_[0].span()});
    }

    void backward() {
        const std::vector<FloatView> in = views(inputs_, true);
        const std::vector<FloatView> in_gradients = views(input_gradients_, false);
        const FloatView out{&output_shape_, outputs_[0].begin()};
        const FloatView out_gradient{&output_shape_, output_gradients_[0].begin()};
        definition_.backward({case_.attributes,
                              in,
                              {&out, 1},
                              {&out_gradient, 1},
                              in_gradients,
                              scratch_[0].span()});
    }

    bool guards_intact() {
        for (auto* list : {&inputs_, &input_gradients_, &outputs_, &output_gradients_, &scratch_}) {
            for (const Guarded& guarded : *list) {
                if (!guarded.intact()) return false;
            }
        }
        return true;
    }

    // sum over k of weights[k] * output[k], in double.
    double weighted_output(const std::vector<float>& weights) {
        forward();
        double sum = 0.0;
        for (std::size_t k = 0; k < weights.size(); ++k) {
            sum += static_cast<double>(weights[k]) * static_cast<double>(outputs_[0].begin()[k]);
        }
        return sum;
    }

    const Graph& graph() const { return graph_; }
    std::vector<Guarded>& inputs() { return inputs_; }
    std::vector<Guarded>& input_gradients() { return input_gradients_; }
    Guarded& output() { return outputs_[0]; }
    Guarded& output_gradient() { return output_gradients_[0]; }

private:
    // With the data of float constants, or with nothing for them.
    std::vector<FloatView> views(std::vector<Guarded>& buffers, bool with_constants) {
        std::vector<FloatView> list;
        for (std::size_t i = 0; i < buffers.size(); ++i) {
            list.push_back({&case_.inputs[i], buffers[i].begin()});
        }
        std::vector<FloatView> constants;
        for (Tensor& constant : constants_) {
            const bool has_data = with_constants && constant.dtype == DType::float32;
            constants.push_back(
                {&constant.shape, has_data ? constant.as<float>().data() : nullptr});
        }
        const auto place = case_.constants_first ? list.begin() : list.end();
        list.insert(place, constants.begin(), constants.end());
        return list;
    }

    const OpCase& case_;
    const OpDefinition& definition_;
    std::vector<Tensor> constants_;
    Graph graph_;
    Shape output_shape_;
    std::vector<Guarded> inputs_;
    std::vector<Guarded> input_gradients_;
    std::vector<Guarded> outputs_;
    std::vector<Guarded> output_gradients_;
    std::vector<Guarded> scratch_;
};

// What the kernel gives on the same inputs, through a program image.
std::vector<float> run_kernel(Bench& bench) {
    Result<Program> program = Program::from_graph(bench.graph());
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    std::vector<std::uint8_t> in;
    for (Guarded& input : bench.inputs()) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(input.begin());
        in.insert(in.end(), bytes, bytes + input.size() * sizeof(float));
    }
    std::vector<float> out(bench.output().size());
    program->run(in, {reinterpret_cast<std::uint8_t*>(out.data()), out.size() * sizeof(float)});
    return out;
}

constexpr double kStep = 1.0 / 128.0;
// Differences beyond this are looked at as kinks first. The rounding of the float32 outputs, 2^-24
// relative each, divided by 2h and summed over a few hundred outputs, is about 1e-3; the neglected
// third derivative adds h^2 / 6 of the few units it can reach, about 1e-4.
constexpr double kSlack = 4e-3;

// Adds one element's error, from the differences to the left and to the right. At a kink inside the
// step these two disagree; then any value between them is right.
void add_element(double left, double right, double analytic, GradientError& error) {
    const double size = std::max(1.0, std::fabs(analytic));
    const double relative = std::fabs((left + right) / 2.0 - analytic) / size;
    const double slack = kSlack * size;
    ++error.elements;
    const bool at_kink = relative > kSlack && std::fabs(left - right) > slack &&
                         analytic >= std::min(left, right) - slack &&
                         analytic <= std::max(left, right) + slack;
    if (at_kink) {
        ++error.kinks;
    } else {
        error.worst = std::max(error.worst, relative);
    }
}

std::vector<float> random_weights(std::size_t count) {
    Random random(11);
    std::vector<float> weights(count);
    for (float& weight : weights) weight = random.uniform(-1.0f, 1.0f);
    return weights;
}

}  // namespace

Tensor float_constant(Shape shape, const std::vector<float>& values) {
    Tensor tensor;
    tensor.shape = std::move(shape);
    tensor.constant = true;
    tensor.data.resize(4 * values.size());
    if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return tensor;
}

Tensor int32_constant(Shape shape, const std::vector<std::int32_t>& values) {
    Tensor tensor;
    tensor.dtype = DType::int32;
    tensor.shape = std::move(shape);
    tensor.constant = true;
    tensor.data.resize(4 * values.size());
    if (!values.empty()) std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    return tensor;
}

Graph single_node_graph(OpKind op,
                        const Attributes& attributes,
                        const std::vector<Tensor>& inputs,
                        const Quantization& quantization) {
    Graph graph;
    Node node{op, attributes, {}, {}};
    std::vector<const Tensor*> pointers;
    for (const Tensor& input : inputs) pointers.push_back(&input);
    const auto specs = definition_of(op).infer(pointers, attributes);
    REQUIRE_MESSAGE(specs.ok(), (specs.ok() ? "" : specs.error().message()));
    for (const Tensor& input : inputs) {
        const int index = static_cast<int>(graph.tensors.size());
        graph.tensors.push_back(input);
        node.inputs.push_back(index);
        if (!input.constant) graph.inputs.push_back(index);
    }
    Tensor output;
    output.name = "output";
    output.dtype = specs->front().dtype;
    output.shape = specs->front().shape;
    output.quantization = quantization;
    node.outputs.push_back(static_cast<int>(graph.tensors.size()));
    graph.outputs = node.outputs;
    graph.tensors.push_back(output);
    graph.nodes.push_back(node);
    return graph;
}

void check_forward(const OpCase& c) {
    CAPTURE(c.label);
    Bench bench(c);
    std::vector<std::vector<float>> before;
    for (Guarded& input : bench.inputs()) {
        before.emplace_back(input.begin(), input.begin() + input.size());
    }
    bench.forward();
    CHECK(bench.guards_intact());
    for (std::size_t i = 0; i < before.size(); ++i) {
        CHECK(std::equal(before[i].begin(), before[i].end(), bench.inputs()[i].begin()));
    }
    const std::vector<float> kernel = run_kernel(bench);
    std::size_t different = 0;
    for (std::size_t k = 0; k < kernel.size(); ++k) {
        different += bit_cast<std::uint32_t>(kernel[k]) !=
                     bit_cast<std::uint32_t>(bench.output().begin()[k]);
    }
    CHECK(different == 0);
}

void add_difference(float& value,
                    double analytic,
                    const std::function<double()>& result,
                    GradientError& error) {
    const float middle = value;
    const double center = result();
    value = middle + static_cast<float>(kStep);
    const double above = result();
    value = middle - static_cast<float>(kStep);
    const double below = result();
    value = middle;
    add_element((center - below) / kStep, (above - center) / kStep, analytic, error);
}

GradientError gradient_error(const OpCase& c) {
    CAPTURE(c.label);
    Bench bench(c);
    const std::vector<float> weights = random_weights(bench.output().size());
    bench.forward();
    std::copy(weights.begin(), weights.end(), bench.output_gradient().begin());
    constexpr float already_there = 8.0f;
    for (Guarded& gradient : bench.input_gradients()) {
        for (float& value : gradient.span()) value = already_there;
    }
    bench.backward();
    CHECK(bench.guards_intact());

    GradientError error;
    for (std::size_t i = 0; i < bench.inputs().size(); ++i) {
        for (std::size_t k = 0; k < bench.inputs()[i].size(); ++k) {
            const auto analytic =
                static_cast<double>(bench.input_gradients()[i].begin()[k] - already_there);
            add_difference(
                bench.inputs()[i].begin()[k], analytic,
                [&] { return bench.weighted_output(weights); }, error);
        }
    }
    CHECK(error.kinks <= 1 + error.elements / 5);  // or the test would prove little
    return error;
}

GradientError graph_gradient_error(Graph graph, const RunMode& mode) {
    Result<Executor> executor = Executor::make(graph, 1);
    REQUIRE_MESSAGE(executor.ok(), (executor.ok() ? "" : executor.error().message()));
    const int output = graph.outputs.front();
    const std::vector<float> weights = random_weights(executor->values(output).size());
    const auto weighted_output = [&] {
        executor->forward(output, mode);
        double sum = 0.0;
        for (std::size_t k = 0; k < weights.size(); ++k) {
            sum +=
                static_cast<double>(weights[k]) * static_cast<double>(executor->values(output)[k]);
        }
        return sum;
    };
    (void)weighted_output();
    executor->clear_gradients();
    std::copy(weights.begin(), weights.end(), executor->gradient(output).begin());
    executor->backward(output);
    GradientError error;
    for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
        if (!graph.tensors[t].constant || !graph.tensors[t].trainable) continue;
        const std::span<float> values = graph.tensors[t].as<float>();
        const std::span<const float> gradient = executor->gradient(static_cast<int>(t));
        REQUIRE(gradient.size() == values.size());
        for (std::size_t k = 0; k < values.size(); ++k) {
            add_difference(values[k], static_cast<double>(gradient[k]), weighted_output, error);
        }
    }
    CHECK(error.kinks <= 1 + error.elements / 5);
    return error;
}

}  // namespace whittle::test
