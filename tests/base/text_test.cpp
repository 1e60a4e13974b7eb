#include "core/base/text.h"

#include <doctest/doctest.h>

namespace whittle {

TEST_CASE("clean_text keeps UTF-8 and replaces what cannot be printed") {
    CHECK(clean_text("") == "");
    CHECK(clean_text("dense/bias") == "dense/bias");
    CHECK(clean_text("größe Ω 中 🎈") == "größe Ω 中 🎈");
    CHECK(clean_text(std::string_view("a\0b\n\x1b[31m\x7f", 10)) == "a?b??[31m?");
    CHECK(clean_text("\xc2\x80") == "?");             // a control character of Latin 1
    CHECK(clean_text("\xff\xfe") == "??");            // never in UTF-8
    CHECK(clean_text("\xc3") == "?");                 // cut short
    CHECK(clean_text("\xc3(") == "?(");               // no continuation
    CHECK(clean_text("\xc0\xaf") == "??");            // overlong '/'
    CHECK(clean_text("\xe0\x80\xaf") == "???");       // overlong, three bytes
    CHECK(clean_text("\xed\xa0\x80") == "???");       // a surrogate
    CHECK(clean_text("\xf4\x90\x80\x80") == "????");  // above U+10FFFF
}

TEST_CASE("quoted cuts at a character's border") {
    CHECK(quoted("x") == "'x'");
    CHECK(quoted("") == "''");
    CHECK(quoted("abcd", 4) == "'abcd'");
    CHECK(quoted("abcde", 4) == "'abcd...'");
    CHECK(quoted("abcö", 4) == "'abc...'");
}

}  // namespace whittle
