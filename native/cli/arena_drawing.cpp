#include "native/cli/arena_drawing.h"

#include <algorithm>

#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// [low, high) of steps or addresses.
struct Range {
    std::int64_t low;
    std::int64_t high;

    std::int64_t in_common(std::int64_t begin, std::int64_t end) const {
        return std::max<std::int64_t>(0, std::min(high, end) - std::max(low, begin));
    }
};

// The buffer that fills most of the addresses over the steps, or '.' when none is there.
char cell(const std::vector<Buffer>& buffers, const ArenaPlan& plan, Range steps, Range addresses) {
    std::int64_t most = 0;
    char letter = '.';
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        const std::int64_t area =
            steps.in_common(buffers[i].first_step, std::int64_t{buffers[i].last_step} + 1) *
            addresses.in_common(plan.offsets[i], plan.offsets[i] + buffers[i].bytes);
        if (area > most) {
            most = area;
            letter = letter_of(i);
        }
    }
    return letter;
}

}  // namespace

char letter_of(std::size_t buffer) { return kLetters[buffer % kLetters.size()]; }

std::string draw_arena(const std::vector<Buffer>& buffers,
                       const ArenaPlan& plan,
                       std::int64_t steps) {
    if (plan.arena_bytes == 0 || steps == 0) return "";
    constexpr std::int64_t kRows = 8;
    constexpr std::int64_t kAlignment = 4;
    std::int64_t row_bytes = (plan.arena_bytes + kRows - 1) / kRows;
    row_bytes = std::max(kAlignment, (row_bytes + kAlignment - 1) / kAlignment * kAlignment);
    const std::int64_t rows = (plan.arena_bytes + row_bytes - 1) / row_bytes;
    const std::int64_t columns = std::min(steps, kArenaColumns);
    const std::size_t width = thousands(plan.arena_bytes).size();
    std::string text;
    for (std::int64_t row = rows - 1; row >= 0; --row) {
        const std::string address = thousands(row * row_bytes);
        text += "  " + std::string(width - address.size(), ' ') + address + " |";
        const Range addresses = {row * row_bytes,
                                 std::min(plan.arena_bytes, (row + 1) * row_bytes)};
        for (std::int64_t column = 0; column < columns; ++column) {
            const Range range = {steps * column / columns, steps * (column + 1) / columns};
            const char mark = cell(buffers, plan, range, addresses);
            text += columns <= 32 ? std::string(" ") + mark : std::string(1, mark);
        }
        text += "\n";
    }
    text += "  " + std::string(width, ' ') + "   step 0 ... " + std::to_string(steps - 1);
    if (columns < steps) text += ", " + std::to_string(columns) + " columns";
    return text + "\n";
}

namespace {

// Converted models string together the names of all operators that were fused.
std::string short_name(const std::string& name) {
    constexpr std::size_t kLongest = 40;
    const std::string shown = printable(name);
    return shown.size() <= kLongest ? shown : shown.substr(0, kLongest - 3) + "...";
}

}  // namespace

std::string scratch_text(std::int64_t scratch_bytes) {
    if (scratch_bytes <= 0) return "";
    return "; fast kernels' scratch on this machine takes " + thousands(scratch_bytes) + " more";
}

std::string arena_table(const Graph& graph,
                        const TensorLifetimes& lifetimes,
                        const ArenaPlan& plan) {
    Table table({"", "tensor", "type", "shape", "bytes", "offset", "alive in steps"});
    table.right({4, 5});
    for (std::size_t i = 0; i < lifetimes.buffers.size(); ++i) {
        const Buffer& buffer = lifetimes.buffers[i];
        const bool is_tensor = i < lifetimes.tensors.size();
        const Tensor* tensor = is_tensor ? &graph.tensor(lifetimes.tensors[i]) : nullptr;
        table.add({std::string(1, letter_of(i)), short_name(buffer_name(graph, lifetimes, i)),
                   is_tensor ? dtype_name(tensor->dtype) : "",
                   is_tensor ? to_string(tensor->shape) : "", thousands(buffer.bytes),
                   thousands(plan.offsets[i]),
                   std::to_string(buffer.first_step) + " to " + std::to_string(buffer.last_step)});
    }
    return table.text();
}

}  // namespace whittle::cli
