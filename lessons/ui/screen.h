#pragma once

#include <span>

#include "lessons/ui/view.h"

namespace whittle::ui {

// The ImGui context with our fonts and looks, for a window or a canvas. The caller has made an OpenGL
// context (3.0, or WebGL 2) current before, and feeds ImGui's IO with events.
class Screen {
public:
    // `with_prose`: also the fonts that running text needs.
    explicit Screen(bool with_prose);
    ~Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    // Pixels per point, and the size of text relative to the usual one. Makes the fonts anew.
    void set_density(float density, float text_scale = 1);
    void set_dark(bool dark);
    bool dark() const { return palette_->dark; }

    const Palette& palette() const { return *palette_; }
    const Fonts& fonts() const { return fonts_; }
    Pictures& pictures() { return pictures_; }
    float density() const { return density_; }
    float em() const { return 15.0f * text_scale_; }

    // One frame of width x height points; the caller draws with ImGui in between.
    void begin(float width, float height, double seconds);
    void end();

private:
    void make_fonts();
    ImFont* add_font(std::span<const unsigned char> typeface, float points);
    void apply_style();

    bool with_prose_;
    float density_ = 0;
    float text_scale_ = 1;
    double last_seconds_ = -1;
    const Palette* palette_;
    Fonts fonts_;
    Pictures pictures_;
};

}  // namespace whittle::ui
