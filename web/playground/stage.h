#pragma once

#include <memory>
#include <string>

#include "lessons/ui/playground.h"

namespace whittle::ui {

// The canvas: the playground on a WebGL 2 screen, fed with the browser's events. It draws when it
// was woken, and asks for frames only as long as there is something to do.
class Stage {
public:
    struct Statistics {
        int frames = 0;
        double drawing_seconds = 0;
        double training_seconds = 0;
    };

    bool attach(const std::string& selector);
    Playground& playground() { return playground_; }
    const Statistics& statistics() const { return statistics_; }

    void set_dark(bool dark);
    void set_controls(bool shown);
    // Something may look different now.
    void wake();

    void frame();
    void resize(float width, float height, float density);
    void pointer(int kind, float x, float y, int button, bool touch);
    bool wheel(float x, float y);
    bool key(const char* key, bool down, int modifiers);
    void blur();
    void context_changed(bool restored);
    bool grabs(float x, float y) const;
    // Is there something that the next frame will draw?
    bool pending() const;
    std::vector<Place> places();

private:
    bool open_screen();
    void draw();
    void let_see();
    void tell_page();

    Playground playground_;
    std::unique_ptr<Screen> screen_;
    std::string selector_;
    std::intptr_t context_ = 0;
    float width_ = 0;
    float height_ = 0;
    float density_ = 1;
    bool dark_ = false;
    bool controls_ = true;
    bool moved_ = false;   // the pointer, since the last frame
    bool unseen_ = false;  // a button or a key changed since the last frame
    bool shown_lab_ = false;  // a frame with a lab in it has been drawn
    int frames_to_draw_ = 0;
    int cursor_ = -1;
    std::uint64_t told_ = 0;
    Statistics statistics_;
};

Stage& stage();

}  // namespace whittle::ui
