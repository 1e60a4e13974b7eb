#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/deploy/savings.h"
#include "core/graph/graph.h"
#include "core/memory/lifetimes.h"
#include "core/ops/instruction_set.h"
#include "core/ops/prepared.h"

namespace whittle {

// A graph with every operator prepared and every activation placed: all that an image or generated
// code needs.
struct Deployment {
    Graph graph;                  // expanded and fused, its nodes in the order in which they run
    std::vector<PreparedOp> ops;  // one for each node
    TensorLifetimes lifetimes;
    ArenaPlan plan;
};

// The parameters of an operator as a program image has them (core/runtime/program.h).
std::vector<std::uint32_t> record_params(const PreparedOp& op);

// Where the part of an operator's scratch that begins there ends: its size, or the next part's
// begin.
std::int64_t scratch_end(const PreparedOp& op, std::int64_t begin);

// The kernels of all nodes of an expanded graph, in which nodes that are more than one kernel
// become several. Fails where an operator has none for its types; the place names operator, as the
// graph counted before, and tensors.
Result<std::vector<PreparedOp>> prepare_operators(Graph& graph);

// Gives operators the kernels of an instruction set, where they have some
// (OpDefinition::accelerate). `ops`: the graph's nodes, prepared and fused.
void accelerate_operators(const Graph& graph, InstructionSet set, std::vector<PreparedOp>& ops);

// Fails where prepare_operators() does.
Result<Deployment> prepare_deployment(const Graph& graph,
                                      InputsOutputs placement,
                                      const Savings& savings = {},
                                      InstructionSet set = InstructionSet::reference);

// The image described in core/runtime/program.h. The deployment must keep its inputs and outputs in
// the arena.
Result<std::vector<std::uint8_t>> make_program_image(const Deployment& deployment);

// A model ready to run on this machine, with the same interpreter and kernels as a board.
class Program {
public:
    static Result<Program> from_graph(const Graph& graph,
                                      const Savings& savings = {},
                                      InstructionSet set = host_instruction_set());
    // The deployment must keep its inputs and outputs in the arena, and its instruction set be one
    // of this machine's.
    static Result<Program> from_deployment(const Deployment& deployment);

    // Bytes of all inputs, and of all outputs, in order, one after another.
    std::size_t input_bytes() const { return input_bytes_; }
    std::size_t output_bytes() const { return output_bytes_; }
    std::span<const std::uint8_t> image() const;
    std::size_t arena_bytes() const { return arena_bytes_; }

    // Forgets what variable tensors keep from run to run.
    void reset();
    // One inference. inputs.size() == input_bytes(), outputs.size() == output_bytes().
    void run(std::span<const std::uint8_t> inputs, std::span<std::uint8_t> outputs);

    // run() in pieces, for measurements: the inputs first, then all operators in order, each where
    // the one before it says that the next one is.
    void set_inputs(std::span<const std::uint8_t> inputs);
    std::uint32_t first_place() const;
    std::uint32_t operator_count() const;
    std::uint32_t run_operator(std::uint32_t place);
    // What operators read and write.
    std::span<std::uint8_t> arena();

private:
    // Of the processor's cache, so that what an image aligns is aligned.
    struct alignas(64) Line {
        std::uint8_t bytes[64];
    };

    std::vector<Line> image_;
    std::size_t image_bytes_ = 0;
    std::vector<Line> arena_;
    std::size_t arena_bytes_ = 0;
    std::size_t input_bytes_ = 0;
    std::size_t output_bytes_ = 0;
};

}  // namespace whittle
