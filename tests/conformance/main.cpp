// conformance DIR: runs every case of a folder with our kernels, each as a program of one operator,
// and compares every output value. Prints a line for each case that fails or that nothing here can
// run (also a malformed one), with the reason, and ends with "N passed, M failed, K unsupported".
// --notes prints also how a case was read whose configuration does not belong to its arrays. Exit
// status: 0 when none failed.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/conformance/case.h"

int main(int argc, char** argv) {
    std::string folder;
    bool notes = false;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--notes") {
            notes = true;
        } else {
            folder = argv[i];
        }
    }
    std::error_code error;
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
    }
    if (error || paths.empty()) {
        std::fprintf(stderr,
                     "conformance: '%s': expected a folder of .json cases\nusage: conformance "
                     "[--notes] DIR\n",
                     folder.c_str());
        return 2;
    }
    std::sort(paths.begin(), paths.end());
    using whittle::conformance::Verdict;
    int counts[3] = {0, 0, 0};
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
        if (outcome.verdict == Verdict::passed && (!notes || outcome.reason.empty())) continue;
        const char* words[] = {"note", "failed", "unsupported"};
        std::printf("%s: %s: %s\n", words[static_cast<int>(outcome.verdict)], name.c_str(),
                    outcome.reason.c_str());
    }
    std::printf("%d passed, %d failed, %d unsupported\n", counts[0], counts[1], counts[2]);
    return counts[1] == 0 ? 0 : 1;
}
