#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "core/base/status.h"
#include "native/cli/arguments.h"

namespace whittle::cli {

// One command of the program.
struct Command {
    using Action = std::function<Status()>;

    const char* name;
    const char* summary;   // one line of the overview
    const char* examples;  // shown below the options
    // Declares the options. What it returns does the work, once they are parsed.
    Action (*declare)(Arguments& arguments);
};

// In the order of the overview.
std::span<const Command> all_commands();
const Command* command_named(std::string_view name);

Command::Action declare_demo(Arguments& arguments);
Command::Action declare_train(Arguments& arguments);
Command::Action declare_inspect(Arguments& arguments);
Command::Action declare_plan(Arguments& arguments);
Command::Action declare_quantize(Arguments& arguments);
Command::Action declare_run(Arguments& arguments);
Command::Action declare_eval(Arguments& arguments);
Command::Action declare_bench(Arguments& arguments);
Command::Action declare_export(Arguments& arguments);
Command::Action declare_boards(Arguments& arguments);
Command::Action declare_lab(Arguments& arguments);

}  // namespace whittle::cli
