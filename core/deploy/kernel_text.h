#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace whittle {

// A file of core/ops or core/base that came with the program.
struct KernelFile {
    std::string_view path;
    std::string_view text;
};
// Those of the reference kernels, and of all kernels. Two functions, so that a program which calls
// the first alone is smaller.
std::vector<KernelFile> reference_kernel_files();
std::vector<KernelFile> all_kernel_files();

// Those of `files` that define these kernels ("whittle_conv2d_int8") and what they include, each
// once, as one text for generated code. Whether a function is inlined does not depend on the
// model: the kernels that the model calls and long helpers stay functions of their own, short
// helpers are always inlined. So a kernel has the same code bytes, stack and instructions in every
// model, and they can be known before anything is compiled (cost_model.h).
std::string kernel_text(const std::set<std::string>& called_kernels,
                        const std::vector<KernelFile>& files);

}  // namespace whittle
