#include <cstdio>
#include <memory>

#include "core/base/platform/files.h"
#include "core/deploy/program_image.h"
#include "native/boards/emulator.h"
#include "native/cli/arena_drawing.h"
#include "native/cli/command.h"
#include "native/cli/json.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

struct RunCommand {
    std::string model;
    std::string input;
    std::string output;
    std::string on = "native";
    SavingsOptions savings;
    bool json = false;
};

// How many inferences the bytes of a file hold.
Result<std::size_t> inferences_in(std::size_t file_bytes,
                                  const Program& program,
                                  const std::string& path) {
    const std::size_t each = program.input_bytes();
    if (each > 0 && file_bytes > 0 && file_bytes % each == 0) return file_bytes / each;
    return Error{
        path, "",
        thousands(static_cast<std::int64_t>(each)) + " bytes, or a multiple for several inferences",
        thousands(static_cast<std::int64_t>(file_bytes)) + " bytes",
        "the bytes of all inputs in order; whittle inspect shows their types and shapes"};
}

BoardRun run_here(Program& program, std::span<const std::uint8_t> inputs, std::size_t inferences) {
    BoardRun run;
    run.outputs.resize(inferences * program.output_bytes());
    for (std::size_t i = 0; i < inferences; ++i) {
        program.run(
            inputs.subspan(i * program.input_bytes(), program.input_bytes()),
            std::span(run.outputs).subspan(i * program.output_bytes(), program.output_bytes()));
    }
    run.arena_bytes = static_cast<std::int64_t>(program.arena_bytes());
    return run;
}

Result<BoardRun> run_there(const ModelFile& model,
                           const RunCommand& command,
                           std::span<const std::uint8_t> inputs,
                           std::size_t inferences) {
    const Board& board = *board_named(command.on);
    const auto image = board_image(model.graph, board, command.savings.chosen());
    if (!image.ok()) return image.error();
    return run_on_board(board, *image, inputs, inferences);
}

struct Arena {
    std::int64_t bytes = 0;  // as whittle inspect shows it, and C with reference kernels takes
    std::int64_t scratch_bytes = 0;  // that the fast kernels of this machine take more
};

Result<Arena> arena_of(const ModelFile& model, const RunCommand& command, const BoardRun& run) {
    if (command.on != "native") return Arena{.bytes = run.arena_bytes};
    const auto reference =
        prepare_deployment(model.graph, InputsOutputs::in_arena, command.savings.chosen());
    if (!reference.ok()) return reference.error();
    return Arena{.bytes = reference->plan.arena_bytes,
                 .scratch_bytes = run.arena_bytes - reference->plan.arena_bytes};
}

void print_table(const RunCommand& command,
                 std::size_t inferences,
                 const BoardRun& run,
                 const Arena& arena) {
    std::printf("inferences    %s\n", thousands(static_cast<std::int64_t>(inferences)).c_str());
    std::printf("arena         %s bytes%s\n", thousands(arena.bytes).c_str(),
                scratch_text(arena.scratch_bytes).c_str());
    if (command.on != "native") {
        if (run.instructions.empty()) {
            std::printf("instructions  not counted: %s\n", run.not_counted.c_str());
        } else {
            std::printf("instructions  %s an inference\n",
                        thousands(run.mean_instructions()).c_str());
        }
        std::printf("stack         %s bytes at the deepest\n", thousands(run.stack_bytes).c_str());
        std::printf("static RAM    %s bytes of the runner\n",
                    thousands(run.static_ram_bytes).c_str());
        std::printf("flash         %s bytes, runner and model\n",
                    thousands(run.flash_bytes).c_str());
    }
    std::printf("written       %s, %s bytes\n", command.output.c_str(),
                thousands(static_cast<std::int64_t>(run.outputs.size())).c_str());
}

Json json_of(const RunCommand& command,
             std::size_t inferences,
             const BoardRun& run,
             const Arena& arena) {
    Json json = {{"on", command.on},
                 {"inferences", inferences},
                 {"output_bytes", run.outputs.size()},
                 {"arena_bytes", arena.bytes}};
    if (command.on == "native") {
        json["fast_kernels_scratch_bytes"] = arena.scratch_bytes;
        return json;
    }
    json["instructions_per_inference"] =
        run.instructions.empty() ? Json(nullptr) : Json(run.mean_instructions());
    if (!run.not_counted.empty()) json["not_counted"] = run.not_counted;
    json["stack_bytes"] = run.stack_bytes;
    json["static_ram_bytes"] = run.static_ram_bytes;
    json["flash_bytes"] = run.flash_bytes;
    return json;
}

Status run_run(const RunCommand& command) {
    const auto model = load_model(command.model);
    if (!model.ok()) return model.status();
    auto program = Program::from_graph(model->graph, command.savings.chosen());
    if (!program.ok()) return program.status().in_file(command.model);
    const auto inputs = read_file(command.input);
    if (!inputs.ok()) return inputs.status();
    const auto inferences = inferences_in(inputs->size(), *program, command.input);
    if (!inferences.ok()) return inferences.status();
    const bool here = command.on == "native";
    const Result<BoardRun> run = here ? Result<BoardRun>(run_here(*program, *inputs, *inferences))
                                      : run_there(*model, command, *inputs, *inferences);
    if (!run.ok()) return run.status();
    const auto arena = arena_of(*model, command, *run);
    if (!arena.ok()) return arena.status();
    if (const Status status = write_file(command.output, run->outputs); !status.ok()) {
        return status;
    }
    if (command.json) {
        std::puts(json_of(command, *inferences, *run, *arena).document().c_str());
    } else {
        print_table(command, *inferences, *run, *arena);
    }
    return {};
}

}  // namespace

Command::Action declare_run(Arguments& arguments) {
    const auto command = std::make_shared<RunCommand>();
    add_model_argument(arguments, command->model);
    arguments.text("--input", command->input,
                   {.value = "IN.bin",
                    .help = "raw bytes of all inputs in order; may hold several inferences",
                    .required = true});
    arguments.text(
        "--output", command->output,
        {.value = "OUT.bin", .help = "where the raw bytes of all outputs go", .required = true});
    std::vector<std::string> places = board_names();
    places.insert(places.begin(), "native");
    arguments.text("--on", command->on,
                   {.value = "BOARD",
                    .help = "native (default), or a board (whittle boards)",
                    .choices = std::move(places),
                    .kind = "board"});
    add_savings_options(arguments, command->savings);
    add_json_flag(arguments, command->json);
    arguments.rule([command] { return board_complaint(command->on); });
    return [command] { return run_run(*command); };
}

}  // namespace whittle::cli
