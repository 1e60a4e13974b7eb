#include "core/base/status.h"

namespace whittle {

std::string Error::message() const {
    std::string text;
    const auto append = [&text](const std::string& part, const char* separator) {
        if (part.empty()) return;
        if (!text.empty()) text += separator;
        text += part;
    };
    append(file, ": ");
    append(place, ": ");
    if (!expected.empty()) append("expected " + expected, ": ");
    if (!found.empty()) append("found " + found, expected.empty() ? ": " : ", ");
    if (!hint.empty()) append("hint: " + hint, "\n  ");
    return text;
}

Status Status::in_file(const std::string& file) const {
    if (ok_ || !error_.file.empty()) return *this;
    Error named = error_;
    named.file = file;
    return named;
}

}  // namespace whittle
