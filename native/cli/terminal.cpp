#include "native/cli/terminal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/base/platform/process.h"

namespace whittle::cli {

bool wants_colour(const std::string& mode) {
    if (mode == "always") return true;
    if (mode == "never" || std::getenv("NO_COLOR") != nullptr) return false;
    const char* terminal = std::getenv("TERM");
    return stdout_is_terminal() && (terminal == nullptr || std::string(terminal) != "dumb");
}

Progress::Progress(int total, bool enabled)
    : total_(std::max(total, 1)), enabled_(enabled), bar_(stderr_is_terminal()) {}

Progress::~Progress() {
    if (drawn_ && bar_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(int done, const std::string& text) {
    if (!enabled_) return;
    drawn_ = true;
    if (bar_) {
        constexpr int kWidth = 30;
        const int filled = std::clamp(done * kWidth / total_, 0, kWidth);
        const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                                std::string(static_cast<std::size_t>(kWidth - filled), '.');
        std::fprintf(stderr, "\r\x1b[K[%s] %d/%d  %s", bar.c_str(), done, total_, text.c_str());
        std::fflush(stderr);
        return;
    }
    const int tenth = done * 10 / total_;
    if (tenth == last_tenth_ && done != 1) return;
    last_tenth_ = tenth;
    std::fprintf(stderr, "%d/%d  %s\n", done, total_, text.c_str());
}

}  // namespace whittle::cli
