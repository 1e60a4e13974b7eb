#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/ops/operator.h"

namespace whittle {

// The kernels for cores without SIMD in the place of the reference, where there are some.
void use_plain_conv2d(NodeTensors tensors, PreparedOp& op);
void use_plain_depthwise_conv2d(NodeTensors tensors, PreparedOp& op);

// Words of WhittlePlainChannel for each channel, of an operator that prepare_convolution() made:
// with the bias less `input_offset` * the sum of the channel's weights. None where there is no
// plain_scale. weights [channels, taps].
std::optional<std::vector<std::int32_t>> plain_channels(NodeTensors tensors,
                                                        const PreparedOp& op,
                                                        std::span<const std::int8_t> weights,
                                                        std::int32_t channels,
                                                        std::int32_t input_offset,
                                                        std::int32_t output_zero_point);

}  // namespace whittle
