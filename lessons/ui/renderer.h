#pragma once

#include "imgui.h"

namespace whittle::ui {

// Draws ImGui's triangles with the OpenGL context that is current: renderer_desktop.cpp by ImGui's own
// backend, renderer_web.cpp without ever asking WebGL for its state, which would wait for the
// graphics process each time.
void start_renderer();
void stop_renderer();
// After the font atlas changed.
void upload_fonts();
void render(const ImDrawData& data);

}  // namespace whittle::ui
