#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/deploy/program_image.h"

namespace whittle::test {

// Memory of exactly so many bytes, so that the sanitizers see every access beyond it; it has an
// address even where it is empty.
class ExactBytes {
public:
    ExactBytes(std::size_t size, std::uint8_t fill);
    explicit ExactBytes(std::span<const std::uint8_t> content);

    std::uint8_t* data() const { return data_.get(); }
    std::uint32_t size() const { return static_cast<std::uint32_t>(size_); }
    std::span<std::uint8_t> span() const { return {data_.get(), size_}; }

private:
    std::size_t size_;
    std::unique_ptr<std::uint8_t[]> data_;
};

// One inference of a deployment through its program image, image and arena in memory of exactly
// their sizes. `fill`: what the arena holds before, but for variable tensors, which are 0. Nothing
// where the check refuses the image.
std::optional<std::vector<std::uint8_t>> run_image(const Deployment& deployment,
                                                   std::span<const std::uint8_t> inputs,
                                                   std::uint8_t fill);

// The same operator by operator, every operand in memory of its own. Nothing where the check
// refuses an operator.
std::optional<std::vector<std::uint8_t>> run_apart(const Deployment& deployment,
                                                   std::span<const std::uint8_t> inputs,
                                                   std::uint8_t fill);

}  // namespace whittle::test
