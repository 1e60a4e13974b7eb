#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/data/readers.h"
#include "tests/data/gzip_bytes.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"

namespace whittle {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t kRecord = 3073;

Bytes record(std::uint8_t label) {
    Bytes bytes(kRecord);
    bytes[0] = label;
    for (std::size_t i = 1; i < kRecord; ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 1024);
    return bytes;
}

std::string refusal(const Bytes& bytes) {
    Dataset data;
    const Status status = add_cifar10(bytes, data);
    CHECK(data.labels.empty());
    if (status.ok()) return "accepted";
    CHECK(!status.error().hint.empty());
    return status.error().message();
}

bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("records become images with the colours side by side") {
    Bytes bytes = record(3);
    const Bytes second = record(9);
    bytes.insert(bytes.end(), second.begin(), second.end());
    Dataset data;
    REQUIRE(add_cifar10(bytes, data).ok());
    CHECK(data.size() == 2);
    CHECK(data.feature_shape == Shape{32, 32, 3});
    CHECK(data.labels == std::vector<std::uint32_t>{3, 9});
    CHECK(data.class_names[9] == "truck");
    const auto& pixels = std::get<Bytes>(data.features);
    REQUIRE(pixels.size() == 2 * 3072);
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{1023}}) {
        for (std::size_t c = 0; c < 3; ++c) CHECK(pixels[3 * i + c] == bytes[1 + c * 1024 + i]);
    }
    REQUIRE(add_cifar10(record(0), data).ok());
    CHECK(data.size() == 3);
}

TEST_CASE("files that are none are refused, and nothing is added") {
    CHECK(says(refusal({}), "empty"));
    for (const std::size_t size : {std::size_t{1}, std::size_t{3072}, std::size_t{3074}}) {
        Bytes bytes = record(1);
        bytes.resize(size);
        CHECK(says(refusal(bytes), "whole records of 3073 bytes"));
    }
    Bytes wrong = record(1);
    const Bytes second = record(10);
    wrong.insert(wrong.end(), second.begin(), second.end());
    CHECK(says(refusal(wrong), "byte 3073: expected a label from 0 to 9, found 10"));
    CHECK(!read_cifar10("/nowhere").ok());
    CHECK(says(read_cifar10("/nowhere").error().message(), "test_batch"));
}

TEST_CASE("a spoilt file of a folder is named, with its place") {
    struct Case {
        const char *file, *place, *part;
        Bytes bytes;
    };
    Bytes mislabelled = record(1);
    const Bytes second = record(255);
    mislabelled.insert(mislabelled.end(), second.begin(), second.end());
    Bytes cut = record(2);
    cut.pop_back();
    const Bytes gzip = test::gzip_stored(record(4));
    const Bytes cut_gzip(gzip.begin(), gzip.begin() + 100);
    for (const Case& c : {
             Case{"data_batch_2.bin", "byte 0", "empty", {}},
             Case{"data_batch_2.bin", "byte 0", "3072 bytes at the end", cut},
             Case{"test_batch.bin", "byte 3073", "a label from 0 to 9, found 255", mislabelled},
             Case{"data_batch_3.bin.gz", "byte 100", "cut short", cut_gzip},
         }) {
        const test::TemporaryFolder folder;
        folder.put("data_batch_1.bin", record(0));
        folder.put("test_batch.bin", record(9));
        REQUIRE(read_cifar10(folder.path()).ok());
        const std::string path = folder.put(c.file, c.bytes);
        const auto result = read_cifar10(folder.path());
        REQUIRE(!result.ok());
        CHECK(result.error().file == path);
        CHECK(result.error().place == c.place);
        CHECK(says(result.error().message(), c.part));
        CHECK(!result.error().hint.empty());
    }
}

TEST_CASE("the real data set") {
    const auto folder = test::shared_data("data/cifar10");
    if (!folder) return;
    const Result<TrainTestData> data = read_cifar10(*folder);
    REQUIRE_MESSAGE(data.ok(), data.status().error().message());
    CHECK(data->train.size() == 10000);
    CHECK(data->test.size() % 1000 == 0);
    std::vector<int> counts(10, 0);
    for (const std::uint32_t label : data->train.labels) ++counts[label];
    for (const int count : counts) CHECK(count > 900);
}

}  // namespace
}  // namespace whittle
