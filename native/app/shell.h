#pragma once

#include <optional>
#include <string>

#include "lessons/ui/playground.h"
#include "native/app/arguments.h"
#include "native/app/lesson_page.h"
#include "native/app/progress_file.h"

namespace whittle::app {

// What the window shows: the outline of the course, the lesson's text, and its lab; beside each
// other, or in turn where the window is narrow.
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
    // A .tflite model, for a lab that takes one; or a progress file, of the page's or the app's
    // making, which is added to the student's own. Tells how that went.
    void take_file(const std::string& path);

private:
    Status open(const std::string& lesson, const std::string& link);
    Status open_model_file(const std::string& path);
    Status import_progress(const std::string& path);
    void remember();
    void draw_side(const ui::ViewContext& context, const ui::Box& box);
    void draw_outline(const ui::ViewContext& context);
    void draw_bar(const ui::ViewContext& context,
                  const ui::Box& box,
                  ui::Screen& screen,
                  bool narrow);
    void draw_lesson(ui::Screen& screen, const ui::Box& box, bool narrow);
    void draw_closed_lab(ui::Screen& screen, const ui::Box& box);
    void draw_veil(const ui::ViewContext& context, const ui::Box& box);
    LessonProgress& kept() { return progress_.lessons[progress_.lesson]; }
    // Is the lab still closed, until the prediction is made?
    bool locked() { return page_ && !unlocked_ && !kept().prediction; }

    Arguments arguments_;
    std::string path_;  // of the progress; empty: none is kept
    Progress progress_;
    std::optional<LessonPage> page_;
    ui::Playground playground_;
    std::string message_;
    bool dark_ = false;
    bool shows_outline_ = false;
    bool shows_lab_ = false;  // in a window too narrow for text and lab at once
    bool unlocked_ = false;
};

}  // namespace whittle::app
