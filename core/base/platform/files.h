#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// More than this is not read into memory at once: 2 GiB, or 256 MiB where addresses have 32 bits.
inline constexpr std::size_t kFileLimitBytes = std::size_t{1}
                                               << (sizeof(std::size_t) > 4 ? 31 : 28);

// The whole file. Errors name the file and say whether it is missing, a folder, unreadable or
// larger than limit_bytes.
Result<std::vector<std::uint8_t>> read_file(const std::string& path,
                                            std::size_t limit_bytes = kFileLimitBytes);
// Writes beside the target first and then renames, so that a full disk or a crash loses nothing
// that was there.
Status write_file(const std::string& path, std::span<const std::uint8_t> bytes);
Status write_file(const std::string& path, std::string_view text);
bool file_exists(const std::string& path);

struct FolderEntry {
    std::string name;
    bool is_folder = false;
};
// What the folder holds, sorted by the bytes of the names; without names that begin with a dot.
Result<std::vector<FolderEntry>> list_folder(const std::string& path);
// Creates the folder and its parents; one that is there already is fine.
Status make_folder(const std::string& path);
// A new empty folder of this process under the system's temporary folder.
Result<std::string> make_temporary_folder();
void remove_folder(const std::string& path);

}  // namespace whittle
