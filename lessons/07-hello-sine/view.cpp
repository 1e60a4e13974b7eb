#include <algorithm>
#include <cmath>

#include "lessons/07-hello-sine/lab.h"
#include "lessons/kit/numbers.h"
#include "lessons/ui/charts.h"
#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

const HelloSineLab& lab_of(const Lab& lab) { return static_cast<const HelloSineLab&>(lab); }

double reading(const Lab& lab, std::string_view name) {
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        if (lab.readouts()[i].name == name) return lab.readout(i);
    }
    return std::nan("");
}

std::vector<double> as_doubles(std::span<const float> values) {
    return {values.begin(), values.end()};
}

std::vector<double> features_of(const Dataset& data) {
    const auto* values = std::get_if<std::vector<float>>(&data.features);
    return values == nullptr ? std::vector<double>() : as_doubles(*values);
}

void draw_fit(const HelloSineLab& lab, const ViewContext& context, const Box& box) {
    const Palette& p = context.palette;
    const std::vector<double> x = as_doubles(lab.curve_x());
    const std::vector<double> train_x = features_of(lab.train());
    const std::vector<double> train_y = as_doubles(lab.train().targets);
    const Range up = joined({-1.4, 1.4}, padded(range_of(train_y), 0.04));
    Plot plot(context, box, "", {{0, 6.2831853}, false, "x"}, {{std::max(up.low, -3.0), std::min(up.high, 3.0)}, false, "y"});
    plot.points("training points", train_x, train_y, with_alpha(p.muted, p.dark ? 0.5 : 0.38),
                Marker::dot, 2.2f);
    plot.line("without noise", x, as_doubles(lab.true_curve()), with_alpha(p.text, 0.75),
              {.width = 1.5f, .dashed = true});
    plot.line("float32", x, as_doubles(lab.float_curve()), p.series[0], {.width = 3});
    if (lab.is_quantized()) {
        plot.line("int8", x, as_doubles(lab.int8_curve()), p.series[1],
                  {.width = 3, .dashed = true});
    }
    plot.finish();
}

void draw_losses(const HelloSineLab& lab, const ViewContext& context, const Box& box) {
    std::vector<double> epochs;
    std::vector<double> train;
    std::vector<double> validation;
    double low = 1.0;
    double high = 1e-3;
    for (const LossHistory::Entry& entry : lab.losses().entries()) {
        epochs.push_back(entry.epoch);
        train.push_back(static_cast<double>(entry.train));
        validation.push_back(static_cast<double>(entry.held_out));
        for (const double loss : {train.back(), validation.back()}) {
            if (!(loss > 0.0) || !std::isfinite(loss)) continue;
            low = std::min(low, loss);
            high = std::max(high, loss);
        }
    }
    const double last = epochs.empty() ? 10.0 : std::max(10.0, epochs.back());
    Plot plot(context, box, "Loss over the epochs", {{0, last}, false, "epoch"},
              {{low * 0.8, high * 1.25}, true, ""});
    plot.line("training", epochs, train, context.palette.series[0], {.width = 2});
    plot.line("validation", epochs, validation, context.palette.series[1], {.width = 2});
    plot.finish();
}

std::string bytes(double value) {
    return std::isnan(value) ? "\xE2\x80\x93" : shown_number(value, 8) + " B";
}

void draw_sizes(const Lab& lab, const ViewContext& context, Box box) {
    const Palette& p = context.palette;
    const double file = reading(lab, "tflite-bytes");
    const double parameters = reading(lab, "float-bytes");
    const double small_file = reading(lab, "int8-tflite-bytes");
    const double small = reading(lab, "int8-bytes");
    const Bar bars[] = {
        {"Parameters, float32", parameters, bytes(parameters), p.series[0]},
        {"Parameters, int8", small, bytes(small), p.series[1]},
        {".tflite, float32", file, bytes(file), p.series[0]},
        {".tflite, int8", small_file, bytes(small_file), p.series[1]},
    };
    const double full = std::max({file, parameters, std::isnan(small_file) ? 0.0 : small_file, 1.0});
    const Box note = box.take_bottom(context.em * 1.5f);
    draw_bars(context, box, "How big it is", bars, full);
    if (!lab_of(lab).is_quantized()) {
        draw_text(context, note.min, "“Whittle to int8” makes the int8 net.", p.muted,
                  context.fonts.small);
    }
}

}  // namespace

void draw_hello_sine(Lab& lab, const ViewContext& context) {
    const HelloSineLab& sine = lab_of(lab);
    const Palette& p = context.palette;
    const float em = context.em;
    Box box = context.area;
    const Box caption = box.take_top(em * 2.2f);
    draw_text(context, {caption.min.x, caption.centre().y},
              "epoch " + std::to_string(sine.epoch()), p.text, context.fonts.large, 0, 0.5f);
    std::string rmse = "RMSE " + shown_number(reading(lab, "rmse"), 3);
    if (sine.is_quantized()) rmse += ", int8 " + shown_number(reading(lab, "int8-rmse"), 3);
    draw_text(context, {caption.max.x, caption.centre().y}, rmse, p.series[0], context.fonts.large,
              1, 0.5f);
    const bool narrow = box.width() < em * 34;
    const Box fit = box.take_top(box.height() * (narrow ? 0.55f : 0.6f), em * 0.6f);
    draw_fit(sine, context, fit);
    if (narrow && box.height() < em * 17) {
        draw_losses(sine, context, box);
        return;
    }
    const Box losses = narrow ? box.take_top(box.height() * 0.5f, em * 0.5f)
                              : box.take_left(box.width() * 0.5f, em);
    draw_losses(sine, context, losses);
    draw_sizes(lab, context, box);
}

std::string describe_hello_sine(const Lab& lab) {
    const HelloSineLab& sine = lab_of(lab);
    std::string text = "Noisy points and the net's curve after " + std::to_string(sine.epoch()) +
                       " epochs, RMSE " + shown_number(reading(lab, "rmse"), 3);
    if (sine.is_quantized()) text += "; in int8 " + shown_number(reading(lab, "int8-rmse"), 3);
    return text + ".";
}

}  // namespace whittle::ui
