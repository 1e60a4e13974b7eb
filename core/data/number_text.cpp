#include "core/data/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace whittle {
namespace {

// Longer texts are no measurements, and reading one digit after another would take long.
constexpr std::size_t kMaxCharacters = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_sign(std::string_view text) {
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    return text;
}

std::size_t count_digits(std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    return count;
}

// digits [. digits] [e [sign] digits], with a digit before or after the point.
bool is_decimal(std::string_view text) {
    const std::size_t whole = count_digits(text);
    text.remove_prefix(whole);
    std::size_t fraction = 0;
    if (!text.empty() && text[0] == '.') {
        text.remove_prefix(1);
        fraction = count_digits(text);
        text.remove_prefix(fraction);
    }
    if (whole + fraction == 0) return false;
    if (text.empty()) return true;
    if (text[0] != 'e' && text[0] != 'E') return false;
    text = without_sign(text.substr(1));
    return !text.empty() && count_digits(text) == text.size();
}

bool is_name_of_non_finite(std::string_view text) {
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return lower == "nan" || lower == "inf" || lower == "infinity";
}

#if defined(__cpp_lib_to_chars)

// Whether an unsigned decimal that is out of range is too large, and not too small: the weight of
// its first digit that is not 0 decides.
bool is_too_large(std::string_view text) {
    const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
    const std::string_view digits = text.substr(0, mark);
    const std::size_t point = std::min(digits.find('.'), digits.size());
    const std::size_t first = digits.find_first_of("123456789");
    long weight = static_cast<long>(point) - static_cast<long>(first);
    std::string_view exponent = text.substr(std::min(mark + 1, text.size()));
    const bool negative = !exponent.empty() && exponent[0] == '-';
    exponent = without_sign(exponent);
    long power = 0;
    for (const char c : exponent) power = std::min(power * 10 + (c - '0'), 1000000L);
    weight += negative ? -power : power;
    return weight > 0;
}

float convert(std::string_view text) {
    float value = 0.0f;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc::result_out_of_range) return is_too_large(text) ? HUGE_VALF : 0.0f;
    return end == text.data() + text.size() ? value : HUGE_VALF;
}

#else

// This library has no std::from_chars for floats. Its strtof rounds correctly and knows no locale
// (musl's, of Emscripten).
float convert(std::string_view text) { return std::strtof(std::string(text).c_str(), nullptr); }

#endif

}  // namespace

NumberKind parse_number(std::string_view text, float& value) {
    if (text.empty() || text.size() > kMaxCharacters) return NumberKind::not_number;
    const bool negative = text[0] == '-';
    const std::string_view magnitude = without_sign(text);
    if (is_name_of_non_finite(magnitude)) return NumberKind::not_finite;
    if (!is_decimal(magnitude)) return NumberKind::not_number;
    const float converted = convert(magnitude);
    if (!std::isfinite(converted)) return NumberKind::not_finite;
    value = negative ? -converted : converted;
    return NumberKind::finite;
}

}  // namespace whittle
