#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// What a student has reached, as the desktop app keeps it and the page exports and imports it:
//
//   {"format": "whittle-progress", "version": 1, "lessons": {"guess-the-line": {
//      "prediction": 1, "goals": ["below-one"], "answers": {"0": 2}, "link": "w=3&b=1",
//      "kept": "w=2", "goalCount": 3}}, "lesson": "guess-the-line", "theme": "dark"}
//
// All fields of a lesson, and those after the lessons, may be absent. Fields that are not known, of
// a newer version's making, are kept and written again.
struct LessonProgress {
    std::optional<int> prediction{};   // the answer chosen before the lab, from 0
    std::vector<std::string> goals{};  // the ticked ones, by name
    std::map<int, int> answers{};      // of the quiz: question -> answer, both from 0
    std::string link{};                // the lab's state
    std::string kept{};                // a state that a shared link took the place of
    std::optional<int> goal_count{};   // how many goals the lab has
    std::string other_fields{};        // a JSON object; empty for none

    bool operator==(const LessonProgress&) const = default;
};

struct Progress {
    std::map<std::string, LessonProgress> lessons;  // by name
    std::string lesson;                             // the last one that was open
    std::string theme;                              // "light" or "dark"; empty: none chosen
    std::string other_fields{};                     // likewise

    bool operator==(const Progress&) const = default;
};

// From JSON that may come from anywhere. Errors name the byte, or the lesson and its field.
Result<Progress> parse_progress(std::string_view json);
std::string to_json(const Progress& progress);

// Both together; nothing that either one has reached is lost. Where both have worked in a lab, the
// state of `from` comes next, and the other is kept beside it.
Progress merged(const Progress& into, const Progress& from);

}  // namespace whittle
