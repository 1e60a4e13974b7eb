#pragma once

#include <string_view>

namespace whittle {

enum class NumberKind {
    finite,      // a decimal number that rounds to a finite float
    not_finite,  // nan, inf, infinity, or a number too large for a float
    not_number,
};

// Reads a whole text as a decimal number: sign, digits, point, exponent ("-1.5e-3"), without regard
// to the locale, rounded to the nearest float on every target. What is too small becomes 0. `value`
// is set when finite.
NumberKind parse_number(std::string_view text, float& value);

}  // namespace whittle
