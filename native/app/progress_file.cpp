#include "native/app/progress_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace whittle::app {

namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

template <class T>
T value_or(const Json& object, const char* name, T otherwise) {
    const auto found = object.find(name);
    if (found == object.end()) return otherwise;
    if constexpr (std::is_same_v<T, std::string>) {
        return found->is_string() ? found->get<T>() : otherwise;
    } else {
        return found->is_number_integer() ? found->get<T>() : otherwise;
    }
}

Progress::Entry read_entry(const Json& json) {
    Progress::Entry entry;
    entry.answers.predict = value_or(json, "predict", -1);
    entry.link = value_or(json, "link", std::string());
    if (json.contains("check") && json["check"].is_array()) {
        for (const Json& answer : json["check"]) {
            entry.answers.check.push_back(answer.is_number_integer() ? answer.get<int>() : -1);
        }
    }
    if (json.contains("goals") && json["goals"].is_array()) {
        for (const Json& goal : json["goals"]) {
            if (goal.is_string()) entry.goals.push_back(goal.get<std::string>());
        }
    }
    return entry;
}

}  // namespace

std::string progress_path() {
    const char* data = std::getenv("XDG_DATA_HOME");
    if (data != nullptr && data[0] == '/') return std::string(data) + "/whittle/progress.json";
    const char* home = std::getenv("HOME");
    if (home == nullptr || home[0] == '\0') return "";
    return std::string(home) + "/.local/share/whittle/progress.json";
}

Result<Progress> load_progress(const std::string& path) {
    std::ifstream file(path);
    if (path.empty() || !file) return Progress{};
    std::stringstream text;
    text << file.rdbuf();
    const Json json = Json::parse(text.str(), nullptr, false);
    if (!json.is_object() || value_or(json, "version", 0) != kVersion) {
        return Error{.file = path,
                     .expected = "progress of version " + std::to_string(kVersion),
                     .hint = "move the file away to start afresh"};
    }
    Progress progress;
    progress.lesson = value_or(json, "lesson", std::string());
    progress.theme = value_or(json, "theme", std::string());
    if (json.contains("lessons") && json["lessons"].is_object()) {
        for (const auto& [name, entry] : json["lessons"].items()) {
            if (entry.is_object()) progress.lessons[name] = read_entry(entry);
        }
    }
    return progress;
}

Status save_progress(const std::string& path, const Progress& progress) {
    if (path.empty()) return {};
    Json lessons = Json::object();
    for (const auto& [name, entry] : progress.lessons) {
        lessons[name] = {{"predict", entry.answers.predict},
                         {"check", entry.answers.check},
                         {"goals", entry.goals},
                         {"link", entry.link}};
    }
    const Json json = {{"version", kVersion},
                       {"lesson", progress.lesson},
                       {"theme", progress.theme},
                       {"lessons", lessons}};
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
    const std::string draft = path + ".new";
    {
        std::ofstream file(draft);
        file << json.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
        if (!file) return Error{.file = draft, .expected = "a file that can be written"};
    }
    std::filesystem::rename(draft, path, failed);
    if (failed) return Error{.file = path, .found = failed.message()};
    return {};
}

}  // namespace whittle::app
