#pragma once

namespace whittle::test {

// How often this program has called the global operator new.
long allocations_so_far();

}  // namespace whittle::test
