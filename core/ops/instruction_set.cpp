#include "core/ops/instruction_set.h"

#include <vector>

#include "core/base/simd.h"

namespace whittle {
namespace {

constexpr InstructionSet kSetsUpwards[] = {InstructionSet::reference,    InstructionSet::plain,
                                           InstructionSet::arm_dsp,      InstructionSet::helium,
                                           InstructionSet::wasm_simd128, InstructionSet::avx2,
                                           InstructionSet::avx512_vnni};

std::vector<InstructionSet> sets_of_this_machine() {
    std::vector<InstructionSet> sets;
    for (const InstructionSet set : kSetsUpwards) {
        if (whittle_set_runs_here(variant_of(set, 0))) sets.push_back(set);
    }
    return sets;
}

// The level of float loops that a set goes with.
SimdLevel level_of(InstructionSet set) {
    switch (set) {
        case InstructionSet::avx2: return SimdLevel::avx2;
        case InstructionSet::avx512_vnni: return SimdLevel::avx512;
        default: return SimdLevel::baseline;
    }
}

}  // namespace

const char* instruction_set_name(InstructionSet set) {
    switch (set) {
        case InstructionSet::reference: return "reference";
        case InstructionSet::plain: return "plain";
        case InstructionSet::arm_dsp: return "Arm-DSP";
        case InstructionSet::helium: return "Helium";
        case InstructionSet::wasm_simd128: return "simd128";
        case InstructionSet::avx2: return "AVX2";
        case InstructionSet::avx512_vnni: return "AVX-512-VNNI";
    }
    return "";
}

std::span<const InstructionSet> host_instruction_sets() {
    static const std::vector<InstructionSet> sets = sets_of_this_machine();
    return sets;
}

InstructionSet host_instruction_set() {
    InstructionSet best = InstructionSet::reference;
    for (const InstructionSet set : host_instruction_sets()) {
        // The plain kernels are for small cores: compilers vectorise the reference.
        if (set != InstructionSet::plain && level_of(set) <= simd_level()) best = set;
    }
    return best;
}

}  // namespace whittle
