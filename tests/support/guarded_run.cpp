#include "tests/support/guarded_run.h"

#include <algorithm>
#include <cstring>

#include "core/runtime/interpreter.h"

namespace whittle::test {

namespace {

using Bytes = std::vector<std::uint8_t>;

// What stands behind the operands of one operator.
class ApartRun {
public:
    ApartRun(const Deployment& deployment, std::uint8_t fill)
        : deployment_(deployment), fill_(fill) {
        for (std::size_t i = 0; i < deployment.graph.tensors.size(); ++i) {
            const Tensor& tensor = deployment.graph.tensors[i];
            if (tensor.constant) {
                tensors_.emplace_back(tensor.data);
            } else {
                tensors_.emplace_back(tensor.bytes(), tensor.variable ? std::uint8_t{0} : fill);
            }
        }
    }

    const ExactBytes& tensor(int index) const { return tensors_[static_cast<std::size_t>(index)]; }

    bool run(std::size_t index) {
        const Node& node = deployment_.graph.nodes[index];
        const PreparedOp& op = deployment_.ops[index];
        std::vector<ExactBytes> own;
        own.reserve(op.operands.size());
        std::vector<WhittleOperandInfo> infos;
        std::vector<void*> operands;
        for (const PreparedOperand& operand : op.operands) {
            bool constant = false;
            const ExactBytes& bytes = bytes_of(operand, node, op, own, constant);
            infos.push_back({bytes.size(), constant ? bytes.data() : nullptr});
            operands.push_back(bytes.data());
        }
        const std::vector<std::uint32_t> record = record_params(op);
        Bytes words(4 * record.size());
        if (!words.empty()) std::memcpy(words.data(), record.data(), words.size());
        const ExactBytes params(words);
        const WhittleProgramOp first_words{
            static_cast<std::uint16_t>(node.op), static_cast<std::uint16_t>(op.variant),
            static_cast<std::uint16_t>(infos.size()), static_cast<std::uint16_t>(record.size())};
        if (whittle_operator_check(&first_words, params.data(), infos.data()) != WHITTLE_OK) {
            return false;
        }
        whittle_operator_run(&first_words, params.data(), operands.data());
        return true;
    }

private:
    const ExactBytes& bytes_of(const PreparedOperand& operand,
                               const Node& node,
                               const PreparedOp& op,
                               std::vector<ExactBytes>& own,
                               bool& constant) {
        const auto at = static_cast<std::size_t>(operand.index);
        switch (operand.kind) {
            case PreparedOperand::Kind::input:
                constant = deployment_.graph.tensor(node.inputs[at]).constant;
                return tensor(node.inputs[at]);
            case PreparedOperand::Kind::output: return tensor(node.outputs[at]);
            case PreparedOperand::Kind::constant:
                constant = true;
                own.emplace_back(op.constants[at].bytes);
                return own.back();
            case PreparedOperand::Kind::scratch: break;
        }
        own.emplace_back(static_cast<std::size_t>(scratch_end(op, operand.index)) - at, fill_);
        return own.back();
    }

    const Deployment& deployment_;
    std::uint8_t fill_;
    std::vector<ExactBytes> tensors_;
};

}  // namespace

ExactBytes::ExactBytes(std::size_t size, std::uint8_t fill)
    : size_(size), data_(new std::uint8_t[size]) {
    if (size > 0) std::memset(data_.get(), fill, size);
}

ExactBytes::ExactBytes(std::span<const std::uint8_t> content)
    : size_(content.size()), data_(new std::uint8_t[content.size()]) {
    if (!content.empty()) std::memcpy(data_.get(), content.data(), content.size());
}

std::optional<std::vector<std::uint8_t>> run_image(const Deployment& deployment,
                                                   std::span<const std::uint8_t> inputs,
                                                   std::uint8_t fill) {
    const auto made = make_program_image(deployment);
    if (!made.ok()) return std::nullopt;
    const ExactBytes image(*made);
    const ExactBytes arena(static_cast<std::size_t>(deployment.plan.arena_bytes), fill);
    if (whittle_program_check(image.data(), image.size(), arena.size()) != WHITTLE_OK)
        return std::nullopt;
    for (std::size_t i = 0; i < deployment.lifetimes.tensors.size(); ++i) {
        const Tensor& tensor = deployment.graph.tensor(deployment.lifetimes.tensors[i]);
        if (tensor.variable && tensor.bytes() > 0) {
            std::memset(arena.data() + deployment.plan.offsets[i], 0, tensor.bytes());
        }
    }
    for (std::uint32_t i = 0; i < whittle_program_input_count(image.data()); ++i) {
        const WhittleProgramTensor* tensor = whittle_program_input(image.data(), i);
        if (tensor->bytes == 0) continue;
        std::memcpy(whittle_program_data(image.data(), arena.data(), tensor), inputs.data(),
                    tensor->bytes);
        inputs = inputs.subspan(tensor->bytes);
    }
    whittle_program_run(image.data(), arena.data());
    Bytes outputs;
    for (std::uint32_t i = 0; i < whittle_program_output_count(image.data()); ++i) {
        const WhittleProgramTensor* tensor = whittle_program_output(image.data(), i);
        const auto* from = static_cast<const std::uint8_t*>(
            whittle_program_data(image.data(), arena.data(), tensor));
        outputs.insert(outputs.end(), from, from + tensor->bytes);
    }
    return outputs;
}

std::optional<std::vector<std::uint8_t>> run_apart(const Deployment& deployment,
                                                   std::span<const std::uint8_t> inputs,
                                                   std::uint8_t fill) {
    const Graph& graph = deployment.graph;
    ApartRun run(deployment, fill);
    for (const int index : graph.inputs) {
        const std::span<std::uint8_t> to = run.tensor(index).span();
        if (!to.empty()) std::memcpy(to.data(), inputs.data(), to.size());
        inputs = inputs.subspan(to.size());
    }
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (!run.run(i)) return std::nullopt;
    }
    Bytes outputs;
    for (const int index : graph.outputs) {
        const std::span<std::uint8_t> from = run.tensor(index).span();
        outputs.insert(outputs.end(), from.begin(), from.end());
    }
    return outputs;
}

}  // namespace whittle::test
