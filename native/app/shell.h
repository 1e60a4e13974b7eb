#pragma once

#include <string>

#include "lessons/kit/course.h"
#include "lessons/ui/playground.h"
#include "native/app/arguments.h"

namespace whittle::app {

// What the window shows: the outline of the course, the lesson's prose, and its lab.
class Shell {
public:
    explicit Shell(const Arguments& arguments);

    Status start();
    void draw(ui::Screen& screen);
    ui::Playground& playground() { return playground_; }
    bool dark() const { return dark_; }
    float text_scale() const { return text_scale_; }
    void save_if_changed();
    void save();

private:
    void draw_outline(const ui::ViewContext& context, const ui::Box& box);
    void open(const std::string& lesson, const std::string& link);

    Arguments arguments_;
    ui::Playground playground_;
    bool dark_ = false;
    float text_scale_ = 1;
};

}  // namespace whittle::app
