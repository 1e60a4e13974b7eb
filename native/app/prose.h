#pragma once

#include <string>
#include <vector>

#include "lessons/kit/course.h"
#include "lessons/kit/markdown.h"
#include "lessons/ui/view.h"

namespace whittle::app {

// A lesson's text, read once and drawn under each other in the current ImGui window.
class Prose {
public:
    // A text that cannot be read is shown as it is.
    explicit Prose(const std::string& markdown);
    void draw(const ui::ViewContext& context) const;

private:
    std::vector<MarkdownBlock> blocks_;
};

// Runs of different styles, broken at blanks, from the cursor on; moves the cursor below.
void draw_runs(const ui::ViewContext& context,
               const MarkdownRuns& runs,
               const ImFont* font,
               float width);

}  // namespace whittle::app
