#include "lessons/kit/formula.h"

#include <doctest/doctest.h>

#include "core/base/random.h"
#include "lessons/kit/formula_signs.h"

namespace whittle {

TEST_CASE("formulas become readable text") {
    struct Case {
        std::string latex;
        std::string text;
    };
    const Case cases[] = {
        {"", ""},
        {"y = wx + b", "y = wx + b"},
        {"y=wx+b", "y = wx + b"},
        {"-0.989", "−0.989"},
        {"x = -1, 0, 1", "x = −1, 0, 1"},
        {"1{,}284", "1,284"},
        {"3x-1", "3x − 1"},
        {"x_i", "xᵢ"},
        {"x_{i+1}^2", "xᵢ₊₁²"},
        {"F_1", "F₁"},
        {"W_{2} W_{1}", "W₂ W₁"},
        {"x_w", "x_w"},
        {"x_{ab}", "x_(ab)"},
        {"x^q", "x^q"},
        {"\\theta_{\\text{new}}", "θ_new"},
        {"2^{10}", "2¹⁰"},
        {"e^{-x}", "e⁻ˣ"},
        {"x W^\\top", "x Wᵀ"},
        {"w^*", "w*"},
        {"L'(x)", "L′(x)"},
        {"|w| < 1.75", "|w| < 1.75"},
        {"1 - | -x | - 2", "1 − |−x| − 2"},
        {"\\hat y_i - y_i", "ŷᵢ − yᵢ"},
        {"\\hat{y}", "ŷ"},
        {"\\bar x", "x\u0304"},
        {"\\eta", "η"},
        {"\\nabla L", "∇L"},
        {"\\partial L", "∂L"},
        {"\\frac{\\partial L}{\\partial w}", "∂L/∂w"},
        {"\\frac{2}{N} \\sum_i e_i x_i", "2/N ∑ᵢ eᵢ xᵢ"},
        {"\\frac{1}{2a}", "1/(2a)"},
        {"\\frac{-1}{x}", "−1/x"},
        {"\\frac{1}{-1}", "1/(−1)"},
        {"\\frac12 x", "½ x"},
        {"\\frac{1}{3}x", "1/3 x"},
        {"\\frac{19}{18+2}", "19/(18 + 2)"},
        {"\\frac{2PR}{P + R}", "2PR/(P + R)"},
        {"\\frac{TP + TN}{N}", "(TP + TN)/N"},
        {"\\frac{\\frac{a}{b}}{c}", "(a/b)/c"},
        {"\\frac{L(x+h) - L(x-h)}{2h}", "(L(x + h) − L(x − h))/(2h)"},
        {"\\frac{1}{p} + \\frac{1}{p^2} + \\dots + \\frac{1}{p^k}", "1/p + 1/p² + … + 1/pᵏ"},
        {"\\sqrt{5}", "√5"},
        {"\\sqrt{31/6} \\approx 2.27", "√(31/6) ≈ 2.27"},
        {"\\mathrm{RMSE} = \\sqrt{\\frac{1}{N} \\sum_{i=1}^{N} (\\hat y_i - y_i)^2}",
         "RMSE = √(1/N ∑ᵢ₌₁ᴺ (ŷᵢ − yᵢ)²)"},
        {"x \\leftarrow x - \\eta \\, L'(x)", "x ← x − η L′(x)"},
        {"(1 - 2a\\eta)\\, x", "(1 − 2aη) x"},
        {"v \\leftarrow m v + \\nabla L, \\qquad x \\leftarrow x - \\eta v",
         "v ← m v + ∇L,   x ← x − ηv"},
        {"0.04 \\cdot 43200 = 1728 \\text{ false alarms a month}",
         "0.04 · 43200 = 1728 false alarms a month"},
        {"\\tfrac{1}{2} \\| \\sigma(x W^T) - y \\|^2", "½ ‖σ(x Wᵀ) − y‖²"},
        {"\\log_2 x", "log₂ x"},
        {"-\\log(p)", "−log(p)"},
        {"\\tanh x", "tanh x"},
        {"\\operatorname{softmax}(z)_i", "softmax(z)ᵢ"},
        {"\\arg\\max_i p_i", "arg maxᵢ pᵢ"},
        {"\\max(0, x)", "max(0, x)"},
        {"\\left(\\frac{a}{b}\\right)^2", "(a/b)²"},
        {"\\sigma(x) = \\frac{1}{1 + e^{-x}}", "σ(x) = 1/(1 + e⁻ˣ)"},
        {"\\{1, 2\\}", "{1, 2}"},
        {"95\\,\\%", "95 %"},
        {"x \\in \\mathbb{R}^n", "x ∈ ℝⁿ"},
        {"\\begin{bmatrix} 1 & -2 \\\\ 3 & 4 \\end{bmatrix}", "[1 −2; 3 4]"},
        {"\\begin{cases} x & \\text{if } x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}",
         "{ x if x > 0; 0 otherwise }"},
        {"\\begin{aligned} a &= 1 \\\\ b &= -2 \\end{aligned}", "a = 1\nb = −2"},
        {"90^\\circ", "90°"},
        {"a ≤ ü", "a ≤ ü"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.latex);
        const auto text = formula_text(c.latex);
        REQUIRE_MESSAGE(text.ok(), text.error().message());
        CHECK(*text == c.text);
    }
}

TEST_CASE("a formula that cannot be read is an error that names the place") {
    struct Case {
        std::string latex;
        std::string place;
    };
    const Case cases[] = {
        {"x + \\foo", "byte 5"},
        {"\\", "byte 1"},
        {"{", "byte 2"},
        {"{x", "byte 3"},
        {"x}", "byte 2"},
        {"x^", "byte 3"},
        {"x^^2", "byte 3"},
        {"\\frac{1}", "byte 9"},
        {"\\frac{1}{2", "byte 11"},
        {"\\sqrt", "byte 6"},
        {"\\text", "byte 6"},
        {"\\text{ab", "byte 9"},
        {"\\left", "byte 6"},
        {"\\begin{bmatrix} 1", "byte 18"},
        {"\\begin{tabular} 1 \\end{tabular}", "byte 7"},
        {"\\begin", "byte 7"},
        {"50%", "byte 3"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.latex);
        const auto text = formula_text(c.latex);
        REQUIRE(!text.ok());
        CAPTURE(text.error().message());
        CHECK(text.error().place == c.place);
    }
}

TEST_CASE("deep nesting is refused") {
    std::string braces(100000, '{');
    CHECK(!formula_text(braces).ok());
    std::string roots;
    for (int i = 0; i < 100000; ++i) roots += "\\sqrt ";
    CHECK(!formula_text(roots).ok());
    std::string scripts;
    for (int i = 0; i < 100000; ++i) scripts += "x^{";
    CHECK(!formula_text(scripts).ok());
}

TEST_CASE("random formulas never break the reader") {
    Random random(17);
    const char* pieces[] = {"\\frac",
                            "{",
                            "}",
                            "^",
                            "_",
                            "\\sum",
                            "x",
                            "12.5",
                            "-",
                            "\\left(",
                            "\\\\",
                            "&",
                            "\\begin{bmatrix}",
                            "\\end{bmatrix}",
                            "\\text{a b}",
                            " ",
                            "'",
                            "\\hat",
                            "\\sqrt",
                            "\\",
                            "\xff",
                            ",",
                            "("};
    for (int trial = 0; trial < 5000; ++trial) {
        std::string latex;
        for (std::uint32_t i = random.below(12); i > 0; --i) {
            latex += pieces[random.below(static_cast<std::uint32_t>(std::size(pieces)))];
        }
        const auto text = formula_text(latex);
        if (!text.ok()) CHECK(text.error().place.substr(0, 5) == "byte ");
    }
}

TEST_CASE("scripts are all or nothing") {
    CHECK(superscript("−1") == "⁻¹");
    CHECK(superscript("q").empty());
    CHECK(superscript("2q").empty());
    CHECK(subscript("ij") == "ᵢⱼ");
    CHECK(subscript("b").empty());
}

}  // namespace whittle
