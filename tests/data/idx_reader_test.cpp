#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/base/hash.h"
#include "core/base/platform/files.h"
#include "core/data/readers.h"
#include "tests/data/gzip_bytes.h"
#include "tests/support/shared_data.h"

using namespace whittle;
using namespace whittle::test;

namespace {

Bytes idx(std::uint8_t type,
          const std::vector<std::uint32_t>& dimensions,
          std::size_t elements,
          std::uint8_t modulus = 10) {
    Bytes bytes = {0, 0, type, static_cast<std::uint8_t>(dimensions.size())};
    for (const std::uint32_t dimension : dimensions) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<std::uint8_t>(dimension >> shift));
        }
    }
    for (std::size_t i = 0; i < elements; ++i) {
        bytes.push_back(static_cast<std::uint8_t>(i % modulus));
    }
    return bytes;
}

void check_refused(const Bytes& bytes, const std::string& place) {
    const auto result = read_idx(bytes);
    REQUIRE(!result.ok());
    CHECK(result.error().place == place);
    CHECK(!result.error().expected.empty());
    CHECK(!result.error().found.empty());
    CHECK(!result.error().hint.empty());
}

TEST_CASE("idx: reads shapes of every rank, plain and gzip") {
    for (const std::vector<std::uint32_t>& shape :
         {std::vector<std::uint32_t>{1}, {0}, {7}, {2, 3, 4}, {1, 1, 1, 1, 1, 1, 2, 2}, {5, 0}}) {
        std::size_t elements = 1;
        for (const std::uint32_t dimension : shape) elements *= dimension;
        const Bytes file = idx(8, shape, elements);
        for (const Bytes& bytes : {file, gzip_stored(file)}) {
            const auto array = read_idx(bytes);
            REQUIRE(array.ok());
            CHECK(array->shape == Shape(shape.begin(), shape.end()));
            REQUIRE(array->values.size() == elements);
            for (std::size_t i = 0; i < elements; ++i) REQUIRE(array->values[i] == i % 10);
        }
    }
}

TEST_CASE("idx: a file cut anywhere is refused where it ends") {
    const Bytes file = idx(8, {2, 3, 4}, 24);
    for (std::size_t size = 0; size < file.size(); ++size) {
        check_refused(Bytes(file.begin(), file.begin() + std::ptrdiff_t(size)),
                      "byte " + std::to_string(size));
    }
}

TEST_CASE("idx: malformed headers are refused at the wrong byte") {
    Bytes bytes = idx(8, {4}, 4);
    bytes[0] = 1;
    check_refused(bytes, "byte 0");
    bytes = idx(8, {4}, 4);
    bytes[1] = 0xff;
    check_refused(bytes, "byte 1");
    for (const int type : {0, 7, 9, 11, 12, 13, 14, 255}) {
        check_refused(idx(static_cast<std::uint8_t>(type), {4}, 4), "byte 2");
    }
    check_refused(idx(8, {}, 1), "byte 3");  // rank 0
    bytes = idx(8, {1, 1, 1, 1, 1, 1, 1, 1}, 1);
    bytes[3] = 9;
    check_refused(bytes, "byte 3");
    bytes[3] = 255;
    check_refused(bytes, "byte 3");
    Bytes text(100, 'a');
    check_refused(text, "byte 0");
}

TEST_CASE("idx: wild sizes are refused without taking memory for them") {
    check_refused(idx(8, {0xffffffffu}, 4), "byte 4");
    check_refused(idx(8, {0x80000000u}, 4), "byte 4");
    check_refused(idx(8, {3, 0xffffffffu}, 4), "byte 8");
    check_refused(idx(8, {65536, 65536}, 4), "byte 8");
    check_refused(idx(8, {65536, 65536, 65536, 65536}, 4), "byte 8");  // 2^64: 0 if it wrapped
    check_refused(idx(8, {0x7fffffffu, 2}, 4), "byte 8");
    check_refused(idx(8, {0, 0xffffffffu}, 0), "byte 8");
    check_refused(idx(8, {0x7fffffffu}, 4), "byte 12");  // right, but the data are not there
    check_refused(idx(8, {60000, 28, 28}, 100), "byte 116");
    check_refused(idx(8, {5}, 4), "byte 12");
}

TEST_CASE("idx: bytes after the end are refused") {
    check_refused(idx(8, {4}, 5), "byte 12");
    check_refused(idx(8, {0}, 1), "byte 8");
    check_refused(idx(8, {2, 2}, 1000), "byte 16");
}

TEST_CASE("idx: damaged gzip is refused") {
    const Bytes file = gzip_stored(idx(8, {4}, 4));
    for (std::size_t size = 2; size < file.size(); ++size) {
        check_refused(Bytes(file.begin(), file.begin() + std::ptrdiff_t(size)),
                      "byte " + std::to_string(size));
    }
}

// A folder with a small MNIST, in which a test then spoils one thing.
struct SmallMnist {
    SmallMnist() {
        auto created = make_temporary_folder();
        REQUIRE(created.ok());
        folder = created.value();
        put("train-images-idx3-ubyte", idx(8, {12, 4, 3}, 144, 251));
        put("train-labels-idx1-ubyte", idx(8, {12}, 12));
        put("t10k-images-idx3-ubyte.gz", gzip_stored(idx(8, {2, 4, 3}, 24)));
        put("t10k-labels-idx1-ubyte", idx(8, {2}, 2));
    }
    ~SmallMnist() { remove_folder(folder); }

    void put(const std::string& name, const Bytes& bytes) {
        REQUIRE(write_file(folder + "/" + name, bytes).ok());
    }
    void check_refused(const std::string& file, const std::string& place) {
        const auto result = read_mnist(folder);
        REQUIRE(!result.ok());
        CHECK(result.error().file == (file.empty() ? folder : folder + "/" + file));
        CHECK(result.error().place == place);
        CHECK(!result.error().expected.empty());
        CHECK(!result.error().found.empty());
        CHECK(!result.error().hint.empty());
    }
    std::string folder;
};

TEST_CASE("mnist: reads four files, plain or gzip") {
    const SmallMnist mnist;
    const auto data = read_mnist(mnist.folder);
    REQUIRE_MESSAGE(data.ok(), (data.ok() ? "" : data.error().message()));
    CHECK(data->train.size() == 12);
    CHECK(data->test.size() == 2);
    CHECK(data->train.feature_shape == Shape{4, 3, 1});
    CHECK(data->train.target_shape == Shape{10});
    CHECK(data->train.class_names.size() == 10);
    CHECK(data->train.labels[11] == 1);
    std::vector<float> pixels(12);
    data->train.gather_features(std::vector<std::uint32_t>{1}, pixels);
    CHECK(pixels[3] == 15.0f * (1.0f / 255.0f));
}

TEST_CASE("mnist: files that do not belong together are refused") {
    SmallMnist mnist;
    SUBCASE("a folder without them") {
        remove_folder(mnist.folder);
        mnist.check_refused("", "");
    }
    SUBCASE("one is missing") {
        remove_folder(mnist.folder);
        REQUIRE(make_folder(mnist.folder).ok());
        mnist.put("train-images-idx3-ubyte", idx(8, {12, 4, 3}, 144));
        mnist.check_refused("", "");
    }
    SUBCASE("fewer labels than images") {
        mnist.put("train-labels-idx1-ubyte", idx(8, {11}, 11));
        mnist.check_refused("train-labels-idx1-ubyte", "byte 4");
    }
    SUBCASE("more labels than images") {
        mnist.put("t10k-labels-idx1-ubyte", idx(8, {3}, 3));
        mnist.check_refused("t10k-labels-idx1-ubyte", "byte 4");
    }
    SUBCASE("a label of 10") {
        mnist.put("train-labels-idx1-ubyte", idx(8, {12}, 12, 11));
        mnist.check_refused("train-labels-idx1-ubyte", "byte 18");
    }
    SUBCASE("images in place of labels") {
        mnist.put("train-labels-idx1-ubyte", idx(8, {12, 4, 3}, 144));
        mnist.check_refused("train-labels-idx1-ubyte", "byte 3");
    }
    SUBCASE("labels in place of images") {
        mnist.put("train-images-idx3-ubyte", idx(8, {12}, 12));
        mnist.check_refused("train-images-idx3-ubyte", "byte 3");
    }
    SUBCASE("no images") {
        mnist.put("train-images-idx3-ubyte", idx(8, {0, 4, 3}, 0));
        mnist.check_refused("train-images-idx3-ubyte", "byte 4");
    }
    SUBCASE("images without pixels") {
        mnist.put("train-images-idx3-ubyte", idx(8, {12, 4, 0}, 0));
        mnist.check_refused("train-images-idx3-ubyte", "byte 12");
    }
    SUBCASE("test images of another size") {
        mnist.put("t10k-images-idx3-ubyte", idx(8, {2, 3, 4}, 24));
        mnist.check_refused("t10k-images-idx3-ubyte", "byte 8");
    }
    SUBCASE("a broken file is named with its path") {
        mnist.put("t10k-images-idx3-ubyte.gz", Bytes{0x1f, 0x8b, 8});
        mnist.check_refused("t10k-images-idx3-ubyte.gz", "byte 3");
    }
    SUBCASE("a folder in place of a file") {
        REQUIRE(make_folder(mnist.folder + "/t10k-images-idx3-ubyte").ok());
        const auto result = read_mnist(mnist.folder);
        REQUIRE(!result.ok());
        CHECK(result.error().found == "a folder");
    }
}

TEST_CASE("mnist: the real data") {
    const auto folder = shared_data("data/mnist");
    if (!folder) return;
    const auto data = read_mnist(*folder);
    REQUIRE_MESSAGE(data.ok(), (data.ok() ? "" : data.error().message()));
    CHECK(data->train.size() == 60000);
    CHECK(data->test.size() == 10000);
    CHECK(data->train.feature_shape == Shape{28, 28, 1});
    CHECK(data->train.feature_count() == 784);
    // The first labels, as published with the data.
    CHECK(std::vector<std::uint32_t>(data->train.labels.begin(), data->train.labels.begin() + 5) ==
          std::vector<std::uint32_t>{5, 0, 4, 1, 9});
    CHECK(std::vector<std::uint32_t>(data->test.labels.begin(), data->test.labels.begin() + 5) ==
          std::vector<std::uint32_t>{7, 2, 1, 0, 4});
    // The known mean of the training pixels, 0.1307.
    const auto& pixels = std::get<std::vector<std::uint8_t>>(data->train.features);
    REQUIRE(pixels.size() == 60000u * 784u);
    std::uint64_t sum = 0;
    for (const std::uint8_t pixel : pixels) sum += pixel;
    CHECK(double(sum) / double(pixels.size()) / 255.0 == doctest::Approx(0.1307).epsilon(0.0005));
}

}  // namespace
