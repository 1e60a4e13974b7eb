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

// The same of an instruction of RISC-V that sets the stack pointer: "sp,sp,-32".
std::optional<std::int64_t> stack_taken_riscv(const std::string& mnemonic,
                                              const std::string& operands) {
    if (operands == "sp,sp" || mnemonic == "auipc") return 0;
    const bool adds = mnemonic == "add" || mnemonic == "addi";
    if (!adds || !operands.starts_with("sp,sp,")) return std::nullopt;
    const std::string amount = operands.substr(6);
    if (amount.find_first_not_of("-0123456789") != std::string::npos) return std::nullopt;
    return std::max<std::int64_t>(-std::atoll(amount.c_str()), 0);
}

// Bytes that an instruction takes from the stack; nothing when that cannot be told.
std::optional<std::int64_t> stack_taken(const std::string& mnemonic, const std::string& operands) {
    // Arm's operands are written with spaces. A store's first one is what it stores.
    if (operands.starts_with("sp,") && operands.find(' ') == std::string::npos) {
        if (mnemonic == "sw") return 0;
        return stack_taken_riscv(mnemonic, operands);
    }
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

// One line of the disassembly: "  40:\tpush\t{r4, lr}\t@ comment", and of RISC-V
// "  40:\tlw\ta2,8(a5) # 1008 <name+0x8>".
struct Line {
    std::string mnemonic;
    std::string operands;
    std::string named;  // "1008 <name+0x8>": an address that RISC-V puts together
};

Line parse_line(const std::string& text) {
    std::istringstream fields(text);
    std::string address;
    Line line;
    std::getline(fields, address, '\t');
    std::getline(fields, line.mnemonic, '\t');
    std::getline(fields, line.operands, '\t');
    if (const std::size_t mark = line.operands.find(" # "); mark != std::string::npos) {
        line.named = line.operands.substr(mark + 3);
        line.operands.erase(mark);
    }
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
            // Constants of RISC-V are printed as characters.
            if (line.ends_with(">:") && line.find(" <") == 8) {
                begin_part(line);
            } else if (part_ != nullptr && line.find(":\t") != std::string::npos) {
                constexpr std::uint64_t kMostOnLine = 16;
                end_ = std::strtoull(line.c_str(), nullptr, 16) + kMostOnLine;
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
        std::map<std::string, std::int64_t> literals;
        for (auto& [name, part] : parts_) {
            if (part.is_code) {
                for (const std::uint64_t word : words_[name]) add_data(part, word);
                literals[name] = literals_of(name);
            }
            part.uses.erase(name);
        }
        for (const auto& [name, words] : literals) parts_[name].bytes += 4 * words;
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
        // Constants printed as characters have nothing behind them.
        if (line.operands.empty() && line.mnemonic != "ret") return {};
        part_->is_code = true;
        const std::optional<std::int64_t> taken = stack_taken(line.mnemonic, line.operands);
        if (!taken) {
            return Error{.place = part_->name,
                         .expected = "a stack frame of fixed size",
                         .found = line.mnemonic + " " + line.operands};
        }
        part_->frame_bytes += *taken;
        const std::string target = target_of(line.operands);
        const bool jumps = line.mnemonic.starts_with("b") || line.mnemonic.starts_with("j");
        if (jumps && !target.empty()) part_->uses.insert(target);
        if (!line.named.empty()) {
            const std::uint64_t address = std::strtoull(line.named.c_str(), nullptr, 16);
            words_[part_->name].push_back(address);
            if (line.mnemonic == "lw") loaded_[part_->name].insert(address);
        }
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

    // Words that a function loads from where nothing has a name.
    std::int64_t literals_of(const std::string& name) {
        const std::set<std::uint64_t>& loaded = loaded_[name];
        return std::count_if(loaded.begin(), loaded.end(), [this](std::uint64_t address) {
            auto after = names_.upper_bound(address);
            if (after == names_.begin() || address >= end_) return false;
            const FirmwarePart& before = parts_[(--after)->second];
            return address >= before.address + static_cast<std::uint64_t>(before.bytes);
        });
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
    std::map<std::string, std::set<std::uint64_t>> loaded_;
    FirmwarePart* part_ = nullptr;
    std::uint64_t address_ = 0;
    std::uint64_t end_ = 0;  // of what the lines show
};

}  // namespace

Result<std::map<std::string, FirmwarePart>> parse_firmware_code(const std::string& disassembly,
                                                                const std::string& symbols) {
    Parser parser;
    if (Status status = parser.read_disassembly(disassembly); !status.ok()) return status;
    parser.read_symbols(symbols);
    return parser.finish();
}

Result<std::map<std::string, FirmwarePart>> read_firmware_code(const std::string& elf_path,
                                                               const std::string& tools) {
    const Result<std::string> disassembly =
        output_of({find_program(tools + "-objdump"), "-d", "--no-show-raw-insn", elf_path});
    if (!disassembly.ok()) return disassembly.status().in_file(elf_path);
    const Result<std::string> symbols =
        output_of({find_program(tools + "-nm"), "-S", "--defined-only", elf_path});
    if (!symbols.ok()) return symbols.status().in_file(elf_path);
    auto code = parse_firmware_code(*disassembly, *symbols);
    if (!code.ok()) return code.status().in_file(elf_path);
    return code;
}

}  // namespace whittle
