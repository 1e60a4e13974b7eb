#pragma once

#include <string>
#include <vector>

#include "core/base/status.h"

namespace whittle::app {

struct Arguments {
    std::string lesson;  // empty: where the student was last
    std::string link;    // from --link, and --set and --do in the order given
    std::string theme;   // "light", "dark"; empty: as it was
    int width = 1280;    // points
    int height = 800;
    double text_scale = 1.0;
    std::string import;      // a progress file to add to the student's own
    std::string open;        // a .tflite model for the lab
    std::string screenshot;  // a PNG file; the app then draws, saves and ends
    bool with_prose = true;  // the lesson's text beside the lab
    bool help = false;
};

Result<Arguments> parse_arguments(const std::vector<std::string>& words);
extern const char* const kHelp;

}  // namespace whittle::app
