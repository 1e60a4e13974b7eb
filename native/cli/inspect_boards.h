#pragma once

#include <map>
#include <string>

#include "core/deploy/program_image.h"
#include "native/cli/json.h"

namespace whittle::cli {

// What exported firmware of a model takes on every board of the catalogue, whether it fits, and
// what would make it fit. The deployments keep inputs and outputs with the caller; there is one for
// the kernels of each board.
using BoardFirmware = std::map<InstructionSet, Deployment>;
std::string boards_text(const BoardFirmware& firmware);
Json boards_json(const BoardFirmware& firmware);

}  // namespace whittle::cli
