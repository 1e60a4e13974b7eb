#pragma once

#include <string>
#include <utility>

#include "core/base/status.h"
#include "lessons/ui/screen.h"

struct SDL_Window;

namespace whittle::app {

// A window with an OpenGL context, for a Screen.
class Window {
public:
    // Sizes in points.
    static Result<Window> open(const char* title, int width, int height, bool hidden);
    Window(Window&& other) noexcept;
    Window& operator=(Window&&) = delete;
    ~Window();

    void attach(ui::Screen& screen);
    void detach();
    float density() const;
    int width() const;
    int height() const;

    // Hands events to ImGui; waits for one up to `seconds`. Returns whether there was any.
    bool wait(double seconds);
    bool closed() const { return closed_; }
    // The path of a file that was dropped onto the window since the last call; empty: none.
    std::string take_dropped() { return std::exchange(dropped_, {}); }
    void begin_frame();
    void show_frame();
    // What was drawn last, as a PNG file.
    Status save_picture(const std::string& path) const;

private:
    Window() = default;
    SDL_Window* window_ = nullptr;
    void* context_ = nullptr;
    bool closed_ = false;
    std::string dropped_;
};

}  // namespace whittle::app
