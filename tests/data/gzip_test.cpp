#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/data/readers.h"
#include "tests/data/gzip_bytes.h"

using namespace whittle;
using namespace whittle::test;

namespace {

Bytes some_bytes(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + i / 255);
    return bytes;
}

void check_clear(const Result<Bytes>& result) {
    REQUIRE(!result.ok());
    CHECK(result.error().place.rfind("byte ", 0) == 0);
    CHECK(!result.error().expected.empty());
    CHECK(!result.error().found.empty());
    CHECK(!result.error().hint.empty());
}

TEST_CASE("gzip: what is not gzip comes back as it is") {
    for (const Bytes& bytes : {Bytes{}, Bytes{0x1f}, Bytes{0x1f, 0x8c, 8}, Bytes{0, 0, 8, 1}}) {
        const auto result = inflate_if_gzip(bytes);
        REQUIRE(result.ok());
        CHECK(result.value() == bytes);
    }
}

TEST_CASE("gzip: inflates, at sizes round the pieces it works in") {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{65535}, std::size_t{65536}, kPiece - 1,
          kPiece, kPiece + 1, 2 * kPiece + 5}) {
        const Bytes content = some_bytes(size);
        const auto result = inflate_if_gzip(gzip_stored(content));
        REQUIRE(result.ok());
        CHECK(result.value() == content);
    }
}

TEST_CASE("gzip: several members are one content; zeros may follow") {
    Bytes file = gzip_stored(some_bytes(1000));
    const Bytes second = gzip_stored(some_bytes(7));
    file.insert(file.end(), second.begin(), second.end());
    file.insert(file.end(), 512, 0);
    Bytes expected = some_bytes(1000);
    const Bytes tail = some_bytes(7);
    expected.insert(expected.end(), tail.begin(), tail.end());
    const auto result = inflate_if_gzip(file);
    REQUIRE(result.ok());
    CHECK(result.value() == expected);
}

TEST_CASE("gzip: a file cut anywhere is refused") {
    const Bytes file = gzip_stored(some_bytes(300));
    for (std::size_t size = 2; size < file.size(); ++size) {
        const auto result = inflate_if_gzip(std::span(file).first(size));
        check_clear(result);
        CHECK(result.error().place == "byte " + std::to_string(size));
    }
}

TEST_CASE("gzip: damage is refused") {
    const Bytes file = gzip_stored(some_bytes(300));
    const std::size_t end = file.size();
    // Method, flags, block type, the stored length, the content, checksum, length.
    for (const std::size_t offset : {std::size_t{2}, std::size_t{3}, std::size_t{10},
                                     std::size_t{12}, std::size_t{50}, end - 8, end - 1}) {
        Bytes damaged = file;
        damaged[offset] ^= 0xe6;
        INFO("offset " << offset);
        check_clear(inflate_if_gzip(damaged));
    }
}

TEST_CASE("gzip: other bytes after the end are refused") {
    Bytes file = gzip_stored(some_bytes(10));
    const std::size_t end = file.size();
    file.insert(file.end(), {0, 0, 'x'});
    const auto result = inflate_if_gzip(file);
    check_clear(result);
    CHECK(result.error().place == "byte " + std::to_string(end + 2));
}

TEST_CASE("gzip: the limit holds to the byte") {
    const Bytes file = gzip_stored(some_bytes(5000));
    CHECK(inflate_if_gzip(file, 5000).ok());
    for (const std::size_t limit : {std::size_t{4999}, std::size_t{1}, std::size_t{0}}) {
        const auto result = inflate_if_gzip(file, limit);
        check_clear(result);
        CHECK(result.error().found == "more");
    }
}

TEST_CASE("gzip: a bomb stops at the limit") {
    // 130 KB that would become 20 MB.
    const Bytes bomb = gzip_bomb(80000);
    CHECK(bomb.size() < 135000);
    const auto result = inflate_if_gzip(bomb, 1000000);
    check_clear(result);
    CHECK(result.error().expected == "at most 1000000 bytes when inflated");
    // Without the limit in its way, it does inflate: the wrong checksum at its end is found.
    const auto whole = inflate_if_gzip(bomb);
    check_clear(whole);
    CHECK(whole.error().found == "incorrect data check");
}

}  // namespace
