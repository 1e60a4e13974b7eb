#include "native/tools/cost/table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "native/cli/text.h"

namespace whittle {

namespace {

using cli::format_text;

FitSample fit_sample(const CallSample& sample) {
    return {.terms = {sample.work.begin(), sample.work.end()},
            .target = sample.instructions,
            .weight = 1.0 / sample.instructions};
}

double predicted(const std::vector<double>& factors, const Work& work) {
    double sum = 0.0;
    for (std::size_t i = 0; i < kWorkTerms; ++i) sum += factors[i] * work[i];
    return sum;
}

// As a C literal of type float.
std::string float_text(double value, const char* format) {
    const std::string text = format_text(format, value);
    return text.find_first_of(".e") == std::string::npos ? text + ".0f" : text + "f";
}

std::string list_of(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) {
        text += (text.empty() ? "" : ", ") + format_text("%.6g", value);
    }
    return "{" + text + "}";
}

std::string float_list_of(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) {
        text += (text.empty() ? "" : ", ") + (value == 0.0 ? "0" : float_text(value, "%.6g"));
    }
    return "{" + text + "}";
}

std::string kernel_line(const Board& board, const std::string& name, const KernelSamples& samples) {
    std::vector<FitSample> fit;
    double instructions = 0.0;
    double cycles = 0.0;
    for (const CallSample& sample : samples.fit) {
        fit.push_back(fit_sample(sample));
        instructions += sample.instructions;
        cycles += sample.cycles;
    }
    const std::vector<double> factors = fit_factors(fit);
    double error = 0.0;
    for (const CallSample& sample : samples.check) {
        error =
            std::max(error, std::fabs(predicted(factors, sample.work) / sample.instructions - 1.0));
    }
    std::printf("  %-36s %2zu layers, largest error on %2zu others %5.1f %%\n", name.c_str(),
                samples.fit.size(), samples.check.size(), 100.0 * error);
    return format_text("WHITTLE_KERNEL_WORK(\"%s\", \"%s\", %s, %s,\n                    %s)\n",
                       board.name, name.c_str(), float_text(cycles / instructions, "%.3g").c_str(),
                       float_text(error, "%.3g").c_str(), float_list_of(factors).c_str());
}

std::string part_line(const Board& board, const FirmwarePart& part) {
    std::string uses;
    for (const std::string& used : part.uses) uses += (uses.empty() ? "" : " ") + used;
    return format_text("WHITTLE_CODE_PART(\"%s\", \"%s\", %d, %d, \"%s\")\n", board.name,
                       part.name.c_str(), static_cast<int>(part.bytes),
                       static_cast<int>(part.frame_bytes), uses.c_str());
}

std::string base_line(const Board& board,
                      const std::string& compiler,
                      const BoardSamples& samples) {
    const std::vector<double> base = fit_factors(samples.base);
    std::vector<double> outside = samples.instructions_outside;
    std::sort(outside.begin(), outside.end());
    return format_text(
        "WHITTLE_FIRMWARE_BASE(\"%s\", \"%s\", %.6g, %.6g,\n"
        "                      %s, %.6g, %.6g)\n",
        board.name, compiler.c_str(), base[0], base[1],
        list_of(fit_factors(samples.invoke)).c_str(), samples.invoke_frame_bytes,
        outside[outside.size() / 2]);
}

std::string board_lines(const Board& board,
                        const std::string& compiler,
                        const BoardSamples& samples) {
    std::string text = base_line(board, compiler, samples);
    for (const auto& [name, part] : samples.parts) text += part_line(board, part);
    for (const auto& [name, kernel] : samples.kernels) {
        if (!kernel.fit.empty()) text += kernel_line(board, name, kernel);
    }
    return text;
}

// The entry of the table that begins with `kind` and that name, up to the end of the line that
// closes it, becomes `entry`. The board's entries of a kind are in the order of their names; a new
// one goes between them.
Status replace_entry(const std::string& kind,
                     const std::string& name,
                     const std::string& entry,
                     std::string& table) {
    std::size_t behind = std::string::npos;
    for (std::size_t begin = table.find(kind); begin != std::string::npos;
         begin = table.find(kind, behind)) {
        const std::size_t from = begin + kind.size();
        const std::string here = table.substr(from, table.find('"', from) - from);
        const std::size_t end = table.find(")\n", begin) + 2;
        if (here >= name) {
            table.replace(begin, here == name ? end - begin : 0, entry);
            return {};
        }
        behind = end;
    }
    if (behind == std::string::npos) {
        return Error{.place = "table",
                     .expected = kind,
                     .found = "no such entry",
                     .hint = "measure all nets of the board first"};
    }
    table.insert(behind, entry);
    return {};
}

}  // namespace

Status replace_kernels(const Board& board, const BoardSamples& samples, std::string& table) {
    const std::string of_board = "(\"" + std::string(board.name) + "\", \"";
    for (const auto& [name, part] : samples.parts) {
        const Status status =
            replace_entry("WHITTLE_CODE_PART" + of_board, name, part_line(board, part), table);
        if (!status.ok()) return status;
    }
    for (const auto& [name, kernel] : samples.kernels) {
        if (kernel.fit.empty()) continue;
        const Status status = replace_entry("WHITTLE_KERNEL_WORK" + of_board, name,
                                            kernel_line(board, name, kernel), table);
        if (!status.ok()) return status;
    }
    return {};
}

void replace_board(const Board& board,
                   const std::string& compiler,
                   const BoardSamples& samples,
                   std::string& table) {
    const std::string lines = board_lines(board, compiler, samples);
    const std::string head = "\nWHITTLE_FIRMWARE_BASE(\"";
    const std::size_t begin = table.find(head + board.name + "\"");
    if (begin == std::string::npos) {
        table += "\n" + lines;
        return;
    }
    const std::size_t next = table.find("\n" + head, begin);
    const std::size_t end = next == std::string::npos ? table.size() : next + 1;
    table.replace(begin + 1, end - begin - 1, lines);
}

}  // namespace whittle
