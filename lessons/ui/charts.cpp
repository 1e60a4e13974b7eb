#include "lessons/ui/charts.h"

#include <algorithm>
#include <cmath>

#include "lessons/kit/numbers.h"

namespace whittle::ui {

namespace {

// Black or white, whichever can be read on the colour.
Colour readable_on(Colour colour) {
    const Colour black = rgb(0x10131A);
    const Colour white = rgb(0xFFFFFF);
    return contrast(colour, black) > contrast(colour, white) ? black : white;
}

std::int64_t row_sum(std::span<const std::int64_t> counts, std::size_t row, std::size_t columns) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < columns; ++i) sum += counts[row * columns + i];
    return sum;
}

float widest(const ImFont* font, const std::vector<std::string>& texts) {
    float width = 0;
    for (const std::string& text : texts) width = std::max(width, text_size(font, text).x);
    return width;
}

}  // namespace

void draw_bars(const ViewContext& context,
               Box box,
               const std::string& title,
               std::span<const Bar> bars,
               double full) {
    box = draw_heading(context, box, title);
    if (bars.empty() || !(full > 0.0)) return;
    const Palette& colours = context.palette;
    float label_width = 0;
    float text_width = 0;
    for (const Bar& bar : bars) {
        label_width = std::max(label_width, text_size(context.fonts.small, bar.label).x);
        text_width = std::max(text_width, text_size(context.fonts.small_strong, bar.text).x);
    }
    const float row = std::min(box.height() / static_cast<float>(bars.size()), context.em * 2.1f);
    const float thickness = std::min(row * 0.62f, context.em * 1.1f);
    const float left = box.min.x + label_width + context.em * 0.7f;
    const float right = std::max(left + 20, box.max.x - text_width - context.em * 0.6f);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar& bar = bars[i];
        const float middle = box.min.y + row * (static_cast<float>(i) + 0.5f);
        draw_text(context, {left - context.em * 0.7f, middle}, bar.label, colours.text,
                  context.fonts.small, 1, 0.5f);
        const auto share = static_cast<float>(
            std::isnan(bar.value) ? 0.0 : std::clamp(bar.value / full, 0.0, 1.0));
        const ImVec2 top{left, middle - thickness / 2};
        context.draw->AddRectFilled(top, {right, middle + thickness / 2}, colours.panel, 3);
        if (share > 0) {
            const float end = std::max(left + 2, left + share * (right - left));
            context.draw->AddRectFilled(top, {end, middle + thickness / 2}, bar.colour, 3);
        }
        draw_text(context, {right + context.em * 0.5f, middle}, bar.text, colours.text,
                  context.fonts.small_strong, 0, 0.5f);
        const Box whole{{box.min.x, middle - row / 2}, {box.max.x, middle + row / 2}};
        mark_place(context, "bar " + bar.label, whole);
        if (pointer_in(whole)) {
            tooltip(context,
                    bar.label + ": " + bar.text + (bar.help.empty() ? "" : "\n" + bar.help));
        }
    }
}

void draw_matrix(const ViewContext& context,
                 Box box,
                 const std::string& title,
                 std::span<const std::int64_t> counts,
                 const MatrixLabels& labels) {
    box = draw_heading(context, box, title);
    const std::size_t rows = labels.truth.size();
    const std::size_t columns = labels.said.size();
    if (rows == 0 || columns == 0 || counts.size() != rows * columns) return;
    const Palette& colours = context.palette;
    const ImFont* small = context.fonts.small;
    const float em = context.em;
    const float left = widest(small, labels.truth) + em * 0.6f;
    box.take_top(font_size(small) * 2.5f);
    const float cell = std::max(4.0f, std::min({(box.width() - left) / static_cast<float>(columns),
                                                box.height() / static_cast<float>(rows),
                                                em * (columns > 2 ? 5.0f : 8.0f)}));
    const float wide =
        std::max(cell, std::min((box.width() - left) / static_cast<float>(columns), cell * 1.6f));
    const ImVec2 origin{box.min.x + left, box.min.y};
    draw_text(
        context,
        {origin.x + wide * static_cast<float>(columns) / 2, origin.y - font_size(small) * 2.5f},
        "the classifier says", colours.muted, small, 0.5f, 0);
    for (std::size_t c = 0; c < columns; ++c) {
        draw_text(context, {origin.x + wide * (static_cast<float>(c) + 0.5f), origin.y - 4},
                  labels.said[c], colours.text, small, 0.5f, 1);
    }
    for (std::size_t r = 0; r < rows; ++r) {
        const std::int64_t sum = row_sum(counts, r, columns);
        const float top = origin.y + cell * static_cast<float>(r);
        draw_text(context, {origin.x - em * 0.4f, top + cell / 2}, labels.truth[r], colours.text,
                  small, 1, 0.5f);
        for (std::size_t c = 0; c < columns; ++c) {
            const std::int64_t count = counts[r * columns + c];
            const double share =
                sum > 0 ? static_cast<double>(count) / static_cast<double>(sum) : 0.0;
            const Colour full = r == c ? colours.positive : colours.negative;
            const Colour fill = mixed(colours.panel, full, 0.08 + 0.92 * share);
            const Box place{{origin.x + wide * static_cast<float>(c) + 1, top + 1},
                            {origin.x + wide * static_cast<float>(c + 1) - 1, top + cell - 1}};
            context.draw->AddRectFilled(place.min, place.max, fill, 4);
            const std::string text = std::to_string(count);
            const ImFont* font =
                text_size(context.fonts.large, text).x < wide * 0.8f && cell > em * 2.2f
                    ? context.fonts.large
                    : context.fonts.small_strong;
            const bool named = labels.cells.size() == counts.size() && cell > em * 3.2f &&
                               text_size(small, labels.cells[r * columns + c]).x < wide - 6;
            const float up = named ? em * 0.55f : 0;
            draw_text(context, {place.centre().x, place.centre().y - up}, text, readable_on(fill),
                      font, 0.5f, 0.5f);
            if (named) {
                draw_text(context, {place.centre().x, place.centre().y + em * 0.8f},
                          labels.cells[r * columns + c], readable_on(fill), small, 0.5f, 0.5f);
            }
            mark_place(context, "cell " + std::to_string(r) + " " + std::to_string(c), place);
            if (pointer_in(place)) {
                tooltip(context, text + " of " + std::to_string(sum) + " that are " +
                                     labels.truth[r] + " (" + shown_number(100 * share, 3) +
                                     " %): said to be " + labels.said[c]);
            }
        }
    }
}

namespace {

// The heights of the bin under the pointer.
void tell_bin(const Plot& plot,
              const ViewContext& context,
              Range range,
              std::span<const HistogramSeries> series) {
    if (series.empty() || series[0].heights.empty()) return;
    const auto bins = static_cast<double>(series[0].heights.size());
    const double x = plot.from(ImGui::GetMousePos()).x;
    const double bin = std::clamp(std::floor((x - range.low) / range.span() * bins), 0.0, bins - 1);
    const double low = range.low + bin / bins * range.span();
    std::string text = shown_number(low, 3) + " to " + shown_number(low + range.span() / bins, 3);
    for (const HistogramSeries& one : series) {
        text += "\n" + one.name + ": " +
                shown_number(one.heights[static_cast<std::size_t>(bin)], 3) + " %";
    }
    tooltip(context, text);
}

}  // namespace

void draw_histogram(Plot& plot,
                    const ViewContext& context,
                    Range range,
                    std::span<const HistogramSeries> series) {
    plot.clip();
    for (const HistogramSeries& one : series) {
        const double width = range.span() / static_cast<double>(one.heights.size());
        for (std::size_t i = 0; i < one.heights.size(); ++i) {
            if (!(one.heights[i] > 0.0)) continue;
            const double low = range.low + width * static_cast<double>(i);
            const ImVec2 top = plot.at(low, one.heights[i]);
            const ImVec2 bottom = plot.at(low + width, 0);
            context.draw->AddRectFilled({top.x + 0.5f, top.y},
                                        {bottom.x - 0.5f, plot.inner().max.y},
                                        with_alpha(one.colour, 0.6));
            context.draw->AddLine({top.x, top.y}, {bottom.x, top.y}, one.colour, 2);
        }
    }
    plot.unclip();
    for (const HistogramSeries& one : series)
        plot.points(one.name, {}, {}, one.colour, Marker::square);
    mark_place(context, "histogram", plot.inner());
    if (pointer_in(plot.inner()) && !ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
        tell_bin(plot, context, range, series);
    }
}

void draw_contours(const Plot& plot, const ViewContext& context, const Field& field, int count) {
    plot.clip();
    const Colour colour = with_alpha(context.palette.text, 0.28);
    for (const double level : contour_levels(field.values, count)) {
        for (const Segment& segment : contour(field, level)) {
            context.draw->AddLine(plot.at(segment.from.x, segment.from.y),
                                  plot.at(segment.to.x, segment.to.y), colour, 1);
        }
    }
    plot.unclip();
}

void draw_diverging_key(const ViewContext& context, Box box, double full_at) {
    const ImFont* font = context.fonts.small;
    const std::string low = "\xE2\x88\x92" + shown_number(full_at, 2);
    const std::string high = "+" + shown_number(full_at, 2);
    const float y = box.centre().y;
    draw_text(context, {box.min.x, y}, low, context.palette.muted, font, 0, 0.5f);
    draw_text(context, {box.max.x, y}, high, context.palette.muted, font, 1, 0.5f);
    const float left = box.min.x + text_size(font, low).x + 6;
    const float right = box.max.x - text_size(font, high).x - 6;
    const float middle = (left + right) / 2;
    const Palette& p = context.palette;
    context.draw->AddRectFilledMultiColor({left, y - 5}, {middle, y + 5}, p.negative, p.neutral,
                                          p.neutral, p.negative);
    context.draw->AddRectFilledMultiColor({middle, y - 5}, {right, y + 5}, p.neutral, p.positive,
                                          p.positive, p.neutral);
}

}  // namespace whittle::ui
