#pragma once

#include <set>
#include <string>

namespace whittle {

// The files of core/ops that define these kernels ("whittle_conv2d_int8") and what they include,
// each once, as one text for generated code. Whether a function is inlined does not depend on the
// model: the kernels that the model calls and long helpers stay functions of their own, short
// helpers are always inlined. So a kernel has the same code bytes, stack and instructions in every
// model, and they can be known before anything is compiled (cost_model.h).
std::string kernel_text(const std::set<std::string>& called_kernels);

}  // namespace whittle
