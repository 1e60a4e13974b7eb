// Damaged .tflite files: each must be answered with an error that names a place, and must never
// crash, hang or allocate without bounds. Run under the sanitizers too.

#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "core/deploy/tflite_file.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

namespace {

using Bytes = std::vector<std::uint8_t>;
using Model = tflite::ModelT;

Bytes valid_file() { return write_tflite(test::int8_graph()); }

Bytes pack(const Model& model) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(tflite::Model::Pack(builder, &model), tflite::ModelIdentifier());
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

tflite::SubGraphT& graph_of(Model& model) { return *model.subgraphs[0]; }
tflite::TensorT& tensor(Model& model, std::size_t i) { return *graph_of(model).tensors[i]; }
tflite::OperatorT& op(Model& model, std::size_t i) { return *graph_of(model).operators[i]; }
tflite::FullyConnectedOptionsT& options(Model& model, std::size_t i) {
    return *op(model, i).builtin_options.AsFullyConnectedOptions();
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();

struct Case {
    const char* name;
    void (*damage)(Model& model);
    const char* place;  // what the error's place begins with
};

const Case kModelCases[] = {
    {"schema version 2", [](Model& m) { m.version = 2; }, "schema version"},
    {"wild schema version", [](Model& m) { m.version = 4294967295u; }, "schema version"},
    {"no subgraph", [](Model& m) { m.subgraphs.clear(); }, "subgraphs"},
    {"two subgraphs",
     [](Model& m) { m.subgraphs.push_back(std::make_unique<tflite::SubGraphT>(*m.subgraphs[0])); },
     "subgraphs"},
    {"an empty subgraph", [](Model& m) { m.subgraphs[0] = std::make_unique<tflite::SubGraphT>(); },
     "graph outputs"},
    {"no operator codes", [](Model& m) { m.operator_codes.clear(); }, "operator 0"},
    {"wild operator code index", [](Model& m) { op(m, 1).opcode_index = 4294967295u; },
     "operator 1"},
    {"builtin code that nobody has",
     [](Model& m) {
         m.operator_codes[0]->builtin_code = static_cast<tflite::BuiltinOperator>(9999);
     },
     "operator 0 (builtin code 9999, version 4)"},
    {"negative builtin codes",
     [](Model& m) {
         m.operator_codes[0]->deprecated_builtin_code = -5;
         m.operator_codes[0]->builtin_code = static_cast<tflite::BuiltinOperator>(-7);
     },
     "operator 0 (builtin code -5, version 4)"},
    {"an operator we do not have",
     [](Model& m) { m.operator_codes[0]->builtin_code = tflite::BuiltinOperator_WHILE; },
     "operator 0 (WHILE, version 4)"},
    {"a custom operator",
     [](Model& m) {
         m.operator_codes[0]->builtin_code = tflite::BuiltinOperator_CUSTOM;
         m.operator_codes[0]->custom_code = "Mystery\n";
     },
     "operator 0 (CUSTOM, version 4)"},
    {"a custom operator without a name",
     [](Model& m) { m.operator_codes[0]->builtin_code = tflite::BuiltinOperator_CUSTOM; },
     "operator 0 (CUSTOM, version 4)"},
};

const Case kTensorCases[] = {
    {"no tensors", [](Model& m) { graph_of(m).tensors.clear(); }, "operator 0"},
    {"the last tensor missing", [](Model& m) { graph_of(m).tensors.pop_back(); }, "operator 1"},
    {"no buffers", [](Model& m) { m.buffers.clear(); }, "tensor 0 'input', buffer"},
    {"wild buffer", [](Model& m) { tensor(m, 3).buffer = 4294967295u; },
     "tensor 3 'hidden', buffer"},
    {"buffer one byte short", [](Model& m) { m.buffers[1]->data.pop_back(); },
     "tensor 1 'weights_a', buffer 1"},
    {"buffer one byte long", [](Model& m) { m.buffers[1]->data.push_back(0); },
     "tensor 1 'weights_a', buffer 1"},
    {"buffer of another tensor", [](Model& m) { tensor(m, 1).buffer = 2; },
     "tensor 1 'weights_a', buffer 2"},
    {"buffer emptied", [](Model& m) { m.buffers[1]->data.clear(); }, "tensor 1 'weights_a'"},
    {"bias without its data", [](Model& m) { m.buffers[2]->data.clear(); }, "tensor 2 'bias_a'"},
    {"buffer outside the tables", [](Model& m) { m.buffers[1]->offset = 4096; },
     "tensor 1 'weights_a', buffer 1"},
    {"buffer of wild size outside the tables",
     [](Model& m) { m.buffers[1]->size = 18446744073709551615u; },
     "tensor 1 'weights_a', buffer 1"},
    {"strings", [](Model& m) { tensor(m, 0).type = tflite::TensorType_STRING; }, "tensor 0"},
    {"float64", [](Model& m) { tensor(m, 4).type = tflite::TensorType_FLOAT64; }, "tensor 4"},
    {"type that nobody has",
     [](Model& m) { tensor(m, 4).type = static_cast<tflite::TensorType>(-9); }, "tensor 4"},
    {"negative dimension",
     [](Model& m) {
         tensor(m, 0).shape = {-1, 2};
     },
     "tensor 0 'input'"},
    {"wild dimensions",
     [](Model& m) {
         tensor(m, 3).shape = {kMost, kMost};
     },
     "tensor 3 'hidden'"},
    {"wild dimensions behind a zero",
     [](Model& m) {
         tensor(m, 3).shape = {0, kMost, kMost, kMost};
     },
     "tensor 3 'hidden'"},
    {"dimensions whose bytes are 2^32",
     [](Model& m) {
         tensor(m, 2).shape = {1 << 30};
         m.buffers[2]->data.clear();
     },
     "tensor 2 'bias_a'"},
    {"rank 9", [](Model& m) { tensor(m, 3).shape.assign(9, 1); }, "tensor 3 'hidden'"},
    {"rank 100000", [](Model& m) { tensor(m, 3).shape.assign(100000, 1); }, "tensor 3 'hidden'"},
    {"variable tensor", [](Model& m) { tensor(m, 3).is_variable = true; }, "operator 0"},
    {"variable constant", [](Model& m) { tensor(m, 1).is_variable = true; },
     "tensor 1 'weights_a'"},
    {"sparse tensor",
     [](Model& m) { tensor(m, 1).sparsity = std::make_unique<tflite::SparsityParametersT>(); },
     "tensor 1 'weights_a'"},
    {"a constant given a name and no data", [](Model& m) { tensor(m, 4).buffer = 0; },
     "operator 1 (FULLY_CONNECTED, version 4), input 1"},
};

const Case kQuantizationCases[] = {
    {"scale NaN", [](Model& m) { tensor(m, 0).quantization->scale = {kNan}; },
     "tensor 0 'input', scale 0"},
    {"scale infinite", [](Model& m) { tensor(m, 1).quantization->scale[1] = kInfinity; },
     "tensor 1 'weights_a', scale 1"},
    {"scale zero", [](Model& m) { tensor(m, 6).quantization->scale = {0.0f}; },
     "tensor 6 'output', scale 0"},
    {"scale negative", [](Model& m) { tensor(m, 4).quantization->scale = {-0.5f}; },
     "tensor 4 'weights_b', scale 0"},
    {"no scale on an activation", [](Model& m) { tensor(m, 3).quantization.reset(); },
     "tensor 3 'hidden'"},
    {"per-channel scales of the wrong count",
     [](Model& m) {
         tensor(m, 1).quantization->scale = {1.0f, 1.0f};
         tensor(m, 1).quantization->zero_point = {0, 0};
     },
     "tensor 1 'weights_a'"},
    {"per-channel scales on an activation",
     [](Model& m) {
         tensor(m, 3).quantization->scale = {1.0f, 1.0f, 1.0f};
         tensor(m, 3).quantization->zero_point = {0, 0, 0};
         tensor(m, 3).quantization->quantized_dimension = 1;
     },
     "tensor 3 'hidden'"},
    {"zero points missing", [](Model& m) { tensor(m, 0).quantization->zero_point.clear(); },
     "tensor 0 'input', quantization"},
    {"one zero point for three scales",
     [](Model& m) { tensor(m, 1).quantization->zero_point = {0}; },
     "tensor 1 'weights_a', quantization"},
    {"zero point outside int8", [](Model& m) { tensor(m, 0).quantization->zero_point = {128}; },
     "tensor 0 'input', zero point 0"},
    {"zero point outside int32",
     [](Model& m) { tensor(m, 0).quantization->zero_point = {std::int64_t{1} << 40}; },
     "tensor 0 'input', quantization"},
    {"wild quantized dimension",
     [](Model& m) { tensor(m, 1).quantization->quantized_dimension = kMost; },
     "tensor 1 'weights_a'"},
    {"negative quantized dimension",
     [](Model& m) { tensor(m, 1).quantization->quantized_dimension = -1; }, "tensor 1 'weights_a'"},
    {"custom quantization", [](Model& m) { tensor(m, 1).quantization->details_type = 1; },
     "tensor 1 'weights_a', quantization"},
};

const Case kOperatorCases[] = {
    {"graph input out of range", [](Model& m) { graph_of(m).inputs = {7}; }, "graph input 0"},
    {"graph input -1", [](Model& m) { graph_of(m).inputs = {-1}; }, "graph input 0"},
    {"graph input twice",
     [](Model& m) {
         graph_of(m).inputs = {0, 0};
     },
     "graph input 1"},
    {"graph input constant",
     [](Model& m) {
         graph_of(m).inputs = {0, 4};
     },
     "graph input 1"},
    {"no graph inputs", [](Model& m) { graph_of(m).inputs.clear(); }, "operator 0"},
    {"no graph outputs", [](Model& m) { graph_of(m).outputs.clear(); }, "graph outputs"},
    {"graph output wild", [](Model& m) { graph_of(m).outputs = {kMost}; }, "graph output 0"},
    {"graph output twice",
     [](Model& m) {
         graph_of(m).outputs = {6, 6};
     },
     "graph output 1"},
    {"no operators", [](Model& m) { graph_of(m).operators.clear(); }, "graph output 0"},
    {"an operator missing",
     [](Model& m) { graph_of(m).operators.erase(graph_of(m).operators.begin()); }, "operator 0"},
    {"operator without inputs", [](Model& m) { op(m, 0).inputs.clear(); }, "operator 0"},
    {"operator with a million inputs", [](Model& m) { op(m, 0).inputs.assign(1000000, 0); },
     "operator 0"},
    {"operator without outputs", [](Model& m) { op(m, 0).outputs.clear(); }, "operator 0"},
    {"operator with two outputs",
     [](Model& m) {
         op(m, 1).outputs = {6, 6};
     },
     "operator 1"},
    {"input wild", [](Model& m) { op(m, 0).inputs[1] = kMost; }, "operator 0"},
    {"input very negative", [](Model& m) { op(m, 0).inputs[2] = -kMost - 1; }, "operator 0"},
    {"required input left out", [](Model& m) { op(m, 0).inputs[0] = -1; }, "operator 0"},
    {"output wild", [](Model& m) { op(m, 0).outputs = {7}; }, "operator 0"},
    {"output -1", [](Model& m) { op(m, 0).outputs = {-1}; }, "operator 0"},
    {"operator that reads its own output", [](Model& m) { op(m, 0).inputs[0] = 3; }, "operator 0"},
    {"operators in a circle", [](Model& m) { op(m, 0).inputs[0] = 6; }, "operator 0"},
    {"operators in the wrong order",
     [](Model& m) { std::swap(graph_of(m).operators[0], graph_of(m).operators[1]); }, "operator 0"},
    {"two operators make one tensor", [](Model& m) { op(m, 1).outputs = {3}; }, "operator 1"},
    {"an operator overwrites a constant", [](Model& m) { op(m, 0).outputs = {5}; }, "operator 0"},
    {"an operator overwrites the input", [](Model& m) { op(m, 0).outputs = {0}; }, "operator 0"},
    {"options of another operator",
     [](Model& m) { op(m, 0).builtin_options.Set(tflite::SoftmaxOptionsT()); },
     "operator 0 (FULLY_CONNECTED, version 4), options"},
    {"an activation we do not have",
     [](Model& m) {
         options(m, 0).fused_activation_function = tflite::ActivationFunctionType_TANH;
     },
     "operator 0 (FULLY_CONNECTED, version 4)"},
    {"an activation that nobody has",
     [](Model& m) {
         options(m, 0).fused_activation_function = static_cast<tflite::ActivationFunctionType>(77);
     },
     "operator 0 (FULLY_CONNECTED, version 4)"},
    {"shuffled weights",
     [](Model& m) {
         options(m, 0).weights_format = tflite::FullyConnectedOptionsWeightsFormat_SHUFFLED4x16INT8;
     },
     "operator 0 (FULLY_CONNECTED, version 4)"},
    {"stored output shape wrong",
     [](Model& m) {
         tensor(m, 6).shape = {2, 1};
     },
     "operator 1"},
    {"stored output type wrong", [](Model& m) { tensor(m, 6).type = tflite::TensorType_UINT8; },
     "operator 1"},
    {"bias of the wrong length", [](Model& m) { op(m, 0).inputs[2] = 5; }, "operator 0"},
    {"bias of the wrong type", [](Model& m) { op(m, 0).inputs[2] = 1; }, "operator 0"},
    {"weights with three dimensions",
     [](Model& m) {
         tensor(m, 4).shape = {2, 3, 1};
     },
     "operator 1"},
    {"weights that take other inputs",
     [](Model& m) {
         tensor(m, 0).shape = {1, 3};
     },
     "operator 0"},
};

void check_refused(const Bytes& bytes, const char* place) {
    const Result<Graph> read = read_tflite(bytes);
    REQUIRE(!read.ok());
    const Error& error = read.error();
    CHECK_MESSAGE(error.place.find(place) == 0, error.message());
    CHECK(error.place != "");
    CHECK(error.expected != "");
    CHECK(error.found != "");
    for (const char c : error.message()) {
        CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
    }
}

void check_cases(std::span<const Case> cases) {
    for (const Case& damaged : cases) {
        CAPTURE(damaged.name);
        const auto model = tflite::UnPackModel(valid_file().data());
        damaged.damage(*model);
        check_refused(pack(*model), damaged.place);
    }
}

void write_word(Bytes& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

// Whatever comes of it: an error with a place, or a graph that is valid and can be written.
void check_answered(const Bytes& bytes) {
    const Result<Graph> read = read_tflite(bytes);
    if (read.ok()) {
        CHECK(validate(*read).ok());
        CHECK(read_tflite(write_tflite(*read)).ok());
    } else {
        CHECK(read.error().place != "");
    }
}

}  // namespace

TEST_CASE("the undamaged file is read") {
    const auto model = tflite::UnPackModel(valid_file().data());
    const Result<Graph> read = read_tflite(pack(*model));
    REQUIRE_MESSAGE(read.ok(), read.error().message());
    CHECK(test::difference(*read, test::int8_graph()) == "");
}

TEST_CASE("damaged models are refused by name") { check_cases(kModelCases); }
TEST_CASE("damaged tensors are refused by name") { check_cases(kTensorCases); }
TEST_CASE("damaged quantizations are refused by name") { check_cases(kQuantizationCases); }
TEST_CASE("damaged operators are refused by name") { check_cases(kOperatorCases); }

TEST_CASE("what is no .tflite file is refused by name") {
    check_refused({}, "byte 0");
    check_refused({1, 2, 3}, "byte 3");
    Bytes other = valid_file();
    std::copy_n("PK\3\4", 4, other.begin() + 4);
    check_refused(other, "byte 4");
    check_refused(Bytes(1000, 0), "byte 4");
    check_refused(Bytes(1000, 0xFF), "byte 4");
    check_refused({8, 0, 0, 0, 'T', 'F', 'L', '3'}, "model table at byte 8");
}

TEST_CASE("a root that leads nowhere is refused by name") {
    for (const std::uint32_t root : {0u, 1u, 4u, 7u, 9u, 0x7FFFFFFCu, 0x80000000u, 0xFFFFFFFCu}) {
        CAPTURE(root);
        Bytes bytes = valid_file();
        write_word(bytes, 0, root);
        check_refused(bytes, "model table at byte ");
    }
}

TEST_CASE("a file cut anywhere is refused with a place") {
    for (const Graph& graph : {test::int8_graph(), test::mixed_graph()}) {
        const Bytes whole = write_tflite(graph);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            CAPTURE(length);
            const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
            const Result<Graph> read = read_tflite(cut);
            CHECK(!read.ok());
            CHECK(read.error().place != "");
        }
    }
}

TEST_CASE("any byte changed is answered") {
    const Bytes whole = valid_file();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int change : {0x01, 0x80, 0xFF}) {
            CAPTURE(i);
            CAPTURE(change);
            Bytes bytes = whole;
            bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ change);
            check_answered(bytes);
        }
    }
}

TEST_CASE("any word made wild is answered") {
    const Bytes whole = valid_file();
    for (std::size_t i = 0; i + 4 <= whole.size(); i += 4) {
        for (const std::uint32_t value : {0u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
            CAPTURE(i);
            CAPTURE(value);
            Bytes bytes = whole;
            write_word(bytes, i, value);
            check_answered(bytes);
        }
    }
}

TEST_CASE("tensors that share one buffer a thousand times do not fill the memory") {
    const auto model = tflite::UnPackModel(valid_file().data());
    model->buffers[1]->data.assign(std::size_t{1} << 20, 1);
    graph_of(*model).tensors[1]->shape = {1 << 20};
    graph_of(*model).tensors[1]->quantization.reset();
    for (int i = 0; i < 1000; ++i) {
        graph_of(*model).tensors.push_back(
            std::make_unique<tflite::TensorT>(*graph_of(*model).tensors[1]));
    }
    check_refused(pack(*model), "tensor ");
}

TEST_CASE("more tables than any model has are refused by name") {
    const auto model = tflite::UnPackModel(valid_file().data());
    for (int i = 0; i < 300000; ++i) {
        model->buffers.push_back(std::make_unique<tflite::BufferT>());
    }
    check_refused(pack(*model), "model table at byte ");
}

}  // namespace whittle
