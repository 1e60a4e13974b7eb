// Measures what kernels cost and writes core/deploy/cost_table.def:
//     whittle_cost_table core/deploy/cost_table.def [--board BOARD] [NET...]
// For each board that models can be exported to, and each operator and element type: builds a net
// of small layers, takes the firmware apart (firmware_code.h), runs it on the emulator, and fits
// the instructions of each kernel to the terms of cost_model.h. A second net with other layers,
// which the fit has not seen, gives the error that is stated. With names of nets of layers.cpp only
// their kernels are measured again, and replace theirs in the table; with a board's name only that
// board is. Boards whose compiler is not there keep their entries.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>

#include "core/base/platform/files.h"
#include "core/base/platform/process.h"
#include "core/deploy/code_layout.h"
#include "core/deploy/codegen.h"
#include "core/deploy/cost_model.h"
#include "core/memory/alignment.h"
#include "native/boards/emulator.h"
#include "native/boards/firmware_project.h"
#include "native/cli/text.h"
#include "native/tools/cost/firmware_code.h"
#include "native/tools/cost/nets.h"
#include "native/tools/cost/samples.h"
#include "native/tools/cost/table.h"

namespace whittle {
namespace {

constexpr std::size_t kInferences = 3;
constexpr const char* kName = "net";

// Random content of every input of some inferences.
std::vector<std::uint8_t> make_inputs(const Graph& graph) {
    Random random(9);
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < kInferences; ++i) {
        for (const int index : graph.inputs) {
            const Tensor& tensor = graph.tensor(index);
            for (std::int64_t k = 0; k < tensor.elements(); ++k) {
                std::uint8_t element[8] = {};
                const float real = random.uniform(-3.0f, 3.0f);
                if (tensor.dtype == DType::float32) {
                    std::memcpy(element, &real, 4);
                } else {
                    const std::uint32_t raw = random.next();
                    std::memcpy(element, &raw, 4);
                }
                bytes.insert(bytes.end(), element, element + element_bytes(tensor.dtype));
            }
        }
    }
    return bytes;
}

// Data in flash goes by the name of the function that uses it: its own may occur twice.
std::string table_name(const std::map<std::string, FirmwarePart>& code,
                       const std::string& user,
                       const std::string& name) {
    return code.at(name).is_code ? name : user + "/" + name.substr(0, name.find('.'));
}

// Adds a part and all that it uses; `done` collects their names in the firmware.
void add_parts(const std::map<std::string, FirmwarePart>& code,
               const std::string& name,
               const std::string& in_table,
               std::map<std::string, FirmwarePart>& table,
               std::set<std::string>& done) {
    if (!done.insert(name).second) return;
    FirmwarePart part = code.at(name);
    part.name = in_table;
    std::set<std::string> uses;
    for (const std::string& used : part.uses) {
        if (code.count(used) == 0) continue;
        const std::string used_in_table = table_name(code, name, used);
        uses.insert(used_in_table);
        add_parts(code, used, used_in_table, table, done);
    }
    part.uses = uses;
    table[in_table] = part;
}

// Code of every firmware, and the model's constants.
bool is_of_no_kernel(const FirmwarePart& part) {
    static const std::set<std::string> kCommon = {
        "vectors",      "main",          "read_inputs",
        "use_outputs",  "reset_handler", "fault_handler",
        "fault_report", "start_program", std::string(kName) + "_invoke"};
    // Constants are disassembled too; only their names tell them from code.
    const bool is_constant = (part.name.starts_with("op") || part.name.starts_with("tensor")) &&
                             part.name.find_first_of("0123456789") != std::string::npos;
    const bool is_local = part.name.find('.') != std::string::npos;
    return !part.is_code || is_constant || is_local || kCommon.count(part.name) != 0;
}

// Functions of the compiler's library come along with those that stand in the same section: what no
// kernel reaches is added to what the part in front of it uses.
void keep_neighbours(std::map<std::string, FirmwarePart>& code,
                     const std::vector<std::string>& kernels) {
    std::map<std::string, FirmwarePart> table;
    std::set<std::string> reached;
    for (const std::string& kernel : kernels) add_parts(code, kernel, kernel, table, reached);
    std::map<std::uint64_t, std::string> by_address;
    for (const auto& [name, part] : code) {
        if (reached.count(name) != 0 || !is_of_no_kernel(part)) by_address[part.address] = name;
    }
    std::string before = kernels[0];
    for (const auto& [address, name] : by_address) {
        if (reached.count(name) == 0) code[before].uses.insert(name);
        before = name;
    }
}

struct MeasuredNet {
    Deployment deployment;
    FirmwareBuild build;
    std::map<std::string, FirmwarePart> code;
    BoardProfile profile;
    std::vector<std::string> kernels;  // those called, each once
};

bool in_turns(const PreparedOp& op) { return op.second.has_value(); }

bool takes_turns(const Deployment& deployment) {
    return std::any_of(deployment.ops.begin(), deployment.ops.end(), in_turns);
}

// What is done between two kernels is measured on nets of nothing else: where only some operators
// would take turns, none do.
Savings savings_of(const CostNet& net, InstructionSet set) {
    Savings savings;
    const auto deployment = prepare_deployment(net.graph, InputsOutputs::with_caller, savings, set);
    savings.fuse = !deployment.ok() || !takes_turns(*deployment) ||
                   std::all_of(deployment->ops.begin(), deployment->ops.end(), in_turns);
    return savings;
}

Result<MeasuredNet> measure(const CostNet& net,
                            const Board& board,
                            InstructionSet set,
                            const std::string& folder) {
    const Savings savings = savings_of(net, set);
    auto deployment = prepare_deployment(net.graph, InputsOutputs::with_caller, savings, set);
    if (!deployment.ok()) return deployment.error();
    const auto code = generate_c(net.graph, kName, savings, set);
    if (!code.ok()) return code.error();
    const auto project = write_firmware_project(*code, net.graph, kName, board, folder);
    if (!project.ok()) return project.error();
    auto build = build_firmware(*project);
    if (!build.ok()) return build.error();
    auto parts = read_firmware_code(build->release_elf, toolchain_of(board.architecture).prefix);
    if (!parts.ok()) return parts.error();
    std::set<std::string> kernels;
    for (const PreparedOp& op : deployment->ops) {
        for (const char* function : functions_called(op)) kernels.insert(function);
    }
    MeasuredNet measured{std::move(*deployment), *build, std::move(*parts), {}, {}};
    measured.kernels.assign(kernels.begin(), kernels.end());
    keep_neighbours(measured.code, measured.kernels);
    const auto inputs = make_inputs(net.graph);
    std::vector<std::string> counted = measured.kernels;
    // What takes the turns counts to what is done between them.
    std::erase_if(counted,
                  [](const std::string& name) { return name.starts_with("whittle_kept_rows_"); });
    auto profile =
        profile_measured_firmware(board, build->measure_elf, inputs, kInferences, counted);
    if (!profile.ok()) return profile.error();
    measured.profile = std::move(*profile);
    return measured;
}

void add_code_samples(const MeasuredNet& net, const CodeLayout& layout, BoardSamples& samples) {
    std::set<std::string> done;
    for (const std::string& kernel : net.kernels) {
        add_parts(net.code, kernel, kernel, samples.parts, done);
    }
    std::int64_t kernel_bytes = 0;
    for (const std::string& name : done) kernel_bytes += align_up(net.code.at(name).bytes, 2);
    const FirmwarePart& invoke = net.code.at(std::string(kName) + "_invoke");
    const InvokeShape shape = invoke_shape(net.deployment, layout);
    const auto edges = static_cast<double>(net.deployment.graph.inputs.size() +
                                           net.deployment.graph.outputs.size());
    samples.invoke.push_back(
        {.terms = {1.0, static_cast<double>(shape.calls), static_cast<double>(shape.constants),
                   static_cast<double>(shape.stack_arguments),
                   static_cast<double>(shape.arena_operands), edges - 2.0,
                   static_cast<double>(shape.paired_calls)},
         .target = static_cast<double>(invoke.bytes),
         // Small firmware is where a few bytes matter.
         .weight = 1.0 / static_cast<double>(net.build.flash_bytes)});
    const std::int64_t constants = constant_flash_bytes(net.deployment, layout);
    samples.base.push_back({.terms = {1.0, edges - 2.0},
                            .target = static_cast<double>(net.build.flash_bytes - constants -
                                                          kernel_bytes - invoke.bytes),
                            .weight = 1.0 / edges});
    const std::int64_t arguments = 4 * std::max<std::int64_t>(shape.most_stack_arguments, 0);
    samples.invoke_frame_bytes =
        std::max(samples.invoke_frame_bytes,
                 static_cast<double>(invoke.frame_bytes - arguments - shape.local_bytes) -
                     4.0 * (edges - 2.0));
}

double instructions_of_calls(const MeasuredNet& net) {
    double sum = 0.0;
    for (const CallCount& call : net.profile.calls) sum += static_cast<double>(call.instructions);
    return sum / kInferences;
}

// Nets of operators in turns: what is done between the two kernels, the function that the turns are
// taken by among it.
void add_turns_sample(const MeasuredNet& net, bool fit, BoardSamples& samples) {
    CallSample sample{
        {},
        static_cast<double>(net.profile.run.mean_instructions()) - instructions_of_calls(net),
        0.0};
    for (const PreparedOp& op : net.deployment.ops) {
        const Work turns = turns_work_of(op);
        for (std::size_t i = 0; i < kWorkTerms; ++i) sample.work[i] += turns[i];
    }
    sample.cycles = sample.instructions;
    KernelSamples& kernel = samples.kernels[kTurnsFunction];
    (fit ? kernel.fit : kernel.check).push_back(sample);
}

// Each call's mean over the inferences.
void add_work_samples(const MeasuredNet& net, bool fit, BoardSamples& samples) {
    if (takes_turns(net.deployment)) return add_turns_sample(net, fit, samples);
    const std::size_t calls = net.deployment.ops.size();
    double inside = 0.0;
    for (std::size_t op = 0; op < calls; ++op) {
        CallSample sample{work_of(net.deployment, op), 0.0, 0.0};
        for (std::size_t i = 0; i < kInferences; ++i) {
            const CallCount& call = net.profile.calls[i * calls + op];
            sample.instructions += static_cast<double>(call.instructions) / kInferences;
            sample.cycles += static_cast<double>(call.cycles) / kInferences;
        }
        inside += sample.instructions;
        KernelSamples& kernel = samples.kernels[net.deployment.ops[op].kernel];
        (fit ? kernel.fit : kernel.check).push_back(sample);
    }
    samples.instructions_outside.push_back(
        static_cast<double>(net.profile.run.mean_instructions()) - inside);
}

// "arm-none-eabi-gcc 12.2.1"
Result<std::string> compiler_version(const Board& board) {
    const std::string name = std::string(toolchain_of(board.architecture).prefix) + "-gcc";
    const std::string compiler = find_program(name);
    if (compiler.empty()) {
        return Error{.expected = "the cross compiler " + name, .found = "none in PATH"};
    }
    const auto process = run_process({compiler, "-dumpfullversion"}, 60);
    if (!process.ok()) return process.error();
    return name + " " + process->out.substr(0, process->out.find('\n'));
}

bool has_fast_kernels(const CostNet& net, InstructionSet set) {
    const auto deployment = prepare_deployment(net.graph, InputsOutputs::with_caller, {}, set);
    return deployment.ok() && std::any_of(deployment->ops.begin(), deployment->ops.end(),
                                          [](const PreparedOp& op) { return op.variant > 255; });
}

Status add_net(
    const CostNet& net, const Board& board, InstructionSet set, bool fit, BoardSamples& samples) {
    const auto folder = make_temporary_folder();
    if (!folder.ok()) return folder.status();
    const auto measured = measure(net, board, set, *folder);
    remove_folder(*folder);
    if (!measured.ok()) return measured.status();
    add_code_samples(*measured, code_layout(board), samples);
    add_work_samples(*measured, fit, samples);
    return {};
}

// Names are those of nets, with their type or for all types; none stand for all nets.
bool is_asked_for(const CostNet& net, const std::vector<std::string>& only) {
    return only.empty() || std::any_of(only.begin(), only.end(), [&net](const std::string& name) {
               return net.name == name || net.name.starts_with(name + " ");
           });
}

Result<BoardSamples> board_samples(const Board& board,
                                   const std::string& compiler,
                                   const std::vector<std::string>& only) {
    BoardSamples samples;
    std::printf("%s, %s\n", board.name, compiler.c_str());
    for (const int variant : {0, 1}) {
        std::vector<std::string> refused;
        for (const CostNet& net : cost_nets(variant, refused)) {
            if (!is_asked_for(net, only)) continue;
            // What no fast kernel takes runs the reference.
            for (const InstructionSet set : {InstructionSet::reference, board.kernels}) {
                if (set != InstructionSet::reference && !has_fast_kernels(net, set)) continue;
                const Status status = add_net(net, board, set, variant == 0, samples);
                if (!status.ok()) refused.push_back(net.name + ": " + status.error().message());
            }
        }
        if (variant == 1 || !only.empty()) continue;
        for (const std::string& reason : refused) std::printf("  left out: %s\n", reason.c_str());
    }
    return samples;
}

Status measure_board(const Board& board,
                     const std::string& compiler,
                     const std::vector<std::string>& only,
                     std::string& table) {
    auto samples = board_samples(board, compiler, only);
    if (!samples.ok()) return samples.status();
    if (!only.empty()) return replace_kernels(board, *samples, table);
    replace_board(board, compiler, *samples, table);
    return {};
}

// Of all measured boards, or of the one of that name; of all nets, or of those of these names.
Status write_table(const std::string& path,
                   const std::string& name,
                   const std::vector<std::string>& nets) {
    const auto known = read_file(path);
    if (!known.ok()) return known.status();
    std::string text(known->begin(), known->end());
    bool any = false;
    for (const Board& board : exportable_boards()) {
        if (board.code_like != std::string_view(board.name)) continue;
        if (!name.empty() && name != board.name) continue;
        const auto compiler = compiler_version(board);
        if (!compiler.ok() && !name.empty()) return compiler.status();
        if (!compiler.ok()) {
            std::printf("%s left as it is: %s\n", board.name, compiler.error().message().c_str());
            continue;
        }
        any = true;
        const Status status = measure_board(board, *compiler, nets, text);
        if (!status.ok()) return status;
    }
    if (!any) return Error{.expected = "a board to measure on", .found = "none", .hint = name};
    return write_file(path, std::string_view(text));
}

}  // namespace
}  // namespace whittle

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    std::vector<std::string> arguments(argv + 1, argv + argc);
    std::string board;
    if (arguments.size() >= 3 && arguments[1] == "--board") {
        board = arguments[2];
        arguments.erase(arguments.begin() + 1, arguments.begin() + 3);
    }
    if (arguments.empty()) {
        std::fprintf(stderr, "usage: whittle_cost_table FILE [--board BOARD] [NET...]\n");
        return 2;
    }
    const std::vector<std::string> nets(arguments.begin() + 1, arguments.end());
    const whittle::Status status = whittle::write_table(arguments[0], board, nets);
    if (status.ok()) return 0;
    std::fprintf(stderr, "whittle_cost_table: %s\n", status.error().message().c_str());
    return 1;
}
