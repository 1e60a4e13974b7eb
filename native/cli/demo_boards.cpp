// The demo's last chapters: firmware, and whether all ways to run the model give the same bits.

#include <algorithm>
#include <filesystem>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/deploy/boards.h"
#include "core/deploy/codegen.h"
#include "native/boards/emulator.h"
#include "native/boards/firmware_project.h"
#include "native/cli/demo.h"

namespace whittle::cli {
namespace {

constexpr int kTimeoutSeconds = 60;

// One with much room and one with little; their tools are all that the demo needs.
constexpr const char* kBoards[] = {"mps2-an386", "microbit"};

// Reads int8 values from a file, writes the model's answers to another.
constexpr std::string_view kHostProgram = R"(#include <stdio.h>

#include "sine.h"

int main(int argc, char** argv) {
    FILE* in = argc == 3 ? fopen(argv[1], "rb") : NULL;
    FILE* out = argc == 3 ? fopen(argv[2], "wb") : NULL;
    int8_t x, y;
    if (in == NULL || out == NULL) return 1;
    while (fread(&x, 1, 1, in) == 1) {
        sine_invoke(&x, &y);
        if (fwrite(&y, 1, 1, out) != 1) return 1;
    }
    return fclose(out) == 0 ? 0 : 1;
}
)";

constexpr const char* kThisBuild =
#if defined(__EMSCRIPTEN__)
    "WebAssembly";
#elif defined(__x86_64__)
    "x86-64";
#elif defined(__aarch64__)
    "aarch64";
#else
    "this machine";
#endif

std::string instructions_text(const BoardRun& run) {
    return run.instructions.empty() ? "not counted" : thousands(run.mean_instructions());
}

Json instructions_json(const BoardRun& run) {
    return run.instructions.empty() ? Json(nullptr) : Json(run.mean_instructions());
}

Status ran_well(const Result<ProcessResult>& result, const std::string& program) {
    if (!result.ok()) return result.status();
    if (result->exit_code == 0) return {};
    return Error{program, "", "exit status 0", std::to_string(result->exit_code),
                 result->err.empty() ? result->out : result->err};
}

}  // namespace

Status Demo::make_firmware() {
    for (int value = -128; value <= 127; ++value) {
        inputs_.push_back(static_cast<std::uint8_t>(static_cast<std::int8_t>(value)));
    }
    auto program = Program::from_graph(int8_graph_);
    if (!program.ok()) return program.status();
    Answer here{std::string("interpreter, ") + kThisBuild, std::vector<std::uint8_t>(256)};
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        program->run(std::span(inputs_).subspan(i, 1), std::span(here.outputs).subspan(i, 1));
    }
    answers_.push_back(std::move(here));

    title("Firmware");
    say("The int8 net written out as plain C, weights included, and built for two boards: a whole "
        "firmware without operating system or library. Flash and RAM are its own; stack and "
        "instructions of one inference are measured on the emulated board.");
    report_["boards"] = Json::array();
    if (program_path().empty()) {
        go_without("firmware and boards",
                   {"", "", "files and other programs", "a browser, which has neither",
                    "./play demo in a terminal shows this chapter"});
        return {};
    }
    firmware_table_.right({2, 3, 4, 5});
    for (const char* name : kBoards) {
        const Board& board = *board_named(name);
        const std::string folder = folder_ + "/" + board.name;
        if (const Status status = run_firmware(board, folder); !status.ok()) {
            go_without(std::string("firmware on the board ") + board.name, status.error());
        }
        if (const Status status = interpret_on_board(board); !status.ok()) {
            go_without(std::string("the interpreter on the board ") + board.name, status.error());
        }
    }
    if (!report_["boards"].empty()) show("\n" + firmware_table_.text());
    return {};
}

Status Demo::run_firmware(const Board& board, const std::string& folder) {
    const auto code = generate_c(int8_graph_, "sine", {}, board.kernels);
    if (!code.ok()) return code.status();
    const auto project = write_firmware_project(*code, int8_graph_, "sine", board, folder);
    if (!project.ok()) return project.status();
    const auto build = build_firmware(*project);
    if (!build.ok()) return build.status();
    auto run = run_measured_firmware(board, build->measure_elf, inputs_, inputs_.size());
    if (!run.ok()) return run.status();
    firmware_table_.add({board.name, board.core, thousands(build->flash_bytes),
                         thousands(build->ram_bytes), thousands(run->stack_bytes),
                         instructions_text(*run)});
    report_["boards"].push_back({{"name", board.name},
                                 {"flash_bytes", build->flash_bytes},
                                 {"static_ram_bytes", build->ram_bytes},
                                 {"stack_bytes", run->stack_bytes},
                                 {"instructions_per_inference", instructions_json(*run)}});
    answers_.push_back({std::string("firmware on ") + board.name, std::move(run->outputs)});
    return {};
}

Status Demo::interpret_on_board(const Board& board) {
    const auto image = board_image(int8_graph_, board);
    if (!image.ok()) return image.status();
    auto run = run_on_board(board, *image, inputs_, inputs_.size());
    if (!run.ok()) return run.status();
    report_["interpreters"].push_back({{"board", board.name},
                                       {"flash_bytes", run->flash_bytes},
                                       {"static_ram_bytes", run->static_ram_bytes},
                                       {"arena_bytes", run->arena_bytes},
                                       {"stack_bytes", run->stack_bytes},
                                       {"instructions_per_inference", instructions_json(*run)}});
    answers_.push_back({std::string("interpreter on ") + board.name, std::move(run->outputs)});
    return {};
}

Result<std::vector<std::uint8_t>> Demo::run_generated_c() const {
    const std::string compiler = find_program("cc");
    if (compiler.empty()) {
        return Error{"cc", "", "a C compiler", "none in PATH", "./play installs one"};
    }
    const auto code = generate_c(int8_graph_, "sine");
    if (!code.ok()) return code.status();
    const std::string folder = folder_ + "/c";
    if (Status status = make_folder(folder); !status.ok()) return status;
    const std::pair<std::string, std::string_view> files[] = {{code->header_name, code->header},
                                                              {code->source_name, code->source},
                                                              {"main.c", kHostProgram}};
    for (const auto& [name, text] : files) {
        if (Status status = write_file(folder + "/" + name, text); !status.ok()) return status;
    }
    const std::string in = folder + "/inputs.bin";
    const std::string out = folder + "/outputs.bin";
    if (Status status = write_file(in, inputs_); !status.ok()) return status;
    const auto compiled =
        run_process({compiler, "-std=c99", "-O2", "-ffp-contract=off", "-o", folder + "/sine",
                     folder + "/" + code->source_name, folder + "/main.c"},
                    kTimeoutSeconds);
    if (Status status = ran_well(compiled, compiler); !status.ok()) return status;
    const auto ran = run_process({folder + "/sine", in, out}, kTimeoutSeconds);
    if (Status status = ran_well(ran, folder + "/sine"); !status.ok()) return status;
    return read_file(out);
}

// The native program runs the WebAssembly build beside it, and the other way round.
Result<Demo::Answer> Demo::run_other_build() const {
    const std::filesystem::path builds =
        std::filesystem::path(program_path()).parent_path().parent_path().parent_path();
    std::vector<std::string> command;
    Answer answer;
#if defined(__EMSCRIPTEN__)
    answer.by = "interpreter, native program";
    command = {(builds / "native/bin/whittle").string()};
#else
    answer.by = "interpreter, WebAssembly";
    const std::string node = find_program("node");
    if (node.empty()) return Error{"node", "", "Node.js", "none in PATH", "./play installs it"};
    command = {node, (builds / "web/bin/whittle.js").string()};
#endif
    if (!file_exists(command.back())) {
        return Error{command.back(), "", "the other build of this program", "no such file",
                     "./play demo builds it"};
    }
    const std::string in = folder_ + "/inputs.bin";
    const std::string out = folder_ + "/outputs.bin";
    if (Status status = write_file(in, inputs_); !status.ok()) return status;
    const std::string program = command.back();
    for (const std::string& argument : {std::string("run"), folder_ + "/sine_int8.tflite",
                                        std::string("--input"), in, std::string("--output"), out}) {
        command.push_back(argument);
    }
    const auto ran = run_process(command, kTimeoutSeconds);
    if (Status status = ran_well(ran, program); !status.ok()) return status;
    auto outputs = read_file(out);
    if (!outputs.ok()) return outputs.status();
    answer.outputs = std::move(outputs).value();
    return answer;
}

Status Demo::compare_bits() {
    title("The same bits everywhere");
    if (program_path().empty()) return judge();
    if (auto outputs = run_generated_c(); outputs.ok()) {
        answers_.push_back({"generated C on this machine", std::move(outputs).value()});
    } else {
        go_without("the generated C code on this machine", outputs.error());
    }
    if (auto answer = run_other_build(); answer.ok()) {
        answers_.push_back(std::move(answer).value());
    } else {
        go_without("the other build of this program", answer.error());
    }
    return judge();
}

Status Demo::judge() {
    say("All 256 values of int8 as inputs, one after another, by every way there is to run the "
        "model:");
    Status verdict;
    Table table({"run by", "outputs"});
    for (const Answer& answer : answers_) {
        const auto& expected = answers_.front().outputs;
        const auto difference = std::mismatch(expected.begin(), expected.end(),
                                              answer.outputs.begin(), answer.outputs.end());
        const bool same = answer.outputs == expected;
        table.add({answer.by, &answer == &answers_.front() ? "compared with these"
                              : same                       ? "the same"
                                                           : "different"});
        report_["answers"].push_back({{"by", answer.by}, {"same", same}});
        if (same || !verdict.ok()) continue;
        const auto at = difference.first - expected.begin();
        const auto value_at = [at](const std::vector<std::uint8_t>& outputs) {
            const auto index = static_cast<std::size_t>(at);
            return index < outputs.size() ? std::to_string(static_cast<std::int8_t>(outputs[index]))
                                          : std::string("nothing");
        };
        verdict = Error{answer.by, "input " + std::to_string(at - 128), value_at(expected),
                        value_at(answer.outputs), ""};
    }
    show("\n" + table.text());
    if (answers_.size() == 1) {
        show("\n  bit-identical: " + style_.bold("nothing to compare with here") + "\n");
        return {};
    }
    report_["bit_identical"] = verdict.ok();
    show("\n  bit-identical: " + (verdict.ok() ? style_.green("yes") : style_.red("no")) + "\n");
    return verdict;
}

}  // namespace whittle::cli
