#include "core/base/platform/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace whittle {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

// A file descriptor that is closed at the end of its scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    bool close() {
        const int number = number_;
        number_ = -1;
        return number < 0 || ::close(number) == 0;
    }

private:
    int number_;
};

Error system_error(const std::string& path, const std::string& expected, int code) {
    Error error{path, "", expected, std::strerror(code), ""};
    switch (code) {
        case ENOENT:
        case ENOTDIR: {
            char folder[4096];
            const bool known = getcwd(folder, sizeof folder) != nullptr;
            error.hint = "check the spelling";
            if (known) error.hint += "; relative paths start at " + std::string(folder);
            break;
        }
        case EACCES:
        case EPERM: error.hint = "check the permissions of the file and its folder"; break;
        case ENOSPC:
        case EDQUOT: error.hint = "free some space and try again; nothing was overwritten"; break;
        default: break;
    }
    return error;
}

Error too_large(const std::string& path, std::size_t limit_bytes) {
    return {path, "", "at most " + std::to_string(limit_bytes) + " bytes", "a larger file",
            "check that this is the right file"};
}

// Reads to the end, of which a first guess is known; stops beyond limit_bytes. 0, or errno.
int read_to_end(int descriptor,
                std::size_t expected_bytes,
                std::size_t limit_bytes,
                std::vector<std::uint8_t>& bytes) {
    std::size_t used = 0;
    bytes.resize(expected_bytes + 1);  // one byte more shows that there is no more
    while (used <= limit_bytes) {
        if (bytes.size() == used) bytes.resize(std::max(used + kChunkBytes, used + used / 2));
        const ssize_t got = ::read(descriptor, bytes.data() + used,
                                   std::min(bytes.size() - used, kChunkBytes * 64));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) break;
        used += static_cast<std::size_t>(got);
    }
    bytes.resize(used);
    return 0;
}

int write_all(int descriptor, std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t done =
            ::write(descriptor, bytes.data(), std::min(bytes.size(), kChunkBytes * 64));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return 0;
}

// Where a symbolic link leads to; the path itself when there is nothing yet.
std::string resolved(const std::string& path) {
    char* real = ::realpath(path.c_str(), nullptr);
    if (real == nullptr) return path;
    const std::string result = real;
    std::free(real);
    return result;
}

// Creates a new file beside `path`, whose name is put into `name`; -1 and errno on failure.
int create_beside(const std::string& path, mode_t mode, std::string& name) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
        name = path + ".part" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
        const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

Status write_through(const std::string& path, std::span<const std::uint8_t> bytes) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.is_open()) return system_error(path, "a file to write", errno);
    const int code = write_all(file.number(), bytes);
    if (code != 0) return system_error(path, "to write it", code);
    return {};
}

Status replace(const std::string& path, std::span<const std::uint8_t> bytes, mode_t mode) {
    std::string name;
    Descriptor file(create_beside(path, mode, name));
    if (!file.is_open()) return system_error(path, "a file to write", errno);
    int code = write_all(file.number(), bytes);
    if (code == 0 && ::fsync(file.number()) != 0 && errno != EINVAL) code = errno;
    if (!file.close() && code == 0) code = errno;
    if (code == 0 && ::rename(name.c_str(), path.c_str()) != 0) code = errno;
    if (code == 0) return {};
    ::unlink(name.c_str());
    return system_error(path, "to write " + std::to_string(bytes.size()) + " bytes", code);
}

std::vector<std::string> folder_entries(const std::string& path) {
    std::vector<std::string> names;
    DIR* folder = ::opendir(path.c_str());
    if (folder == nullptr) return names;
    while (const dirent* entry = ::readdir(folder)) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(folder);
    return names;
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t limit_bytes) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return system_error(path, "a readable file", errno);
    struct stat info;
    if (::fstat(file.number(), &info) != 0) return system_error(path, "a readable file", errno);
    if (S_ISDIR(info.st_mode)) {
        return Error{path, "", "a file", "a folder", "name a file inside this folder"};
    }
    std::size_t expected_bytes = 0;
    if (S_ISREG(info.st_mode)) {
        const auto size = static_cast<std::uint64_t>(info.st_size);
        if (size > limit_bytes) return too_large(path, limit_bytes);
        expected_bytes = static_cast<std::size_t>(size);
    }
    std::vector<std::uint8_t> bytes;
    const int code = read_to_end(file.number(), expected_bytes, limit_bytes, bytes);
    if (code != 0) return system_error(path, "a readable file", code);
    if (bytes.size() > limit_bytes) return too_large(path, limit_bytes);
    return bytes;
}

Status write_file(const std::string& path, std::span<const std::uint8_t> bytes) {
    const std::string target = resolved(path);
    struct stat info;
    mode_t mode = 0666;  // the user's mask applies
    if (::stat(target.c_str(), &info) == 0) {
        if (S_ISDIR(info.st_mode)) {
            return Error{path, "", "a file to write", "a folder", "add a file name to the path"};
        }
        if (!S_ISREG(info.st_mode)) return write_through(target, bytes);
        if (::access(target.c_str(), W_OK) != 0)
            return system_error(path, "a file to write", errno);
        mode = info.st_mode & 0777;
    }
    return replace(target, bytes, mode);
}

Status write_file(const std::string& path, std::string_view text) {
    return write_file(path, std::span<const std::uint8_t>(
                                reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

bool file_exists(const std::string& path) {
    struct stat info;
    return ::stat(path.c_str(), &info) == 0;
}

Result<std::vector<FolderEntry>> list_folder(const std::string& path) {
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) return system_error(path, "a folder", errno);
    if (!S_ISDIR(info.st_mode))
        return Error{path, "", "a folder", "a file", "name the folder that it lies in"};
    if (::access(path.c_str(), R_OK | X_OK) != 0) {
        return system_error(path, "a readable folder", errno);
    }
    std::vector<FolderEntry> entries;
    for (std::string& name : folder_entries(path)) {
        if (name.front() == '.') continue;
        const bool is_folder =
            ::stat((path + "/" + name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
        entries.push_back({std::move(name), is_folder});
    }
    std::sort(entries.begin(), entries.end(),
              [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
    return entries;
}

Status make_folder(const std::string& path) {
    if (path.empty()) return Error{path, "", "the path of a folder", "an empty path", ""};
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string prefix = path.substr(0, end);
        struct stat info;
        const bool there = ::stat(prefix.c_str(), &info) == 0;
        if (there && !S_ISDIR(info.st_mode)) {
            return Error{prefix, "", "a folder", "a file", "choose another name"};
        }
        if (!there && ::mkdir(prefix.c_str(), 0777) != 0 && errno != EEXIST) {
            return system_error(prefix, "to create this folder", errno);
        }
        if (end == std::string::npos) return {};
    }
}

Result<std::string> make_temporary_folder() {
    const char* root = std::getenv("TMPDIR");
    std::string path = root != nullptr && *root != '\0' ? root : "/tmp";
    path += "/whittle-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
        return system_error(path, "to create a temporary folder", errno);
    }
    return path;
}

void remove_folder(const std::string& path) {
    for (const std::string& name : folder_entries(path)) {
        const std::string entry = path + "/" + name;
        struct stat info;
        if (::lstat(entry.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
            remove_folder(entry);
        } else {
            ::unlink(entry.c_str());
        }
    }
    ::rmdir(path.c_str());
}

}  // namespace whittle
