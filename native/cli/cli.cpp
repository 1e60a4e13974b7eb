#include "native/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "native/cli/command.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

void print_overview() {
    std::puts(
        "whittle: train a small network, whittle it down, run it on a microcontroller.\n"
        "\n"
        "Usage: whittle COMMAND [OPTIONS]\n"
        "\n"
        "Commands:");
    for (const Command& command : all_commands()) {
        std::printf("  %-10s %s\n", command.name, command.summary);
    }
    std::puts(
        "\n"
        "New here? Start with:  whittle demo\n"
        "Options and examples:  whittle COMMAND --help");
}

std::vector<std::string> command_names() {
    std::vector<std::string> names = {"help"};
    for (const Command& command : all_commands()) names.emplace_back(command.name);
    return names;
}

int refuse(const std::string& reason, const std::string& hint) {
    std::fprintf(stderr, "whittle: %s\n  hint: %s\n", reason.c_str(), hint.c_str());
    return kWrongUsage;
}

int refuse_command(const std::string& name) {
    const std::string meant = nearest(name, command_names());
    const std::string hint = meant.empty() ? "whittle help lists the commands"
                                           : "did you mean '" + meant + "'? (whittle help)";
    return refuse("there is no command '" + printable(name) + "'", hint);
}

// What is there too much: "there is no option --sede".
std::string complaint_about(const std::vector<std::string>& extras) {
    for (const std::string& extra : extras) {
        if (extra.rfind('-', 0) == 0) return "there is no option " + printable(extra);
    }
    return "one argument too many: '" + printable(extras.empty() ? "" : extras.front()) + "'";
}

// "did you mean --seed?" for an option that nobody knows; else where the help is.
std::string hint_for(const CLI::App& app, const std::string& name) {
    std::vector<std::string> options;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& long_name : option->get_lnames())
            options.push_back("--" + long_name);
    }
    for (const std::string& extra : app.remaining()) {
        if (extra.rfind("--", 0) != 0) continue;
        const std::string meant = nearest(extra.substr(0, extra.find('=')), options);
        if (!meant.empty()) return "did you mean " + meant + "? (whittle " + name + " --help)";
    }
    return "whittle " + name + " --help";
}

int run_command(const Command& command, const std::vector<std::string>& arguments) {
    const std::string name = command.name;
    CLI::App app("whittle " + name + ": " + command.summary, "whittle " + name);
    app.footer(std::string("Examples:\n") + command.examples);
    app.get_formatter()->column_width(28);
    app.get_formatter()->label("Positionals", "Arguments");
    app.option_defaults()->take_last();
    Arguments declared(app);
    const Command::Action action = command.declare(declared);
    try {
        // CLI11 takes a vector of arguments in reverse order.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        std::fputs(app.help().c_str(), stdout);
        return kDone;
    } catch (const CLI::ExtrasError&) {
        return refuse(name + ": " + complaint_about(app.remaining()), hint_for(app, name));
    } catch (const CLI::ParseError& error) {
        return refuse(name + ": " + printable(error.what()), hint_for(app, name));
    }
    const Status status = action();
    if (status.ok()) return kDone;
    std::fflush(stdout);
    std::fprintf(stderr, "whittle: %s\n", status.error().message().c_str());
    return kFailed;
}

int dispatch(std::vector<std::string> arguments) {
    if (arguments.empty()) {
        print_overview();
        return kWrongUsage;
    }
    const std::string name = arguments[0];
    arguments.erase(arguments.begin());
    if (name == "--version") {
        std::puts("whittle " WHITTLE_VERSION);
        return kDone;
    }
    if (name == "help" || name == "--help" || name == "-h") {
        if (arguments.empty()) {
            print_overview();
            return kDone;
        }
        const Command* command = command_named(arguments[0]);
        return command == nullptr ? refuse_command(arguments[0])
                                  : run_command(*command, {"--help"});
    }
    if (name.rfind('-', 0) == 0) {
        return refuse("an option before the command: " + printable(name), "whittle help");
    }
    const Command* command = command_named(name);
    return command == nullptr ? refuse_command(name) : run_command(*command, arguments);
}

}  // namespace

int run(int argument_count, const char* const* arguments) {
    // Exceptions are not part of our interfaces; what a library throws ends here.
    try {
        const int status =
            dispatch({arguments + (argument_count > 0 ? 1 : 0), arguments + argument_count});
        std::fflush(stdout);
        if (std::ferror(stdout) != 0) {
            std::fputs("whittle: the output could not be written\n", stderr);
            return kFailed;
        }
        return status;
    } catch (const std::bad_alloc&) {
        std::fputs("whittle: out of memory\n", stderr);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "whittle: %s\n", printable(error.what()).c_str());
    }
    return kFailed;
}

}  // namespace whittle::cli
