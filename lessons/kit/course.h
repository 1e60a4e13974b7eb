#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// A lesson's prose, read from its lesson.md. The file is plain Markdown with this outline:
//
//   # Title
//   one paragraph: what the lesson is about
//   ## Predict          one question, answered before the lab runs
//   ## Try              what to do in the lab
//   ## Explain          prose and formulas ($…$ and $$…$$)
//   ## Check            the quiz: any number of questions
//
// A question is a ### heading (its text; paragraphs under it belong to it), a task list of two or
// more answers with the one right answer ticked ("- [x]"), and a block quote that explains it,
// shown after the answer.
struct Question {
    std::string text;                  // Markdown
    std::vector<std::string> answers;  // Markdown
    std::size_t right = 0;
    std::string explanation;  // Markdown
};

struct Lesson {
    std::string name;   // "guess-the-line"
    int number = 0;     // 2
    std::string title;  // "Guess the line"
    std::string about;  // Markdown, as are the following
    Question predict;
    std::string attempt;  // the section Try
    std::string explain;
    std::vector<Question> check;
};

// Reads a lesson.md; `folder` is "02-guess-the-line". Errors name the line.
Result<Lesson> parse_lesson(const std::string& folder, const std::string& markdown);

// The lesson.md files, as they are compiled in.
struct LessonFile {
    std::string folder;
    std::string_view markdown;
};
std::vector<LessonFile> lesson_files();

// All lessons there are, in order. (That all of them parse is seen to when they are built.)
std::span<const Lesson> all_lessons();
const Lesson* lesson_named(std::string_view name);

}  // namespace whittle
