#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace whittle::cli {

// Declares what a command takes. Stands before the parser, whose header is slow to compile.
class Arguments {
public:
    struct Description {
        const char* value;  // what stands for the value in the help: "N", "M.tflite"
        const char* help;
        bool required = false;
        std::vector<std::string> choices = {};  // empty: any text
        const char* kind = "";                  // what a choice is: "board"
        const char* or_ending = "";             // texts with this ending are fine besides: ".json"
    };

    explicit Arguments(CLI::App& parser) : parser_(parser) {}

    // `names`: "-o,--output" for an option, "model" for an argument without a name. The targets
    // keep what they hold when the option is not given, and must live until the command has run.
    void flag(const char* names, bool& target, const char* help);
    // "on" or "off".
    void on_off(const char* names, std::optional<bool>& target, const char* help);
    void text(const char* names, std::string& target, const Description& description);
    // Separated by commas.
    void list(const char* names, std::vector<std::string>& target, const Description& description);
    void number(const char* names, std::uint64_t& target, const Description& description);
    void number(const char* names,
                std::optional<std::uint64_t>& target,
                const Description& description);
    void number(const char* names,
                std::optional<int>& target,
                int low,
                int high,
                const Description& description);
    void positive(const char* names, std::optional<float>& target, const Description& description);

    // Options that may come many times, and whose order among each other matters: "--set", "--do".
    struct Occurrence {
        std::string option;  // "--set"
        std::string value;
    };
    struct Repeated {
        const char* option;
        Description description;
    };
    // What was given, in order, for when the command runs.
    std::function<std::vector<Occurrence>()> in_order(const std::vector<Repeated>& options);

    // After parsing: what is wrong with the arguments taken together, or nothing. At most one rule.
    void rule(std::function<std::string()> complaint);

private:
    CLI::App& parser_;
};

}  // namespace whittle::cli
