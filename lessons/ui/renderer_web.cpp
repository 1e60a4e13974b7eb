#include <GLES3/gl3.h>

#include <cstddef>
#include <cstdint>

#include "lessons/ui/renderer.h"

namespace whittle::ui {

namespace {

const char* const kVertexShader =
    "#version 300 es\n"
    "precision highp float;\n"
    "layout(location = 0) in vec2 place;\n"
    "layout(location = 1) in vec2 uv;\n"
    "layout(location = 2) in vec4 colour;\n"
    "uniform vec2 size;\n"
    "out vec2 at;\n"
    "out vec4 tint;\n"
    "void main() {\n"
    "    at = uv;\n"
    "    tint = colour;\n"
    "    gl_Position = vec4(place.x / size.x * 2.0 - 1.0, 1.0 - place.y / size.y * 2.0, 0.0, 1.0);\n"
    "}\n";
const char* const kFragmentShader =
    "#version 300 es\n"
    "precision mediump float;\n"
    "uniform sampler2D picture;\n"
    "in vec2 at;\n"
    "in vec4 tint;\n"
    "out vec4 pixel;\n"
    "void main() { pixel = tint * texture(picture, at); }\n";

// Of the one context there is.
struct {
    GLuint program, corners, indices, font, vertex_array;
    GLint size;
} gpu;

GLuint shader(GLenum kind, const char* source) {
    const GLuint made = glCreateShader(kind);
    glShaderSource(made, 1, &source, nullptr);
    glCompileShader(made);
    return made;
}

void describe_corner(GLuint location, GLint count, GLenum type, bool normalized, std::size_t at) {
    glEnableVertexAttribArray(location);
    glVertexAttribPointer(location, count, type, normalized ? GL_TRUE : GL_FALSE,
                          sizeof(ImDrawVert), reinterpret_cast<const void*>(at));
}

void set_state(const ImDrawData& data) {
    glEnable(GL_BLEND);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glEnable(GL_SCISSOR_TEST);
    glUseProgram(gpu.program);
    glUniform2f(gpu.size, data.DisplaySize.x, data.DisplaySize.y);
    glActiveTexture(GL_TEXTURE0);
    glBindVertexArray(gpu.vertex_array);
    glBindBuffer(GL_ARRAY_BUFFER, gpu.corners);
}

void draw_command(const ImDrawData& data, const ImDrawCmd& command) {
    const float density = data.FramebufferScale.x;
    const float height = data.DisplaySize.y * density;
    const ImVec4& clip = command.ClipRect;
    const auto x = static_cast<GLint>(clip.x * density);
    const auto y = static_cast<GLint>(height - clip.w * density);
    const auto wide = static_cast<GLsizei>((clip.z - clip.x) * density);
    const auto high = static_cast<GLsizei>((clip.w - clip.y) * density);
    if (wide <= 0 || high <= 0) return;
    glScissor(x, y, wide, high);
    glBindTexture(GL_TEXTURE_2D,
                  static_cast<GLuint>(reinterpret_cast<std::intptr_t>(command.TextureId)));
    glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(command.ElemCount), GL_UNSIGNED_INT,
                   reinterpret_cast<const void*>(
                       static_cast<std::uintptr_t>(command.IdxOffset * sizeof(ImDrawIdx))));
}

}  // namespace

void start_renderer() {
    static_assert(sizeof(ImDrawIdx) == 4);
    gpu.program = glCreateProgram();
    glAttachShader(gpu.program, shader(GL_VERTEX_SHADER, kVertexShader));
    glAttachShader(gpu.program, shader(GL_FRAGMENT_SHADER, kFragmentShader));
    glLinkProgram(gpu.program);
    gpu.size = glGetUniformLocation(gpu.program, "size");
    glGenVertexArrays(1, &gpu.vertex_array);
    glGenBuffers(1, &gpu.corners);
    glGenBuffers(1, &gpu.indices);
    glBindVertexArray(gpu.vertex_array);
    glBindBuffer(GL_ARRAY_BUFFER, gpu.corners);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, gpu.indices);
    describe_corner(0, 2, GL_FLOAT, false, offsetof(ImDrawVert, pos));
    describe_corner(1, 2, GL_FLOAT, false, offsetof(ImDrawVert, uv));
    describe_corner(2, 4, GL_UNSIGNED_BYTE, true, offsetof(ImDrawVert, col));
}

void stop_renderer() {
    glDeleteTextures(1, &gpu.font);
    glDeleteBuffers(1, &gpu.corners);
    glDeleteBuffers(1, &gpu.indices);
    glDeleteVertexArrays(1, &gpu.vertex_array);
    glDeleteProgram(gpu.program);
    gpu = {};
}

void upload_fonts() {
    unsigned char* pixels = nullptr;
    int width = 0;
    int height = 0;
    ImFontAtlas* atlas = ImGui::GetIO().Fonts;
    atlas->GetTexDataAsRGBA32(&pixels, &width, &height);
    if (gpu.font == 0) glGenTextures(1, &gpu.font);
    glBindTexture(GL_TEXTURE_2D, gpu.font);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
    atlas->SetTexID(reinterpret_cast<ImTextureID>(static_cast<std::intptr_t>(gpu.font)));
    atlas->ClearTexData();
}

void render(const ImDrawData& data) {
    set_state(data);
    for (int i = 0; i < data.CmdListsCount; ++i) {
        const ImDrawList& list = *data.CmdLists[i];
        glBufferData(GL_ARRAY_BUFFER, list.VtxBuffer.size_in_bytes(), list.VtxBuffer.Data,
                     GL_STREAM_DRAW);
        glBufferData(GL_ELEMENT_ARRAY_BUFFER, list.IdxBuffer.size_in_bytes(), list.IdxBuffer.Data,
                     GL_STREAM_DRAW);
        for (const ImDrawCmd& command : list.CmdBuffer) draw_command(data, command);
    }
    glDisable(GL_SCISSOR_TEST);
}

}  // namespace whittle::ui
