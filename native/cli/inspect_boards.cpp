#include "native/cli/inspect_boards.h"

#include "core/deploy/board_fit.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

std::string time_text(std::optional<double> seconds) {
    if (!seconds) return "unknown";
    if (*seconds >= 1.0) return format_text("%.3g s", *seconds);
    if (*seconds >= 1e-3) return format_text("%.3g ms", 1e3 * *seconds);
    return format_text("%.3g us", 1e6 * *seconds);
}

// "> 28,100" where only a part of it is known.
std::string needed_text(std::int64_t bytes, bool is_whole) {
    return (is_whole ? "" : "> ") + thousands(bytes);
}

std::string missing_text(const BoardFit& fit) {
    std::vector<std::string> missing;
    if (fit.missing_flash > 0) missing.push_back(thousands(fit.missing_flash) + " bytes of flash");
    if (fit.missing_ram > 0) missing.push_back(thousands(fit.missing_ram) + " bytes of RAM");
    return join(missing, " and ") + " too much";
}

// Words of `text` in lines of at most `width` columns, the later ones indented.
std::string wrapped(const std::string& text, std::size_t width, const std::string& indent) {
    std::string result;
    std::string line;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        if (!line.empty() && line.size() + 1 + word.size() > width) {
            result += line + "\n";
            line = indent + word;
        } else {
            line += (line.empty() ? "" : " ") + word;
        }
        begin = end + 1;
    }
    return result + line + "\n";
}

std::string advice_text(const Board& board, const BoardFit& fit) {
    const std::string text =
        std::string(board.name) + ": " + missing_text(fit) + "; " + join(fit.advice, "; ");
    return "  " + wrapped(text, 92, "      ");
}

// Yes only where all of it is known.
std::string fits_text(const FirmwareCost& cost, const BoardFit& fit) {
    if (!fit.fits) return "no";
    return cost.flash_bytes && cost.stack_bytes ? "yes" : "perhaps";
}

std::string smallest_board(const BoardFirmware& firmware) {
    const Board* smallest = nullptr;
    for (const Board& board : all_boards()) {
        const Deployment& its = firmware.at(board.kernels);
        const FirmwareCost cost = firmware_cost(its, board);
        if (fits_text(cost, fit_on_board(its, cost, board)) != "yes") continue;
        if (smallest == nullptr || board.usable_ram_bytes < smallest->usable_ram_bytes) {
            smallest = &board;
        }
    }
    if (smallest == nullptr) return "  It fits no board of the catalogue.\n";
    return std::string("  The board with least RAM that it fits: ") + smallest->title + ".\n";
}

}  // namespace

std::string boards_text(const BoardFirmware& firmware) {
    Table table({"board", "flash", "of", "RAM", "of", "instructions", "time", "fits"});
    table.right({1, 2, 3, 4, 5, 6});
    std::string advice;
    std::string unknown;
    double error = 0.0;
    for (const Board& board : all_boards()) {
        const Deployment& its = firmware.at(board.kernels);
        const FirmwareCost cost = firmware_cost(its, board);
        const BoardFit fit = fit_on_board(its, cost, board);
        const std::int64_t flash =
            board.flash_bytes > 0 ? board.flash_bytes : board.external_flash_bytes;
        table.add({board.name, needed_text(fit.flash_bytes, cost.flash_bytes.has_value()),
                   size_text(flash), needed_text(fit.ram_bytes, cost.stack_bytes.has_value()),
                   size_text(board.usable_ram_bytes),
                   cost.instructions ? thousands(*cost.instructions) : "unknown",
                   time_text(estimated_seconds(cost, board)), fits_text(cost, fit)});
        if (!fit.fits) advice += advice_text(board, fit);
        if (!cost.unknown.empty() && unknown.find(cost.unknown) == std::string::npos) {
            unknown += "  " + wrapped("Unknown: " + cost.unknown, 92, "      ");
        }
        error = std::max(error, cost.instruction_error);
    }
    std::string text = "\nBoards: exported firmware, predicted. RAM is static data and stack.\n" +
                       table.text() + unknown;
    text += format_text(
        "  Instructions are within about %.0f %%; times are those of the processor "
        "manuals' cycles with\n      memory as fast as the core: an estimate.\n",
        std::max(1.0, 100.0 * error));
    if (advice.empty()) return text;
    return text + "\nWhat would make it fit\n" + advice + smallest_board(firmware);
}

Json boards_json(const BoardFirmware& firmware) {
    const auto number = [](const auto& value) { return value ? Json(*value) : Json(); };
    Json boards = Json::array();
    for (const Board& board : all_boards()) {
        const Deployment& its = firmware.at(board.kernels);
        const FirmwareCost cost = firmware_cost(its, board);
        const BoardFit fit = fit_on_board(its, cost, board);
        Json entry = {{"name", board.name},
                      {"board_flash_bytes", board.flash_bytes},
                      {"board_ram_bytes", board.usable_ram_bytes},
                      {"arena_bytes", cost.arena_bytes},
                      {"static_ram_bytes", cost.static_ram_bytes},
                      {"stack_bytes", number(cost.stack_bytes)},
                      {"constant_bytes", cost.constant_bytes},
                      {"code_bytes", number(cost.code_bytes)},
                      {"flash_bytes", number(cost.flash_bytes)},
                      {"instructions", number(cost.instructions)},
                      {"instruction_error", cost.instruction_error},
                      {"seconds", number(estimated_seconds(cost, board))},
                      {"fits", fits_text(cost, fit)},
                      {"missing_flash_bytes", fit.missing_flash},
                      {"missing_ram_bytes", fit.missing_ram},
                      {"advice", fit.advice}};
        if (!cost.unknown.empty()) entry["unknown"] = cost.unknown;
        boards.push_back(std::move(entry));
    }
    return boards;
}

}  // namespace whittle::cli
