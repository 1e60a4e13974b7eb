#include <algorithm>
#include <cmath>
#include <map>

#include "lessons/03-gradient-descent/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/charts.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

constexpr std::size_t kCells = 96;  // of the surface, on a side
constexpr std::size_t kPicture = 384;
constexpr int kContours = 14;

const GradientDescentLab& lab_of(const Lab& lab) {
    return static_cast<const GradientDescentLab&>(lab);
}

double parameter(const Lab& lab, std::string_view name) {
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        if (lab.parameters()[i].name == name) return lab.value(i);
    }
    return 0.0;
}

Colour state_colour(GradientDescentLab::State state, const Palette& colours) {
    using State = GradientDescentLab::State;
    if (state == State::arrived || state == State::converging) return colours.good;
    if (state == State::diverging || state == State::diverged) return colours.bad;
    return colours.text;
}

std::string reading(const Lab& lab, std::string_view name) {
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        if (lab.readouts()[i].name == name) return lab.readout_text(i);
    }
    return "";
}

void draw_caption(const GradientDescentLab& lab, const ViewContext& context, const Box& box) {
    const std::string steps = "step " + std::to_string(lab.path().size() - 1);
    draw_text(context, {box.min.x, box.centre().y}, steps, context.palette.text,
              context.fonts.large, 0, 0.5f);
    draw_text(context, {box.max.x, box.centre().y}, reading(lab, "state"),
              state_colour(lab.state(), context.palette), context.fonts.large, 1, 0.5f);
}

// The path with older steps fainter, and where the next one leads.
void draw_descent(const GradientDescentLab& lab, Plot& plot, const ViewContext& context,
                  bool on_curve) {
    const auto place = [&](const GradientDescentLab::PathPoint& p) {
        return on_curve ? plot.at(p.x, p.loss) : plot.at(p.x, p.y);
    };
    const Colour colour = context.palette.negative;
    const auto path = lab.path();
    const std::size_t first = path.size() > 400 ? path.size() - 400 : 0;
    plot.clip();
    for (std::size_t i = first; i + 1 < path.size(); ++i) {
        const double age = static_cast<double>(path.size() - i) / 60.0;
        const Colour faded = with_alpha(colour, std::max(0.3, 1.0 - age));
        context.draw->AddLine(place(path[i]), place(path[i + 1]), faded, 2);
        context.draw->AddCircleFilled(place(path[i]), 3.2f, faded);
    }
    const ImVec2 ball = place(path.back());
    const Ground next = lab.next_position();
    const bool done = lab.state() == GradientDescentLab::State::arrived ||
                      lab.state() == GradientDescentLab::State::diverged;
    if (!done) {
        const ImVec2 tip = on_curve ? ImVec2{plot.at(next.x, 0).x, ball.y} : plot.at(next.x, next.y);
        draw_arrow(context.draw, ball, tip, context.palette.text, 2.5f);
    }
    plot.unclip();
    const auto& now = path.back();
    plot.point("where it is", now.x, on_curve ? now.loss : now.y, colour, Marker::circle, 7.5f);
}

void move_start(Lab& lab, const Plot& plot, const ViewContext& context, bool two) {
    const Drag drag = drag_area(context, "start", plot.inner());
    if (!drag.held) return;
    const Point wanted = plot.from(drag.pointer);
    (void)lab.set("start-x", shortest_number(wanted.x));
    if (two) (void)lab.set("start-y", shortest_number(wanted.y));
}

void draw_curve_plot(Lab& lab, const ViewContext& context, const Box& box) {
    const GradientDescentLab& descent = lab_of(lab);
    std::vector<double> x;
    std::vector<double> y;
    for (const auto& point : descent.curve(321)) {
        x.push_back(point.x);
        y.push_back(point.loss);
    }
    const double reach = GradientDescentLab::kReach;
    Range heights = range_of(y);
    heights = padded({std::min(0.0, heights.low), heights.high}, 0.06);
    Plot plot(context, box, "", {{-reach, reach}, false, "x"}, {heights, false, "loss"});
    move_start(lab, plot, context, false);
    plot.line("loss", x, y, context.palette.series[0], {.width = 3});
    for (const Ground& minimum : descent.landscape().minima()) {
        plot.point("", minimum.x, descent.landscape().loss(minimum), context.palette.good,
                   Marker::diamond, 5);
    }
    draw_descent(descent, plot, context, true);
    plot.finish();
}

// The surface as numbers, until the landscape changes.
struct Surface {
    std::vector<float> heights;
    Field field;
};

const Surface& surface_of(const GradientDescentLab& lab) {
    static std::pair<int, double> shown{-1, 0.0};
    static Surface surface;
    const std::pair<int, double> wanted{static_cast<int>(lab.landscape().kind()),
                                        parameter(lab, "steepness")};
    if (shown == wanted) return surface;
    shown = wanted;
    const std::vector<double> heights = lab.surface(kCells, kCells);
    surface.heights.assign(heights.begin(), heights.end());
    const Range side{-GradientDescentLab::kReach, GradientDescentLab::kReach};
    surface.field = {surface.heights, kCells, kCells, side, side, true};
    return surface;
}

void draw_surface_plot(Lab& lab, const ViewContext& context, const Box& box) {
    const GradientDescentLab& descent = lab_of(lab);
    const Surface& surface = surface_of(descent);
    const std::uint64_t version =
        (static_cast<std::uint64_t>(descent.landscape().kind()) << 32) +
        static_cast<std::uint64_t>(parameter(lab, "steepness") * 1e6) * 2 +
        (context.palette.dark ? 1 : 0);
    if (!context.pictures.current("surface", version)) {
        context.pictures.put("surface", version,
                             height_picture(surface.field, range_of(surface.field.values),
                                            context.palette, kPicture, kPicture),
                             kPicture, kPicture);
    }
    const Range side = surface.field.x;
    const bool line = descent.landscape().kind() == LandscapeKind::line_fit;
    Plot plot(context, box, "", {side, false, line ? "w" : "x"}, {side, false, line ? "b" : "y"});
    move_start(lab, plot, context, true);
    plot.picture("surface");
    draw_contours(plot, context, surface.field, kContours);
    for (const Ground& minimum : descent.landscape().minima()) {
        plot.point("minimum", minimum.x, minimum.y, context.palette.good, Marker::diamond, 5.5f);
    }
    draw_descent(descent, plot, context, false);
    plot.finish();
}

// The loss by steps: straight on a logarithmic axis while it converges.
void draw_loss(const GradientDescentLab& lab, const ViewContext& context, const Box& box) {
    std::vector<double> steps;
    std::vector<double> losses;
    double lowest = 1e300;
    double highest = 0.0;
    for (std::size_t i = 0; i < lab.path().size(); ++i) {
        const double loss = lab.path()[i].loss;
        steps.push_back(static_cast<double>(i));
        losses.push_back(loss);
        if (loss > 0.0 && std::isfinite(loss)) {
            lowest = std::min(lowest, std::max(loss, 1e-9));
            highest = std::max(highest, loss);
        }
    }
    if (!(highest > 0.0)) return;
    const Range range{std::pow(10.0, std::floor(std::log10(lowest) - 0.01)),
                      std::pow(10.0, std::ceil(std::log10(highest) + 0.01))};
    const double last = std::max(10.0, steps.back());
    Plot plot(context, box, "", {{0, last}, false, "step"}, {range, true, "loss"});
    plot.line("loss", steps, losses, context.palette.series[0], {.width = 2});
    if (steps.size() < 60) plot.points("", steps, losses, context.palette.series[0], Marker::circle, 3);
    plot.finish();
}

}  // namespace

void draw_gradient_descent(Lab& lab, const ViewContext& context) {
    const GradientDescentLab& descent = lab_of(lab);
    Box box = context.area;
    draw_caption(descent, context, box.take_top(context.em * 2.2f));
    const bool two = descent.landscape().dimension() == 2;
    if (two && box.width() > box.height() * 1.25f) {
        // A map as wide as high: its arrows cross its contours at right angles.
        const Box map = box.take_left(std::min(box.width() * 0.66f, box.height() + context.em * 2),
                                      context.em);
        draw_surface_plot(lab, context, map);
        draw_loss(descent, context, box.take_top(std::min(box.height(), box.width() * 1.1f)));
        return;
    }
    const bool room = box.height() > context.em * 24;
    const Box below = room ? box.take_bottom(std::max(box.height() * 0.27f, context.em * 9), context.em)
                           : Box{};
    if (two) {
        draw_surface_plot(lab, context, box);
    } else {
        draw_curve_plot(lab, context, box);
    }
    if (room) draw_loss(descent, context, below);
}

bool gradient_descent_shows(const Lab& lab, std::string_view name) {
    const Landscape& landscape = lab_of(lab).landscape();
    if (name == "start-y") return landscape.dimension() == 2;
    if (name == "steepness") {
        const LandscapeKind kind = landscape.kind();
        return kind == LandscapeKind::parabola || kind == LandscapeKind::bowl ||
               kind == LandscapeKind::narrow_valley;
    }
    return true;
}

std::string describe_gradient_descent(const Lab& lab) {
    const GradientDescentLab& descent = lab_of(lab);
    const auto& now = descent.path().back();
    std::string text = "A loss landscape with the path of the descent: after " +
                       std::to_string(descent.path().size() - 1) + " steps at x = " +
                       shown_number(now.x, 3);
    if (descent.landscape().dimension() == 2) text += ", y = " + shown_number(now.y, 3);
    return text + ", loss " + shown_number(now.loss, 3) + ", " + reading(lab, "state") + ".";
}

}  // namespace whittle::ui
