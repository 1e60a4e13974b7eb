#include "core/deploy/code_layout.h"

#include <algorithm>

#include "core/memory/alignment.h"

namespace whittle {
namespace {

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
        if (!op.second) return;
        blocks_.push_back({static_cast<std::int64_t>(4 * op.second->params.size()), 4});
    }

    const Deployment& deployment_;
    std::vector<bool> written_;
    std::vector<ConstantBlock> blocks_;
};

std::int64_t place(std::int64_t end, const Tensor& tensor, std::int64_t alignment) {
    const auto own = static_cast<std::int64_t>(element_bytes(tensor.dtype));
    return align_up(end, std::max(own, alignment)) + static_cast<std::int64_t>(tensor.bytes());
}

// A call of a kernel, which has its parameters before its operands.
void add_call(std::int64_t operands, const CodeLayout& layout, InvokeShape& shape) {
    const std::int64_t on_stack = operands + 1 - layout.register_arguments;
    shape.stack_arguments += std::max<std::int64_t>(on_stack, 0);
    shape.most_stack_arguments = std::max(shape.most_stack_arguments, on_stack);
}

// Of two operators in turns: both calls, and where the walk stands and what is kept over the turns.
void add_pair(const PreparedOp& op, const CodeLayout& layout, InvokeShape& shape) {
    constexpr std::int64_t kWalkBytes = 28 + 16;
    constexpr std::int64_t kMostArguments = 7;  // of the functions that take the turns
    const auto of_first = static_cast<std::int64_t>(op.second->rows_operand) + 1;
    const auto params = static_cast<std::int64_t>(op.params.size() + op.second->params.size());
    add_call(of_first, layout, shape);
    add_call(static_cast<std::int64_t>(op.operands.size()) - of_first + 1, layout, shape);
    ++shape.paired_calls;
    shape.local_bytes = std::max(shape.local_bytes, kWalkBytes + 4 * params);
    shape.most_stack_arguments =
        std::max(shape.most_stack_arguments, kMostArguments - layout.register_arguments);
}

}  // namespace

InvokeShape invoke_shape(const Deployment& deployment, const CodeLayout& layout) {
    InvokeShape shape;
    shape.calls = static_cast<std::int64_t>(deployment.ops.size());
    shape.constants = static_cast<std::int64_t>(ConstantWalk(deployment).blocks().size());
    for (std::size_t i = 0; i < deployment.ops.size(); ++i) {
        const PreparedOp& op = deployment.ops[i];
        const Node& node = deployment.graph.nodes[i];
        const auto operands = static_cast<std::int64_t>(op.operands.size());
        if (op.second) {
            add_pair(op, layout, shape);
        } else {
            add_call(operands, layout, shape);
        }
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

}  // namespace whittle
