#pragma once

#include <span>
#include <string>
#include <vector>

#include "native/cli/terminal.h"

namespace whittle::cli {

// Points and a curve, drawn with characters: '.' for points, '*' for the curve, which lies on top.
struct PlotSeries {
    std::span<const float> x;
    std::span<const float> y;
};
// Every line indented by two spaces. The ranges come from the points; points must not be empty.
std::string draw_plot(
    const PlotSeries& points, const PlotSeries& curve, int width, int height, const Style& style);

}  // namespace whittle::cli
