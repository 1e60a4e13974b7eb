#pragma once

namespace whittle {

// The inputs of TFLite's UNIDIRECTIONAL_SEQUENCE_LSTM: four each of weights, recurrent weights and
// biases, for the gates input, forget, cell, output.
inline constexpr int kLstmWeights = 1;
inline constexpr int kLstmRecurrent = 5;
inline constexpr int kLstmBias = 12;
inline constexpr int kLstmHidden = 18;
inline constexpr int kLstmCell = 19;
inline constexpr int kLstmInputs = 24;
inline constexpr int kLstmGates = 4;

}  // namespace whittle
