#include "core/deploy/board_fit.h"

#include <algorithm>

#include "core/base/text.h"

namespace whittle {
namespace {

std::string bytes_text(std::int64_t bytes) { return thousands(bytes) + " bytes"; }

bool has_floats(const Graph& graph) {
    return std::any_of(graph.tensors.begin(), graph.tensors.end(), [](const Tensor& tensor) {
        return tensor.dtype == DType::float32 && tensor.elements() > 0;
    });
}

// Bytes of all float tensors that code generation places, a quarter of which is int8's share.
std::int64_t float_bytes(const Graph& graph, const std::vector<int>& tensors) {
    std::int64_t bytes = 0;
    for (const int index : tensors) {
        const Tensor& tensor = graph.tensor(index);
        if (tensor.dtype == DType::float32) bytes += static_cast<std::int64_t>(tensor.bytes());
    }
    return bytes;
}

std::int64_t float_constant_bytes(const Graph& graph) {
    std::int64_t bytes = 0;
    for (const Tensor& tensor : graph.tensors) {
        if (tensor.constant && tensor.dtype == DType::float32) {
            bytes += static_cast<std::int64_t>(tensor.bytes());
        }
    }
    return bytes;
}

std::string quantizing(std::int64_t needed, std::int64_t available, const char* what) {
    return "int8 (whittle quantize) would take about " + bytes_text(needed) + " of " + what +
           (needed <= available ? ": that fits" : ": still too much");
}

void advise_on_flash(const Deployment& deployment,
                     const FirmwareCost& cost,
                     const Board& board,
                     BoardFit& fit) {
    if (has_floats(deployment.graph)) {
        const std::int64_t saved = float_constant_bytes(deployment.graph) * 3 / 4;
        fit.advice.push_back(quantizing(fit.flash_bytes - saved, board.flash_bytes, "flash"));
    }
    if (fit.flash_bytes <= board.flash_bytes + board.external_flash_bytes) {
        fit.advice.push_back("the weights have room in its external flash of " +
                             bytes_text(board.external_flash_bytes));
    }
    const std::int64_t code = fit.flash_bytes - cost.constant_bytes;
    if (board.flash_bytes > code) {
        fit.advice.push_back("at most " + bytes_text(board.flash_bytes - code) +
                             " of weights and parameters instead of " +
                             bytes_text(cost.constant_bytes));
    }
}

void advise_on_ram(const Deployment& deployment,
                   const FirmwareCost& cost,
                   const Board& board,
                   BoardFit& fit) {
    const Graph& graph = deployment.graph;
    if (has_floats(graph)) {
        const std::int64_t edges =
            float_bytes(graph, graph.inputs) + float_bytes(graph, graph.outputs);
        const std::int64_t saved = (cost.arena_bytes + edges) * 3 / 4;
        fit.advice.push_back(quantizing(fit.ram_bytes - saved, board.usable_ram_bytes, "RAM"));
    }
    if (board.external_ram_bytes > 0 && fit.ram_bytes <= board.external_ram_bytes) {
        fit.advice.push_back("the arena has room in its external RAM of " +
                             bytes_text(board.external_ram_bytes));
    }
    if (cost.arena_bytes == 0 || graph.nodes.empty()) return;
    const std::int64_t arena = cost.arena_bytes - fit.missing_ram;
    const int step = peak_step(deployment.lifetimes);
    const Node& node = graph.nodes[static_cast<std::size_t>(step)];
    const std::string where = "step " + std::to_string(step) + " (" + definition_of(node.op).name +
                              ", " + to_string(graph.tensor(node.outputs[0]).shape) + ")";
    if (arena > 0) {
        fit.advice.push_back("an arena of at most " + bytes_text(arena) + ": it is fullest at " +
                             where + ", so fewer channels or a smaller image there");
    } else {
        fit.advice.push_back("smaller inputs and outputs: they and the stack alone are too much");
    }
}

}  // namespace

std::int64_t flash_of(const Board& board) {
    return board.flash_bytes > 0 ? board.flash_bytes : board.external_flash_bytes;
}

int peak_step(const TensorLifetimes& lifetimes) {
    int last = 0;
    for (const Buffer& buffer : lifetimes.buffers) last = std::max(last, buffer.last_step);
    std::vector<std::int64_t> change(static_cast<std::size_t>(last) + 2, 0);
    for (const Buffer& buffer : lifetimes.buffers) {
        change[static_cast<std::size_t>(buffer.first_step)] += buffer.bytes;
        change[static_cast<std::size_t>(buffer.last_step) + 1] -= buffer.bytes;
    }
    int peak = 0;
    std::int64_t alive = 0;
    std::int64_t most = 0;
    for (int step = 0; step <= last; ++step) {
        alive += change[static_cast<std::size_t>(step)];
        if (alive > most) peak = step;
        most = std::max(most, alive);
    }
    return peak;
}

BoardFit fit_on_board(const Deployment& deployment, const FirmwareCost& cost, const Board& board) {
    BoardFit fit;
    fit.flash_bytes = cost.flash_bytes.value_or(cost.constant_bytes);
    fit.ram_bytes = cost.ram_bytes();
    fit.missing_flash = std::max<std::int64_t>(0, fit.flash_bytes - flash_of(board));
    fit.missing_ram = std::max<std::int64_t>(0, fit.ram_bytes - board.usable_ram_bytes);
    fit.fits = fit.missing_flash == 0 && fit.missing_ram == 0;
    if (fit.missing_flash > 0) advise_on_flash(deployment, cost, board, fit);
    if (fit.missing_ram > 0) advise_on_ram(deployment, cost, board, fit);
    return fit;
}

}  // namespace whittle
