#include "lessons/ui/network_diagram.h"

#include <algorithm>
#include <cmath>

#include "lessons/kit/numbers.h"

namespace whittle::ui {

namespace {

constexpr double kEdgeReach = 6;  // points

ImVec2 diagram_point(Point point) {
    return {static_cast<float>(point.x), static_cast<float>(point.y)};
}

Colour edge_colour(double weight, const Palette& palette) {
    const Colour full = weight < 0 ? palette.negative : palette.positive;
    return with_alpha(full, std::clamp(0.25 + std::fabs(weight) * 0.6, 0.25, 0.95));
}

// Whole: ImGui draws such lines with a third of the triangles. The colour tells small weights
// apart. Between small neurons the lines are thinner, so that they do not run together.
float edge_width(double weight, const NetworkLayout& layout) {
    const double widest = std::clamp(std::round(layout.size * 0.2), 2.0, 8.0);
    const double width = 0.75 + 0.275 * widest * std::fabs(weight);
    return static_cast<float>(std::clamp(std::round(width), 1.0, widest));
}

void draw_edges(const ViewContext& context,
                const NetworkDiagram& diagram,
                const NetworkLayout& layout,
                const NetworkLayout::Edge* hot) {
    for (std::size_t l = 0; l + 1 < layout.centres.size(); ++l) {
        for (std::size_t from = 0; from < layout.centres[l].size(); ++from) {
            for (std::size_t to = 0; to < layout.centres[l + 1].size(); ++to) {
                const NetworkLayout::Edge edge{l, from, to};
                const double weight = diagram.weight(edge);
                const Segment line = layout.line(edge);
                context.draw->AddLine(diagram_point(line.from), diagram_point(line.to),
                                      edge_colour(weight, context.palette),
                                      edge_width(weight, layout));
            }
        }
    }
    if (hot == nullptr) return;
    const Segment line = layout.line(*hot);
    context.draw->AddLine(diagram_point(line.from), diagram_point(line.to), context.palette.text,
                          edge_width(diagram.weight(*hot), layout) + 2);
}

template <class Draw>
void for_each_neuron(const NetworkLayout& layout, Draw draw) {
    const auto half = static_cast<float>(layout.size / 2);
    for (std::size_t l = 0; l < layout.centres.size(); ++l) {
        for (std::size_t n = 0; n < layout.centres[l].size(); ++n) {
            const ImVec2 c = diagram_point(layout.centres[l][n]);
            draw(l, n, Box{{c.x - half, c.y - half}, {c.x + half, c.y + half}});
        }
    }
}

// All maps before all frames and names: a change of texture in between costs a call each.
void draw_neurons(const ViewContext& context,
                  const NetworkDiagram& diagram,
                  const NetworkLayout& layout,
                  const NetworkPointer& pointer) {
    if (const ImTextureID maps = context.pictures.find(diagram.maps)) {
        for_each_neuron(layout, [&](std::size_t l, std::size_t n, const Box& box) {
            const Box part = diagram.part(l, n);
            context.draw->AddImage(maps, box.min, box.max, part.min, part.max);
        });
    }
    for_each_neuron(layout, [&](std::size_t l, std::size_t n, const Box& box) {
        const bool hot = pointer.on_neuron && pointer.layer == l && pointer.neuron == n;
        context.draw->AddRect(box.min, box.max,
                              hot ? context.palette.text : context.palette.outline, 0, 0,
                              hot ? 2.0f : 1.0f);
        if (l < diagram.names.size() && n < diagram.names[l].size()) {
            draw_text(context, {box.min.x - 5, box.centre().y}, diagram.names[l][n],
                      context.palette.text, context.fonts.small, 1, 0.5f);
        }
    });
}

void draw_titles(const ViewContext& context,
                 const NetworkDiagram& diagram,
                 const NetworkLayout& layout,
                 float y) {
    const std::size_t last = layout.centres.size() - 1;
    const float pitch = last > 0
                            ? static_cast<float>(layout.centres[1][0].x - layout.centres[0][0].x)
                            : context.em * 10;
    for (std::size_t l = 0; l <= last; ++l) {
        if (layout.centres[l].empty()) continue;
        std::string title = "layer " + std::to_string(l);
        if (l == 0) title = diagram.first_title;
        if (l == last) title = diagram.last_title;
        if (text_size(context.fonts.small, title).x > pitch - 4 && l != 0 && l != last) {
            title = std::to_string(l);
        }
        const auto centre = static_cast<float>(layout.centres[l][0].x);
        const auto half = static_cast<float>(layout.size / 2);
        const float wide = text_size(context.fonts.small, title).x;
        const bool ends_outside = l == last && last > 0 && wide > 2 * half;
        draw_text(context, {ends_outside ? centre + half : centre, y}, title, context.palette.muted,
                  context.fonts.small, ends_outside ? 1.0f : 0.5f, 0);
    }
}

void mark_parts(const ViewContext& context, const NetworkLayout& layout) {
    if (context.places == nullptr) return;
    const auto name = [](const char* what, std::size_t a, std::size_t b) {
        return std::string(what) + " " + std::to_string(a) + " " + std::to_string(b);
    };
    for (std::size_t l = 0; l < layout.centres.size(); ++l) {
        for (std::size_t n = 0; n < layout.centres[l].size(); ++n) {
            mark_place(context, name("neuron", l, n), diagram_point(layout.centres[l][n]));
            const std::size_t targets =
                l + 1 < layout.centres.size() ? layout.centres[l + 1].size() : 0;
            for (std::size_t to = 0; to < targets; ++to) {
                // Where it leaves its neuron, it lies apart from the others.
                const Segment line = layout.line({l, n, to});
                const Point place{line.from.x + 0.2 * (line.to.x - line.from.x),
                                  line.from.y + 0.2 * (line.to.y - line.from.y)};
                mark_place(context, name("edge", l, n) + " " + std::to_string(to),
                           diagram_point(place));
            }
        }
    }
}

}  // namespace

NetworkPointer draw_network(const ViewContext& context, Box box, const NetworkDiagram& diagram) {
    const float em = context.em;
    const Box titles = box.take_top(em * 1.5f);
    float left = 0;
    if (!diagram.names.empty()) {
        for (const std::string& name : diagram.names[0]) {
            left = std::max(left, text_size(context.fonts.small, name).x + 8);
        }
    }
    box.take_left(left);
    const NetworkLayout layout = network_layout(
        diagram.layers, {static_cast<double>(box.min.x), static_cast<double>(box.min.y)},
        static_cast<double>(box.width()), static_cast<double>(box.height()),
        static_cast<double>(em * 3.4f));
    NetworkPointer pointer;
    const Drag drag = drag_area(context, "network", box);
    const Point place{static_cast<double>(drag.pointer.x), static_cast<double>(drag.pointer.y)};
    bool on_edge = false;
    if (pointer_in(box)) {
        pointer.on_neuron = layout.neuron_at(place, pointer.layer, pointer.neuron);
        on_edge = !pointer.on_neuron && layout.edge_at(place, kEdgeReach, pointer.edge);
    }
    pointer.clicked_edge = on_edge && drag.clicked;
    draw_titles(context, diagram, layout, titles.min.y);
    draw_edges(context, diagram, layout, on_edge ? &pointer.edge : nullptr);
    draw_neurons(context, diagram, layout, pointer);
    mark_parts(context, layout);
    if (on_edge) {
        tooltip(context,
                "weight " + shown_number(diagram.weight(pointer.edge), 3) + "\nclick to change it");
    }
    return pointer;
}

}  // namespace whittle::ui
