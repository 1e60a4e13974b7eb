#include "native/tools/cost/firmware_code.h"

#include <doctest/doctest.h>

#include <string>

namespace whittle {
namespace {

const std::string kDisassembly =
    "\nx.elf:     file format elf32-littlearm\n\n"
    "00000000 <vectors>:\n   0:\t.word\t0x20004000\n\n"
    "00000040 <kernel>:\n"
    "  40:\tstmdb\tsp!, {r4, r5, r6, lr}\n"
    "  44:\tvpush\t{d8}\n"
    "  46:\tsub\tsp, #24\n"
    "  48:\tbl\t60 <helper>\n"
    "  4c:\tbne.n\t48 <kernel+0x8>\n"
    "  4e:\tadd\tsp, #24\n"
    "  50:\tb.w\t70 <tail>\n"
    "  54:\t.word\t0x00000080\n\n"
    "00000060 <helper>:\n  60:\tstr.w\tlr, [sp, #-8]!\n  64:\tbx\tlr\n\n"
    "00000070 <tail>:\n  70:\tpush\t{r3, lr}\n  72:\tpop\t{r3, pc}\n\n"
    "00000080 <factors.0>:\n  80:\t.word\t0x00000001\n";
const std::string kSymbols =
    "00000040 00000018 t kernel\n00000060 00000006 t helper\n00000070 00000004 T tail\n"
    "00000080 0000001c t factors.0\n00000000 T vectors\n";

}  // namespace

TEST_CASE("frames, calls and data are read from a disassembly") {
    const auto code = parse_firmware_code(kDisassembly, kSymbols);
    REQUIRE(code.ok());
    const FirmwarePart& kernel = code->at("kernel");
    CHECK(kernel.is_code);
    CHECK(kernel.bytes == 0x18);
    CHECK(kernel.frame_bytes == 16 + 8 + 24);
    CHECK(kernel.uses == std::set<std::string>{"factors.0", "helper", "tail"});
    CHECK(code->at("helper").frame_bytes == 8);
    CHECK(code->at("tail").frame_bytes == 8);
    CHECK(code->at("tail").uses.empty());
    CHECK_FALSE(code->at("factors.0").is_code);
    CHECK(code->at("factors.0").bytes == 0x1c);
}

TEST_CASE("a function that runs on into the next one uses it") {
    const auto code = parse_firmware_code(kDisassembly, "00000060 00000020 t helper\n");
    REQUIRE(code.ok());
    CHECK(code->at("helper").bytes == 0x10);
    CHECK(code->at("helper").uses.count("tail") == 1);
}

TEST_CASE("frames, calls, data and literals are read from a disassembly of RISC-V") {
    const std::string text =
        "80000040 <kernel>:\n"
        "80000040:\tadd\tsp,sp,-32\n"
        "80000042:\tsw\tra,28(sp)\n"
        "80000044:\tlui\ta5,0x80000\n"
        "80000048:\tlw\ta4,136(a5) # 80000088 <factors.0+0x8>\n"
        "8000004c:\tadd\ta5,a5,128 # 80000080 <factors.0>\n"
        "80000050:\tjal\t80000060 <helper>\n"
        "80000054:\tbeqz\ta0,80000042 <kernel+0x2>\n"
        "80000056:\tadd\tsp,sp,32\n"
        "80000058:\tj\t80000070 <tail>\n\n"
        "80000060 <helper>:\n80000060:\tret\n\n"
        "80000070 <tail>:\n80000070:\taddi\tsp,sp,-16\n80000072:\tret\n\n"
        "80000080 <factors.0>:\n80000080:\tb.<p>p...?..k <x>:\n";
    const auto code =
        parse_firmware_code(text, "80000040 0000001a t kernel\n80000080 00000008 t factors.0\n");
    REQUIRE(code.ok());
    const FirmwarePart& kernel = code->at("kernel");
    CHECK(kernel.frame_bytes == 32);
    CHECK(kernel.bytes == 0x1a + 4);  // it loads a word behind the factors
    CHECK(kernel.uses == std::set<std::string>{"factors.0", "helper", "tail"});
    CHECK(code->at("helper").is_code);
    CHECK(code->at("tail").frame_bytes == 16);
    CHECK_FALSE(code->at("factors.0").is_code);
    CHECK(code->size() == 4);
    const auto computed = parse_firmware_code("80000040 <f>:\n80000040:\tsub\tsp,sp,t0\n", "");
    REQUIRE(!computed.ok());
    CHECK(computed.error().found == "sub sp,sp,t0");
}

TEST_CASE("a frame of computed size is refused") {
    const auto code = parse_firmware_code("00000040 <f>:\n  40:\tadd\tsp, r4\n", "");
    REQUIRE(!code.ok());
    CHECK(code.error().place == "f");
    CHECK(code.error().found == "add sp, r4");
}

}  // namespace whittle
