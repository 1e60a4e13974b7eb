#pragma once

#include <cstdint>

#include "core/deploy/boards.h"
#include "core/deploy/program_image.h"

namespace whittle {

// How the compiler for a board lays out what it makes; the defaults are those for Arm at -Os.
struct CodeLayout {
    std::int64_t register_arguments = 4;     // of a call; the others lie on the stack
    std::int64_t constant_alignment = 1;     // of arrays in flash at least, in bytes
    std::int64_t buffer_alignment = 1;       // of inputs and outputs at least
    std::int64_t stack_alignment = 8;        // of frames
    std::int64_t saved_register_bytes = 36;  // that a function keeps at most: r4 to r11 and lr
};
CodeLayout code_layout(const Board& board);

// The function that calls the kernels: what its size depends on.
struct InvokeShape {
    std::int64_t calls = 0;
    std::int64_t constants = 0;        // arrays and parameter structs, each once
    std::int64_t stack_arguments = 0;  // beyond those that registers hold
    std::int64_t arena_operands = 0;
    std::int64_t most_stack_arguments = 0;  // of one call
    std::int64_t paired_calls = 0;          // two operators in turns
    std::int64_t local_bytes = 0;           // on the stack, for the largest of those
};
InvokeShape invoke_shape(const Deployment& deployment, const CodeLayout& layout = {});

// How the constants of generated code lie in flash, padding included.
std::int64_t constant_flash_bytes(const Deployment& deployment, const CodeLayout& layout = {});
// .data and .bss of the firmware: arena, inputs and outputs, padding included.
std::int64_t static_ram_bytes(const Deployment& deployment, const CodeLayout& layout = {});

}  // namespace whittle
