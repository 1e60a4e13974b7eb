#include <algorithm>
#include <cstring>
#include <limits>

#include "core/base/text.h"
#include "core/deploy/shape_operators.h"
#include "core/deploy/tflite_container.h"
#include "core/deploy/tflite_file.h"
#include "core/deploy/widen.h"
#include "core/graph/checks.h"

namespace whittle {

namespace {

std::string type_name(tflite::TensorType type) {
    const std::string name = tflite::EnumNameTensorType(type);
    return name.empty() ? "type " + std::to_string(static_cast<int>(type)) : name;
}

std::string code_name(int code) {
    const std::string name =
        tflite::EnumNameBuiltinOperator(static_cast<tflite::BuiltinOperator>(code));
    return name.empty() ? "builtin code " + std::to_string(code) : name;
}

// Files from before builtin codes outgrew a byte have the deprecated field only.
int builtin_of(const tflite::OperatorCode& code) {
    return std::max<int>(code.deprecated_builtin_code(), code.builtin_code());
}

Result<DType> dtype_of(tflite::TensorType type) {
    switch (type) {
        case tflite::TensorType_FLOAT32: return DType::float32;
        case tflite::TensorType_FLOAT16: return DType::float16;
        case tflite::TensorType_INT32: return DType::int32;
        case tflite::TensorType_UINT8: return DType::uint8;
        case tflite::TensorType_INT64: return DType::int64;
        case tflite::TensorType_BOOL: return DType::boolean;
        case tflite::TensorType_INT16: return DType::int16;
        case tflite::TensorType_INT8: return DType::int8;
        case tflite::TensorType_INT4: return DType::int4;
        default: break;
    }
    return Error{.expected =
                     "an element type that Whittle knows: FLOAT32, FLOAT16, INT4, INT8, "
                     "INT16, INT32, INT64, UINT8 or BOOL",
                 .found = type_name(type)};
}

template <class T>
flatbuffers::uoffset_t size_of(const flatbuffers::Vector<T>* vector) {
    return vector == nullptr ? 0 : vector->size();
}

template <class T>
std::vector<T> copy_of(const flatbuffers::Vector<T>* vector) {
    return vector == nullptr ? std::vector<T>() : std::vector<T>(vector->begin(), vector->end());
}

std::string supported_codes() {
    std::string names;
    for (const OpDefinition* definition : all_definitions()) {
        if (!definition->tflite.has_builtin) continue;
        names += (names.empty() ? "" : ", ") + code_name(definition->tflite.code);
    }
    return names;
}

// Limits what a file can make us allocate: parts of a .tflite file may be shared, so that a few
// kilobytes can describe many copies of the same data.
class CopyBudget {
public:
    explicit CopyBudget(std::size_t file_bytes) : left_(file_bytes * kFactor + kSlack) {}

    Status spend(std::size_t bytes) {
        if (bytes > left_) {
            return Error{.expected = "tensors of at most " + std::to_string(kFactor) +
                                     " times the size of the file together",
                         .found = "more",
                         .hint = "Tensors of this file share their data too often."};
        }
        left_ -= bytes;
        return {};
    }

private:
    static constexpr std::uint64_t kFactor = 16;
    static constexpr std::uint64_t kSlack = 65536;
    std::uint64_t left_;
};

class Reader {
public:
    explicit Reader(const TfliteContainer& container)
        : model_(container.model()), budget_(container.file_bytes()) {}

    Result<Graph> read() {
        if (const Status status = check_model(); !status.ok()) return status;
        const tflite::SubGraph& subgraph = *model_.subgraphs()->Get(0);
        if (subgraph.name() != nullptr) graph_.name = clean_text(subgraph.name()->string_view());
        graph_.inputs = copy_of(subgraph.inputs());
        graph_.outputs = copy_of(subgraph.outputs());
        if (const Status status = find_definitions(subgraph); !status.ok()) return status;
        if (const Status status = read_tensors(subgraph); !status.ok()) return status;
        if (const Status status = read_operators(subgraph); !status.ok()) return status;
        if (const Status status = spend_on_widening(); !status.ok()) return status;
        widen_weights(graph_);
        if (const Status status = validate(graph_); !status.ok()) return status;
        return std::move(graph_);
    }

private:
    // float32 takes up to eight times the bytes of int4.
    Status spend_on_widening() { return budget_.spend(8 * widened_bytes(graph_)); }

    Status check_model() const {
        if (model_.version() != kTfliteSchemaVersion) {
            return Error{.place = "schema version",
                         .expected = std::to_string(kTfliteSchemaVersion),
                         .found = std::to_string(model_.version())};
        }
        if (size_of(model_.subgraphs()) != 1) {
            return Error{.place = "subgraphs",
                         .expected = "exactly one",
                         .found = std::to_string(size_of(model_.subgraphs())),
                         .hint =
                             "Models with control flow (IF, WHILE, CALL_ONCE) cannot be read; "
                             "convert a model without them."};
        }
        return {};
    }

    Status read_tensors(const tflite::SubGraph& subgraph) {
        const flatbuffers::uoffset_t count = size_of(subgraph.tensors());
        graph_.tensors.reserve(count);
        has_empty_data_.assign(count, false);
        for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
            graph_.tensors.emplace_back();
            const Status status = read_tensor(*subgraph.tensors()->Get(i), graph_.tensors.back());
            if (!status.ok()) {
                return at_place(tensor_place(graph_, static_cast<int>(i)), status.error());
            }
        }
        find_empty_constants(subgraph);
        for (int i = 0; i < static_cast<int>(count); ++i) {
            if (const Status status = check_tensor(graph_, i); !status.ok()) return status;
        }
        return {};
    }

    Status read_tensor(const tflite::Tensor& from, Tensor& to) {
        if (from.name() != nullptr) {
            if (const Status status = budget_.spend(from.name()->size()); !status.ok()) {
                return status;
            }
            to.name = clean_text(from.name()->string_view());
        }
        const Result<DType> dtype = dtype_of(from.type());
        if (!dtype.ok()) return dtype.error();
        to.dtype = *dtype;
        to.variable = from.is_variable();
        if (const Status status = check_features(from); !status.ok()) return status;
        if (size_of(from.shape()) > kMaxRank) {
            return Error{.expected = "at most " + std::to_string(kMaxRank) + " dimensions",
                         .found = std::to_string(size_of(from.shape()))};
        }
        to.shape = copy_of(from.shape());
        if (const Status status = check_shape(to.shape, to.dtype); !status.ok()) return status;
        if (const Status status = read_quantization(from.quantization(), to); !status.ok()) {
            return status;
        }
        return read_data(from, to);
    }

    static Status check_features(const tflite::Tensor& tensor) {
        if (tensor.sparsity() != nullptr) {
            return Error{.expected = "dense data",
                         .found = "sparse data",
                         .hint = "Convert the model again without the sparse format."};
        }
        return {};
    }

    Status read_quantization(const tflite::QuantizationParameters* from, Tensor& to) {
        if (from == nullptr || size_of(from->scale()) == 0) return {};
        if (from->details_type() != 0) {
            return Error{.place = "quantization",
                         .expected = "scales and zero points",
                         .found = "custom quantization details"};
        }
        const std::size_t count = size_of(from->scale());
        if (size_of(from->zero_point()) != count) {
            return Error{.place = "quantization",
                         .expected = std::to_string(count) + " zero points, one for each scale",
                         .found = std::to_string(size_of(from->zero_point()))};
        }
        constexpr std::size_t channel_bytes = sizeof(float) + sizeof(std::int32_t);
        if (const Status status = budget_.spend(count * channel_bytes); !status.ok()) return status;
        to.quantization.scales = copy_of(from->scale());
        to.quantization.zero_points.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            // The verifier leaves open whether these 8 bytes are aligned.
            std::int64_t zero_point = 0;
            std::memcpy(&zero_point, from->zero_point()->Data() + i * sizeof(zero_point),
                        sizeof(zero_point));
            if (zero_point < std::numeric_limits<std::int32_t>::min() ||
                zero_point > std::numeric_limits<std::int32_t>::max()) {
                return Error{.place = "quantization",
                             .expected = "zero points of 32 bits",
                             .found = std::to_string(zero_point)};
            }
            to.quantization.zero_points.push_back(static_cast<std::int32_t>(zero_point));
        }
        // With one scale the dimension means nothing, and with one dimension there is no choice:
        // writers leave anything there (biases often have the dimension of their weights).
        if (count > 1 && to.shape.size() != 1) to.quantization.axis = from->quantized_dimension();
        return {};
    }

    Status read_data(const tflite::Tensor& from, Tensor& to) {
        if (from.buffer() >= size_of(model_.buffers())) {
            return Error{.place = "buffer",
                         .expected = "one of the file's " +
                                     std::to_string(size_of(model_.buffers())) + " buffers",
                         .found = "buffer " + std::to_string(from.buffer())};
        }
        const std::string place = "buffer " + std::to_string(from.buffer());
        const tflite::Buffer& buffer = *model_.buffers()->Get(from.buffer());
        if (buffer.offset() != 0 || buffer.size() != 0) {
            return Error{.place = place,
                         .expected = "data inside the model's tables",
                         .found = "data outside, at byte " + std::to_string(buffer.offset()),
                         .hint =
                             "Convert the model again so that it stays below 2 GB without "
                             "external buffers."};
        }
        const std::size_t bytes = size_of(buffer.data());
        has_empty_data_[graph_.tensors.size() - 1] = bytes == 0;
        if (bytes == 0) return {};
        if (bytes != to.bytes()) {
            return Error{.place = place,
                         .expected = std::to_string(to.bytes()) + " bytes for " +
                                     dtype_name(to.dtype) + " " + to_string(to.shape),
                         .found = std::to_string(bytes)};
        }
        if (const Status status = budget_.spend(bytes); !status.ok()) {
            return at_place(place, status.error());
        }
        to.constant = true;
        to.data.assign(buffer.data()->begin(), buffer.data()->end());
        return {};
    }

    // A tensor without elements has no data to tell a constant by: it is one if nothing makes it.
    void find_empty_constants(const tflite::SubGraph& subgraph) {
        std::vector<bool> candidates = has_empty_data_;
        const auto exclude = [&](std::int32_t index) {
            if (index < 0 || static_cast<std::size_t>(index) >= candidates.size()) return;
            candidates[static_cast<std::size_t>(index)] = false;
        };
        for (const int input : graph_.inputs) exclude(input);
        for (flatbuffers::uoffset_t i = 0; i < size_of(subgraph.operators()); ++i) {
            const auto* outputs = subgraph.operators()->Get(i)->outputs();
            for (flatbuffers::uoffset_t k = 0; k < size_of(outputs); ++k) exclude(outputs->Get(k));
        }
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            Tensor& tensor = graph_.tensors[i];
            tensor.constant = tensor.constant || (candidates[i] && tensor.elements() == 0);
        }
    }

    // Looks up every operator. First of all, because an operator that we do not have is what a
    // reader of the message wants to know first.
    Status find_definitions(const tflite::SubGraph& subgraph) {
        for (flatbuffers::uoffset_t i = 0; i < size_of(subgraph.operators()); ++i) {
            const std::uint32_t index = subgraph.operators()->Get(i)->opcode_index();
            const std::string place = "operator " + std::to_string(i);
            if (index >= size_of(model_.operator_codes())) {
                return Error{.place = place,
                             .expected = "one of the file's " +
                                         std::to_string(size_of(model_.operator_codes())) +
                                         " operator codes",
                             .found = "operator code " + std::to_string(index)};
            }
            const tflite::OperatorCode& code = *model_.operator_codes()->Get(index);
            const int builtin = builtin_of(code);
            const auto named_code = static_cast<tflite::BuiltinOperator>(builtin);
            definitions_.push_back(becomes_reshape(named_code) ? &definition_of(OpKind::reshape)
                                                               : definition_of(named_code));
            if (definitions_.back() != nullptr || becomes_constant(named_code)) continue;
            const std::string named =
                file_place(static_cast<int>(i), code_name(builtin), code.version());
            return unsupported(named + made_tensor(subgraph, *subgraph.operators()->Get(i)),
                               builtin, code);
        }
        return {};
    }

    // ": tensor 3 'x'" for the first output of an operator; "" where it names none. No tensor has
    // been read yet.
    static std::string made_tensor(const tflite::SubGraph& subgraph, const tflite::Operator& op) {
        if (size_of(op.outputs()) == 0) return "";
        const std::int32_t index = op.outputs()->Get(0);
        if (index < 0 || static_cast<std::size_t>(index) >= size_of(subgraph.tensors())) return "";
        const auto* tensor = subgraph.tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
        const auto* name = tensor->name();
        return ": tensor " + std::to_string(index) +
               (name == nullptr ? "" : " " + quoted(clean_text(name->string_view())));
    }

    Status read_operators(const tflite::SubGraph& subgraph) {
        graph_.nodes.reserve(definitions_.size());
        for (std::size_t i = 0; i < definitions_.size(); ++i) {
            const auto* from = subgraph.operators()->Get(static_cast<flatbuffers::uoffset_t>(i));
            const auto* code = model_.operator_codes()->Get(from->opcode_index());
            const auto builtin = static_cast<tflite::BuiltinOperator>(builtin_of(*code));
            graph_.nodes.emplace_back();
            Node& node = graph_.nodes.back();
            node.origin = FileOperator{static_cast<int>(i), builtin, code->version()};
            Status status = read_node(definitions_[i], *from, node);
            if (status.ok() && is_shape_arithmetic(graph_, node)) {
                status = make_constant(*from, node, graph_);
                if (status.ok()) graph_.nodes.pop_back();
            }
            if (status.ok()) continue;
            const int last = static_cast<int>(graph_.nodes.size()) - 1;
            return refusal_at(node_place(graph_, last), graph_, graph_.nodes.back(),
                              status.error());
        }
        return {};
    }

    static Error unsupported(const std::string& place,
                             int builtin,
                             const tflite::OperatorCode& code) {
        Error error{.place = place};
        if (builtin == tflite::BuiltinOperator_CUSTOM) {
            const auto* name = code.custom_code();
            error.expected = "an operator that the .tflite format defines";
            error.found = "the custom operator " +
                          (name == nullptr ? "without a name" : quoted(name->string_view()));
            error.hint =
                "Custom operators belong to one program. Build the model from standard layers; "
                "what prepares sound or images can run before the model instead of in it.";
        } else {
            error.expected = "one of " + supported_codes();
            error.found = code_name(builtin) + " version " + std::to_string(code.version());
            error.hint =
                "Build the model from layers that become these operators, or add the "
                "operator: core/ops/ADDING.md says how.";
        }
        return error;
    }

    // `definition`: nullptr for operators that become constants.
    Status read_node(const OpDefinition* definition, const tflite::Operator& from, Node& node) {
        const std::size_t operands = size_of(from.inputs()) + size_of(from.outputs());
        if (const Status status = budget_.spend(operands * sizeof(int)); !status.ok())
            return status;
        node.inputs = copy_of(from.inputs());
        node.outputs = copy_of(from.outputs());
        if (definition == nullptr) return {};
        node.op = definition->kind;
        if (becomes_reshape(node.origin->code)) return make_reshape(node, graph_);
        if (const Status status = check_operands(graph_, node); !status.ok()) return status;
        if (const Status status = check_options(*definition, from); !status.ok()) return status;
        mark_trainable(*definition, node);
        if (definition->tflite.read_options == nullptr) return {};
        const NodeTensorList tensors(graph_, node);
        Result<Attributes> attributes = definition->tflite.read_options(from, tensors.view());
        if (!attributes.ok()) return attributes.error();
        node.attributes = *attributes;
        return {};
    }

    static Status check_options(const OpDefinition& definition, const tflite::Operator& from) {
        const tflite::BuiltinOptions expected = definition.tflite.options_type;
        const tflite::BuiltinOptions found = from.builtin_options_type();
        if (expected == tflite::BuiltinOptions_NONE || found == tflite::BuiltinOptions_NONE ||
            found == expected) {
            return {};
        }
        return Error{.place = "options",
                     .expected = tflite::EnumNameBuiltinOptions(expected),
                     .found = "options of type " + std::to_string(static_cast<int>(found))};
    }

    // A .tflite file does not say what may be trained: the weights and biases of its layers may.
    void mark_trainable(const OpDefinition& definition, const Node& node) {
        for (const int input :
             {definition.quantization.weights_input, definition.quantization.bias_input}) {
            if (input < 0 || static_cast<std::size_t>(input) >= node.inputs.size()) continue;
            const int index = node.inputs[static_cast<std::size_t>(input)];
            if (index == kNoTensor) continue;
            Tensor& tensor = graph_.tensor(index);
            tensor.trainable = tensor.constant && tensor.dtype == DType::float32;
        }
    }

    const tflite::Model& model_;
    CopyBudget budget_;
    Graph graph_;
    // Of each operator; nullptr for those that become constants.
    std::vector<const OpDefinition*> definitions_;
    std::vector<bool> has_empty_data_;
};

}  // namespace

Result<Graph> read_tflite(std::span<const std::uint8_t> bytes) {
    const Result<TfliteContainer> container = TfliteContainer::open(bytes);
    if (!container.ok()) return container.error();
    return Reader(*container).read();
}

}  // namespace whittle
