#include "lessons/kit/progress.h"

#include <doctest/doctest.h>

#include "core/base/random.h"

namespace whittle {

namespace {

const std::string kText = R"({"format": "whittle-progress", "version": 1, "lessons": {
 "guess-the-line": {"prediction": 1, "goals": ["below-one", "perfect"], "answers": {"0": 2, "12": 0},
  "link": "w=3&b=1", "kept": "w=2", "goalCount": 3},
 "one-neuron": {}}, "lesson": "one-neuron", "theme": "dark"})";

std::string with_lesson(const std::string& fields) {
    return R"({"format": "whittle-progress", "version": 1, "lessons": {"a": )" + fields + "}}";
}

}  // namespace

TEST_CASE("progress is read with all its fields") {
    const auto progress = parse_progress(kText);
    REQUIRE_MESSAGE(progress.ok(), progress.error().message());
    REQUIRE(progress->lessons.size() == 2);
    const LessonProgress& lesson = progress->lessons.at("guess-the-line");
    CHECK(lesson.prediction == 1);
    CHECK(lesson.goals == std::vector<std::string>{"below-one", "perfect"});
    CHECK(lesson.answers == std::map<int, int>{{0, 2}, {12, 0}});
    CHECK(lesson.link == "w=3&b=1");
    CHECK(lesson.kept == "w=2");
    CHECK(lesson.goal_count == 3);
    CHECK(progress->lessons.at("one-neuron") == LessonProgress());
    CHECK(progress->lesson == "one-neuron");
    CHECK(progress->theme == "dark");
}

TEST_CASE("progress survives writing and reading") {
    Progress progress;
    CHECK(*parse_progress(to_json(progress)) == progress);
    progress = *parse_progress(kText);
    progress.lessons["one-neuron"].link = "quote=\"\\&\xC3\xA9";
    CHECK(*parse_progress(to_json(progress)) == progress);
    CHECK(to_json(*parse_progress(to_json(progress))) == to_json(progress));
}

TEST_CASE("fields of a newer version are kept") {
    const auto progress = parse_progress(
        R"({"format": "whittle-progress", "version": 1, "font": "large",
            "lessons": {"a": {"stars": [1, 2], "prediction": 0}}})");
    REQUIRE(progress.ok());
    const std::string written = to_json(*progress);
    CHECK(written.find("\"font\": \"large\"") != std::string::npos);
    CHECK(written.find("\"stars\"") != std::string::npos);
    CHECK(*parse_progress(written) == *progress);
}

TEST_CASE("progress that is none is refused with its place") {
    struct Case {
        std::string text;
        std::string place;
    };
    const std::string link(200001, 'x');
    const Case cases[] = {
        {"", "byte 1"},
        {"{", "byte 2"},
        {"{\"a\": nan}", "byte 8"},
        {"[]", ""},
        {"{}", "\"format\""},
        {R"({"format": 3})", "\"format\""},
        {R"({"format": "whittle-progress"})", "\"version\""},
        {R"({"format": "whittle-progress", "version": 2, "lessons": {}})", "\"version\""},
        {R"({"format": "whittle-progress", "version": "1", "lessons": {}})", "\"version\""},
        {R"({"format": "whittle-progress", "version": 1})", "\"lessons\""},
        {R"({"format": "whittle-progress", "version": 1, "lessons": []})", "\"lessons\""},
        {R"({"format": "whittle-progress", "version": 1, "lessons": {"A B": {}}})", "\"lessons\""},
        {R"({"format": "whittle-progress", "version": 1, "lessons": {}, "theme": 1})", "\"theme\""},
        {with_lesson("3"), "lesson 'a'"},
        {with_lesson(R"({"prediction": -1})"), "lesson 'a', \"prediction\""},
        {with_lesson(R"({"prediction": 1.5})"), "lesson 'a', \"prediction\""},
        {with_lesson(R"({"prediction": 1e30})"), "lesson 'a', \"prediction\""},
        {with_lesson(R"({"prediction": 18446744073709551615})"), "lesson 'a', \"prediction\""},
        {with_lesson(R"({"prediction": null})"), "lesson 'a', \"prediction\""},
        {with_lesson(R"({"goalCount": 1000})"), "lesson 'a', \"goalCount\""},
        {with_lesson(R"({"goals": "x"})"), "lesson 'a', \"goals\""},
        {with_lesson(R"({"goals": [1]})"), "lesson 'a', \"goals\""},
        {with_lesson(R"({"answers": [1]})"), "lesson 'a', \"answers\""},
        {with_lesson(R"({"answers": {"x": 1}})"), "lesson 'a', \"answers\""},
        {with_lesson(R"({"answers": {"-1": 1}})"), "lesson 'a', \"answers\""},
        {with_lesson(R"({"answers": {"1": "1"}})"), "lesson 'a', \"answers\""},
        {with_lesson(R"({"link": 5})"), "lesson 'a', \"link\""},
        {with_lesson("{\"kept\": \"" + link + "\"}"), "lesson 'a', \"kept\""},
        {std::string(5000000, ' '), ""},
        {std::string(1000000, '['), ""},
        {with_lesson("{\"x\": " + std::string(100, '[') + std::string(100, ']') + "}"), ""},
        {with_lesson("{\"link\": \"\xff\"}"), "byte 73"},
    };
    for (const Case& c : cases) {
        const std::string start = c.text.substr(0, 100);
        CAPTURE(start);
        const auto progress = parse_progress(c.text);
        REQUIRE(!progress.ok());
        CAPTURE(progress.error().message());
        CHECK(progress.error().place == c.place);
        CHECK(!progress.error().expected.empty());
        CHECK(progress.error().message().size() < 300);
    }
}

TEST_CASE("damaged progress is refused or read, and never breaks the reader") {
    Random random(31);
    const std::string whole = to_json(*parse_progress(kText));
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
        CHECK(!parse_progress(whole.substr(0, length)).ok());
    }
    for (int trial = 0; trial < 3000; ++trial) {
        std::string text = whole;
        for (std::uint32_t i = 0; i <= random.below(4); ++i) {
            text[random.below(static_cast<std::uint32_t>(text.size()))] =
                static_cast<char>(random.below(256));
        }
        const auto progress = parse_progress(text);
        if (progress.ok()) CHECK(parse_progress(to_json(*progress)).ok());
    }
}

TEST_CASE("merging loses nothing that was reached") {
    Progress here;
    here.lessons["a"] = {.prediction = 1, .goals = {"x"}, .answers = {{0, 1}}, .link = "w=1"};
    here.lessons["b"] = {.link = "w=5"};
    Progress there;
    there.lessons["a"] = {.prediction = 2,
                          .goals = {"x", "y"},
                          .answers = {{0, 3}, {1, 2}},
                          .link = "w=2",
                          .goal_count = 3};
    there.lessons["b"] = {.goals = {"z"}};
    there.lessons["c"] = {.prediction = 0};

    const Progress both = merged(here, there);
    const LessonProgress& a = both.lessons.at("a");
    CHECK(a.prediction == 1);  // locked when it was made
    CHECK(a.goals == std::vector<std::string>{"x", "y"});
    CHECK(a.answers == std::map<int, int>{{0, 1}, {1, 2}});
    CHECK(a.link == "w=2");
    CHECK(a.kept == "w=1");
    CHECK(a.goal_count == 3);
    CHECK(both.lessons.at("b").link == "w=5");
    CHECK(both.lessons.at("b").goals.size() == 1);
    CHECK(both.lessons.at("c") == there.lessons.at("c"));
    CHECK(merged(both, both) == both);
    CHECK(merged(Progress(), here) == here);
    CHECK(merged(here, Progress()) == here);
}

}  // namespace whittle
