#include "native/app/progress_file.h"

#include <cstdlib>

#include "core/base/platform/files.h"

namespace whittle::app {

namespace {

constexpr std::size_t kMaxBytes = 4u << 20;

Progress::Entry entry_of(const LessonProgress& stored) {
    Progress::Entry entry;
    entry.answers.predict = stored.prediction.value_or(-1);
    for (const auto& [question, answer] : stored.answers) {
        const auto index = static_cast<std::size_t>(question);
        if (entry.answers.check.size() <= index) entry.answers.check.resize(index + 1, -1);
        entry.answers.check[index] = answer;
    }
    entry.goals = stored.goals;
    entry.link = stored.link;
    entry.stored = stored;
    return entry;
}

LessonProgress stored_of(const Progress::Entry& entry) {
    LessonProgress stored = entry.stored;
    if (entry.answers.predict >= 0) stored.prediction = entry.answers.predict;
    for (std::size_t i = 0; i < entry.answers.check.size(); ++i) {
        const int answer = entry.answers.check[i];
        if (answer >= 0) stored.answers[static_cast<int>(i)] = answer;
    }
    stored.goals = entry.goals;
    stored.link = entry.link;
    return stored;
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
    if (path.empty() || !file_exists(path)) return Progress{};
    const auto bytes = read_file(path, kMaxBytes);
    if (!bytes.ok()) return bytes.status();
    Result<whittle::Progress> stored =
        parse_progress({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!stored.ok()) {
        Error error = stored.error();
        error.file = path;
        if (error.hint.empty()) error.hint = "move the file away to start afresh";
        return error;
    }
    Progress progress;
    progress.lesson = stored->lesson;
    progress.theme = stored->theme;
    progress.other_fields = stored->other_fields;
    for (const auto& [name, lesson] : stored->lessons) progress.lessons[name] = entry_of(lesson);
    return progress;
}

Status save_progress(const std::string& path, const Progress& progress) {
    if (path.empty()) return {};
    whittle::Progress stored;
    stored.lesson = progress.lesson;
    stored.theme = progress.theme;
    stored.other_fields = progress.other_fields;
    for (const auto& [name, entry] : progress.lessons) stored.lessons[name] = stored_of(entry);
    const std::string folder = path.substr(0, path.rfind('/'));
    if (const Status status = make_folder(folder); !status.ok()) return status;
    return write_file(path, to_json(stored));
}

}  // namespace whittle::app
