#include "core/deploy/cost_model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "core/deploy/code_layout.h"
#include "core/memory/alignment.h"

namespace whittle {
namespace {

constexpr CodePart kCodeParts[] = {
#define WHITTLE_CODE_PART(...) {__VA_ARGS__},
#define WHITTLE_KERNEL_WORK(...)
#define WHITTLE_FIRMWARE_BASE(...)
#include "core/deploy/cost_table.def"
#undef WHITTLE_CODE_PART
#undef WHITTLE_KERNEL_WORK
#undef WHITTLE_FIRMWARE_BASE
};

constexpr KernelWork kKernelWorks[] = {
#define WHITTLE_CODE_PART(...)
#define WHITTLE_KERNEL_WORK(...) {__VA_ARGS__},
#define WHITTLE_FIRMWARE_BASE(...)
#include "core/deploy/cost_table.def"
#undef WHITTLE_CODE_PART
#undef WHITTLE_KERNEL_WORK
#undef WHITTLE_FIRMWARE_BASE
};

constexpr FirmwareBase kFirmwareBases[] = {
#define WHITTLE_CODE_PART(...)
#define WHITTLE_KERNEL_WORK(...)
#define WHITTLE_FIRMWARE_BASE(...) {__VA_ARGS__},
#include "core/deploy/cost_table.def"
#undef WHITTLE_CODE_PART
#undef WHITTLE_KERNEL_WORK
#undef WHITTLE_FIRMWARE_BASE
};

std::string operator_name(const Deployment& deployment, std::size_t op) {
    return "operator " + std::to_string(op) + " (" +
           definition_of(deployment.graph.nodes[op].op).name + ")";
}

std::vector<std::pair<const char*, Work>> works_called(const Deployment& deployment,
                                                       std::size_t index) {
    const PreparedOp& op = deployment.ops[index];
    std::vector<std::pair<const char*, Work>> works = {{op.kernel, work_of(deployment, index)}};
    if (op.second) {
        works.emplace_back(op.second->kernel, second_work_of(op));
        works.emplace_back(kTurnsFunction, turns_work_of(op));
    }
    return works;
}

// --- Code ----------------------------------------------------------------------------------------

const CodePart* find_part(std::string_view board, std::string_view name) {
    for (const CodePart& part : kCodeParts) {
        if (board == part.board && name == part.name) return &part;
    }
    return nullptr;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// Adds a part and all that it uses to `parts`. Returns the deepest stack below its entry.
// `callers`: the parts on the way to it. Parts that only come along with each other use each other
// in turn.
std::int64_t add_part(const CodePart& part,
                      std::vector<const CodePart*>& callers,
                      std::set<const CodePart*>& parts) {
    if (std::find(callers.begin(), callers.end(), &part) != callers.end()) return 0;
    parts.insert(&part);
    callers.push_back(&part);
    std::int64_t deepest = 0;
    for (const std::string_view name : words_of(part.uses)) {
        const CodePart* used = find_part(part.board, name);
        if (used != nullptr) deepest = std::max(deepest, add_part(*used, callers, parts));
    }
    callers.pop_back();
    return part.frame_bytes + deepest;
}

const FirmwareBase* find_base(std::string_view board) {
    for (const FirmwareBase& base : kFirmwareBases) {
        if (board == base.board) return &base;
    }
    return nullptr;
}

std::int64_t edges_of(const Graph& graph) {
    return static_cast<std::int64_t>(graph.inputs.size() + graph.outputs.size());
}

// Stack between the measured run's frame and the kernels' entry. A caller of more arguments than
// registers hold puts the others on its stack and keeps the return address there too.
std::int64_t stack_above_kernels(const Deployment& deployment,
                                 const FirmwareBase& base,
                                 const CodeLayout& layout) {
    const std::int64_t edges = edges_of(deployment.graph);
    const std::int64_t on_stack = edges - layout.register_arguments;
    const std::int64_t caller =
        on_stack > 0 ? align_up(8 + 4 * on_stack, layout.stack_alignment) : 0;
    // A large net may save more registers than those that were measured.
    const std::int64_t measured = std::llround(base.invoke_frame_bytes);
    const std::int64_t own = std::max(measured, layout.saved_register_bytes) + 4 * (edges - 2);
    const InvokeShape shape = invoke_shape(deployment, layout);
    return caller + align_up(own + 4 * shape.most_stack_arguments + shape.local_bytes,
                             layout.stack_alignment);
}

// Code and stack; false, with the reason, where a kernel was never measured.
bool add_code(const Deployment& deployment,
              const FirmwareBase& base,
              const CodeLayout& layout,
              FirmwareCost& cost) {
    std::set<const CodePart*> parts;
    std::int64_t deepest = 0;
    for (std::size_t op = 0; op < deployment.ops.size(); ++op) {
        for (const char* function : functions_called(deployment.ops[op])) {
            const CodePart* part = find_part(base.board, function);
            if (part == nullptr) {
                cost.unknown = operator_name(deployment, op) + ": its kernel " + function +
                               " was never measured";
                return false;
            }
            std::vector<const CodePart*> callers;
            deepest = std::max(deepest, add_part(*part, callers, parts));
        }
    }
    const InvokeShape shape = invoke_shape(deployment, layout);
    const std::int64_t further_edges = edges_of(deployment.graph) - 2;
    const std::int64_t terms[] = {1,
                                  shape.calls,
                                  shape.constants,
                                  shape.stack_arguments,
                                  shape.arena_operands,
                                  further_edges,
                                  shape.paired_calls};
    double code = base.code_bytes + base.edge_code_bytes * static_cast<double>(further_edges);
    for (std::size_t i = 0; i < std::size(terms); ++i) {
        code += base.invoke_code[i] * static_cast<double>(terms[i]);
    }
    std::int64_t kernels = 0;
    for (const CodePart* part : parts) kernels += align_up(part->bytes, 2);
    cost.code_bytes = align_up(align_up(std::llround(code), 2) + kernels, 4);
    cost.flash_bytes = *cost.code_bytes + cost.constant_bytes;
    cost.stack_bytes = stack_above_kernels(deployment, base, layout) + deepest;
    return true;
}

// --- Instructions --------------------------------------------------------------------------------

const KernelWork* find_work(std::string_view board, std::string_view kernel) {
    for (const KernelWork& work : kKernelWorks) {
        if (board == work.board && kernel == work.kernel) return &work;
    }
    return nullptr;
}

void add_instructions(const Deployment& deployment, const FirmwareBase& base, FirmwareCost& cost) {
    double sum = base.instructions;
    double cycles = base.instructions;
    for (std::size_t op = 0; op < deployment.ops.size(); ++op) {
        double of_op = 0.0;
        cost.op_instructions.emplace_back();
        for (const auto& [function, work] : works_called(deployment, op)) {
            const KernelWork* kernel = find_work(base.board, function);
            if (kernel == nullptr) {
                if (cost.unknown.empty()) {
                    cost.unknown = operator_name(deployment, op) + ": the instructions of " +
                                   function + " were never measured";
                }
                of_op = -1.0;
                break;
            }
            double instructions = 0.0;
            for (std::size_t i = 0; i < kWorkTerms; ++i) {
                instructions += static_cast<double>(kernel->factors[i]) * work[i];
            }
            of_op += instructions;
            cost.instruction_error += static_cast<double>(kernel->error) * instructions;
            cycles += instructions * static_cast<double>(kernel->cycles_per_instruction);
        }
        if (of_op < 0.0) continue;
        cost.op_instructions.back() = std::llround(of_op);
        sum += of_op;
    }
    const auto is_known = [](const std::optional<std::int64_t>& each) { return each.has_value(); };
    if (!std::all_of(cost.op_instructions.begin(), cost.op_instructions.end(), is_known)) return;
    cost.instructions = std::llround(sum);
    cost.instruction_error /= std::max(sum, 1.0);
    cost.cycles = cycles;
}

}  // namespace

FirmwareCost firmware_cost(const Deployment& deployment, const Board& board) {
    FirmwareCost cost;
    cost.arena_bytes = deployment.plan.arena_bytes;
    const CodeLayout layout = code_layout(board);
    cost.static_ram_bytes = static_ram_bytes(deployment, layout);
    cost.constant_bytes = constant_flash_bytes(deployment, layout);
    const FirmwareBase* base = find_base(board.code_like);
    if (base == nullptr) {
        cost.unknown = std::string("no estimate for ") + board.title +
                       ": there is no emulator here to measure " + board.core + " code on";
        return cost;
    }
    if (add_code(deployment, *base, layout, cost)) add_instructions(deployment, *base, cost);
    return cost;
}

std::optional<double> estimated_seconds(const FirmwareCost& cost, const Board& board) {
    if (!cost.cycles) return std::nullopt;
    return *cost.cycles / static_cast<double>(board.clock_hz);
}

std::span<const CodePart> code_parts() { return kCodeParts; }
std::span<const KernelWork> kernel_works() { return kKernelWorks; }
std::span<const FirmwareBase> firmware_bases() { return kFirmwareBases; }

}  // namespace whittle
