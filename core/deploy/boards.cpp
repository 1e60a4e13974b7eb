#include "core/deploy/boards.h"

#include <algorithm>
#include <iterator>

namespace whittle {
namespace {

constexpr std::int64_t kKilo = 1024;
constexpr std::int64_t kMega = 1024 * kKilo;

constexpr Board kBoards[] = {
#define WHITTLE_BOARD(...) Board{__VA_ARGS__},
#include "core/deploy/boards.def"
#undef WHITTLE_BOARD
};

bool is_exportable(const Board& board) { return board.exportable(); }

}  // namespace

std::span<const Board> all_boards() { return kBoards; }

std::span<const Board> exportable_boards() {
    const auto* end = std::find_if_not(std::begin(kBoards), std::end(kBoards), is_exportable);
    return {std::begin(kBoards), end};
}

const Board* board_named(std::string_view name) {
    for (const Board& board : kBoards) {
        if (name == board.name) return &board;
    }
    return nullptr;
}

}  // namespace whittle
