#pragma once

#include <optional>
#include <string>

#include "lessons/ui/playground.h"
#include "native/app/arguments.h"
#include "native/app/lesson_page.h"
#include "native/app/progress_file.h"

namespace whittle::app {

// What the window shows: the outline of the course, the lesson's text, and its lab.
class Shell {
public:
    explicit Shell(const Arguments& arguments);

    // Reads the progress and opens the lesson that was asked for, else the last, else the first.
    Status start();
    void draw(ui::Screen& screen);
    ui::Playground& playground() { return playground_; }
    bool dark() const { return dark_; }
    float text_scale() const { return static_cast<float>(arguments_.text_scale); }
    void save();

private:
    Status open(const std::string& lesson, const std::string& link);
    void remember();
    void draw_side(const ui::ViewContext& context, const ui::Box& box);
    void draw_outline(const ui::ViewContext& context);
    void draw_bar(const ui::ViewContext& context, const ui::Box& box, ui::Screen& screen);

    Arguments arguments_;
    std::string path_;  // of the progress; empty: none is kept
    Progress progress_;
    std::optional<LessonPage> page_;
    ui::Playground playground_;
    bool dark_ = false;
    bool shows_outline_ = false;
};

}  // namespace whittle::app
