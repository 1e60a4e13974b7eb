#if defined(__EMSCRIPTEN__)
#include <GLES3/gl3.h>
#else
#include <GL/gl.h>
#endif

#ifndef GL_CLAMP_TO_EDGE
#define GL_CLAMP_TO_EDGE 0x812F
#endif

#include "lessons/ui/view.h"

namespace whittle::ui {

namespace {

ImTextureID handle(unsigned texture) {
    return reinterpret_cast<ImTextureID>(static_cast<std::intptr_t>(texture));
}

}  // namespace

Pictures::~Pictures() { forget_all(); }

bool Pictures::current(const std::string& name, std::uint64_t version) const {
    const auto found = entries_.find(name);
    return found != entries_.end() && found->second.version == version;
}

void Pictures::put(const std::string& name, std::uint64_t version,
                   const std::vector<Colour>& pixels, std::size_t width, std::size_t height) {
    if (pixels.size() != width * height || pixels.empty()) return;
    Entry& entry = entries_[name];
    if (entry.texture == 0) glGenTextures(1, &entry.texture);
    glBindTexture(GL_TEXTURE_2D, entry.texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, static_cast<GLsizei>(width),
                 static_cast<GLsizei>(height), 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    entry.version = version;
}

ImTextureID Pictures::find(const std::string& name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : handle(found->second.texture);
}

void Pictures::forget_all() {
    for (auto& [name, entry] : entries_) glDeleteTextures(1, &entry.texture);
    entries_.clear();
}

}  // namespace whittle::ui
