// Where there are no threads: WebAssembly without shared memory.
#if defined(__EMSCRIPTEN__)

#include "core/base/platform/threads.h"

namespace whittle {

void set_thread_count(int) {}
int thread_count() { return 1; }
int processor_count() { return 1; }

void run_pieces(int pieces, void (*call)(const void* work, int piece), const void* work) {
    for (int piece = 0; piece < pieces; ++piece) call(work, piece);
}

}  // namespace whittle

#endif
