#include "native/cli/plot.h"

#include <algorithm>
#include <cmath>

#include "native/cli/text.h"

namespace whittle::cli {
namespace {

struct Axis {
    float low;
    float high;
    int cells;

    static Axis of(std::span<const float> values, int cells) {
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        return {*low, *high > *low ? *high : *low + 1.0f, cells};
    }
    int cell(float value) const {
        const float share = (value - low) / (high - low);
        return std::clamp(static_cast<int>(share * static_cast<float>(cells)), 0, cells - 1);
    }
};

void mark(std::vector<std::string>& rows,
          const PlotSeries& series,
          const Axis& horizontal,
          const Axis& vertical,
          char symbol) {
    for (std::size_t i = 0; i < series.x.size(); ++i) {
        const auto row = static_cast<std::size_t>(vertical.cells - 1 - vertical.cell(series.y[i]));
        rows[row][static_cast<std::size_t>(horizontal.cell(series.x[i]))] = symbol;
    }
}

std::string coloured(const std::string& row, const Style& style) {
    std::string text;
    for (const char c : row) {
        const std::string cell(1, c);
        text += c == '*' ? style.green(cell) : c == '.' ? style.dim(cell) : cell;
    }
    return text;
}

}  // namespace

std::string draw_plot(
    const PlotSeries& points, const PlotSeries& curve, int width, int height, const Style& style) {
    const Axis horizontal = Axis::of(points.x, width);
    const Axis vertical = Axis::of(points.y, height);
    std::vector<std::string> rows(static_cast<std::size_t>(height),
                                  std::string(static_cast<std::size_t>(width), ' '));
    mark(rows, points, horizontal, vertical, '.');
    mark(rows, curve, horizontal, vertical, '*');
    std::string text;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const bool top = r == 0;
        const bool bottom = r + 1 == rows.size();
        const std::string label =
            top || bottom
                ? format_text("%5.1f", static_cast<double>(top ? vertical.high : vertical.low))
                : std::string(5, ' ');
        std::string row = rows[r];
        row.erase(row.find_last_not_of(' ') + 1);
        text += "  " + label + " |" + coloured(row, style) + "\n";
    }
    text += "        " + std::string(static_cast<std::size_t>(width), '-') + "\n";
    return text;
}

}  // namespace whittle::cli
