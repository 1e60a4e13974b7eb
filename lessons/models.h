#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/status.h"
#include "lessons/kit/lab.h"

namespace whittle {

// Does the lab of this lesson take a .tflite model of the student's own?
bool takes_models(std::string_view lesson);
// Reads such a model, any bytes whatever, and gives it to the lab of the lesson. An error leaves
// the lab as it was.
Status open_model(std::string_view lesson, Lab& lab, std::span<const std::uint8_t> tflite);

}  // namespace whittle
