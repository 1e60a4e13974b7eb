#include "native/boards/firmware_project.h"

#include <cassert>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <utility>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "embedded_firmware.h"
#include "native/boards/elf_file.h"
#include "native/boards/emulator.h"

namespace whittle {
namespace {

constexpr int kCompilerTimeoutSeconds = 120;
constexpr const char* kFlags =
    "-std=c99 -Os -ffreestanding -ffp-contract=off -ffunction-sections -fdata-sections -Wall "
    "-Wextra -nostartfiles -Wl,--gc-sections";

// All that the board's compiler is told but files.
std::string compiler_flags(const Board& board) {
    return std::string(kFlags) + " " + board.compiler_flags + " " +
           toolchain_of(board.architecture).library_flag;
}

std::string_view embedded(const std::string& path) {
    for (const embedded_firmware::EmbeddedFile& file : embedded_firmware::files()) {
        if (file.path == path) return file.text;
    }
    assert(false && "every file of the firmware is embedded");
    return "";
}

using Substitutions = std::vector<std::pair<std::string, std::string>>;

// The template with every @KEY@ replaced.
std::string fill_in(std::string_view text, const Substitutions& substitutions) {
    std::string result(text);
    for (const auto& [key, value] : substitutions) {
        const std::string mark = "@" + key + "@";
        std::size_t at = 0;
        while ((at = result.find(mark, at)) != std::string::npos) {
            result.replace(at, mark.size(), value);
            at += value.size();
        }
    }
    return result;
}

const char* c_type(DType dtype) {
    switch (dtype) {
        case DType::float32: return "float";
        case DType::int32: return "int32_t";
        case DType::int16: return "int16_t";
        case DType::uint8:
        case DType::boolean: return "uint8_t";
        case DType::int64: return "int64_t";
        default: return "int8_t";
    }
}

// One input or output of the model: "input0", its type and what its numbers mean.
struct Buffer {
    std::string name;
    const Tensor* tensor;
};

std::vector<Buffer> buffers_of(const Graph& graph,
                               const std::vector<int>& tensors,
                               const char* prefix) {
    std::vector<Buffer> buffers;
    for (const int index : tensors) {
        buffers.push_back({prefix + std::to_string(buffers.size()), &graph.tensor(index)});
    }
    return buffers;
}

std::string declarations(const std::vector<Buffer>& buffers) {
    std::string text;
    for (const Buffer& buffer : buffers) {
        text += std::string("static ") + c_type(buffer.tensor->dtype) + " " + buffer.name + "[" +
                std::to_string(buffer.tensor->elements()) + "];\n";
    }
    return text;
}

std::string joined(const std::vector<Buffer>& buffers,
                   std::string (*format)(const Buffer&),
                   const char* separator) {
    std::string text;
    for (const Buffer& buffer : buffers) {
        if (!text.empty()) text += separator;
        text += format(buffer);
    }
    return text;
}

std::string name_of(const Buffer& buffer) { return buffer.name; }

std::string table_entry(const Buffer& buffer) {
    return "{" + buffer.name + ", sizeof " + buffer.name + "}";
}

std::string parameter(const Buffer& buffer) {
    const std::string qualifier = buffer.name.starts_with("input") ? "const " : "";
    return qualifier + c_type(buffer.tensor->dtype) + "* " + buffer.name;
}

std::string explanation(const Buffer& buffer) {
    const Tensor& tensor = *buffer.tensor;
    std::ostringstream text;
    text << "  " << buffer.name << ": " << to_string(tensor.shape) << " "
         << dtype_name(tensor.dtype) << ", '" << tensor.name << "'";
    if (!tensor.quantization.empty() && !tensor.quantization.per_channel()) {
        const std::int32_t zero_point = tensor.quantization.zero_points[0];
        text.precision(9);
        text << "; real value = " << tensor.quantization.scales[0] << " * (q "
             << (zero_point < 0 ? "+ " : "- ") << std::abs(zero_point) << ")";
    }
    return text.str();
}

std::string flashing_advice(const Board& board, const std::string& name) {
    if (std::string_view(board.name) == "microbit") {
        return "  Connect the micro:bit by USB and copy " + name +
               ".hex to the drive that appears (MICROBIT).";
    }
    const Toolchain& toolchain = toolchain_of(board.architecture);
    return "  Without the board: " + std::string(toolchain.emulator) + " -M " + board.qemu_machine +
           " -display none " + toolchain.emulator_options + " -kernel " + name +
           ".elf\n  With it: load the .elf file with your debugger (GDB: load), or copy the .bin "
           "file to address 0.";
}

Substitutions substitutions_for(const GeneratedCode& code,
                                const Graph& graph,
                                const std::string& name,
                                const Board& board) {
    const std::vector<Buffer> inputs = buffers_of(graph, graph.inputs, "input");
    const std::vector<Buffer> outputs = buffers_of(graph, graph.outputs, "output");
    std::vector<Buffer> all = inputs;
    all.insert(all.end(), outputs.begin(), outputs.end());
    return {
        {"NAME", name},
        {"TITLE", board.title},
        {"CORE", board.core},
        {"BUFFERS", declarations(all)},
        {"ARGUMENTS", joined(all, name_of, ", ")},
        {"INPUT_TABLE", joined(inputs, table_entry, ", ")},
        {"OUTPUT_TABLE", joined(outputs, table_entry, ", ")},
        {"INPUT_COUNT", std::to_string(inputs.size())},
        {"OUTPUT_COUNT", std::to_string(outputs.size())},
        {"ARENA_BYTES", std::to_string(code.arena_bytes)},
        {"FLAGS", compiler_flags(board)},
        {"TOOLS", toolchain_of(board.architecture).prefix},
        {"PACKAGES", toolchain_of(board.architecture).packages},
        {"RELEASE_SOURCES", "main.c " + code.source_name + " startup.c"},
        {"MEASURE_SOURCES",
         "measure.c " + code.source_name + " startup.c measured_run.c semihosting.c"},
        {"SIGNATURE", "void " + name + "_invoke(" + joined(all, parameter, ", ") + ");"},
        {"TENSORS", joined(all, explanation, "\n")},
        {"FLASHING", flashing_advice(board, name)},
    };
}

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

Status compile(const FirmwareProject& project,
               const std::string& compiler,
               const std::vector<std::string>& sources,
               const std::string& elf_path) {
    std::vector<std::string> command = {compiler};
    for (const std::string& flag : words_of(compiler_flags(*project.board))) {
        command.push_back(flag);
    }
    command.push_back("-L" + project.folder);
    command.push_back("-T" + project.folder + "/board.ld");
    for (const std::string& source : sources) command.push_back(project.folder + "/" + source);
    command.insert(command.end(), {"-o", elf_path});
    const Result<ProcessResult> process = run_process(command, kCompilerTimeoutSeconds);
    if (!process.ok()) return process.error();
    if (process->exit_code == 0) return {};
    return Error{.file = project.folder,
                 .place = std::string("board ") + project.board->name,
                 .expected = "a firmware that builds and fits",
                 .found = process->err,
                 .hint =
                     "The sources are in that folder; a model that is too large needs quantizing, "
                     "pruning or a larger board."};
}

}  // namespace

Result<FirmwareProject> write_firmware_project(const GeneratedCode& code,
                                               const Graph& graph,
                                               const std::string& name,
                                               const Board& board,
                                               const std::string& folder) {
    for (const char* taken :
         {"main", "startup", "measure", "measured_run", "semihosting", "serial"}) {
        if (name != taken) continue;
        return Error{.file = "",
                     .place = "the firmware's name",
                     .expected = "a name that no file of the firmware has",
                     .found = "'" + name + "'",
                     .hint = "Choose another name."};
    }
    const Substitutions substitutions = substitutions_for(code, graph, name, board);
    const std::string target = std::string("firmware/targets/") + board.name + "/";
    std::vector<std::pair<std::string, std::string>> files = {{code.header_name, code.header},
                                                              {code.source_name, code.source}};
    for (const char* file : {"main.c", "measure.c", "Makefile", "README.txt"}) {
        files.emplace_back(
            file, fill_in(embedded(std::string("firmware/export/") + file + ".in"), substitutions));
    }
    files.emplace_back("startup.c", embedded(std::string("firmware/common/") +
                                             toolchain_of(board.architecture).startup));
    for (const char* file : {"semihosting.h", "semihosting.c", "measured_run.h", "measured_run.c",
                             "serial.h", "sections.ld"}) {
        files.emplace_back(file, embedded(std::string("firmware/common/") + file));
    }
    for (const char* file : {"serial.c", "board.ld"}) {
        files.emplace_back(file, embedded(target + file));
    }
    const Status made = make_folder(folder);
    if (!made.ok()) return made;
    FirmwareProject project{.board = &board, .name = name, .folder = folder, .files = {}};
    for (const auto& [file, text] : files) {
        const Status written = write_file(folder + "/" + file, std::string_view(text));
        if (!written.ok()) return written;
        project.files.push_back(file);
    }
    return project;
}

Result<FirmwareBuild> build_firmware(const FirmwareProject& project) {
    const Toolchain& toolchain = toolchain_of(project.board->architecture);
    const std::string name = std::string(toolchain.prefix) + "-gcc";
    const std::string compiler = find_program(name);
    if (compiler.empty()) {
        return Error{.file = "",
                     .place = std::string("board ") + project.board->name,
                     .expected = "the cross compiler " + name,
                     .found = "none in PATH",
                     .hint = std::string("./play test installs it (packages ") +
                             toolchain.packages + "). The sources are in " + project.folder +
                             "; `make` builds them."};
    }
    FirmwareBuild build;
    const std::string model = project.name + ".c";
    build.release_elf = project.folder + "/" + project.name + ".elf";
    build.measure_elf = project.folder + "/" + project.name + "-measure.elf";
    const Status release =
        compile(project, compiler, {"main.c", model, "startup.c"}, build.release_elf);
    if (!release.ok()) return release;
    const Status measure = compile(
        project, compiler, {"measure.c", model, "startup.c", "measured_run.c", "semihosting.c"},
        build.measure_elf);
    if (!measure.ok()) return measure;
    const Result<std::vector<std::uint8_t>> bytes = read_file(build.release_elf);
    if (!bytes.ok()) return bytes.error();
    const Result<ElfFile> elf = read_elf(*bytes, *project.board);
    if (!elf.ok()) return elf.status().in_file(build.release_elf);
    build.flash_bytes = elf->flash_bytes;
    build.ram_bytes = elf->ram_bytes;
    return build;
}

Result<std::vector<std::int64_t>> run_release(const FirmwareProject& project,
                                              const FirmwareBuild& build,
                                              std::size_t times) {
    return count_calls_on_board(*project.board, build.release_elf, project.name + "_invoke",
                                "use_outputs", times);
}

}  // namespace whittle
