// libFuzzer target of the .tflite reader and of everything that runs on what it accepts.
//
//   cmake --preset fuzz && ninja -C build/fuzz tflite_fuzzer
//   build/fuzz/bin/tflite_fuzzer -max_total_time=60 -max_len=20480 CORPUS_FOLDER
//   build/fuzz/bin/tflite_fuzzer MODEL.tflite...       each once; large ones run, too
//
// Needs no corpus: the mutator starts from models of its own. It changes bytes, and, so that more
// than the container is tested, the fields of models that can be unpacked. What is accepted runs
// with the kernels of every instruction set of this machine, which must give the same bytes, as a
// program image and operator by operator, in memory that the sanitizers guard.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/guarded_run.h"
#include "tests/support/random_int8_net.h"
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

// Preparing and running takes memory in proportion to the tensors, and time to the sums: of what
// the mutator makes only small models do. Larger files are real models.
constexpr std::size_t kMostMutatedBytes = 20480;

bool is_small(const Graph& graph, std::int64_t most) {
    std::int64_t bytes = 0;
    for (const Tensor& tensor : graph.tensors) bytes += static_cast<std::int64_t>(tensor.bytes());
    return bytes < most && cost_of(graph).macs < most;
}

bool computes_in_floats(const Graph& graph) {
    return std::any_of(graph.tensors.begin(), graph.tensors.end(),
                       [](const Tensor& tensor) { return tensor.dtype == DType::float32; });
}

// The same byte everywhere, or, as round 0, any.
Bytes inputs_of(const Graph& graph, std::uint32_t round) {
    constexpr std::uint8_t fills[] = {0, 0, 0x7F, 0x80, 0xFF};
    std::size_t count = 0;
    for (const int input : graph.inputs) count += graph.tensor(input).bytes();
    Bytes inputs(count, fills[round]);
    Random random(7);
    for (std::size_t i = 0; round == 0 && i < count; ++i) {
        inputs[i] = static_cast<std::uint8_t>(random.below(256));
    }
    return inputs;
}

struct Outputs {
    std::optional<Bytes> of_image;
    std::optional<Bytes> apart;
};

Outputs run(const Deployment& deployment, const Bytes& inputs, std::uint8_t fill) {
    return {test::run_image(deployment, inputs, fill), test::run_apart(deployment, inputs, fill)};
}

void run_sets(const Graph& graph, std::uint32_t rounds) {
    const auto reference = prepare_deployment(graph, InputsOutputs::in_arena);
    if (!reference.ok()) {
        require(!reference.error().place.empty(), "an error of preparation names a place");
        return;
    }
    std::vector<Deployment> fast;
    for (const InstructionSet set : host_instruction_sets()) {
        auto deployment = prepare_deployment(graph, InputsOutputs::in_arena, {}, set);
        require(deployment.ok(), "what can be prepared can be for every instruction set");
        fast.push_back(std::move(deployment).value());
    }
    for (std::uint32_t round = 0; round < rounds; ++round) {
        const Bytes inputs = inputs_of(graph, round);
        const Outputs expected = run(*reference, inputs, 0);
        require(expected.of_image.has_value() == expected.apart.has_value(),
                "an operator is refused or not, wherever its operands are");
        if (!expected.apart) return;
        // Which bits a NaN has is the compiler's affair.
        require(computes_in_floats(reference->graph) || expected.of_image == expected.apart,
                "the plan of the arena changes no output");
        for (const Deployment& deployment : fast) {
            const Outputs outputs = run(deployment, inputs, 0xA5);
            require(outputs.of_image == expected.of_image && outputs.apart == expected.apart,
                    "all instruction sets give the same bytes, whatever memory held before");
        }
    }
}

void check_accepted(const Graph& graph, std::size_t file_bytes) {
    require(validate(graph).ok(), "an accepted graph is valid");
    const Bytes written = write_tflite(graph);
    const Result<Graph> again = read_tflite(written);
    require(again.ok(), "what was written is read");
    require(write_tflite(*again) == written, "writing again gives the same bytes");
    const Result<Graph> batched = with_batch(graph, 3);
    if (batched.ok()) require(validate(*batched).ok(), "a batched graph is valid");
    const bool is_real = file_bytes > kMostMutatedBytes;
    if (is_small(graph, is_real ? 1 << 24 : 1 << 20)) run_sets(graph, is_real ? 1 : 5);
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
    switch (random.below(8)) {
        case 0: return write_tflite(test::int8_graph());
        case 3: return write_tflite(test::int16_graph());
        case 2: return write_tflite(test::quantized_graph());
        case 1: return write_tflite(test::mixed_graph());
        case 4: return write_tflite(test::sine_graph());
        case 5: return write_tflite(test::narrow_sums_graph());
        default: return write_tflite(test::random_int8_net(random));
    }
}

}  // namespace

}  // namespace whittle

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto graph = whittle::read_tflite({data, size});
    if (graph.ok()) {
        whittle::check_accepted(*graph, size);
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
