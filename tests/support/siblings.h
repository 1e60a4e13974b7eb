#pragma once

#include <cstdint>
#include <vector>

#include "core/deploy/program_image.h"

namespace whittle::test {

// The output of the fast kernel of a deployment's first operator, whichever set it is for: those
// for Arm's instructions run here in their plain form. Checks that nothing but output and scratch
// is written, and nothing around them.
std::vector<std::uint8_t> run_sibling(const Deployment& deployment,
                                      const std::vector<std::uint8_t>& input);

}  // namespace whittle::test
