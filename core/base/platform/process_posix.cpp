// Processes by fork and exec.
#if !defined(__EMSCRIPTEN__)

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/platform/process.h"

namespace whittle {
namespace {

constexpr std::size_t kOutputLimitBytes = std::size_t{256} << 20;

// Both ends of a pipe, closed at the end of the scope and in programs that are started.
struct Pipe {
    int ends[2] = {-1, -1};

    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    bool open() {
        if (::pipe(ends) != 0) return false;
        for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
        return true;
    }
    void close_end(int which) {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }
};

struct Pipes {
    Pipe out;
    Pipe err;
    Pipe failure;  // carries errno when exec fails; closes without a word when it succeeds

    bool open() { return out.open() && err.open() && failure.open(); }
};

// In the child: only functions that are safe after a fork.
[[noreturn]] void become_program(char* const* arguments, const Pipes& pipes) {
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
        ::dup2(pipes.out.ends[1], STDOUT_FILENO) >= 0 &&
        ::dup2(pipes.err.ends[1], STDERR_FILENO) >= 0) {
        if (nothing != STDIN_FILENO) ::close(nothing);
        ::execvp(arguments[0], arguments);
    }
    const int code = errno;
    // The parent reads nothing less than a whole int; there is no one else to tell.
    if (::write(pipes.failure.ends[1], &code, sizeof code) < 0) ::_exit(126);
    ::_exit(127);
}

int exec_failure(int descriptor) {
    int code = 0;
    ssize_t got = 0;
    do {
        got = ::read(descriptor, &code, sizeof code);
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof code) ? code : 0;
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

enum class Ending { closed, timed_out, too_much };

// Reads what there is; false at the end of the stream.
bool read_some(int descriptor, std::string& text) {
    char buffer[65536];
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    text.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
}

// Reads both streams as they come, until both are closed or the deadline has passed.
Ending collect(Pipes& pipes, double deadline, ProcessResult& result) {
    Pipe* const sources[2] = {&pipes.out, &pipes.err};
    std::string* const texts[2] = {&result.out, &result.err};
    while (sources[0]->ends[0] >= 0 || sources[1]->ends[0] >= 0) {
        const double left = deadline - monotonic_seconds();
        if (left <= 0.0) return Ending::timed_out;
        pollfd watched[2] = {};
        for (int i = 0; i < 2; ++i) {
            watched[i].fd = sources[i]->ends[0];  // a negative one is left out by poll
            watched[i].events = POLLIN;
        }
        const int milliseconds = static_cast<int>(std::min(left * 1000.0 + 1.0, 60000.0));
        if (::poll(watched, 2, milliseconds) <= 0) continue;
        for (int i = 0; i < 2; ++i) {
            if (watched[i].revents != 0 && !read_some(watched[i].fd, *texts[i])) {
                sources[i]->close_end(0);
            }
        }
        if (result.out.size() + result.err.size() > kOutputLimitBytes) return Ending::too_much;
    }
    return Ending::closed;
}

// The streams are closed, but the program may go on; waits until the deadline.
bool ends_before(pid_t child, double deadline) {
    siginfo_t info = {};
    while (true) {
        info.si_pid = 0;
        if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
            info.si_pid == child) {
            return true;
        }
        if (monotonic_seconds() >= deadline) return false;
        ::usleep(1000);
    }
}

Error cannot_start(const std::string& program, int code) {
    return {program, "", "a program that can be started", std::strerror(code),
            code == ENOENT ? "install it, or add its folder to PATH" : ""};
}

bool draws(int descriptor) {
    const char* type = std::getenv("TERM");
    return ::isatty(descriptor) != 0 && type != nullptr && std::strcmp(type, "dumb") != 0;
}

}  // namespace

Result<ProcessResult> run_process(const std::vector<std::string>& arguments, int timeout_seconds) {
    if (arguments.empty()) return Error{"", "", "a program to run", "no arguments", ""};
    std::vector<char*> pointers;
    for (const std::string& argument : arguments) {
        pointers.push_back(const_cast<char*>(argument.c_str()));
    }
    pointers.push_back(nullptr);
    const double deadline = monotonic_seconds() + timeout_seconds;
    Pipes pipes;
    if (!pipes.open()) return cannot_start(arguments[0], errno);
    const pid_t child = ::fork();
    if (child < 0) return cannot_start(arguments[0], errno);
    if (child == 0) become_program(pointers.data(), pipes);
    pipes.out.close_end(1);
    pipes.err.close_end(1);
    pipes.failure.close_end(1);
    if (const int code = exec_failure(pipes.failure.ends[0]); code != 0) {
        wait_for(child);
        return cannot_start(arguments[0], code);
    }
    ProcessResult result;
    Ending ending = collect(pipes, deadline, result);
    if (ending == Ending::closed && !ends_before(child, deadline)) ending = Ending::timed_out;
    if (ending != Ending::closed) ::kill(child, SIGKILL);
    result.exit_code = wait_for(child);
    if (ending == Ending::timed_out) {
        return Error{arguments[0], "", "to end within " + std::to_string(timeout_seconds) + " s",
                     "it was still running and has been ended", ""};
    }
    if (ending == Ending::too_much) {
        return Error{arguments[0], "",
                     "at most " + std::to_string(kOutputLimitBytes) + " bytes of output",
                     "more; it has been ended", ""};
    }
    return result;
}

std::string program_path() {
    char path[4096];
    const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
    if (length <= 0 || length == static_cast<ssize_t>(sizeof path)) return "";
    return std::string(path, static_cast<std::size_t>(length));
}

bool stdout_is_terminal() { return draws(STDOUT_FILENO); }
bool stderr_is_terminal() { return draws(STDERR_FILENO); }

}  // namespace whittle

#endif
