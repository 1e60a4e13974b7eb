#pragma once

#include <map>
#include <string>
#include <vector>

#include "lessons/kit/progress.h"
#include "native/app/lesson_page.h"

namespace whittle::app {

// What a student has reached, kept between two runs of the app in the form that the page exports.
struct Progress {
    struct Entry {
        Answers answers;
        std::vector<std::string> goals;  // ticked
        std::string link;                // the lab as it was left
        LessonProgress stored;           // what the file said, also what the app does not use
    };
    std::string lesson;  // the last one
    std::string theme;   // "light", "dark"; empty: none chosen
    std::map<std::string, Entry> lessons;
    std::string other_fields;  // of the file, kept
};

// $XDG_DATA_HOME/whittle/progress.json, or ~/.local/share/whittle/progress.json. Empty: no home.
std::string progress_path();
// No file: an empty Progress. A file that cannot be understood: an Error; it stays as it is.
Result<Progress> load_progress(const std::string& path);
// Writes beside the file first, so that a crash leaves the old one.
Status save_progress(const std::string& path, const Progress& progress);

}  // namespace whittle::app
