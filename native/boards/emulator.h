#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/deploy/boards.h"
#include "core/deploy/savings.h"

namespace whittle {

// What running a model on a board gave and cost. All figures are measured there.
struct BoardRun {
    std::vector<std::uint8_t> outputs;  // of all inferences, one after another
    // Instructions of each inference (not cycles); empty when they could not be counted, and then
    // not_counted says why.
    std::vector<std::int64_t> instructions;
    std::string not_counted;
    std::int64_t stack_bytes = 0;       // the deepest one inference wrote to
    std::int64_t arena_bytes = 0;       // that the model needs
    std::int64_t static_ram_bytes = 0;  // .data and .bss of the program on the board
    std::int64_t flash_bytes = 0;       // that program, and the program image where there is one

    std::int64_t mean_instructions() const;  // rounded; 0 when not counted
};

// The program image of a model with the kernels of a board's instruction set.
Result<std::vector<std::uint8_t>> board_image(const Graph& graph,
                                              const Board& board,
                                              const Savings& savings = {});

// Runs a program image (core/runtime/program.h) on the emulated board. `inputs` holds the bytes of
// all inputs of `inferences` inferences. Errors name what is missing (emulator, runner) or what the
// board said (does not fit, damaged, fault, time-out).
Result<BoardRun> run_on_board(const Board& board,
                              std::span<const std::uint8_t> program_image,
                              std::span<const std::uint8_t> inputs,
                              std::size_t inferences);

// The same for a firmware that holds its model and follows firmware/common/measured_run.h.
Result<BoardRun> run_measured_firmware(const Board& board,
                                       const std::string& elf_path,
                                       std::span<const std::uint8_t> inputs,
                                       std::size_t inferences);

// One call of a function in an inference, with all that follows it up to the next such call.
struct CallCount {
    std::string function;
    std::int64_t instructions = 0;
    std::int64_t cycles = 0;  // by the processor manuals' tables, without wait states
};
struct BoardProfile {
    BoardRun run;
    std::vector<CallCount> calls;  // of all inferences, in order
};

// As run_measured_firmware, and counts between the calls of these functions, at most 64. Fails
// where they cannot be counted.
Result<BoardProfile> profile_measured_firmware(const Board& board,
                                               const std::string& elf_path,
                                               std::span<const std::uint8_t> inputs,
                                               std::size_t inferences,
                                               const std::vector<std::string>& functions);

// Runs a firmware that never ends until the function `end` was entered `regions` times after the
// function `begin`. Returns the instructions from each entry of `begin` to the next entry of `end`.
Result<std::vector<std::int64_t>> count_calls_on_board(const Board& board,
                                                       const std::string& elf_path,
                                                       const std::string& begin,
                                                       const std::string& end,
                                                       std::size_t regions);

// Runs a firmware until it ends by itself; what it printed on the serial line. Any exit status but
// 0 is an error.
Result<std::string> serial_output_of(const Board& board, const std::string& elf_path);

// The path of firmware NAME-BOARD.elf as the preset `firmware` builds it: in $WHITTLE_FIRMWARE, or
// beside this program's build folder.
Result<std::string> find_firmware(const std::string& name, const Board& board);

}  // namespace whittle
