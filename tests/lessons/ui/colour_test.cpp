#include "lessons/ui/logic/colour.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace whittle::ui {

TEST_CASE("colours are stored red first, and mix channel by channel") {
    CHECK(rgb(0x112233) == 0xFF332211u);
    CHECK(with_alpha(rgb(0x112233), 0.5) == 0x80332211u);
    CHECK(with_alpha(rgb(0x112233), 7.0) == 0xFF332211u);
    CHECK(mixed(rgb(0x000000), rgb(0xFF8040), 0.0) == rgb(0x000000));
    CHECK(mixed(rgb(0x000000), rgb(0xFF8040), 1.0) == rgb(0xFF8040));
    CHECK(mixed(rgb(0x000000), rgb(0x646464), 0.5) == rgb(0x323232));
    CHECK(contrast(rgb(0x000000), rgb(0xFFFFFF)) == doctest::Approx(21.0));
    CHECK(contrast(rgb(0x777777), rgb(0x777777)) == doctest::Approx(1.0));
}

// WCAG 2.1: 4.5 for text (1.4.3), 3 for large text and for what a picture consists of (1.4.11).
TEST_CASE("text and series stand out from what is behind them") {
    for (const Palette* palette : {&light_palette(), &dark_palette()}) {
        CAPTURE(palette->dark);
        for (const Colour behind : {palette->background, palette->panel}) {
            CHECK(contrast(palette->text, behind) >= 7.0);
            CHECK(contrast(palette->muted, behind) >= 4.5);
            CHECK(contrast(palette->accent, behind) >= 4.5);
            CHECK(contrast(palette->good, behind) >= 4.5);
            CHECK(contrast(palette->bad, behind) >= 4.5);
            for (const Colour series : palette->series) CHECK(contrast(series, behind) >= 3.0);
        }
        CHECK(contrast(palette->text, palette->raised) >= 7.0);
        CHECK(contrast(palette->on_accent, palette->accent) >= 4.5);
    }
}

TEST_CASE("what has a sign has two colours, and none for what is no number") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const Palette* palette : {&light_palette(), &dark_palette()}) {
        CHECK(palette->diverging(-1.0) == palette->negative);
        CHECK(palette->diverging(-9.0) == palette->negative);
        CHECK(palette->diverging(0.0) == palette->neutral);
        CHECK(palette->diverging(1.0) == palette->positive);
        CHECK(palette->diverging(nan) == palette->neutral);
        CHECK(palette->sequential(nan) == palette->panel);
        CHECK(palette->sequential(1.0) == palette->accent);
    }
}

TEST_CASE("a picture's first row is the field's upper end") {
    const float values[] = {-1, -1, 1, 1};
    const Field field{.values = values, .columns = 2, .rows = 2, .x = {}, .y = {}};
    const Palette& palette = light_palette();
    const std::vector<Colour> smooth =
        diverging_picture(field, 1.0, Shading::smooth, 1.0, palette, 3, 101);
    REQUIRE(smooth.size() == 303);
    CHECK(contrast(smooth.front(), palette.positive) < 1.05);
    CHECK(contrast(smooth.back(), palette.negative) < 1.05);
    CHECK(contrast(smooth[151], palette.neutral) < 1.05);
    const std::vector<Colour> discrete =
        diverging_picture(field, 1.0, Shading::discrete, 1.0, palette, 1, 10);
    for (std::size_t row = 0; row < 10; ++row) {
        CHECK(discrete[row] == (row < 5 ? palette.positive : palette.negative));
    }
}

TEST_CASE("a surface is darkest at its bottom, and as its rim where it is no number") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float values[] = {0, nan, 100, nan};
    const Field field{.values = values, .columns = 2, .rows = 2, .x = {}, .y = {}};
    const Palette& palette = light_palette();
    const std::vector<Colour> picture = height_picture(field, {0, 4}, palette, 2, 2);
    const float flat[] = {0, 0, 4, 4};
    const std::vector<Colour> rim =
        height_picture({.values = flat, .columns = 2, .rows = 2, .x = {}, .y = {}, .centred = true},
                       {0, 4}, palette, 2, 2);
    CHECK(contrast(rim[2], palette.background) > 1.5 * contrast(rim[0], palette.background));
    for (const Colour pixel : picture) CHECK(pixel == rim[0]);
}

}  // namespace whittle::ui
