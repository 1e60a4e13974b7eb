#include "core/base/tensor.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "core/base/hash.h"

using namespace whittle;

namespace {

TEST_CASE("tensor: element counts, sizes and names") {
    CHECK(element_count({}) == 1);
    CHECK(element_count({3, 0, 5}) == 0);
    CHECK(element_count({65536, 32768}) == kMaxElements);
    CHECK(to_string(Shape{}) == "[]");
    CHECK(to_string(Shape{1, 28, 28, 1}) == "[1, 28, 28, 1]");
    CHECK(std::string(dtype_name(DType::int8)) == "int8");
    CHECK(element_bytes(DType::float32) == 4);
    CHECK(element_bytes(DType::int64) == 8);
    CHECK(element_bytes(DType::int4) == 0);
}

TEST_CASE("tensor: two int4 share a byte, and an odd one takes a whole") {
    Tensor tensor;
    tensor.dtype = DType::int4;
    for (const std::int32_t count : {0, 1, 2, 3, 8}) {
        tensor.shape = {count};
        CHECK(tensor.bytes() == static_cast<std::size_t>((count + 1) / 2));
    }
}

TEST_CASE("tensor: a constant holds its values") {
    const float values[] = {1.5f, -2.0f};
    const Tensor tensor = make_constant("weights", {1, 2}, values);
    CHECK(tensor.constant);
    CHECK(tensor.bytes() == tensor.data.size());
    REQUIRE(tensor.as<float>().size() == 2);
    CHECK(tensor.as<float>()[0] == 1.5f);
    CHECK(tensor.as<float>()[1] == -2.0f);
    CHECK(make_constant("none", {0}, {}).data.empty());
}

// The published test values of FNV-1a.
TEST_CASE("hash: FNV-1a") {
    const auto hash = [](const std::string& text) {
        return fnv1a({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    };
    CHECK(to_hex(hash("")) == "cbf29ce484222325");
    CHECK(to_hex(hash("a")) == "af63dc4c8601ec8c");
    CHECK(to_hex(hash("foobar")) == "85944171f73967e8");
}

}  // namespace
