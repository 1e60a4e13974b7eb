#include <cstdio>
#include <filesystem>
#include <memory>

#include "core/base/platform/files.h"
#include "core/deploy/boards.h"
#include "core/deploy/codegen.h"
#include "native/boards/firmware_project.h"
#include "native/cli/command.h"
#include "native/cli/json.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

struct ExportCommand {
    std::string model;
    std::string format = "c";
    std::string board;
    std::string name;
    std::string output;
    SavingsOptions savings;
    bool json = false;
};

// What was written. Flash and RAM are those of a firmware, and 0 for C code alone.
struct Export {
    std::vector<std::string> files;
    std::int64_t arena_bytes = 0;
    std::int64_t constant_bytes = 0;
    std::int64_t flash_bytes = 0;
    std::int64_t ram_bytes = 0;
};

Status write_sources(const GeneratedCode& code, const std::string& folder, Export& done) {
    if (Status status = make_folder(folder); !status.ok()) return status;
    for (const auto& [name, text] :
         {std::pair(&code.header_name, &code.header), std::pair(&code.source_name, &code.source)}) {
        if (Status status = write_file(folder + "/" + *name, std::string_view(*text));
            !status.ok()) {
            return status;
        }
        done.files.push_back(*name);
    }
    return {};
}

Status write_firmware(const ExportCommand& command,
                      const GeneratedCode& code,
                      const Graph& graph,
                      Export& done) {
    const Board& board = *board_named(command.board);
    const auto project = write_firmware_project(code, graph, command.name, board, command.output);
    if (!project.ok()) return project.status();
    done.files = project->files;
    if (command.format != "elf") return {};
    const auto build = build_firmware(*project);
    if (!build.ok()) return build.status();
    done.files.push_back(std::filesystem::path(build->release_elf).filename().string());
    done.flash_bytes = build->flash_bytes;
    done.ram_bytes = build->ram_bytes;
    return {};
}

void print_export(const ExportCommand& command, const Export& done) {
    std::printf("constants  %s bytes (weights, biases, parameters)\n",
                thousands(done.constant_bytes).c_str());
    std::printf("arena      %s bytes\n", thousands(done.arena_bytes).c_str());
    if (done.flash_bytes > 0) {
        const Board& board = *board_named(command.board);
        std::printf("flash      %s of %s bytes, the whole firmware\n",
                    thousands(done.flash_bytes).c_str(), thousands(board.flash_bytes).c_str());
        std::printf("RAM        %s of %s bytes, without the stack\n",
                    thousands(done.ram_bytes).c_str(), thousands(board.ram_bytes).c_str());
    }
    std::printf("written    %s: %s\n", command.output.c_str(), join(done.files, ", ").c_str());
}

Json json_of(const ExportCommand& command, const Export& done) {
    Json json = {{"name", command.name},
                 {"folder", command.output},
                 {"files", done.files},
                 {"arena_bytes", done.arena_bytes},
                 {"constant_bytes", done.constant_bytes}};
    if (!command.board.empty()) json["board"] = command.board;
    if (done.flash_bytes > 0) {
        json["flash_bytes"] = done.flash_bytes;
        json["ram_bytes"] = done.ram_bytes;
    }
    return json;
}

Status run_export(ExportCommand command) {
    if (command.name.empty()) command.name = identifier_of(command.model);
    const auto model = load_model(command.model);
    if (!model.ok()) return model.status();
    const InstructionSet set =
        command.board.empty() ? InstructionSet::reference : board_named(command.board)->kernels;
    const auto code = generate_c(model->graph, command.name, command.savings.chosen(), set);
    if (!code.ok()) return code.status().in_file(command.model);
    Export done;
    done.arena_bytes = code->arena_bytes;
    done.constant_bytes = code->constant_bytes;
    const Status status = command.board.empty()
                              ? write_sources(*code, command.output, done)
                              : write_firmware(command, *code, model->graph, done);
    if (!status.ok()) return status;
    if (command.json) {
        std::puts(json_of(command, done).document().c_str());
    } else {
        print_export(command, done);
    }
    return {};
}

}  // namespace

Command::Action declare_export(Arguments& arguments) {
    const auto command = std::make_shared<ExportCommand>();
    add_model_argument(arguments, command->model);
    arguments.text("--format", command->format,
                   {.value = "c|elf",
                    .help = "c: sources, with a board a whole project; elf: the project and its "
                            "firmware",
                    .choices = {"c", "elf"},
                    .kind = "format"});
    arguments.text("--board", command->board,
                   {.value = "BOARD",
                    .help = "the board (whittle boards)",
                    .choices = board_names(),
                    .kind = "board"});
    arguments.text(
        "--name", command->name,
        {.value = "NAME", .help = "prefix of all names in the code (default: the file's)"});
    arguments.text("-o,--output", command->output,
                   {.value = "DIR", .help = "the folder to write to", .required = true});
    add_savings_options(arguments, command->savings);
    add_json_flag(arguments, command->json);
    arguments.rule([command]() -> std::string {
        if (command->format == "elf" && command->board.empty()) {
            return "--format elf needs --board BOARD";
        }
        if (const std::string complaint = board_complaint(command->board); !complaint.empty()) {
            return complaint;
        }
        if (!command->name.empty() && identifier_of(command->name) != command->name) {
            return "--name '" + printable(command->name) + "' is no C identifier";
        }
        return "";
    });
    return [command] { return run_export(*command); };
}

}  // namespace whittle::cli
