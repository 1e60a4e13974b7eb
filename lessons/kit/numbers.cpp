#include "lessons/kit/numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

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
    if (value == std::round(value) && std::fabs(value) < 1e15) {
        std::snprintf(text, sizeof text, "%.0f", value + 0.0);  // 0, not -0
        return text;
    }
    for (int digits = 1; digits <= 17; ++digits) {
        std::snprintf(text, sizeof text, "%.*g", digits, value);
        if (std::strtod(text, nullptr) == value) break;
    }
    return text;
}

double rounded_to_digits(double value, int digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
    return std::strtod(text, nullptr);
}

std::string shown_number(double value, int digits) {
    if (std::isnan(value)) return "\xE2\x80\x93";
    if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
    if (value == std::round(value) && std::fabs(value) < 1e9) return shortest_number(value);
    digits = std::clamp(digits, 1, 17);
    char text[40];
    // The exponent after rounding: 9.9996 with four digits is 1.000e+01.
    std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
    const int exponent = std::atoi(std::strchr(text, 'e') + 1);
    if (exponent >= -4 && exponent < 6) {
        std::snprintf(text, sizeof text, "%.*f", std::max(0, digits - 1 - exponent), value);
    }
    return text;
}

}  // namespace whittle
