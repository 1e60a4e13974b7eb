#include <vector>

#include "core/ops/convolution.h"
#include "core/ops/support.h"
#include "core/ops/svdf/attributes.h"
#include "core/ops/svdf/inputs.h"
#include "core/ops/svdf/kernel.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// float32 throughout; or int8 with time weights and a state that are both int8 or both int16.
Status check_dtypes(std::span<const Tensor* const> inputs) {
    const DType dtype = inputs[0]->dtype;
    if (dtype != DType::float32 && dtype != DType::int8) {
        return wrong_dtype("input 0", *inputs[0], "float32 or int8");
    }
    const bool is_float = dtype == DType::float32;
    if (inputs[kSvdfFeatures]->dtype != dtype) {
        return wrong_dtype("input 1 (feature weights)", *inputs[kSvdfFeatures], dtype_name(dtype));
    }
    const DType times = inputs[kSvdfTimes]->dtype;
    if (is_float ? times != DType::float32 : times != DType::int8 && times != DType::int16) {
        return wrong_dtype("input 2 (time weights)", *inputs[kSvdfTimes],
                           is_float ? "float32" : "int8 or int16");
    }
    if (inputs[kSvdfState]->dtype != times) {
        return wrong_dtype("input 4 (state)", *inputs[kSvdfState], dtype_name(times));
    }
    return check_bias_dtype(inputs[kSvdfBias], "input 3 (bias)", dtype);
}

Status check_shapes(std::span<const Tensor* const> inputs, std::int32_t rank) {
    const Shape& input = inputs[0]->shape;
    const Shape& features = inputs[kSvdfFeatures]->shape;
    const Shape& times = inputs[kSvdfTimes]->shape;
    const bool fit = input.size() == 2 && features.size() == 2 && times.size() == 2 && rank >= 1 &&
                     features[1] == input[1] && times[0] == features[0] && times[1] >= 1 &&
                     features[0] % rank == 0;
    if (!fit) {
        return Error{
            .expected =
                "an input [N, I], feature weights [F, I] and time weights [F, M], "
                "with F a multiple of the rank " +
                std::to_string(rank),
            .found = to_string(input) + ", " + to_string(features) + " and " + to_string(times)};
    }
    if (inputs[kSvdfBias] != nullptr && inputs[kSvdfBias]->elements() != features[0] / rank) {
        return Error{.place = "input 3 (bias)",
                     .expected = std::to_string(features[0] / rank) + " values, one for each unit",
                     .found = to_string(inputs[kSvdfBias]->shape)};
    }
    if (!inputs[kSvdfState]->variable ||
        inputs[kSvdfState]->elements() != std::int64_t{input[0]} * times[0] * times[1]) {
        return Error{.place = "input 4 (state)",
                     .expected = "a variable tensor of N * F * M values",
                     .found = to_string(inputs[kSvdfState]->shape)};
    }
    return {};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    for (const int index : {kSvdfFeatures, kSvdfTimes, kSvdfState}) {
        if (tensor_or_null(inputs, index) != nullptr) continue;
        return Error{
            .place = "input " + std::to_string(index), .expected = "a tensor", .found = "nothing"};
    }
    const std::int32_t rank = attributes.as<SvdfAttributes>().rank;
    if (Status status = check_dtypes(inputs); !status.ok()) return status;
    if (Status status = check_shapes(inputs, rank); !status.ok()) return status;
    const Shape output = {inputs[0]->shape[0], inputs[kSvdfFeatures]->shape[0] / rank};
    return std::vector<TensorSpec>{{inputs[0]->dtype, output}};
}

std::int64_t macs(NodeTensors tensors, const Attributes&) {
    return tensors.inputs[0]->shape[0] *
           (tensors.inputs[kSvdfFeatures]->elements() + tensors.inputs[kSvdfTimes]->elements());
}

// Scale of a tensor with a zero point of 0.
Result<float> symmetric_scale(const Tensor& tensor, const char* what) {
    const Result<PerTensor> quantization = per_tensor_quantization(tensor, what);
    if (!quantization.ok()) return quantization.error();
    if (quantization->zero_point != 0) {
        return Error{.place = what,
                     .expected = "a zero point of 0",
                     .found = std::to_string(quantization->zero_point)};
    }
    return quantization->scale;
}

// Scale of a tensor with any zero point.
Result<float> any_scale(const Tensor& tensor, const char* what) {
    const Result<PerTensor> quantization = per_tensor_quantization(tensor, what);
    if (!quantization.ok()) return quantization.error();
    return quantization->scale;
}

struct Factors {
    QuantizedMultiplier to_state, to_output;
};

// TFLite computes both factors in float32.
Result<Factors> factors_of(NodeTensors tensors, float input_scale, float output_scale) {
    const Result<float> features =
        symmetric_scale(*tensors.inputs[kSvdfFeatures], "input 1 (feature weights)");
    if (!features.ok()) return features.error();
    const Result<float> times =
        symmetric_scale(*tensors.inputs[kSvdfTimes], "input 2 (time weights)");
    if (!times.ok()) return times.error();
    const bool wide = tensors.inputs[kSvdfState]->dtype == DType::int16;
    const Result<float> state =
        wide ? symmetric_scale(*tensors.inputs[kSvdfState], "input 4 (state)")
             : any_scale(*tensors.inputs[kSvdfState], "input 4 (state)");
    if (!state.ok()) return state.error();
    const Result<QuantizedMultiplier> first =
        quantize_multiplier(static_cast<double>(input_scale * *features / *state));
    if (!first.ok()) return first.error();
    const Result<QuantizedMultiplier> second =
        quantize_multiplier(static_cast<double>(*state * *times / output_scale));
    if (!second.ok()) return second.error();
    return Factors{*first, *second};
}

std::vector<PreparedParam> size_params(NodeTensors tensors, std::int32_t rank) {
    return {PreparedParam::of("batches", tensors.inputs[0]->shape[0]),
            PreparedParam::of("inputs", tensors.inputs[0]->shape[1]),
            PreparedParam::of("units", tensors.inputs[kSvdfFeatures]->shape[0] / rank),
            PreparedParam::of("rank", rank),
            PreparedParam::of("memory", tensors.inputs[kSvdfTimes]->shape[1])};
}

// With a bias of zeros of type T where the node has none.
template <class T>
void add_operands(NodeTensors tensors, DType bias_dtype, std::int32_t rank, PreparedOp& op) {
    op.operands = {input_operand(0), input_operand(kSvdfFeatures), input_operand(kSvdfTimes)};
    if (tensors.inputs[kSvdfBias] != nullptr) {
        op.operands.push_back(input_operand(kSvdfBias));
    } else {
        const std::vector<T> zeros(
            static_cast<std::size_t>(tensors.inputs[kSvdfFeatures]->shape[0] / rank));
        op.operands.push_back(
            add_constant(op, make_prepared_constant<T>("bias", bias_dtype, std::span(zeros))));
    }
    op.operands.push_back(input_operand(kSvdfState));
    op.operands.push_back(output_operand(0));
}

PreparedOp prepare_float32(NodeTensors tensors, const SvdfAttributes& own) {
    const FloatRange range = float_range(own.activation);
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = "whittle_svdf_float32",
                  .params_type = "WhittleSvdfFloat32",
                  .params = size_params(tensors, own.rank)};
    op.params.push_back(PreparedParam::of("minimum", range.minimum));
    op.params.push_back(PreparedParam::of("maximum", range.maximum));
    add_operands<float>(tensors, DType::float32, own.rank, op);
    return op;
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const auto own = attributes.as<SvdfAttributes>();
    if (tensors.inputs[0]->dtype == DType::float32) return prepare_float32(tensors, own);
    const Result<PerTensor> input = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!input.ok()) return input.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const Result<Factors> factors = factors_of(tensors, input->scale, output->scale);
    if (!factors.ok()) return factors.error();
    const bool wide = tensors.inputs[kSvdfState]->dtype == DType::int16;
    // TFLite's integer kernels leave the fused activation out: its range is the output's.
    const IntegerRange range = int8_range(Activation::none, output->scale, output->zero_point);
    PreparedOp op{.variant = wide ? kVariantInt16 : kVariantInt8,
                  .kernel = wide ? "whittle_svdf_int16" : "whittle_svdf_int8",
                  .params_type = "WhittleSvdf",
                  .params = size_params(tensors, own.rank)};
    for (const PreparedParam& param :
         {PreparedParam::of("input_zero_point", input->zero_point),
          PreparedParam::of("output_zero_point", output->zero_point),
          PreparedParam::of("state_multiplier", factors->to_state.multiplier),
          PreparedParam::of("state_shift", factors->to_state.shift),
          PreparedParam::of("output_multiplier", factors->to_output.multiplier),
          PreparedParam::of("output_shift", factors->to_output.shift),
          PreparedParam::of("state_minimum", std::int32_t{wide ? -32768 : -128}),
          PreparedParam::of("state_maximum", std::int32_t{wide ? 32767 : 127}),
          PreparedParam::of("minimum", range.minimum), PreparedParam::of("maximum", range.maximum),
          PreparedParam::of("state_zero_point",
                            tensors.inputs[kSvdfState]->quantization.zero_points[0])}) {
        op.params.push_back(param);
    }
    add_operands<std::int32_t>(tensors, DType::int32, own.rank, op);
    return op;
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    const auto* options = op.builtin_options_as_SVDFOptions();
    if (options == nullptr) return Error{.expected = "options with a rank", .found = "none"};
    const Result<Activation> activation = read_activation(options->fused_activation_function());
    if (!activation.ok()) return activation.error();
    return Attributes::of(SvdfAttributes{options->rank(), *activation});
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<SvdfAttributes>();
    return tflite::CreateSVDFOptions(builder, own.rank, to_tflite(own.activation)).Union();
}

std::int32_t version(NodeTensors tensors, const Attributes&) {
    return tensors.inputs[0]->dtype == DType::float32 ? 1 : 3;
}

}  // namespace

extern const OpDefinition svdf_definition;
const OpDefinition svdf_definition = {
    .kind = OpKind::svdf,
    .name = "svdf",
    .title = "SVDF",
    .min_inputs = 1,
    .max_inputs = kSvdfInputs,
    .tflite = {.code = tflite::BuiltinOperator_SVDF,
               .options_type = tflite::BuiltinOptions_SVDFOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .infer = infer,
    .macs = macs,
    .prepare = prepare,
};

}  // namespace whittle
