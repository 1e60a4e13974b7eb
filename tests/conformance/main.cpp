// conformance DIR: runs every case of a folder with our kernels, each as a program of one operator,
// and compares every output value. Prints a line for each case that fails or that nothing here can
// run (also a malformed one), with the reason, and ends with "N passed, M failed, K unsupported".
// A case whose configuration does not belong to its arrays is read with what fits them; how many of
// those that passed were, stands before the last line, and --notes prints each with what was read.
//
// conformance FILE.json [--on BOARD]...: the same for layers whose right outputs the file knows by
// their hash (layers.h), with the reference kernels and all others that run here, or on those
// boards.
//
// Exit status: 0 when none failed, 2 for wrong usage and where there are no cases.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/deploy/boards.h"
#include "tests/conformance/layers.h"

namespace {

// A case gets one line, also where its reason has a hint on a second one.
std::string on_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

constexpr char kUsage[] =
    "usage: conformance [--notes] DIR\n"
    "       conformance FILE.json [--on BOARD]...\n";

int run_folder(const std::string& folder, bool notes) {
    std::error_code error;
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
    }
    if (error) {
        std::fprintf(stderr, "conformance: '%s': expected a folder of .json cases, found %s\n%s",
                     folder.c_str(), error.message().c_str(), kUsage);
        return 2;
    }
    if (paths.empty()) {
        std::fprintf(stderr, "conformance: '%s' has no .json cases\n", folder.c_str());
    }
    std::sort(paths.begin(), paths.end());
    using whittle::conformance::Verdict;
    int counts[3] = {0, 0, 0};
    int read_otherwise = 0;
    for (const std::string& path : paths) {
        const auto c = whittle::conformance::read_case(path);
        whittle::conformance::Outcome outcome{Verdict::unsupported, ""};
        if (c.ok()) {
            outcome = run_case(*c);
        } else {
            outcome.reason = c.error().message();
        }
        ++counts[static_cast<int>(outcome.verdict)];
        const std::string name = std::filesystem::path(path).stem().string();
        if (outcome.verdict == Verdict::passed && !outcome.reason.empty()) ++read_otherwise;
        if (outcome.verdict == Verdict::passed && (!notes || outcome.reason.empty())) continue;
        const char* words[] = {"note", "failed", "unsupported"};
        std::printf("%s: %s: %s\n", words[static_cast<int>(outcome.verdict)], name.c_str(),
                    on_one_line(outcome.reason).c_str());
    }
    if (read_otherwise > 0) {
        std::printf("%d of those that passed have settings that do not belong to their arrays",
                    read_otherwise);
        std::printf(" and were read otherwise%s\n", notes ? "" : ": --notes says how");
    }
    std::printf("%d passed, %d failed, %d unsupported\n", counts[0], counts[1], counts[2]);
    return paths.empty() ? 2 : counts[1] == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::string path;
    std::vector<std::string> boards;
    bool notes = false;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--notes") {
            notes = true;
        } else if (argument == "--on" && i + 1 < argc) {
            boards.emplace_back(argv[++i]);
        } else {
            path = argument;
        }
    }
    for (const std::string& board : boards) {
        const whittle::Board* found = whittle::board_named(board);
        if (found != nullptr && found->emulated()) continue;
        std::fprintf(stderr, "conformance: no emulated board '%s'\n%s", board.c_str(), kUsage);
        return 2;
    }
    if (std::filesystem::is_regular_file(path)) {
        return whittle::conformance::run_layers(path, boards);
    }
    if (boards.empty()) return run_folder(path, notes);
    std::fputs(kUsage, stderr);
    return 2;
}
