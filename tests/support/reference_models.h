#pragma once

#include <string>
#include <vector>

namespace whittle::test {

// Paths of the .tflite models of others in the reference data; empty, with a line on stderr, when
// they are not there.
std::vector<std::string> reference_models();

}  // namespace whittle::test
