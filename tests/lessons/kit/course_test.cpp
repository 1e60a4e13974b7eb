#include "lessons/kit/course.h"

#include <doctest/doctest.h>

#include <string>

#include "lessons/kit/lab.h"

namespace whittle {

namespace {

const std::string kFolder = "02-guess-the-line";

const std::string kLesson =
    "# Guess the line\n"
    "\n"
    "Six points, and a line\nthrough *all* of them.\n"
    "\n"
    "## Predict\n"
    "\n"
    "### How many lines pass through two points?\n"
    "\n"
    "Think of $y = wx + b$.\n"
    "\n"
    "- [ ] none\n"
    "- [x] exactly\n"
    "  one\n"
    "- [ ] two\n"
    "\n"
    "> Two points, two unknowns:\n"
    ">\n"
    "> one line.\n"
    "\n"
    "## Try\n"
    "\n"
    "1. Move w.\n"
    "\n"
    "## Explain\n"
    "\n"
    "### Errors\n"
    "\n"
    "```\n"
    "## not a heading\n"
    "```\n"
    "\n"
    "## Check\n"
    "\n"
    "### First?\n"
    "- [x] yes\n"
    "- [ ] no\n"
    "> Because.\n"
    "### Second?\n"
    "- [ ] yes\n"
    "\n"
    "- [X] no\n"
    "\n"
    ">So.\n";

std::string with(const std::string& from, const std::string& to) {
    std::string text = kLesson;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a lesson is read with its sections and questions") {
    const auto lesson = parse_lesson(kFolder, kLesson);
    REQUIRE_MESSAGE(lesson.ok(), lesson.error().message());
    CHECK(lesson->name == "guess-the-line");
    CHECK(lesson->number == 2);
    CHECK(lesson->title == "Guess the line");
    CHECK(lesson->about == "Six points, and a line\nthrough *all* of them.");
    CHECK(lesson->predict.text ==
          "How many lines pass through two points?\n\nThink of $y = wx + b$.");
    CHECK(lesson->predict.answers == std::vector<std::string>{"none", "exactly one", "two"});
    CHECK(lesson->predict.right == 1);
    CHECK(lesson->predict.explanation == "Two points, two unknowns:\n\none line.");
    CHECK(lesson->attempt == "1. Move w.");
    CHECK(lesson->explain == "### Errors\n\n```\n## not a heading\n```");
    REQUIRE(lesson->check.size() == 2);
    CHECK(lesson->check[0].right == 0);
    CHECK(lesson->check[1].text == "Second?");
    CHECK(lesson->check[1].right == 1);
    CHECK(lesson->check[1].explanation == "So.");
}

TEST_CASE("line ends of other systems are understood") {
    std::string text;
    for (const char c : kLesson) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
    const auto lesson = parse_lesson(kFolder, text);
    REQUIRE(lesson.ok());
    CHECK(lesson->about == "Six points, and a line\nthrough *all* of them.");
}

TEST_CASE("a mistake in a lesson is named with its line") {
    struct Case {
        std::string markdown;
        std::string place;
        std::string expected;
    };
    const Case cases[] = {
        {"", "line 1", "the title"},
        {"\n\nGuess\n", "line 3", "the title"},
        {with("Six points, and a line\nthrough *all* of them.\n", ""), "line 4", "a paragraph"},
        {with("## Predict", "## Guess"), "line 6", "'## Predict'"},
        {with("## Try", "### Try"), "line 25", "'## Try'"},
        {with("## Explain", "## Check"), "line 25", "'## Explain'"},
        {with("1. Move w.\n", ""), "line 24", "text in the section '## Try'"},
        {with("### How", "How"), "line 8", "a question"},
        {with("- [ ] none", "- none"), "line 12", "an answer like"},
        {with("- [ ] none", "- [y] none"), "line 12", "an answer like"},
        {with("- [ ] none", "- [ ]"), "line 12", "an answer like"},
        {with("- [ ] none", "- [ ] two"), "line 15", "different answers"},
        {with("- [ ] none", "- [x] none"), "line 8", "one right answer"},
        {with("- [x] exactly", "- [ ] exactly"), "line 8", "one right answer"},
        {with("- [x] yes\n- [ ] no\n", "- [x] yes\n"), "line 37", "two answers or more"},
        {with("> Because.\n", ""), "line 38", "the explanation"},
        {with("> Because.\n", ">\n"), "line 39", "the explanation"},
        {with("> Because.\n", "> Because.\nAnd so on.\n"), "line 39", "a question"},
        {with(">So.\n", ""), "line 44", "the explanation"},
        {with(">So.\n", ">So.\n## More\n"), "line 45", "nothing after Check"},
        {with("## Try", "### Another?\n- [x] a\n- [ ] b\n> c\n## Try"), "section Predict",
         "one question"},
    };
    for (const Case& c : cases) {
        const auto lesson = parse_lesson(kFolder, c.markdown);
        REQUIRE(!lesson.ok());
        CAPTURE(lesson.error().message());
        CHECK(lesson.error().place == c.place);
        CHECK(lesson.error().expected.find(c.expected) != std::string::npos);
    }
}

TEST_CASE("a lesson cut off anywhere is an error, or whole up to a question") {
    const std::size_t first_whole = kLesson.find("> Because") + 3;
    for (std::size_t length = 0; length <= kLesson.size(); ++length) {
        CAPTURE(length);
        const auto lesson = parse_lesson(kFolder, kLesson.substr(0, length));
        if (length < first_whole) CHECK(!lesson.ok());
        if (lesson.ok()) CHECK(!lesson->check.empty());
    }
}

TEST_CASE("folders of lessons have a number and a name") {
    for (const std::string folder :
         {"", "guess", "2-guess", "02-", "02_guess", "02-Guess", "xx-guess"}) {
        CAPTURE(folder);
        const auto lesson = parse_lesson(folder, kLesson);
        REQUIRE(!lesson.ok());
        CHECK(lesson.error().place == "folder");
    }
}

TEST_CASE("every lesson of the course parses, asks enough and has its lab") {
    REQUIRE(!lesson_files().empty());
    for (const LessonFile& file : lesson_files()) {
        CAPTURE(file.folder);
        const auto lesson = parse_lesson(file.folder, std::string(file.markdown));
        REQUIRE_MESSAGE(lesson.ok(), lesson.error().message());
        CHECK(lesson->check.size() >= 3);
        const LabEntry* lab = lab_named(lesson->name);
        REQUIRE(lab != nullptr);
        CHECK(lesson->title == lab->title);
        REQUIRE(lesson_named(lesson->name) != nullptr);
        CHECK(lesson_named(lesson->name)->number == lesson->number);
    }
    CHECK(all_lessons().size() == lesson_files().size());
    CHECK(lesson_named("no-such-lesson") == nullptr);
}

TEST_CASE("every lab has its lesson") {
    for (const LabEntry& entry : all_labs()) {
        const std::string name = entry.name;
        CAPTURE(name);
        CHECK(lesson_named(entry.name) != nullptr);
    }
}

}  // namespace whittle
