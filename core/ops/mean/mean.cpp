#include <algorithm>

#include "core/ops/binary.h"
#include "core/ops/mean/attributes.h"
#include "core/ops/mean/kernel.h"
#include "core/ops/movement.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

Result<std::int32_t> axes_of(std::span<const Tensor* const> inputs) {
    const auto rank = static_cast<std::int32_t>(inputs[0]->shape.size());
    const auto listed = constant_indices(*inputs[1], "input 1 (axes)",
                                         static_cast<std::size_t>(inputs[1]->elements()));
    if (!listed.ok()) return listed.error();
    std::int32_t axes = 0;
    for (const std::int32_t axis : *listed) {
        const std::int32_t dimension = axis < 0 ? axis + rank : axis;
        if (axis < -rank || dimension >= rank) {
            return Error{.place = "input 1 (axes)",
                         .expected = "dimensions of " + to_string(inputs[0]->shape),
                         .found = std::to_string(axis)};
        }
        axes |= 1 << dimension;
    }
    return axes;
}

bool is_reduced(const MeanAttributes& own, std::size_t dimension) {
    return (own.axes >> dimension & 1) != 0;
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const DType dtype = inputs[0]->dtype;
    if (dtype != DType::float32 && dtype != DType::int8 && dtype != DType::int16) {
        return wrong_dtype("input 0", *inputs[0], "float32, int8 or int16");
    }
    const Result<std::int32_t> axes = axes_of(inputs);
    if (!axes.ok()) return axes.error();
    const auto own = attributes.as<MeanAttributes>();
    if (own.axes != *axes) {
        return Error{.place = "input 1 (axes)",
                     .expected = "the dimensions in the operator's settings",
                     .found = "other ones"};
    }
    Shape output;
    for (std::size_t i = 0; i < inputs[0]->shape.size(); ++i) {
        if (!is_reduced(own, i)) output.push_back(inputs[0]->shape[i]);
        if (is_reduced(own, i) && own.keep_dimensions) output.push_back(1);
        if (is_reduced(own, i) && inputs[0]->shape[i] == 0) {
            return Error{.place = "input 0",
                         .expected = "at least one element to average",
                         .found = to_string(inputs[0]->shape)};
        }
    }
    return std::vector<TensorSpec>{{dtype, output}};
}

struct Walks {
    WhittleStridedWalk kept, reduced;
    std::int64_t count;  // of the reduced one
};

// At most eight dimensions: alternating, four of each kind are left after merging.
Walks walks_of(const Shape& input, const Attributes& attributes) {
    const auto own = attributes.as<MeanAttributes>();
    const std::vector<std::int32_t> strides = strides_of(input);
    std::vector<std::int32_t> sizes[2], steps[2];
    std::int64_t count = 1;
    for (std::size_t i = 0; i < input.size(); ++i) {
        const int kind = is_reduced(own, i) ? 1 : 0;
        sizes[kind].push_back(input[i]);
        steps[kind].push_back(strides[i]);
        if (kind == 1) count *= input[i];
    }
    // Up to eight kept dimensions of size above 1 that do not merge cannot be: between two that do
    // not, there is a reduced one.
    return {*make_walk(sizes[0], steps[0]), *make_walk(sizes[1], steps[1]), count};
}

void forward(const ForwardContext& context) {
    const Walks walks = walks_of(*context.inputs[0].shape, context.attributes);
    const WhittleMeanFloat32 params{walks.kept, walks.reduced};
    whittle_mean_float32(&params, context.inputs[0].data, context.outputs[0].data);
}

void backward(const BackwardContext& context) {
    const Walks walks = walks_of(*context.inputs[0].shape, context.attributes);
    const std::span<const float> dy = values_of(context.output_gradients[0]);
    float* dx = context.input_gradients[0].data;
    if (dx == nullptr) return;
    for (std::size_t i = 0; i < dy.size(); ++i) {
        const float share = dy[i] / static_cast<float>(walks.count);
        float* to = dx + whittle_walk_offset(&walks.kept, static_cast<std::int32_t>(i));
        for (std::int32_t k = 0; k < walks.count; ++k) {
            to[whittle_walk_offset(&walks.reduced, k)] += share;
        }
    }
}

// input scale / output scale, with 1 / count multiplied in as TFLite's QuantizedMeanOrSum does it.
Result<QuantizedMultiplier> factor_of(const PerTensor& input,
                                      const PerTensor& output,
                                      std::int64_t count) {
    const Result<QuantizedMultiplier> scale =
        quantize_multiplier(static_cast<double>(input.scale) / static_cast<double>(output.scale));
    if (!scale.ok()) return scale;
    int bits = 0;  // of the largest power of two up to count
    while ((count >> (bits + 1)) > 0) ++bits;
    bits = std::min({bits, 32, 31 + scale->shift});
    const std::int64_t multiplier = (std::int64_t{scale->multiplier} << bits) / count;
    return QuantizedMultiplier{static_cast<std::int32_t>(multiplier), scale->shift - bits};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Tensor& from = *tensors.inputs[0];
    const Walks walks = walks_of(from.shape, attributes);
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = "whittle_mean_float32",
                  .params_type = "WhittleMeanFloat32",
                  .params = walk_params("kept", walks.kept),
                  .constants = {},
                  .operands = {input_operand(0), output_operand(0)}};
    const std::vector<PreparedParam> reduced = walk_params("reduced", walks.reduced);
    op.params.insert(op.params.end(), reduced.begin(), reduced.end());
    if (from.dtype == DType::float32) return op;
    const Result<PerTensor> input = per_tensor_quantization(from, "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const Result<QuantizedMultiplier> factor = factor_of(*input, *output, walks.count);
    if (!factor.ok()) return factor.error();
    const bool wide = from.dtype == DType::int16;
    op.variant = wide ? kVariantInt16 : kVariantInt8;
    op.kernel = wide ? "whittle_mean_int16" : "whittle_mean_int8";
    op.params_type = "WhittleMeanInteger";
    for (const PreparedParam& param :
         {PreparedParam::of("input_zero_point", input->zero_point),
          PreparedParam::of("output_zero_point", output->zero_point),
          PreparedParam::of("multiplier", factor->multiplier),
          PreparedParam::of("shift", factor->shift),
          PreparedParam::of("minimum", std::int32_t{wide ? -32768 : -128}),
          PreparedParam::of("maximum", std::int32_t{wide ? 32767 : 127})}) {
        op.params.push_back(param);
    }
    return op;
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    const Result<std::int32_t> axes = axes_of(tensors.inputs);
    if (!axes.ok()) return axes.error();
    const auto* options = op.builtin_options_as_ReducerOptions();
    return Attributes::of(MeanAttributes{*axes, options != nullptr && options->keep_dims()});
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    return tflite::CreateReducerOptions(builder, attributes.as<MeanAttributes>().keep_dimensions)
        .Union();
}

}  // namespace

extern const OpDefinition mean_definition;
const OpDefinition mean_definition = {
    .kind = OpKind::mean,
    .name = "mean",
    .title = "Mean",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_MEAN,
               .options_type = tflite::BuiltinOptions_ReducerOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = binary_version},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
