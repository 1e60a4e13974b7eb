#include <algorithm>
#include <array>

#include "core/base/random.h"
#include "core/ops/dropout/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

// Srivastava et al., "Dropout", 2014: while training each value becomes 0 with probability `rate`,
// and the others are divided by 1 - rate, so that sums keep their expectation.
Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const float rate = attributes.as<DropoutAttributes>().rate;
    if (!(rate >= 0.0f && rate < 1.0f)) {
        return Error{.place = "rate",
                     .expected = "a number from 0 to below 1",
                     .found = std::to_string(rate)};
    }
    return infer_same(inputs, {DType::float32});
}

// What each value is multiplied with in this step: the same whenever and wherever it is asked for.
class Mask {
public:
    Mask(const Attributes& attributes, const RunMode& mode)
        : draws_(mode.seed, mode.step, mode.node) {
        const float rate = attributes.as<DropoutAttributes>().rate;
        dropped_ = static_cast<std::uint32_t>(static_cast<double>(rate) * 4294967296.0);
        factor_ = 1.0f / (1.0f - rate);
    }
    float at(std::size_t i) const { return draws_.at(i) < dropped_ ? 0.0f : factor_; }

private:
    CounterRandom draws_;
    std::uint32_t dropped_;  // of 2^32
    float factor_;
};

void forward(const ForwardContext& context) {
    const std::span<const float> input = values_of(context.inputs[0]);
    float* output = context.outputs[0].data;
    if (!context.mode.training) {
        std::copy(input.begin(), input.end(), output);
        return;
    }
    const Mask mask(context.attributes, context.mode);
    for (std::size_t i = 0; i < input.size(); ++i) {
        const float factor = mask.at(i);
        output[i] = factor == 0.0f ? 0.0f : input[i] * factor;
    }
}

void backward(const BackwardContext& context) {
    const std::span<const float> dy = values_of(context.output_gradients[0]);
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    const Mask mask(context.attributes, context.mode);
    for (std::size_t i = 0; i < dy.size(); ++i) {
        dx[i] += context.mode.training ? dy[i] * mask.at(i) : dy[i];
    }
}

// Where it cannot be left out: 1 times its input.
Expansion expansion(NodeTensors, const Attributes&) {
    const std::array<float, 1> one = {1.0f};
    return {.steps = {{OpKind::mul, Attributes::of(MulAttributes{}), {0, kExpansionConstant}}},
            .constants = {make_constant("one", {1}, one)}};
}

}  // namespace

extern const OpDefinition dropout_definition;
const OpDefinition dropout_definition = {
    .kind = OpKind::dropout,
    .name = "dropout",
    .title = "Dropout",
    .min_inputs = 1,
    .max_inputs = 1,
    .tflite = {.has_builtin = false},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .expansion = expansion,
    .only_in_training = true,
};

}  // namespace whittle
