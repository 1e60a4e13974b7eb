#pragma once

#include "imgui.h"
#include "lessons/ui/logic/colour.h"

namespace whittle::ui {

// Small filled shapes as pictures in the font atlas: two triangles each, where ImGui's own take
// twenty or thirty. A plot may have hundreds.
enum class Shape { disc, diamond };
inline constexpr int kShapes = 2;

// Right after the atlas was cleared, before fonts are added.
void reserve_shapes(ImFontAtlas& atlas);
// Builds the atlas and fills them in.
void build_with_shapes(ImFontAtlas& atlas);

// `radius`: from the centre to the farthest point.
void draw_shape(ImDrawList* draw, Shape shape, ImVec2 centre, float radius, Colour colour);

}  // namespace whittle::ui
