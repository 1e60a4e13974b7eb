#pragma once

#include <cstdint>
#include <span>

#include "core/runtime/instruction_set.h"

namespace whittle {

// What kernels are chosen for. Operators without a kernel for a set run the reference.
enum class InstructionSet : std::uint8_t {
    reference = WHITTLE_SET_REFERENCE,
    plain = WHITTLE_SET_PLAIN,      // C tuned for cores without SIMD: Cortex-M0, RV32
    arm_dsp = WHITTLE_SET_ARM_DSP,  // Cortex-M4, M7, M33: pairs of 16 bits
    helium = WHITTLE_SET_HELIUM,    // Cortex-M55: vectors of 128 bits
    wasm_simd128 = WHITTLE_SET_WASM_SIMD128,
    avx2 = WHITTLE_SET_AVX2,
    avx512_vnni = WHITTLE_SET_AVX512_VNNI,
};

// As it is written and chosen: "reference", "AVX2", "AVX-512-VNNI", "simd128".
const char* instruction_set_name(InstructionSet set);

// Those whose kernels this machine runs, upwards from the reference.
std::span<const InstructionSet> host_instruction_sets();
// The best of them that set_simd_level() allows.
InstructionSet host_instruction_set();

// The variant of one of an operator's kernels in a program image.
inline std::uint32_t variant_of(InstructionSet set, std::uint32_t kernel) {
    return WHITTLE_VARIANT(static_cast<std::uint32_t>(set), kernel);
}

}  // namespace whittle
