#include "core/data/labelled_files.h"

#include <algorithm>

#include "core/base/platform/files.h"
#include "core/base/text.h"
#include "core/data/readers.h"

namespace whittle {
namespace {

struct Found {
    std::string path;
    std::string label;
};

// Letters of the ending in either case: recorders write ".WAV".
bool ends_as(std::string_view name, std::string_view ending) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    const auto matches = [&](std::string_view text, std::string_view end) {
        return text.size() >= end.size() &&
               std::equal(end.begin(), end.end(), text.end() - std::ptrdiff_t(end.size()),
                          [&](char a, char b) { return a == lower(b); });
    };
    if (matches(name, ".gz")) name.remove_suffix(3);
    return matches(name, ending);
}

Error no_files(const std::string& folder, std::string_view ending, const std::string& found) {
    return {folder, "", "files *" + std::string(ending), found,
            "put the samples of each class into a folder of the class's name"};
}

Result<std::vector<Found>> find_in_folders(const std::string& folder,
                                           std::string_view ending,
                                           const std::vector<FolderEntry>& entries) {
    std::vector<Found> found;
    for (const FolderEntry& entry : entries) {
        if (!entry.is_folder) continue;
        const std::string path = folder + "/" + entry.name;
        const auto inside = list_folder(path);
        if (!inside.ok()) return inside.error();
        const std::size_t before = found.size();
        for (const FolderEntry& file : inside.value()) {
            if (file.is_folder || !ends_as(file.name, ending)) continue;
            found.push_back({path + "/" + file.name, entry.name});
        }
        if (found.size() == before) return no_files(path, ending, "none");
    }
    return found;
}

// "3_jackson_12.wav" is a "3".
Result<std::vector<Found>> find_by_name(const std::string& folder,
                                        std::string_view ending,
                                        const std::vector<FolderEntry>& entries) {
    std::vector<Found> found;
    for (const FolderEntry& entry : entries) {
        if (entry.is_folder || !ends_as(entry.name, ending)) continue;
        const std::string path = folder + "/" + entry.name;
        const std::size_t end = entry.name.find('_');
        if (end == std::string::npos || end == 0) {
            return Error{path, "", "a name that begins with its class and '_', as in yes_012.wav",
                         quoted(entry.name),
                         "or put the samples of each class into a folder of the class's name"};
        }
        found.push_back({path, entry.name.substr(0, end)});
    }
    return found;
}

std::string listed(std::span<const std::string> names) {
    std::string text = "one of";
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 20); ++i) {
        text += (i == 0 ? " " : ", ") + quoted(names[i]);
    }
    return text + (names.size() > 20 ? ", ..." : "");
}

Result<LabelledFiles> number_classes(const std::string& folder,
                                     std::vector<Found> found,
                                     std::span<const std::string> classes) {
    LabelledFiles files;
    files.class_names.assign(classes.begin(), classes.end());
    if (classes.empty()) {
        for (const Found& file : found) files.class_names.push_back(file.label);
        std::sort(files.class_names.begin(), files.class_names.end());
        files.class_names.erase(std::unique(files.class_names.begin(), files.class_names.end()),
                                files.class_names.end());
    }
    std::vector<bool> seen(files.class_names.size(), false);
    for (Found& file : found) {
        const auto place =
            std::find(files.class_names.begin(), files.class_names.end(), file.label);
        if (place == files.class_names.end()) {
            return Error{std::move(file.path), "class", listed(files.class_names),
                         quoted(file.label), "the file is in the wrong place, or misnamed"};
        }
        const auto label = static_cast<std::size_t>(place - files.class_names.begin());
        seen[label] = true;
        files.labels.push_back(static_cast<std::uint32_t>(label));
        files.paths.push_back(std::move(file.path));
    }
    const auto missing = std::find(seen.begin(), seen.end(), false);
    if (missing == seen.end()) return files;
    const auto index = static_cast<std::size_t>(missing - seen.begin());
    return Error{folder, "class " + quoted(files.class_names[index]), "at least one file", "none",
                 "is this the right folder?"};
}

}  // namespace

Result<LabelledFiles> find_labelled_files(const std::string& folder,
                                          std::string_view ending,
                                          std::span<const std::string> classes) {
    const auto entries = list_folder(folder);
    if (!entries.ok()) return entries.error();
    const auto is_sample = [&](const FolderEntry& entry) {
        return !entry.is_folder && ends_as(entry.name, ending);
    };
    const auto file = std::find_if(entries->begin(), entries->end(), is_sample);
    const auto inner = std::find_if(entries->begin(), entries->end(),
                                    [](const FolderEntry& entry) { return entry.is_folder; });
    if (file == entries->end() && inner == entries->end()) {
        return no_files(folder, ending, entries->empty() ? "an empty folder" : "none of them");
    }
    if (file != entries->end() && inner != entries->end()) {
        return Error{folder + "/" + file->name, "", "all files in folders named by their class",
                     "a file beside the folder " + quoted(inner->name),
                     "move it into the folder of its class"};
    }
    auto found = file == entries->end() ? find_in_folders(folder, ending, entries.value())
                                        : find_by_name(folder, ending, entries.value());
    if (!found.ok()) return found.error();
    return number_classes(folder, std::move(found.value()), classes);
}

Result<std::vector<std::uint8_t>> read_sample_file(const std::string& path) {
    const auto bytes = read_file(path, kSampleFileLimitBytes);
    if (!bytes.ok()) return bytes.error();
    auto plain = inflate_if_gzip(bytes.value(), kSampleFileLimitBytes);
    if (!plain.ok()) return plain.status().in_file(path);
    return plain;
}

Status check_total_size(const std::string& folder, std::size_t samples, std::size_t values) {
    const std::uint64_t bytes = std::uint64_t{sizeof(float)} * values;
    if (bytes == 0 || samples <= kInflatedLimitBytes / bytes) return {};
    return Error{folder, "",
                 "samples of at most " + std::to_string(kInflatedLimitBytes) + " bytes in all",
                 std::to_string(samples) + " samples of " + std::to_string(bytes) + " bytes",
                 "use fewer or shorter samples"};
}

}  // namespace whittle
