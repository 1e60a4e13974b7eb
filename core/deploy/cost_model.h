#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/deploy/boards.h"
#include "core/deploy/kernel_work.h"
#include "core/deploy/program_image.h"

namespace whittle {

// What a firmware of exported C code (firmware_project.h) will take on a board, known before
// anything is compiled. Memory follows from how code generation and the linker script lay things
// out. Code, stack and instructions of each kernel come from cost_table.def, which `cmake --build
// --preset native --target cost_table` measures again: build once for each exportable board,
// disassemble, run synthetic layers on the emulator and fit.

// Figures that cannot be known are empty, and `unknown` says why.
struct FirmwareCost {
    std::int64_t arena_bytes = 0;
    std::int64_t static_ram_bytes = 0;
    std::int64_t constant_bytes = 0;
    std::optional<std::int64_t> code_bytes;
    std::optional<std::int64_t> flash_bytes;   // constants and code
    std::optional<std::int64_t> stack_bytes;   // no inference goes deeper
    std::optional<std::int64_t> instructions;  // of one inference
    std::optional<double> cycles;  // by the processor manual's table, memory without wait states
    std::vector<std::optional<std::int64_t>> op_instructions;  // one for each operator
    // Of the instructions: each kernel's error on layers that its fit has not seen, by its share.
    double instruction_error = 0.0;
    std::string unknown;

    // Static RAM and stack; the stack counts as 0 while it is unknown.
    std::int64_t ram_bytes() const { return static_ram_bytes + stack_bytes.value_or(0); }
};
// The deployment keeps inputs and outputs with the caller, as generate_c does.
FirmwareCost firmware_cost(const Deployment& deployment, const Board& board);

// Seconds of one inference at the board's clock; empty when instructions are unknown.
std::optional<double> estimated_seconds(const FirmwareCost& cost, const Board& board);

// --- The table -----------------------------------------------------------------------------------

// A function, or a table in flash, that kernels are made of.
struct CodePart {
    const char* board;
    const char* name;
    std::int32_t bytes;
    std::int32_t frame_bytes;  // stack of its own, without what it calls
    const char* uses;          // names of other parts, separated by spaces
};
struct KernelWork {
    const char* board;
    const char* kernel;
    float cycles_per_instruction;
    float error;  // the largest relative one, on layers that the fit has not seen
    std::array<float, kWorkTerms> factors;  // instructions for each term
};
// What all firmware of a board shares.
struct FirmwareBase {
    const char* board;
    const char* compiler;    // "arm-none-eabi-gcc 12.2.1"
    double code_bytes;       // start-up and main program with one input and one output
    double edge_code_bytes;  // for each further input or output
    // Bytes for each of: 1, calls, constants, stack arguments, arena operands, further edges,
    // paired calls.
    double invoke_code[7];
    double invoke_frame_bytes;  // without stack arguments; 4 more for each further edge
    double instructions;        // before the first kernel and behind the last
};
std::span<const CodePart> code_parts();
std::span<const KernelWork> kernel_works();
std::span<const FirmwareBase> firmware_bases();

}  // namespace whittle
