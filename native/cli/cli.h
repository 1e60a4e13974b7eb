#pragma once

namespace whittle::cli {

// The command `whittle`: parses, runs one command, returns the exit status: 0 done, 1 the work
// failed (the reason on stderr), 2 wrong usage.
int run(int argument_count, const char* const* arguments);

}  // namespace whittle::cli
