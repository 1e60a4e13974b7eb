#include "web/playground/stage.h"

#include <emscripten/emscripten.h>
#include <emscripten/html5.h>

#include <cmath>
#include <cstring>

#include "core/base/platform/process.h"
#include "web/playground/canvas.h"

namespace whittle::ui {

namespace {

// ImGui needs a frame to see an event, one to answer it, and one to settle its layout.
constexpr int kFramesAfterEvent = 3;
enum Modifier { kControl = 1, kShift = 2, kAlt = 4, kMeta = 8 };
enum PointerEvent { kMoved, kPressed, kReleased, kCancelled, kLeft };

struct KeyName {
    const char* name;  // KeyboardEvent.key
    ImGuiKey_ key;
};
const KeyName kKeys[] = {
    {"ArrowLeft", ImGuiKey_LeftArrow},
    {"ArrowRight", ImGuiKey_RightArrow},
    {"ArrowUp", ImGuiKey_UpArrow},
    {"ArrowDown", ImGuiKey_DownArrow},
    {"Home", ImGuiKey_Home},
    {"End", ImGuiKey_End},
    {"Delete", ImGuiKey_Delete},
    {"Backspace", ImGuiKey_Backspace},
    {"Enter", ImGuiKey_Enter},
    {"Escape", ImGuiKey_Escape},
    {" ", ImGuiKey_Space},
    {"a", ImGuiKey_A},
    {"c", ImGuiKey_C},
    {"v", ImGuiKey_V},
    {"x", ImGuiKey_X},
    {"y", ImGuiKey_Y},
    {"z", ImGuiKey_Z},
};

bool is_text(const char* key) {
    // One character; a name like "Enter" has several.
    const auto first = static_cast<unsigned char>(key[0]);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return std::strlen(key) == bytes && first >= 0x20;
}

void map_keys() {
    ImGuiIO& io = ImGui::GetIO();
    for (std::size_t i = 0; i < std::size(kKeys); ++i) {
        io.KeyMap[kKeys[i].key] = static_cast<int>(i);
    }
}

}  // namespace

Stage& stage() {
    static Stage* only = new Stage;  // lives as long as the page
    return *only;
}

bool Stage::attach(const std::string& selector) {
    screen_.reset();
    if (context_ > 0)
        emscripten_webgl_destroy_context(static_cast<EMSCRIPTEN_WEBGL_CONTEXT_HANDLE>(context_));
    context_ = 0;
    selector_ = selector;
    return whittle_canvas_attach(selector.c_str()) != 0 && open_screen();
}

bool Stage::open_screen() {
    EmscriptenWebGLContextAttributes attributes;
    emscripten_webgl_init_context_attributes(&attributes);
    attributes.majorVersion = 2;
    attributes.alpha = false;
    attributes.depth = false;
    attributes.stencil = false;
    attributes.antialias = false;
    // The picture can be read back and saved at any time.
    attributes.preserveDrawingBuffer = true;
    const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE made =
        emscripten_webgl_create_context(selector_.c_str(), &attributes);
    if (made <= 0) return false;
    context_ = static_cast<std::intptr_t>(made);
    emscripten_webgl_make_context_current(made);
    screen_ = std::make_unique<Screen>(false);
    screen_->set_density(density_);
    screen_->set_dark(dark_);
    map_keys();
    wake();
    return true;
}

void Stage::set_dark(bool dark) {
    dark_ = dark;
    if (screen_ != nullptr) screen_->set_dark(dark);
    wake();
}

void Stage::set_controls(bool shown) {
    controls_ = shown;
    wake();
}

void Stage::wake() {
    frames_to_draw_ = kFramesAfterEvent;
    whittle_canvas_request_frame();
}

void Stage::frame() {
    const double start = monotonic_seconds();
    if (playground_.advance()) frames_to_draw_ = std::max(frames_to_draw_, 1);
    const double trained = monotonic_seconds();
    statistics_.training_seconds += trained - start;
    if (frames_to_draw_ > 0 && screen_ != nullptr && width_ > 0) {
        --frames_to_draw_;
        draw();
        ++statistics_.frames;
        statistics_.drawing_seconds += monotonic_seconds() - trained;
    } else {
        frames_to_draw_ = 0;
    }
    tell_page();
    if (frames_to_draw_ > 0 || playground_.busy()) whittle_canvas_request_frame();
}

void Stage::draw() {
    screen_->begin(width_, height_, monotonic_seconds());
    playground_.draw(*screen_, {{0, 0}, {width_, height_}}, controls_);
    const int cursor = ImGui::GetMouseCursor();
    screen_->end();
    if (cursor != cursor_) whittle_canvas_cursor(cursor);
    cursor_ = cursor;
    if (!shown_lab_ && playground_.is_open()) {
        shown_lab_ = true;
        whittle_canvas_drawn();
    }
    moved_ = false;
    unseen_ = false;
}

// ImGui looks at the state of pointer and keys once a frame. What comes sooner than the next frame
// must not hide what came before: on a slow machine a press, a drag and a release would be one.
void Stage::let_see() {
    if (unseen_ && width_ > 0) draw();
}

bool Stage::pending() const { return frames_to_draw_ > 0 || playground_.busy(); }

std::vector<Place> Stage::places() {
    if (screen_ == nullptr || width_ <= 0) return {};
    let_see();
    screen_->begin(width_, height_, monotonic_seconds());
    std::vector<Place> found = playground_.places(*screen_, {{0, 0}, {width_, height_}}, controls_);
    screen_->end();
    return found;
}

void Stage::tell_page() {
    if (!playground_.is_open()) return;
    const std::uint64_t revision = playground_.lab().revision();
    if (revision == told_) return;
    told_ = revision;
    whittle_canvas_changed();
}

void Stage::resize(float width, float height, float density) {
    width_ = width;
    height_ = height;
    density_ = density;
    if (screen_ != nullptr) screen_->set_density(density);
    wake();
    // A canvas whose size was set is empty: draw before the browser shows it.
    if (screen_ != nullptr && playground_.is_open()) draw();
}

void Stage::pointer(int kind, float x, float y, int button, bool touch) {
    // While a link is applied, a hand in between would make another state of it.
    if (screen_ == nullptr || !playground_.link_done()) return;
    ImGuiIO& io = ImGui::GetIO();
    let_see();
    if (kind == kMoved || kind == kPressed || kind == kReleased) {
        moved_ = moved_ || io.MousePos.x != x || io.MousePos.y != y;
        io.MousePos = {x, y};
    }
    if (kind == kPressed && button >= 0 && button < 3) {
        // Widgets must be hovered in the frame before they are pressed: a finger comes from
        // nowhere.
        if ((touch || moved_) && width_ > 0) draw();
        io.MouseDown[button] = unseen_ = true;
    }
    if (kind == kReleased && button >= 0 && button < 3) {
        // The last place of a drag counts.
        if (io.MouseDown[button] && moved_ && width_ > 0) draw();
        io.MouseDown[button] = false;
        unseen_ = true;
    }
    if (kind == kCancelled) std::fill(std::begin(io.MouseDown), std::end(io.MouseDown), false);
    if (kind == kLeft || kind == kCancelled) {
        if (!io.MouseDown[0]) io.MousePos = {-FLT_MAX, -FLT_MAX};
    }
    wake();
}

bool Stage::wheel(float x, float y) {
    if (screen_ == nullptr || !controls_) return false;
    ImGuiIO& io = ImGui::GetIO();
    io.MouseWheel -= y;
    io.MouseWheelH -= x;
    wake();
    return true;
}

bool Stage::key(const char* key, bool down, int modifiers) {
    if (screen_ == nullptr) return false;
    // Without the controls only what has opened over the picture takes keys. A key that closed it is
    // still to be released.
    const bool popup =
        ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel);
    if (!controls_ && !popup && down) return false;
    ImGuiIO& io = ImGui::GetIO();
    let_see();
    io.KeyCtrl = (modifiers & (kControl | kMeta)) != 0;
    io.KeyShift = (modifiers & kShift) != 0;
    io.KeyAlt = (modifiers & kAlt) != 0;
    for (std::size_t i = 0; i < std::size(kKeys); ++i) {
        if (std::strcmp(key, kKeys[i].name) != 0) continue;
        if (!down && !io.KeysDown[i]) continue;
        io.KeysDown[i] = down;
        unseen_ = true;
    }
    if (unseen_) wake();
    if (!io.WantTextInput) return popup && unseen_;
    if (down && is_text(key) && !io.KeyCtrl) io.AddInputCharactersUTF8(key);
    wake();
    return true;
}

void Stage::blur() {
    if (screen_ == nullptr) return;
    ImGuiIO& io = ImGui::GetIO();
    std::fill(std::begin(io.KeysDown), std::end(io.KeysDown), false);
    wake();
}

void Stage::context_changed(bool restored) {
    screen_.reset();
    if (restored) attach(std::string(selector_));
}

bool Stage::grabs(float x, float y) const { return playground_.grabs({x, y}); }

}  // namespace whittle::ui

extern "C" {

EMSCRIPTEN_KEEPALIVE void whittle_on_frame() { whittle::ui::stage().frame(); }
EMSCRIPTEN_KEEPALIVE void whittle_on_resize(float width, float height, float density) {
    whittle::ui::stage().resize(width, height, density);
}
EMSCRIPTEN_KEEPALIVE void whittle_on_pointer(int kind, float x, float y, int button, int touch) {
    whittle::ui::stage().pointer(kind, x, y, button, touch != 0);
}
EMSCRIPTEN_KEEPALIVE int whittle_on_wheel(float x, float y) {
    return whittle::ui::stage().wheel(x, y) ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE int whittle_on_key(const char* key, int down, int modifiers) {
    return whittle::ui::stage().key(key, down != 0, modifiers) ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE void whittle_on_blur() { whittle::ui::stage().blur(); }
EMSCRIPTEN_KEEPALIVE void whittle_on_context(int restored) {
    whittle::ui::stage().context_changed(restored != 0);
}
EMSCRIPTEN_KEEPALIVE int whittle_grabs(float x, float y) {
    return whittle::ui::stage().grabs(x, y) ? 1 : 0;
}
}
