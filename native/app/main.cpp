#include <SDL_main.h>

#include <cstdio>

#include "native/app/app.h"

int main(int argc, char** argv) {
    using namespace whittle;
    const Result<app::Arguments> arguments =
        app::parse_arguments(std::vector<std::string>(argv + 1, argv + argc));
    if (!arguments.ok()) {
        std::fprintf(stderr, "whittle-app: %s\n", arguments.error().message().c_str());
        return 2;
    }
    if (arguments->help) {
        std::fputs(app::kHelp, stdout);
        return 0;
    }
    const Status status = app::run(*arguments);
    if (status.ok()) return 0;
    std::fprintf(stderr, "whittle-app: %s\n", status.error().message().c_str());
    return 1;
}
