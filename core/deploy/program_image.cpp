#include "core/deploy/program_image.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/deploy/fuse.h"
#include "core/graph/checks.h"
#include "core/memory/exact.h"
#include "core/runtime/interpreter.h"

namespace whittle {

namespace {

std::size_t rounded_up(std::size_t bytes, std::size_t alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
}

// Collects the sections of an image.
class ImageBuilder {
public:
    explicit ImageBuilder(const Deployment& deployment)
        : deployment_(deployment), tensor_of_graph_(deployment.graph.tensors.size(), -1) {}

    std::vector<std::uint8_t> build();

private:
    std::uint32_t graph_tensor(int index);
    std::uint32_t add_constant(DType dtype,
                               std::span<const std::uint8_t> bytes,
                               std::size_t alignment = kConstantAlignment);
    std::uint32_t add_scratch(std::size_t op, std::int64_t begin);
    void add_activations();
    void add_op(std::size_t index);

    const Deployment& deployment_;
    std::vector<int> tensor_of_graph_;  // index in the image of each graph tensor, or -1
    std::vector<WhittleProgramTensor> tensors_;
    std::vector<std::uint32_t> ops_;
    std::vector<std::uint8_t> constants_;  // locations are relative to it until the end
    std::size_t alignment_ = kConstantAlignment;
};

WhittleProgramTensor describe(const Tensor& tensor, std::uint32_t location) {
    WhittleProgramTensor entry{location, static_cast<std::uint32_t>(tensor.bytes()),
                               static_cast<std::uint32_t>(tensor.dtype), 0.0f, 0};
    if (tensor.quantization.scales.size() == 1) {
        entry.scale = tensor.quantization.scales[0];
        entry.zero_point = tensor.quantization.zero_points[0];
    }
    return entry;
}

std::uint32_t ImageBuilder::add_constant(DType dtype,
                                         std::span<const std::uint8_t> bytes,
                                         std::size_t alignment) {
    alignment_ = std::max(alignment_, alignment);
    constants_.resize(rounded_up(constants_.size(), alignment));
    const auto offset = static_cast<std::uint32_t>(constants_.size());
    constants_.insert(constants_.end(), bytes.begin(), bytes.end());
    constants_.resize(rounded_up(constants_.size(), kConstantAlignment));
    tensors_.push_back({WHITTLE_IN_IMAGE | offset, static_cast<std::uint32_t>(bytes.size()),
                        static_cast<std::uint32_t>(dtype), 0.0f, 0});
    return static_cast<std::uint32_t>(tensors_.size() - 1);
}

std::uint32_t ImageBuilder::graph_tensor(int index) {
    int& known = tensor_of_graph_[static_cast<std::size_t>(index)];
    if (known < 0) {
        const Tensor& tensor = deployment_.graph.tensor(index);
        assert(tensor.constant);
        known = static_cast<int>(add_constant(tensor.dtype, tensor.data));
        WhittleProgramTensor& entry = tensors_.back();
        entry = describe(tensor, entry.location);
    }
    return static_cast<std::uint32_t>(known);
}

// The part of an operator's scratch that begins at that byte.
std::uint32_t ImageBuilder::add_scratch(std::size_t op, std::int64_t begin) {
    const std::size_t buffer = deployment_.lifetimes.scratch_buffer(static_cast<int>(op));
    tensors_.push_back({static_cast<std::uint32_t>(deployment_.plan.offsets[buffer] + begin),
                        static_cast<std::uint32_t>(scratch_end(deployment_.ops[op], begin) - begin),
                        static_cast<std::uint32_t>(DType::int8), 0.0f, 0});
    return static_cast<std::uint32_t>(tensors_.size() - 1);
}

void ImageBuilder::add_activations() {
    const TensorLifetimes& lifetimes = deployment_.lifetimes;
    for (std::size_t i = 0; i < lifetimes.tensors.size(); ++i) {
        const int index = lifetimes.tensors[i];
        const auto offset = static_cast<std::uint32_t>(deployment_.plan.offsets[i]);
        tensor_of_graph_[static_cast<std::size_t>(index)] = static_cast<int>(tensors_.size());
        tensors_.push_back(describe(deployment_.graph.tensor(index), offset));
    }
}

void ImageBuilder::add_op(std::size_t index) {
    const Node& node = deployment_.graph.nodes[index];
    const PreparedOp& op = deployment_.ops[index];
    std::vector<std::uint32_t> operands;
    for (const PreparedOperand& operand : op.operands) {
        const auto at = static_cast<std::size_t>(operand.index);
        switch (operand.kind) {
            case PreparedOperand::Kind::input:
                operands.push_back(graph_tensor(node.inputs[at]));
                break;
            case PreparedOperand::Kind::output:
                operands.push_back(graph_tensor(node.outputs[at]));
                break;
            case PreparedOperand::Kind::constant:
                operands.push_back(
                    add_constant(op.constants[at].dtype, op.constants[at].bytes,
                                 static_cast<std::size_t>(op.constants[at].alignment)));
                break;
            case PreparedOperand::Kind::scratch:
                operands.push_back(add_scratch(index, operand.index));
                break;
        }
    }
    const std::vector<std::uint32_t> params = record_params(op);
    const WhittleProgramOp record{
        static_cast<std::uint16_t>(node.op), static_cast<std::uint16_t>(op.variant),
        static_cast<std::uint16_t>(operands.size()), static_cast<std::uint16_t>(params.size())};
    std::uint32_t words[2];
    static_assert(sizeof words == sizeof record);
    std::memcpy(words, &record, sizeof record);
    ops_.insert(ops_.end(), std::begin(words), std::end(words));
    ops_.insert(ops_.end(), operands.begin(), operands.end());
    ops_.insert(ops_.end(), params.begin(), params.end());
}

template <class T>
std::uint32_t append(std::vector<std::uint8_t>& image, const std::vector<T>& values) {
    const std::size_t offset = image.size();
    image.resize(offset + values.size() * sizeof(T));
    if (!values.empty())
        std::memcpy(image.data() + offset, values.data(), values.size() * sizeof(T));
    return static_cast<std::uint32_t>(offset);
}

std::vector<std::uint8_t> ImageBuilder::build() {
    const Graph& graph = deployment_.graph;
    add_activations();
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) add_op(i);
    std::vector<std::uint32_t> inputs;
    std::vector<std::uint32_t> outputs;
    for (const int input : graph.inputs) inputs.push_back(graph_tensor(input));
    for (const int output : graph.outputs) outputs.push_back(graph_tensor(output));

    const std::size_t before_constants =
        rounded_up(sizeof(WhittleProgramHeader) + tensors_.size() * sizeof(WhittleProgramTensor) +
                       4 * (ops_.size() + inputs.size() + outputs.size()),
                   alignment_);
    for (WhittleProgramTensor& tensor : tensors_) {
        if (tensor.location & WHITTLE_IN_IMAGE) {
            tensor.location += static_cast<std::uint32_t>(before_constants);
        }
    }
    WhittleProgramHeader header{};
    header.magic = WHITTLE_PROGRAM_MAGIC;
    header.version = WHITTLE_PROGRAM_VERSION;
    header.image_bytes = static_cast<std::uint32_t>(before_constants + constants_.size());
    header.arena_bytes = static_cast<std::uint32_t>(deployment_.plan.arena_bytes);
    header.tensor_count = static_cast<std::uint32_t>(tensors_.size());
    header.op_count = static_cast<std::uint32_t>(graph.nodes.size());
    header.ops_bytes = static_cast<std::uint32_t>(4 * ops_.size());
    header.input_count = static_cast<std::uint32_t>(inputs.size());
    header.output_count = static_cast<std::uint32_t>(outputs.size());

    std::vector<std::uint8_t> image(sizeof header);
    header.tensors_offset = append(image, tensors_);
    header.ops_offset = append(image, ops_);
    header.inputs_offset = append(image, inputs);
    header.outputs_offset = append(image, outputs);
    image.resize(before_constants);
    append(image, constants_);
    std::memcpy(image.data(), &header, sizeof header);
    header.checksum = whittle_program_checksum(image.data(), header.image_bytes);
    std::memcpy(image.data(), &header, sizeof header);
    return image;
}

// The nodes, each of one kernel, that stand for a node; what lies between them joins the graph.
Result<std::vector<Node>> pieces_of(Graph& graph, const Node& node) {
    const OpDefinition& definition = definition_of(node.op);
    if (definition.pieces == nullptr) return std::vector<Node>{node};
    const NodeTensorList tensors(graph, node);
    const Result<Expansion> pieces = definition.pieces(tensors.view(), node.attributes);
    if (!pieces.ok()) return pieces.error();
    if (pieces->steps.empty()) return std::vector<Node>{node};
    return expanded_nodes(graph, node, *pieces);
}

// Images count bytes in 31 bits; a location's top bit says where it is.
constexpr std::int64_t kMaxImageBytes = std::int64_t{1} << 30;

Status check_size(const Deployment& deployment) {
    std::int64_t constant_bytes = 0;
    for (const Tensor& tensor : deployment.graph.tensors) {
        if (tensor.constant) constant_bytes += static_cast<std::int64_t>(tensor.bytes());
    }
    if (constant_bytes <= kMaxImageBytes && deployment.plan.arena_bytes <= kMaxImageBytes)
        return {};
    return Error{.expected = "at most 1 GiB of weights and 1 GiB of arena",
                 .found = std::to_string(constant_bytes) + " bytes of weights and " +
                          std::to_string(deployment.plan.arena_bytes) + " bytes of arena"};
}

}  // namespace

std::int64_t scratch_end(const PreparedOp& op, std::int64_t begin) {
    std::int64_t end = op.scratch_bytes;
    for (const PreparedOperand& operand : op.operands) {
        if (operand.kind == PreparedOperand::Kind::scratch && operand.index > begin) {
            end = std::min<std::int64_t>(end, operand.index);
        }
    }
    return end;
}

std::vector<std::uint32_t> record_params(const PreparedOp& op) {
    std::vector<std::uint32_t> words;
    if (op.second) {
        words = {static_cast<std::uint32_t>(op.params.size()),
                 static_cast<std::uint32_t>(op.second->rows_operand),
                 static_cast<std::uint32_t>(op.second->op), op.second->variant};
    }
    for (const PreparedParam& param : op.params) words.push_back(param.bits);
    if (op.second) {
        for (const PreparedParam& param : op.second->params) words.push_back(param.bits);
    }
    return words;
}

Result<std::vector<PreparedOp>> prepare_operators(Graph& graph) {
    std::vector<PreparedOp> ops;
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& whole = graph.nodes[i];
        const auto refused = [&](const Node& node, const Error& error) {
            return refusal_at(versioned_place(graph, static_cast<int>(i)), graph, node, error);
        };
        Result<std::vector<Node>> pieces = pieces_of(graph, whole);
        if (!pieces.ok()) return refused(whole, pieces.error());
        for (Node& node : *pieces) {
            const NodeTensorList tensors(graph, node);
            Result<PreparedOp> op = definition_of(node.op).prepare(tensors.view(), node.attributes);
            if (!op.ok()) return refused(node, op.error());
            ops.push_back(std::move(op).value());
            ops.back().macs = cost_of(graph, node).macs;
            nodes.push_back(std::move(node));
        }
    }
    graph.nodes = std::move(nodes);
    return ops;
}

void accelerate_operators(const Graph& graph, InstructionSet set, std::vector<PreparedOp>& ops) {
    if (set == InstructionSet::reference) return;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        const Node& node = graph.nodes[i];
        const OpDefinition& definition = definition_of(node.op);
        if (definition.accelerate == nullptr) continue;
        const NodeTensorList tensors(graph, node);
        const std::int64_t macs = ops[i].macs;
        definition.accelerate(tensors.view(), node.attributes, set, ops[i]);
        ops[i].macs = macs;  // whichever kernel does them
    }
}

Result<Deployment> prepare_deployment(const Graph& graph,
                                      InputsOutputs placement,
                                      const Savings& savings,
                                      InstructionSet set) {
    Deployment deployment;
    deployment.graph = expand(graph);
    auto ops = prepare_operators(deployment.graph);
    if (!ops.ok()) return ops.error();
    deployment.ops = std::move(ops).value();
    if (savings.fuse) fuse_paddings(deployment.graph, deployment.ops);
    accelerate_operators(deployment.graph, set, deployment.ops);
    if (savings.fuse) {
        fuse_pairs_for_memory(deployment.graph, deployment.ops, placement, savings);
    }
    if (savings.reorder) {
        reorder_for_memory(deployment.graph, deployment.ops, placement, savings);
    }
    deployment.lifetimes = lifetimes_of(deployment.graph, placement,
                                        kernel_overlaps(deployment.graph, deployment.ops, savings),
                                        scratch_sizes(deployment.ops));
    deployment.plan = plan_arena(deployment.lifetimes.buffers, WHITTLE_ARENA_ALIGNMENT,
                                 deployment.lifetimes.overlaps);
    return deployment;
}

Result<std::vector<std::uint8_t>> make_program_image(const Deployment& deployment) {
    if (Status status = check_size(deployment); !status.ok()) return status;
    return ImageBuilder(deployment).build();
}

Result<Program> Program::from_graph(const Graph& graph,
                                    const Savings& savings,
                                    InstructionSet set) {
    const Result<Deployment> deployment =
        prepare_deployment(graph, InputsOutputs::in_arena, savings, set);
    if (!deployment.ok()) return deployment.error();
    return from_deployment(*deployment);
}

Result<Program> Program::from_deployment(const Deployment& deployment) {
    const Result<std::vector<std::uint8_t>> image = make_program_image(deployment);
    if (!image.ok()) return image.error();

    Program program;
    program.image_bytes_ = image->size();
    program.image_.resize(rounded_up(image->size(), sizeof(Line)) / sizeof(Line));
    std::memcpy(program.image_.data(), image->data(), image->size());
    program.arena_bytes_ = static_cast<std::size_t>(deployment.plan.arena_bytes);
    // At least one line, so that an empty arena has an address too.
    program.arena_.resize(program.arena_bytes_ / sizeof(Line) + 1);
    const WhittleProgramStatus status =
        whittle_program_check(program.image_.data(), static_cast<std::uint32_t>(image->size()),
                              static_cast<std::uint32_t>(program.arena_bytes_));
    if (status != WHITTLE_OK) {
        return Error{.expected = "a model that its program image can run",
                     .found = whittle_program_status_text(status)};
    }
    const void* data = program.image_.data();
    for (std::uint32_t i = 0; i < whittle_program_input_count(data); ++i) {
        program.input_bytes_ += whittle_program_input(data, i)->bytes;
    }
    for (std::uint32_t i = 0; i < whittle_program_output_count(data); ++i) {
        program.output_bytes_ += whittle_program_output(data, i)->bytes;
    }
    return program;
}

std::span<const std::uint8_t> Program::image() const {
    return {reinterpret_cast<const std::uint8_t*>(image_.data()), image_bytes_};
}

void Program::reset() { arena_.assign(arena_.size(), Line{}); }

std::uint32_t Program::first_place() const { return whittle_program_first_place(image_.data()); }

std::uint32_t Program::operator_count() const {
    return whittle_program_operator_count(image_.data());
}

std::uint32_t Program::run_operator(std::uint32_t place) {
    return whittle_program_run_part(image_.data(), arena_.data(), place, 1);
}

std::span<std::uint8_t> Program::arena() {
    return {reinterpret_cast<std::uint8_t*>(arena_.data()), arena_bytes_};
}

void Program::set_inputs(std::span<const std::uint8_t> inputs) {
    assert(inputs.size() == input_bytes_);
    const void* image = image_.data();
    void* arena = arena_.data();
    const std::uint8_t* next_input = inputs.data();
    for (std::uint32_t i = 0; i < whittle_program_input_count(image); ++i) {
        const WhittleProgramTensor* tensor = whittle_program_input(image, i);
        if (tensor->bytes == 0) continue;
        std::memcpy(whittle_program_data(image, arena, tensor), next_input, tensor->bytes);
        next_input += tensor->bytes;
    }
}

void Program::run(std::span<const std::uint8_t> inputs, std::span<std::uint8_t> outputs) {
    assert(outputs.size() == output_bytes_);
    set_inputs(inputs);
    const void* image = image_.data();
    void* arena = arena_.data();
    whittle_program_run(image, arena);
    std::uint8_t* next_output = outputs.data();
    for (std::uint32_t i = 0; i < whittle_program_output_count(image); ++i) {
        const WhittleProgramTensor* tensor = whittle_program_output(image, i);
        if (tensor->bytes == 0) continue;
        std::memcpy(next_output, whittle_program_data(image, arena, tensor), tensor->bytes);
        next_output += tensor->bytes;
    }
}

}  // namespace whittle
