#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/base/platform/files.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"
#include "core/ops/tflite_generated.h"
#include "tests/support/sample_graphs.h"
#include "tests/support/shared_data.h"

namespace whittle::test {

namespace {

// Models with operators of one program's own.
bool has_custom_operators(const std::string& name) {
    return name.find("audio_preprocessor") != std::string::npos;
}

// Every rejection names operator, version and tensor, the reason, and what can be done.
void check_refusal(const Error& error) {
    CAPTURE(error.message());
    CHECK(error.place.find("operator ") == 0);
    CHECK(error.place.find("version ") != std::string::npos);
    CHECK(error.place.find("tensor ") != std::string::npos);
    CHECK_FALSE(error.expected.empty());
    CHECK_FALSE(error.found.empty());
    CHECK_FALSE(error.hint.empty());
}

}  // namespace

TEST_CASE("an operator that makes nothing is refused, whatever it looks at in its output") {
    const std::vector<std::uint8_t> bytes = write_tflite(int16_graph());
    for (std::size_t i = 0; i < int16_graph().nodes.size(); ++i) {
        CAPTURE(i);
        const auto model = tflite::UnPackModel(bytes.data());
        model->subgraphs[0]->operators[i]->outputs.clear();
        flatbuffers::FlatBufferBuilder builder;
        builder.Finish(tflite::Model::Pack(builder, model.get()), tflite::ModelIdentifier());
        const auto read = read_tflite({builder.GetBufferPointer(), builder.GetSize()});
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().place.find("operator " + std::to_string(i)) != std::string::npos);
    }
}

TEST_CASE("other people's models are read, run and written, or refused with place and reason") {
    const auto folder = shared_data("models");
    if (!folder) return;
    const auto entries = list_folder(*folder);
    REQUIRE(entries.ok());
    int accepted = 0;
    for (const FolderEntry& entry : *entries) {
        if (entry.name.size() < 7 || entry.name.substr(entry.name.size() - 7) != ".tflite")
            continue;
        CAPTURE(entry.name);
        const auto bytes = read_file(*folder + "/" + entry.name);
        REQUIRE(bytes.ok());
        const auto graph = read_tflite(*bytes);
        if (!graph.ok()) {
            check_refusal(graph.error());
            CHECK_MESSAGE(has_custom_operators(entry.name), graph.error().message());
            continue;
        }
        const auto program = Program::from_graph(*graph);
        CHECK_MESSAGE(program.ok(), (program.ok() ? "" : program.error().message()));
        CHECK(read_tflite(write_tflite(*graph)).ok());
        ++accepted;
    }
    CHECK(accepted > 0);
}

}  // namespace whittle::test
