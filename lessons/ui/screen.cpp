#include "lessons/ui/screen.h"

#if defined(__EMSCRIPTEN__)
#include <GLES3/gl3.h>
#else
#include <GL/gl.h>
#endif

#include <algorithm>
#include <cmath>

#include "lessons/ui/renderer.h"
#include "lessons/ui/shapes.h"
#include "lessons/ui/typefaces.h"

namespace whittle::ui {

namespace {

constexpr float kLongestFrame = 0.1f;  // seconds
const ImWchar kAllCharacters[] = {0x20, 0xFFFC, 0};

ImVec4 float_colour(Colour colour) { return ImGui::ColorConvertU32ToFloat4(colour); }

void style_colours(const Palette& p) {
    ImVec4* colours = ImGui::GetStyle().Colors;
    const auto set = [&](int index, Colour colour) { colours[index] = float_colour(colour); };
    if (p.dark) {
        ImGui::StyleColorsDark();
    } else {
        ImGui::StyleColorsLight();
    }
    set(ImGuiCol_Text, p.text);
    set(ImGuiCol_TextDisabled, p.muted);
    set(ImGuiCol_WindowBg, p.background);
    set(ImGuiCol_ChildBg, with_alpha(p.background, 0));
    set(ImGuiCol_PopupBg, p.dark ? p.raised : p.background);
    set(ImGuiCol_Border, p.outline);
    set(ImGuiCol_FrameBg, p.raised);
    set(ImGuiCol_FrameBgHovered, mixed(p.raised, p.accent, 0.15));
    set(ImGuiCol_FrameBgActive, mixed(p.raised, p.accent, 0.25));
    set(ImGuiCol_SliderGrab, p.accent);
    set(ImGuiCol_SliderGrabActive, p.accent);
    set(ImGuiCol_CheckMark, p.accent);
    set(ImGuiCol_Button, p.raised);
    set(ImGuiCol_ButtonHovered, mixed(p.raised, p.accent, 0.2));
    set(ImGuiCol_ButtonActive, mixed(p.raised, p.accent, 0.35));
    set(ImGuiCol_Header, mixed(p.background, p.accent, 0.18));
    set(ImGuiCol_HeaderHovered, mixed(p.background, p.accent, 0.12));
    set(ImGuiCol_HeaderActive, mixed(p.background, p.accent, 0.25));
    set(ImGuiCol_Separator, p.grid);
    set(ImGuiCol_ScrollbarBg, with_alpha(p.background, 0));
    set(ImGuiCol_ScrollbarGrab, p.outline);
    set(ImGuiCol_NavHighlight, p.accent);
    set(ImGuiCol_TextSelectedBg, mixed(p.background, p.accent, 0.35));
}

}  // namespace

Screen::Screen(bool with_prose) : with_prose_(with_prose), palette_(&light_palette()) {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    io.ConfigWindowsMoveFromTitleBarOnly = true;
    start_renderer();
}

Screen::~Screen() {
    pictures_.forget_all();
    stop_renderer();
    ImGui::DestroyContext();
}

void Screen::set_dark(bool dark) {
    palette_ = dark ? &dark_palette() : &light_palette();
    apply_style();
}

void Screen::set_density(float density, float text_scale) {
    density = std::clamp(density, 0.5f, 4.0f);
    text_scale = std::clamp(text_scale, 0.6f, 3.0f);
    if (density == density_ && text_scale == text_scale_) return;
    density_ = density;
    text_scale_ = text_scale;
    make_fonts();
    apply_style();
}

ImFont* Screen::add_font(std::span<const unsigned char> typeface, float points) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = density_ < 1.5f ? 2 : 1;
    config.OversampleV = 1;
    const float pixels = std::round(points * text_scale_ * density_);
    ImFontAtlas* atlas = ImGui::GetIO().Fonts;
    const auto add = [&](std::span<const unsigned char> bytes) {
        return atlas->AddFontFromMemoryTTF(const_cast<unsigned char*>(bytes.data()),
                                           static_cast<int>(bytes.size()), pixels, &config,
                                           kAllCharacters);
    };
    ImFont* font = add(typeface);
    config.MergeMode = true;
    // DejaVu's signs stand taller in their box than Inter's letters.
    add(fallback_typeface);
    font->Scale = 1 / density_;
    return font;
}

void Screen::make_fonts() {
    ImFontAtlas* atlas = ImGui::GetIO().Fonts;
    atlas->Clear();
    reserve_shapes(*atlas);
    atlas->TexGlyphPadding = 1;
    fonts_.regular = add_font(regular_typeface, 15);
    fonts_.strong = add_font(semibold_typeface, 15);
    fonts_.small = add_font(regular_typeface, 13);
    fonts_.small_strong = add_font(semibold_typeface, 13);
    fonts_.large = add_font(semibold_typeface, 20);
    fonts_.title = with_prose_ ? add_font(semibold_typeface, 28) : fonts_.large;
    fonts_.mono = with_prose_ ? add_font(mono_typeface, 14) : fonts_.regular;
    build_with_shapes(*atlas);
    upload_fonts();
}

void Screen::apply_style() {
    ImGuiStyle& style = ImGui::GetStyle();
    style = ImGuiStyle();
    style_colours(*palette_);
    style.WindowRounding = 0;
    style.WindowBorderSize = 0;
    style.FrameRounding = 6;
    style.GrabRounding = 7;
    style.PopupRounding = 6;
    style.ScrollbarRounding = 6;
    style.ScrollbarSize = 10;
    style.GrabMinSize = 14;
    style.FramePadding = {10, 6};
    style.ItemSpacing = {8, 8};
    style.ItemInnerSpacing = {8, 6};
    style.WindowPadding = {14, 12};
    style.CircleTessellationMaxError = 0.15f;
    style.CurveTessellationTol = 0.6f;
    style.ScaleAllSizes(text_scale_);
}

void Screen::begin(float width, float height, double seconds) {
    if (density_ == 0) set_density(1);
    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {width, height};
    io.DisplayFramebufferScale = {density_, density_};
    const auto passed = static_cast<float>(seconds - last_seconds_);
    io.DeltaTime = last_seconds_ < 0 ? 1.0f / 60 : std::clamp(passed, 1e-4f, kLongestFrame);
    last_seconds_ = seconds;
    ImGui::NewFrame();
}

void Screen::end() {
    ImGui::Render();
    const ImDrawData* data = ImGui::GetDrawData();
    const ImVec4 clear = float_colour(palette_->background);
    glViewport(0, 0, static_cast<int>(data->DisplaySize.x * density_),
               static_cast<int>(data->DisplaySize.y * density_));
    glClearColor(clear.x, clear.y, clear.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    render(*data);
}

}  // namespace whittle::ui
