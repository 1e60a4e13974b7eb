#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "core/base/exact_math.h"
#include "core/base/platform/files.h"
#include "core/data/number_text.h"
#include "core/data/readers.h"
#include "tests/support/shared_data.h"

using namespace whittle;

namespace {

Dataset read(std::string_view text, const std::vector<std::string>& targets = {}) {
    auto data = read_csv(text, {targets});
    REQUIRE_MESSAGE(data.ok(), (data.ok() ? "" : data.error().message()));
    return data.value();
}

const std::vector<float>& features(const Dataset& data) {
    return std::get<std::vector<float>>(data.features);
}

using Floats = std::vector<float>;

TEST_CASE("csv: the last column is the target, with or without names") {
    for (const char* text : {"1,2,3\n4,5,6\n", "x,y,z\n1,2,3\n4,5,6\n", "x,y,z\n1,2,3\n4,5,6"}) {
        const Dataset data = read(text);
        CHECK(data.size() == 2);
        CHECK(data.feature_shape == Shape{2});
        CHECK(data.target_shape == Shape{1});
        CHECK(features(data) == Floats{1, 2, 4, 5});
        CHECK(data.targets == Floats{3, 6});
        CHECK(!data.is_classification());
    }
}

TEST_CASE("csv: targets are chosen by name or by number and keep the file's order") {
    const char* text = "a,b,1\n1,2,3\n4,5,6\n";
    CHECK(!read_csv(text, {}).ok());  // a mixed first line
    const char* named = "a,b,c\n1,2,3\n4,5,6\n";
    CHECK(read(named, {"a"}).targets == Floats{1, 4});
    CHECK(read(named, {"1"}).targets == Floats{2, 5});
    CHECK(read(named, {"c", "a"}).targets == Floats{1, 3, 4, 6});
    CHECK(features(read(named, {"c", "0"})) == Floats{2, 5});
    CHECK(read("1,2\n", {"0"}).targets == Floats{1});
}

TEST_CASE("csv: line ends, marks, blanks, comments and quotes") {
    const Floats expected = {1, 3};
    for (const std::string text : {
             "1,2\r\n3,4\r\n",  // CR LF
             "1,2\r3,4",        // CR
             "\xef\xbb\xbf"
             "1,2\n3,4\n",                                 // byte order mark
             "\n\n1,2\n\n  \n3,4\n\n",                     // empty lines
             "# made by hand\n1,2\n  # and more\n3,4\n#",  // comments
             " 1 ,\t2\n3, 4 \n",                           // blanks
             "\"1\",\"2\"\n \"3\" ,4\n",                   // quotes
             "+1,2e0\n3.,.4e1\n",                          // forms of numbers
             "\"a\nb\",\"c \"\"d\"\", e\"\n1,2\n3,4\n",    // names with line ends, quotes, commas
         }) {
        INFO(text);
        const Dataset data = read(text);
        CHECK(features(data) == expected);
        CHECK(data.targets == Floats{2, 4});
    }
}

TEST_CASE("csv: quoted names are found as they read") {
    const char* text = "\"a,b\",\"say \"\"x\"\"\"\n1,2\n";
    CHECK(read(text, {"a,b"}).targets == Floats{1});
    CHECK(read(text, {"say \"x\""}).targets == Floats{2});
}

TEST_CASE("csv: what is malformed is refused with its place") {
    struct Case {
        std::string text;
        std::string place;
        std::vector<std::string> targets = {};
    };
    const std::string long_number(2000, '1');
    const std::vector<Case> cases = {
        {"", "line 1"},
        {"\n\n", "line 3"},
        {"# nothing else\n", "line 2"},
        {"\xef\xbb\xbf", "line 1"},
        {"a,b\n", "line 2"},
        {"a,b", "line 1"},
        {"1,2\n3\n", "line 2, column 2"},
        {"1,2\n3,4,5\n", "line 2, column 3"},
        {"a,b\n1,2\n\n3,4\n5\n", "line 5, column 2"},
        {"1,2\n3,x\n", "line 2, column 2"},
        {"1,2\n3,\n", "line 2, column 2"},
        {"1,2\n,4\n", "line 2, column 1"},
        {"1,two\n3,4\n", "line 1, column 2"},
        {"1,2\n3,4,\n", "line 2, column 3"},
        {"1,2\n3,nan\n", "line 2, column 2"},
        {"1,2\n-inf,4\n", "line 2, column 1"},
        {"1,2\nInfinity,4\n", "line 2, column 1"},
        {"nan,2\n3,4\n", "line 1, column 1"},
        {"1,2\n3,1e39\n", "line 2, column 2"},
        {"1,2\n3,-1e999999999999999999999\n", "line 2, column 2"},
        {"1,2\n3," + long_number + "\n", "line 2, column 2"},
        {"1,2\n3,0x10\n", "line 2, column 2"},
        {"1,2\n3,1.2.3\n", "line 2, column 2"},
        {"1,2\n3,1e\n", "line 2, column 2"},
        {"1,2\n3,--4\n", "line 2, column 2"},
        {"1,2\n3,4 5\n", "line 2, column 2"},
        {"1,2\n3,.\n", "line 2, column 2"},
        {"1,2\n\"3\n", "line 2, column 1"},
        {"1,2\n3,\"4", "line 2, column 2"},
        {"1,2\n3,\"", "line 2, column 2"},
        {"1,2\n\"3\"4,5\n", "line 2, column 1"},
        {"1,2\n3\"4\",5\n", "line 2, column 1"},
        {std::string("1,2\n3,4\0\n", 9), "line 2, column 2"},
        {std::string("1,2\n\"3\0\",4\n", 11), "line 2, column 1"},
        {std::string("\xff\xfe"
                     "1\0,\0002\0",
                     8),
         "line 1, column 1"},  // UTF-16
        {"1;2\n3;4\n", "line 2, column 1"},
        {"1\n2\n", "line 1"},
        {"a,b\n1,2\n", "target column 'c'", {"c"}},
        {"a,b\n1,2\n", "target column '2'", {"2"}},
        {"a,b\n1,2\n", "target column '-1'", {"-1"}},
        {"a,b\n1,2\n", "target column ''", {""}},
        {"a,b\n1,2\n", "target column '0'", {"a", "0"}},
        {"a,a,b\n1,2,3\n", "target column 'a'", {"a"}},
        {"a,b\n1,2\n", "line 1", {"a", "b"}},
        {"1,2\n", "target column 'a'", {"a"}},
    };
    for (const Case& c : cases) {
        INFO(c.text << " / " << c.place);
        const auto data = read_csv(c.text, {c.targets});
        REQUIRE(!data.ok());
        CHECK(data.error().place == c.place);
        CHECK(!data.error().expected.empty());
        CHECK(!data.error().found.empty());
        CHECK(!data.error().hint.empty());
    }
}

TEST_CASE("csv: the messages say what to do") {
    CHECK(read_csv("a,b\n1,two\n").error().message() ==
          "line 2, column 2: expected a number for 'b', found 'two'\n"
          "  hint: numbers look like -12.5 or 1e-3; columns are separated by commas");
    CHECK(read_csv("a,b\n1,2\n", {{"c"}}).error().message() ==
          "target column 'c': expected one of 'a', 'b', found no such column\n"
          "  hint: choose a column of the file's first line, or one by its number");
    CHECK(read_csv("speed,load\n1,2\n", {{"laod"}}).error().hint == "did you mean 'load'?");
    CHECK(read_csv("").error().message() ==
          "line 1: expected a row of numbers, found the end of the file\n"
          "  hint: the file is empty");
}

TEST_CASE("csv: every prefix of a good file is read or refused, never worse") {
    const std::string text = "\"a\"\"\",b,\"c\nd\"\r\n# x\n1,-2.5e-3,\"3\"\r\n\"4\",5,6\r\n";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto data = read_csv(text.substr(0, size));
        if (data.ok()) {
            CHECK(data->size() >= 1);
        } else {
            CHECK(!data.error().place.empty());
        }
    }
}

TEST_CASE("csv: fields of hostile length do not take long") {
    std::string wide;
    for (int i = 0; i < 100000; ++i) wide += "1,";
    CHECK(read(wide + "2\n").feature_count() == 100000);
    CHECK(!read_csv("1,2\n" + std::string(10000000, '7') + ",1\n").ok());
    CHECK(!read_csv(std::string(10000000, '"')).ok());
    const auto too_wide = read_csv(std::string(10000000, ','));
    REQUIRE(!too_wide.ok());
    CHECK(too_wide.error().place == "line 1, column 1048577");
}

// The nearest floats, from the definition of the format; the last two lie just below and above the
// middle between two floats, which a detour over double would round wrongly.
TEST_CASE("csv: numbers are rounded to the nearest float on every target") {
    struct Case {
        const char* text;
        std::uint32_t bits;
    };
    for (const Case& c :
         {Case{"0", 0}, Case{"-0", 0x80000000u}, Case{"1", 0x3f800000u}, Case{"0.1", 0x3dcccccdu},
          Case{"-1.5e-3", 0xbac49ba6u}, Case{"3.4028235e38", 0x7f7fffffu},
          Case{"3.40282356e38", 0x7f7fffffu}, Case{"1e-45", 1}, Case{"7e-46", 0}, Case{"1e-400", 0},
          Case{"-1e-99999999999", 0x80000000u}, Case{"1.17549435e-38", 0x800000u},
          Case{"0e999999999999", 0}, Case{"16777217", 0x4b800000u}, Case{"16777219", 0x4b800002u},
          Case{"1.00000005960464477539062499999999", 0x3f800000u},
          Case{"1.00000005960464477539062500000001", 0x3f800001u}}) {
        INFO(c.text);
        float value = 99.0f;
        REQUIRE(parse_number(c.text, value) == NumberKind::finite);
        CHECK(whittle_bits_from_float(value) == c.bits);
    }
    float value = 0.0f;
    for (const char* text : {"nan", "-NaN", "inf", "INFINITY", "1e39", "3.4028236e38", "1e99999",
                             "10000000000000000000000000000000000000000"}) {
        INFO(text);
        CHECK(parse_number(text, value) == NumberKind::not_finite);
    }
    for (const char* text : {"", "-", "+", ".", "e5", "1e", "1e+", "0x1p3", "1f", " 1", "1 ", "+-1",
                             "1,5", "nan(0)", "infin", "--1", "1_000"}) {
        INFO(text);
        CHECK(parse_number(text, value) == NumberKind::not_number);
    }
}

TEST_CASE("csv: real measurements") {
    const auto path = whittle::test::shared_data("data/fan/fan_0_off_0_weight/0031.csv");
    if (!path) return;
    const auto bytes = read_file(*path);
    REQUIRE(bytes.ok());
    const Dataset data = read({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    CHECK(data.size() == 200);
    CHECK(data.feature_shape == Shape{2});
    CHECK(features(data)[0] == -0.006348f);
    CHECK(data.targets[0] == 0.963379f);
}

}  // namespace
