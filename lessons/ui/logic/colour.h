#pragma once

#include <cstdint>
#include <vector>

#include "lessons/ui/logic/field.h"

namespace whittle::ui {

// 0xAABBGGRR, as Dear ImGui and 8-bit RGBA textures on little-endian machines have it.
using Colour = std::uint32_t;

constexpr Colour rgb(unsigned hex, unsigned alpha = 255) {
    return alpha << 24 | (hex & 0xFFu) << 16 | (hex & 0xFF00u) | hex >> 16;
}
Colour with_alpha(Colour colour, double alpha);         // alpha in [0, 1]
Colour mixed(Colour a, Colour b, double t);             // t in [0, 1]: 0 gives a
double contrast(Colour a, Colour b);                    // WCAG 2: from 1 to 21
inline constexpr int kSeriesColours = 6;

// Everything in two lights; backgrounds and greys are those of the page. The series are Okabe and Ito's colours, in shades that stand out from
// the background; orange and blue are the two sides of what has a sign.
struct Palette {
    bool dark = false;
    Colour background, panel, raised, outline;
    Colour text, muted, grid;
    Colour accent, on_accent;
    Colour good, bad;
    Colour negative, positive;  // -1 and 1 of what has a sign; class 0 and class 1
    Colour neutral;             // 0 of what has a sign
    Colour series[kSeriesColours];

    // t in [-1, 1]: from negative by neutral to positive.
    Colour diverging(double t) const;
    // t in [0, 1]: from the background to a full colour.
    Colour sequential(double t) const;
};
const Palette& light_palette();
const Palette& dark_palette();

// A picture of a field: width * height pixels, the top row first (row 0 has y.high).
enum class Shading { smooth, discrete };
std::vector<Colour> diverging_picture(const Field& field, double full_at, Shading shading,
                                      double strength, const Palette& palette, std::size_t width,
                                      std::size_t height);
// Heights between low and high, on the scale of the square root as contour_levels() has it. What is
// not a number lies as high as the rim.
std::vector<Colour> height_picture(const Field& field, Range heights, const Palette& palette,
                                   std::size_t width, std::size_t height);

}  // namespace whittle::ui
