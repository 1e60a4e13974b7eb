#pragma once

#include "native/app/arguments.h"

namespace whittle::app {

// Opens the window and stays until it is closed; or, for a screenshot, until that is saved.
Status run(const Arguments& arguments);

}  // namespace whittle::app
