#include "tests/board/kernel_cases.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/platform/files.h"
#include "native/boards/emulator.h"
#include "tests/board/case_data.h"
#include "tests/support/boards.h"
#include "tests/support/shared_data.h"

namespace {

// The lines of all cases, as a board prints them.
std::string lines_here() {
    std::string lines;
    char line[KERNEL_CASE_LINE_BYTES];
    for (std::uint32_t index = 0; index < kernel_case_count(); ++index) {
        const int stayed_inside = kernel_case_run(index, line);
        CHECK_MESSAGE(stayed_inside == 1, line);
        lines += std::string(line) + "\n";
    }
    return lines;
}

std::string stored_lines() {
    const auto bytes =
        whittle::read_file(whittle::test::source_path("tests/board/kernel_cases.txt"));
    REQUIRE(bytes.ok());
    return std::string(bytes->begin(), bytes->end());
}

}  // namespace

TEST_CASE("kernels give the stored hashes and stay inside their buffers") {
    CHECK(kernel_case_count() > 0);
    CHECK(lines_here() == stored_lines());
}

TEST_CASE("kernels give the same hashes on the boards") {
    for (const whittle::Board& board : whittle::exportable_boards()) {
        CAPTURE(std::string(board.name));
        if (!whittle::test::board_ready(board, "kernel_tests")) continue;
        const auto elf = whittle::find_firmware("kernel_tests", board);
        REQUIRE(elf.ok());
        const auto output = whittle::serial_output_of(board, *elf);
        REQUIRE_MESSAGE(output.ok(), output.error().message());
        CHECK(*output == stored_lines() + "done\n");
    }
}

TEST_CASE("the guards notice a write before, behind or between the buffers, and into an input") {
    for (const int offset : {-1, -16, 8, 23}) {
        case_start(0);
        case_int8(5);
        auto* output = static_cast<std::int8_t*>(case_output(8, 1));
        CHECK(case_guards_intact() == 1);
        output[0] = 1;
        output[7] = 1;
        CHECK(case_guards_intact() == 1);
        output[offset] = 1;
        CHECK(case_guards_intact() == 0);
    }
    case_start(0);
    std::int8_t* input = case_int8(5);
    case_output(8, 1);
    input[4] = static_cast<std::int8_t>(input[4] ^ 1);
    CHECK(case_guards_intact() == 0);
}
