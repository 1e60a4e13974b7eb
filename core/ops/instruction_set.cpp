#include "core/ops/instruction_set.h"

namespace whittle {

InstructionSet host_instruction_set() { return InstructionSet::reference; }

}  // namespace whittle
