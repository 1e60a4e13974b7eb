#include "native/cli/arena_drawing.h"

#include <algorithm>

#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

char letter_of(std::size_t buffer) { return kLetters[buffer % kLetters.size()]; }

// The buffer that fills most of [low, high) at a step, or '.' when none is there.
char cell(const TensorLifetimes& lifetimes,
          const ArenaPlan& plan,
          int step,
          std::int64_t low,
          std::int64_t high) {
    std::int64_t most = 0;
    char letter = '.';
    for (std::size_t i = 0; i < lifetimes.buffers.size(); ++i) {
        const Buffer& buffer = lifetimes.buffers[i];
        if (step < buffer.first_step || step > buffer.last_step) continue;
        const std::int64_t begin = std::max(low, plan.offsets[i]);
        const std::int64_t end = std::min(high, plan.offsets[i] + buffer.bytes);
        if (end - begin > most) {
            most = end - begin;
            letter = letter_of(i);
        }
    }
    return letter;
}

}  // namespace

std::string draw_arena(const TensorLifetimes& lifetimes, const ArenaPlan& plan, int steps) {
    if (plan.arena_bytes == 0 || steps == 0) return "";
    constexpr std::int64_t kRows = 8;
    constexpr std::int64_t kAlignment = 4;
    std::int64_t row_bytes = (plan.arena_bytes + kRows - 1) / kRows;
    row_bytes = std::max(kAlignment, (row_bytes + kAlignment - 1) / kAlignment * kAlignment);
    const std::int64_t rows = (plan.arena_bytes + row_bytes - 1) / row_bytes;
    const std::size_t width = thousands(plan.arena_bytes).size();
    std::string text;
    for (std::int64_t row = rows - 1; row >= 0; --row) {
        const std::string address = thousands(row * row_bytes);
        text += "  " + std::string(width - address.size(), ' ') + address + " |";
        const std::int64_t high = std::min(plan.arena_bytes, (row + 1) * row_bytes);
        for (int step = 0; step < steps; ++step) {
            const char mark = cell(lifetimes, plan, step, row * row_bytes, high);
            text += steps <= 32 ? std::string(" ") + mark : std::string(1, mark);
        }
        text += "\n";
    }
    text += "  " + std::string(width, ' ') + "   step 0 ... " + std::to_string(steps - 1) + "\n";
    return text;
}

std::string arena_table(const Graph& graph,
                        const TensorLifetimes& lifetimes,
                        const ArenaPlan& plan) {
    Table table({"", "tensor", "type", "shape", "bytes", "offset", "alive in steps"});
    table.right({4, 5});
    for (std::size_t i = 0; i < lifetimes.buffers.size(); ++i) {
        const Tensor& tensor = graph.tensor(lifetimes.tensors[i]);
        const Buffer& buffer = lifetimes.buffers[i];
        table.add({std::string(1, letter_of(i)), printable(tensor.name), dtype_name(tensor.dtype),
                   to_string(tensor.shape), thousands(buffer.bytes), thousands(plan.offsets[i]),
                   std::to_string(buffer.first_step) + " to " + std::to_string(buffer.last_step)});
    }
    return table.text();
}

}  // namespace whittle::cli
