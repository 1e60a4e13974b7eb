#include "backends/imgui_impl_opengl3.h"
#include "lessons/ui/renderer.h"

namespace whittle::ui {

void start_renderer() { ImGui_ImplOpenGL3_Init("#version 130"); }

void stop_renderer() { ImGui_ImplOpenGL3_Shutdown(); }

void upload_fonts() {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
}

void render(const ImDrawData& data) {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplOpenGL3_RenderDrawData(const_cast<ImDrawData*>(&data));
}

}  // namespace whittle::ui
