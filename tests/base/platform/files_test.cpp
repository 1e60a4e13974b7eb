#include "core/base/platform/files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

using namespace whittle;

namespace {

// A folder that is gone at the end of its scope.
struct TemporaryFolder {
    TemporaryFolder() {
        auto created = make_temporary_folder();
        REQUIRE_MESSAGE(created.ok(), (created.ok() ? "" : created.error().message()));
        path = created.value();
    }
    ~TemporaryFolder() { remove_folder(path); }
    std::string path;
};

std::vector<std::uint8_t> some_bytes(std::size_t size) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 131 + i / 256);
    return bytes;
}

TEST_CASE("files: what was written is read, at every size") {
    const TemporaryFolder folder;
    const std::string path = folder.path + "/data.bin";
    constexpr std::size_t kMegabyte = std::size_t{1} << 20;  // one step of reading
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMegabyte - 1, kMegabyte,
                                   kMegabyte + 1, 3 * kMegabyte + 17}) {
        const auto bytes = some_bytes(size);
        REQUIRE(write_file(path, bytes).ok());
        const auto read = read_file(path);
        REQUIRE(read.ok());
        CHECK(read.value() == bytes);
    }
    REQUIRE(write_file(path, std::string_view("text\n")).ok());
    CHECK(read_file(path)->size() == 5);
}

TEST_CASE("files: the limit holds to the byte") {
    const TemporaryFolder folder;
    const std::string path = folder.path + "/data.bin";
    REQUIRE(write_file(path, some_bytes(100)).ok());
    CHECK(read_file(path, 100).ok());
    const auto refused = read_file(path, 99);
    REQUIRE(!refused.ok());
    CHECK(refused.error().file == path);
    CHECK(refused.error().expected == "at most 99 bytes");
}

TEST_CASE("files: a folder is listed by the bytes of its names, hidden ones left out") {
    const TemporaryFolder folder;
    for (const char* name : {"b", "B", "a10", "a2", "\xc3\xa4", ".hidden"}) {
        REQUIRE(write_file(folder.path + "/" + name, std::string_view("x")).ok());
    }
    REQUIRE(make_folder(folder.path + "/a").ok());
    const auto entries = list_folder(folder.path);
    REQUIRE(entries.ok());
    std::vector<std::string> names;
    for (const FolderEntry& entry : entries.value()) {
        names.push_back(entry.name);
        CHECK(entry.is_folder == (entry.name == "a"));
    }
    CHECK(names == std::vector<std::string>{"B", "a", "a10", "a2", "b", "\xc3\xa4"});
    CHECK(list_folder(folder.path + "/a")->empty());
    CHECK(list_folder(folder.path + "/b").error().found == "a file");
    const auto missing = list_folder(folder.path + "/none");
    REQUIRE(!missing.ok());
    CHECK(missing.error().file == folder.path + "/none");
    CHECK(!missing.error().hint.empty());
}

TEST_CASE("files: a device without a size does not get past the limit") {
    if (!file_exists("/dev/zero")) {
        MESSAGE("skipped: this system has no /dev/zero");
        return;
    }
    const auto endless = read_file("/dev/zero", 5000000);
    REQUIRE(!endless.ok());
    CHECK(endless.error().expected == "at most 5000000 bytes");
}

TEST_CASE("files: errors say what is wrong") {
    const TemporaryFolder folder;
    const auto missing = read_file(folder.path + "/none");
    REQUIRE(!missing.ok());
    CHECK(missing.error().file == folder.path + "/none");
    CHECK(!missing.error().found.empty());
    CHECK(!missing.error().hint.empty());
    const auto directory = read_file(folder.path);
    REQUIRE(!directory.ok());
    CHECK(directory.error().found == "a folder");
    CHECK(write_file(folder.path, std::string_view("x")).error().found == "a folder");
    const Status nowhere = write_file(folder.path + "/none/file", std::string_view("x"));
    REQUIRE(!nowhere.ok());
    CHECK(!nowhere.error().found.empty());
    CHECK(!make_folder("").ok());
}

TEST_CASE("files: writing replaces whole files and leaves nothing beside them") {
    const TemporaryFolder folder;
    const std::string path = folder.path + "/model";
    REQUIRE(write_file(path, std::string_view("old")).ok());
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    REQUIRE(write_file(path, std::string_view("newer")).ok());
    CHECK(read_file(path)->size() == 5);
    struct stat info;
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0640);
    // The folder holds this one file: without it, it can be removed.
    REQUIRE(::unlink(path.c_str()) == 0);
    CHECK(::rmdir(folder.path.c_str()) == 0);
}

TEST_CASE("files: a link stays a link") {
    const TemporaryFolder folder;
    REQUIRE(write_file(folder.path + "/real", std::string_view("old")).ok());
    REQUIRE(::symlink((folder.path + "/real").c_str(), (folder.path + "/link").c_str()) == 0);
    REQUIRE(write_file(folder.path + "/link", std::string_view("newer")).ok());
    CHECK(read_file(folder.path + "/real")->size() == 5);
    struct stat info;
    REQUIRE(::lstat((folder.path + "/link").c_str(), &info) == 0);
    CHECK(S_ISLNK(info.st_mode));
}

TEST_CASE("files: folders are created with their parents and removed with their content") {
    const TemporaryFolder folder;
    const std::string deep = folder.path + "/a/b/c";
    REQUIRE(make_folder(deep).ok());
    CHECK(make_folder(deep).ok());
    CHECK(make_folder(deep + "/d/").ok());
    REQUIRE(write_file(deep + "/file", std::string_view("x")).ok());
    CHECK(file_exists(deep + "/file"));
    const Status blocked = make_folder(deep + "/file/below");
    REQUIRE(!blocked.ok());
    CHECK(blocked.error().file == deep + "/file");
    // Removing does not follow links out of the folder.
    REQUIRE(make_folder(folder.path + "/outside").ok());
    REQUIRE(write_file(folder.path + "/outside/kept", std::string_view("x")).ok());
    REQUIRE(::symlink((folder.path + "/outside").c_str(), (deep + "/link").c_str()) == 0);
    remove_folder(folder.path + "/a");
    CHECK(!file_exists(folder.path + "/a"));
    CHECK(file_exists(folder.path + "/outside/kept"));
}

}  // namespace
