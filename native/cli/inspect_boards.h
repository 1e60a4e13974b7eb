#pragma once

#include <string>

#include "core/deploy/program_image.h"
#include "native/cli/json.h"

namespace whittle::cli {

// What exported firmware of a model takes on every board of the catalogue, whether it fits, and
// what would make it fit. The deployment keeps inputs and outputs with the caller.
std::string boards_text(const Deployment& firmware);
Json boards_json(const Deployment& firmware);

}  // namespace whittle::cli
