#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bits.h"
#include "core/base/tensor.h"

namespace whittle {

enum class OpKind : std::uint16_t;

// One operator ready to run: the kernel to call and all that it is called with. The program image
// and the code generator are two ways of writing this down, so both run the same kernel on the
// same numbers.
//
// Every kernel is a C function  void kernel(const Params* params, operand 0, operand 1, ...), whose
// last operand is the output.

// A field of the kernel's parameter struct, in declaration order. All fields are 32 bits wide.
struct PreparedParam {
    const char* name;
    bool is_float;
    std::uint32_t bits;

    static PreparedParam of(const char* name, std::int32_t value) {
        return {name, false, static_cast<std::uint32_t>(value)};
    }
    static PreparedParam of(const char* name, float value) {
        return {name, true, bit_cast<std::uint32_t>(value)};
    }
};

inline constexpr int kConstantAlignment = 4;

// Data that preparation made: folded biases, multipliers, shifts, packed weights.
struct PreparedConstant {
    std::string name;  // "bias", "multipliers": unique within the operator
    DType dtype = DType::int8;
    std::vector<std::uint8_t> bytes;
    int alignment = kConstantAlignment;  // in an image: a multiple of that for all
};

// An operand of the kernel, in the order of its C signature.
struct PreparedOperand {
    enum class Kind { input, output, constant, scratch };
    Kind kind;
    // Into the node's inputs, the node's outputs, or PreparedOp::constants; bytes into the scratch.
    int index;
};

// What goes over the output of a convolution with a window, in turns with it, some rows at a time
// (core/base/kept_rows.h).
struct PreparedSecond {
    OpKind op{};
    std::uint32_t variant = 0;
    const char* kernel = "";
    const char* params_type = "";
    std::vector<PreparedParam> params{};
    std::size_t rows_operand = 0;  // where the kept rows stand among the operands of the two
};

struct PreparedOp {
    std::uint32_t variant = 0;  // which of the operator's kernels, as its program.h numbers them
    const char* kernel = "";    // the C function
    const char* params_type = "";
    std::vector<PreparedParam> params{};
    std::vector<PreparedConstant> constants{};
    std::vector<PreparedOperand> operands{};
    // Of the operands `scratch`: memory in the arena that the kernel may use while it runs, aligned
    // as the arena is, content undefined.
    std::int64_t scratch_bytes = 0;
    std::int64_t macs = 0;  // multiply-accumulates
    // If there is one, the variant has the flag WHITTLE_PAIRED, and the operands are as
    // core/runtime/paired.h says: the kernel's output is scratch that keeps some rows, and behind
    // it stand the second kernel's operands.
    std::optional<PreparedSecond> second{};
};

}  // namespace whittle
