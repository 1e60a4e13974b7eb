#include "native/cli/arguments.h"

#include <CLI/CLI.hpp>

#include "native/cli/text.h"

namespace whittle::cli {
namespace {

CLI::Validator one_of(std::vector<std::string> choices, const std::string& kind) {
    const auto check = [choices, kind](std::string& value) {
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
    if (!description.choices.empty()) option.check(one_of(description.choices, description.kind));
    return option;
}

}  // namespace

void Arguments::flag(const char* names, bool& target, const char* help) {
    parser_.add_flag(names, target, help);
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
                       std::optional<int>& target,
                       int low,
                       int high,
                       const Description& description) {
    declare(parser_, names, target, description).check(CLI::Range(low, high).description(""));
}

void Arguments::positive(const char* names,
                         std::optional<float>& target,
                         const Description& description) {
    declare(parser_, names, target, description).check(CLI::Validator(CLI::PositiveNumber).description(""));
}

void Arguments::rule(std::function<std::string()> complaint) {
    parser_.callback([complaint = std::move(complaint)] {
        const std::string text = complaint();
        if (!text.empty()) throw CLI::ValidationError(text);
    });
}

}  // namespace whittle::cli
