#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "imgui_internal.h"
#include "lessons/ui/view.h"

namespace whittle::ui {

Box Box::take_left(float by, float gap) {
    const Box strip{min, {min.x + by, max.y}};
    min.x += by + gap;
    return strip;
}

Box Box::take_right(float by, float gap) {
    const Box strip{{max.x - by, min.y}, max};
    max.x -= by + gap;
    return strip;
}

Box Box::take_top(float by, float gap) {
    const Box strip{min, {max.x, min.y + by}};
    min.y += by + gap;
    return strip;
}

Box Box::take_bottom(float by, float gap) {
    const Box strip{{min.x, max.y - by}, max};
    max.y -= by + gap;
    return strip;
}

Box Box::square() const {
    const float half = std::min(width(), height()) / 2;
    const ImVec2 middle = centre();
    return {{middle.x - half, middle.y - half}, {middle.x + half, middle.y + half}};
}

float font_size(const ImFont* font) { return font->FontSize * font->Scale; }

ImVec2 text_size(const ImFont* font, std::string_view text) {
    return font->CalcTextSizeA(font_size(font), 1e9f, 0, text.data(), text.data() + text.size());
}

void draw_text(const ViewContext& context,
               ImVec2 place,
               std::string_view text,
               Colour colour,
               const ImFont* font,
               float align_x,
               float align_y) {
    if (font == nullptr) font = context.fonts.regular;
    const ImVec2 size = text_size(font, text);
    place = {std::floor(place.x - align_x * size.x), std::floor(place.y - align_y * size.y)};
    context.draw->AddText(font, font_size(font), place, colour, text.data(),
                          text.data() + text.size());
}

float draw_wrapped(const ViewContext& context,
                   ImVec2 place,
                   float width,
                   std::string_view text,
                   Colour colour,
                   const ImFont* font) {
    if (font == nullptr) font = context.fonts.regular;
    float height = 0;
    // At blanks alone: a number stays whole.
    while (!text.empty()) {
        std::size_t taken = text.find(' ');
        while (taken != std::string_view::npos) {
            const std::size_t next = text.find(' ', taken + 1);
            if (text_size(font, text.substr(0, next)).x > width) break;
            taken = next;
        }
        const std::string_view line = text.substr(0, taken);
        draw_text(context, {place.x, place.y + height}, line, colour, font);
        height += font_size(font);
        text.remove_prefix(taken == std::string_view::npos ? text.size() : taken + 1);
    }
    return height;
}

Box draw_heading(const ViewContext& context, Box box, std::string_view title) {
    if (title.empty()) return box;
    const Box line = box.take_top(std::round(context.em * 1.5f));
    draw_text(context, {line.min.x, line.min.y}, title, context.palette.text,
              context.fonts.small_strong);
    return box;
}

void draw_dashed(ImDrawList* draw, ImVec2 from, ImVec2 to, Colour colour, float width, float dash) {
    const float length = std::hypot(to.x - from.x, to.y - from.y);
    if (!(length > 0) || length > 1e5f) return;
    const ImVec2 unit{(to.x - from.x) / length, (to.y - from.y) / length};
    for (float at = 0; at < length; at += 2 * dash) {
        const float end = std::min(length, at + dash);
        draw->AddLine({from.x + unit.x * at, from.y + unit.y * at},
                      {from.x + unit.x * end, from.y + unit.y * end}, colour, width);
    }
}

void draw_arrow(ImDrawList* draw, ImVec2 from, ImVec2 to, Colour colour, float width) {
    const float length = std::hypot(to.x - from.x, to.y - from.y);
    if (!(length > 1)) return;
    const ImVec2 unit{(to.x - from.x) / length, (to.y - from.y) / length};
    const float head = std::min(length, 4 * width + 2);
    const ImVec2 neck{to.x - unit.x * head, to.y - unit.y * head};
    draw->AddLine(from, neck, colour, width);
    const float half = head * 0.55f;
    draw->AddTriangleFilled(to, {neck.x - unit.y * half, neck.y + unit.x * half},
                            {neck.x + unit.y * half, neck.y - unit.x * half}, colour);
}

void draw_picture(const ViewContext& context, Box box, const std::string& name, float rounding) {
    if (const ImTextureID picture = context.pictures.find(name)) {
        context.draw->AddImageRounded(picture, box.min, box.max, {0, 0}, {1, 1}, IM_COL32_WHITE,
                                      rounding);
    }
}

bool pointer_in(const Box& box) {
    return ImGui::IsMousePosValid() && box.contains(ImGui::GetMousePos()) &&
           ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
}

void mark_place(const ViewContext& context, const std::string& name, const Box& box) {
    if (context.places != nullptr) context.places->push_back({name, box});
}

void mark_place(const ViewContext& context, const std::string& name, ImVec2 centre) {
    mark_place(context, name, Box{{centre.x - 1, centre.y - 1}, {centre.x + 1, centre.y + 1}});
}

void tooltip(const ViewContext& context, const std::string& text) {
    if (context.tip != nullptr) *context.tip = text;
    ImGui::PushFont(context.fonts.small);
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(context.em * 22);
    ImGui::TextUnformatted(text.c_str());
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
    ImGui::PopFont();
}

Drag drag_area(const ViewContext& context, const char* id, const Box& box) {
    if (box.width() < 1 || box.height() < 1) return {};
    const ImVec2 cursor = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos(box.min);
    ImGui::InvisibleButton(id, box.size());
    ImGui::SetItemAllowOverlap();
    Drag drag;
    drag.pointer = ImGui::GetMousePos();
    drag.pressed = ImGui::IsItemActivated();
    drag.held = ImGui::IsItemActive();
    drag.released = ImGui::IsItemDeactivated();
    const ImVec2 moved = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, 0);
    drag.clicked = drag.released && box.contains(drag.pointer) &&
                   std::hypot(moved.x, moved.y) < 6;
    ImGui::SetCursorScreenPos(cursor);
    if (context.grabs != nullptr) context.grabs->push_back(box);
    mark_place(context, id, box);
    return drag;
}

int arrow_steps() {
    if (ImGui::GetIO().WantTextInput) return 0;
    const auto count = [](ImGuiKey key) {
        return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key)) ? 1 : 0;
    };
    const int more = count(ImGuiKey_RightArrow);
    const int less = count(ImGuiKey_LeftArrow);
    if (more + less > 0) ImGui::NavMoveRequestCancel();
    return more - less;
}

std::string format(const char* pattern, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, pattern);
    std::vsnprintf(text, sizeof text, pattern, arguments);
    va_end(arguments);
    return text;
}

}  // namespace whittle::ui
