#include "tests/conformance/one_op.h"

#include <cstring>

#include "core/runtime/program.h"

namespace whittle::conformance {

namespace {

template <class T>
void append(std::vector<std::uint8_t>& bytes, std::int64_t value) {
    const T element = static_cast<T>(value);
    const std::size_t offset = bytes.size();
    bytes.resize(offset + sizeof(T));
    std::memcpy(bytes.data() + offset, &element, sizeof(T));
}

std::vector<std::uint8_t> bytes_of(DType dtype, const Values& values) {
    std::vector<std::uint8_t> bytes;
    for (const std::int64_t value : values) {
        switch (dtype) {
            case DType::int8: append<std::int8_t>(bytes, value); break;
            case DType::int16: append<std::int16_t>(bytes, value); break;
            default: append<std::int32_t>(bytes, value);
        }
    }
    return bytes;
}

Tensor tensor_of(DType dtype, std::size_t count) {
    Tensor tensor;
    tensor.dtype = dtype;
    tensor.shape = {static_cast<std::int32_t>(count)};
    return tensor;
}

}  // namespace

OneOp::OneOp(OpKind kind, std::uint32_t variant, std::vector<std::int32_t> params) {
    deployment_.graph.nodes.push_back({.op = kind, .attributes = {}, .inputs = {}, .outputs = {}});
    deployment_.ops.emplace_back();
    deployment_.ops[0].variant = variant;
    for (const std::int32_t value : params) {
        deployment_.ops[0].params.push_back(PreparedParam::of("", value));
    }
}

OneOp& OneOp::input(DType dtype, Values values) {
    Graph& graph = deployment_.graph;
    const int index = static_cast<int>(graph.tensors.size());
    graph.tensors.push_back(tensor_of(dtype, values.size()));
    graph.inputs.push_back(index);
    Node& node = graph.nodes[0];
    deployment_.ops[0].operands.push_back(
        {PreparedOperand::Kind::input, static_cast<int>(node.inputs.size())});
    node.inputs.push_back(index);
    inputs_.push_back(std::move(values));
    input_types_.push_back(dtype);
    return *this;
}

OneOp& OneOp::constant(DType dtype, const Values& values) {
    PreparedOp& op = deployment_.ops[0];
    op.operands.push_back({PreparedOperand::Kind::constant, static_cast<int>(op.constants.size())});
    op.constants.push_back({"constant", dtype, bytes_of(dtype, values)});
    return *this;
}

OneOp& OneOp::constant(const std::vector<std::int32_t>& values) {
    return constant(DType::int32, Values(values.begin(), values.end()));
}

OneOp& OneOp::state(DType dtype, std::size_t count) {
    Graph& graph = deployment_.graph;
    const int index = static_cast<int>(graph.tensors.size());
    graph.tensors.push_back(tensor_of(dtype, count));
    graph.tensors.back().variable = true;
    Node& node = graph.nodes[0];
    deployment_.ops[0].operands.push_back(
        {PreparedOperand::Kind::input, static_cast<int>(node.inputs.size())});
    node.inputs.push_back(index);
    return *this;
}

OneOp& OneOp::output(DType dtype, std::size_t count) {
    Graph& graph = deployment_.graph;
    const int index = static_cast<int>(graph.tensors.size());
    graph.tensors.push_back(tensor_of(dtype, count));
    graph.outputs = {index};
    graph.nodes[0].outputs = {index};
    deployment_.ops[0].operands.push_back({PreparedOperand::Kind::output, 0});
    output_type_ = dtype;
    return *this;
}

void OneOp::set_input(std::size_t index, Values values) { inputs_[index] = std::move(values); }

std::string OneOp::operand_sizes() const {
    std::string text;
    const auto add = [&](const char* what, std::size_t count) {
        text += (text.empty() ? "" : ", ") + std::string(what) + " " + std::to_string(count);
    };
    for (const Values& values : inputs_) add("input", values.size());
    for (const PreparedConstant& constant : deployment_.ops[0].constants) {
        add("constant", constant.bytes.size() / element_bytes(constant.dtype));
    }
    for (const int output : deployment_.graph.outputs) {
        add("output", static_cast<std::size_t>(deployment_.graph.tensor(output).elements()));
    }
    return text;
}

Status OneOp::build() {
    deployment_.lifetimes = lifetimes_of(deployment_.graph, InputsOutputs::in_arena);
    deployment_.plan = plan_greedy_by_size(deployment_.lifetimes.buffers, WHITTLE_ARENA_ALIGNMENT);
    Result<Program> program = Program::from_deployment(deployment_);
    if (!program.ok()) {
        return Error{
            .expected = "settings and arrays that the operator takes together",
            .found = "values in its " + operand_sizes() + " (" + program.error().found + ")"};
    }
    program_ = std::move(program).value();
    return {};
}

Result<Values> OneOp::run() {
    if (!program_) {
        if (Status status = build(); !status.ok()) return status;
    }
    std::vector<std::uint8_t> in;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const std::vector<std::uint8_t> bytes = bytes_of(input_types_[i], inputs_[i]);
        in.insert(in.end(), bytes.begin(), bytes.end());
    }
    if (in.size() != program_->input_bytes()) {
        return Error{.expected = std::to_string(program_->input_bytes()) + " bytes of input",
                     .found = std::to_string(in.size())};
    }
    std::vector<std::uint8_t> out(program_->output_bytes());
    program_->run(in, out);
    Values values(out.size() / element_bytes(output_type_));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (output_type_ == DType::int16) {
            std::int16_t element;
            std::memcpy(&element, out.data() + 2 * i, 2);
            values[i] = element;
        } else {
            values[i] = static_cast<std::int8_t>(out[i]);
        }
    }
    return values;
}

}  // namespace whittle::conformance
