#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/exact_math.h"
#include "core/ops/add/attributes.h"
#include "core/ops/concat/attributes.h"
#include "core/ops/concat/kernel.h"
#include "core/ops/fully_connected/attributes.h"
#include "core/ops/gru/attributes.h"
#include "core/ops/mul/attributes.h"
#include "core/ops/recurrent.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/slice/attributes.h"
#include "core/ops/sub/attributes.h"
#include "core/ops/support.h"

namespace whittle {

namespace {

// Gated recurrent unit (Cho et al., "Learning phrase representations using RNN encoder-decoder",
// 2014). For each step t, with h = 0 before the first one:
//   z = logistic(W_z x_t + b_z + R_z h)      r = logistic(W_r x_t + b_r + R_r h)
//   n = tanh(W_n x_t + b_n + R_n (r h))      h = n + z (h - n), which is the output
// Inputs: x [N, T, I], W [3 H, I] and b [3 H] for z, r, n; [R_z; R_r] [2 H, H], R_n [H, H].
struct Sizes {
    std::int32_t batches, steps, inputs, units;
};

Sizes sizes_of(const Shape& input, const Shape& candidate) {
    return {input[0], input[1], input[2], candidate[0]};
}

Status check_shape_of(const Tensor& tensor, int index, const Shape& shape) {
    if (tensor.shape == shape) return {};
    return Error{.place = "input " + std::to_string(index),
                 .expected = "the shape " + to_string(shape),
                 .found = to_string(tensor.shape)};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i]->dtype == DType::float32) continue;
        return wrong_dtype("input " + std::to_string(i), *inputs[i], "float32");
    }
    const Shape& input = inputs[0]->shape;
    const Shape& candidate = inputs[4]->shape;
    if (input.size() != 3 || input[1] < 1 || input[2] < 1 || candidate.size() != 2 ||
        candidate[0] < 1) {
        return Error{.place = "input 0",
                     .expected =
                         "sequences of shape [batch, time, features] and recurrent weights of "
                         "shape [units, units]",
                     .found = to_string(input) + " and " + to_string(candidate)};
    }
    const Sizes s = sizes_of(input, candidate);
    const Shape shapes[] = {
        {3 * s.units, s.inputs}, {3 * s.units}, {2 * s.units, s.units}, {s.units, s.units}};
    for (int i = 1; i < 5; ++i) {
        const Status status =
            check_shape_of(*inputs[static_cast<std::size_t>(i)], i, shapes[i - 1]);
        if (!status.ok()) return status;
    }
    const bool sequences = attributes.as<GruAttributes>().sequences;
    return std::vector<TensorSpec>{{DType::float32, sequences ? Shape{s.batches, s.steps, s.units}
                                                              : Shape{s.batches, s.units}}};
}

// What one step computes: z, r, n, r h and the new h, of H values each.
constexpr std::size_t kStepVectors = 5;

struct Step {
    float *z, *r, *n, *rh, *h;
};

Step step_at(float* steps, std::int32_t t, std::int32_t units) {
    float* first =
        steps + static_cast<std::size_t>(t) * kStepVectors * static_cast<std::size_t>(units);
    return {first, first + units, first + 2 * units, first + 3 * units, first + 4 * units};
}

std::size_t scratch_floats(std::span<const Shape* const> inputs, const Attributes&) {
    const Sizes s = sizes_of(*inputs[0], *inputs[4]);
    const auto units = static_cast<std::size_t>(s.units);
    return static_cast<std::size_t>(s.steps) * kStepVectors * units + 5 * units;
}

// One step from h (null before the first one); the sums as the expansion's operators run them.
void run_step(const Sizes& s,
              std::span<const FloatView> inputs,
              const float* x,
              const float* h,
              const Step& step) {
    const std::int32_t units = s.units;
    const float* w = inputs[1].data;
    const float* b = inputs[2].data;
    const float* gates = inputs[3].data;
    const float* candidate = inputs[4].data;
    for (std::int32_t k = 0; k < 2 * units; ++k) {
        float sum = dot(w + std::ptrdiff_t{k} * s.inputs, x, s.inputs) + b[k];
        if (h != nullptr) sum += dot(gates + std::ptrdiff_t{k} * units, h, units) + 0.0f;
        step.z[k] = whittle_logisticf(sum);
    }
    for (std::int32_t u = 0; u < units; ++u) step.rh[u] = h == nullptr ? 0.0f : step.r[u] * h[u];
    for (std::int32_t u = 0; u < units; ++u) {
        const std::int32_t row = 2 * units + u;
        float sum = dot(w + std::ptrdiff_t{row} * s.inputs, x, s.inputs) + b[row];
        if (h != nullptr) sum += dot(candidate + std::ptrdiff_t{u} * units, step.rh, units) + 0.0f;
        step.n[u] = whittle_tanhf(sum);
    }
    for (std::int32_t u = 0; u < units; ++u) {
        const float before = h == nullptr ? 0.0f : h[u];
        step.h[u] = step.n[u] + step.z[u] * (before - step.n[u]);
    }
}

// All steps of one sequence, kept in `steps`.
void run_sequence(const Sizes& s,
                  std::span<const FloatView> inputs,
                  std::int32_t sequence,
                  float* steps) {
    const float* x = inputs[0].data + std::ptrdiff_t{sequence} * s.steps * s.inputs;
    const float* h = nullptr;
    for (std::int32_t t = 0; t < s.steps; ++t) {
        const Step step = step_at(steps, t, s.units);
        run_step(s, inputs, x + std::ptrdiff_t{t} * s.inputs, h, step);
        h = step.h;
    }
}

void forward(const ForwardContext& context) {
    const Sizes s = sizes_of(*context.inputs[0].shape, *context.inputs[4].shape);
    const bool sequences = context.attributes.as<GruAttributes>().sequences;
    float* output = context.outputs[0].data;
    for (std::int32_t n = 0; n < s.batches; ++n) {
        run_sequence(s, context.inputs, n, context.scratch.data());
        for (std::int32_t t = sequences ? 0 : s.steps - 1; t < s.steps; ++t) {
            output = std::copy_n(step_at(context.scratch.data(), t, s.units).h, s.units, output);
        }
    }
}

// The way back through one step: from dh, the gradient by the step's output, to the gradients by
// the sums inside the gates (dz, dr, dn), and dh becomes the gradient by the h before.
struct StepGradient {
    float *dz, *dr, *dn, *drh, *dh;
};

void backward_gates(const Sizes& s,
                    std::span<const FloatView> inputs,
                    const Step& step,
                    const float* h,
                    const StepGradient& g) {
    for (std::int32_t u = 0; u < s.units; ++u) {
        const float before = h == nullptr ? 0.0f : h[u];
        const float z = step.z[u];
        const float n = step.n[u];
        g.dz[u] = g.dh[u] * (before - n) * (z * (1.0f - z));
        g.dn[u] = g.dh[u] * (1.0f - z) * (1.0f - n * n);
        g.dh[u] *= z;
        g.dr[u] = 0.0f;
        g.drh[u] = 0.0f;
    }
    if (h == nullptr) return;
    add_transposed_product(inputs[4].data, g.dn, s.units, s.units, g.drh);
    for (std::int32_t u = 0; u < s.units; ++u) {
        const float r = step.r[u];
        g.dr[u] = g.drh[u] * h[u] * (r * (1.0f - r));
        g.dh[u] += g.drh[u] * r;
    }
    add_transposed_product(inputs[3].data, g.dz, 2 * s.units, s.units, g.dh);
}

void backward_step(const BackwardContext& context,
                   const Sizes& s,
                   std::ptrdiff_t at,
                   const Step& step,
                   const float* h,
                   const StepGradient& g) {
    backward_gates(s, context.inputs, step, h, g);
    const float* x = context.inputs[0].data + at;
    float* dx = context.input_gradients[0].data;
    // dz, dr and dn stand one behind the other, as the rows of W do.
    add_outer_product(g.dz, x, 3 * s.units, s.inputs, context.input_gradients[1].data);
    add_to(g.dz, 3 * s.units, context.input_gradients[2].data);
    if (dx != nullptr) {
        add_transposed_product(context.inputs[1].data, g.dz, 3 * s.units, s.inputs, dx + at);
    }
    if (h == nullptr) return;
    add_outer_product(g.dz, h, 2 * s.units, s.units, context.input_gradients[3].data);
    add_outer_product(g.dn, step.rh, s.units, s.units, context.input_gradients[4].data);
}

// Through time, from the last step to the first, for each sequence.
void backward(const BackwardContext& context) {
    const Sizes s = sizes_of(*context.inputs[0].shape, *context.inputs[4].shape);
    const bool sequences = context.attributes.as<GruAttributes>().sequences;
    float* steps = context.scratch.data();
    float* own = step_at(steps, s.steps, s.units).z;
    const StepGradient g{own, own + s.units, own + 2 * s.units, own + 3 * s.units,
                         own + 4 * s.units};
    for (std::int32_t n = 0; n < s.batches; ++n) {
        run_sequence(s, context.inputs, n, steps);
        std::fill(g.dh, g.dh + s.units, 0.0f);
        for (std::int32_t t = s.steps; t-- > 0;) {
            const std::ptrdiff_t row = sequences ? std::ptrdiff_t{n} * s.steps + t : n;
            if (sequences || t == s.steps - 1) {
                add_to(context.output_gradients[0].data + row * s.units, s.units, g.dh);
            }
            const float* before = t == 0 ? nullptr : step_at(steps, t - 1, s.units).h;
            backward_step(context, s, (std::ptrdiff_t{n} * s.steps + t) * s.inputs,
                          step_at(steps, t, s.units), before, g);
        }
    }
}

std::int64_t macs(NodeTensors tensors, const Attributes&) {
    const Sizes s = sizes_of(tensors.inputs[0]->shape, tensors.inputs[4]->shape);
    return std::int64_t{s.batches} * s.steps * 3 * s.units * (s.inputs + s.units);
}

// Writes the layer step by step in operators of the .tflite format.
class Unroller {
public:
    Unroller(const Sizes& sizes, bool sequences) : sizes_(sizes), sequences_(sequences) {}

    Expansion unroll() {
        projections_ = add(OpKind::fully_connected, rows(), {0, 1, 2});
        std::vector<int> outputs;
        for (std::int32_t t = 0; t < sizes_.steps; ++t) outputs.push_back(step(t, outputs));
        if (sequences_) {
            join(outputs);
        } else {
            const ReshapeAttributes flat{2, {-1, sizes_.units}};
            add(OpKind::reshape, Attributes::of(flat), {outputs.back()});
        }
        return std::move(expansion_);
    }

private:
    static Attributes rows() {
        return Attributes::of(FullyConnectedAttributes{Activation::none, true});
    }

    int add(OpKind op, const Attributes& attributes, std::vector<int> inputs) {
        expansion_.steps.push_back({op, attributes, std::move(inputs)});
        return -static_cast<int>(expansion_.steps.size());
    }

    int indices(const std::array<std::int32_t, 3>& values) {
        const std::string name = "indices" + std::to_string(expansion_.constants.size());
        expansion_.constants.push_back(make_indices(name, {3}, values));
        return kExpansionConstant + static_cast<int>(expansion_.constants.size()) - 1;
    }

    // `count` values from `from` on, of step `t` of a tensor [N, T, F].
    int slice(int tensor, std::int32_t t, std::int32_t from, std::int32_t count) {
        const SliceAttributes box{{0, t, from}, {-1, 1, count}};
        return add(OpKind::slice, Attributes::of(box),
                   {tensor, indices({0, t, from}), indices({-1, 1, count})});
    }

    int sum(int a, int b) { return add(OpKind::add, Attributes::of(AddAttributes{}), {a, b}); }
    int product(int a, int b) { return add(OpKind::mul, Attributes::of(MulAttributes{}), {a, b}); }
    int difference(int a, int b) {
        return add(OpKind::sub, Attributes::of(SubAttributes{}), {a, b});
    }

    // One step; before the first one h is 0, and what it enters is left out.
    int step(std::int32_t t, const std::vector<int>& before) {
        const std::int32_t units = sizes_.units;
        const bool first = before.empty();
        int sums = slice(projections_, t, 0, first ? units : 2 * units);
        int candidate = slice(projections_, t, 2 * units, units);
        if (first) {
            const int z = add(OpKind::logistic, Attributes(), {sums});
            const int n = add(OpKind::tanh, Attributes(), {candidate});
            return difference(n, product(z, n));
        }
        const int h = before.back();
        sums = sum(sums, add(OpKind::fully_connected, rows(), {h, 3}));
        const int gates = add(OpKind::logistic, Attributes(), {sums});
        const int z = slice(gates, 0, 0, units);
        const int r = slice(gates, 0, units, units);
        const int reset = product(r, h);
        candidate = sum(candidate, add(OpKind::fully_connected, rows(), {reset, 4}));
        const int n = add(OpKind::tanh, Attributes(), {candidate});
        return sum(n, product(z, difference(h, n)));
    }

    // All steps along the time, in groups that other runtimes for boards take as well.
    void join(std::vector<int> parts) {
        const Attributes along_time = Attributes::of(ConcatAttributes{1});
        while (parts.size() > 1) {
            std::vector<int> joined;
            for (std::size_t i = 0; i < parts.size(); i += WHITTLE_CONCAT_INPUTS) {
                const std::size_t end = std::min(parts.size(), i + WHITTLE_CONCAT_INPUTS);
                const std::vector<int> group(parts.begin() + static_cast<std::ptrdiff_t>(i),
                                             parts.begin() + static_cast<std::ptrdiff_t>(end));
                joined.push_back(group.size() == 1 ? group[0]
                                                   : add(OpKind::concat, along_time, group));
            }
            parts = std::move(joined);
        }
    }

    Sizes sizes_;
    bool sequences_;
    int projections_ = 0;
    Expansion expansion_;
};

Expansion expansion(NodeTensors tensors, const Attributes& attributes) {
    const Sizes s = sizes_of(tensors.inputs[0]->shape, tensors.inputs[4]->shape);
    return Unroller(s, attributes.as<GruAttributes>().sequences).unroll();
}

}  // namespace

extern const OpDefinition gru_definition;
const OpDefinition gru_definition = {
    .kind = OpKind::gru,
    .name = "gru",
    .title = "GRU",
    .min_inputs = 5,
    .max_inputs = 5,
    .tflite = {.has_builtin = false},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .scratch_floats = scratch_floats,
    .macs = macs,
    .expansion = expansion,
};

}  // namespace whittle
