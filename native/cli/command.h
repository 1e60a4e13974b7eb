#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace whittle::cli {

// One command of the program.
struct Command {
    using Action = std::function<Status()>;

    const char* name;
    const char* summary;   // one line of the overview
    const char* examples;  // shown below the options
    // Declares the options. What it returns does the work, once they are parsed.
    Action (*declare)(CLI::App& app);
};

// In the order of the overview.
std::span<const Command> all_commands();
const Command* command_named(std::string_view name);

Command::Action declare_demo(CLI::App& app);
Command::Action declare_train(CLI::App& app);
Command::Action declare_inspect(CLI::App& app);
Command::Action declare_quantize(CLI::App& app);
Command::Action declare_run(CLI::App& app);
Command::Action declare_eval(CLI::App& app);
Command::Action declare_export(CLI::App& app);
Command::Action declare_boards(CLI::App& app);

}  // namespace whittle::cli
