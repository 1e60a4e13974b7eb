#include "core/deploy/codegen.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/base/random.h"
#include "core/compress/quantize.h"
#include "core/deploy/program_image.h"
#include "core/graph/builder.h"
#include "core/ops/add/attributes.h"
#include "core/ops/pad/attributes.h"
#include "core/ops/reshape/attributes.h"
#include "core/ops/softmax/attributes.h"
#include "tests/support/sample_graphs.h"

namespace whittle {

namespace {

// One of every operator: 6 inputs, a branch, a reshape, softmax at the end, and a second output.
Graph make_float_graph() {
    Random random(5);
    GraphBuilder builder("every operator");
    const int x = builder.input("x */ \\ evil name", {6});
    const int a = builder.fully_connected(x, 4, Activation::relu, random);
    const int b =
        builder.apply(OpKind::tanh, {builder.fully_connected(x, 4, Activation::none, random)});
    const int sum = builder.apply(OpKind::add, {a, b}, Attributes::of(AddAttributes{}));
    const int clipped = builder.apply(OpKind::relu_n1_to_1, {sum});
    const int swished = builder.apply(
        OpKind::silu, {builder.fully_connected(clipped, 4, Activation::relu_n1_to_1, random)});
    const int shaped =
        builder.apply(OpKind::reshape, {swished}, Attributes::of(ReshapeAttributes{3, {1, 2, 2}}));
    const std::vector<float> around = {-0.125f};
    const int padded =
        builder.apply(OpKind::pad_v2,
                      {shaped, builder.indices("amounts", {0, 0, 0, 0, 1, 0}, {3, 2}),
                       builder.constant("around", {}, around)},
                      Attributes::of(PadAttributes{{0, 0, 1}, {0, 0, 0}}));
    const int flat =
        builder.apply(OpKind::reshape, {padded}, Attributes::of(ReshapeAttributes{2, {1, 6}}));
    const int relu6 = builder.apply(OpKind::relu6, {flat});
    const int logits = builder.fully_connected(relu6, 3, Activation::relu6, random);
    const int logistic = builder.apply(OpKind::logistic, {logits});
    const int probabilities =
        builder.apply(OpKind::softmax, {logits}, Attributes::of(SoftmaxAttributes{}));
    return std::move(builder).finish({probabilities, logistic});
}

std::vector<float> samples(std::size_t count) {
    Random random(8);
    std::vector<float> values(count);
    for (float& value : values) value = random.uniform(-2.0f, 2.0f);
    return values;
}

Graph make_int8_graph(bool float_edges) {
    QuantizeOptions options;
    options.float_inputs_outputs = float_edges;
    auto graph = quantize_int8(make_float_graph(), samples(6 * 50), options);
    REQUIRE_MESSAGE(graph.ok(), (graph.ok() ? "" : graph.error().message()));
    return std::move(graph).value();
}

// A program that reads inferences from stdin's stand-in (a file) and writes the outputs.
std::string main_program(std::size_t in_bytes, const Graph& graph, const char* type) {
    const std::string first = std::to_string(graph.tensor(graph.outputs[0]).elements());
    const std::string second = std::to_string(graph.tensor(graph.outputs[1]).elements());
    const std::string t = type;
    return "#include <stdio.h>\n#include \"net.h\"\nint main(int argc, char** argv) {\n"
           "    " +
           t + " in[" + std::to_string(in_bytes) + " / sizeof(" + t +
           ")];\n"
           "    " +
           t + " a[" + first + "]; " + t + " b[" + second +
           "];\n"
           "    FILE* from = fopen(argv[1], \"rb\");\n"
           "    FILE* to = fopen(argv[2], \"wb\");\n"
           "    if (argc != 3 || !from || !to) return 1;\n"
           "    while (fread(in, sizeof in, 1, from) == 1) {\n"
           "        net_invoke(in, a, b);\n"
           "        fwrite(a, sizeof a, 1, to);\n        fwrite(b, sizeof b, 1, to);\n    }\n"
           "    return fclose(to);\n}\n";
}

struct Compiler {
    const char* program;
    const char* standard;
    const char* language;
};

// Compiles the generated code strictly and compares its outputs with the interpreter's.
void check_generated(const Graph& graph, const char* type, const Compiler& compiler) {
    auto program = Program::from_graph(graph);
    REQUIRE_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
    const auto code = generate_c(graph, "net");
    REQUIRE_MESSAGE(code.ok(), (code.ok() ? "" : code.error().message()));
    const auto folder = make_temporary_folder();
    REQUIRE(folder.ok());
    const std::string base = *folder + "/";

    std::vector<std::uint8_t> inputs(program->input_bytes() * 40);
    const std::vector<float> values = samples(inputs.size() / 4);
    std::copy_n(reinterpret_cast<const std::uint8_t*>(values.data()), inputs.size(), inputs.data());
    std::vector<std::uint8_t> expected(program->output_bytes() * 40);
    for (std::size_t i = 0; i < 40; ++i) {
        program->run(
            std::span(inputs).subspan(i * program->input_bytes(), program->input_bytes()),
            std::span(expected).subspan(i * program->output_bytes(), program->output_bytes()));
    }
    REQUIRE(write_file(base + code->header_name, code->header).ok());
    REQUIRE(write_file(base + code->source_name, code->source).ok());
    REQUIRE(write_file(base + "main.c", main_program(program->input_bytes(), graph, type)).ok());
    REQUIRE(write_file(base + "in.bin", inputs).ok());

    const auto build =
        run_process({compiler.program, "-x", compiler.language, compiler.standard, "-O2", "-Wall",
                     "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-ffp-contract=off",
                     base + "net.c", base + "main.c", "-o", base + "net"},
                    120);
    REQUIRE(build.ok());
    REQUIRE_MESSAGE(build->exit_code == 0, build->err);
    const auto ran = run_process({base + "net", base + "in.bin", base + "out.bin"}, 60);
    REQUIRE(ran.ok());
    CHECK(ran->exit_code == 0);
    const auto output = read_file(base + "out.bin");
    REQUIRE(output.ok());
    CHECK(*output == expected);
    remove_folder(*folder);
}

}  // namespace

TEST_CASE("Generated code is strict C99 and C++17 and gives the interpreter's bytes") {
    int compilers = 0;
    for (const Compiler& compiler :
         {Compiler{"gcc", "-std=c99", "c"}, Compiler{"g++", "-std=c++17", "c++"}}) {
#ifdef __EMSCRIPTEN__
        std::fprintf(stderr, "skipped: %s: the native test compiles the generated code\n",
                     compiler.program);
        continue;
#endif
        if (find_program(compiler.program).empty()) {
            std::fprintf(stderr, "skipped: %s is not there\n", compiler.program);
            continue;
        }
        ++compilers;
        check_generated(make_float_graph(), "float", compiler);
        check_generated(make_int8_graph(false), "int8_t", compiler);
        check_generated(make_int8_graph(true), "float", compiler);
        for (Graph graph : {test::mixed_graph(), test::quantized_graph(), test::int16_graph(),
                            test::narrow_sums_graph()}) {
            graph.outputs.resize(2);
            check_generated(graph, "float", compiler);
        }
    }
    MESSAGE("compilers tried: ", compilers);
}

TEST_CASE("Generated code says what it costs, and cannot be broken by names from outside") {
    const auto code = generate_c(make_int8_graph(false), "net");
    REQUIRE(code.ok());
    CHECK(code->header.find("NET_INPUT0_COUNT 6") != std::string::npos);
    CHECK(code->header.find("NET_INPUT0_SCALE 0x") != std::string::npos);
    CHECK(code->header.find("evil name") != std::string::npos);
    CHECK(code->header.find("x */") == std::string::npos);
    CHECK(code->header.find("NET_ARENA_BYTES " + std::to_string(code->arena_bytes)) !=
          std::string::npos);
    CHECK(code->constant_bytes > 0);
}

TEST_CASE("A name that C does not take is refused") {
    for (const char* name : {"", "1net", "a-b", "a b", "n\xC3\xA9t", "a;b"}) {
        const auto code = generate_c(make_float_graph(), name);
        REQUIRE_FALSE(code.ok());
        CHECK(code.error().found.find(name) != std::string::npos);
    }
}

TEST_CASE("Weights that are not finite are refused") {
    Graph graph = make_float_graph();
    for (Tensor& tensor : graph.tensors) {
        if (tensor.constant) tensor.as<float>()[0] = INFINITY;
    }
    const auto code = generate_c(graph, "net");
    REQUIRE_FALSE(code.ok());
    CHECK(code.error().expected == "finite weights");
}

}  // namespace whittle
