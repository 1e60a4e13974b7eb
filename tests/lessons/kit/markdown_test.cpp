#include "lessons/kit/markdown.h"

#include <doctest/doctest.h>

#include "core/base/random.h"
#include "lessons/kit/course.h"

namespace whittle {

namespace {

using Kind = MarkdownBlock::Kind;

std::vector<MarkdownBlock> blocks_of(const std::string& markdown) {
    auto blocks = markdown_blocks(markdown);
    REQUIRE_MESSAGE(blocks.ok(), blocks.error().message());
    return std::move(blocks).value();
}

// "plain *emphasis* **strong** `code` $formula$ [link](to)", in that notation.
std::string notation(const MarkdownRuns& runs) {
    std::string text;
    for (const MarkdownRun& run : runs) {
        std::string mark = run.strong ? "**" : run.emphasis ? "*" : run.code ? "`" : "";
        if (run.formula) mark += "$";
        const std::string inside = mark + run.text + std::string(mark.rbegin(), mark.rend());
        text += run.link.empty() ? inside : "[" + inside + "](" + run.link + ")";
    }
    return text;
}

}  // namespace

TEST_CASE("Markdown becomes HTML, with formulas for others to set") {
    CHECK(*markdown_html("a *b* $x^2 < 1$") ==
          "<p>a <em>b</em> <x-equation>x^2 &lt; 1</x-equation></p>\n");
    CHECK(*markdown_html("$$a_1 * b_1 * c$$") ==
          "<p><x-equation type=\"display\">a_1 * b_1 * c</x-equation></p>\n");
    CHECK(*markdown_html("<script>alert(1)</script>") ==
          "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
    CHECK(*markdown_html("") == "");
    CHECK(*markdown_inline_html("a *b*") == "a <em>b</em>");
    CHECK(*markdown_inline_html("a\n\nb") == "<p>a</p>\n<p>b</p>\n");
    CHECK(*markdown_inline_html("- a") == "<ul>\n<li>a</li>\n</ul>\n");
    CHECK(markdown_html("| a |\n|---|\n| 1 |")->find("<table>") == 0);
}

TEST_CASE("paragraphs are runs of one style each") {
    const auto blocks =
        blocks_of("one\ntwo *em* **strong** `x*y` $x_i$ [to *it*](#there).  \nnext");
    REQUIRE(blocks.size() == 1);
    CHECK(blocks[0].kind == Kind::paragraph);
    CHECK(notation(blocks[0].runs) ==
          "one two *em* **strong** `x*y` $xᵢ$ [to ](#there)[*it*](#there).\nnext");
}

TEST_CASE("entities are the characters they stand for") {
    CHECK(notation(blocks_of("&lt;&amp;&gt; &#65;&#x3b1; &nosuch; &#xD800; &#0;")[0].runs) ==
          "<&> Aα &nosuch; &#xD800; &#0;");
}

TEST_CASE("headings, code, rules and quotes are blocks") {
    const auto blocks = blocks_of(
        "# One\n\n### Three *x*\n\n```c\nint a;\n\nint b;\n```\n\n---\n\n> q\n>\n> > r\n\nend");
    REQUIRE(blocks.size() == 7);
    CHECK(blocks[0].kind == Kind::heading);
    CHECK(blocks[0].level == 1);
    CHECK(blocks[1].level == 3);
    CHECK(notation(blocks[1].runs) == "Three *x*");
    CHECK(blocks[2].kind == Kind::code);
    CHECK(blocks[2].runs[0].text == "int a;\n\nint b;");
    CHECK(blocks[3].kind == Kind::rule);
    CHECK(blocks[4].quotes == 1);
    CHECK(blocks[5].quotes == 2);
    CHECK(blocks[6].quotes == 0);
}

TEST_CASE("lists say where each item begins and how deep it lies") {
    const auto blocks =
        blocks_of("3. three\n   more\n4. four\n   - inner\n\n     second\n   - $$x$$\n\nafter");
    REQUIRE(blocks.size() == 6);
    CHECK(blocks[0].marker == "3.");
    CHECK(notation(blocks[0].runs) == "three more");
    CHECK(blocks[0].indent == 1);
    CHECK(blocks[1].marker == "4.");
    CHECK(blocks[2].marker == "•");
    CHECK(blocks[2].indent == 2);
    CHECK(blocks[3].marker.empty());
    CHECK(notation(blocks[3].runs) == "second");
    CHECK(blocks[3].indent == 2);
    CHECK(blocks[4].kind == Kind::formula);
    CHECK(blocks[4].marker == "•");
    CHECK(blocks[5].indent == 0);
    CHECK(notation(blocks[5].runs) == "after");
}

TEST_CASE("a formula that stands alone is a block, also within a paragraph") {
    const auto blocks = blocks_of("before\n$$\\frac{1}{N} \\sum_i e_i$$\nafter $y$");
    REQUIRE(blocks.size() == 3);
    CHECK(notation(blocks[0].runs) == "before");
    CHECK(blocks[1].kind == Kind::formula);
    CHECK(notation(blocks[1].runs) == "$1/N ∑ᵢ eᵢ$");
    CHECK(notation(blocks[2].runs) == "after $y$");
    CHECK(blocks_of("$$x$$").size() == 1);
}

TEST_CASE("tables keep rows and cells") {
    const auto blocks = blocks_of("| net | *F* |\n|---|---|\n| NN1 | $0.09$ |\n| | x |\n\nend");
    REQUIRE(blocks.size() == 2);
    const auto& rows = blocks[0].rows;
    REQUIRE(rows.size() == 3);
    REQUIRE(rows[0].size() == 2);
    CHECK(notation(rows[0][1]) == "*F*");
    CHECK(notation(rows[1][1]) == "$0.09$");
    CHECK(rows[2][0].empty());
    CHECK(blocks[1].kind == Kind::paragraph);
}

TEST_CASE("a formula that cannot be read is named") {
    const auto blocks = markdown_blocks("see $\\nosuch{x}$ and $y$");
    REQUIRE(!blocks.ok());
    CHECK(blocks.error().file == "formula '\\nosuch{x}'");
    CHECK(blocks.error().place == "byte 1");
}

TEST_CASE("random Markdown never breaks the reader") {
    Random random(23);
    const char* pieces[] = {"# ",    "- ",
                            "1. ",   "> ",
                            "```\n", "$",
                            "$$",    "*",
                            "**",    "_",
                            "`",     "|",
                            "---",   "\n",
                            "\n\n",  "  ",
                            "x",     "[a](b)",
                            "&amp;", "<b>",
                            "\xff",  "| a |\n|---|\n",
                            "\\",    "![i](j)"};
    for (int trial = 0; trial < 3000; ++trial) {
        std::string markdown;
        for (std::uint32_t i = random.below(25); i > 0; --i) {
            markdown += pieces[random.below(static_cast<std::uint32_t>(std::size(pieces)))];
        }
        CHECK(markdown_html(markdown).ok());
        const auto blocks = markdown_blocks(markdown);
        if (!blocks.ok()) CHECK(!blocks.error().file.empty());
    }
}

TEST_CASE("every lesson's prose can be drawn") {
    REQUIRE(!all_lessons().empty());
    for (const Lesson& lesson : all_lessons()) {
        CAPTURE(lesson.name);
        std::vector<std::string> texts = {lesson.about, lesson.attempt, lesson.explain};
        std::vector<Question> questions = lesson.check;
        questions.push_back(lesson.predict);
        for (const Question& question : questions) {
            texts.push_back(question.text);
            texts.push_back(question.explanation);
            texts.insert(texts.end(), question.answers.begin(), question.answers.end());
        }
        for (const std::string& text : texts) {
            const auto blocks = markdown_blocks(text);
            REQUIRE_MESSAGE(blocks.ok(), blocks.error().message());
            CHECK(!blocks->empty());
            // A lone dollar or an unclosed emphasis would show as such.
            for (const MarkdownBlock& block : *blocks) {
                for (const MarkdownRun& run : block.runs) {
                    if (run.code || run.formula) continue;
                    CHECK_MESSAGE(run.text.find('$') == std::string::npos, run.text);
                    CHECK_MESSAGE(run.text.find("**") == std::string::npos, run.text);
                }
            }
        }
    }
}

}  // namespace whittle
