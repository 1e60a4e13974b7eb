// Operators that deal with shapes alone, in files as converters write them.

#include "core/deploy/shape_operators.h"

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"

namespace whittle::test {

namespace {

// A file made by hand.
class FileModel {
public:
    FileModel() {
        model_.version = 3;
        model_.subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
        model_.buffers.push_back(std::make_unique<tflite::BufferT>());
    }

    int tensor(tflite::TensorType type,
               const std::vector<std::int32_t>& shape,
               const std::vector<std::int32_t>& values = {}) {
        auto made = std::make_unique<tflite::TensorT>();
        made->type = type;
        made->shape = shape;
        if (!values.empty()) {
            made->buffer = static_cast<std::uint32_t>(model_.buffers.size());
            model_.buffers.push_back(std::make_unique<tflite::BufferT>());
            std::vector<std::uint8_t>& data = model_.buffers.back()->data;
            data.resize(4 * values.size());
            std::memcpy(data.data(), values.data(), data.size());
        }
        graph().tensors.push_back(std::move(made));
        return static_cast<int>(graph().tensors.size()) - 1;
    }

    tflite::OperatorT& apply(tflite::BuiltinOperator code,
                             const std::vector<std::int32_t>& inputs,
                             const std::vector<std::int32_t>& outputs) {
        auto op = std::make_unique<tflite::OperatorT>();
        op->opcode_index = static_cast<std::uint32_t>(model_.operator_codes.size());
        op->inputs = inputs;
        op->outputs = outputs;
        model_.operator_codes.push_back(std::make_unique<tflite::OperatorCodeT>());
        model_.operator_codes.back()->builtin_code = code;
        graph().operators.push_back(std::move(op));
        return *graph().operators.back();
    }

    tflite::SubGraphT& graph() { return *model_.subgraphs[0]; }

    Result<Graph> read() const {
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(tflite::Model::Pack(builder, &model_), tflite::ModelIdentifier());
        return read_tflite({builder.GetBufferPointer(), builder.GetSize()});
    }

private:
    tflite::ModelT model_;
};

constexpr auto kFloat = tflite::TensorType_FLOAT32;
constexpr auto kInt = tflite::TensorType_INT32;

// x [1, 6] reshaped to [batch of x, 2, 3], as Keras writes it where the batch is open.
FileModel open_batch() {
    FileModel file;
    const int x = file.tensor(kFloat, {1, 6});
    const int shape = file.tensor(kInt, {2});
    const int begin = file.tensor(kInt, {1}, {0});
    const int end = file.tensor(kInt, {1}, {1});
    const int batch = file.tensor(kInt, {});
    const int two = file.tensor(kInt, {}, {2});
    const int three = file.tensor(kInt, {}, {3});
    const int wanted = file.tensor(kInt, {3});
    const int y = file.tensor(kFloat, {1, 2, 3});
    file.apply(tflite::BuiltinOperator_SHAPE, {x}, {shape});
    tflite::StridedSliceOptionsT slice;
    slice.shrink_axis_mask = 1;
    file.apply(tflite::BuiltinOperator_STRIDED_SLICE, {shape, begin, end, end}, {batch})
        .builtin_options.Set(slice);
    tflite::PackOptionsT pack;
    pack.values_count = 3;
    file.apply(tflite::BuiltinOperator_PACK, {batch, two, three}, {wanted})
        .builtin_options.Set(pack);
    file.apply(tflite::BuiltinOperator_RESHAPE, {x, wanted}, {y});
    file.graph().inputs = {x};
    file.graph().outputs = {y};
    return file;
}

std::vector<float> answers(const Graph& graph, const std::vector<float>& in) {
    Result<Program> program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    REQUIRE(program->input_bytes() == 4 * in.size());
    std::vector<float> out(program->output_bytes() / 4);
    program->run({reinterpret_cast<const std::uint8_t*>(in.data()), 4 * in.size()},
                 {reinterpret_cast<std::uint8_t*>(out.data()), 4 * out.size()});
    return out;
}

}  // namespace

TEST_CASE("a reshape to a shape that the model computes is a reshape to a constant one") {
    const Result<Graph> graph = open_batch().read();
    REQUIRE_MESSAGE(graph.ok(), graph.error().message());
    REQUIRE(graph->nodes.size() == 1);
    CHECK(graph->nodes[0].op == OpKind::reshape);
    CHECK(graph->nodes[0].origin->number == 3);
    const Tensor& wanted = graph->tensor(graph->nodes[0].inputs[1]);
    REQUIRE(wanted.constant);
    const auto numbers = wanted.as<std::int32_t>();
    CHECK(std::vector<std::int32_t>(numbers.begin(), numbers.end()) ==
          std::vector<std::int32_t>{1, 2, 3});
    CHECK(answers(*graph, {1, 2, 3, 4, 5, 6}) == std::vector<float>{1, 2, 3, 4, 5, 6});
    const auto written = write_tflite(*graph);
    const Result<Graph> again = read_tflite(written);
    REQUIRE(again.ok());
    CHECK(write_tflite(*again) == written);
    const Result<Graph> batched = with_batch(*graph, 4);
    REQUIRE(batched.ok());
    CHECK(batched->tensor(batched->outputs[0]).shape == Shape{4, 2, 3});
}

TEST_CASE("dimensions of one that come and go are reshapes") {
    FileModel file;
    const int x = file.tensor(kFloat, {1, 4});
    const int axis = file.tensor(kInt, {}, {1});
    const int wide = file.tensor(kFloat, {1, 1, 4});
    const int y = file.tensor(kFloat, {4});
    file.apply(tflite::BuiltinOperator_EXPAND_DIMS, {x, axis}, {wide});
    file.apply(tflite::BuiltinOperator_SQUEEZE, {wide}, {y});
    file.graph().inputs = {x};
    file.graph().outputs = {y};
    const Result<Graph> graph = file.read();
    REQUIRE_MESSAGE(graph.ok(), graph.error().message());
    CHECK(graph->nodes.size() == 2);
    CHECK(answers(*graph, {1, 2, 3, 4}) == std::vector<float>{1, 2, 3, 4});
    const Result<Graph> again = read_tflite(write_tflite(*graph));
    REQUIRE(again.ok());
    CHECK(answers(*again, {1, 2, 3, 4}) == std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("a shape may be all of the answer") {
    for (const auto type : {kInt, tflite::TensorType_INT64}) {
        FileModel file;
        const int x = file.tensor(kFloat, {1, 4});
        const int shape = file.tensor(type, {2});
        file.apply(tflite::BuiltinOperator_SHAPE, {x}, {shape});
        file.graph().inputs = {x};
        file.graph().outputs = {shape};
        const Result<Graph> graph = file.read();
        REQUIRE_MESSAGE(graph.ok(), graph.error().message());
        CHECK(graph->nodes.empty());
        CHECK(graph->tensor(shape).constant);
        CHECK(graph->tensor(shape).bytes() == (type == kInt ? 8 : 16));
    }
}

TEST_CASE("shape operators that make no sense are refused with their place in the file") {
    struct Damage {
        const char* name;
        std::function<void(FileModel&)> apply;
        const char* place;
    };
    const auto op = [](FileModel& file, std::size_t i) -> tflite::OperatorT& {
        return *file.graph().operators[i];
    };
    const auto tensor = [](FileModel& file, std::size_t i) -> tflite::TensorT& {
        return *file.graph().tensors[i];
    };
    const std::vector<Damage> damages = {
        {"no input", [&](FileModel& f) { op(f, 0).inputs.clear(); }, "operator 0 (SHAPE"},
        {"no output", [&](FileModel& f) { op(f, 0).outputs.clear(); }, "operator 0 (SHAPE"},
        {"wild input", [&](FileModel& f) { op(f, 0).inputs = {99}; }, "operator 0 (SHAPE"},
        {"left out input", [&](FileModel& f) { op(f, 0).inputs = {-1}; }, "operator 0 (SHAPE"},
        {"wild output", [&](FileModel& f) { op(f, 0).outputs = {-7}; }, "operator 0 (SHAPE"},
        {"an output of floats", [&](FileModel& f) { tensor(f, 1).type = kFloat; },
         "operator 0 (SHAPE"},
        {"as many numbers as there are not", [&](FileModel& f) { tensor(f, 1).shape = {3}; },
         "operator 0 (SHAPE"},
        {"an output that is a constant", [&](FileModel& f) { op(f, 0).outputs = {2}; },
         "operator 0 (SHAPE"},
        {"an output that is the input", [&](FileModel& f) { op(f, 0).outputs = {0}; },
         "operator 0 (SHAPE"},
        {"a slice of nothing", [&](FileModel& f) { op(f, 1).outputs.clear(); },
         "operator 1 (STRIDED_SLICE"},
        {"a slice of another shape", [&](FileModel& f) { tensor(f, 4).shape = {2}; },
         "operator 1 (STRIDED_SLICE"},
        {"parts that are computed",
         [&](FileModel& f) {
             op(f, 2).inputs = {0, 5, 6};
         },
         "operator 2 (PACK"},
        {"parts of two shapes",
         [&](FileModel& f) {
             op(f, 2).inputs = {4, 2, 6};
         },
         "operator 2 (PACK"},
        {"another axis", [&](FileModel& f) { op(f, 2).builtin_options.AsPackOptions()->axis = 1; },
         "operator 2 (PACK"},
        {"more parts than any shape",
         [&](FileModel& f) { op(f, 2).inputs = std::vector<std::int32_t>(65, 5); },
         "operator 2 (PACK"},
        {"a part fewer",
         [&](FileModel& f) {
             op(f, 2).inputs = {4, 5};
         },
         "operator 2 (PACK"},
        {"before its parts", [&](FileModel& f) { std::swap(op(f, 1), op(f, 2)); },
         "operator 1 (PACK"},
    };
    for (const Damage& damage : damages) {
        CAPTURE(damage.name);
        FileModel file = open_batch();
        damage.apply(file);
        const Result<Graph> graph = file.read();
        REQUIRE_FALSE(graph.ok());
        CHECK_MESSAGE(graph.error().place.find(damage.place) == 0, graph.error().message());
        CHECK_FALSE(graph.error().expected.empty());
        CHECK_FALSE(graph.error().found.empty());
    }
}

TEST_CASE("a squeeze to another shape is refused") {
    for (const std::vector<std::int32_t>& shape : {std::vector<std::int32_t>{2, 2}, {5}, {}}) {
        FileModel file;
        const int x = file.tensor(kFloat, {1, 4});
        const int y = file.tensor(kFloat, shape);
        file.apply(tflite::BuiltinOperator_SQUEEZE, {x}, {y});
        file.graph().inputs = {x};
        file.graph().outputs = {y};
        const Result<Graph> graph = file.read();
        REQUIRE_FALSE(graph.ok());
        CHECK(graph.error().place == "operator 0 (SQUEEZE, version 1), output: tensor 1");
    }
}

}  // namespace whittle::test
