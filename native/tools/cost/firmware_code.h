#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/base/status.h"

namespace whittle {

// A function, or data in flash, of a firmware.
struct FirmwarePart {
    std::string name;
    std::uint64_t address = 0;
    std::int64_t bytes = 0;        // of a function with the literals that it reads
    std::int64_t frame_bytes = 0;  // stack of its own; data has none
    std::set<std::string> uses;    // what it calls and the data it names
    bool is_code = false;
};

// The parts of an ELF file for Arm or RISC-V by name, read from what the toolchain's objdump and nm
// print of it; `tools`: "arm-none-eabi". Frames are sums of all that a function pushes and
// reserves, so no path through it takes more; calls are those to other functions by name, jumps out
// of a function included. Fails where a function changes its stack pointer in a way that is not
// understood.
Result<std::map<std::string, FirmwarePart>> read_firmware_code(const std::string& elf_path,
                                                               const std::string& tools);

// The same from the two tools' output.
Result<std::map<std::string, FirmwarePart>> parse_firmware_code(const std::string& disassembly,
                                                                const std::string& symbols);

}  // namespace whittle
