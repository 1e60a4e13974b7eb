#include "core/deploy/tflite_container.h"

#include <cstring>

#include "core/base/text.h"

namespace whittle {

namespace {

// A .tflite file nests model, subgraph, operator, options.
constexpr flatbuffers::uoffset_t kMaxDepth = 8;
// Tensors, their quantizations, operators, options and buffers together. Offsets may be shared, so
// that a small file can claim many tables.
constexpr flatbuffers::uoffset_t kMaxTables = 1u << 18;
constexpr std::size_t kHeaderBytes = 8;  // root offset and file identifier

flatbuffers::Verifier verifier_of(std::span<const std::uint8_t> bytes) {
    return flatbuffers::Verifier(bytes.data(), bytes.size(), kMaxDepth, kMaxTables);
}

template <class T>
using Tables = flatbuffers::Vector<flatbuffers::Offset<T>>;

// The first broken element of a vector of tables: "tensors 3", or "tensors" if the vector itself
// is.
template <class T>
std::string broken_table(std::span<const std::uint8_t> bytes,
                         const flatbuffers::Table& parent,
                         flatbuffers::voffset_t field,
                         const std::string& name) {
    flatbuffers::Verifier verifier = verifier_of(bytes);
    if (!parent.VerifyTableStart(verifier)) return name;
    if (!parent.VerifyOffset(verifier, field)) return name;
    const auto* tables = parent.GetPointer<const Tables<T>*>(field);
    if (!verifier.VerifyVector(tables)) return name;
    if (tables == nullptr) return "";
    for (flatbuffers::uoffset_t i = 0; i < tables->size(); ++i) {
        flatbuffers::Verifier element = verifier_of(bytes);
        if (!tables->Get(i)->Verify(element)) return name + " " + std::to_string(i);
    }
    return "";
}

const flatbuffers::Table& as_table(const void* table) {
    return *static_cast<const flatbuffers::Table*>(table);
}

std::string broken_subgraph_part(std::span<const std::uint8_t> bytes, const tflite::Model& model) {
    const std::string subgraph = broken_table<tflite::SubGraph>(
        bytes, as_table(&model), tflite::Model::VT_SUBGRAPHS, "subgraph");
    if (subgraph != "subgraph 0") return subgraph;
    const flatbuffers::Table& table = as_table(model.subgraphs()->Get(0));
    for (const std::string& part :
         {broken_table<tflite::Tensor>(bytes, table, tflite::SubGraph::VT_TENSORS, "tensor"),
          broken_table<tflite::Operator>(bytes, table, tflite::SubGraph::VT_OPERATORS,
                                         "operator")}) {
        if (!part.empty()) return part;
    }
    return subgraph;
}

// Which part of a file that the verifier refused is broken, for the message.
std::string broken_part(std::span<const std::uint8_t> bytes) {
    const auto root = flatbuffers::ReadScalar<flatbuffers::uoffset_t>(bytes.data());
    const std::string root_place = "model table at byte " + std::to_string(root);
    if (root < kHeaderBytes || root >= bytes.size() || root % 4 != 0) return root_place;
    const auto& model = *tflite::GetModel(bytes.data());
    flatbuffers::Verifier verifier = verifier_of(bytes);
    if (!as_table(&model).VerifyTableStart(verifier)) return root_place;
    for (const std::string& part :
         {broken_table<tflite::OperatorCode>(bytes, as_table(&model),
                                             tflite::Model::VT_OPERATOR_CODES, "operator code"),
          broken_subgraph_part(bytes, model),
          broken_table<tflite::Buffer>(bytes, as_table(&model), tflite::Model::VT_BUFFERS,
                                       "buffer")}) {
        if (!part.empty()) return part;
    }
    return root_place;
}

Status check_header(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kHeaderBytes) {
        return Error{
            .place = "byte " + std::to_string(bytes.size()),
            .expected = "a .tflite file of at least " + std::to_string(kHeaderBytes) + " bytes",
            .found = bytes.empty() ? "an empty file" : "the end of the file",
            .hint = "The file is cut short; copy or download it again."};
    }
    if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) {
        return Error{.place = "byte " + std::to_string(FLATBUFFERS_MAX_BUFFER_SIZE),
                     .expected = "a file below 2 GiB",
                     .found = std::to_string(bytes.size()) + " bytes"};
    }
    const std::string_view identifier(reinterpret_cast<const char*>(bytes.data()) + 4, 4);
    if (identifier != tflite::ModelIdentifier()) {
        return Error{.place = "byte 4",
                     .expected = "the identifier 'TFL3' of a .tflite model",
                     .found = quoted(identifier),
                     .hint =
                         "Convert the model with TensorFlow's TFLiteConverter; a .pb, .h5, "
                         ".keras or .onnx file cannot be read."};
    }
    return {};
}

}  // namespace

Result<TfliteContainer> TfliteContainer::open(std::span<const std::uint8_t> bytes) {
    if (const Status status = check_header(bytes); !status.ok()) return status;
    TfliteContainer container;
    container.bytes_ = bytes;
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) != 0) {
        container.aligned_.resize((bytes.size() + 7) / 8);
        std::memcpy(container.aligned_.data(), bytes.data(), bytes.size());
        container.bytes_ = {reinterpret_cast<const std::uint8_t*>(container.aligned_.data()),
                            bytes.size()};
    }
    flatbuffers::Verifier verifier = verifier_of(container.bytes_);
    if (!tflite::VerifyModelBuffer(verifier)) {
        return Error{
            .place = broken_part(container.bytes_),
            .expected = "data inside the file's " + std::to_string(bytes.size()) + " bytes",
            .found = "an offset or a size that leads outside, or too many tables",
            .hint = "The file is damaged or cut short; copy or download it again."};
    }
    return container;
}

}  // namespace whittle
