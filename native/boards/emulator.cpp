#include "native/boards/emulator.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/deploy/program_image.h"
#include "native/boards/elf_file.h"

namespace whittle {
namespace {

constexpr int kTimeoutSeconds = 300;

// Exit statuses of firmware/common/startup.c and measured_run.c.
constexpr int kNoFolderStatus = 2;
constexpr int kNoReportStatus = 3;
constexpr int kFaultStatus = 70;

class TemporaryFolder {
public:
    explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { remove_folder(path_); }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// A firmware, and what the emulator shall do with it.
struct EmulatorJob {
    const Board& board;
    std::string elf_path;
    ElfFile elf;
    std::vector<std::string> options;
    std::string marks;  // options for the instruction counter: ",mark=0x..."
};

std::string beside_program(const std::string& relative_path) {
    const std::filesystem::path folder = std::filesystem::path(program_path()).parent_path();
    return (folder / relative_path).lexically_normal().string();
}

// In QEMU's option lists a comma ends a value; two stand for one.
std::string quoted(const std::string& value) {
    std::string result;
    for (const char character : value) {
        result += character;
        if (character == ',') result += ',';
    }
    return result;
}

std::string hex_address(std::uint32_t address) {
    char digits[9] = {};
    std::to_chars(digits, digits + 8, address, 16);
    return std::string("0x") + digits;
}

Result<EmulatorJob> make_job(const Board& board, const std::string& elf_path) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(elf_path);
    if (!bytes.ok()) return bytes.error();
    const Result<ElfFile> elf = read_elf(*bytes, board);
    if (!elf.ok()) return elf.status().in_file(elf_path);
    return EmulatorJob{board, elf_path, *elf, {}, ""};
}

// The counter's path, or empty.
std::string find_counter() {
    for (const char* place : {"../lib", "../../native/lib"}) {
        const std::string path = beside_program(std::string(place) + "/instruction_counter.so");
        if (file_exists(path)) return path;
    }
    return "";
}

// Adds the counter to the job; otherwise says what it lacks.
std::string count_between(EmulatorJob& job,
                          const std::string& begin,
                          const std::string& end,
                          const std::string& counts_path,
                          std::size_t limit) {
    const std::string counter = find_counter();
    if (counter.empty()) return "the counter plugin instruction_counter.so is not built";
    const std::optional<std::uint32_t> begin_address = job.elf.function(begin);
    const std::optional<std::uint32_t> end_address = job.elf.function(end);
    if (!begin_address || !end_address) {
        return job.elf_path + " has no function " + (begin_address ? end : begin);
    }
    std::string option = quoted(counter) + ",begin=" + hex_address(*begin_address) +
                         ",end=" + hex_address(*end_address) + ",out=" + quoted(counts_path);
    if (limit != 0) option += ",limit=" + std::to_string(limit);
    option += job.marks;
    if (std::string_view(job.board.instruction_set) == "Armv6-M") option += ",core=m0";
    if (job.board.architecture == Architecture::riscv) option += ",core=rv32";
    job.options.insert(job.options.end(), {"-plugin", option});
    return "";
}

Error board_error(const Board& board, std::string expected, std::string found, std::string hint) {
    return {.file = "",
            .place = std::string("board ") + board.name,
            .expected = std::move(expected),
            .found = std::move(found),
            .hint = std::move(hint)};
}

Result<ProcessResult> emulate(const EmulatorJob& job) {
    const Toolchain& toolchain = toolchain_of(job.board.architecture);
    const std::string emulator = find_program(toolchain.emulator);
    if (emulator.empty()) {
        return board_error(
            job.board, std::string("the emulator ") + toolchain.emulator, "none in PATH",
            std::string("./play installs it (package ") + toolchain.emulator_package + ").");
    }
    std::vector<std::string> arguments = {emulator, "-M", job.board.qemu_machine};
    for (const char* option : {"-display", "none", "-monitor", "none"}) {
        arguments.push_back(option);
    }
    std::istringstream options(toolchain.emulator_options);
    for (std::string option; options >> option;) arguments.push_back(option);
    arguments.insert(arguments.end(), {"-kernel", job.elf_path});
    arguments.insert(arguments.end(), job.options.begin(), job.options.end());
    return run_process(arguments, kTimeoutSeconds);
}

// The figures "name value" of a report, or the reason in its "failed REASON".
class Report {
public:
    explicit Report(std::string text) : text_(std::move(text)) {}

    std::optional<std::string> value(const std::string& name) const {
        std::size_t start = 0;
        while (start < text_.size()) {
            const std::size_t end = std::min(text_.find('\n', start), text_.size());
            const std::string line = text_.substr(start, end - start);
            if (line.starts_with(name + " ")) return line.substr(name.size() + 1);
            start = end + 1;
        }
        return std::nullopt;
    }
    std::int64_t figure(const std::string& name) const {
        const std::string digits = value(name).value_or("");
        std::int64_t result = -1;
        std::from_chars(digits.data(), digits.data() + digits.size(), result);
        return result;
    }

private:
    std::string text_;
};

Report read_report(const std::string& path) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(path);
    return Report(bytes.ok() ? std::string(bytes->begin(), bytes->end()) : std::string());
}

// Why a run did not end with status 0.
Status check_ending(const Board& board, const ProcessResult& process, const Report& report) {
    if (process.exit_code == 0) return {};
    if (const std::optional<std::string> reason = report.value("failed")) {
        return board_error(board, "a program that runs", *reason, "");
    }
    if (process.exit_code == kFaultStatus) {
        return board_error(board, "a run to the end", "a processor fault",
                           "The stack may be too small for this model.");
    }
    if (process.exit_code == kNoFolderStatus || process.exit_code == kNoReportStatus) {
        return board_error(board, "a folder for its files with a path of at most 240 bytes",
                           "one that the board could not use",
                           "Set TMPDIR to a short path of a folder that can be written.");
    }
    return board_error(board, "exit status 0 of the emulator",
                       "status " + std::to_string(process.exit_code) + ": " + process.err, "");
}

// What the counter's file says (firmware/tools/instruction_counter.c).
struct Counts {
    struct Mark {
        std::uint32_t address;
        std::int64_t instructions;
        std::int64_t cycles;
    };
    std::vector<std::int64_t> regions;
    std::vector<Mark> marks;
};

// Up to the first line that makes no sense. Regions have the indices 0, 1, ...
Counts read_counts(const std::string& path) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(path);
    Counts counts;
    if (!bytes.ok()) return counts;
    std::istringstream lines(std::string(bytes->begin(), bytes->end()));
    std::string word;
    std::int64_t number = 0;
    std::int64_t instructions = 0;
    while (lines >> word >> number >> instructions) {
        if (word == "mark") {
            std::int64_t cycles = 0;
            if (!(lines >> cycles)) break;
            counts.marks.push_back({static_cast<std::uint32_t>(number), instructions, cycles});
            continue;
        }
        if (word != "region" || number != static_cast<std::int64_t>(counts.regions.size())) break;
        counts.regions.push_back(instructions);
    }
    return counts;
}

// What lies between each mark and the next one. Address 0 marks the end of a region.
std::vector<CallCount> calls_between(const std::vector<Counts::Mark>& marks,
                                     const std::map<std::uint32_t, std::string>& names) {
    std::vector<CallCount> calls;
    for (std::size_t i = 0; i + 1 < marks.size(); ++i) {
        const auto name = names.find(marks[i].address);
        if (name == names.end()) continue;
        calls.push_back({name->second, marks[i + 1].instructions - marks[i].instructions,
                         marks[i + 1].cycles - marks[i].cycles});
    }
    return calls;
}

// Region 0 is empty: its cost is taken off the others.
void set_instructions(BoardRun& run,
                      const std::vector<std::int64_t>& counts,
                      std::size_t expected) {
    if (counts.size() != expected + 1) {
        run.not_counted = "the counter reported " + std::to_string(counts.size()) +
                          " regions instead of " + std::to_string(expected + 1);
        return;
    }
    for (std::size_t i = 1; i < counts.size(); ++i) {
        run.instructions.push_back(counts[i] - counts[0]);
    }
}

Status check_inputs(const Board& board,
                    std::span<const std::uint8_t> inputs,
                    std::size_t inferences) {
    if (inferences > 0 && inputs.size() % inferences == 0) return {};
    return board_error(
        board, "inputs for a whole number of inferences",
        std::to_string(inputs.size()) + " bytes for " + std::to_string(inferences) + " inferences",
        "");
}

Result<BoardRun> run_measured(EmulatorJob& job,
                              const TemporaryFolder& folder,
                              std::span<const std::uint8_t> inputs,
                              std::size_t inferences) {
    const Status written = write_file(folder.file("inputs.bin"), inputs);
    if (!written.ok()) return written;
    BoardRun run;
    run.not_counted = count_between(job, "whittle_region_begin", "whittle_region_end",
                                    folder.file("counts.txt"), 0);
    const std::string semihosting = "enable=on,target=native,arg=" + quoted(folder.path());
    job.options.insert(job.options.end(), {"-serial", "none", "-semihosting-config", semihosting});
    const Result<ProcessResult> process = emulate(job);
    if (!process.ok()) return process.error();
    const Report report = read_report(folder.file("report.txt"));
    const Status ending = check_ending(job.board, *process, report);
    if (!ending.ok()) return ending;
    if (report.figure("inferences") != static_cast<std::int64_t>(inferences)) {
        return board_error(job.board, std::to_string(inferences) + " inferences",
                           std::to_string(report.figure("inferences")),
                           "The number of input bytes must fit the model.");
    }
    Result<std::vector<std::uint8_t>> outputs = read_file(folder.file("outputs.bin"));
    if (!outputs.ok()) return outputs.error();
    run.outputs = std::move(*outputs);
    run.stack_bytes = report.figure("stack_bytes");
    run.arena_bytes = report.figure("arena_bytes");
    run.static_ram_bytes = report.figure("static_ram_bytes");
    run.flash_bytes = job.elf.flash_bytes;
    if (run.not_counted.empty()) {
        set_instructions(run, read_counts(folder.file("counts.txt")).regions, inferences);
    }
    return run;
}

// Hands the program image to the emulator at the address where the runner looks for it.
Status load_image(EmulatorJob& job,
                  const TemporaryFolder& folder,
                  std::span<const std::uint8_t> image) {
    const std::optional<std::uint32_t> start = job.elf.symbol("whittle_program_start");
    if (!start) {
        return board_error(job.board, "a runner with the symbol whittle_program_start",
                           job.elf_path, "Build the preset 'firmware' again.");
    }
    const std::int64_t room = job.board.flash_origin + job.board.flash_bytes - *start;
    if (static_cast<std::int64_t>(image.size()) > room) {
        return board_error(job.board,
                           "a program image of at most " + std::to_string(room) + " bytes",
                           std::to_string(image.size()) + " bytes",
                           "Quantize or prune the model, or choose a larger board.");
    }
    const Status written = write_file(folder.file("image.bin"), image);
    if (!written.ok()) return written;
    job.options.insert(job.options.end(),
                       {"-device", "loader,file=" + quoted(folder.file("image.bin")) +
                                       ",addr=" + hex_address(*start) + ",force-raw=on"});
    return {};
}

}  // namespace

std::int64_t BoardRun::mean_instructions() const {
    if (instructions.empty()) return 0;
    std::int64_t sum = 0;
    for (const std::int64_t count : instructions) sum += count;
    const std::int64_t count = static_cast<std::int64_t>(instructions.size());
    return (sum + count / 2) / count;
}

Result<std::string> find_firmware(const std::string& name, const Board& board) {
    const std::string file = name + "-" + board.name + ".elf";
    const std::string build = toolchain_of(board.architecture).build;
    const char* folder = std::getenv("WHITTLE_FIRMWARE");
    const std::string path = folder != nullptr ? std::string(folder) + "/" + file
                                               : beside_program("../../" + build + "/bin/" + file);
    if (file_exists(path)) return path;
    return board_error(
        board, "the firmware " + path, "no such file",
        "./play test builds it (preset '" + build + "'); or set WHITTLE_FIRMWARE to its folder.");
}

Result<std::vector<std::uint8_t>> board_image(const Graph& graph,
                                              const Board& board,
                                              const Savings& savings) {
    const auto deployment =
        prepare_deployment(graph, InputsOutputs::in_arena, savings, board.kernels);
    if (!deployment.ok()) return deployment.error();
    return make_program_image(*deployment);
}

Result<BoardRun> run_on_board(const Board& board,
                              std::span<const std::uint8_t> program_image,
                              std::span<const std::uint8_t> inputs,
                              std::size_t inferences) {
    const Status fits = check_inputs(board, inputs, inferences);
    if (!fits.ok()) return fits;
    const Result<std::string> runner = find_firmware("runner", board);
    if (!runner.ok()) return runner.error();
    Result<EmulatorJob> job = make_job(board, *runner);
    if (!job.ok()) return job.error();
    const Result<std::string> path = make_temporary_folder();
    if (!path.ok()) return path.error();
    const TemporaryFolder folder(*path);
    const Status loaded = load_image(*job, folder, program_image);
    if (!loaded.ok()) return loaded;
    Result<BoardRun> run = run_measured(*job, folder, inputs, inferences);
    if (run.ok()) run->flash_bytes += static_cast<std::int64_t>(program_image.size());
    return run;
}

Result<BoardRun> run_measured_firmware(const Board& board,
                                       const std::string& elf_path,
                                       std::span<const std::uint8_t> inputs,
                                       std::size_t inferences) {
    const Status fits = check_inputs(board, inputs, inferences);
    if (!fits.ok()) return fits;
    Result<EmulatorJob> job = make_job(board, elf_path);
    if (!job.ok()) return job.error();
    const Result<std::string> path = make_temporary_folder();
    if (!path.ok()) return path.error();
    const TemporaryFolder folder(*path);
    return run_measured(*job, folder, inputs, inferences);
}

Result<BoardProfile> profile_measured_firmware(const Board& board,
                                               const std::string& elf_path,
                                               std::span<const std::uint8_t> inputs,
                                               std::size_t inferences,
                                               const std::vector<std::string>& functions) {
    const Status fits = check_inputs(board, inputs, inferences);
    if (!fits.ok()) return fits;
    Result<EmulatorJob> job = make_job(board, elf_path);
    if (!job.ok()) return job.error();
    const Result<std::string> path = make_temporary_folder();
    if (!path.ok()) return path.error();
    const TemporaryFolder folder(*path);
    std::map<std::uint32_t, std::string> names;
    for (const std::string& function : functions) {
        const std::optional<std::uint32_t> address = job->elf.function(function);
        if (!address) {
            return board_error(board, "the function " + function, "none in " + elf_path, "");
        }
        names[*address] = function;
        job->marks += ",mark=" + hex_address(*address);
    }
    BoardProfile profile;
    Result<BoardRun> run = run_measured(*job, folder, inputs, inferences);
    if (!run.ok()) return run.error();
    profile.run = std::move(*run);
    if (!profile.run.not_counted.empty()) {
        return board_error(board, "an instruction counter", profile.run.not_counted,
                           "./play builds it.");
    }
    profile.calls = calls_between(read_counts(folder.file("counts.txt")).marks, names);
    return profile;
}

Result<std::vector<std::int64_t>> count_calls_on_board(const Board& board,
                                                       const std::string& elf_path,
                                                       const std::string& begin,
                                                       const std::string& end,
                                                       std::size_t regions) {
    Result<EmulatorJob> job = make_job(board, elf_path);
    if (!job.ok()) return job.error();
    const Result<std::string> path = make_temporary_folder();
    if (!path.ok()) return path.error();
    const TemporaryFolder folder(*path);
    const std::string missing = count_between(*job, begin, end, folder.file("counts.txt"), regions);
    if (!missing.empty()) {
        return board_error(board, "an instruction counter", missing, "./play builds it.");
    }
    job->options.insert(job->options.end(),
                        {"-serial", "none", "-semihosting-config", "enable=on,target=native"});
    const Result<ProcessResult> process = emulate(*job);
    if (!process.ok()) return process.error();
    const Status ending = check_ending(board, *process, Report(""));
    if (!ending.ok()) return ending;
    return read_counts(folder.file("counts.txt")).regions;
}

Result<std::string> serial_output_of(const Board& board, const std::string& elf_path) {
    Result<EmulatorJob> job = make_job(board, elf_path);
    if (!job.ok()) return job.error();
    const Result<std::string> path = make_temporary_folder();
    if (!path.ok()) return path.error();
    const TemporaryFolder folder(*path);
    job->options = {"-chardev",
                    "file,id=serial,path=" + quoted(folder.file("serial.txt")),
                    "-serial",
                    "chardev:serial",
                    "-semihosting-config",
                    "enable=on,target=native"};
    const Result<ProcessResult> process = emulate(*job);
    if (!process.ok()) return process.error();
    const Status ending = check_ending(board, *process, Report(""));
    if (!ending.ok()) return ending;
    const Result<std::vector<std::uint8_t>> bytes = read_file(folder.file("serial.txt"));
    if (!bytes.ok()) return bytes.error();
    return std::string(bytes->begin(), bytes->end());
}

}  // namespace whittle
