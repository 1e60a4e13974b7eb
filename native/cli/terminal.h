#pragma once

#include <string>

namespace whittle::cli {

// Colours of the terminal, or nothing.
class Style {
public:
    explicit Style(bool colour) : colour_(colour) {}

    bool colour() const { return colour_; }
    std::string bold(const std::string& text) const { return wrap("1", text); }
    std::string dim(const std::string& text) const { return wrap("2", text); }
    std::string red(const std::string& text) const { return wrap("31", text); }
    std::string green(const std::string& text) const { return wrap("32", text); }
    std::string cyan(const std::string& text) const { return wrap("36", text); }

private:
    std::string wrap(const char* code, const std::string& text) const {
        return colour_ ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
    }
    bool colour_;
};

// Whether to colour stdout: "always", "never", or "auto": on a terminal, unless NO_COLOR is set.
bool wants_colour(const std::string& mode);

// Progress on stderr: a bar that redraws itself on a terminal, else a line every tenth of the way.
class Progress {
public:
    // Prints nothing at all when not enabled.
    Progress(int total, bool enabled);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(int done, const std::string& text);

private:
    int total_;
    bool enabled_;
    bool bar_;
    bool drawn_ = false;
    int last_tenth_ = -1;
};

}  // namespace whittle::cli
