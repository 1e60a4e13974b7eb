#include "core/base/platform/process.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/platform/files.h"

using namespace whittle;

namespace {

ProcessResult run(const std::vector<std::string>& arguments) {
    auto result = run_process(arguments, 60);
    REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message()));
    return result.value();
}

ProcessResult shell(const std::string& script) { return run({"/bin/sh", "-c", script}); }

TEST_CASE("process: output, error output and exit code arrive") {
    const ProcessResult result = shell("echo out; echo err >&2; exit 7");
    CHECK(result.exit_code == 7);
    CHECK(result.out == "out\n");
    CHECK(result.err == "err\n");
}

TEST_CASE("process: arguments arrive as they are, without a shell between") {
    const ProcessResult result =
        run({"printf", "%s|", "a b", "", "$HOME", "*", "\"quoted\"", "\xc3\xbc"});
    CHECK(result.out == "a b||$HOME|*|\"quoted\"|\xc3\xbc|");
}

TEST_CASE("process: stdin is empty") { CHECK(run({"cat"}).out.empty()); }

TEST_CASE("process: zero bytes in the output are kept") {
    CHECK(run({"printf", "a\\000b"}).out == std::string("a\0b", 3));
}

// Far more than a pipe holds, on both at once: whoever reads one after the other waits forever.
TEST_CASE("process: large output on both streams does not block") {
    const ProcessResult result =
        shell("head -c 3000000 /dev/zero & head -c 2000000 /dev/zero >&2; wait");
    CHECK(result.out.size() == 3000000);
    CHECK(result.err.size() == 2000000);
}

TEST_CASE("process: a signal gives 128 and its number") {
    CHECK(shell("kill -15 $$").exit_code == 128 + 15);
}

TEST_CASE("process: an endless program is ended after the time") {
    const double start = monotonic_seconds();
    const auto result = run_process({"sleep", "30"}, 1);
    const double seconds = monotonic_seconds() - start;
    REQUIRE(!result.ok());
    CHECK(result.error().file == "sleep");
    CHECK(result.error().expected == "to end within 1 s");
    CHECK(seconds >= 0.9);
    CHECK(seconds < 20.0);  // far below 30, with room for a busy machine
}

TEST_CASE("process: a program that closes its streams is still waited for") {
    CHECK(shell("exec >/dev/null 2>&1; sleep 0.2; exit 3").exit_code == 3);
}

TEST_CASE("process: what cannot be started is an error") {
    const auto missing = run_process({"whittle-no-such-program"}, 5);
    REQUIRE(!missing.ok());
    CHECK(missing.error().file == "whittle-no-such-program");
    CHECK(!missing.error().found.empty());
    CHECK(!missing.error().hint.empty());
    CHECK(!run_process({"/"}, 5).ok());
    CHECK(!run_process({}, 5).ok());
}

TEST_CASE("process: programs are found in PATH") {
    const std::string path = find_program("sh");
    REQUIRE(!path.empty());
    CHECK(path.front() == '/');
    CHECK(run({path, "-c", "echo yes"}).out == "yes\n");
    CHECK(find_program("/bin/sh") != "");
    CHECK(find_program("whittle-no-such-program").empty());
    CHECK(find_program("/no/such/program").empty());
    CHECK(find_program("/tmp").empty());
    CHECK(find_program("").empty());
}

TEST_CASE("process: this program knows where it is") {
    const std::string path = program_path();
    REQUIRE(!path.empty());
    CHECK(path.front() == '/');
    CHECK(file_exists(path));
}

TEST_CASE("process: the clock does not go back") {
    double last = monotonic_seconds();
    for (int i = 0; i < 1000; ++i) {
        const double now = monotonic_seconds();
        REQUIRE(now >= last);
        last = now;
    }
}

}  // namespace
