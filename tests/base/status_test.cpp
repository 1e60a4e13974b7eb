#include "core/base/status.h"

#include <doctest/doctest.h>

#include <memory>

using whittle::Error;
using whittle::Result;
using whittle::Status;

namespace {

TEST_CASE("status: a message leaves out what is empty") {
    CHECK(Error{"a.csv", "line 3", "a number", "'x'", "mend it"}.message() ==
          "a.csv: line 3: expected a number, found 'x'\n  hint: mend it");
    CHECK(Error{"", "line 3", "a number", "", ""}.message() == "line 3: expected a number");
    CHECK(Error{"a.csv", "", "", "a folder", ""}.message() == "a.csv: found a folder");
    CHECK(Error{}.message().empty());
}

TEST_CASE("status: in_file names the file once") {
    CHECK(Status().in_file("a").ok());
    const Status failed = Error{"", "byte 4", "", "", ""};
    CHECK(failed.in_file("a").error().file == "a");
    CHECK(failed.in_file("a").in_file("b").error().file == "a");
    CHECK(failed.error().file.empty());
}

TEST_CASE("status: a result holds a value or an error") {
    Result<std::unique_ptr<int>> good = std::make_unique<int>(5);
    REQUIRE(good.ok());
    CHECK(good.status().ok());
    CHECK(*std::move(good).value() == 5);
    const Result<int> bad = Status(Error{"f", "", "", "", ""});
    REQUIRE(!bad.ok());
    CHECK(bad.error().file == "f");
    CHECK(!bad.status().ok());
}

}  // namespace
