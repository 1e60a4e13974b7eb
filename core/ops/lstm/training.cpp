#include "core/ops/lstm/training.h"

#include <algorithm>
#include <array>

#include "core/ops/lstm/attributes.h"
#include "core/ops/lstm/inputs.h"
#include "core/ops/lstm/kernel.h"
#include "core/ops/recurrent.h"

namespace whittle {

namespace {

constexpr std::size_t kGateCount = kLstmGates;

WhittleLstmSizes sizes_of(const Shape& input, const Shape& weights, const Attributes& attributes) {
    const bool time_major = attributes.as<LstmAttributes>().time_major;
    return {input[time_major ? 1 : 0], input[time_major ? 0 : 1], input[2], weights[0], time_major};
}

WhittleLstmSizes sizes_of(std::span<const FloatView> inputs, const Attributes& attributes) {
    return sizes_of(*inputs[0].shape, *inputs[kLstmWeights].shape, attributes);
}

float* of_gate(std::span<const FloatView> views, int first, std::size_t gate) {
    return views[static_cast<std::size_t>(first) + gate].data;
}

// The four gates' values from `first` on, one after another; returns the place behind them.
float* gather(std::span<const FloatView> inputs, int first, float* to) {
    for (std::size_t g = 0; g < kGateCount; ++g) {
        const FloatView& view = inputs[static_cast<std::size_t>(first) + g];
        to = std::copy_n(view.data, element_count(*view.shape), to);
    }
    return to;
}

// The place of step t of sequence n among the N T steps.
std::ptrdiff_t place_of(const WhittleLstmSizes& s, std::int32_t n, std::int32_t t) {
    return s.time_major != 0 ? std::ptrdiff_t{t} * s.batches + n : std::ptrdiff_t{n} * s.steps + t;
}

// What one step computes: the four gates and the cell, of H values each.
struct Step {
    std::array<float*, kGateCount> gates;  // input, forget, cell, output
    float* cell;
};

Step step_at(float* steps, std::ptrdiff_t t, std::int32_t units) {
    float* first = steps + t * 5 * units;
    return {{first, first + units, first + 2 * units, first + 3 * units}, first + 4 * units};
}

// All steps of sequence n again: forward kept their outputs alone.
void rerun(const BackwardContext& context,
           const WhittleLstmSizes& s,
           std::int32_t n,
           float* steps) {
    const float clip = context.attributes.as<LstmAttributes>().cell_clip;
    for (std::int32_t t = 0; t < s.steps; ++t) {
        const float* x = context.inputs[0].data + place_of(s, n, t) * s.inputs;
        const float* h =
            t == 0 ? nullptr : context.outputs[0].data + place_of(s, n, t - 1) * s.units;
        const Step step = step_at(steps, t, s.units);
        for (std::int32_t u = 0; u < s.units; ++u) {
            for (std::size_t g = 0; g < kGateCount; ++g) {
                float sum = of_gate(context.inputs, kLstmBias, g)[u];
                sum += dot(of_gate(context.inputs, kLstmWeights, g) + std::ptrdiff_t{u} * s.inputs,
                           x, s.inputs);
                if (h != nullptr) {
                    sum += dot(
                        of_gate(context.inputs, kLstmRecurrent, g) + std::ptrdiff_t{u} * s.units, h,
                        s.units);
                }
                step.gates[g][u] = g == 2 ? whittle_tanhf(sum) : whittle_logisticf(sum);
            }
            const float before = t == 0 ? 0.0f : step_at(steps, t - 1, s.units).cell[u];
            const float cell = step.gates[1][u] * before + step.gates[0][u] * step.gates[2][u];
            step.cell[u] = clip > 0.0f ? std::clamp(cell, -clip, clip) : cell;
        }
    }
}

// From dh and dc, the gradients by a step's output and cell, to those by the sums inside the four
// gates; dc becomes the gradient by the cell before. A cell at its clip has no derivative.
void backward_gates(const Step& step,
                    const float* cell_before,
                    float clip,
                    std::int32_t units,
                    const float* dh,
                    float* dc,
                    const std::array<float*, kGateCount>& d) {
    for (std::int32_t u = 0; u < units; ++u) {
        const float i = step.gates[0][u];
        const float f = step.gates[1][u];
        const float g = step.gates[2][u];
        const float o = step.gates[3][u];
        const float squashed = whittle_tanhf(step.cell[u]);
        const float before = cell_before == nullptr ? 0.0f : cell_before[u];
        const bool clipped = clip > 0.0f && (step.cell[u] <= -clip || step.cell[u] >= clip);
        const float dcell = clipped ? 0.0f : dc[u] + dh[u] * o * (1.0f - squashed * squashed);
        d[0][u] = dcell * g * (i * (1.0f - i));
        d[1][u] = dcell * before * (f * (1.0f - f));
        d[2][u] = dcell * i * (1.0f - g * g);
        d[3][u] = dh[u] * squashed * (o * (1.0f - o));
        dc[u] = dcell * f;
    }
}

// Adds a step's share to the gradients of everything that its gates read; dh becomes the gradient
// by the output before.
void backward_sums(const BackwardContext& context,
                   const WhittleLstmSizes& s,
                   std::ptrdiff_t at,
                   const float* h,
                   const std::array<float*, kGateCount>& d,
                   float* dh) {
    const float* x = context.inputs[0].data + at * s.inputs;
    float* dx = context.input_gradients[0].data;
    std::fill(dh, dh + s.units, 0.0f);
    for (std::size_t g = 0; g < kGateCount; ++g) {
        const std::span<const FloatView> gradients = context.input_gradients;
        add_outer_product(d[g], x, s.units, s.inputs, of_gate(gradients, kLstmWeights, g));
        add_to(d[g], s.units, of_gate(gradients, kLstmBias, g));
        if (dx != nullptr) {
            add_transposed_product(of_gate(context.inputs, kLstmWeights, g), d[g], s.units,
                                   s.inputs, dx + at * s.inputs);
        }
        if (h == nullptr) continue;
        add_outer_product(d[g], h, s.units, s.units, of_gate(gradients, kLstmRecurrent, g));
        add_transposed_product(of_gate(context.inputs, kLstmRecurrent, g), d[g], s.units, s.units,
                               dh);
    }
}

}  // namespace

std::size_t lstm_scratch_floats(std::span<const Shape* const> inputs,
                                const Attributes& attributes) {
    const WhittleLstmSizes s = sizes_of(*inputs[0], *inputs[kLstmWeights], attributes);
    const auto units = static_cast<std::size_t>(s.units);
    const std::size_t forward = 4 * units * (static_cast<std::size_t>(s.inputs) + units + 1);
    return std::max(forward, (static_cast<std::size_t>(s.steps) * 5 + 6) * units);
}

void forward_lstm(const ForwardContext& context) {
    float* weights = context.scratch.data();
    float* recurrent = gather(context.inputs, kLstmWeights, weights);
    float* bias = gather(context.inputs, kLstmRecurrent, recurrent);
    gather(context.inputs, kLstmBias, bias);
    const WhittleLstmFloat32 params{sizes_of(context.inputs, context.attributes),
                                    context.attributes.as<LstmAttributes>().cell_clip};
    whittle_lstm_float32(&params, context.inputs[0].data, weights, recurrent, bias,
                         context.inputs[kLstmHidden].data, context.inputs[kLstmCell].data,
                         context.outputs[0].data);
}

// Through time, from the last step to the first, for each sequence.
void backward_lstm(const BackwardContext& context) {
    const WhittleLstmSizes s = sizes_of(context.inputs, context.attributes);
    const float clip = context.attributes.as<LstmAttributes>().cell_clip;
    float* steps = context.scratch.data();
    const Step own = step_at(steps, s.steps, s.units);  // gradients by the gates' sums, and by c
    float* dh = own.cell + s.units;
    for (std::int32_t n = 0; n < s.batches; ++n) {
        rerun(context, s, n, steps);
        std::fill(own.cell, own.cell + 2 * s.units, 0.0f);
        for (std::int32_t t = s.steps; t-- > 0;) {
            const std::ptrdiff_t at = place_of(s, n, t);
            add_to(context.output_gradients[0].data + at * s.units, s.units, dh);
            const float* cell_before = t == 0 ? nullptr : step_at(steps, t - 1, s.units).cell;
            const float* h =
                t == 0 ? nullptr : context.outputs[0].data + place_of(s, n, t - 1) * s.units;
            backward_gates(step_at(steps, t, s.units), cell_before, clip, s.units, dh, own.cell,
                           own.gates);
            backward_sums(context, s, at, h, own.gates, dh);
        }
    }
}

}  // namespace whittle
