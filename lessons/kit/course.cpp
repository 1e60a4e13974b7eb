#include "lessons/kit/course.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "core/base/text.h"
#include "embedded_lessons.h"

namespace whittle {

namespace {

struct Line {
    std::string_view text;  // without trailing blanks
    int number = 0;         // from 1
    int heading = 0;        // 1 for "# ", 2 for "## ", ...; 0 for other lines and inside fences
};
using Lines = std::span<const Line>;

constexpr std::array kSections = {"Predict", "Try", "Explain", "Check"};

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

int heading_level(std::string_view line) {
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    const bool is_heading = level >= 1 && level <= 6 && level < line.size() && line[level] == ' ';
    return is_heading ? static_cast<int>(level) : 0;
}

std::string_view heading_text(const Line& line) {
    return trimmed(line.text.substr(static_cast<std::size_t>(line.heading)));
}

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    bool fenced = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
        text.remove_prefix(std::min(end + 1, text.size()));
        const bool fence = trimmed(line).substr(0, 3) == "```";
        if (fence) fenced = !fenced;
        const int number = static_cast<int>(lines.size()) + 1;
        lines.push_back({line, number, fenced || fence ? 0 : heading_level(line)});
    }
    return lines;
}

std::string joined(Lines lines) {
    std::string text;
    for (const Line& line : lines) text += std::string(line.text) + "\n";
    const std::size_t first = text.find_first_not_of('\n');
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of('\n') - first + 1);
}

Error at_line(int number, std::string expected, std::string found, std::string hint = "") {
    return {.place = "line " + std::to_string(number),
            .expected = std::move(expected),
            .found = std::move(found),
            .hint = std::move(hint)};
}

std::string found_text(const Line& line) {
    return line.text.empty() ? "an empty line" : quoted(line.text);
}

// Takes lines from the front, as long as they belong together.
class Reader {
public:
    Reader(Lines lines, int end_number) : lines_(lines), end_number_(end_number) {}

    bool at_end() const { return lines_.empty(); }
    const Line& front() const { return lines_.front(); }
    void skip() { lines_ = lines_.subspan(1); }
    void skip_empty() {
        while (!at_end() && front().text.empty()) skip();
    }
    template <class Condition>
    Lines take_while(Condition condition) {
        std::size_t count = 0;
        while (count < lines_.size() && condition(lines_[count])) ++count;
        const Lines taken = lines_.subspan(0, count);
        lines_ = lines_.subspan(count);
        return taken;
    }
    // The number of the next line, or of the one after the last.
    int number() const { return at_end() ? end_number_ : front().number; }
    std::string found() const { return at_end() ? "the end of the section" : found_text(front()); }

private:
    Lines lines_;
    int end_number_;
};

bool is_item(const Line& line) { return line.text.substr(0, 2) == "- "; }
bool is_quote(const Line& line) { return line.text.substr(0, 1) == ">"; }

// "- [x] an answer", and indented lines that go on with it.
Status read_answer(Reader& reader, Question& question, int& ticked) {
    const Line& line = reader.front();
    const std::string_view box = line.text.substr(0, 6);
    const bool right = box == "- [x] " || box == "- [X] ";
    if (!right && box != "- [ ] ") {
        return at_line(line.number,
                       "an answer like '- [ ] text', or '- [x] text' for the right one",
                       found_text(line));
    }
    std::string answer(trimmed(line.text.substr(6)));
    reader.skip();
    const Lines more =
        reader.take_while([](const Line& next) { return next.text.substr(0, 2) == "  "; });
    for (const Line& next : more) answer += " " + std::string(trimmed(next.text));
    const auto& answers = question.answers;
    if (std::find(answers.begin(), answers.end(), answer) != answers.end()) {
        return at_line(line.number, "different answers", quoted(answer) + " again");
    }
    if (right) {
        question.right = answers.size();
        ++ticked;
    }
    question.answers.push_back(std::move(answer));
    return {};
}

Status read_answers(Reader& reader, Question& question, int heading_number) {
    int ticked = 0;
    for (reader.skip_empty(); !reader.at_end() && is_item(reader.front()); reader.skip_empty()) {
        if (const Status status = read_answer(reader, question, ticked); !status.ok()) {
            return status;
        }
    }
    if (question.answers.size() < 2) {
        return at_line(reader.number(), "two answers or more like '- [ ] text'", reader.found());
    }
    if (ticked != 1) {
        return at_line(heading_number, "a question with one right answer, '- [x] text'",
                       std::to_string(ticked) + " of them");
    }
    return {};
}

Result<Question> read_question(Reader& reader) {
    if (reader.at_end() || reader.front().heading != 3) {
        return at_line(reader.number(), "a question, '### Text'", reader.found());
    }
    Question question;
    const int number = reader.number();
    question.text = heading_text(reader.front());
    reader.skip();
    const std::string body = joined(reader.take_while(
        [](const Line& line) { return !is_item(line) && !is_quote(line) && line.heading == 0; }));
    if (!body.empty()) question.text += "\n\n" + body;
    if (const Status status = read_answers(reader, question, number); !status.ok()) return status;

    std::string quote;
    for (const Line& line : reader.take_while(is_quote)) {
        const std::string_view text = line.text.substr(1);
        quote += std::string(text.substr(0, 1) == " " ? text.substr(1) : text) + "\n";
    }
    question.explanation = trimmed(quote);
    if (question.explanation.empty()) {
        return at_line(reader.number(), "the explanation, '> text'", reader.found());
    }
    reader.skip_empty();
    return question;
}

Result<std::vector<Question>> read_questions(Reader reader) {
    std::vector<Question> questions;
    reader.skip_empty();
    do {
        Result<Question> question = read_question(reader);
        if (!question.ok()) return question.status();
        questions.push_back(std::move(question).value());
    } while (!reader.at_end());
    return questions;
}

// "02-guess-the-line"
Status read_folder(const std::string& folder, Lesson& lesson) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool fits =
        folder.size() > 3 && is_digit(folder[0]) && is_digit(folder[1]) && folder[2] == '-' &&
        folder.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", 3) == std::string::npos;
    if (!fits) {
        return Error{.place = "folder",
                     .expected = "two digits and a name, like 02-guess-the-line",
                     .found = quoted(folder)};
    }
    lesson.number = (folder[0] - '0') * 10 + (folder[1] - '0');
    lesson.name = folder.substr(3);
    return {};
}

Status read_title(Reader& reader, Lesson& lesson) {
    reader.skip_empty();
    if (reader.at_end() || reader.front().heading != 1) {
        return at_line(reader.number(), "the title, '# Text'", reader.found());
    }
    lesson.title = heading_text(reader.front());
    reader.skip();
    lesson.about = joined(reader.take_while([](const Line& line) { return line.heading == 0; }));
    if (lesson.about.empty()) {
        return at_line(reader.number(), "a paragraph that says what the lesson is about",
                       reader.found());
    }
    return {};
}

// The lines under "## name".
Result<Reader> read_section(Reader& reader, const std::string& name) {
    if (reader.at_end() || reader.front().heading != 2 || heading_text(reader.front()) != name) {
        return at_line(reader.number(), "the section '## " + name + "'", reader.found(),
                       "the sections are Predict, Try, Explain and Check, in this order");
    }
    reader.skip();
    const Lines lines =
        reader.take_while([](const Line& line) { return line.heading == 0 || line.heading > 2; });
    if (joined(lines).empty()) {
        return at_line(reader.number(), "text in the section '## " + name + "'", reader.found());
    }
    return Reader(lines, reader.number());
}

std::string text_of(Reader section) {
    return joined(section.take_while([](const Line&) { return true; }));
}

}  // namespace

Result<Lesson> parse_lesson(const std::string& folder, const std::string& markdown) {
    Lesson lesson;
    if (const Status status = read_folder(folder, lesson); !status.ok()) return status;
    const std::vector<Line> lines = lines_of(markdown);
    Reader reader(lines, static_cast<int>(lines.size()) + 1);
    if (const Status status = read_title(reader, lesson); !status.ok()) return status;
    std::vector<Reader> sections;
    for (const char* name : kSections) {
        Result<Reader> section = read_section(reader, name);
        if (!section.ok()) return section.status();
        sections.push_back(*section);
    }
    if (!reader.at_end()) return at_line(reader.number(), "nothing after Check", reader.found());

    Result<std::vector<Question>> predict = read_questions(sections[0]);
    if (!predict.ok()) return predict.status();
    if (predict->size() != 1) {
        return Error{.place = "section Predict",
                     .expected = "one question",
                     .found = std::to_string(predict->size())};
    }
    lesson.predict = std::move(predict->front());
    lesson.attempt = text_of(sections[1]);
    lesson.explain = text_of(sections[2]);
    Result<std::vector<Question>> check = read_questions(sections[3]);
    if (!check.ok()) return check.status();
    lesson.check = std::move(check).value();
    return lesson;
}

std::vector<LessonFile> lesson_files() {
    std::vector<LessonFile> files;
    for (const embedded_lessons::EmbeddedFile& file : embedded_lessons::files()) {
        // "lessons/02-guess-the-line/lesson.md"
        const std::size_t end = file.path.rfind('/');
        const std::size_t begin = file.path.rfind('/', end - 1) + 1;
        files.push_back({std::string(file.path.substr(begin, end - begin)), file.text});
    }
    std::sort(files.begin(), files.end(),
              [](const LessonFile& a, const LessonFile& b) { return a.folder < b.folder; });
    return files;
}

std::span<const Lesson> all_lessons() {
    static const std::vector<Lesson> lessons = [] {
        std::vector<Lesson> parsed;
        for (const LessonFile& file : lesson_files()) {
            Result<Lesson> lesson = parse_lesson(file.folder, std::string(file.markdown));
            assert(lesson.ok());
            if (lesson.ok()) parsed.push_back(std::move(lesson).value());
        }
        return parsed;
    }();
    return lessons;
}

const Lesson* lesson_named(std::string_view name) {
    for (const Lesson& lesson : all_lessons()) {
        if (lesson.name == name) return &lesson;
    }
    return nullptr;
}

}  // namespace whittle
