// libFuzzer target of the .tflite reader and of everything that runs on what it accepts.
//
//   cmake --preset fuzz && ninja -C build/fuzz tflite_fuzzer
//   build/fuzz/bin/tflite_fuzzer -max_total_time=60 CORPUS_FOLDER
//
// Needs no corpus: the mutator starts from models of its own. It changes bytes, and, so that more
// than the container is tested, the fields of models that can be unpacked.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/sample_graphs.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace whittle {

namespace {

using Bytes = std::vector<std::uint8_t>;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

// Preparing and running takes memory in proportion to the tensors: only small models do.
bool is_small(const Graph& graph) {
    std::int64_t bytes = 0;
    for (const Tensor& tensor : graph.tensors) bytes += static_cast<std::int64_t>(tensor.bytes());
    return bytes < (1 << 20) && cost_of(graph).macs < (1 << 20);
}

void run(const Graph& graph) {
    Result<Program> program = Program::from_graph(graph);
    if (!program.ok()) {
        require(!program.error().place.empty(), "an error of preparation names a place");
        return;
    }
    Bytes outputs(program->output_bytes());
    for (const std::uint8_t fill : {0, 0x7F, 0x80, 0xFF}) {
        program->run(Bytes(program->input_bytes(), fill), outputs);
    }
}

void check_accepted(const Graph& graph) {
    require(validate(graph).ok(), "an accepted graph is valid");
    const Bytes written = write_tflite(graph);
    const Result<Graph> again = read_tflite(written);
    require(again.ok(), "what was written is read");
    require(write_tflite(*again) == written, "writing again gives the same bytes");
    const Result<Graph> batched = with_batch(graph, 3);
    if (batched.ok()) require(validate(*batched).ok(), "a batched graph is valid");
    if (is_small(graph)) run(graph);
}

std::int32_t wild_number(Random& random) {
    constexpr std::int32_t numbers[] = {0,  1,  2,   3,     4,         8,        16,
                                        -1, -2, 127, 65536, INT32_MAX, INT32_MIN};
    return numbers[random.below(std::size(numbers))];
}

template <class T>
void mutate_list(std::vector<T>& list, Random& random) {
    const std::uint32_t choice = random.below(4);
    if (list.empty() || choice == 0) {
        list.push_back(static_cast<T>(wild_number(random)));
    } else if (choice == 1) {
        list.pop_back();
    } else {
        list[random.below(static_cast<std::uint32_t>(list.size()))] =
            static_cast<T>(wild_number(random));
    }
}

template <class T>
T* any_of(std::vector<std::unique_ptr<T>>& list, Random& random) {
    if (list.empty()) return nullptr;
    return list[random.below(static_cast<std::uint32_t>(list.size()))].get();
}

void mutate_quantization(tflite::TensorT& tensor, Random& random) {
    if (tensor.quantization == nullptr) {
        tensor.quantization = std::make_unique<tflite::QuantizationParametersT>();
        tensor.quantization->scale = {0.5f};
        tensor.quantization->zero_point = {0};
        return;
    }
    constexpr float scales[] = {1e-45f, 1e-30f, 1.0f / 256.0f, 1.0f / 128.0f, 1.0f, 3.0f, 3e38f};
    auto& quantization = *tensor.quantization;
    switch (random.below(4)) {
        case 0: mutate_list(quantization.zero_point, random); break;
        case 1: quantization.quantized_dimension = wild_number(random); break;
        case 2: tensor.quantization.reset(); break;
        default:
            if (quantization.scale.empty()) quantization.scale.push_back(1.0f);
            quantization
                .scale[random.below(static_cast<std::uint32_t>(quantization.scale.size()))] =
                scales[random.below(std::size(scales))];
    }
}

void mutate_tensor(tflite::ModelT& model, tflite::TensorT& tensor, Random& random) {
    constexpr tflite::TensorType types[] = {tflite::TensorType_FLOAT32, tflite::TensorType_INT8,
                                            tflite::TensorType_INT32,   tflite::TensorType_UINT8,
                                            tflite::TensorType_INT16,   tflite::TensorType_INT4,
                                            tflite::TensorType_STRING};
    switch (random.below(5)) {
        case 0: mutate_list(tensor.shape, random); break;
        case 1: tensor.type = types[random.below(std::size(types))]; break;
        case 2:
            tensor.buffer = random.below(static_cast<std::uint32_t>(model.buffers.size()) + 1);
            break;
        default: mutate_quantization(tensor, random);
    }
}

void mutate_operator(tflite::ModelT& model, tflite::OperatorT& op, Random& random) {
    switch (random.below(4)) {
        case 0: mutate_list(op.inputs, random); break;
        case 1: mutate_list(op.outputs, random); break;
        case 2: op.builtin_options.Reset(); break;
        default:
            op.opcode_index =
                random.below(static_cast<std::uint32_t>(model.operator_codes.size()) + 1);
    }
}

// Options that have a type and no content cannot be packed.
void drop_empty_options(tflite::ModelT& model) {
    for (const auto& graph : model.subgraphs) {
        for (const auto& op : graph->operators) {
            if (op->builtin_options.value == nullptr) op->builtin_options.Reset();
        }
    }
}

// Changes one field of the model.
void mutate_model(tflite::ModelT& model, Random& random) {
    if (model.subgraphs.empty()) return;
    tflite::SubGraphT& graph = *model.subgraphs[0];
    tflite::TensorT* tensor = any_of(graph.tensors, random);
    tflite::OperatorT* op = any_of(graph.operators, random);
    tflite::OperatorCodeT* code = any_of(model.operator_codes, random);
    const std::uint32_t choice = random.below(10);
    if (choice == 0 && code != nullptr) {
        const auto definitions = all_definitions();
        const auto index = random.below(static_cast<std::uint32_t>(definitions.size()));
        code->builtin_code = definitions[index]->tflite.code;
        code->deprecated_builtin_code = 0;
    } else if (choice == 1) {
        mutate_list(random.below(2) == 0 ? graph.inputs : graph.outputs, random);
    } else if (choice <= 4 && op != nullptr) {
        mutate_operator(model, *op, random);
    } else if (tensor != nullptr) {
        mutate_tensor(model, *tensor, random);
    }
}

Bytes mutated_model(const Bytes& bytes, Random& random) {
    const auto model = tflite::UnPackModel(bytes.data());
    const std::uint32_t changes = 1 + random.below(3);
    for (std::uint32_t i = 0; i < changes; ++i) mutate_model(*model, random);
    drop_empty_options(*model);
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// The verifier leaves open whether the elements of a vector of 8-byte numbers are aligned, but
// unpacking reads them in place. Zero points are the only such vector.
bool zero_points_are_aligned(const tflite::Model& model) {
    if (model.subgraphs() == nullptr) return true;
    for (const tflite::SubGraph* subgraph : *model.subgraphs()) {
        if (subgraph->tensors() == nullptr) continue;
        for (const tflite::Tensor* tensor : *subgraph->tensors()) {
            const auto* quantization = tensor->quantization();
            if (quantization == nullptr || quantization->zero_point() == nullptr) continue;
            const auto address =
                reinterpret_cast<std::uintptr_t>(quantization->zero_point()->Data());
            if (address % alignof(std::int64_t) != 0) return false;
        }
    }
    return true;
}

bool can_unpack(const Bytes& bytes) {
    flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 8, 1000);
    return bytes.size() < 65536 && tflite::VerifyModelBuffer(verifier) &&
           zero_points_are_aligned(*tflite::GetModel(bytes.data()));
}

Bytes own_model(Random& random) {
    switch (random.below(5)) {
        case 0: return write_tflite(test::int8_graph());
        case 3: return write_tflite(test::int16_graph());
        case 2: return write_tflite(test::quantized_graph());
        case 1: return write_tflite(test::mixed_graph());
        default: return write_tflite(test::sine_graph());
    }
}

}  // namespace

}  // namespace whittle

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto graph = whittle::read_tflite({data, size});
    if (graph.ok()) {
        whittle::check_accepted(*graph);
    } else {
        whittle::require(!graph.error().place.empty(), "a refusal names a place");
    }
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned int seed) {
    whittle::Random random(seed);
    const std::uint32_t choice = random.below(16);
    if (choice < 6) return LLVMFuzzerMutate(data, size, max_size);
    whittle::Bytes bytes(data, data + size);
    if (choice == 6 || !whittle::can_unpack(bytes)) bytes = whittle::own_model(random);
    bytes = whittle::mutated_model(bytes, random);
    if (bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
    std::copy(bytes.begin(), bytes.end(), data);
    return bytes.size();
}
