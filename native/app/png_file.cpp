#include "native/app/png_file.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image_write.h>

namespace whittle::app {

Status write_png(const std::string& path,
                 const std::vector<unsigned char>& pixels,
                 int width,
                 int height) {
    stbi_flip_vertically_on_write(1);
    if (stbi_write_png(path.c_str(), width, height, 3, pixels.data(), 3 * width) != 0) return {};
    return Error{.place = path, .expected = "a file that can be written"};
}

}  // namespace whittle::app
