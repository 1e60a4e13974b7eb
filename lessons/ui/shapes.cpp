#include "lessons/ui/shapes.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace whittle::ui {

namespace {

constexpr int kLargest = 20;  // pixels

// With a border of one pixel for the soft edge, and one that keeps the neighbours in the atlas
// away.
int side_of(int radius) { return 2 * radius + 4; }

// Of the atlas's own rectangles.
int index_of(Shape shape, int radius) { return static_cast<int>(shape) * kLargest + radius - 1; }

// How far the pixel lies inside the shape's edge.
float inside(Shape shape, float radius, float x, float y) {
    return shape == Shape::disc ? radius - std::hypot(x, y)
                                : (radius - std::fabs(x) - std::fabs(y)) * 0.70710678f;
}

// The part of each pixel that the shape covers, to within a few percent.
void fill(ImFontAtlas& atlas, Shape shape, int radius) {
    const ImFontAtlasCustomRect& place = atlas.CustomRects[index_of(shape, radius)];
    const int side = side_of(radius);
    const float middle = static_cast<float>(radius) + 1.5f;
    for (int row = 0; row < side; ++row) {
        unsigned char* pixels = atlas.TexPixelsAlpha8 + (place.Y + row) * atlas.TexWidth + place.X;
        for (int column = 0; column < side; ++column) {
            const float part = 0.5f + inside(shape, static_cast<float>(radius),
                                             static_cast<float>(column) - middle,
                                             static_cast<float>(row) - middle);
            pixels[column] =
                static_cast<unsigned char>(std::lround(std::clamp(part, 0.0f, 1.0f) * 255));
        }
    }
}

template <class Work>
void for_each_size(Work work) {
    for (int shape = 0; shape < kShapes; ++shape) {
        for (int radius = 1; radius <= kLargest; ++radius) work(static_cast<Shape>(shape), radius);
    }
}

// Too large for the atlas.
void draw_exactly(ImDrawList* draw, Shape shape, ImVec2 c, float r, Colour colour) {
    if (shape == Shape::disc) {
        draw->AddCircleFilled(c, r, colour);
    } else {
        draw->AddQuadFilled({c.x, c.y - r}, {c.x + r, c.y}, {c.x, c.y + r}, {c.x - r, c.y}, colour);
    }
}

}  // namespace

void reserve_shapes(ImFontAtlas& atlas) {
    assert(atlas.CustomRects.empty());
    for_each_size(
        [&](Shape, int radius) { atlas.AddCustomRectRegular(side_of(radius), side_of(radius)); });
}

void build_with_shapes(ImFontAtlas& atlas) {
    atlas.Build();
    for_each_size([&](Shape shape, int radius) { fill(atlas, shape, radius); });
}

void draw_shape(ImDrawList* draw, Shape shape, ImVec2 centre, float radius, Colour colour) {
    const ImGuiIO& io = ImGui::GetIO();
    const float pixels = radius * io.DisplayFramebufferScale.x;
    const int nearest = std::max(1, static_cast<int>(std::ceil(pixels)));
    if (nearest > kLargest) {
        draw_exactly(draw, shape, centre, radius, colour);
        return;
    }
    const ImFontAtlasCustomRect& place = io.Fonts->CustomRects[index_of(shape, nearest)];
    const ImVec2 scale = io.Fonts->TexUvScale;
    const ImVec2 low{static_cast<float>(place.X + 1) * scale.x,
                     static_cast<float>(place.Y + 1) * scale.y};
    const ImVec2 high{static_cast<float>(place.X + place.Width - 1) * scale.x,
                      static_cast<float>(place.Y + place.Height - 1) * scale.y};
    const float half = radius * static_cast<float>(nearest + 1) / static_cast<float>(nearest);
    draw->PrimReserve(6, 4);
    draw->PrimRectUV({centre.x - half, centre.y - half}, {centre.x + half, centre.y + half}, low,
                     high, colour);
}

}  // namespace whittle::ui
