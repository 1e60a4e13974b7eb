#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/deploy/program_image.h"

namespace whittle {

// What one run of an operator does. Its instructions are a sum of these terms, each with the
// kernel's own factor.
enum class WorkTerm : std::size_t {
    call,         // 1
    rows,         // output pixels of windows over images, else the parameter `rows`
    outputs,      // elements
    inputs,       // elements of all activations read
    tap_rows,     // rows of window taps, inside the image or not
    taps,         // window taps, inside the image or not
    inside_taps,  // those inside the image
    macs,         // multiply-accumulates, of windows those inside the image
    row_taps,     // window taps of all output pixels, whatever their channels
    row_values,   // the values under them
};
inline constexpr std::size_t kWorkTerms = 10;
using Work = std::array<double, kWorkTerms>;
Work work_of(const Deployment& deployment, std::size_t op);
// Of two operators in turns: how often, the work of the second kernel, and that of changing over,
// which this function does besides its caller.
std::int64_t turns_of(const PreparedOp& op);
Work second_work_of(const PreparedOp& op);
Work turns_work_of(const PreparedOp& op);
inline constexpr const char* kTurnsFunction = "whittle_kept_rows_next";
// The functions that generated code calls for an operator.
std::vector<const char*> functions_called(const PreparedOp& op);

}  // namespace whittle
