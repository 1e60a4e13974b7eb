#include <algorithm>
#include <array>

#include "core/ops/batch_matmul/attributes.h"
#include "core/ops/batch_matmul/kernel.h"
#include "core/ops/binary.h"
#include "core/ops/movement.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr std::size_t kRank = 5;  // three batch dimensions and the matrix

// The shape with ones in front up to five dimensions.
std::array<std::int32_t, kRank> extended(const Shape& shape) {
    std::array<std::int32_t, kRank> sizes{1, 1, 1, 1, 1};
    std::copy(shape.begin(), shape.end(), sizes.end() - static_cast<std::ptrdiff_t>(shape.size()));
    return sizes;
}

Status check_rank(const Tensor& tensor, const char* what) {
    if (tensor.shape.size() >= 2 && tensor.shape.size() <= kRank) return {};
    return Error{.place = what,
                 .expected = "matrices in at most three batch dimensions",
                 .found = to_string(tensor.shape)};
}

Result<WhittleMatrices> matrices_of(const Shape& a, const Shape& b, const Attributes& attributes) {
    const auto own = attributes.as<BatchMatmulAttributes>();
    const auto x = extended(a);
    const auto y = extended(b);
    const std::vector<std::int32_t> xs = strides_of(Shape(x.begin(), x.end()));
    const std::vector<std::int32_t> ys = strides_of(Shape(y.begin(), y.end()));
    const std::size_t a_row = own.transpose_a ? 4 : 3;
    const std::size_t b_depth = own.transpose_b ? 4 : 3;
    const std::size_t a_depth = 7 - a_row;
    const std::size_t b_column = 7 - b_depth;
    std::array<std::int32_t, 3> batch{};
    bool fit = x[a_depth] == y[b_depth];
    for (std::size_t i = 0; i < 3; ++i) {
        fit = fit && (x[i] == y[i] || x[i] == 1 || y[i] == 1);
        batch[i] = x[i] == 1 ? y[i] : x[i];
    }
    if (!fit) {
        return Error{.place = "input 1",
                     .expected = "matrices that can be multiplied with " + to_string(a),
                     .found = to_string(b)};
    }
    const auto step = [](std::int32_t size, std::int32_t stride) { return size == 1 ? 0 : stride; };
    return WhittleMatrices{
        batch[0],          batch[1],          batch[2],          x[a_row],
        y[b_column],       x[a_depth],        step(x[0], xs[0]), step(x[1], xs[1]),
        step(x[2], xs[2]), xs[a_row],         xs[a_depth],       step(y[0], ys[0]),
        step(y[1], ys[1]), step(y[2], ys[2]), ys[b_depth],       ys[b_column]};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const DType dtype = inputs[0]->dtype;
    if (dtype != DType::float32 && dtype != DType::int8 && dtype != DType::int16) {
        return wrong_dtype("input 0", *inputs[0], "float32, int8 or int16");
    }
    if (inputs[1]->dtype != dtype) return wrong_dtype("input 1", *inputs[1], dtype_name(dtype));
    if (Status status = check_rank(*inputs[0], "input 0"); !status.ok()) return status;
    if (Status status = check_rank(*inputs[1], "input 1"); !status.ok()) return status;
    const Result<WhittleMatrices> m = matrices_of(inputs[0]->shape, inputs[1]->shape, attributes);
    if (!m.ok()) return m.error();
    const Shape all = {m->batch0, m->batch1, m->batch2, m->rows, m->columns};
    const std::size_t rank = std::max(inputs[0]->shape.size(), inputs[1]->shape.size());
    return std::vector<TensorSpec>{
        {dtype, Shape(all.end() - static_cast<std::ptrdiff_t>(rank), all.end())}};
}

void forward(const ForwardContext& context) {
    const WhittleBatchMatmulFloat32 params{
        *matrices_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes)};
    whittle_batch_matmul_float32(&params, context.inputs[0].data, context.inputs[1].data,
                                 context.outputs[0].data);
}

// da[r, k] += dy[r, c] * b[k, c];  db[k, c] += dy[r, c] * a[r, k]
void backward(const BackwardContext& context) {
    const WhittleMatrices m =
        *matrices_of(*context.inputs[0].shape, *context.inputs[1].shape, context.attributes);
    const float* dy = context.output_gradients[0].data;
    for (std::int32_t batch = 0; batch < m.batch0 * m.batch1 * m.batch2; ++batch) {
        const std::int32_t i0 = batch / (m.batch1 * m.batch2);
        const std::int32_t i1 = batch / m.batch2 % m.batch1;
        const std::int32_t i2 = batch % m.batch2;
        const std::int32_t at_a = i0 * m.a_batch0 + i1 * m.a_batch1 + i2 * m.a_batch2;
        const std::int32_t at_b = i0 * m.b_batch0 + i1 * m.b_batch1 + i2 * m.b_batch2;
        for (std::int32_t r = 0; r < m.rows; ++r) {
            for (std::int32_t c = 0; c < m.columns; ++c, ++dy) {
                for (std::int32_t k = 0; k < m.depth; ++k) {
                    const std::int32_t a = at_a + r * m.a_row + k * m.a_depth;
                    const std::int32_t b = at_b + k * m.b_depth + c * m.b_column;
                    float* da = context.input_gradients[0].data;
                    float* db = context.input_gradients[1].data;
                    if (da != nullptr) da[a] += *dy * context.inputs[1].data[b];
                    if (db != nullptr) db[b] += *dy * context.inputs[0].data[a];
                }
            }
        }
    }
}

std::int64_t macs(NodeTensors tensors, const Attributes& attributes) {
    const Result<WhittleMatrices> m =
        matrices_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape, attributes);
    return tensors.outputs[0]->elements() * m->depth;
}

std::vector<PreparedParam> matrices_params(const WhittleMatrices& m) {
    return {PreparedParam::of("matrices.batch0", m.batch0),
            PreparedParam::of("matrices.batch1", m.batch1),
            PreparedParam::of("matrices.batch2", m.batch2),
            PreparedParam::of("matrices.rows", m.rows),
            PreparedParam::of("matrices.columns", m.columns),
            PreparedParam::of("matrices.depth", m.depth),
            PreparedParam::of("matrices.a_batch0", m.a_batch0),
            PreparedParam::of("matrices.a_batch1", m.a_batch1),
            PreparedParam::of("matrices.a_batch2", m.a_batch2),
            PreparedParam::of("matrices.a_row", m.a_row),
            PreparedParam::of("matrices.a_depth", m.a_depth),
            PreparedParam::of("matrices.b_batch0", m.b_batch0),
            PreparedParam::of("matrices.b_batch1", m.b_batch1),
            PreparedParam::of("matrices.b_batch2", m.b_batch2),
            PreparedParam::of("matrices.b_depth", m.b_depth),
            PreparedParam::of("matrices.b_column", m.b_column)};
}

Status add_integer_params(NodeTensors tensors, PreparedOp& op) {
    const Result<PerTensor> a = per_tensor_quantization(*tensors.inputs[0], "input 0");
    if (!a.ok()) return a.error();
    const Result<PerTensor> b = per_tensor_quantization(*tensors.inputs[1], "input 1");
    if (!b.ok()) return b.error();
    const Result<PerTensor> output = per_tensor_quantization(*tensors.outputs[0], "output");
    if (!output.ok()) return output.error();
    const bool wide = tensors.inputs[0]->dtype == DType::int16;
    if (wide) {
        if (Status status = check_int16_zero_points(tensors); !status.ok()) return status;
    }
    // TFLite multiplies the two scales in float32.
    const Result<QuantizedMultiplier> factor = quantize_multiplier(
        static_cast<double>(a->scale * b->scale) / static_cast<double>(output->scale));
    if (!factor.ok()) return factor.error();
    if (wide && factor->shift > 7) {
        return Error{.expected = "scale a * scale b / output scale below 2^7",
                     .found = "a larger factor"};
    }
    for (const PreparedParam& param :
         {PreparedParam::of("a_zero_point", a->zero_point),
          PreparedParam::of("b_zero_point", b->zero_point),
          PreparedParam::of("output_zero_point", output->zero_point),
          PreparedParam::of("multiplier", factor->multiplier),
          PreparedParam::of("shift", factor->shift),
          PreparedParam::of("minimum", std::int32_t{wide ? -32768 : -128}),
          PreparedParam::of("maximum", std::int32_t{wide ? 32767 : 127})}) {
        op.params.push_back(param);
    }
    return {};
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const DType dtype = tensors.inputs[0]->dtype;
    const Result<WhittleMatrices> m =
        matrices_of(tensors.inputs[0]->shape, tensors.inputs[1]->shape, attributes);
    if (!m.ok()) return m.error();
    PreparedOp op{.variant = kVariantFloat32,
                  .kernel = "whittle_batch_matmul_float32",
                  .params_type = "WhittleBatchMatmulFloat32",
                  .params = matrices_params(*m),
                  .constants = {},
                  .operands = {input_operand(0), input_operand(1), output_operand(0)}};
    if (dtype == DType::float32) return op;
    op.variant = dtype == DType::int16 ? kVariantInt16 : kVariantInt8;
    op.kernel = dtype == DType::int16 ? "whittle_batch_matmul_int16" : "whittle_batch_matmul_int8";
    op.params_type = "WhittleBatchMatmulInteger";
    if (Status status = add_integer_params(tensors, op); !status.ok()) return status;
    return op;
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors) {
    BatchMatmulAttributes own;
    if (const auto* options = op.builtin_options_as_BatchMatMulOptions()) {
        own.transpose_a = options->adj_x();
        own.transpose_b = options->adj_y();
    }
    return Attributes::of(own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<BatchMatmulAttributes>();
    return tflite::CreateBatchMatMulOptions(builder, own.transpose_a, own.transpose_b).Union();
}

}  // namespace

extern const OpDefinition batch_matmul_definition;
const OpDefinition batch_matmul_definition = {
    .kind = OpKind::batch_matmul,
    .name = "batch_matmul",
    .title = "Batch matmul",
    .min_inputs = 2,
    .max_inputs = 2,
    .tflite = {.code = tflite::BuiltinOperator_BATCH_MATMUL,
               .options_type = tflite::BuiltinOptions_BatchMatMulOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = binary_version},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .macs = macs,
    .prepare = prepare,
};

}  // namespace whittle
