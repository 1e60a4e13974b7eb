#include <algorithm>
#include <cmath>

#include "core/deploy/board_fit.h"
#include "lessons/22-counting-cost/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/charts.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

const CountingCostLab& lab_of(const Lab& lab) { return static_cast<const CountingCostLab&>(lab); }

// "1.2 M"
std::string short_number(double value, const char* unit) {
    const char* prefix = "";
    for (const char* larger : {"k", "M", "G"}) {
        if (value < 10000) break;
        value /= 1000;
        prefix = larger;
    }
    const std::string measure = std::string(prefix) + unit;
    return shown_number(value, 4) + (measure.empty() ? "" : " " + measure);
}

std::vector<Bar> layer_bars(const CountingCostLab& lab, bool macs, Colour colour, double& full) {
    std::vector<Bar> bars;
    for (const CountingCostLab::Layer& layer : lab.layers()) {
        const auto value = static_cast<double>(macs ? layer.macs : layer.parameters);
        if (layer.parameters == 0) continue;
        full = std::max(full, value);
        bars.push_back(
            {layer.name, value, short_number(value, ""), colour, "output " + layer.shape});
    }
    return bars;
}

// How much of each board's memory is taken; what does not fit fills the bar.
std::vector<Bar> board_bars(const CountingCostLab& lab, const Palette& p, bool ram) {
    std::vector<Bar> bars;
    for (const CountingCostLab::Fit& fit : lab.fits()) {
        const Board& board = *fit.board;
        const auto of = static_cast<double>(ram ? board.usable_ram_bytes : flash_of(board));
        const auto taken = static_cast<double>(ram ? fit.ram_bytes : fit.flash_bytes);
        const bool fits = ram ? fit.ram : fit.flash;
        const std::string percent = shown_number(100 * taken / of, 2) + " %";
        bars.push_back({board.name, std::min(1.0, taken / of), percent, fits ? p.series[2] : p.bad,
                        std::string(board.title) + ", " + board.core + "\n" +
                            short_number(taken, "B") + " of " + short_number(of, "B")});
    }
    return bars;
}

std::string time_text(const CountingCostLab::Fit& fit) {
    if (!fit.seconds) return "time unknown";
    return shown_number(1000 * *fit.seconds, 3) + " ms";
}

// How long an answer takes on each board: a bar for each tenfold from a microsecond on.
std::vector<Bar> time_bars(const CountingCostLab& lab, const Palette& p) {
    std::vector<Bar> bars;
    for (const CountingCostLab::Fit& fit : lab.fits()) {
        const double tenfold = fit.seconds ? std::log10(std::max(1e-6, *fit.seconds) / 1e-6) : 0.0;
        const std::string instructions =
            fit.instructions ? short_number(static_cast<double>(*fit.instructions), "instructions")
                             : std::string("no emulator here to measure this core on");
        bars.push_back({fit.board->name, tenfold, fit.seconds ? time_text(fit) : "unknown",
                        p.series[1], std::string(fit.board->title) + "\n" + instructions});
    }
    return bars;
}

}  // namespace

void draw_counting_cost(Lab& lab, const ViewContext& context) {
    const CountingCostLab& cost = lab_of(lab);
    const Palette& p = context.palette;
    const float em = context.em;
    Box box = context.area;
    const Box caption = box.take_top(em * 2.2f);
    draw_text(context, {caption.min.x, caption.centre().y},
              short_number(static_cast<double>(cost.macs()), "MACs"), p.text, context.fonts.large,
              0, 0.5f);
    const CountingCostLab::Fit& fit = cost.chosen_fit();
    draw_text(context, {caption.max.x, caption.centre().y},
              std::string(fit.board->name) +
                  (fit.both() ? ": fits, " + time_text(fit) : std::string(": does not fit")),
              fit.both() ? p.good : p.bad, context.fonts.large, 1, 0.5f);
    const bool narrow = box.width() < em * 34;
    if (!narrow) {
        const auto rows = static_cast<float>(cost.layers().size());
        Box top = box.take_top(std::min(box.height() * 0.44f, em * (1.5f + 2.1f * rows)), em);
        double most_parameters = 1;
        double most_macs = 1;
        const auto parameters = layer_bars(cost, false, p.series[0], most_parameters);
        const auto macs = layer_bars(cost, true, p.series[1], most_macs);
        draw_bars(context, top.take_left(top.width() * 0.5f, em), "Parameters", parameters,
                  most_parameters);
        draw_bars(context, top, "Multiply-accumulates", macs, most_macs);
    }
    // Three charts need room for their bars; without it the caption tells the chosen board's time.
    const bool times = !narrow && box.width() >= 50.0f * em;
    const Box ram = narrow ? box.take_top(box.height() * 0.5f, em * 0.5f)
                           : box.take_left(box.width() * (times ? 0.33f : 0.5f), em);
    const Box flash = times ? box.take_left(box.width() * 0.5f, em) : box;
    draw_bars(context, ram, "RAM taken", board_bars(cost, p, true), 1.0);
    draw_bars(context, flash, "Flash taken", board_bars(cost, p, false), 1.0);
    if (!times) return;
    constexpr double kTenfolds = 7.0;  // ten seconds
    draw_bars(context, box, "Time of an answer", time_bars(cost, p), kTenfolds);
}

bool counting_cost_shows(const Lab& lab, std::string_view name) {
    const bool dense = lab_of(lab).design().kind == NetDesign::Kind::dense;
    if (name == "inputs" || name == "units") return dense;
    if (name == "side" || name == "channels" || name == "filters") return !dense;
    return true;
}

std::string describe_counting_cost(const Lab& lab) {
    const CountingCostLab& cost = lab_of(lab);
    const auto boards = std::count_if(cost.fits().begin(), cost.fits().end(),
                                      [](const CountingCostLab::Fit& fit) { return fit.both(); });
    const CountingCostLab::Fit& fit = cost.chosen_fit();
    return "Bars for the parameters and multiplications of each layer, and for RAM, flash and time "
           "on each board. The net takes " +
           short_number(static_cast<double>(cost.macs()), "MACs") + "; on " + fit.board->name +
           " its firmware takes " + std::to_string(fit.ram_bytes) + " bytes of RAM and " +
           std::to_string(fit.flash_bytes) + " bytes of flash, and an answer " +
           (fit.seconds ? time_text(fit) : std::string("an unknown time")) + "; it fits on " +
           std::to_string(boards) + " of " + std::to_string(cost.fits().size()) + " boards.";
}

}  // namespace whittle::ui
