#pragma once

#include <string>
#include <vector>

#include "core/base/status.h"

namespace whittle {

struct ProcessResult {
    int exit_code = 0;  // 128 + signal when it was ended by one
    std::string out;    // what it printed on stdout
    std::string err;    // and on stderr
};

// Runs a program without a shell and waits for it; stdin is empty. After timeout_seconds it is
// ended and an error returned. Natively by fork and exec; in the Wasm build under Node by Node's
// child_process; in a browser always an error that says so.
Result<ProcessResult> run_process(const std::vector<std::string>& arguments, int timeout_seconds);

// The program's full path, looked up in PATH; empty if it is not there.
std::string find_program(const std::string& name);

// The full path of this program: the executable, or the .js file under Node.
std::string program_path();

// Seconds since some fixed moment, for measuring durations.
double monotonic_seconds();
// Whether stdout / stderr is a terminal that draws.
bool stdout_is_terminal();
bool stderr_is_terminal();

}  // namespace whittle
