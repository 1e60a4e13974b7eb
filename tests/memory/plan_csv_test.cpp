#include "core/memory/plan_csv.h"

#include <doctest/doctest.h>

#include <string>

namespace whittle {

namespace {

void refuses(const std::string& text, const std::string& place, const std::string& about) {
    CAPTURE(text);
    const auto table = read_buffer_table(text);
    REQUIRE(!table.ok());
    CHECK(table.error().place == place);
    const std::string message = table.error().message();
    CAPTURE(message);
    CHECK(message.find(about) != std::string::npos);
}

const std::string kHeader = "id,lower,upper,size\n";

}  // namespace

TEST_CASE("A table of buffers: upper is exclusive") {
    const auto table = read_buffer_table(kHeader + "a,0,1,16\r\n b , 3 ,2147483647,4294967295\n");
    REQUIRE(table.ok());
    CHECK(table->ids == std::vector<std::string>{"a", "b"});
    REQUIRE(table->buffers.size() == 2);
    CHECK(table->buffers[0].bytes == 16);
    CHECK(table->buffers[0].first_step == 0);
    CHECK(table->buffers[0].last_step == 0);
    CHECK(table->buffers[1].bytes == kMaxBufferBytes);
    CHECK(table->buffers[1].last_step == 2147483646);
    CHECK(validate_buffers(table->buffers, 1).ok());
}

TEST_CASE("Columns may stand in any order") {
    const auto table = read_buffer_table("size,upper,id,lower\n8,5,x,2");
    REQUIRE(table.ok());
    CHECK(table->ids[0] == "x");
    CHECK(table->buffers[0].bytes == 8);
    CHECK(table->buffers[0].first_step == 2);
    CHECK(table->buffers[0].last_step == 4);
}

TEST_CASE("A table that makes no sense is refused with the place") {
    refuses("", "line 1", "an empty file");
    refuses("\n\n", "line 3", "an empty file");
    refuses(kHeader, "line 1", "a line for each buffer");
    refuses("id,lower,upper\n1,2,3\n", "line 1", "no column size");
    refuses("id,lower,upper,size,size\n", "line 1", "'size' twice");
    refuses("id,lower,upper,bytes\n", "line 1", "'bytes'");
    refuses("1,0,2,3\n", "line 1", "id, lower, upper, size");
    refuses(kHeader + "a,0,2\n", "line 2", "is the file complete?");
    refuses(kHeader + "a,0,2,3,4\n", "line 2", "found 5");
    refuses(kHeader + "a,0,2,3\na,2,4,3\n", "line 3, column 1", "'a', which line 2 has too");
    refuses(kHeader + "a,0,2,-3\n", "line 2, column 4", "found '-3'");
    refuses(kHeader + "a,0,2,1.5\n", "line 2, column 4", "whole number");
    refuses(kHeader + "a,0,2,\n", "line 2, column 4", "found ''");
    refuses(kHeader + "a,0,2,4294967296\n", "line 2, column 4", "4294967295");
    refuses(kHeader + "a,0,2,1099511627776\n", "line 2, column 4", "1099511627776");
    refuses(kHeader + "a,0,2,99999999999999999999999\n", "line 2, column 4", "whole number");
    refuses(kHeader + "a,5,5,3\n", "line 2, column 3", "above 5");
    refuses(kHeader + "a,5,2,3\n", "line 2, column 3", "found 2");
    refuses(kHeader + "a,-1,2,3\n", "line 2, column 2", "'-1'");
    refuses(kHeader + "a,0,2147483648,3\n", "line 2, column 3", "2147483647");
    refuses(kHeader + "\"a,0,2,3\n", "line 2, column 1", "closing quote");
    refuses(kHeader + "a,0,2,0x10\n", "line 2, column 4", "'0x10'");
    refuses(std::string("id,lower,upper,size\na,0,2,3\0", 28), "line 2, column 4", "value 0");
}

}  // namespace whittle
