#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lessons/ui/logic/axis.h"
#include "lessons/ui/view.h"

namespace whittle::ui {

enum class Marker { dot, circle, square, diamond, triangle, cross };

struct LineStyle {
    float width = 2;
    bool dashed = false;
};

// A line and scatter plot. Make it, add to it from back to front, and finish() it: that draws the
// legend and the values under the pointer. What has an empty name is in neither.
class Plot {
public:
    Plot(const ViewContext& context, Box box, const std::string& title, Axis x, Axis y);

    // A box of the plot alone that has this place; for interaction and one's own drawing, clipped by
    // clip() ... unclip().
    const Box& inner() const { return inner_; }
    ImVec2 at(double x, double y) const;
    Point from(ImVec2 place) const;
    void clip() const;
    void unclip() const;

    void picture(const std::string& name) const;
    void line(const std::string& name, std::span<const double> x, std::span<const double> y,
              Colour colour, LineStyle style = {});
    // Sampled once per two points of width.
    void curve(const std::string& name, const std::function<double(double)>& function,
               Colour colour, LineStyle style = {});
    void points(const std::string& name, std::span<const double> x, std::span<const double> y,
                Colour colour, Marker marker = Marker::circle, float radius = 4.5f);
    void point(const std::string& name, double x, double y, Colour colour,
               Marker marker = Marker::circle, float radius = 6);
    // A line across, with a label at its end.
    void vertical(const std::string& label, double x, Colour colour);
    void horizontal(const std::string& label, double y, Colour colour);

    void finish();

private:
    struct Entry {
        std::string name;
        Colour colour;
        bool is_line;
        bool dashed;
        Marker marker;
    };
    struct Spot {
        ImVec2 place;
        std::size_t entry;
        double x, y;
    };
    void draw_axes(const std::string& title);
    void draw_legend() const;
    void show_value() const;
    void remember(const std::string& name, std::span<const double> x, std::span<const double> y);

    const ViewContext& context_;
    Box inner_;
    Axis x_;
    Axis y_;
    std::vector<Entry> entries_;
    std::vector<Spot> spots_;
};

void draw_marker(ImDrawList* draw, Marker marker, ImVec2 centre, float radius, Colour fill,
                 Colour edge);

}  // namespace whittle::ui
