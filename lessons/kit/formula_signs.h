#pragma once

#include <string>
#include <string_view>

namespace whittle {

// How a sign stands beside its neighbours.
enum class SignKind {
    atom,      // a letter, a number, a bracketed whole
    relation,  // blanks on both sides
    binary,    // the same, but a + or - with nothing before it is a sign of the number after it
    prefix,    // joined to what follows: ∂L
    large,     // ∑: a blank after it and its limits
    function,  // log: a blank before an argument without brackets
    open,
    close,
    comma,
};

struct FormulaSign {
    std::string_view command;  // without its backslash
    std::string_view text;
    SignKind kind;
};

// The sign of a command; nullptr if there is none.
const FormulaSign* formula_sign(std::string_view command);

// All of `text` in superscript or subscript characters; empty if Unicode lacks one of them.
std::string superscript(std::string_view text);
std::string subscript(std::string_view text);

// A letter with a hat, bar or tilde over it: the one character that Unicode has, or a combining
// one. `accent` is the command: "hat".
std::string accented(std::string_view letter, std::string_view accent);

}  // namespace whittle
