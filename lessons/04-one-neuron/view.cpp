#include <algorithm>
#include <cmath>

#include "lessons/02-guess-the-line/lab.h"
#include "lessons/04-one-neuron/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/charts.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

constexpr std::size_t kCells = 80;
constexpr std::size_t kPicture = 320;

const OneNeuronLab& lab_of(const Lab& lab) { return static_cast<const OneNeuronLab&>(lab); }

double asked_x(const Lab& lab) {
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        if (lab.parameters()[i].name == "x") return lab.value(i);
    }
    return 0.0;
}

void draw_fit(Lab& lab, const ViewContext& context, const Box& box) {
    const OneNeuronLab& neuron = lab_of(lab);
    const Palette& colours = context.palette;
    const double x = asked_x(lab);
    const Range across = padded(joined({-2, 5}, {std::min(0.0, x), std::max(0.0, x)}), 0.04);
    const double right = 2 * x - 1;
    const Range up =
        rounded_out(padded(joined({-5, 9}, {std::min(0.0, right), std::max(0.0, right)}), 0.06));
    Plot plot(context, box, "The points and the neuron's line", {across, false, "x"},
              {up, false, "y"});
    const double ends[] = {across.low, across.high};
    const double heights[] = {neuron.predicted(ends[0]), neuron.predicted(ends[1])};
    plot.clip();
    for (std::size_t i = 0; i < GuessTheLineLab::kX.size(); ++i) {
        const double px = GuessTheLineLab::kX[i];
        context.draw->AddLine(plot.at(px, GuessTheLineLab::kY[i]),
                              plot.at(px, neuron.predicted(px)), with_alpha(colours.negative, 0.7),
                              2);
    }
    plot.unclip();
    plot.line("neuron", ends, heights, colours.series[0], {.width = 3});
    plot.points("points", GuessTheLineLab::kX, GuessTheLineLab::kY, colours.text, Marker::circle,
                5);
    const double answer = neuron.predicted(x);
    plot.vertical("", x, colours.outline);
    plot.point("asked", x, answer, colours.series[3], Marker::diamond, 6);
    plot.finish();
}

void draw_losses(const OneNeuronLab& neuron, const ViewContext& context, const Box& box) {
    std::vector<double> epochs;
    const std::vector<double>& losses = neuron.loss_history();
    double lowest = 1.0;
    double highest = 1.0;
    for (std::size_t i = 0; i < losses.size(); ++i) {
        epochs.push_back(static_cast<double>(i));
        if (!std::isfinite(losses[i]) || losses[i] <= 0.0) continue;
        lowest = std::min(lowest, std::max(losses[i], 1e-10));
        highest = std::max(highest, losses[i]);
    }
    const Range range{std::pow(10.0, std::floor(std::log10(lowest) - 0.01)),
                      std::pow(10.0, std::ceil(std::log10(highest) + 0.01))};
    const double last = std::max(10.0, static_cast<double>(losses.size() - 1));
    Plot plot(context, box, "Loss over the epochs", {{0, last}, false, "epoch"},
              {range, true, "mean squared error"});
    plot.line("loss", epochs, losses, context.palette.series[0], {.width = 2.5f});
    if (!losses.empty()) {
        plot.point("", epochs.back(), losses.back(), context.palette.series[0], Marker::circle, 5);
    }
    plot.finish();
}

const Field& map_of_loss(const OneNeuronLab& neuron) {
    static std::vector<float> heights;
    static Field field;
    if (!heights.empty()) return field;
    const double reach = OneNeuronLab::kReach;
    const double cell = 2 * reach / static_cast<double>(kCells);
    for (std::size_t row = 0; row < kCells; ++row) {
        for (std::size_t column = 0; column < kCells; ++column) {
            const Ground at{-reach + cell * (static_cast<double>(column) + 0.5),
                            -reach + cell * (static_cast<double>(row) + 0.5)};
            heights.push_back(static_cast<float>(neuron.landscape().loss(at)));
        }
    }
    field = {heights, kCells, kCells, {-reach, reach}, {-reach, reach}, true};
    return field;
}

void draw_map(Lab& lab, const ViewContext& context, const Box& box) {
    const OneNeuronLab& neuron = lab_of(lab);
    const Field& field = map_of_loss(neuron);
    const std::uint64_t version = context.palette.dark ? 2 : 1;
    if (!context.pictures.current("neuron-loss", version)) {
        context.pictures.put(
            "neuron-loss", version,
            height_picture(field, range_of(field.values), context.palette, kPicture, kPicture),
            kPicture, kPicture);
    }
    Plot plot(context, box, "The way over the loss", {field.x, false, "w"}, {field.y, false, "b"});
    const Drag drag = drag_area(context, "start", plot.inner());
    if (drag.held) {
        const Point wanted = plot.from(drag.pointer);
        (void)lab.set("start-w", shortest_number(wanted.x));
        (void)lab.set("start-b", shortest_number(wanted.y));
    }
    plot.picture("neuron-loss");
    draw_contours(plot, context, field, 12);
    std::vector<double> w;
    std::vector<double> b;
    for (const OneNeuronLab::Weights& weights : neuron.path()) {
        w.push_back(weights.w);
        b.push_back(weights.b);
    }
    plot.point("the answer", 2, -1, context.palette.good, Marker::diamond, 5.5f);
    plot.line("way", w, b, context.palette.negative, {.width = 2.5f});
    plot.point("now", w.back(), b.back(), context.palette.negative, Marker::circle, 6.5f);
    plot.finish();
}

}  // namespace

void draw_one_neuron(Lab& lab, const ViewContext& context) {
    const OneNeuronLab& neuron = lab_of(lab);
    const Palette& colours = context.palette;
    const float em = context.em;
    Box box = context.area;
    const Box caption = box.take_top(em * 2.2f);
    const OneNeuronLab::Weights now = neuron.weights();
    const std::string formula = "y = " + shown_number(now.w, 4) + " x " +
                                (now.b < 0 ? "\xE2\x88\x92 " : "+ ") +
                                shown_number(std::fabs(now.b), 4);
    draw_text(context, {caption.min.x, caption.centre().y}, formula, colours.series[0],
              context.fonts.large, 0, 0.5f);
    draw_text(context, {caption.max.x, caption.centre().y},
              "epoch " + std::to_string(neuron.epoch()), colours.text, context.fonts.large, 1,
              0.5f);
    if (context.compact && box.height() < em * 34) {
        const Box top = box.take_top(box.height() * 0.55f, em * 0.5f);
        draw_fit(lab, context, top);
        draw_losses(neuron, context, box);
        return;
    }
    if (box.width() > box.height() * 1.3f) {
        // A map as wide as high, so that the way crosses its contours as it does in truth.
        draw_map(lab, context, box.take_right(std::min(box.width() * 0.44f, box.height()), em));
        draw_fit(lab, context, box.take_top(box.height() * 0.56f, em * 0.6f));
        draw_losses(neuron, context, box);
        return;
    }
    const Box top = box.take_top(box.height() * 0.52f, em * 0.6f);
    draw_fit(lab, context, top);
    const Box left = box.take_left(box.width() * 0.5f - em * 0.4f, em * 0.8f);
    draw_losses(neuron, context, left);
    draw_map(lab, context, box);
}

std::string describe_one_neuron(const Lab& lab) {
    const OneNeuronLab& neuron = lab_of(lab);
    const auto now = neuron.weights();
    const double loss = neuron.loss_history().empty() ? 0.0 : neuron.loss_history().back();
    return "Six points and the neuron's line y = " + shown_number(now.w, 4) + " x + " +
           shown_number(now.b, 4) + " after " + std::to_string(neuron.epoch()) +
           " epochs; the loss, " + shown_number(loss, 3) + ", over the epochs.";
}

}  // namespace whittle::ui
