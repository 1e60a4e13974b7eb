#include <algorithm>
#include <cmath>

#include "lessons/02-guess-the-line/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/plot.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

constexpr double kHandleAt = 3.0;  // x of the handle that turns the line; the other stands at 0

const GuessTheLineLab& lab_of(const Lab& lab) { return static_cast<const GuessTheLineLab&>(lab); }

// Each error as a true square: its area on the screen is its share of the sum.
void draw_squares(const GuessTheLineLab& lab, const Plot& plot, const ViewContext& context) {
    plot.clip();
    for (std::size_t i = 0; i < lab.kX.size(); ++i) {
        const ImVec2 point = plot.at(lab.kX[i], lab.kY[i]);
        const ImVec2 guess = plot.at(lab.kX[i], lab.predicted(i));
        const float side = std::fabs(guess.y - point.y);
        if (side < 1) continue;
        // Away from the line, so that it does not run through them.
        const bool left = (lab.error(i) > 0) != (lab.slope() >= 0);
        const float far = point.x + (left ? -side : side);
        const ImVec2 low{std::min(point.x, far), std::min(point.y, guess.y)};
        const ImVec2 high{std::max(point.x, far), std::max(point.y, guess.y)};
        const Colour colour = context.palette.negative;
        context.draw->AddRectFilled(low, high, with_alpha(colour, 0.16));
        context.draw->AddRect(low, high, with_alpha(colour, 0.6), 0, 0, 1);
        context.draw->AddLine(point, guess, colour, 2.5f);
        if (std::fabs(lab.error(i)) >= 0.35) {
            draw_text(context, {point.x + (left ? 6.0f : -6.0f), (point.y + guess.y) / 2},
                      shown_number(lab.error(i), 2), colour, context.fonts.small_strong,
                      left ? 0.0f : 1.0f, 0.5f);
        }
    }
    plot.unclip();
}

void handle(Lab& lab, const Plot& plot, const ViewContext& context, const char* id, double x) {
    const GuessTheLineLab& line = lab_of(lab);
    const double y = line.slope() * x + line.intercept();
    ImVec2 place = plot.at(x, y);
    place.y = std::clamp(place.y, plot.inner().min.y, plot.inner().max.y);
    const float reach = context.em * 1.3f;
    const Drag drag = drag_area(context, id, {{place.x - reach, place.y - reach},
                                              {place.x + reach, place.y + reach}});
    if (drag.held) {
        const double wanted = plot.from(drag.pointer).y;
        if (x == 0.0) {
            (void)lab.set("b", shortest_number(wanted));
        } else {
            (void)lab.set("w", shortest_number((wanted - line.intercept()) / x));
        }
    }
    const bool hot = drag.held || pointer_in({{place.x - reach, place.y - reach},
                                              {place.x + reach, place.y + reach}});
    const Colour colour = context.palette.series[0];
    context.draw->AddCircleFilled(place, context.em * 0.85f, with_alpha(colour, hot ? 0.4 : 0.22));
    context.draw->AddCircleFilled(place, context.em * 0.42f, colour);
}

}  // namespace

void draw_guess_the_line(Lab& lab, const ViewContext& context) {
    const GuessTheLineLab& line = lab_of(lab);
    const Palette& colours = context.palette;
    Box box = context.area;
    const Box caption = box.take_top(context.em * 2.2f);
    const std::string b = shown_number(std::fabs(line.intercept()), 3);
    const std::string formula = "y = " + shown_number(line.slope(), 3) + " x " +
                                (line.intercept() < 0 ? "\xE2\x88\x92 " : "+ ") + b;
    draw_text(context, {caption.min.x, caption.centre().y}, formula, colours.series[0],
              context.fonts.large, 0, 0.5f);
    const std::string error = "RMSE " + lab.readout_text(2);
    draw_text(context, {caption.max.x, caption.centre().y}, error, colours.text,
              context.fonts.large, 1, 0.5f);
    Plot plot(context, box, "", {{-2, 5}, false, "x"}, {{-8, 12}, false, "y"});
    draw_squares(line, plot, context);
    const double ends[] = {-2, 5};
    const double heights[] = {line.slope() * ends[0] + line.intercept(),
                              line.slope() * ends[1] + line.intercept()};
    plot.line("your line", ends, heights, colours.series[0], {.width = 3});
    plot.points("", {}, {}, 0);
    plot.points("points", line.kX, line.kY, colours.text, Marker::circle, 5.5f);
    handle(lab, plot, context, "intercept", 0.0);
    handle(lab, plot, context, "slope", kHandleAt);
    plot.finish();
}

std::string describe_guess_the_line(const Lab& lab) {
    const GuessTheLineLab& line = lab_of(lab);
    return "Six points on a plane and the line y = " + shown_number(line.slope(), 3) + " x + " +
           shown_number(line.intercept(), 3) +
           "; the square of each error is drawn at its point. RMSE " + lab.readout_text(2) + ".";
}

}  // namespace whittle::ui
