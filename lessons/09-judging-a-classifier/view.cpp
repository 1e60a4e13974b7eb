#include <algorithm>
#include <array>
#include <cmath>

#include "lessons/09-judging-a-classifier/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/charts.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

constexpr std::size_t kBins = 40;
constexpr std::size_t kCurvePoints = 201;

const JudgingLab& lab_of(const Lab& lab) { return static_cast<const JudgingLab&>(lab); }

double reading(const Lab& lab, std::string_view name) {
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        if (lab.readouts()[i].name == name) return lab.readout(i);
    }
    return std::nan("");
}

void draw_scores_of(const JudgingLab& lab, const ViewContext& context, const Box& box) {
    const Palette& p = context.palette;
    std::vector<Bar> bars;
    const auto add = [&](const char* label, std::string_view name, Colour colour) {
        const double value = reading(lab, name);
        std::string help;
        for (const Readout& readout : lab.readouts()) {
            if (readout.name == name) help = readout.help;
        }
        bars.push_back({label, value, shown_number(value, 2), colour, help});
    };
    add("Accuracy", "accuracy", p.muted);
    add("Precision", "precision", p.series[0]);
    add("Recall", "recall", p.series[1]);
    add("F1", "f1", p.series[2]);
    draw_bars(context, box, "How good is it?", bars, 1.0);
}

void draw_confusion(const JudgingLab& lab, const ViewContext& context, const Box& box) {
    const ConfusionMatrix& matrix = lab.matrix();
    const std::array<std::int64_t, 4> counts = {matrix.at(0, 0), matrix.at(0, 1), matrix.at(1, 0),
                                                matrix.at(1, 1)};
    draw_matrix(context, box, "Confusion matrix", counts,
                {.truth = {"anomaly", "normal"},
                 .said = {"anomaly", "normal"},
                 .cells = {"found", "missed", "false alarm", "rightly quiet"}});
}

std::vector<double> as_doubles(std::span<const float> values) {
    return {values.begin(), values.end()};
}

// Each class's histogram as a share of its class: 20 anomalies beside 1,000 normal samples would
// not be seen.
void draw_score_histogram(Lab& lab, const ViewContext& context, const Box& box) {
    const JudgingLab& judging = lab_of(lab);
    const Range range{JudgingLab::kLowestThreshold, JudgingLab::kHighestThreshold};
    const Palette& p = context.palette;
    const auto shares = [&](std::span<const float> scores, std::size_t bins) {
        std::vector<double> heights;
        for (const int count : histogram(as_doubles(scores), range, bins)) {
            heights.push_back(100.0 * count /
                              std::max<double>(1.0, static_cast<double>(scores.size())));
        }
        return heights;
    };
    const HistogramSeries series[] = {
        {"normal", shares(judging.negative_scores(), kBins), p.positive},
        {"anomaly", shares(judging.positive_scores(), kBins), p.negative},
    };
    double most = 1.0;
    for (const HistogramSeries& one : series) {
        most = std::max(most, *std::max_element(one.heights.begin(), one.heights.end()));
    }
    Plot plot(context, box, "Scores of the test set (drag the threshold)", {range, false, "score"},
              {{0, most * 1.2}, false, "% of its class"});
    const Drag drag = drag_area(context, "threshold", plot.inner());
    if (drag.held) (void)lab.set("threshold", shortest_number(plot.from(drag.pointer).x));
    draw_histogram(plot, context, range, series);
    plot.vertical("alarm from here", judging.threshold(), p.text);
    const float at = plot.at(judging.threshold(), 0).x;
    context.draw->AddCircleFilled({at, plot.inner().max.y}, context.em * 0.45f, p.text);
    plot.finish();
}

void draw_curves(const JudgingLab& lab, const ViewContext& context, const Box& box) {
    const Palette& p = context.palette;
    std::vector<double> thresholds;
    std::vector<double> precision;
    std::vector<double> recall;
    std::vector<double> f1;
    for (const JudgingLab::OperatingPoint& point : lab.operating_points(kCurvePoints)) {
        thresholds.push_back(point.threshold);
        precision.push_back(point.precision);
        recall.push_back(point.recall);
        f1.push_back(point.f1);
    }
    Plot plot(context, box, "What a threshold trades",
              {{JudgingLab::kLowestThreshold, JudgingLab::kHighestThreshold}, false, "threshold"},
              {{0, 1.04}, false, ""});
    plot.line("precision", thresholds, precision, p.series[0], {.width = 2});
    plot.line("recall", thresholds, recall, p.series[1], {.width = 2});
    plot.line("F1", thresholds, f1, p.series[2], {.width = 3});
    plot.vertical("", lab.threshold(), p.text);
    plot.finish();
}

// A month as a strip: days across, hours down; false alarms, the anomaly, and what caught it.
void draw_month(const JudgingLab& lab, const ViewContext& context, Box box) {
    const Palette& p = context.palette;
    box = draw_heading(context, box, "The last month, minute by minute");
    const AlarmMonth& month = lab.month();
    if (month.positive.empty()) {
        draw_wrapped(context, box.min, box.width(),
                     "Press Play or the step button: each step is a month of the machine's life.",
                     p.muted, context.fonts.small);
        return;
    }
    const Box legend = box.take_bottom(context.em * 1.4f, 2);
    const Box strip = box;
    context.draw->AddRectFilled(strip.min, strip.max, p.panel, 4);
    const auto minutes = static_cast<float>(month.positive.size());
    const auto across = [&](int minute) {
        return strip.min.x + static_cast<float>(minute) / minutes * strip.width();
    };
    int false_alarms = 0;
    bool caught = false;
    for (const int minute : lab.alarms()) {
        const bool right = month.is_anomaly(minute);
        caught = caught || right;
        false_alarms += right ? 0 : 1;
        if (right) continue;
        const float x = across(minute);
        context.draw->AddLine({x, strip.min.y + 3}, {x, strip.max.y - 3},
                              with_alpha(p.negative, lab.alarms().size() > 200 ? 0.35 : 0.9), 1);
    }
    const float x = across(month.anomaly_begin);
    const Colour colour = caught ? p.good : p.bad;
    context.draw->AddRectFilled({x - 2, strip.min.y - 3}, {x + 2, strip.max.y + 3}, colour, 1);
    context.draw->AddTriangleFilled({x - 6, strip.min.y - 8}, {x + 6, strip.min.y - 8},
                                    {x, strip.min.y + 2}, colour);
    draw_text(context, {legend.min.x, legend.centre().y},
              std::to_string(false_alarms) + " false alarms", p.negative,
              context.fonts.small_strong, 0, 0.5f);
    draw_text(context, {legend.max.x, legend.centre().y},
              caught ? "the anomaly was caught" : "the anomaly was missed", colour,
              context.fonts.small_strong, 1, 0.5f);
}

// Before the first month the axis already reaches as high as the matrix lets one expect.
void draw_false_alarms(const JudgingLab& lab, const ViewContext& context, const Box& box) {
    const auto counts = lab.false_alarms_by_month();
    const ConfusionMatrix& matrix = lab.matrix();
    const auto normal = static_cast<double>(matrix.at(1, 0) + matrix.at(1, 1));
    double most = 1.0;
    if (counts.empty() && normal > 0) {
        most = std::max(most, kMinutesPerMonth * static_cast<double>(matrix.at(1, 0)) / normal);
    }
    for (const int count : counts) most = std::max<double>(most, count);
    const double months = std::max<double>(12.0, static_cast<double>(counts.size()));
    Plot plot(context, box, "False alarms, month by month", {{0.5, months + 0.5}, false, "month"},
              {rounded_out({0, most * 1.05}), false, ""});
    plot.clip();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto month = static_cast<double>(i + 1);
        const Box bar{plot.at(month - 0.36, counts[i]), plot.at(month + 0.36, 0)};
        context.draw->AddRectFilled(bar.min, bar.max, context.palette.negative, 2);
        const Box column{{bar.min.x, plot.inner().min.y}, bar.max};
        mark_place(context, "month " + std::to_string(i + 1), column);
        if (pointer_in(column)) {
            tooltip(context, "Month " + std::to_string(i + 1) + ": " + shown_number(counts[i], 6) +
                                 " false alarms");
        }
    }
    plot.unclip();
    plot.finish();
}

}  // namespace

void draw_judging(Lab& lab, const ViewContext& context) {
    const JudgingLab& judging = lab_of(lab);
    const bool detector = judging.classifier() == JudgingLab::Classifier::detector;
    const float em = context.em;
    Box box = context.area;
    const bool narrow = box.width() < em * 34;
    // Room for what the threshold trades beside the other two.
    const bool wide = detector && box.width() > em * 44;
    Box top = box.take_top(
        narrow ? std::min(box.height() * 0.36f, em * 12) : std::min(box.height() * 0.4f, em * 17),
        narrow ? em * 0.4f : em);
    const bool months = !judging.false_alarms_by_month().empty();
    if (wide) draw_curves(judging, context, top.take_right(top.width() * 0.36f, em * 1.2f));
    const Box left = top.take_left(top.width() * 0.52f, narrow ? em * 0.5f : em * 1.2f);
    draw_confusion(judging, context, left);
    draw_scores_of(judging, context, top);
    if (narrow) {
        const Box bottom = box.take_bottom(em * (months ? 5.2f : 3.6f), em * 0.4f);
        if (detector) {
            draw_score_histogram(lab, context, box);
        } else {
            draw_false_alarms(judging, context, box);
        }
        draw_month(judging, context, bottom);
        return;
    }
    const Box strip = box.take_bottom(std::clamp(box.height() * 0.24f, em * 5, em * 7), em);
    draw_month(judging, context, strip);
    if (!detector) {
        draw_false_alarms(judging, context, box);
        return;
    }
    if (months || !wide) {
        const Box second = box.take_right(box.width() * 0.5f, em);
        if (months) {
            draw_false_alarms(judging, context, second);
        } else {
            draw_curves(judging, context, second);
        }
    }
    draw_score_histogram(lab, context, box);
}

bool judging_shows(const Lab& lab, std::string_view name) {
    const JudgingLab::Classifier chosen = lab_of(lab).classifier();
    if (name == "tp" || name == "fn" || name == "fp" || name == "tn")
        return chosen == JudgingLab::Classifier::own;
    if (name == "threshold" || name == "separation" || name == "memory") {
        return chosen == JudgingLab::Classifier::detector;
    }
    return true;
}

std::string describe_judging(const Lab& lab) {
    const ConfusionMatrix& m = lab_of(lab).matrix();
    return "A confusion matrix: " + std::to_string(m.at(0, 0)) + " anomalies found, " +
           std::to_string(m.at(0, 1)) + " missed, " + std::to_string(m.at(1, 0)) +
           " false alarms, " + std::to_string(m.at(1, 1)) + " rightly quiet; precision " +
           shown_number(reading(lab, "precision"), 2) + ", recall " +
           shown_number(reading(lab, "recall"), 2) + ".";
}

}  // namespace whittle::ui
