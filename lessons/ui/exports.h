#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "lessons/kit/lab.h"

namespace whittle::ui {

// A file that a lab offers to take home.
struct ExportFile {
    std::string name;  // "spiral.tflite"
    std::string type;  // MIME
    std::vector<std::uint8_t> bytes;
};

// What the lab of this lesson can give now: "tflite", "c", or nothing.
std::vector<std::string> export_kinds(std::string_view lesson, const Lab& lab);
Result<ExportFile> make_export(std::string_view lesson, const Lab& lab, std::string_view kind);

}  // namespace whittle::ui
