#include "lessons/kit/numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace whittle {

std::optional<double> parse_number(std::string_view text) {
    // strtod would also take hexadecimal numbers, "nan" and leading blanks.
    if (text.empty() || text.size() > 40 ||
        text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string copy(text);
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    if (end != copy.c_str() + copy.size()) return std::nullopt;
    return value;
}

std::string shortest_number(double value) {
    char text[40];
    for (int digits = 1; digits <= 17; ++digits) {
        std::snprintf(text, sizeof text, "%.*g", digits, value);
        if (std::strtod(text, nullptr) == value) break;
    }
    return text;
}

std::string shown_number(double value, int digits) {
    if (std::isnan(value)) return "\xE2\x80\x93";
    if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
    const double magnitude = std::fabs(value);
    char text[64];
    if (value == std::round(value) && magnitude < 1e9) {
        std::snprintf(text, sizeof text, "%.0f", value);
    } else if (magnitude >= 1e-4 && magnitude < 1e6) {
        const int before = static_cast<int>(std::floor(std::log10(magnitude))) + 1;
        std::snprintf(text, sizeof text, "%.*f", std::max(0, digits - before), value);
    } else {
        std::snprintf(text, sizeof text, "%.*e", std::max(0, digits - 1), value);
    }
    return text;
}

}  // namespace whittle
