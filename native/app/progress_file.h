#pragma once

#include <string>

#include "lessons/kit/progress.h"

namespace whittle::app {

// $XDG_DATA_HOME/whittle/progress.json, or ~/.local/share/whittle/progress.json. Empty: no home.
std::string progress_path();
// What a student has reached, in the form that the page exports. No file: an empty Progress. A file
// that cannot be understood: an Error; it stays as it is.
Result<Progress> load_progress(const std::string& path);
// Writes beside the file first, so that a crash leaves the old one. Empty path: nothing is kept.
Status save_progress(const std::string& path, const Progress& progress);

}  // namespace whittle::app
