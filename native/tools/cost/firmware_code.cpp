#include "native/tools/cost/firmware_code.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <vector>

#include "core/base/platform/process.h"

namespace whittle {
namespace {

constexpr int kTimeoutSeconds = 60;

Result<std::string> output_of(const std::vector<std::string>& command) {
    const Result<ProcessResult> process = run_process(command, kTimeoutSeconds);
    if (!process.ok()) return process.error();
    if (process->exit_code == 0) return process->out;
    return Error{.place = command[0], .expected = "exit status 0", .found = process->err};
}

// "{r4, r5, lr}", "{s16-s19}", "{d8}": bytes of the registers.
std::int64_t register_list_bytes(const std::string& operands) {
    const std::size_t open = operands.find('{');
    const std::size_t close = operands.find('}');
    if (open == std::string::npos || close == std::string::npos) return 0;
    std::istringstream list(operands.substr(open + 1, close - open - 1));
    std::int64_t bytes = 0;
    for (std::string item; std::getline(list, item, ',');) {
        item.erase(0, item.find_first_not_of(' '));
        const std::int64_t each = item[0] == 'd' ? 8 : 4;
        const std::size_t dash = item.find('-');
        std::int64_t count = 1;
        if (dash != std::string::npos) {
            count += std::atoi(item.c_str() + dash + 2) - std::atoi(item.c_str() + 1);
        }
        bytes += count * each;
    }
    return bytes;
}

// The number behind the last '#', or nothing.
std::optional<std::int64_t> immediate(const std::string& operands) {
    const std::size_t mark = operands.rfind('#');
    if (mark == std::string::npos) return std::nullopt;
    return std::atoll(operands.c_str() + mark + 1);
}

// Bytes that an instruction takes from the stack; nothing when that cannot be told.
std::optional<std::int64_t> stack_taken(const std::string& mnemonic, const std::string& operands) {
    if (mnemonic.starts_with("push") || mnemonic.starts_with("vpush")) {
        return register_list_bytes(operands);
    }
    if (mnemonic.starts_with("stmdb") && operands.starts_with("sp!")) {
        return register_list_bytes(operands);
    }
    if (mnemonic.starts_with("str") && operands.ends_with("]!") &&
        operands.find("[sp, #-") != std::string::npos) {
        const std::size_t mark = operands.find("#-");
        return std::atoll(operands.c_str() + mark + 2);
    }
    const bool to_stack_pointer = operands.starts_with("sp,");
    if (mnemonic.starts_with("sub") && to_stack_pointer) return immediate(operands);
    if ((mnemonic.starts_with("add") || mnemonic.starts_with("mov")) && to_stack_pointer) {
        // Giving back is no taking; a computed amount is unknown.
        if (immediate(operands)) return 0;
        return std::nullopt;
    }
    return 0;
}

// One line of the disassembly: "  40:\tpush\t{r4, lr}\t@ comment".
struct Line {
    std::string mnemonic;
    std::string operands;
};

Line parse_line(const std::string& text) {
    std::istringstream fields(text);
    std::string address;
    Line line;
    std::getline(fields, address, '\t');
    std::getline(fields, line.mnemonic, '\t');
    std::getline(fields, line.operands, '\t');
    for (std::string* field : {&line.mnemonic, &line.operands}) {
        field->erase(std::min(field->find(" @"), field->size()));
        field->erase(field->find_last_not_of(" \r") + 1);
    }
    return line;
}

// "150 <sine_invoke+0x10>" names sine_invoke; nothing where there is no name.
std::string target_of(const std::string& operands) {
    const std::size_t open = operands.find('<');
    if (open == std::string::npos) return "";
    return operands.substr(open + 1, operands.find_first_of("+>", open) - open - 1);
}

class Parser {
public:
    Status read_disassembly(const std::string& text) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            if (line.ends_with(">:")) {
                begin_part(line);
            } else if (part_ != nullptr && line.find(":\t") != std::string::npos) {
                if (Status status = read_instruction(parse_line(line)); !status.ok()) return status;
            }
        }
        return {};
    }

    // "000002a0 00000020 t op2_params"
    void read_symbols(const std::string& text) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            std::istringstream fields(line);
            std::string address, size, type, name;
            if (!(fields >> address >> size >> type >> name)) continue;
            const auto found = parts_.find(name);
            if (found == parts_.end()) continue;
            set_bytes(found->second, std::strtoll(size.c_str(), nullptr, 16));
        }
    }

    std::map<std::string, FirmwarePart> finish() {
        for (auto& [name, part] : parts_) {
            if (part.is_code) {
                for (const std::uint64_t word : words_[name]) add_data(part, word);
            }
            part.uses.erase(name);
        }
        return std::move(parts_);
    }

private:
    void begin_part(const std::string& line) {
        const std::size_t open = line.find('<');
        const std::string name = line.substr(open + 1, line.size() - open - 3);
        const std::uint64_t address = std::strtoull(line.c_str(), nullptr, 16);
        if (part_ != nullptr) {
            part_->bytes = static_cast<std::int64_t>(address - address_);
            followers_[part_->name] = name;
        }
        address_ = address;
        part_ = &parts_[name];
        part_->name = name;
        part_->address = address;
        names_[address] = name;
    }

    Status read_instruction(const Line& line) {
        if (line.mnemonic == ".word") {
            words_[part_->name].push_back(std::strtoull(line.operands.c_str(), nullptr, 16));
            return {};
        }
        if (line.mnemonic.starts_with(".") || line.mnemonic.empty()) return {};
        part_->is_code = true;
        const std::optional<std::int64_t> taken = stack_taken(line.mnemonic, line.operands);
        if (!taken) {
            return Error{.place = part_->name,
                         .expected = "a stack frame of fixed size",
                         .found = line.mnemonic + " " + line.operands};
        }
        part_->frame_bytes += *taken;
        const std::string target = target_of(line.operands);
        if (line.mnemonic.starts_with("b") && !target.empty()) part_->uses.insert(target);
        return {};
    }

    // Without the padding behind it. A function that is larger than the distance to the next one
    // runs on into that.
    void set_bytes(FirmwarePart& part, std::int64_t bytes) {
        if (bytes <= part.bytes || part.bytes == 0) {
            part.bytes = bytes;
        } else if (const std::string next = followers_[part.name]; !next.empty()) {
            part.uses.insert(next);
        }
    }

    // A word in a function that is the address of data.
    void add_data(FirmwarePart& part, std::uint64_t word) {
        const auto name = names_.find(word);
        if (word == 0 || name == names_.end() || parts_[name->second].is_code) return;
        part.uses.insert(name->second);
    }

    std::map<std::string, FirmwarePart> parts_;
    std::map<std::uint64_t, std::string> names_;
    std::map<std::string, std::string> followers_;  // what stands behind each part
    std::map<std::string, std::vector<std::uint64_t>> words_;
    FirmwarePart* part_ = nullptr;
    std::uint64_t address_ = 0;
};

}  // namespace

Result<std::map<std::string, FirmwarePart>> parse_firmware_code(const std::string& disassembly,
                                                                const std::string& symbols) {
    Parser parser;
    if (Status status = parser.read_disassembly(disassembly); !status.ok()) return status;
    parser.read_symbols(symbols);
    return parser.finish();
}

Result<std::map<std::string, FirmwarePart>> read_firmware_code(const std::string& elf_path) {
    const Result<std::string> disassembly =
        output_of({find_program("arm-none-eabi-objdump"), "-d", "--no-show-raw-insn", elf_path});
    if (!disassembly.ok()) return disassembly.status().in_file(elf_path);
    const Result<std::string> symbols =
        output_of({find_program("arm-none-eabi-nm"), "-S", "--defined-only", elf_path});
    if (!symbols.ok()) return symbols.status().in_file(elf_path);
    auto code = parse_firmware_code(*disassembly, *symbols);
    if (!code.ok()) return code.status().in_file(elf_path);
    return code;
}

}  // namespace whittle
