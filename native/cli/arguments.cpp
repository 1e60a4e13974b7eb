#include "native/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "native/cli/text.h"

namespace whittle::cli {
namespace {

CLI::Validator one_of(const Arguments::Description& description) {
    const std::vector<std::string> choices = description.choices;
    const std::string kind = description.kind;
    const std::string or_ending = description.or_ending;
    const auto check = [choices, kind, or_ending](std::string& value) {
        if (!or_ending.empty() && value.ends_with(or_ending)) return std::string();
        for (const std::string& choice : choices) {
            if (choice == value) return std::string();
        }
        const std::string meant = nearest(value, choices);
        return "there is no " + kind + " '" + printable(value) + "'; " +
               (meant.empty() ? "known: " + join(choices, ", ") : "did you mean '" + meant + "'?");
    };
    return CLI::Validator(check, "", kind);
}

template <class T>
CLI::Option& declare(CLI::App& parser,
                     const char* names,
                     T& target,
                     const Arguments::Description& description) {
    CLI::Option& option = *parser.add_option(names, target, description.help);
    option.type_name(description.value);
    option.required(description.required);
    if (!description.choices.empty()) option.check(one_of(description));
    return option;
}

}  // namespace

void Arguments::flag(const char* names, bool& target, const char* help) {
    parser_.add_flag(names, target, help);
}

void Arguments::on_off(const char* names, std::optional<bool>& target, const char* help) {
    declare(parser_, names, target,
            {.value = "on|off", .help = help, .choices = {"on", "off"}, .kind = "setting"});
}

void Arguments::text(const char* names, std::string& target, const Description& description) {
    declare(parser_, names, target, description);
}

void Arguments::list(const char* names,
                     std::vector<std::string>& target,
                     const Description& description) {
    // One argument at a time, so that a list does not swallow the arguments after it.
    declare(parser_, names, target, description)
        .delimiter(',')
        ->allow_extra_args(false)
        ->take_all();
}

void Arguments::number(const char* names, std::uint64_t& target, const Description& description) {
    declare(parser_, names, target, description);
}

void Arguments::number(const char* names,
                       std::optional<std::uint64_t>& target,
                       const Description& description) {
    declare(parser_, names, target, description);
}

void Arguments::number(const char* names,
                       std::optional<int>& target,
                       int low,
                       int high,
                       const Description& description) {
    declare(parser_, names, target, description).check(CLI::Range(low, high).description(""));
}

void Arguments::positive(const char* names,
                         std::optional<float>& target,
                         const Description& description) {
    declare(parser_, names, target, description)
        .check(CLI::Validator(CLI::PositiveNumber).description(""));
}

std::function<std::vector<Arguments::Occurrence>()> Arguments::in_order(
    const std::vector<Repeated>& options) {
    std::vector<const CLI::Option*> declared;
    for (const Repeated& repeated : options) {
        CLI::Option& option = *parser_.add_option(
            repeated.option, [](const CLI::results_t&) { return true; }, repeated.description.help);
        option.type_name(repeated.description.value);
        option.expected(1)->allow_extra_args(false)->take_all();
        declared.push_back(&option);
    }
    return [&parser = parser_, declared] {
        std::vector<Occurrence> occurrences;
        std::vector<std::size_t> taken(declared.size(), 0);
        for (const CLI::Option* option : parser.parse_order()) {
            const auto found = std::find(declared.begin(), declared.end(), option);
            if (found == declared.end()) continue;
            std::size_t& next = taken[static_cast<std::size_t>(found - declared.begin())];
            occurrences.push_back({option->get_name(), option->results()[next]});
            ++next;
        }
        return occurrences;
    };
}

void Arguments::rule(std::function<std::string()> complaint) {
    parser_.callback([complaint = std::move(complaint)] {
        const std::string text = complaint();
        if (!text.empty()) throw CLI::ValidationError(text);
    });
}

}  // namespace whittle::cli
