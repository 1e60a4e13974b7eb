#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lessons/ui/plot.h"

namespace whittle::ui {

struct Bar {
    std::string label;
    double value = 0.0;  // from 0; NaN: nothing to show
    std::string text;    // beside the bar
    Colour colour = 0;
    std::string help = {};  // under the pointer
};

// Horizontal bars, from 0 to `full`.
void draw_bars(const ViewContext& context,
               Box box,
               const std::string& title,
               std::span<const Bar> bars,
               double full);

// A confusion matrix: rows are what is true, columns what the classifier says. `counts` row by row.
struct MatrixLabels {
    std::vector<std::string> truth;
    std::vector<std::string> said;
    // What a cell is called, for people: "missed"; as many as cells, or none.
    std::vector<std::string> cells;
};
void draw_matrix(const ViewContext& context,
                 Box box,
                 const std::string& title,
                 std::span<const std::int64_t> counts,
                 const MatrixLabels& labels);

// Bars side by side, on the axes of a plot; one or two series over each other.
struct HistogramSeries {
    std::string name;
    std::vector<double> heights;  // in %
    Colour colour = 0;
};
void draw_histogram(Plot& plot,
                    const ViewContext& context,
                    Range range,
                    std::span<const HistogramSeries> series);

// Contours of a surface, over its picture: finish the plot afterwards.
void draw_contours(const Plot& plot, const ViewContext& context, const Field& field, int count);

// A key for what has a sign: from -full_at to full_at.
void draw_diverging_key(const ViewContext& context, Box box, double full_at);

}  // namespace whittle::ui
