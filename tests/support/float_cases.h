#pragma once

#include <vector>

#include "tests/support/op_harness.h"

namespace whittle::test {

// Every operator with a float32 kernel of its own at the edges of its shapes and settings.
std::vector<std::vector<OpCase>> all_float_cases();

}  // namespace whittle::test
