#include "lessons/kit/numbers.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/base/bits.h"
#include "core/base/random.h"

namespace whittle {

TEST_CASE("text is a number as a whole or not at all") {
    CHECK(parse_number("0") == 0.0);
    CHECK(parse_number("-2.5") == -2.5);
    CHECK(parse_number("+.5") == 0.5);
    CHECK(parse_number("1e-05") == 1e-5);
    CHECK(std::isinf(parse_number("1e999").value()));
    for (const std::string text :
         {"", " 1", "1 ", "1,5", "nan", "inf", "0x10", "1e", "1e+", "--1", ".", "-", "1.2.3",
          "12abc", "00000000000000000000000000000000000000001"}) {
        CAPTURE(text);
        CHECK(!parse_number(text).has_value());
    }
}

TEST_CASE("the shortest text reads back as the same bits") {
    CHECK(shortest_number(0.1) == "0.1");
    CHECK(shortest_number(0.1 + 0.2) == "0.30000000000000004");
    CHECK(shortest_number(100000.0) == "100000");
    CHECK(shortest_number(-3.0) == "-3");
    CHECK(shortest_number(-0.0) == "0");
    CHECK(shortest_number(1e-5) == "1e-05");
    Random random(3);
    for (int i = 0; i < 2000; ++i) {
        const auto high = static_cast<std::uint64_t>(random.next());
        const double value = bit_cast<double>(high << 32 | random.next());
        if (!std::isfinite(value)) continue;
        const auto back = parse_number(shortest_number(value));
        REQUIRE(back.has_value());
        CHECK(*back == value);
    }
}

TEST_CASE("rounding to decimal digits gives the nearest number of so many") {
    CHECK(rounded_to_digits(-5.0 + 82 * 0.1, 12) == 3.2);
    CHECK(rounded_to_digits(0.1 + 0.2, 12) == 0.3);
    CHECK(rounded_to_digits(0.0, 12) == 0.0);
    CHECK(rounded_to_digits(123456.0, 2) == 120000.0);
}

TEST_CASE("numbers are shown with their significant digits") {
    CHECK(shown_number(2.2730302828, 4) == "2.273");
    CHECK(shown_number(0.98, 4) == "0.9800");
    CHECK(shown_number(0.00099999, 4) == "0.001000");
    CHECK(shown_number(9.9996, 4) == "10.00");
    CHECK(shown_number(12345.678, 3) == "12346");
    CHECK(shown_number(999999.5, 4) == "1.000e+06");
    CHECK(shown_number(1e-4, 2) == "0.00010");
    CHECK(shown_number(3.5e-5, 2) == "3.5e-05");
    CHECK(shown_number(43200.0, 3) == "43200");
    CHECK(shown_number(-0.0, 4) == "0");
    CHECK(shown_number(-31.0, 2) == "-31");
    CHECK(shown_number(std::numeric_limits<double>::quiet_NaN(), 4) == "\xE2\x80\x93");
    CHECK(shown_number(std::numeric_limits<double>::infinity(), 4) == "infinite");
    CHECK(shown_number(-std::numeric_limits<double>::infinity(), 4) == "-infinite");
    CHECK(shown_number(0.5, 0) == "0.5");
    CHECK(shown_number(1.0 / 3.0, 100) == "0.33333333333333331");
    CHECK(shown_number(-std::numeric_limits<double>::max(), 4) == "-1.798e+308");
}

}  // namespace whittle
