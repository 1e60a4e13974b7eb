#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// The lessons' Markdown: CommonMark with tables, and formulas between $…$ and $$…$$. HTML in it is
// text like any other. It is read where programs of this machine are built; the page gets HTML.

// As HTML. A formula is left to whoever sets it: <x-equation>x^2</x-equation>, and with the
// attribute type="display" for one that stands alone.
Result<std::string> markdown_html(std::string_view markdown);
// The same for a single paragraph, without its <p>: to stand in a heading or a label. Other
// Markdown stays as it is.
Result<std::string> markdown_inline_html(std::string_view markdown);

// Text of one style.
struct MarkdownRun {
    std::string text{};  // '\n' is a line break; of a formula, what formula_text() makes of it
    bool strong = false;
    bool emphasis = false;
    bool code = false;
    bool formula = false;
    std::string link{};  // where it leads; empty for text that is no link
};

using MarkdownRuns = std::vector<MarkdownRun>;

// What stands on lines of its own.
struct MarkdownBlock {
    enum class Kind {
        paragraph,
        heading,
        code,     // one run, with line breaks
        formula,  // one run; may have line breaks
        table,
        rule,
    };
    Kind kind = Kind::paragraph;
    int level = 0;         // of a heading: 1 to 6
    int indent = 0;        // lists around it
    int quotes = 0;        // block quotes around it
    std::string marker{};  // before the first block of a list item: "•" or "1."
    MarkdownRuns runs{};
    std::vector<std::vector<MarkdownRuns>> rows{};  // of a table; the first is its heading
};

// In order. Errors name a formula that cannot be written as text.
Result<std::vector<MarkdownBlock>> markdown_blocks(std::string_view markdown);

}  // namespace whittle
