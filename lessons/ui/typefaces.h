#pragma once

#include <span>

namespace whittle::ui {

// OpenType files, cut down at build time to the characters that lessons use (lessons/ui/fonts).
extern const std::span<const unsigned char> regular_typeface;
extern const std::span<const unsigned char> semibold_typeface;
extern const std::span<const unsigned char> fallback_typeface;  // signs the two above lack
extern const std::span<const unsigned char> mono_typeface;

}  // namespace whittle::ui
