// Prints all lessons as one JSON document whose texts are HTML, for the build of the page:
//
//   {"lessons": [{"name": "guess-the-line", "number": 2, "title": "Guess the line", "about":
//   "<p>…",
//     "predict": {"text", "answers": [...], "right": 1, "explanation"}, "try", "explain",
//     "check": [questions like the one to predict]}]}
//
// A question's text and answers have no <p> around them, when they are one paragraph; titles are
// plain text. Formulas are <x-equation> elements. With --characters it prints every character that
// the desktop app and the page's canvas need for the prose, each once: what a font must have.
//
// A lesson with a mistake is named with its line, and the exit status is 1.

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/kit/course.h"
#include "lessons/kit/markdown.h"

namespace whittle {

namespace {

using Json = nlohmann::ordered_json;

// Keeps the first error; what it converts after that does not matter.
class Converter {
public:
    explicit Converter(std::string file) : file_(std::move(file)) {}

    std::string html(const std::string& markdown) { return taken(markdown_html(markdown)); }
    std::string inline_html(const std::string& markdown) {
        return taken(markdown_inline_html(markdown));
    }
    // Also sees to it that the desktop app can draw it.
    Status check(const std::string& markdown) {
        return markdown_blocks(markdown).status().in_file(file_);
    }
    Json question(const Question& question) {
        Json json = {{"text", inline_html(question.text)}, {"answers", Json::array()}};
        for (const std::string& answer : question.answers) {
            json["answers"].push_back(inline_html(answer));
        }
        json["right"] = question.right;
        json["explanation"] = html(question.explanation);
        return json;
    }
    const Status& status() const { return status_; }

private:
    std::string taken(Result<std::string> html) {
        if (html.ok()) return std::move(html).value();
        if (status_.ok()) status_ = html.status().in_file(file_);
        return "";
    }
    std::string file_;
    Status status_;
};

std::vector<std::string> texts_of(const Lesson& lesson) {
    std::vector<std::string> texts = {lesson.about, lesson.attempt, lesson.explain};
    std::vector<Question> questions = lesson.check;
    questions.push_back(lesson.predict);
    for (const Question& question : questions) {
        texts.push_back(question.text);
        texts.push_back(question.explanation);
        texts.insert(texts.end(), question.answers.begin(), question.answers.end());
    }
    return texts;
}

Result<Json> lesson_json(const Lesson& lesson, const std::string& file) {
    Converter convert(file);
    Json json = {{"name", lesson.name},
                 {"number", lesson.number},
                 {"title", lesson.title},
                 {"about", convert.html(lesson.about)},
                 {"predict", convert.question(lesson.predict)},
                 {"try", convert.html(lesson.attempt)},
                 {"explain", convert.html(lesson.explain)},
                 {"check", Json::array()}};
    for (const Question& question : lesson.check) {
        json["check"].push_back(convert.question(question));
    }
    for (const std::string& text : texts_of(lesson)) {
        if (const Status status = convert.check(text); !status.ok()) return status;
    }
    if (!convert.status().ok()) return convert.status();
    return json;
}

void collect_characters(const MarkdownRuns& runs, std::set<std::string>& characters) {
    for (const MarkdownRun& run : runs) {
        for (std::size_t begin = 0; begin < run.text.size();) {
            std::size_t end = begin + 1;
            while (end < run.text.size() &&
                   (static_cast<unsigned char>(run.text[end]) & 0xC0u) == 0x80u) {
                ++end;
            }
            characters.insert(run.text.substr(begin, end - begin));
            begin = end;
        }
    }
}

Status print_characters(const std::vector<Lesson>& lessons) {
    std::set<std::string> characters;
    for (const Lesson& lesson : lessons) {
        for (const std::string& text : texts_of(lesson)) {
            const auto blocks = markdown_blocks(text);
            if (!blocks.ok()) return blocks.status().in_file(lesson.name);
            for (const MarkdownBlock& block : *blocks) {
                collect_characters(block.runs, characters);
                for (const auto& row : block.rows) {
                    for (const MarkdownRuns& cell : row) collect_characters(cell, characters);
                }
            }
        }
    }
    characters.erase("\n");
    for (const std::string& character : characters) std::fputs(character.c_str(), stdout);
    std::puts("");
    return {};
}

Status run(bool characters) {
    std::vector<Lesson> lessons;
    Json document = {{"lessons", Json::array()}};
    for (const LessonFile& source : lesson_files()) {
        const std::string file = "lessons/" + source.folder + "/lesson.md";
        Result<Lesson> lesson = parse_lesson(source.folder, std::string(source.markdown));
        if (!lesson.ok()) return lesson.status().in_file(file);
        Result<Json> json = lesson_json(*lesson, file);
        if (!json.ok()) return json.status();
        document["lessons"].push_back(std::move(json).value());
        lessons.push_back(std::move(lesson).value());
    }
    if (characters) return print_characters(lessons);
    std::puts(document.dump(1, ' ', false, Json::error_handler_t::replace).c_str());
    return {};
}

}  // namespace

}  // namespace whittle

int main(int argument_count, char** arguments) {
    const bool characters = argument_count == 2 && std::string_view(arguments[1]) == "--characters";
    if (argument_count > 1 && !characters) {
        std::fputs("usage: whittle_prose [--characters]\n", stderr);
        return 2;
    }
    const whittle::Status status = whittle::run(characters);
    if (!status.ok()) {
        std::fprintf(stderr, "whittle_prose: %s\n", status.error().message().c_str());
        return 1;
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
