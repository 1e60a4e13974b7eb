#pragma once

#include "core/ops/operator.h"

namespace whittle {

// The LSTM in float32 while training: whole sequences that begin with a state of zeros, to which
// the caller sets hidden and cell state before every forward run.
void forward_lstm(const ForwardContext& context);
void backward_lstm(const BackwardContext& context);
std::size_t lstm_scratch_floats(std::span<const Shape* const> inputs, const Attributes& attributes);

}  // namespace whittle
