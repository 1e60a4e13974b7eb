#include "core/ops/instruction_set.h"

#include "core/base/simd.h"

namespace whittle {

InstructionSet host_instruction_set() {
#if defined(__x86_64__)
    switch (simd_level()) {
        case SimdLevel::baseline: return InstructionSet::reference;
        case SimdLevel::avx2: return InstructionSet::avx2;
        case SimdLevel::avx512:
            return __builtin_cpu_supports("avx512vnni") ? InstructionSet::avx512_vnni
                                                        : InstructionSet::avx2;
    }
#elif defined(__wasm_simd128__)
    return InstructionSet::wasm_simd128;
#endif
    return InstructionSet::reference;
}

}  // namespace whittle
