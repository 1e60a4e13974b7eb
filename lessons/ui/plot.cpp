#include "lessons/ui/plot.h"

#include <algorithm>
#include <cmath>

#include "lessons/kit/numbers.h"
#include "lessons/ui/shapes.h"

namespace whittle::ui {

namespace {

constexpr float kReach = 18;      // how near the pointer must come, in points
constexpr double kFarAway = 3e4;  // points off the plot; more would lose precision on the way

float place_between(float low, float high, double unit) {
    const double clamped = std::isnan(unit) ? 0.0 : std::clamp(unit, -kFarAway, kFarAway);
    return low + static_cast<float>(clamped) * (high - low);
}

}  // namespace

void draw_marker(ImDrawList* draw, Marker marker, ImVec2 c, float r, Colour fill, Colour edge) {
    switch (marker) {
        case Marker::dot: draw_shape(draw, Shape::disc, c, r, fill); break;
        case Marker::circle:
            draw_shape(draw, Shape::disc, c, r + 1, edge);
            draw_shape(draw, Shape::disc, c, r, fill);
            break;
        case Marker::square: {
            const float h = r * 0.9f;
            for (const bool back : {true, false}) {
                const float half = back ? h + 1 : h;
                draw->AddQuadFilled({c.x - half, c.y - half}, {c.x + half, c.y - half},
                                    {c.x + half, c.y + half}, {c.x - half, c.y + half},
                                    back ? edge : fill);
            }
            break;
        }
        case Marker::diamond: {
            draw_shape(draw, Shape::diamond, c, r * 1.2f + 1.4f, edge);
            draw_shape(draw, Shape::diamond, c, r * 1.2f, fill);
            break;
        }
        case Marker::triangle: {
            const float o = r * 1.2f;
            const float e = o + 1.8f;
            draw->AddTriangleFilled({c.x, c.y - e}, {c.x + 0.9f * e, c.y + 0.65f * e},
                                    {c.x - 0.9f * e, c.y + 0.65f * e}, edge);
            draw->AddTriangleFilled({c.x, c.y - o}, {c.x + 0.9f * o, c.y + 0.6f * o},
                                    {c.x - 0.9f * o, c.y + 0.6f * o}, fill);
            break;
        }
        case Marker::cross:
            for (const bool back : {true, false}) {
                const float width = back ? 4.0f : 2.2f;
                const Colour colour = back ? edge : fill;
                draw->AddLine({c.x - r, c.y - r}, {c.x + r, c.y + r}, colour, width);
                draw->AddLine({c.x - r, c.y + r}, {c.x + r, c.y - r}, colour, width);
            }
            break;
    }
}

Plot::Plot(const ViewContext& context, Box box, const std::string& title, Axis x, Axis y)
    : context_(context), x_(x), y_(y) {
    const float em = context.em;
    const float line = font_size(context.fonts.small);
    box = draw_heading(context, box, title);
    const bool y_label = y.label[0] != '\0';
    if (y_label) box.take_top(std::round(line * 1.35f));
    box.take_top(em * 0.3f);
    inner_ = box;
    inner_.max.y -= line * 1.5f + (x.label[0] != '\0' ? line * 1.25f : 0);
    float widest = 0;
    const int most = std::clamp(static_cast<int>(inner_.height() / (em * 2.0f)), 3, 9);
    for (const Tick& tick : y.ticks(most)) {
        widest = std::max(widest, text_size(context.fonts.small, tick.label).x);
    }
    inner_.min.x = std::round(inner_.min.x + widest + em * 0.6f);
    inner_.max.x = std::round(inner_.max.x - em * 0.9f);
    draw_axes(title);
}

void Plot::draw_axes(const std::string&) {
    const Palette& colours = context_.palette;
    const ImFont* small = context_.fonts.small;
    ImDrawList* draw = context_.draw;
    const float em = context_.em;
    const int rows = std::clamp(static_cast<int>(inner_.height() / (em * 2.0f)), 3, 9);
    const int columns = std::clamp(static_cast<int>(inner_.width() / (em * 3.6f)), 2, 11);
    for (const Tick& tick : y_.ticks(rows)) {
        const float y = std::round(at(x_.range.low, tick.value).y);
        const Colour colour = tick.label.empty() ? with_alpha(colours.grid, 0.5) : colours.grid;
        draw->AddLine({inner_.min.x, y}, {inner_.max.x, y}, colour, 1);
        draw_text(context_, {inner_.min.x - em * 0.4f, y}, tick.label, colours.muted, small, 1,
                  0.5f);
    }
    for (const Tick& tick : x_.ticks(columns)) {
        const float x = std::round(at(tick.value, y_.range.low).x);
        draw->AddLine({x, inner_.min.y}, {x, inner_.max.y}, colours.grid, 1);
        draw_text(context_, {x, inner_.max.y + em * 0.3f}, tick.label, colours.muted, small, 0.5f,
                  0);
    }
    const Colour axis = colours.outline;
    if (!x_.logarithmic && x_.range.low < 0 && x_.range.high > 0) {
        const float x = std::round(at(0, y_.range.low).x);
        draw->AddLine({x, inner_.min.y}, {x, inner_.max.y}, axis, 1);
    }
    if (!y_.logarithmic && y_.range.low < 0 && y_.range.high > 0) {
        const float y = std::round(at(x_.range.low, 0).y);
        draw->AddLine({inner_.min.x, y}, {inner_.max.x, y}, axis, 1);
    }
    draw->AddLine({inner_.min.x, inner_.max.y}, inner_.max, axis, 1);
    draw->AddLine(inner_.min, {inner_.min.x, inner_.max.y}, axis, 1);
    draw_text(context_, {inner_.max.x, inner_.max.y + font_size(small) * 1.55f}, x_.label,
              colours.muted, small, 1, 0);
    draw_text(context_, {inner_.min.x - em * 0.4f, inner_.min.y - em * 0.35f}, y_.label,
              colours.muted, small, 0, 1);
}

ImVec2 Plot::at(double x, double y) const {
    return {place_between(inner_.min.x, inner_.max.x, x_.to_unit(x)),
            place_between(inner_.max.y, inner_.min.y, y_.to_unit(y))};
}

Point Plot::from(ImVec2 place) const {
    return {x_.from_unit(static_cast<double>((place.x - inner_.min.x) / inner_.width())),
            y_.from_unit(static_cast<double>((inner_.max.y - place.y) / inner_.height()))};
}

void Plot::clip() const {
    context_.draw->PushClipRect({inner_.min.x - 1, inner_.min.y - 1},
                                {inner_.max.x + 1, inner_.max.y + 1}, true);
}

void Plot::unclip() const { context_.draw->PopClipRect(); }

void Plot::picture(const std::string& name) const {
    draw_picture(context_, inner_, name);
    context_.draw->AddRect(inner_.min, inner_.max, context_.palette.outline);
}

void Plot::remember(const std::string& name, std::span<const double> x, std::span<const double> y) {
    if (name.empty()) return;
    const std::size_t count = std::min(x.size(), y.size());
    for (std::size_t i : {std::size_t{0}, count / 2}) {
        if (i >= count || !inner_.contains(at(x[i], y[i]))) continue;
        mark_place(context_, (i == 0 ? "first of " : "middle of ") + name, at(x[i], y[i]));
    }
    if (!pointer_in(inner_)) return;
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        spots_.push_back({at(x[i], y[i]), entries_.size() - 1, x[i], y[i]});
    }
}

namespace {

bool turns_back(ImVec2 a, ImVec2 b, ImVec2 c) {
    return (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) < 0;
}

// A thick line's joint where it turns back would stick out as a spike: it is cut there.
void add_smooth_runs(ImDrawList* draw, const std::vector<ImVec2>& points, Colour colour,
                     float width) {
    std::size_t begin = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
        const bool last = i + 1 == points.size();
        if (!last && !turns_back(points[i - 1], points[i], points[i + 1])) continue;
        draw->AddPolyline(&points[begin], static_cast<int>(i - begin + 1), colour, 0, width);
        begin = i;
    }
}

}  // namespace

void Plot::line(const std::string& name,
                std::span<const double> x,
                std::span<const double> y,
                Colour colour,
                LineStyle style) {
    if (!name.empty()) entries_.push_back({name, colour, true, style.dashed, Marker::circle});
    const std::size_t count = std::min(x.size(), y.size());
    clip();
    std::vector<ImVec2> run;
    // Of a whole width ImGui draws lines with a third of the triangles.
    const float width = std::max(1.0f, std::round(style.width));
    const auto end_run = [&] {
        if (style.dashed) {
            for (std::size_t i = 0; i + 1 < run.size(); ++i) {
                if (i % 4 < 2) context_.draw->AddLine(run[i], run[i + 1], colour, width);
            }
        } else if (run.size() > 1) {
            add_smooth_runs(context_.draw, run, colour, width);
        }
        run.clear();
    };
    if (style.dashed && count == 2) {
        draw_dashed(context_.draw, at(x[0], y[0]), at(x[1], y[1]), colour, style.width, 6);
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            if (!std::isfinite(x[i]) || !std::isfinite(y[i])) {
                end_run();
                continue;
            }
            const ImVec2 place = at(x[i], y[i]);
            // What is closer than half a point to the last one adds nothing but ragged joints.
            if (!run.empty() && i + 1 < count && std::fabs(place.x - run.back().x) < 0.5f &&
                std::fabs(place.y - run.back().y) < 0.5f) {
                continue;
            }
            run.push_back(place);
        }
        end_run();
    }
    unclip();
    remember(name, x, y);
}

void Plot::curve(const std::string& name,
                 const std::function<double(double)>& function,
                 Colour colour,
                 LineStyle style) {
    const int count = std::clamp(static_cast<int>(inner_.width() / 2), 8, 800);
    std::vector<double> x;
    std::vector<double> y;
    for (int i = 0; i <= count; ++i) {
        x.push_back(x_.from_unit(static_cast<double>(i) / count));
        y.push_back(function(x.back()));
    }
    line(name, x, y, colour, style);
}

void Plot::points(const std::string& name,
                  std::span<const double> x,
                  std::span<const double> y,
                  Colour colour,
                  Marker marker,
                  float radius) {
    if (!name.empty()) entries_.push_back({name, colour, false, false, marker});
    const Box roomy = inner_.inset(-radius);
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
        if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
        const ImVec2 place = at(x[i], y[i]);
        if (roomy.contains(place)) {
            draw_marker(context_.draw, marker, place, radius, colour,
                        with_alpha(context_.palette.background, 0.85));
        }
    }
    remember(name, x, y);
}

void Plot::point(
    const std::string& name, double x, double y, Colour colour, Marker marker, float radius) {
    points(name, {&x, 1}, {&y, 1}, colour, marker, radius);
}

void Plot::vertical(const std::string& label, double x, Colour colour) {
    if (!x_.range.contains(x)) return;
    const float place = at(x, y_.range.low).x;
    draw_dashed(context_.draw, {place, inner_.max.y}, {place, inner_.min.y}, colour, 1.5f, 5);
    const bool right = place < inner_.centre().x;
    const ImVec2 corner{place + (right ? 6.0f : -6.0f), inner_.min.y + 4};
    // Readable on whatever is drawn beneath it.
    const ImVec2 size = text_size(context_.fonts.small_strong, label);
    const float left = right ? corner.x : corner.x - size.x;
    context_.draw->AddRectFilled({left - 3, corner.y - 1},
                                 {left + size.x + 3, corner.y + size.y + 1},
                                 with_alpha(context_.palette.background, 0.85), 3);
    draw_text(context_, corner, label, colour, context_.fonts.small_strong, right ? 0.0f : 1.0f, 0);
}

void Plot::horizontal(const std::string& label, double y, Colour colour) {
    if (!y_.range.contains(y)) return;
    const float place = at(x_.range.low, y).y;
    draw_dashed(context_.draw, {inner_.min.x, place}, {inner_.max.x, place}, colour, 1.5f, 5);
    draw_text(context_, {inner_.max.x - 4, place - 3}, label, colour, context_.fonts.small_strong,
              1, 1);
}

void Plot::draw_legend() const {
    if (entries_.size() < 2) return;
    const ImFont* font = context_.fonts.small;
    const float em = context_.em;
    const float swatch = em * 1.5f;
    float total = 0;
    for (const Entry& entry : entries_) total += swatch + text_size(font, entry.name).x + em;
    // In a row over the plot where there is room, else in its corner.
    const float y = inner_.min.y - em * 0.35f - font_size(font) / 2;
    const bool in_row = total < inner_.width() * 0.8f;
    float x = inner_.max.x - total + em;
    float row = in_row ? y : inner_.min.y + em;
    for (const Entry& entry : entries_) {
        const ImVec2 size = text_size(font, entry.name);
        if (!in_row) x = inner_.max.x - size.x - swatch - em * 0.5f;
        if (!in_row) {
            context_.draw->AddRectFilled({x - 4, row - size.y * 0.6f},
                                         {x + swatch + size.x + 4, row + size.y * 0.6f},
                                         with_alpha(context_.palette.background, 0.8), 3);
        }
        if (entry.is_line && entry.dashed) {
            draw_dashed(context_.draw, {x, row}, {x + swatch - 8, row}, entry.colour, 2.5f, 4);
        } else if (entry.is_line) {
            context_.draw->AddLine({x, row}, {x + swatch - 8, row}, entry.colour, 2.5f);
        } else {
            draw_marker(context_.draw, entry.marker, {x + swatch - 14, row}, 4, entry.colour,
                        context_.palette.background);
        }
        draw_text(context_, {x + swatch - 2, row}, entry.name, context_.palette.text, font, 0,
                  0.5f);
        if (in_row) {
            x += swatch + size.x + em;
        } else {
            row += size.y * 1.3f;
        }
    }
}

void Plot::show_value() const {
    const ImVec2 pointer = ImGui::GetMousePos();
    const Spot* best = nullptr;
    float reach = kReach;
    for (const Spot& spot : spots_) {
        const float away = std::hypot(spot.place.x - pointer.x, spot.place.y - pointer.y);
        if (away > reach || !inner_.inset(-2).contains(spot.place)) continue;
        reach = away;
        best = &spot;
    }
    if (best == nullptr) return;
    const Entry& entry = entries_[best->entry];
    context_.draw->AddCircle(best->place, 8, entry.colour, 0, 2);
    const std::string x = x_.label[0] != '\0' ? x_.label : "x";
    const std::string y = y_.label[0] != '\0' ? y_.label : "y";
    tooltip(context_, entry.name + "\n" + x + ": " + shown_number(best->x, 4) + "\n" + y + ": " +
                          shown_number(best->y, 4));
}

void Plot::finish() {
    draw_legend();
    show_value();
}

}  // namespace whittle::ui
