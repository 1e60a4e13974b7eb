#include "lessons/ui/arena_map.h"

#include <algorithm>
#include <cmath>

namespace whittle::ui {

namespace {

constexpr double kThinnest = 3;          // points: a tensor of one byte is seen too
constexpr float kStripes = 9;            // points from one to the next
constexpr float kStartOfDrag = 4;        // points
constexpr float kRowOfLifetimes = 0.8f;  // em, at most

Point point_of(ImVec2 place) {
    return {static_cast<double>(place.x), static_cast<double>(place.y)};
}

Box box_of(const ArenaLayout::Rectangle& r) {
    return {{static_cast<float>(r.low.x), static_cast<float>(r.low.y)},
            {static_cast<float>(r.high.x), static_cast<float>(r.high.y)}};
}

// "96 KiB", "100 B"
std::string short_bytes(std::int64_t bytes) {
    if (bytes >= 1024 && bytes % 1024 == 0) return std::to_string(bytes / 1024) + " KiB";
    return std::to_string(bytes) + " B";
}

float row_height(const ViewContext& context, const Box& strip, std::size_t tensors) {
    return std::min(context.em * kRowOfLifetimes,
                    strip.height() / static_cast<float>(std::max<std::size_t>(1, tensors)));
}

Box lifetime_row(const ViewContext& context,
                 const ArenaMap& map,
                 const ArenaMapPointer& pointer,
                 std::size_t tensor) {
    const float height = row_height(context, pointer.lifetimes, map.tensors.size());
    const float top = pointer.lifetimes.min.y + height * static_cast<float>(tensor);
    const ArenaBox& box = map.boxes[tensor];
    return {
        {static_cast<float>(pointer.layout.x_of_step(box.first_step)) + 1, top + 1},
        {static_cast<float>(pointer.layout.x_of_step(box.last_step + 1)) - 1, top + height - 1}};
}

void draw_lifetimes(const ViewContext& context,
                    const ArenaMap& map,
                    const ArenaMapPointer& pointer) {
    if (pointer.lifetimes.height() < context.em) return;
    const Palette& p = context.palette;
    for (std::size_t i = 0; i < map.tensors.size(); ++i) {
        const Box row = lifetime_row(context, map, pointer, i);
        const Colour colour = map.tensors[i].colour;
        if (map.boxes[i].shown) {
            context.draw->AddRectFilled(row.min, row.max, colour, 2);
        } else {
            context.draw->AddRect(row.min, row.max, colour, 2);
        }
        const bool hot = pointer.over == static_cast<int>(i) || map.chosen == static_cast<int>(i);
        if (hot) {
            context.draw->AddRect({row.min.x - 1, row.min.y - 1}, {row.max.x + 1, row.max.y + 1},
                                  p.text, 2, 0, 2);
        }
        mark_place(context, "life of " + map.tensors[i].name, row);
    }
}

void draw_scale(const ViewContext& context, const ArenaMap& map, const ArenaLayout& layout) {
    const Palette& p = context.palette;
    const auto left = static_cast<float>(layout.origin.x);
    const auto right = static_cast<float>(layout.origin.x + layout.width);
    const int parts = layout.height > 14.0 * static_cast<double>(context.em) ? 4 : 2;
    for (int i = 0; i <= parts; ++i) {
        const std::int64_t bytes = map.full_bytes * i / parts;
        const auto y = static_cast<float>(layout.y_of_bytes(bytes));
        context.draw->AddLine({left, y}, {right, y}, i == 0 ? p.outline : p.grid);
        draw_text(context, {left - context.em * 0.4f, y}, short_bytes(bytes), p.muted,
                  context.fonts.small, 1,
                  i == 0       ? 1.0f
                  : i == parts ? 0.0f
                               : 0.5f);
    }
    const auto bottom = static_cast<float>(layout.origin.y + layout.height);
    const double column = layout.width / map.steps;
    const int every =
        std::max(1, static_cast<int>(std::ceil(static_cast<double>(context.em) * 1.8 / column)));
    for (int step = 0; step < map.steps; ++step) {
        const auto x = static_cast<float>(layout.x_of_step(step));
        if (step > 0) {
            context.draw->AddLine({x, static_cast<float>(layout.origin.y)}, {x, bottom}, p.grid);
        }
        if (step % every != 0) continue;
        draw_text(context, {x + static_cast<float>(column) / 2, bottom + context.em * 0.2f},
                  std::to_string(step), p.muted, context.fonts.small, 0.5f, 0);
    }
    draw_text(context, {left - context.em * 0.4f, bottom + context.em * 0.2f}, "step", p.muted,
              context.fonts.small, 1, 0);
}

void draw_tensor(const ViewContext& context,
                 const ArenaMap& map,
                 const ArenaMapPointer& pointer,
                 std::size_t i) {
    const Palette& p = context.palette;
    const ArenaMap::Tensor& tensor = map.tensors[i];
    const Box box = box_of(pointer.layout.rectangle(map.boxes[i], kThinnest));
    const int index = static_cast<int>(i);
    const bool hot = pointer.over == index || pointer.dragged == index;
    const Colour edge = tensor.wrong ? p.bad : tensor.colour;
    const Box inner{{box.min.x + 1, box.min.y}, {box.max.x - 1, box.max.y}};
    const float rounding = std::min(4.0f, inner.height() / 3);
    context.draw->AddRectFilled(inner.min, inner.max,
                                mixed(p.background, tensor.colour, hot ? 0.5 : 0.3), rounding);
    const bool marked = map.chosen == index || map.latest == index;
    context.draw->AddRect(inner.min, inner.max, map.chosen == index ? p.text : edge, rounding, 0,
                          marked || hot || tensor.wrong ? 2.5f : 1.2f);
    mark_place(context, "tensor " + tensor.name, inner);
    const ImVec2 name = text_size(context.fonts.small_strong, tensor.name);
    if (inner.width() < name.x + 6 || inner.height() < name.y) return;
    const std::string bytes = short_bytes(map.boxes[i].bytes);
    const ImVec2 second = text_size(context.fonts.small, bytes);
    const bool both = inner.width() > second.x + 6 && inner.height() > name.y + second.y + 2;
    const float centre = inner.centre().x;
    const float middle = inner.centre().y;
    draw_text(context, {centre, both ? middle - name.y / 2 : middle}, tensor.name, p.text,
              context.fonts.small_strong, 0.5f, 0.5f);
    if (both) {
        draw_text(context, {centre, middle + second.y / 2}, bytes, p.text, context.fonts.small,
                  0.5f, 0.5f);
    }
}

// Stripes over the bytes that two tensors would both write.
void draw_overlap(const ViewContext& context, const Box& box) {
    const Palette& p = context.palette;
    context.draw->AddRectFilled(box.min, box.max, with_alpha(p.bad, 0.75));
    context.draw->PushClipRect(box.min, box.max, true);
    const float height = box.height();
    for (float x = box.min.x - height; x < box.max.x; x += kStripes) {
        context.draw->AddLine({x, box.max.y}, {x + height, box.min.y}, p.background, 2);
    }
    context.draw->PopClipRect();
}

void draw_overlaps(const ViewContext& context, const ArenaMap& map, const ArenaLayout& layout) {
    for (std::size_t a = 0; a < map.boxes.size(); ++a) {
        for (std::size_t b = 0; b < a && map.tensors[a].wrong; ++b) {
            const ArenaBox shared = common_part(map.boxes[a], map.boxes[b]);
            if (shared.shown) draw_overlap(context, box_of(layout.rectangle(shared, kThinnest)));
        }
    }
}

// A line across with its name on a plate at the right, above it or under it.
void draw_level(const ViewContext& context,
                const ArenaLayout& layout,
                std::int64_t bytes,
                const std::string& name,
                Colour colour,
                bool dashed,
                bool above) {
    const auto left = static_cast<float>(layout.origin.x);
    const auto right = static_cast<float>(layout.origin.x + layout.width);
    const auto y = static_cast<float>(layout.y_of_bytes(bytes));
    if (dashed) {
        draw_dashed(context.draw, {left, y}, {right, y}, colour, 2, 6);
    } else {
        context.draw->AddLine({left, y}, {right, y}, colour, 2);
    }
    const ImVec2 size = text_size(context.fonts.small_strong, name);
    const float top = above ? y - size.y - 3 : y + 3;
    const Box plate{{right - size.x - 8, top}, {right - 2, top + size.y}};
    context.draw->AddRectFilled(plate.min, plate.max, with_alpha(context.palette.background, 0.85),
                                3);
    draw_text(context, {plate.min.x + 3, plate.min.y}, name, colour, context.fonts.small_strong);
}

void draw_levels(const ViewContext& context, const ArenaMap& map, const ArenaLayout& layout) {
    const Palette& p = context.palette;
    if (map.tensors.empty()) return;
    if (map.peak == map.lower_bound) {
        draw_level(context, layout, map.peak, "arena = lower bound", p.good, false, true);
        return;
    }
    const bool over = map.peak > map.lower_bound;
    draw_level(context, layout, map.lower_bound, "lower bound", p.accent, true, !over);
    if (over) draw_level(context, layout, map.peak, "arena", p.text, false, true);
}

void draw_parts(const ViewContext& context, const ArenaMap& map, const ArenaLayout& layout) {
    const Palette& p = context.palette;
    const auto right = static_cast<float>(layout.origin.x + layout.width);
    for (const ArenaMap::Part& part : map.parts) {
        const auto bottom = static_cast<float>(layout.y_of_bytes(part.offset));
        const auto top = static_cast<float>(layout.y_of_bytes(part.offset + part.bytes));
        const float x = right + context.em * 0.35f;
        context.draw->AddLine({x, top + 1}, {x, bottom - 1}, p.muted, 2);
        if (bottom - top < context.em * 0.8f) continue;
        draw_text(context, {x + context.em * 0.3f, (top + bottom) / 2}, part.name, p.text,
                  context.fonts.small_strong, 0, 0.5f);
    }
}

}  // namespace

ArenaMapPointer point_at_arena_map(const ViewContext& context,
                                   Box box,
                                   const ArenaMap& map,
                                   bool movable) {
    const float em = context.em;
    ArenaMapPointer pointer;
    box.take_left(em * 4.4f);
    box.take_right(map.parts.empty() ? em * 0.2f : em * 2.4f);
    box.take_bottom(em * 1.5f);
    const auto rows = static_cast<float>(map.tensors.size());
    const float wanted = std::min(box.height() * 0.3f, rows * em * kRowOfLifetimes);
    if (box.height() > em * 18) pointer.lifetimes = box.take_top(wanted, em * 0.8f);
    pointer.layout = {point_of(box.min), static_cast<double>(box.width()),
                      static_cast<double>(box.height()), map.steps, map.full_bytes};
    if (pointer_in(box)) {
        pointer.over = pointer.layout.box_at(point_of(ImGui::GetMousePos()), map.boxes, kThinnest);
    }
    for (std::size_t i = 0; i < map.tensors.size() && pointer.lifetimes.height() >= em; ++i) {
        if (pointer_in(lifetime_row(context, map, pointer, i))) pointer.over = static_cast<int>(i);
    }
    // A finger on a map that cannot be moved scrolls the page.
    ViewContext still = context;
    if (!movable) still.grabs = nullptr;
    const Drag drag = drag_area(still, "arena", box);
    const int pressed =
        pointer.layout.box_at(point_of(ImGui::GetIO().MouseClickedPos[0]), map.boxes, kThinnest);
    if (drag.clicked) pointer.clicked = pressed;
    if (!movable || pressed < 0 || !(drag.held || drag.released)) return pointer;
    const ImVec2 moved = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, kStartOfDrag);
    if (moved.x == 0 && moved.y == 0) return pointer;
    pointer.clicked = -1;
    pointer.dragged = pressed;
    pointer.dropped = drag.released;
    pointer.moved_bytes = pointer.layout.bytes_of(-static_cast<double>(moved.y));
    return pointer;
}

void draw_arena_map(const ViewContext& context,
                    const ArenaMap& map,
                    const ArenaMapPointer& pointer) {
    const ArenaLayout& layout = pointer.layout;
    const Box inner =
        box_of({layout.origin, {layout.origin.x + layout.width, layout.origin.y + layout.height}});
    context.draw->AddRectFilled(inner.min, inner.max, context.palette.panel);
    draw_scale(context, map, layout);
    draw_lifetimes(context, map, pointer);
    context.draw->PushClipRect({inner.min.x - 2, inner.min.y - 2},
                               {inner.max.x + 2, inner.max.y + 2}, true);
    for (std::size_t i = 0; i < map.tensors.size(); ++i) {
        if (map.boxes[i].shown && pointer.dragged != static_cast<int>(i)) {
            draw_tensor(context, map, pointer, i);
        }
    }
    // On top of the others.
    if (pointer.dragged >= 0) {
        draw_tensor(context, map, pointer, static_cast<std::size_t>(pointer.dragged));
    }
    draw_overlaps(context, map, layout);
    draw_levels(context, map, layout);
    context.draw->PopClipRect();
    draw_parts(context, map, layout);
    if (pointer.over >= 0 && pointer.dragged < 0) {
        tooltip(context, map.tensors[static_cast<std::size_t>(pointer.over)].tip);
    }
}

}  // namespace whittle::ui
