#include <algorithm>
#include <cmath>

#include "lessons/23-arena/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/arena_map.h"
#include "lessons/ui/charts.h"
#include "lessons/ui/conflict_graph.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

constexpr float kSnap = 9;  // points

const ArenaLab& lab_of(const Lab& lab) { return static_cast<const ArenaLab&>(lab); }

Colour colour_of(const Palette& palette, std::size_t tensor) {
    return palette.series[tensor % kSeriesColours];
}

std::string tip_of(const ArenaLab& lab, std::size_t i) {
    const Buffer& buffer = lab.tensors().buffers[i];
    std::string tip = lab.tensors().names[i] + ": " + bytes_text(buffer.bytes) + "\n";
    tip += buffer.first_step == buffer.last_step
               ? "alive in step " + std::to_string(buffer.first_step)
               : "alive from step " + std::to_string(buffer.first_step) + " to " +
                     std::to_string(buffer.last_step);
    tip += "\n" + (lab.placed(i) ? "at address " + bytes_text(lab.offsets()[i])
                                 : std::string("no place yet"));
    const std::size_t conflicts = lab.conflicts()[i].size();
    return tip + "\n" + std::to_string(conflicts) + (conflicts == 1 ? " conflict" : " conflicts");
}

ArenaMap map_of(const ArenaLab& lab, const Palette& palette) {
    ArenaMap map;
    const ArenaTensors& tensors = lab.tensors();
    const std::vector<bool> wrong = overlapping(tensors.buffers, lab.offsets(), lab.overlaps());
    const bool by_hand = lab.method() == ArenaLab::Method::by_hand;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const Buffer& buffer = tensors.buffers[i];
        map.tensors.push_back({tensors.names[i], tip_of(lab, i), colour_of(palette, i), wrong[i]});
        map.boxes.push_back(
            {buffer.first_step, buffer.last_step, lab.offsets()[i], buffer.bytes, lab.placed(i)});
    }
    const std::vector<SharedBuffer> shared = lab.shared_buffers();
    for (std::size_t i = 0; i < shared.size(); ++i) {
        map.parts.push_back({"B" + std::to_string(i + 1), shared[i].offset, shared[i].bytes});
    }
    // By hand there is room to move things above the bound.
    const std::int64_t bound = lab.lower_bound();
    map.full_bytes = round_scale(
        std::max(lab.whole_peak() + lab.whole_peak() / 20, by_hand ? bound * 3 / 2 : bound));
    map.steps = tensors.steps();
    map.lower_bound = bound;
    map.peak = lab.peak();
    map.chosen = tensors.size() == 0 ? -1 : static_cast<int>(lab.chosen());
    map.latest = lab.latest();
    return map;
}

void set_number(Lab& lab, const char* name, double value) {
    (void)lab.set(name, shortest_number(value));
}

void choose(Lab& lab, int tensor) {
    if (tensor >= 0) set_number(lab, "tensor", tensor + 1);
}

// A tensor follows the pointer; let go, it stays there.
void drag(Lab& lab, ArenaMap& map, const ArenaMapPointer& pointer) {
    const ArenaLab& arena = lab_of(lab);
    if (pointer.dragged < 0) return;
    choose(lab, pointer.dragged);
    const auto tensor = static_cast<std::size_t>(pointer.dragged);
    const std::int64_t address =
        snapped_offset(arena.tensors().buffers, arena.offsets(), tensor,
                       arena.offsets()[tensor] + pointer.moved_bytes, arena.alignment(),
                       pointer.layout.bytes_of(static_cast<double>(kSnap)));
    set_number(lab, "address", static_cast<double>(address));
    std::vector<std::int64_t> offsets = arena.offsets();
    offsets[tensor] = arena.address();
    if (pointer.dropped) (void)lab.act("put");
    const std::vector<bool> wrong = overlapping(arena.tensors().buffers, offsets, arena.overlaps());
    map.peak = 0;
    for (std::size_t i = 0; i < map.boxes.size(); ++i) {
        map.boxes[i].offset = offsets[i];
        map.tensors[i].wrong = wrong[i];
        map.peak = std::max(map.peak, offsets[i] + map.boxes[i].bytes);
    }
    map.chosen = pointer.dragged;
}

void draw_map(Lab& lab, const ViewContext& context, const Box& box) {
    ArenaMap map = map_of(lab_of(lab), context.palette);
    const bool movable = lab_of(lab).method() == ArenaLab::Method::by_hand;
    const ArenaMapPointer pointer = point_at_arena_map(context, box, map, movable);
    drag(lab, map, pointer);
    choose(lab, pointer.clicked);
    if (pointer.over >= 0) {
        if (const int steps = arrow_steps()) {
            const auto count = static_cast<int>(map.tensors.size());
            choose(lab, std::clamp(map.chosen + steps, 0, count - 1));
        }
    }
    draw_arena_map(context, map, pointer);
}

void draw_graph(Lab& lab, const ViewContext& context, const Box& box) {
    const ArenaLab& arena = lab_of(lab);
    const ArenaTensors& tensors = arena.tensors();
    std::int64_t largest = 1;
    for (const Buffer& buffer : tensors.buffers) largest = std::max(largest, buffer.bytes);
    ConflictGraph graph;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        graph.nodes.push_back(
            {tensors.names[i], tip_of(arena, i), colour_of(context.palette, i),
             static_cast<double>(tensors.buffers[i].bytes) / static_cast<double>(largest),
             arena.placed(i)});
    }
    graph.neighbours = arena.conflicts();
    graph.chosen = tensors.size() == 0 ? -1 : static_cast<int>(arena.chosen());
    choose(lab, draw_conflict_graph(context, box, graph));
}

void draw_planners(const ArenaLab& lab, const ViewContext& context, const Box& box) {
    const Palette& p = context.palette;
    std::vector<Bar> bars;
    double full = 1.0;
    const auto add = [&](const std::string& label, std::int64_t bytes, Colour colour) {
        const auto value = static_cast<double>(bytes);
        full = std::max(full, value);
        bars.push_back({label, value, bytes_text(bytes), colour});
    };
    add("Lower bound", lab.lower_bound(), p.accent);
    for (std::size_t i = 0; i < all_planners().size(); ++i) {
        add(all_planners()[i].title, lab.planner_bytes()[i],
            lab.planner_bytes()[i] == lab.lower_bound() ? p.good : p.muted);
    }
    if (lab.method() == ArenaLab::Method::by_hand) add("Your hand", lab.peak(), p.series[1]);
    draw_bars(context, box, "What planners need", bars, full);
}

void draw_savings(const ArenaLab& lab, const ViewContext& context, const Box& box) {
    const Palette& p = context.palette;
    const SavingGains& gains = *lab.gains();
    std::vector<Bar> bars;
    const auto add = [&](const std::string& label, std::int64_t bytes, Colour colour) {
        bars.push_back({label, static_cast<double>(bytes), bytes_text(bytes), colour});
    };
    add("No saving", gains.none_bytes, p.muted);
    for (std::size_t i = 0; i < kSavingsCount; ++i) {
        add(std::string("Only ") + kSavingNames[i], gains.none_bytes - gains.alone[i], p.series[i]);
    }
    add("All", gains.all_bytes, p.good);
    draw_bars(context, box, "What savings leave of the arena", bars,
              static_cast<double>(gains.none_bytes));
}

}  // namespace

void draw_arena(Lab& lab, const ViewContext& context) {
    const ArenaLab& arena = lab_of(lab);
    const Palette& p = context.palette;
    const float em = context.em;
    Box box = context.area;
    const bool narrow = box.width() < em * 40;
    const Box caption = box.take_top(em * 2.0f);
    draw_text(context, {caption.min.x, caption.centre().y}, "Arena " + bytes_text(arena.peak()),
              p.text, context.fonts.large, 0, 0.5f);
    const std::string bound =
        (narrow ? "bound " : "lower bound ") + bytes_text(arena.lower_bound());
    draw_text(context, {caption.max.x, caption.centre().y}, bound, p.accent, context.fonts.large, 1,
              0.5f);
    const Box words = box.take_top(em * (narrow ? 3.4f : 2.6f), em * 0.3f);
    context.draw->PushClipRect(words.min, words.max, true);
    draw_wrapped(context, words.min, words.width(), arena.told(), p.text, context.fonts.small);
    context.draw->PopClipRect();
    if (!narrow) {
        Box right = box.take_right(std::min(box.width() * 0.4f, em * 24), em);
        if (right.height() > em * 30) {
            draw_planners(arena, context, right.take_bottom(em * 16.5f, em));
        }
        if (arena.gains() && right.height() > em * 22) {
            draw_savings(arena, context, right.take_bottom(em * 12.5f, em));
        }
        right.max.y = std::min(right.max.y, right.min.y + right.width() * 1.2f);
        draw_graph(lab, context, right);
    } else if (box.height() > em * 19) {
        draw_graph(lab, context, box.take_bottom(box.height() * 0.38f, em * 0.5f));
    }
    draw_map(lab, context, box);
}

bool arena_shows(const Lab& lab, std::string_view name) {
    const ArenaLab& arena = lab_of(lab);
    const ArenaLab::Model model = arena.model();
    if (name == "numbers") {
        return model == ArenaLab::Model::seven || model == ArenaLab::Model::sine ||
               model == ArenaLab::Model::keyword || model == ArenaLab::Model::resnet ||
               model == ArenaLab::Model::branches;
    }
    for (const char* saving : kSavingNames) {
        if (name == saving) return arena.has_layers();
    }
    if (name == "tensors" || name == "seed") return model == ArenaLab::Model::random;
    if (name == "address") return arena.method() == ArenaLab::Method::by_hand;
    if (name.starts_with("new-")) return model == ArenaLab::Model::own;
    return true;
}

std::string describe_arena(const Lab& lab) {
    const ArenaLab& arena = lab_of(lab);
    const ArenaTensors& tensors = arena.tensors();
    const auto placed =
        std::count_if(tensors.buffers.begin(), tensors.buffers.end(), [&](const Buffer& buffer) {
            return arena.placed(static_cast<std::size_t>(&buffer - tensors.buffers.data()));
        });
    return "A map of the arena, time across and addresses up, with " + std::to_string(placed) +
           " of " + std::to_string(tensors.size()) + " tensors in it; it needs " +
           bytes_text(arena.peak()) + ", and no plan can need less than " +
           bytes_text(arena.lower_bound()) + ". " + arena.told();
}

}  // namespace whittle::ui
