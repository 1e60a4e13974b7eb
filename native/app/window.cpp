#include "native/app/window.h"

#include <SDL.h>
#include <SDL_opengl.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "backends/imgui_impl_sdl.h"
#include "native/app/png_file.h"

namespace whittle::app {

namespace {

Error sdl_error(const char* what) {
    return {.place = what,
            .found = SDL_GetError(),
            .hint = "does this machine have a display and OpenGL 3?"};
}

}  // namespace

Result<Window> Window::open(const char* title, int width, int height, bool hidden) {
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) return sdl_error("window system");
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 0);
    SDL_GL_SetAttribute(SDL_GL_DOUBLEBUFFER, 1);
    Window window;
    const Uint32 flags = SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI |
                         (hidden ? SDL_WINDOW_HIDDEN : SDL_WINDOW_SHOWN);
    window.window_ = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width,
                                      height, flags);
    if (window.window_ == nullptr) return sdl_error("window");
    window.context_ = SDL_GL_CreateContext(window.window_);
    if (window.context_ == nullptr) return sdl_error("OpenGL");
    SDL_GL_SetSwapInterval(hidden ? 0 : 1);
    SDL_SetWindowMinimumSize(window.window_, 320, 400);
    return window;
}

Window::Window(Window&& other) noexcept
    : window_(std::exchange(other.window_, nullptr)),
      context_(std::exchange(other.context_, nullptr)),
      closed_(other.closed_) {}

Window::~Window() {
    if (context_ != nullptr) SDL_GL_DeleteContext(context_);
    if (window_ == nullptr) return;
    SDL_DestroyWindow(window_);
    SDL_Quit();
}

void Window::attach(ui::Screen& screen) {
    ImGui_ImplSDL2_InitForOpenGL(window_, context_);
    screen.set_density(density());
}

void Window::detach() { ImGui_ImplSDL2_Shutdown(); }

float Window::density() const {
    int pixels = 0;
    int points = 0;
    SDL_GL_GetDrawableSize(window_, &pixels, nullptr);
    SDL_GetWindowSize(window_, &points, nullptr);
    return points > 0 ? static_cast<float>(pixels) / static_cast<float>(points) : 1.0f;
}

int Window::width() const {
    int width = 0;
    SDL_GetWindowSize(window_, &width, nullptr);
    return width;
}

int Window::height() const {
    int height = 0;
    SDL_GetWindowSize(window_, nullptr, &height);
    return height;
}

bool Window::wait(double seconds) {
    SDL_Event event;
    const int timeout = static_cast<int>(seconds * 1000.0);
    if ((timeout > 0 ? SDL_WaitEventTimeout(&event, timeout) : SDL_PollEvent(&event)) == 0) {
        return false;
    }
    do {
        ImGui_ImplSDL2_ProcessEvent(&event);
        const bool close =
            event.type == SDL_WINDOWEVENT && event.window.event == SDL_WINDOWEVENT_CLOSE;
        if (event.type == SDL_QUIT || close) closed_ = true;
        if (event.type == SDL_DROPFILE) {
            dropped_ = event.drop.file;
            SDL_free(event.drop.file);
        }
    } while (SDL_PollEvent(&event) != 0);
    return true;
}

void Window::begin_frame() { ImGui_ImplSDL2_NewFrame(); }

void Window::show_frame() { SDL_GL_SwapWindow(window_); }

Status Window::save_picture(const std::string& path) const {
    int width = 0;
    int height = 0;
    SDL_GL_GetDrawableSize(window_, &width, &height);
    std::vector<unsigned char> pixels(static_cast<std::size_t>(width) *
                                      static_cast<std::size_t>(height) * 3);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
    return write_png(path, pixels, width, height);
}

}  // namespace whittle::app
