#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/deploy/program_image.h"
#include "core/ops/prepared.h"

namespace whittle::conformance {

using Values = std::vector<std::int64_t>;

// A program of one operator, with the kernel's parameters given directly. Operands are added in the
// kernel's order, the output last.
class OneOp {
public:
    OneOp(OpKind kind, std::uint32_t variant, std::vector<std::int32_t> params);

    OneOp& input(DType dtype, Values values);
    OneOp& constant(DType dtype, const Values& values);
    OneOp& constant(const std::vector<std::int32_t>& values);
    // Memory that keeps its values from run to run, zero at first.
    OneOp& state(DType dtype, std::size_t count);
    OneOp& output(DType dtype, std::size_t count);

    // Replaces the values of an input.
    void set_input(std::size_t index, Values values);
    // Builds the program if that has not happened yet, and runs it once. An error where the
    // interpreter refuses the program.
    Result<Values> run();

private:
    Status build();
    // How many values each operand has: "input 49, constant 9, constant 1, output 16".
    std::string operand_sizes() const;

    Deployment deployment_;
    std::vector<Values> inputs_;
    std::vector<DType> input_types_;
    DType output_type_ = DType::int8;
    std::optional<Program> program_;
};

}  // namespace whittle::conformance
