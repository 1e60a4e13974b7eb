#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace whittle {

// A formula as readable text, for where no formulas can be set: "∂L/∂w = 2/N ∑ᵢ eᵢ xᵢ".
//
// Reads the part of LaTeX that lessons use: letters, numbers and signs; Greek; sub- and
// superscripts; \frac, \sqrt, \hat, \bar, \tilde; \text, \mathrm, \mathbf, \operatorname; the usual
// relations, operators, arrows and functions; \left and \right; matrix, cases and aligned
// environments. Rows of aligned formulas become lines. What has no sub- or superscript in Unicode
// is written out: "x^(q)". Errors name the byte, from 1.
Result<std::string> formula_text(std::string_view latex);

}  // namespace whittle
