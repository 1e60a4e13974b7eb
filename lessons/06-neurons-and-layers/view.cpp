#include <algorithm>
#include <cmath>

#include "lessons/06-neurons-and-layers/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/charts.h"
#include "lessons/ui/network_diagram.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

constexpr std::size_t kTile = 28;      // pixels of a neuron's map, on a side
constexpr std::size_t kPicture = 200;  // of the large one
constexpr auto kSide = static_cast<std::size_t>(ActivationMaps::kSide);
constexpr double kEdge = static_cast<double>(ActivationMaps::kEdge);

const NeuronsAndLayersLab& lab_of(const Lab& lab) {
    return static_cast<const NeuronsAndLayersLab&>(lab);
}

std::size_t index_of(const Lab& lab, std::string_view name) {
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        if (lab.parameters()[i].name == name) return i;
    }
    return 0;
}

void set_number(Lab& lab, std::string_view name, double value) {
    lab.set_value(index_of(lab, name), value);
}

// The maps have their topmost row first.
std::vector<float> upright(std::span<const float> map) {
    std::vector<float> values(map.size());
    for (std::size_t row = 0; row < kSide; ++row) {
        std::copy_n(map.begin() + static_cast<std::ptrdiff_t>((kSide - 1 - row) * kSide), kSide,
                    values.begin() + static_cast<std::ptrdiff_t>(row * kSide));
    }
    return values;
}

Field field_of(const std::vector<float>& values) {
    return {values, kSide, kSide, {-kEdge, kEdge}, {-kEdge, kEdge}, true};
}

double largest_of(const std::vector<float>& values) {
    const Range range = range_of(values);
    return std::max({1e-3, std::fabs(range.low), std::fabs(range.high)});
}

const Colour* class_colours(const Palette& palette) {
    static Colour colours[NeuronsAndLayersLab::kMaxClasses];
    colours[0] = palette.negative;
    colours[1] = palette.positive;
    colours[2] = palette.series[2];
    return colours;
}

constexpr Marker kClassMarkers[] = {Marker::circle, Marker::diamond, Marker::square};
const char* const kClassNames[] = {"A", "B", "C"};

// A probability from 0 to 1 as a value from -1 to 1.
std::vector<float> signed_probability(std::span<const float> map) {
    std::vector<float> values = upright(map);
    for (float& value : values) value = 2 * value - 1;
    return values;
}

bool is_sigmoid_output(const NeuronsAndLayersLab& lab) {
    return lab.task() != PlaygroundTask::regression;
}

// The map of one neuron as it is shown: outputs of classifiers are probabilities.
std::vector<float> shown_map(const NeuronsAndLayersLab& lab,
                             std::size_t layer,
                             std::size_t neuron) {
    const std::span<const float> map = lab.maps().map(layer, neuron);
    if (layer == lab.net().last_layer() && is_sigmoid_output(lab)) return signed_probability(map);
    return upright(map);
}

// All neurons' maps side by side in one picture: a column for each layer.
void put_tiles(const NeuronsAndLayersLab& lab, const ViewContext& context) {
    if (context.pictures.current("neurons", context.version)) return;
    const PlaygroundNet& net = lab.net();
    const std::size_t columns = net.last_layer() + 1;
    const std::size_t rows = std::max(NeuronsAndLayersLab::kMaxNeurons, kFeatures);
    const std::size_t width = columns * kTile;
    std::vector<Colour> pixels(width * rows * kTile, context.palette.neutral);
    for (std::size_t layer = 0; layer < columns; ++layer) {
        for (std::size_t neuron = 0; neuron < net.units(layer); ++neuron) {
            const std::vector<float> values = shown_map(lab, layer, neuron);
            const std::vector<Colour> tile =
                diverging_picture(field_of(values), largest_of(values),
                                  lab.discretized() ? Shading::discrete : Shading::smooth, 0.9,
                                  context.palette, kTile, kTile);
            for (std::size_t row = 0; row < kTile; ++row) {
                std::copy_n(tile.begin() + static_cast<std::ptrdiff_t>(row * kTile), kTile,
                            pixels.begin() + static_cast<std::ptrdiff_t>(
                                                 (neuron * kTile + row) * width + layer * kTile));
            }
        }
    }
    context.pictures.put("neurons", context.version, pixels, width, rows * kTile);
}

Box tile_of(const NeuronsAndLayersLab& lab, std::size_t layer, std::size_t neuron) {
    const auto columns = static_cast<float>(lab.net().last_layer() + 1);
    const auto rows = static_cast<float>(std::max(NeuronsAndLayersLab::kMaxNeurons, kFeatures));
    const float u = static_cast<float>(layer) / columns;
    const float v = static_cast<float>(neuron) / rows;
    // Half a pixel in, so that the neighbour does not shine through.
    const float du = 0.5f / (columns * static_cast<float>(kTile));
    const float dv = 0.5f / (rows * static_cast<float>(kTile));
    return {{u + du, v + dv}, {u + 1 / columns - du, v + 1 / rows - dv}};
}

NetworkPointer draw_net(Lab& lab, const ViewContext& context, const Box& box) {
    const NeuronsAndLayersLab& playground = lab_of(lab);
    const PlaygroundNet& net = playground.net();
    put_tiles(playground, context);
    NetworkDiagram diagram;
    for (std::size_t layer = 0; layer <= net.last_layer(); ++layer) {
        diagram.layers.push_back(net.units(layer));
    }
    diagram.names.resize(1);
    for (const Feature feature : net.options().features) {
        diagram.names[0].push_back(feature_title(feature));
    }
    diagram.weight = [&](const NetworkLayout::Edge& edge) {
        return static_cast<double>(net.weight(edge.layer + 1, edge.from, edge.to));
    };
    diagram.maps = "neurons";
    diagram.part = [&](std::size_t layer, std::size_t neuron) {
        return tile_of(playground, layer, neuron);
    };
    return draw_network(context, box, diagram);
}

void edit_weight(Lab& lab, const ViewContext& context, const NetworkPointer& pointer) {
    if (pointer.clicked_edge) {
        const NetworkLayout::Edge& edge = pointer.edge;
        set_number(lab, "weight-layer", static_cast<double>(edge.layer + 1));
        set_number(lab, "weight-from", static_cast<double>(edge.from + 1));
        set_number(lab, "weight-to", static_cast<double>(edge.to + 1));
        ImGui::OpenPopup("weight");
    }
    if (!ImGui::BeginPopup("weight")) return;
    const PlaygroundNet& net = lab_of(lab).net();
    const auto number = [&](const char* name) {
        return static_cast<std::size_t>(std::max(0.0, lab.value(index_of(lab, name))));
    };
    const std::size_t layer = number("weight-layer");
    const std::size_t from = number("weight-from");
    const std::size_t to = number("weight-to");
    if (layer >= 1 && layer <= net.last_layer() && from >= 1 && from <= net.units(layer - 1) &&
        to >= 1 && to <= net.units(layer)) {
        float value = net.weight(layer, from - 1, to - 1);
        ImGui::TextUnformatted(
            format("Weight into layer %d, neuron %d", static_cast<int>(layer), static_cast<int>(to))
                .c_str());
        ImGui::SetNextItemWidth(context.em * 14);
        bool moved = ImGui::SliderFloat("##weight", &value, -5, 5, "%.2f");
        const Box slider{ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
        mark_place(context, "weight", slider);
        if (context.grabs != nullptr) context.grabs->push_back(slider);
        const int steps = arrow_steps();
        value = std::clamp(value + 0.05f * static_cast<float>(steps), -5.0f, 5.0f);
        moved = moved || steps != 0;
        if (moved) {
            set_number(lab, "weight-value", static_cast<double>(value));
            (void)lab.act("set-weight");
        }
    } else {
        ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
}

// The background of the large picture: one neuron's map, or the net's answer.
void put_background(const NeuronsAndLayersLab& lab,
                    const ViewContext& context,
                    const NetworkPointer& pointer) {
    const std::uint64_t which = pointer.on_neuron ? 1 + pointer.layer * 16 + pointer.neuron : 0;
    const std::uint64_t version = context.version * 256 + which;
    if (context.pictures.current("answer", version)) return;
    const Shading shading = lab.discretized() ? Shading::discrete : Shading::smooth;
    const std::size_t last = lab.net().last_layer();
    if (pointer.on_neuron || lab.net().units(last) == 1) {
        const std::vector<float> values = pointer.on_neuron
                                              ? shown_map(lab, pointer.layer, pointer.neuron)
                                              : shown_map(lab, last, 0);
        const bool output = !pointer.on_neuron || pointer.layer == last;
        const double full = output ? 1.0 : largest_of(values);
        context.pictures.put("answer", version,
                             diverging_picture(field_of(values), full, shading, 0.62,
                                               context.palette, kPicture, kPicture),
                             kPicture, kPicture);
        return;
    }
    // Several classes: the colour of the largest, as strong as its lead.
    std::vector<std::vector<float>> maps;
    for (std::size_t c = 0; c < lab.net().units(last); ++c) {
        const std::vector<float> values = upright(lab.maps().map(last, c));
        maps.push_back(resampled(field_of(values), kPicture, kPicture));
    }
    std::vector<Colour> pixels(kPicture * kPicture);
    const Colour* colours = class_colours(context.palette);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        std::size_t best = 0;
        float high = -1e30f;
        float second = -1e30f;
        for (std::size_t c = 0; c < maps.size(); ++c) {
            const float value = maps[c][i];
            if (value > high) {
                second = high;
                high = value;
                best = c;
            } else {
                second = std::max(second, value);
            }
        }
        const double lead = shading == Shading::discrete ? 1.0 : static_cast<double>(high - second);
        pixels[i] = mixed(context.palette.neutral, colours[std::min<std::size_t>(best, 2)],
                          0.12 + 0.5 * std::clamp(lead, 0.0, 1.0));
    }
    context.pictures.put("answer", version, pixels, kPicture, kPicture);
}

void draw_points(const NeuronsAndLayersLab& lab, Plot& plot, const ViewContext& context) {
    const Palette& p = context.palette;
    const Colour* colours = class_colours(p);
    const float radius = context.compact ? 3.0f : 3.6f;
    plot.clip();
    for (const PlaygroundPoint& point : lab.points()) {
        if (point.test && !lab.shows_test_points()) continue;
        const ImVec2 place = plot.at(static_cast<double>(point.x1), static_cast<double>(point.x2));
        Colour colour = p.diverging(static_cast<double>(point.target));
        Marker marker = Marker::circle;
        if (lab.task() != PlaygroundTask::regression) {
            const auto c = static_cast<std::size_t>(std::clamp(point.target, 0.0f, 2.0f));
            colour = colours[c];
            marker = kClassMarkers[c];
        }
        draw_marker(context.draw, marker, place, point.own ? radius * 1.5f : radius, colour,
                    point.test ? p.text : with_alpha(p.background, 0.9));
    }
    plot.unclip();
}

// Which class a click on the picture adds.
void draw_class_chooser(Lab& lab, const ViewContext& context, Box box) {
    const std::size_t parameter = index_of(lab, "point-class");
    const auto chosen = static_cast<std::size_t>(lab.value(parameter));
    const Palette& p = context.palette;
    const char* lead = context.compact ? "tap adds" : "a click adds a point of class";
    draw_text(context, {box.min.x, box.centre().y}, lead, p.muted, context.fonts.small, 0, 0.5f);
    box.take_left(text_size(context.fonts.small, lead).x + context.em * 0.5f);
    const std::size_t count = lab_of(lab).classes() == 2 ? 2 : 3;
    for (std::size_t c = 0; c < count; ++c) {
        const Box chip = box.take_left(context.em * 2.6f, context.em * 0.3f);
        const std::string id = std::string("class ") + kClassNames[c];
        if (drag_area(context, id.c_str(), chip).pressed) {
            lab.set_value(parameter, static_cast<double>(c));
        }
        if (c == chosen) context.draw->AddRectFilled(chip.min, chip.max, p.raised, 6);
        draw_marker(context.draw, kClassMarkers[c],
                    {chip.min.x + context.em * 0.8f, chip.centre().y}, 5, class_colours(p)[c],
                    p.background);
        draw_text(context, {chip.min.x + context.em * 1.5f, chip.centre().y}, kClassNames[c],
                  p.text, context.fonts.small, 0, 0.5f);
    }
}

void draw_answer(Lab& lab, const ViewContext& context, Box box, const NetworkPointer& pointer) {
    const NeuronsAndLayersLab& playground = lab_of(lab);
    put_background(playground, context, pointer);
    const Box chooser = box.take_bottom(context.em * 1.9f);
    std::string title = "What the net answers";
    if (pointer.on_neuron) {
        title = pointer.layer == 0
                    ? "What this feature is"
                    : format("What neuron %d of layer %d sees",
                             static_cast<int>(pointer.neuron) + 1, static_cast<int>(pointer.layer));
    }
    // As wide as high, with what stands round it.
    const float extra = context.em * 2.6f;
    const float side =
        std::min(box.width() - context.em * 2.6f, box.height() - context.em * 1.5f - extra);
    box.max.x = box.min.x + side + context.em * 2.6f;
    box.max.y = box.min.y + side + context.em * 1.5f + extra;
    Plot plot(context, box, title, {{-kEdge, kEdge}, false, ""}, {{-kEdge, kEdge}, false, ""});
    plot.picture("answer");
    draw_points(playground, plot, context);
    const Drag drag = drag_area(context, "answer", plot.inner());
    if (drag.clicked) {
        const Point place = plot.from(drag.pointer);
        set_number(lab, "point-x", place.x);
        set_number(lab, "point-y", place.y);
        (void)lab.act("add-point");
    }
    draw_class_chooser(lab, context,
                       {{chooser.min.x, box.max.y}, {chooser.max.x, box.max.y + chooser.height()}});
}

void draw_losses(const NeuronsAndLayersLab& lab, const ViewContext& context, const Box& box) {
    std::vector<double> epochs;
    std::vector<double> train;
    std::vector<double> test;
    for (const LossHistory::Entry& entry : lab.losses().entries()) {
        epochs.push_back(entry.epoch);
        train.push_back(static_cast<double>(entry.train));
        test.push_back(static_cast<double>(entry.held_out));
    }
    const Range heights =
        joined({0.0, 0.1}, train.empty() ? Range{0, 1} : joined(range_of(train), range_of(test)));
    const double last = epochs.empty() ? 10.0 : std::max(10.0, epochs.back());
    Plot plot(context, box, "Loss", {{0, last}, false, "epoch"},
              {rounded_out(padded({0.0, heights.high}, 0.03), 4).high > 0
                   ? Range{0.0, rounded_out({0.0, heights.high * 1.05}, 4).high}
                   : Range{0, 1},
               false, ""});
    plot.line("training", epochs, train, context.palette.series[0], {.width = 2.2f});
    plot.line("test", epochs, test, context.palette.series[1], {.width = 2.2f});
    plot.finish();
}

void draw_confusion(const NeuronsAndLayersLab& lab, const ViewContext& context, const Box& box) {
    const auto& confusion = lab.test_score().confusion;
    if (!confusion) {
        draw_heading(context, box, "Test points");
        draw_wrapped(context, {box.min.x, box.min.y + context.em * 1.6f}, box.width(),
                     "A surface has no classes to confuse.", context.palette.muted,
                     context.fonts.small);
        return;
    }
    std::vector<std::int64_t> counts;
    MatrixLabels labels;
    for (std::size_t r = 0; r < confusion->classes(); ++r) {
        labels.truth.push_back(kClassNames[std::min<std::size_t>(r, 2)]);
        for (std::size_t c = 0; c < confusion->classes(); ++c)
            counts.push_back(confusion->at(r, c));
    }
    labels.said = labels.truth;
    const double accuracy = lab.test_score().accuracy;
    const std::string title = std::isnan(accuracy)
                                  ? "Test points"
                                  : "Test points: " + shown_number(100 * accuracy, 3) + " % right";
    draw_matrix(context, box, title, counts, labels);
}

}  // namespace

void draw_neurons_and_layers(Lab& lab, const ViewContext& context) {
    const NeuronsAndLayersLab& playground = lab_of(lab);
    const float em = context.em;
    Box box = context.area;
    const bool narrow = box.width() < em * 34;
    Box answer;
    Box net;
    if (narrow) {
        net = box.take_top(box.height() * 0.4f, em * 0.5f);
        answer = box;
    } else {
        Box top = box.take_top(std::min(box.height() * 0.6f, box.width() * 0.52f), em * 0.8f);
        answer = top.take_right(std::min(top.width() * 0.48f, top.height() - em * 1.4f), em);
        net = top;
    }
    const NetworkPointer pointer = draw_net(lab, context, net);
    edit_weight(lab, context, pointer);
    if (narrow) {
        const bool room = answer.width() > em * 24;
        Box right;
        if (room) right = answer.take_right(answer.width() * 0.36f, em * 0.5f);
        draw_answer(lab, context, answer, pointer);
        if (room) draw_losses(playground, context, right);
        return;
    }
    draw_answer(lab, context, answer, pointer);
    const Box matrix = box.take_right(std::min(box.width() * 0.4f, answer.width()), em);
    draw_losses(playground, context, box);
    draw_confusion(playground, context, matrix);
}

bool neurons_and_layers_shows(const Lab& lab, std::string_view name) {
    if (name.starts_with("neurons-")) {
        const int layer = name.back() - '0';
        return layer <= static_cast<int>(lab.value(index_of(lab, "layers")));
    }
    if (name == "regularization-rate") return lab.value(index_of(lab, "regularization")) != 0.0;
    if (name == "loss") return lab_of(lab).task() != PlaygroundTask::regression;
    return true;
}

std::string describe_neurons_and_layers(const Lab& lab) {
    const NeuronsAndLayersLab& playground = lab_of(lab);
    std::string text = "A plane with " + std::to_string(playground.points().size()) +
                       " points, coloured by what the net answers; the net of ";
    const PlaygroundNet& net = playground.net();
    for (std::size_t layer = 0; layer <= net.last_layer(); ++layer) {
        text += (layer > 0 ? "-" : "") + std::to_string(net.units(layer));
    }
    text += " neurons; epoch " + std::to_string(playground.epoch());
    const double accuracy = playground.test_score().accuracy;
    if (!std::isnan(accuracy)) text += ", test accuracy " + shown_number(accuracy, 3);
    return text + ".";
}

}  // namespace whittle::ui
