#include <algorithm>

#include "core/deploy/tflite_container.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/tflite_generated.h"

namespace whittle {

namespace {

// As long as any reader's widest vector load, so that data can be used in place.
constexpr std::size_t kDataAlignment = 16;

// The deprecated field is one byte; larger codes have a placeholder there.
std::int8_t deprecated_code(tflite::BuiltinOperator code) {
    constexpr int placeholder = tflite::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES;
    return static_cast<std::int8_t>(std::min<int>(code, placeholder));
}

class Writer {
public:
    explicit Writer(const Graph& graph) : graph_(graph) {}

    std::vector<std::uint8_t> write() {
        const auto buffers = write_buffers();
        const auto subgraph = write_subgraph();
        const auto codes = write_operator_codes();
        // Each in a statement of its own: the order of arguments is the compiler's choice.
        const auto subgraphs = builder_.CreateVector(&subgraph, 1);
        const auto description = builder_.CreateString("Whittle");
        const auto buffer_list = builder_.CreateVector(buffers);
        const auto model = tflite::CreateModel(builder_, kTfliteSchemaVersion, codes, subgraphs,
                                               description, buffer_list);
        tflite::FinishModelBuffer(builder_, model);
        return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
    }

private:
    // Buffer 0 is empty and stands for all activations; then one for each constant, in order.
    std::vector<flatbuffers::Offset<tflite::Buffer>> write_buffers() {
        std::vector<flatbuffers::Offset<tflite::Buffer>> buffers = {tflite::CreateBuffer(builder_)};
        for (const Tensor& tensor : graph_.tensors) {
            if (!tensor.constant) continue;
            builder_.ForceVectorAlignment(tensor.data.size(), 1, kDataAlignment);
            const auto data = builder_.CreateVector(tensor.data);
            buffers.push_back(tflite::CreateBuffer(builder_, data));
        }
        return buffers;
    }

    flatbuffers::Offset<tflite::SubGraph> write_subgraph() {
        std::vector<flatbuffers::Offset<tflite::Tensor>> tensors;
        std::uint32_t buffers = 1;
        for (const Tensor& tensor : graph_.tensors) {
            tensors.push_back(write_tensor(tensor, tensor.constant ? buffers++ : 0));
        }
        std::vector<flatbuffers::Offset<tflite::Operator>> operators;
        for (const Node& node : graph_.nodes) operators.push_back(write_operator(node));
        const auto tensor_list = builder_.CreateVector(tensors);
        const auto inputs = builder_.CreateVector(graph_.inputs);
        const auto outputs = builder_.CreateVector(graph_.outputs);
        const auto operator_list = builder_.CreateVector(operators);
        const auto name = builder_.CreateString(graph_.name);
        return tflite::CreateSubGraph(builder_, tensor_list, inputs, outputs, operator_list, name);
    }

    flatbuffers::Offset<tflite::Tensor> write_tensor(const Tensor& tensor, std::uint32_t buffer) {
        const auto shape = builder_.CreateVector(tensor.shape);
        const auto name = builder_.CreateString(tensor.name);
        const auto quantization = write_quantization(tensor.quantization);
        tflite::TensorBuilder table(builder_);
        table.add_shape(shape);
        table.add_type(static_cast<tflite::TensorType>(tensor.dtype));
        table.add_buffer(buffer);
        table.add_name(name);
        if (!quantization.IsNull()) table.add_quantization(quantization);
        table.add_is_variable(tensor.variable);
        table.add_has_rank(true);
        return table.Finish();
    }

    flatbuffers::Offset<tflite::QuantizationParameters> write_quantization(
        const Quantization& quantization) {
        if (quantization.empty()) return {};
        const std::vector<std::int64_t> zero_points(quantization.zero_points.begin(),
                                                    quantization.zero_points.end());
        const auto scales = builder_.CreateVector(quantization.scales);
        const auto offsets = builder_.CreateVector(zero_points);
        tflite::QuantizationParametersBuilder table(builder_);
        table.add_scale(scales);
        table.add_zero_point(offsets);
        if (quantization.per_channel()) table.add_quantized_dimension(quantization.axis);
        return table.Finish();
    }

    flatbuffers::Offset<tflite::Operator> write_operator(const Node& node) {
        const TfliteMapping& mapping = definition_of(node.op).tflite;
        const NodeTensorList tensors(graph_, node);
        const std::int32_t version =
            mapping.version == nullptr ? 1 : mapping.version(tensors.view(), node.attributes);
        const std::uint32_t code = code_index(mapping.code, version);
        const auto inputs = builder_.CreateVector(node.inputs);
        const auto outputs = builder_.CreateVector(node.outputs);
        const auto options = mapping.write_options == nullptr
                                 ? flatbuffers::Offset<void>()
                                 : mapping.write_options(builder_, tensors.view(), node.attributes);
        return tflite::CreateOperator(builder_, code, inputs, outputs, mapping.options_type,
                                      options);
    }

    // The place of a code in the file's list, in order of first use; keeps the highest version.
    std::uint32_t code_index(tflite::BuiltinOperator code, std::int32_t version) {
        const auto known = std::find_if(codes_.begin(), codes_.end(),
                                        [code](const Code& entry) { return entry.code == code; });
        const auto index = static_cast<std::uint32_t>(known - codes_.begin());
        if (known == codes_.end()) {
            codes_.push_back({code, version});
        } else {
            known->version = std::max(known->version, version);
        }
        return index;
    }

    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<tflite::OperatorCode>>>
    write_operator_codes() {
        std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes;
        for (const Code& entry : codes_) {
            codes.push_back(tflite::CreateOperatorCode(builder_, deprecated_code(entry.code), 0,
                                                       entry.version, entry.code));
        }
        return builder_.CreateVector(codes);
    }

    struct Code {
        tflite::BuiltinOperator code;
        std::int32_t version;
    };

    const Graph& graph_;
    flatbuffers::FlatBufferBuilder builder_;
    std::vector<Code> codes_;
};

}  // namespace

std::vector<std::uint8_t> write_tflite(const Graph& graph) {
    const Graph expanded = expand(graph);
    return Writer(expanded).write();
}

}  // namespace whittle
