#include <algorithm>
#include <cassert>

#include "core/ops/movement.h"
#include "core/ops/strided_slice/attributes.h"
#include "core/ops/strided_slice/kernel.h"
#include "core/ops/support.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

constexpr std::size_t kRank = 6;

bool has(std::uint8_t mask, std::size_t dimension) { return (mask >> dimension & 1) != 0; }

Status check_rank(const Shape& shape) {
    if (shape.size() <= kRank) return {};
    return Error{.place = "input 0", .expected = "at most 6 dimensions", .found = to_string(shape)};
}

// The numbers of the three constant inputs, without masks.
Result<StridedSliceAttributes> numbers_of(std::span<const Tensor* const> inputs) {
    if (Status status = check_rank(inputs[0]->shape); !status.ok()) return status;
    const auto count = static_cast<std::size_t>(inputs[1]->elements());
    if (count > inputs[0]->shape.size()) {
        return Error{.place = "input 1 (begin)",
                     .expected = "at most one number for each of " +
                                 std::to_string(inputs[0]->shape.size()) + " dimensions",
                     .found = std::to_string(count)};
    }
    const auto begin = constant_indices(*inputs[1], "input 1 (begin)", count);
    if (!begin.ok()) return begin.error();
    const auto end = constant_indices(*inputs[2], "input 2 (end)", count);
    if (!end.ok()) return end.error();
    const auto strides = constant_indices(*inputs[3], "input 3 (strides)", count);
    if (!strides.ok()) return strides.error();
    StridedSliceAttributes own;
    own.specified = static_cast<std::uint8_t>(count);
    std::copy(begin->begin(), begin->end(), own.begin.begin());
    std::copy(end->begin(), end->end(), own.end.begin());
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t stride = (*strides)[i];
        if (stride == 0 || stride < -32767 || stride > 32767) {
            return Error{.place = "input 3 (strides)",
                         .expected = "strides of 1 to 32767, or the same backwards",
                         .found = std::to_string(stride)};
        }
        own.strides[i] = static_cast<std::int16_t>(stride);
    }
    return own;
}

// One dimension of `size` elements: where the slice begins, and how many elements it takes.
struct Range {
    std::int32_t first;
    std::int32_t stride;
    std::int32_t count;
};

// A place that may count from the end, within low … high.
std::int32_t place_in(std::int64_t place, std::int32_t size, std::int64_t low, std::int64_t high) {
    return static_cast<std::int32_t>(std::clamp(place < 0 ? place + size : place, low, high));
}

// TFLite's StartForAxis and StopForAxis.
Range range_of(const StridedSliceAttributes& own, std::size_t i, std::int32_t size) {
    if (i >= own.specified) return {0, 1, size};
    const std::int32_t stride = own.strides[i];
    if (size == 0) return {0, stride, 0};
    const bool forwards = stride > 0;
    const std::int64_t low = forwards ? 0 : -1;
    const std::int64_t high = forwards ? size : size - 1;
    const std::int32_t first = has(own.begin_mask, i) ? (forwards ? 0 : size - 1)
                                                      : place_in(own.begin[i], size, low, high);
    if (has(own.shrink_mask, i)) return {first, 1, 1};
    const std::int32_t stop =
        has(own.end_mask, i) ? (forwards ? size : -1) : place_in(own.end[i], size, low, high);
    const std::int32_t distance = forwards ? stop - first : first - stop;
    const std::int32_t step = forwards ? stride : -stride;
    return {first, stride, distance <= 0 ? 0 : (distance - 1) / step + 1};
}

Result<std::vector<TensorSpec>> infer(std::span<const Tensor* const> inputs,
                                      const Attributes& attributes) {
    const Result<StridedSliceAttributes> numbers = numbers_of(inputs);
    if (!numbers.ok()) return numbers.error();
    const auto own = attributes.as<StridedSliceAttributes>();
    if (own.begin != numbers->begin || own.end != numbers->end || own.strides != numbers->strides ||
        own.specified != numbers->specified) {
        return Error{.place = "inputs 1 to 3",
                     .expected = "the numbers in the operator's settings",
                     .found = "other ones"};
    }
    const Shape& input = inputs[0]->shape;
    Shape output;
    for (std::size_t i = 0; i < input.size(); ++i) {
        const Range range = range_of(own, i, input[i]);
        if (!has(own.shrink_mask, i)) {
            output.push_back(range.count);
            continue;
        }
        if (own.strides[i] < 0 || range.first < 0 || range.first >= input[i]) {
            return Error{.place = "dimension " + std::to_string(i),
                         .expected = "a place within " + std::to_string(input[i]) +
                                     " elements, taken forwards, for a dimension that vanishes",
                         .found = std::to_string(own.begin[i]) + " with stride " +
                                  std::to_string(own.strides[i])};
        }
    }
    return std::vector<TensorSpec>{{inputs[0]->dtype, output}};
}

struct Box {
    WhittleStridedWalk walk;
    std::int32_t first;
};

Result<Box> walk_of(const Shape& input, const Attributes& attributes) {
    const auto own = attributes.as<StridedSliceAttributes>();
    const std::vector<std::int32_t> steps = strides_of(input);
    std::vector<std::int32_t> sizes;
    std::vector<std::int32_t> strides;
    std::int64_t first = 0;
    bool empty = false;
    for (std::size_t i = 0; i < input.size(); ++i) {
        const Range range = range_of(own, i, input[i]);
        first += std::int64_t{range.first} * steps[i];
        sizes.push_back(range.count);
        // A single element needs no step, and the product of others stays within the tensor.
        strides.push_back(range.count > 1 ? range.stride * steps[i] : 0);
        empty = empty || range.count == 0;
    }
    const Result<WhittleStridedWalk> walk = make_walk(sizes, strides);
    if (!walk.ok()) return walk.error();
    // An empty box may begin behind the end.
    return Box{*walk, empty ? 0 : static_cast<std::int32_t>(first)};
}

void forward(const ForwardContext& context) {
    const Result<Box> box = walk_of(*context.inputs[0].shape, context.attributes);
    assert(box.ok());
    whittle_walk_copy(&box->walk, box->first, sizeof(float), context.inputs[0].data,
                      context.outputs[0].data);
}

void backward(const BackwardContext& context) {
    const Result<Box> box = walk_of(*context.inputs[0].shape, context.attributes);
    assert(box.ok());
    backward_walk(context, box->walk, box->first);
}

Result<PreparedOp> prepare(NodeTensors tensors, const Attributes& attributes) {
    const Result<Box> box = walk_of(tensors.inputs[0]->shape, attributes);
    if (!box.ok()) return box.error();
    return prepare_walk(tensors, "whittle_strided_slice", "WhittleStridedSlice", box->walk,
                        box->first);
}

Status check_masks(const tflite::StridedSliceOptions& options) {
    if (options.ellipsis_mask() != 0 || options.new_axis_mask() != 0 || options.offset()) {
        return Error{.expected = "a slice without ellipsis, new dimensions and offsets",
                     .found = "a mask for one of these",
                     .hint =
                         "write the slice with a number for each dimension, and new "
                         "dimensions as a reshape"};
    }
    for (const std::int32_t mask :
         {options.begin_mask(), options.end_mask(), options.shrink_axis_mask()}) {
        if (mask >= 0 && mask < 1 << kRank) continue;
        return Error{.expected = "masks of at most 6 dimensions", .found = std::to_string(mask)};
    }
    return {};
}

Result<Attributes> read_options(const tflite::Operator& op, NodeTensors tensors) {
    Result<StridedSliceAttributes> own = numbers_of(tensors.inputs);
    if (!own.ok()) return own.error();
    if (const auto* options = op.builtin_options_as_StridedSliceOptions()) {
        if (Status status = check_masks(*options); !status.ok()) return status;
        const int specified = (1 << own->specified) - 1;
        own->begin_mask = static_cast<std::uint8_t>(options->begin_mask() & specified);
        own->end_mask = static_cast<std::uint8_t>(options->end_mask() & specified);
        own->shrink_mask = static_cast<std::uint8_t>(options->shrink_axis_mask() & specified);
    }
    return Attributes::of(*own);
}

flatbuffers::Offset<void> write_options(flatbuffers::FlatBufferBuilder& builder,
                                        NodeTensors,
                                        const Attributes& attributes) {
    const auto own = attributes.as<StridedSliceAttributes>();
    return tflite::CreateStridedSliceOptions(builder, own.begin_mask, own.end_mask, 0, 0,
                                             own.shrink_mask)
        .Union();
}

// 4: more than four dimensions; 3: booleans; 2: int8.
std::int32_t version(NodeTensors tensors, const Attributes&) {
    if (tensors.inputs[0]->shape.size() > 4) return 4;
    const DType dtype = tensors.inputs[0]->dtype;
    return dtype == DType::boolean ? 3 : dtype == DType::int8 ? 2 : 1;
}

}  // namespace

extern const OpDefinition strided_slice_definition;
const OpDefinition strided_slice_definition = {
    .kind = OpKind::strided_slice,
    .name = "strided_slice",
    .title = "Strided slice",
    .min_inputs = 4,
    .max_inputs = 4,
    .tflite = {.code = tflite::BuiltinOperator_STRIDED_SLICE,
               .options_type = tflite::BuiltinOptions_StridedSliceOptions,
               .read_options = read_options,
               .write_options = write_options,
               .version = version},
    .quantization = {.output = QuantizationRule::Output::same_as_input},
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .prepare = prepare,
};

}  // namespace whittle
