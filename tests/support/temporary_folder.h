#pragma once

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>

#include "core/base/platform/files.h"

namespace whittle::test {

// A folder that is gone with its contents at the end of the scope.
class TemporaryFolder {
public:
    TemporaryFolder() {
        const auto created = make_temporary_folder();
        REQUIRE(created.ok());
        path_ = created.value();
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { remove_folder(path_); }

    const std::string& path() const { return path_; }

    // Writes "NAME" or "FOLDER/NAME" inside, and returns its path.
    template <class Content>
    std::string put(const std::string& name, const Content& content) const {
        const std::string path = path_ + "/" + name;
        REQUIRE(make_folder(path.substr(0, path.rfind('/'))).ok());
        REQUIRE(write_file(path, content).ok());
        return path;
    }

private:
    std::string path_;
};

}  // namespace whittle::test
