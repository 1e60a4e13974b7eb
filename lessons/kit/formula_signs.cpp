#include "lessons/kit/formula_signs.h"

#include <span>

namespace whittle {

namespace {

constexpr FormulaSign kSigns[] = {
    {"alpha", "α", SignKind::atom},
    {"beta", "β", SignKind::atom},
    {"gamma", "γ", SignKind::atom},
    {"delta", "δ", SignKind::atom},
    {"epsilon", "ε", SignKind::atom},
    {"varepsilon", "ε", SignKind::atom},
    {"zeta", "ζ", SignKind::atom},
    {"eta", "η", SignKind::atom},
    {"theta", "θ", SignKind::atom},
    {"iota", "ι", SignKind::atom},
    {"kappa", "κ", SignKind::atom},
    {"lambda", "λ", SignKind::atom},
    {"mu", "μ", SignKind::atom},
    {"nu", "ν", SignKind::atom},
    {"xi", "ξ", SignKind::atom},
    {"pi", "π", SignKind::atom},
    {"rho", "ρ", SignKind::atom},
    {"sigma", "σ", SignKind::atom},
    {"tau", "τ", SignKind::atom},
    {"phi", "φ", SignKind::atom},
    {"varphi", "φ", SignKind::atom},
    {"chi", "χ", SignKind::atom},
    {"psi", "ψ", SignKind::atom},
    {"omega", "ω", SignKind::atom},
    {"Gamma", "Γ", SignKind::atom},
    {"Theta", "Θ", SignKind::atom},
    {"Lambda", "Λ", SignKind::atom},
    {"Pi", "Π", SignKind::atom},
    {"Sigma", "Σ", SignKind::atom},
    {"Phi", "Φ", SignKind::atom},
    {"Psi", "Ψ", SignKind::atom},
    {"Omega", "Ω", SignKind::atom},
    {"Delta", "Δ", SignKind::prefix},
    {"partial", "∂", SignKind::prefix},
    {"nabla", "∇", SignKind::prefix},
    {"neg", "¬", SignKind::prefix},
    {"infty", "∞", SignKind::atom},
    {"ell", "ℓ", SignKind::atom},
    {"top", "⊤", SignKind::atom},
    {"prime", "′", SignKind::atom},
    {"degree", "°", SignKind::atom},
    {"ldots", "…", SignKind::atom},
    {"dots", "…", SignKind::atom},
    {"cdots", "…", SignKind::atom},
    {"vdots", "⋮", SignKind::atom},
    {"%", "%", SignKind::atom},
    {"#", "#", SignKind::atom},
    {"$", "$", SignKind::atom},
    {"&", "&", SignKind::atom},
    {"_", "_", SignKind::atom},
    {"cdot", "·", SignKind::binary},
    {"times", "×", SignKind::binary},
    {"div", "÷", SignKind::binary},
    {"pm", "±", SignKind::binary},
    {"mp", "∓", SignKind::binary},
    {"circ", "∘", SignKind::binary},
    {"odot", "⊙", SignKind::binary},
    {"oplus", "⊕", SignKind::binary},
    {"ast", "∗", SignKind::binary},
    {"cup", "∪", SignKind::binary},
    {"cap", "∩", SignKind::binary},
    {"le", "≤", SignKind::relation},
    {"leq", "≤", SignKind::relation},
    {"ge", "≥", SignKind::relation},
    {"geq", "≥", SignKind::relation},
    {"ll", "≪", SignKind::relation},
    {"gg", "≫", SignKind::relation},
    {"ne", "≠", SignKind::relation},
    {"neq", "≠", SignKind::relation},
    {"approx", "≈", SignKind::relation},
    {"sim", "∼", SignKind::relation},
    {"equiv", "≡", SignKind::relation},
    {"propto", "∝", SignKind::relation},
    {"in", "∈", SignKind::relation},
    {"notin", "∉", SignKind::relation},
    {"subset", "⊂", SignKind::relation},
    {"mid", "|", SignKind::relation},
    {"to", "→", SignKind::relation},
    {"rightarrow", "→", SignKind::relation},
    {"mapsto", "↦", SignKind::relation},
    {"leftarrow", "←", SignKind::relation},
    {"gets", "←", SignKind::relation},
    {"leftrightarrow", "↔", SignKind::relation},
    {"Rightarrow", "⇒", SignKind::relation},
    {"implies", "⇒", SignKind::relation},
    {"iff", "⇔", SignKind::relation},
    {"sum", "∑", SignKind::large},
    {"prod", "∏", SignKind::large},
    {"int", "∫", SignKind::large},
    {"exp", "exp", SignKind::function},
    {"log", "log", SignKind::function},
    {"ln", "ln", SignKind::function},
    {"sin", "sin", SignKind::function},
    {"cos", "cos", SignKind::function},
    {"tan", "tan", SignKind::function},
    {"tanh", "tanh", SignKind::function},
    {"max", "max", SignKind::function},
    {"min", "min", SignKind::function},
    {"arg", "arg", SignKind::function},
    {"lim", "lim", SignKind::function},
    {"{", "{", SignKind::open},
    {"lfloor", "⌊", SignKind::open},
    {"lceil", "⌈", SignKind::open},
    {"langle", "⟨", SignKind::open},
    {"lVert", "‖", SignKind::open},
    {"lvert", "|", SignKind::open},
    {"}", "}", SignKind::close},
    {"rfloor", "⌋", SignKind::close},
    {"rceil", "⌉", SignKind::close},
    {"rangle", "⟩", SignKind::close},
    {"rVert", "‖", SignKind::close},
    {"rvert", "|", SignKind::close},
    {"|", "‖", SignKind::atom},
    {"Vert", "‖", SignKind::atom},
    {"vert", "|", SignKind::atom},
};

struct Script {
    std::string_view plain;
    std::string_view raised;   // empty: Unicode has none
    std::string_view lowered;  // likewise
};

constexpr Script kScripts[] = {
    {"0", "⁰", "₀"}, {"1", "¹", "₁"}, {"2", "²", "₂"}, {"3", "³", "₃"}, {"4", "⁴", "₄"},
    {"5", "⁵", "₅"}, {"6", "⁶", "₆"}, {"7", "⁷", "₇"}, {"8", "⁸", "₈"}, {"9", "⁹", "₉"},
    {"+", "⁺", "₊"}, {"−", "⁻", "₋"}, {"=", "⁼", "₌"}, {"(", "⁽", "₍"}, {")", "⁾", "₎"},
    {"a", "ᵃ", "ₐ"}, {"b", "ᵇ", ""},  {"c", "ᶜ", ""},  {"d", "ᵈ", ""},  {"e", "ᵉ", "ₑ"},
    {"f", "ᶠ", ""},  {"g", "ᵍ", ""},  {"h", "ʰ", "ₕ"}, {"i", "ⁱ", "ᵢ"}, {"j", "ʲ", "ⱼ"},
    {"k", "ᵏ", "ₖ"}, {"l", "ˡ", "ₗ"}, {"m", "ᵐ", "ₘ"}, {"n", "ⁿ", "ₙ"}, {"o", "ᵒ", "ₒ"},
    {"p", "ᵖ", "ₚ"}, {"r", "ʳ", "ᵣ"}, {"s", "ˢ", "ₛ"}, {"t", "ᵗ", "ₜ"}, {"u", "ᵘ", "ᵤ"},
    {"v", "ᵛ", "ᵥ"}, {"w", "ʷ", ""},  {"x", "ˣ", "ₓ"}, {"y", "ʸ", ""},  {"z", "ᶻ", ""},
    {"A", "ᴬ", ""},  {"B", "ᴮ", ""},  {"D", "ᴰ", ""},  {"E", "ᴱ", ""},  {"G", "ᴳ", ""},
    {"H", "ᴴ", ""},  {"I", "ᴵ", ""},  {"J", "ᴶ", ""},  {"K", "ᴷ", ""},  {"L", "ᴸ", ""},
    {"M", "ᴹ", ""},  {"N", "ᴺ", ""},  {"O", "ᴼ", ""},  {"P", "ᴾ", ""},  {"R", "ᴿ", ""},
    {"T", "ᵀ", ""},  {"U", "ᵁ", ""},  {"W", "ᵂ", ""},  {"⊤", "ᵀ", ""},  {"′", "′", ""},
    {"*", "*", ""},  {"∗", "*", ""},  {"∘", "°", ""},  {"β", "ᵝ", "ᵦ"}, {"γ", "ᵞ", "ᵧ"},
    {"δ", "ᵟ", ""},  {"θ", "ᶿ", ""},  {"ρ", "", "ᵨ"},  {"φ", "ᵠ", "ᵩ"}, {"χ", "ᵡ", "ᵪ"},
};

std::size_t character_bytes(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0u) == 0x80u) {
        ++length;
    }
    return length;
}

std::string in_script(std::string_view text, std::string_view Script::*style) {
    std::string out;
    while (!text.empty()) {
        const std::string_view character = text.substr(0, character_bytes(text));
        std::string_view mapped;
        for (const Script& script : kScripts) {
            if (script.plain == character) mapped = script.*style;
        }
        if (mapped.empty()) return "";
        out += mapped;
        text.remove_prefix(character.size());
    }
    return out;
}

struct Accented {
    std::string_view letter;
    std::string_view text;
};
constexpr Accented kHats[] = {{"a", "â"}, {"c", "ĉ"}, {"e", "ê"}, {"g", "ĝ"}, {"h", "ĥ"},
                              {"i", "î"}, {"j", "ĵ"}, {"o", "ô"}, {"s", "ŝ"}, {"u", "û"},
                              {"w", "ŵ"}, {"y", "ŷ"}, {"z", "ẑ"}};
constexpr Accented kBars[] = {{"a", "ā"}, {"e", "ē"}, {"g", "ḡ"}, {"i", "ī"},
                              {"o", "ō"}, {"u", "ū"}, {"y", "ȳ"}};
constexpr Accented kTildes[] = {{"a", "ã"}, {"e", "ẽ"}, {"i", "ĩ"}, {"n", "ñ"},
                                {"o", "õ"}, {"u", "ũ"}, {"v", "ṽ"}, {"y", "ỹ"}};

std::string accented(std::string_view letter,
                     std::span<const Accented> composed,
                     std::string_view combining) {
    for (const Accented& entry : composed) {
        if (entry.letter == letter) return std::string(entry.text);
    }
    return std::string(letter) + std::string(combining);
}

}  // namespace

const FormulaSign* formula_sign(std::string_view command) {
    for (const FormulaSign& sign : kSigns) {
        if (sign.command == command) return &sign;
    }
    return nullptr;
}

std::string superscript(std::string_view text) { return in_script(text, &Script::raised); }
std::string subscript(std::string_view text) { return in_script(text, &Script::lowered); }

std::string accented(std::string_view letter, std::string_view accent) {
    if (accent == "hat") return accented(letter, kHats, "\u0302");
    if (accent == "bar") return accented(letter, kBars, "\u0304");
    return accented(letter, kTildes, "\u0303");
}

}  // namespace whittle
