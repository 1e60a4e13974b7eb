#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace whittle {

// A readout without a value yet; shown as a dash.
inline constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// The whole text as a number in C notation; empty if it is none. May be infinite ("1e999").
std::optional<double> parse_number(std::string_view text);

// The fewest digits that read back as the same number: "0.1", "100000", "1e-05", "-3".
std::string shortest_number(double value);

// The nearest number of that many significant decimal digits, 1 to 17.
double rounded_to_digits(double value, int digits);

// For people: `digits` significant ones, no exponent between 1e-4 and 1e6, a dash for NaN.
std::string shown_number(double value, int digits);

}  // namespace whittle
