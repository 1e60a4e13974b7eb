// Processes by Node's child_process; in a browser there are none.
#if defined(__EMSCRIPTEN__)

#include <emscripten.h>

#include <cstdint>

#include "core/base/platform/process.h"

// clang-format off

// Runs the program named by `count` NUL-terminated arguments and keeps what it left behind for
// whittle_copy_process_text. Returns the exit code, or a Failure.
EM_JS(int, whittle_run_process, (const char* packed, int count, int timeout_ms, int limit), {
    if (typeof process !== 'object' || typeof require !== 'function') return -1;
    const list = [];
    for (let i = 0; i < count; ++i) {
        let end = packed;
        while (HEAPU8[end]) ++end;
        list.push(Buffer.from(HEAPU8.slice(packed, end)).toString());
        packed = end + 1;
    }
    const result = require('child_process').spawnSync(list[0], list.slice(1), {
        timeout: timeout_ms, maxBuffer: limit, killSignal: 'SIGKILL',
        stdio: ['ignore', 'pipe', 'pipe']
    });
    const empty = new Uint8Array(0);
    Module.whittleTexts = [result.stdout || empty, result.stderr || empty, empty];
    if (result.error) {
        if (result.error.code === 'ETIMEDOUT') return -2;
        if (result.error.code === 'ENOBUFS') return -3;
        Module.whittleTexts[2] = Buffer.from(String(result.error.code || result.error.message));
        return -4;
    }
    if (result.status !== null) return result.status;
    return 128 + (require('os').constants.signals[result.signal] || 0);
});

// The length of a text: 0 is stdout, 1 stderr, 2 why it could not be started.
EM_JS(int, whittle_process_text_length, (int which), { return Module.whittleTexts[which].length; });

EM_JS(void, whittle_copy_process_text, (int which, char* to), {
    HEAPU8.set(Module.whittleTexts[which], to);
    Module.whittleTexts[which] = new Uint8Array(0);
});

// The length in bytes of the script's path; copies it if `to` is not null.
EM_JS(int, whittle_script_path, (char* to), {
    if (typeof process !== 'object' || typeof __filename !== 'string') return 0;
    const path = Buffer.from(__filename);
    if (to) HEAPU8.set(path, to);
    return path.length;
});

EM_JS(int, whittle_draws, (int descriptor), {
    if (typeof process !== 'object' || typeof require !== 'function') return 0;
    const type = process.env.TERM;
    return require('tty').isatty(descriptor) && type && type !== 'dumb' ? 1 : 0;
});

// clang-format on

namespace whittle {
namespace {

constexpr int kOutputLimitBytes = 256 << 20;

enum Failure : int { no_node = -1, timed_out = -2, too_much = -3, not_started = -4 };

std::string process_text(int which) {
    std::string text(static_cast<std::size_t>(whittle_process_text_length(which)), '\0');
    whittle_copy_process_text(which, text.data());
    return text;
}

Error explain(int failure, const std::string& program, int timeout_seconds) {
    switch (failure) {
        case no_node:
            return {program, "", "a place where programs can be started", "a browser",
                    "use the command line for this step"};
        case timed_out:
            return {program, "", "to end within " + std::to_string(timeout_seconds) + " s",
                    "it was still running and has been ended", ""};
        case too_much:
            return {program, "",
                    "at most " + std::to_string(kOutputLimitBytes) + " bytes of output",
                    "more; it has been ended", ""};
        default: break;
    }
    const std::string code = process_text(2);
    return {program, "", "a program that can be started", code,
            code == "ENOENT" ? "install it, or add its folder to PATH" : ""};
}

}  // namespace

Result<ProcessResult> run_process(const std::vector<std::string>& arguments, int timeout_seconds) {
    if (arguments.empty()) return Error{"", "", "a program to run", "no arguments", ""};
    std::string packed;
    for (const std::string& argument : arguments) packed.append(argument.c_str()).push_back('\0');
    const std::int64_t timeout_ms = std::int64_t{timeout_seconds} * 1000;
    const int code = whittle_run_process(packed.data(), static_cast<int>(arguments.size()),
                                         timeout_ms > INT32_MAX ? INT32_MAX : int(timeout_ms),
                                         kOutputLimitBytes);
    if (code < 0) return explain(code, arguments[0], timeout_seconds);
    return ProcessResult{code, process_text(0), process_text(1)};
}

std::string program_path() {
    std::string path(static_cast<std::size_t>(whittle_script_path(nullptr)), '\0');
    if (!path.empty()) whittle_script_path(path.data());
    return path;
}

bool stdout_is_terminal() { return whittle_draws(1) != 0; }
bool stderr_is_terminal() { return whittle_draws(2) != 0; }

}  // namespace whittle

#endif
