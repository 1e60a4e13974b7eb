#include "core/deploy/kernel_text.h"

#include <algorithm>
#include <string_view>

#include "embedded_kernels.h"
#include "embedded_siblings.h"

namespace whittle {
namespace {

// Helpers up to this many lines are inlined.
constexpr std::ptrdiff_t kShortLines = 14;

constexpr std::string_view kFunction = "static inline ";
constexpr std::string_view kKinds =
    "/* Kernels and long functions stay whole and short ones are inlined, whatever the model: so "
    "each\n"
    " * takes the same memory and the same instructions everywhere. */\n"
    "#if defined(__clang__)\n"
    "#define WHITTLE_WHOLE static __attribute__((noinline, unused))\n"
    "#define WHITTLE_INLINED static inline __attribute__((always_inline))\n"
    "#elif defined(__GNUC__)\n"
    "#define WHITTLE_WHOLE static __attribute__((noipa, unused))\n"
    "#define WHITTLE_INLINED static inline __attribute__((always_inline))\n"
    "#else\n"
    "#define WHITTLE_WHOLE static inline\n"
    "#define WHITTLE_INLINED static inline\n"
    "#endif\n\n";

// Appends a file without its includes, and before it the files that it includes, each once.
void append_file(std::string_view path,
                 const std::vector<KernelFile>& files,
                 std::set<std::string>& done,
                 std::string& out) {
    if (!done.emplace(path).second) return;
    for (const KernelFile& file : files) {
        if (file.path != path) continue;
        std::string own;
        std::size_t begin = 0;
        while (begin < file.text.size()) {
            std::size_t end = file.text.find('\n', begin);
            if (end == std::string_view::npos) end = file.text.size() - 1;
            const std::string_view line = file.text.substr(begin, end + 1 - begin);
            constexpr std::string_view include = "#include \"";
            if (line.substr(0, include.size()) == include) {
                const std::size_t close = line.find('"', include.size());
                append_file(line.substr(include.size(), close - include.size()), files, done, out);
            } else {
                own += line;
            }
            begin = end + 1;
        }
        out += own + "\n";
    }
}

// The files that define kernels, in the order of their paths.
std::set<std::string_view> paths_of(const std::set<std::string>& kernels,
                                    const std::vector<KernelFile>& files) {
    std::set<std::string_view> paths;
    for (const std::string& kernel : kernels) {
        for (const KernelFile& file : files) {
            if (file.text.find("void " + kernel + "(") == std::string_view::npos) continue;
            paths.insert(file.path);
        }
    }
    return paths;
}

// How the function whose text begins with `static inline` is declared.
std::string_view kind_of(std::string_view function, const std::set<std::string>& called_kernels) {
    const std::size_t open = function.find('(');
    const std::size_t space = function.find_last_of(" *", open);
    const std::string name(function.substr(space + 1, open - space - 1));
    if (called_kernels.count(name) != 0) return "WHITTLE_WHOLE ";
    const std::string_view body = function.substr(0, function.find("\n}\n"));
    const bool is_short = std::count(body.begin(), body.end(), '\n') < kShortLines;
    return is_short ? "WHITTLE_INLINED " : "WHITTLE_WHOLE ";
}

// Every function that begins a line with "static inline", declared as its kind.
std::string with_kinds(std::string_view text, const std::set<std::string>& called_kernels) {
    std::string result;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        if (text.substr(begin, kFunction.size()) == kFunction) {
            result += kind_of(text.substr(begin), called_kernels);
            begin += kFunction.size();
        }
        result += text.substr(begin, end - begin);
        begin = end;
    }
    return result;
}

}  // namespace

std::vector<KernelFile> reference_kernel_files() {
    std::vector<KernelFile> files;
    for (const auto& file : embedded_kernels::files()) files.push_back({file.path, file.text});
    return files;
}

std::vector<KernelFile> all_kernel_files() {
    std::vector<KernelFile> files = reference_kernel_files();
    for (const auto& file : embedded_siblings::files()) files.push_back({file.path, file.text});
    return files;
}

std::string kernel_text(const std::set<std::string>& called_kernels,
                        const std::vector<KernelFile>& files) {
    std::set<std::string> done;
    std::string text;
    for (const std::string_view path : paths_of(called_kernels, files)) {
        append_file(path, files, done, text);
    }
    return std::string(kKinds) + with_kinds(text, called_kernels);
}

}  // namespace whittle
