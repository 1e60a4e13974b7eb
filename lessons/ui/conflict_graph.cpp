#include "lessons/ui/conflict_graph.h"

#include <algorithm>
#include <cmath>

#include "lessons/ui/logic/arena_layout.h"

namespace whittle::ui {

namespace {

ImVec2 on_screen(Point point) { return {static_cast<float>(point.x), static_cast<float>(point.y)}; }

float radius_of(const ConflictGraph::Node& node, float largest) {
    return largest *
           (0.35f + 0.65f * std::sqrt(static_cast<float>(std::clamp(node.share, 0.0, 1.0))));
}

void draw_edges(const ViewContext& context,
                const ConflictGraph& graph,
                const std::vector<Point>& places,
                int hot) {
    const Palette& p = context.palette;
    for (const bool on_top : {false, true}) {
        for (std::size_t from = 0; from < graph.nodes.size(); ++from) {
            for (const int to : graph.neighbours[from]) {
                if (to < static_cast<int>(from)) continue;
                const bool strong = static_cast<int>(from) == hot || to == hot;
                if (strong != on_top) continue;
                context.draw->AddLine(on_screen(places[from]),
                                      on_screen(places[static_cast<std::size_t>(to)]),
                                      strong ? p.text : p.outline, strong ? 2.2f : 1.3f);
            }
        }
    }
}

// Is it the one that stands out, or a neighbour of it?
bool matters(const ConflictGraph& graph, int hot, std::size_t node) {
    if (hot < 0) return false;
    const std::vector<int>& near = graph.neighbours[static_cast<std::size_t>(hot)];
    return hot == static_cast<int>(node) ||
           std::find(near.begin(), near.end(), static_cast<int>(node)) != near.end();
}

// Outside the ring, where there is room for all of them.
void draw_name(const ViewContext& context,
               const ConflictGraph::Node& node,
               ImVec2 place,
               ImVec2 middle,
               float radius) {
    const float dx = place.x - middle.x;
    const float dy = place.y - middle.y;
    const float length = std::max(1.0f, std::hypot(dx, dy));
    const float away = radius + context.em * 0.35f;
    const ImVec2 at{place.x + dx / length * away, place.y + dy / length * away};
    const float align_x = dx > length * 0.3f ? 0.0f : dx < -length * 0.3f ? 1.0f : 0.5f;
    const float align_y = align_x != 0.5f ? 0.5f : dy < 0 ? 1.0f : 0.0f;
    draw_text(context, at, node.name, context.palette.text, context.fonts.small, align_x, align_y);
}

}  // namespace

int draw_conflict_graph(const ViewContext& context, Box box, const ConflictGraph& graph) {
    box = draw_heading(context, box, "Conflicts: alive at the same time");
    if (graph.nodes.empty() || box.width() < 40 || box.height() < 40) return -1;
    const float em = context.em;
    float widest = 0;
    for (const ConflictGraph::Node& node : graph.nodes) {
        widest = std::max(widest, text_size(context.fonts.small, node.name).x);
    }
    // All names where they have room round the ring, else those that matter now.
    const bool named = graph.nodes.size() <= 24 && widest < box.width() * 0.16f;
    const float beside = std::min(widest + em * 0.5f, box.width() * 0.22f);
    Box ring{{box.min.x + beside, box.min.y + em * 1.2f},
             {box.max.x - beside, box.max.y - em * 1.2f}};
    // Not flat: at the ends of a long ellipse the nodes would lie on each other.
    const float spare = ring.width() - 1.8f * ring.height();
    if (spare > 0) {
        ring.min.x += spare / 2;
        ring.max.x -= spare / 2;
    }
    const float around = 1.5f * (ring.width() + ring.height());
    const float largest =
        std::clamp(0.35f * around / static_cast<float>(graph.nodes.size()), em * 0.3f, em);
    const std::vector<Point> places = ring_layout(
        graph.nodes.size(), {static_cast<double>(ring.min.x), static_cast<double>(ring.min.y)},
        static_cast<double>(ring.width()), static_cast<double>(ring.height()),
        static_cast<double>(largest));
    ViewContext still = context;
    still.grabs = nullptr;
    const Drag drag = drag_area(still, "conflicts", box);
    int over = -1;
    if (pointer_in(box)) {
        over = node_at({static_cast<double>(drag.pointer.x), static_cast<double>(drag.pointer.y)},
                       places, static_cast<double>(em));
    }
    const int hot_node = over >= 0 ? over : graph.chosen;
    draw_edges(context, graph, places, hot_node);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const ConflictGraph::Node& node = graph.nodes[i];
        const ImVec2 place = on_screen(places[i]);
        const float radius = radius_of(node, largest);
        context.draw->AddCircleFilled(place, radius,
                                      node.filled ? node.colour : context.palette.background);
        const bool hot = over == static_cast<int>(i) || graph.chosen == static_cast<int>(i);
        context.draw->AddCircle(place, radius, hot ? context.palette.text : node.colour, 0,
                                hot ? 2.5f : 1.5f);
        if (named || matters(graph, hot_node, i))
            draw_name(context, node, place, ring.centre(), radius);
        mark_place(context, "node " + node.name, place);
    }
    if (over >= 0) tooltip(context, graph.nodes[static_cast<std::size_t>(over)].tip);
    return drag.clicked ? over : -1;
}

}  // namespace whittle::ui
