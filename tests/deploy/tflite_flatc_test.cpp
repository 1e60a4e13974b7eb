// Files written here, decoded by an independent reader: the FlatBuffers compiler with the schema.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/sample_graphs.h"
#include "tests/support/shared_data.h"

namespace whittle {

namespace {

nlohmann::json decode(const std::string& flatc, const Graph& graph) {
    const Result<std::string> folder = make_temporary_folder();
    REQUIRE(folder.ok());
    const std::string path = *folder + "/model.tflite";
    REQUIRE(write_file(path, std::span<const std::uint8_t>(write_tflite(graph))).ok());
    const Result<ProcessResult> run =
        run_process({flatc, "--json", "--strict-json", "--raw-binary", "-o", *folder,
                     test::source_path("core/ops/tflite.fbs"), "--", path},
                    60);
    REQUIRE_MESSAGE(run.ok(), run.error().message());
    REQUIRE_MESSAGE(run->exit_code == 0, run->err, run->out);
    const auto text = read_file(*folder + "/model.json");
    REQUIRE(text.ok());
    remove_folder(*folder);
    return nlohmann::json::parse(text->begin(), text->end());
}

std::string found_flatc() {
    const std::string flatc = find_program("flatc");
    if (flatc.empty()) std::fprintf(stderr, "skipped: flatc (flatbuffers-compiler) is not there\n");
    return flatc;
}

// Names of the operators in execution order.
std::vector<std::string> operators_of(const nlohmann::json& model) {
    std::vector<std::string> names;
    for (const auto& op : model["subgraphs"][0]["operators"]) {
        const auto index = op.value("opcode_index", std::size_t{0});
        names.push_back(model["operator_codes"][index].value("builtin_code", "ADD"));
    }
    return names;
}

}  // namespace

TEST_CASE("flatc decodes a float model: operators and shapes") {
    const std::string flatc = found_flatc();
    if (flatc.empty()) return;
    const Graph graph = test::mixed_graph();
    const nlohmann::json model = decode(flatc, graph);
    CHECK(model["version"] == 3);
    CHECK(model["description"] == "Whittle");
    const std::vector<std::string> operators = operators_of(model);
    const std::vector<std::string> first = {"ADD", "MUL", "RESHAPE", "CONV_2D"};
    REQUIRE(operators.size() > first.size());
    CHECK(std::equal(first.begin(), first.end(), operators.begin()));
    std::vector<std::string> expected;
    for (const Node& node : expand(graph).nodes) {
        expected.push_back(tflite::EnumNameBuiltinOperator(definition_of(node.op).tflite.code));
    }
    CHECK(operators == expected);
    const nlohmann::json& subgraph = model["subgraphs"][0];
    const Graph expanded = expand(graph);
    CHECK(subgraph["inputs"] == expanded.inputs);
    CHECK(subgraph["outputs"] == expanded.outputs);
    REQUIRE(subgraph["tensors"].size() == expanded.tensors.size());
    for (std::size_t i = 0; i < expanded.tensors.size(); ++i) {
        CHECK(subgraph["tensors"][i]["name"] == expanded.tensors[i].name);
        CHECK(subgraph["tensors"][i]["shape"] == expanded.tensors[i].shape);
    }
    CHECK(subgraph["operators"][0]["builtin_options_type"] == "AddOptions");
    CHECK(subgraph["operators"][0]["builtin_options"]["fused_activation_function"] == "RELU");
}

TEST_CASE("flatc decodes an int8 model: types, quantization and data") {
    const std::string flatc = found_flatc();
    if (flatc.empty()) return;
    const Graph graph = test::int8_graph();
    const nlohmann::json model = decode(flatc, graph);
    CHECK(operators_of(model) == std::vector<std::string>{"FULLY_CONNECTED", "FULLY_CONNECTED"});
    const nlohmann::json& tensors = model["subgraphs"][0]["tensors"];
    CHECK(tensors[0]["type"] == "INT8");
    CHECK(tensors[2]["type"] == "INT32");
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const Tensor& tensor = graph.tensors[i];
        CHECK(tensors[i]["shape"] == tensor.shape);
        CHECK(tensors[i]["quantization"]["scale"] == tensor.quantization.scales);
        CHECK(tensors[i]["quantization"]["zero_point"] == tensor.quantization.zero_points);
        if (!tensor.constant) continue;
        const auto buffer = tensors[i]["buffer"].get<std::size_t>();
        CHECK(model["buffers"][buffer]["data"] == tensor.data);
    }
}

}  // namespace whittle
