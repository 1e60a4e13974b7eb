#pragma once

#include <string>
#include <vector>

#include "core/base/status.h"

namespace whittle::app {

// 3 bytes a pixel, the lowest row first, as OpenGL reads them.
Status write_png(const std::string& path,
                 const std::vector<unsigned char>& pixels,
                 int width,
                 int height);

}  // namespace whittle::app
