#include "lessons/ui/logic/colour.h"

#include <algorithm>
#include <cmath>

namespace whittle::ui {

namespace {

double channel(Colour colour, int index) { return (colour >> (8 * index)) & 0xFFu; }

double luminance(Colour colour) {
    static constexpr double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0.0;
    for (int i = 0; i < 3; ++i) {
        const double c = channel(colour, i) / 255.0;
        sum += weights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

template <class ColourOf>
std::vector<Colour> picture(const Field& field, std::size_t width, std::size_t height,
                            ColourOf colour_of) {
    std::vector<Colour> pixels;
    pixels.reserve(width * height);
    for (const float value : resampled(field, width, height)) pixels.push_back(colour_of(value));
    return pixels;
}

}  // namespace

Colour with_alpha(Colour colour, double alpha) {
    const auto byte = static_cast<Colour>(std::lround(std::clamp(alpha, 0.0, 1.0) * 255.0));
    return (colour & 0x00FFFFFFu) | byte << 24;
}

Colour mixed(Colour a, Colour b, double t) {
    t = std::clamp(t, 0.0, 1.0);
    Colour result = 0;
    for (int i = 0; i < 4; ++i) {
        const double value = channel(a, i) + t * (channel(b, i) - channel(a, i));
        result |= static_cast<Colour>(std::lround(value)) << (8 * i);
    }
    return result;
}

double contrast(Colour a, Colour b) {
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

Colour Palette::diverging(double t) const {
    if (!(t >= -1.0)) t = std::isnan(t) ? 0.0 : -1.0;
    return t < 0.0 ? mixed(neutral, negative, -t) : mixed(neutral, positive, t);
}

Colour Palette::sequential(double t) const {
    return mixed(panel, accent, std::isnan(t) ? 0.0 : t);
}

const Palette& light_palette() {
    static const Palette palette = {
        .dark = false,
        .background = rgb(0xFFFFFF),
        .panel = rgb(0xF7F5F0),
        .raised = rgb(0xECE8DF),
        .outline = rgb(0xCFC9BB),
        .text = rgb(0x23211D),
        .muted = rgb(0x5F5A50),
        .grid = rgb(0xE9E6DE),
        .accent = rgb(0x0062A3),
        .on_accent = rgb(0xFFFFFF),
        .good = rgb(0x007A58),
        .bad = rgb(0xB84A00),
        .negative = rgb(0xD96A00),
        .positive = rgb(0x0072B2),
        .neutral = rgb(0xF4F4F2),
        .series = {rgb(0x0072B2), rgb(0xC85A00), rgb(0x00805E), rgb(0xB2518A), rgb(0x1A86B8),
                   rgb(0x8F6B00)},
    };
    return palette;
}

const Palette& dark_palette() {
    static const Palette palette = {
        .dark = true,
        .background = rgb(0x23211D),
        .panel = rgb(0x2C2A25),
        .raised = rgb(0x3A3731),
        .outline = rgb(0x59544A),
        .text = rgb(0xECE8DF),
        .muted = rgb(0xB3AC9C),
        .grid = rgb(0x3A3731),
        .accent = rgb(0x5FB6EE),
        .on_accent = rgb(0x14120E),
        .good = rgb(0x35C79A),
        .bad = rgb(0xFF9A55),
        .negative = rgb(0xF08A24),
        .positive = rgb(0x3FA0E0),
        .neutral = rgb(0x33302A),
        .series = {rgb(0x56B4E9), rgb(0xF0923A), rgb(0x2FC497), rgb(0xE08FBE), rgb(0xE6D94A),
                   rgb(0xC9C3B6)},
    };
    return palette;
}

std::vector<Colour> diverging_picture(const Field& field, double full_at, Shading shading,
                                      double strength, const Palette& palette, std::size_t width,
                                      std::size_t height) {
    // A table: pictures are made for each frame of training.
    constexpr int kHalf = 128;
    std::vector<Colour> table;
    for (int i = -kHalf; i <= kHalf; ++i) {
        table.push_back(palette.diverging(strength * i / static_cast<double>(kHalf)));
    }
    const auto scale = static_cast<float>(kHalf / full_at);
    return picture(field, width, height, [&](float value) {
        float t = std::clamp(value * scale, static_cast<float>(-kHalf), static_cast<float>(kHalf));
        if (std::isnan(t)) t = 0;
        if (shading == Shading::discrete) t = value < 0 ? -kHalf : kHalf;
        // Rounded: what is cut off is positive. std::lround() is a call in WebAssembly.
        return table[static_cast<std::size_t>(t + (kHalf + 0.5f))];
    });
}

std::vector<Colour> height_picture(const Field& field, Range heights, const Palette& palette,
                                   std::size_t width, std::size_t height) {
    const Colour low = mixed(palette.background, palette.accent, 0.62);
    const Colour high = mixed(palette.background, palette.accent, 0.04);
    return picture(field, width, height, [&](float value) {
        const double t = (static_cast<double>(value) - heights.low) / heights.span();
        return mixed(low, high, std::isnan(t) ? 1.0 : std::sqrt(std::clamp(t, 0.0, 1.0)));
    });
}

}  // namespace whittle::ui
