#include "core/deploy/cost_model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

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
    if (op.pooling) {
        works.emplace_back(op.pooling->kernel, pooling_work_of(op));
        works.emplace_back(kTurnsFunction, turns_work_of(pooled_turns(op)));
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
                                  shape.pooled_calls};
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

// --- Work ----------------------------------------------------------------------------------------

// The parameter of that name, or `missing`.
std::int32_t parameter_in(const std::vector<PreparedParam>& params,
                          std::string_view name,
                          std::int32_t missing) {
    for (const PreparedParam& param : params) {
        if (name == param.name) return static_cast<std::int32_t>(param.bits);
    }
    return missing;
}

std::int32_t parameter(const PreparedOp& op, std::string_view name, std::int32_t missing) {
    return parameter_in(op.params, name, missing);
}

// How many (output position, tap) pairs of one dimension lie inside the image.
double pairs_inside(const std::vector<PreparedParam>& params,
                    const std::string& length,
                    const std::string& pad) {
    const std::int64_t input = parameter_in(params, "window.input_" + length, 0);
    const std::int64_t output = parameter_in(params, "window.output_" + length, 0);
    const std::int64_t taps = parameter_in(params, "window.kernel_" + length, 1);
    const std::int64_t stride = parameter_in(params, "window.stride_" + length, 1);
    const std::int64_t dilation = parameter_in(params, "window.dilation_" + length, 1);
    const std::int64_t before = parameter_in(params, pad, 0);
    double inside = 0.0;
    for (std::int64_t position = 0; position < output; ++position) {
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t at = position * stride - before + tap * dilation;
            if (at >= 0 && at < input) inside += 1.0;
        }
    }
    return inside;
}

// The same where the window's roles are exchanged: how many pairs of an input position and a tap
// reach the output.
double pairs_reached(const std::vector<PreparedParam>& params,
                     const std::string& length,
                     const std::string& pad) {
    const std::int64_t input = parameter_in(params, "window.input_" + length, 0);
    const std::int64_t output = parameter_in(params, "window.output_" + length, 0);
    const std::int64_t taps = parameter_in(params, "window.kernel_" + length, 1);
    const std::int64_t stride = parameter_in(params, "window.stride_" + length, 1);
    const std::int64_t before = parameter_in(params, pad, 0);
    double reached = 0.0;
    for (std::int64_t position = 0; position < input; ++position) {
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t to = position * stride - before + tap;
            if (to >= 0 && to < output) reached += 1.0;
        }
    }
    return reached;
}

double& at(Work& work, WorkTerm term) { return work[static_cast<std::size_t>(term)]; }

// The terms of a kernel whose parameters begin with a window (core/base/window.h).
void add_window_work(OpKind kind, const std::vector<PreparedParam>& params, Work& work) {
    const double height = parameter_in(params, "window.output_height", 0);
    const double width = parameter_in(params, "window.output_width", 0);
    const double batches = parameter_in(params, "window.batches", 0);
    const double kernel_height = parameter_in(params, "window.kernel_height", 1);
    const double kernel_width = parameter_in(params, "window.kernel_width", 1);
    const double channels = parameter_in(params, "window.output_channels", 0);
    double inside = batches * channels * pairs_inside(params, "height", "window.pad_top") *
                    pairs_inside(params, "width", "window.pad_left");
    const double outputs = batches * height * width * channels;
    double depth = parameter_in(params, "group_channels", 1);
    if (kind == OpKind::transpose_conv) {
        inside = batches * channels * pairs_reached(params, "height", "window.pad_top") *
                 pairs_reached(params, "width", "window.pad_left");
        depth = parameter_in(params, "window.input_channels", 1);
    }
    at(work, WorkTerm::rows) = batches * height * width;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::tap_rows) = outputs * kernel_height;
    at(work, WorkTerm::taps) = outputs * kernel_height * kernel_width;
    at(work, WorkTerm::inside_taps) = inside;
    at(work, WorkTerm::macs) = inside * depth;
}

double rounded_up(double value, double step) { return std::ceil(value / step) * step; }

// Of the kernels for Arm's DSP extension, which work on blocks of four and take all taps. Clamps to
// less than int8 are a pass of their own: their outputs stand in `tap_rows`.
void add_arm_dsp_work(const Deployment& deployment, std::size_t index, Work& work) {
    const PreparedOp& op = deployment.ops[index];
    const OpKind kind = deployment.graph.nodes[index].op;
    const bool clamps =
        parameter(op, "minimum", -128) > -128 || parameter(op, "maximum", 127) < 127;
    const double outputs = at(work, WorkTerm::outputs);
    const double rows = at(work, WorkTerm::rows);
    work = Work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::tap_rows) = clamps ? outputs : 0.0;
    if (kind == OpKind::fully_connected) {
        const std::int32_t inputs = parameter(op, "inputs", 0);
        const double blocks = rows * rounded_up(parameter(op, "outputs", 0), 4) / 4;
        at(work, WorkTerm::outputs) = outputs;
        at(work, WorkTerm::taps) = blocks;
        at(work, WorkTerm::inside_taps) = inputs >= 4 ? blocks : 0.0;
        at(work, WorkTerm::row_taps) = inputs % 4 != 0 ? blocks : 0.0;
        at(work, WorkTerm::row_values) = blocks * (inputs % 4);
        at(work, WorkTerm::macs) = blocks * (inputs / 4) * 16;
        return;
    }
    const double taps =
        parameter(op, "window.kernel_height", 1) * parameter(op, "window.kernel_width", 1);
    at(work, WorkTerm::row_taps) = rows * taps;
    if (kind == OpKind::depthwise_conv2d) {
        at(work, WorkTerm::outputs) = outputs;
        at(work, WorkTerm::macs) = outputs * rounded_up(taps, 3);
        return;
    }
    const double channels = parameter(op, "window.input_channels", 0);
    const double depth = rounded_up(taps * channels, 8);
    const double blocks = rounded_up(rows, 4) / 4 * parameter(op, "window.output_channels", 0);
    const bool gathers = parameter(op, "window.input_channels", 0) % 4 != 0;
    at(work, gathers ? WorkTerm::inputs : WorkTerm::row_values) = rows * taps * channels;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::taps) = blocks;
    at(work, WorkTerm::macs) = 4 * blocks * depth;
}

// Of the plain kernel, which takes two pixels and two channels at once.
void add_plain_work(const Deployment& deployment, std::size_t index, Work& work) {
    const PreparedOp& op = deployment.ops[index];
    const double channels = parameter(op, "window.output_channels", 1);
    const double taps =
        parameter(op, "window.kernel_height", 1) * parameter(op, "window.kernel_width", 1);
    const double rows = at(work, WorkTerm::rows);
    const double outputs = rows * channels;
    const double inside = at(work, WorkTerm::inside_taps) / channels;
    work = Work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::outputs) = outputs;
    at(work, WorkTerm::row_taps) = rows * taps;
    if (deployment.graph.nodes[index].op == OpKind::depthwise_conv2d) {
        at(work, WorkTerm::inputs) = channels;  // the line of zero points
        at(work, WorkTerm::inside_taps) = inside;
        at(work, WorkTerm::macs) = outputs * rounded_up(taps, 3);
        return;
    }
    const double depth = taps * parameter(op, "window.input_channels", 0);
    const double pairs = rounded_up(rows, 2) / 2;
    at(work, WorkTerm::row_values) = rows * depth;
    at(work, WorkTerm::inside_taps) = inside * parameter(op, "window.input_channels", 0);
    at(work, WorkTerm::taps) = pairs * channels;
    at(work, WorkTerm::tap_rows) = pairs * rounded_up(channels, 2) / 2;
    at(work, WorkTerm::macs) = pairs * rounded_up(channels, 2) * rounded_up(depth, 4);
}

// Of the kernels for Helium, whose vectors hold 16 values, or 4 sums.
void add_helium_work(const Deployment& deployment, std::size_t index, Work& work) {
    const PreparedOp& op = deployment.ops[index];
    const OpKind kind = deployment.graph.nodes[index].op;
    if (kind == OpKind::average_pool2d) return;
    const double outputs = at(work, WorkTerm::outputs);
    if (kind == OpKind::add) {
        at(work, WorkTerm::taps) = rounded_up(outputs, 4) / 4;
        return;
    }
    const double rows = at(work, WorkTerm::rows);
    double depth = parameter(op, "inputs", 0);
    double channels = parameter(op, "outputs", 0);
    if (kind != OpKind::fully_connected) {
        const double height = parameter(op, "window.kernel_height", 1);
        const double width = parameter(op, "window.kernel_width", 1);
        const double inputs = parameter(op, "window.input_channels", 0);
        channels = parameter(op, "window.output_channels", 0);
        depth = height * width * inputs;
        const double inside = at(work, WorkTerm::inside_taps) / std::max(channels, 1.0) * inputs;
        work = Work{};
        at(work, WorkTerm::call) = 1.0;
        if (kind == OpKind::depthwise_conv2d) {
            at(work, WorkTerm::rows) = rows;
            at(work, WorkTerm::inputs) = channels;
            at(work, WorkTerm::row_taps) = rows * height * width;
            at(work, WorkTerm::outputs) = rows * channels;
            at(work, WorkTerm::macs) = rows * channels * height * width;
            return;
        }
        // A window of one pixel inside the image is read where it stands.
        const bool gathers = height * width > 1;
        at(work, WorkTerm::tap_rows) = gathers ? rows * height : 0.0;
        at(work, WorkTerm::row_taps) =
            gathers ? rows * height * rounded_up(width * inputs, 16) / 16 : 0.0;
        at(work, WorkTerm::inside_taps) = rows * depth - inside;  // those outside, byte by byte
    }
    const double blocks = rows * rounded_up(channels, 4) / 4;
    at(work, WorkTerm::rows) = rows;
    at(work, WorkTerm::taps) = blocks;
    at(work, WorkTerm::outputs) = 0.0;
    at(work, WorkTerm::macs) = blocks * rounded_up(depth, 16) / 16;
}

// Sums over the input and over what is kept from before are of different kinds.
void add_recurrent_work(const PreparedOp& op, Work& work) {
    const double units = parameter(op, "sizes.units", 0);
    if (units > 0) {
        const double gates = 4.0 * at(work, WorkTerm::outputs);
        at(work, WorkTerm::macs) = gates * parameter(op, "sizes.inputs", 0);
        at(work, WorkTerm::taps) = gates * units;
        at(work, WorkTerm::rows) = at(work, WorkTerm::outputs) / units;
        return;
    }
    const double filters = at(work, WorkTerm::outputs) * parameter(op, "rank", 1);
    at(work, WorkTerm::rows) = filters;
    at(work, WorkTerm::macs) = filters * parameter(op, "inputs", 0);
    at(work, WorkTerm::taps) = filters * parameter(op, "memory", 1);
}

// Of kernels that move rows: how many of them there are.
void add_row_moves(OpKind kind, const PreparedOp& op, Work& work) {
    if (kind == OpKind::concat) {
        double inputs = 0.0;
        double bytes = 0.0;
        for (const PreparedParam& param : op.params) {
            const bool is_rows = std::string_view(param.name) == "rows";
            if (is_rows || param.bits == 0) continue;
            inputs += 1.0;
            bytes += static_cast<std::int32_t>(param.bits);
        }
        at(work, WorkTerm::taps) = at(work, WorkTerm::rows) * inputs;
        at(work, WorkTerm::outputs) = at(work, WorkTerm::rows) * bytes;
        at(work, WorkTerm::inputs) = 0.0;
        return;
    }
    double outputs = 1.0;
    double inputs = 1.0;
    for (const char* dimension : {"0", "1", "2", "3"}) {
        outputs *= parameter(op, std::string("output") + dimension, 1);
        inputs *= parameter(op, std::string("input") + dimension, 1);
    }
    at(work, WorkTerm::rows) = outputs;
    at(work, WorkTerm::taps) = inputs;
}

// --- Layout --------------------------------------------------------------------------------------

// One array or parameter struct of the generated code.
struct ConstantBlock {
    std::int64_t bytes;
    std::int64_t alignment;
};

bool in_arena(const Deployment& deployment, int tensor) {
    const std::vector<int>& planned = deployment.lifetimes.tensors;
    return std::find(planned.begin(), planned.end(), tensor) != planned.end();
}

// Goes over the operands as code generation does: constants of operators, then tensors of the graph
// at their first use.
class ConstantWalk {
public:
    explicit ConstantWalk(const Deployment& deployment)
        : deployment_(deployment), written_(deployment.graph.tensors.size(), false) {
        for (std::size_t op = 0; op < deployment.ops.size(); ++op) add_op(op);
        for (const int output : deployment.graph.outputs) add_tensor(output);
    }
    const std::vector<ConstantBlock>& blocks() const { return blocks_; }

private:
    void add(DType dtype, std::size_t bytes) {
        const auto alignment = static_cast<std::int64_t>(element_bytes(dtype));
        blocks_.push_back({static_cast<std::int64_t>(bytes), alignment});
    }
    void add_tensor(int index) {
        const Tensor& tensor = deployment_.graph.tensor(index);
        if (!tensor.constant || written_[static_cast<std::size_t>(index)]) return;
        written_[static_cast<std::size_t>(index)] = true;
        add(tensor.dtype, tensor.data.size());
    }
    void add_op(std::size_t index) {
        const PreparedOp& op = deployment_.ops[index];
        const Node& node = deployment_.graph.nodes[index];
        for (const PreparedOperand& operand : op.operands) {
            const auto which = static_cast<std::size_t>(operand.index);
            if (operand.kind == PreparedOperand::Kind::constant) {
                add(op.constants[which].dtype, op.constants[which].bytes.size());
            } else if (operand.kind == PreparedOperand::Kind::input) {
                add_tensor(node.inputs[which]);
            }
        }
        blocks_.push_back({static_cast<std::int64_t>(4 * op.params.size()), 4});
        if (!op.pooling) return;
        blocks_.push_back({static_cast<std::int64_t>(4 * op.pooling->params.size()), 4});
    }

    const Deployment& deployment_;
    std::vector<bool> written_;
    std::vector<ConstantBlock> blocks_;
};

std::int64_t place(std::int64_t end, const Tensor& tensor, std::int64_t alignment) {
    const auto own = static_cast<std::int64_t>(element_bytes(tensor.dtype));
    return align_up(end, std::max(own, alignment)) + static_cast<std::int64_t>(tensor.bytes());
}

}  // namespace

std::vector<const char*> functions_called(const PreparedOp& op) {
    if (!op.pooling) return {op.kernel};
    return {op.kernel, op.pooling->kernel, kTurnsFunction, "whittle_pooled_rows_begin",
            "whittle_pooled_rows_copy"};
}

std::int64_t pooled_turns(const PreparedOp& op) {
    return std::int64_t{parameter_in(op.pooling->params, "window.batches", 0)} *
           parameter_in(op.pooling->params, "window.output_height", 0);
}

Work pooling_work_of(const PreparedOp& op) {
    Work work{};
    add_window_work(OpKind::max_pool2d, op.pooling->params, work);
    at(work, WorkTerm::call) = static_cast<double>(pooled_turns(op));
    return work;
}

Work turns_work_of(std::int64_t turns) {
    Work work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = static_cast<double>(turns);
    return work;
}

Work work_of(const Deployment& deployment, std::size_t op) {
    const Graph& graph = deployment.graph;
    const Node& node = graph.nodes[op];
    const PreparedOp& prepared = deployment.ops[op];
    Work work{};
    at(work, WorkTerm::call) = 1.0;
    at(work, WorkTerm::rows) = parameter(prepared, "rows", 0);
    for (const int output : node.outputs) {
        at(work, WorkTerm::outputs) += static_cast<double>(graph.tensor(output).elements());
    }
    const std::string_view kernel = prepared.kernel;
    const auto add_sibling_work = [&] {
        if (kernel.ends_with("_arm_dsp")) add_arm_dsp_work(deployment, op, work);
        if (kernel.ends_with("_helium")) add_helium_work(deployment, op, work);
        if (kernel.ends_with("_plain")) add_plain_work(deployment, op, work);
    };
    if (parameter(prepared, "window.kernel_height", 0) > 0) {
        add_window_work(node.op, prepared.params, work);
        add_sibling_work();
        if (prepared.pooling) {
            at(work, WorkTerm::call) = static_cast<double>(pooled_turns(prepared));
        }
        return work;
    }
    for (const int input : node.inputs) {
        if (input == kNoTensor || graph.tensor(input).constant) continue;
        at(work, WorkTerm::inputs) += static_cast<double>(graph.tensor(input).elements());
    }
    at(work, WorkTerm::macs) = static_cast<double>(cost_of(graph, node).macs);
    if (node.op == OpKind::lstm || node.op == OpKind::svdf) add_recurrent_work(prepared, work);
    if (node.op == OpKind::concat || node.op == OpKind::pad) {
        add_row_moves(node.op, prepared, work);
    }
    add_sibling_work();
    return work;
}

InvokeShape invoke_shape(const Deployment& deployment, const CodeLayout& layout) {
    InvokeShape shape;
    shape.calls = static_cast<std::int64_t>(deployment.ops.size());
    shape.constants = static_cast<std::int64_t>(ConstantWalk(deployment).blocks().size());
    for (std::size_t i = 0; i < deployment.ops.size(); ++i) {
        const PreparedOp& op = deployment.ops[i];
        const Node& node = deployment.graph.nodes[i];
        const auto operands = static_cast<std::int64_t>(op.operands.size());
        // The pooling's output is no operand of the convolution's kernel.
        const std::int64_t on_stack =
            operands + 1 - layout.register_arguments - (op.pooling ? 1 : 0);
        if (op.pooling) {
            // Where the walk stands, and what is kept over the turns.
            constexpr std::int64_t kWalkBytes = 28 + 16;
            constexpr std::int64_t kMostArguments = 7;  // of the functions that take the turns
            const auto params =
                static_cast<std::int64_t>(op.params.size() + op.pooling->params.size());
            ++shape.pooled_calls;
            shape.local_bytes = std::max(shape.local_bytes, kWalkBytes + 4 * params);
            shape.most_stack_arguments =
                std::max(shape.most_stack_arguments, kMostArguments - layout.register_arguments);
        }
        shape.stack_arguments += std::max<std::int64_t>(on_stack, 0);
        shape.most_stack_arguments = std::max(shape.most_stack_arguments, on_stack);
        for (const PreparedOperand& operand : op.operands) {
            if (operand.kind == PreparedOperand::Kind::constant) continue;
            if (operand.kind == PreparedOperand::Kind::scratch) {
                ++shape.arena_operands;
                continue;
            }
            const auto which = static_cast<std::size_t>(operand.index);
            const bool is_input = operand.kind == PreparedOperand::Kind::input;
            const int tensor = is_input ? node.inputs[which] : node.outputs[which];
            shape.arena_operands += in_arena(deployment, tensor) ? 1 : 0;
        }
    }
    return shape;
}

// The compiler writes the blocks in the opposite order.
std::int64_t constant_flash_bytes(const Deployment& deployment, const CodeLayout& layout) {
    const ConstantWalk walk(deployment);
    std::int64_t end = 0;
    for (auto block = walk.blocks().rbegin(); block != walk.blocks().rend(); ++block) {
        end = align_up(end, std::max(block->alignment, layout.constant_alignment)) + block->bytes;
    }
    return align_up(end, 4);
}

// First the main program's buffers, the last declared first, then the arena.
std::int64_t static_ram_bytes(const Deployment& deployment, const CodeLayout& layout) {
    const Graph& graph = deployment.graph;
    std::int64_t end = 0;
    for (auto output = graph.outputs.rbegin(); output != graph.outputs.rend(); ++output) {
        end = place(end, graph.tensor(*output), layout.buffer_alignment);
    }
    for (auto input = graph.inputs.rbegin(); input != graph.inputs.rend(); ++input) {
        end = place(end, graph.tensor(*input), layout.buffer_alignment);
    }
    return align_up(end, 4) + align_up(deployment.plan.arena_bytes, 4);
}

// Arm: compiled for speed, the main program reads its buffers in vectors of 64 bits. RISC-V: the
// psABI's calling convention ilp32, eight registers for arguments, s0 to s11 and ra kept by whom
// they are called by; GCC lays all arrays at whole words (-mriscv-align-data, its default xlen).
CodeLayout code_layout(const Board& board) {
    if (board.architecture == Architecture::riscv) return {8, 4, 4, 16, 13 * 4};
    CodeLayout layout;
    const Board* like = board_named(board.code_like);
    const bool fast =
        like != nullptr && std::string_view(like->compiler_flags).find("-O2") != std::string::npos;
    if (fast) layout.buffer_alignment = 8;
    return layout;
}

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
