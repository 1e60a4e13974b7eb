#include "native/app/app.h"

#include <cstdio>

#include "core/base/platform/process.h"
#include "lessons/ui/playground.h"
#include "native/app/shell.h"
#include "native/app/window.h"

namespace whittle::app {

namespace {

// ImGui needs a frame to see an event, one to answer it, and one to settle its layout.
constexpr int kFramesAfterEvent = 3;
constexpr double kIdleWait = 60.0;  // seconds
constexpr double kBlink = 0.25;     // of the text cursor
constexpr int kFramesForScreenshot = 4;

void draw_frame(Window& window, ui::Screen& screen, Shell& shell) {
    window.begin_frame();
    screen.begin(static_cast<float>(window.width()), static_cast<float>(window.height()),
                 monotonic_seconds());
    shell.draw(screen);
    screen.end();
}

Status take_screenshot(Window& window, ui::Screen& screen, Shell& shell, const std::string& path) {
    shell.playground().finish_link();
    for (int i = 0; i < kFramesForScreenshot; ++i) {
        window.wait(0);
        draw_frame(window, screen, shell);
    }
    return window.save_picture(path);
}

void stay(Window& window, ui::Screen& screen, Shell& shell) {
    int frames = kFramesAfterEvent;
    while (!window.closed()) {
        const bool busy = frames > 0 || shell.playground().busy();
        const double wait = busy ? 0.0 : ImGui::GetIO().WantTextInput ? kBlink : kIdleWait;
        if (window.wait(wait) || ImGui::GetIO().WantTextInput) frames = kFramesAfterEvent;
        if (const std::string file = window.take_dropped(); !file.empty()) shell.take_file(file);
        if (shell.playground().advance()) frames = std::max(frames, 1);
        if (frames == 0) {
            // A lab with a pace of its own is between two steps.
            if (shell.playground().busy()) window.wait(0.004);
            continue;
        }
        --frames;
        screen.set_density(window.density(), shell.text_scale());
        draw_frame(window, screen, shell);
        window.show_frame();
    }
    shell.save();
}

}  // namespace

Status run(const Arguments& arguments) {
    Shell shell(arguments);
    if (const Status status = shell.start(); !status.ok()) return status;
    const bool hidden = !arguments.screenshot.empty();
    Result<Window> window = Window::open("Whittle", arguments.width, arguments.height, hidden);
    if (!window.ok()) return window.status();
    ui::Screen screen(true);
    window->attach(screen);
    screen.set_density(window->density(), static_cast<float>(arguments.text_scale));
    screen.set_dark(shell.dark());
    Status status;
    if (hidden) {
        status = take_screenshot(*window, screen, shell, arguments.screenshot);
    } else {
        stay(*window, screen, shell);
    }
    window->detach();
    return status;
}

}  // namespace whittle::app
