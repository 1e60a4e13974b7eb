#include "lessons/kit/formula.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/base/text.h"
#include "lessons/kit/formula_signs.h"

namespace whittle {

namespace {

constexpr int kMaxFormulaDepth = 40;  // of braces and arguments

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Text that grows sign by sign, with the blanks that a reader expects between them.
class FormulaLine {
public:
    // In a sub- or superscript there are no blanks.
    explicit FormulaLine(bool compact) : compact_(compact) {}

    void add(std::string_view sign, SignKind kind) {
        const bool operand_before = last_ == SignKind::atom || last_ == SignKind::close;
        const bool sign_of_number = kind == SignKind::binary && !operand_before;
        if (sign_of_number) kind = SignKind::prefix;
        const bool spaced = kind == SignKind::relation || kind == SignKind::binary;
        const bool named = kind == SignKind::function || kind == SignKind::large;
        const bool operand = named || kind == SignKind::atom || kind == SignKind::prefix;
        if (spaced || (named && operand_before) ||
            (operand && (last_ == SignKind::function || after_fraction_)) ||
            (last_ == SignKind::large && kind != SignKind::close)) {
            blank();
        }
        if (kind == SignKind::close) trim();
        text_ += sign;
        ++signs_;
        last_ = kind;
        after_fraction_ = false;
        if (spaced || kind == SignKind::comma) blank();
        simple_ = simple_ && !spaced && kind != SignKind::comma && kind != SignKind::large;
        if (signs_ == 1) starts_with_prefix_ = kind == SignKind::prefix && !sign_of_number;
    }
    // A fraction written with a '/': what is multiplied with it stands off.
    void add_fraction(std::string_view text) {
        add(text, SignKind::atom);
        after_fraction_ = true;
        simple_ = false;
    }
    // A sub- or superscript of the last sign.
    void attach(std::string_view script) {
        trim();
        text_ += script;
        if (last_ == SignKind::relation || last_ == SignKind::binary || last_ == SignKind::prefix) {
            last_ = SignKind::atom;
        }
    }
    void blank() {
        if (!compact_ && !text_.empty() && text_.back() != ' ' && text_.back() != '\n') {
            text_ += ' ';
        }
    }
    // A blank of the source, which is kept between operands.
    void source_blank() {
        if (last_ != SignKind::open) blank();
    }
    void raw(std::string_view text) { text_ += text; }
    void next_column() {
        blank();
        last_ = SignKind::open;
    }
    void new_line() {
        trim();
        text_ += '\n';
        last_ = SignKind::open;
    }
    void trim() { text_.erase(text_.find_last_not_of(' ') + 1); }

    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }
    // Without operators, so that it can stand before a '/'.
    bool simple() const { return simple_; }
    // One sign, or one after a prefix, so that it can stand behind a '/' or under a root.
    bool single() const { return simple_ && (signs_ <= 1 || (signs_ == 2 && starts_with_prefix_)); }

private:
    std::string text_;
    SignKind last_ = SignKind::open;
    int signs_ = 0;
    bool compact_;
    bool simple_ = true;
    bool starts_with_prefix_ = false;
    bool after_fraction_ = false;
};

std::string bracketed(const std::string& text, bool needed) {
    return needed ? "(" + text + ")" : text;
}

class LatexReader {
public:
    explicit LatexReader(std::string_view latex) : latex_(latex) {}

    Result<std::string> read() {
        FormulaLine line(false);
        read_until("", line);
        if (error_) return *error_;
        line.trim();
        return line.text();
    }

private:
    bool at_end() const { return place_ >= latex_.size() || error_.has_value(); }
    char peek() const { return latex_[place_]; }
    bool accept(std::string_view text) {
        if (latex_.substr(place_, text.size()) != text) return false;
        place_ += text.size();
        return true;
    }
    void fail(std::size_t place, std::string expected, std::string found) {
        if (error_) return;
        error_ = Error{.place = "byte " + std::to_string(place + 1),
                       .expected = std::move(expected),
                       .found = std::move(found)};
    }
    std::string rest() const {
        return place_ >= latex_.size() ? "the end" : quoted(latex_.substr(place_), 20);
    }

    // Up to and with `end`; to the end of the formula when it is empty.
    void read_until(std::string_view end, FormulaLine& line) {
        if (++depth_ > kMaxFormulaDepth) fail(place_, "less nesting", "more than 40 levels");
        bool ended = end.empty();
        while (!at_end()) {
            if (!end.empty() && accept(end)) {
                ended = true;
                break;
            }
            read_item(line);
        }
        if (!ended) fail(place_, quoted(end), rest());
        --depth_;
    }

    void read_item(FormulaLine& line) {
        const char c = peek();
        if (is_blank(c)) {
            ++place_;
            line.source_blank();
        } else if (c == '\\') {
            read_command(line);
        } else if (c == '{') {
            ++place_;
            const FormulaLine group = read_group(line_is_compact_);
            line.add(group.text(), SignKind::atom);
        } else if (c == '^' || c == '_') {
            ++place_;
            read_script(c == '^', line);
        } else if (c == '}' || c == '#' || c == '%') {
            fail(place_, "a formula", rest());
        } else {
            read_sign(line);
        }
    }

    // A sign that stands for itself.
    void read_sign(FormulaLine& line) {
        const char c = peek();
        std::size_t length = 1;
        SignKind kind = SignKind::atom;
        if (is_digit(c)) {
            while (place_ + length < latex_.size() &&
                   (is_digit(latex_[place_ + length]) ||
                    (latex_[place_ + length] == '.' && place_ + length + 1 < latex_.size() &&
                     is_digit(latex_[place_ + length + 1])))) {
                ++length;
            }
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            while (place_ + length < latex_.size() &&
                   (static_cast<unsigned char>(latex_[place_ + length]) & 0xC0u) == 0x80u) {
                ++length;
            }
        } else if (c == '+') {
            kind = SignKind::binary;
        } else if (c == '=' || c == '<' || c == '>' || c == ':') {
            kind = SignKind::relation;
        } else if (c == '(' || c == '[') {
            kind = SignKind::open;
        } else if (c == ')' || c == ']') {
            kind = SignKind::close;
        } else if (c == ',' || c == ';') {
            kind = SignKind::comma;
        } else if (c == '|') {
            kind = next_bar();
        }
        const std::string_view sign = latex_.substr(place_, length);
        place_ += length;
        if (c == '-') {
            line.add("−", SignKind::binary);
        } else if (c == '\'') {
            line.attach("′");
        } else if (c == '&') {
            line.next_column();
        } else {
            line.add(sign, kind);
        }
    }

    // Bars come in pairs: |x|, ‖x‖.
    SignKind next_bar() {
        bar_open_ = !bar_open_;
        return bar_open_ ? SignKind::open : SignKind::close;
    }

    // The inside of braces whose first one was read.
    FormulaLine read_group(bool compact) {
        FormulaLine group(compact);
        const bool before = line_is_compact_;
        line_is_compact_ = compact;
        read_until("}", group);
        line_is_compact_ = before;
        group.trim();
        return group;
    }

    // What a command or script applies to: a group, a command or one sign.
    FormulaLine read_argument(bool compact) {
        while (!at_end() && is_blank(peek())) ++place_;
        if (!at_end() && accept("{")) return read_group(compact);
        FormulaLine argument(compact);
        if (at_end() || peek() == '}' || peek() == '^' || peek() == '_') {
            fail(place_, "an argument", rest());
            return argument;
        }
        const bool before = line_is_compact_;
        line_is_compact_ = compact;
        if (++depth_ > kMaxFormulaDepth) fail(place_, "less nesting", "more than 40 levels");
        if (is_digit(peek())) {
            argument.add(latex_.substr(place_++, 1), SignKind::atom);
        } else if (!error_) {
            read_item(argument);
        }
        --depth_;
        line_is_compact_ = before;
        argument.trim();
        return argument;
    }

    void read_script(bool raised, FormulaLine& line) {
        const FormulaLine script = read_argument(true);
        const std::string mapped = raised ? superscript(script.text()) : subscript(script.text());
        if (!mapped.empty()) {
            line.attach(mapped);
        } else {
            line.attach((raised ? "^" : "_") + bracketed(script.text(), !script.single()));
        }
    }

    void read_command(FormulaLine& line) {
        const std::size_t start = place_++;
        std::size_t length = 0;
        while (place_ + length < latex_.size() && is_letter(latex_[place_ + length])) ++length;
        const bool word = length > 0;
        if (!word && place_ < latex_.size()) length = 1;
        const std::string_view name = latex_.substr(place_, length);
        place_ += length;
        if (word) {
            while (!at_end() && is_blank(peek())) ++place_;
        }
        if (const FormulaSign* sign = formula_sign(name)) {
            line.add(sign->text, sign->text == "‖" ? next_bar() : sign->kind);
        } else if (!read_layout(name, line) && !read_construct(name, line)) {
            fail(start, "a command that formula_text knows", quoted("\\" + std::string(name)));
        }
    }

    // Commands that only place things.
    bool read_layout(std::string_view name, FormulaLine& line) {
        if (name == "," || name == ";" || name == ":" || name == " ") {
            line.blank();
        } else if (name == "quad" || name == "qquad") {
            line.trim();
            line.raw("   ");
        } else if (name == "\\") {
            line.new_line();
        } else if (name == "left" || name == "right") {
            if (!accept(".") && at_end()) fail(place_, "a bracket", rest());
        } else if (name != "!" && name != "displaystyle" && name != "big" && name != "Big" &&
                   name != "bigl" && name != "bigr") {
            return false;
        }
        return true;
    }

    // Commands with arguments.
    bool read_construct(std::string_view name, FormulaLine& line) {
        if (name == "frac" || name == "tfrac" || name == "dfrac") {
            read_fraction(line);
        } else if (name == "sqrt") {
            const FormulaLine argument = read_argument(line_is_compact_);
            line.add("√" + bracketed(argument.text(), !argument.single()), SignKind::atom);
        } else if (name == "hat" || name == "bar" || name == "tilde") {
            line.add(accented(read_argument(true).text(), name), SignKind::atom);
        } else if (name == "text" || name == "mathrm" || name == "mathbf" || name == "mathit" ||
                   name == "operatorname" || name == "textbf" || name == "textit") {
            read_word(name, line);
        } else if (name == "mathbb") {
            const std::string set = read_argument(true).text();
            line.add(set == "R" ? "ℝ" : set == "Z" ? "ℤ" : set == "N" ? "ℕ" : set, SignKind::atom);
        } else if (name == "begin") {
            read_environment(line);
        } else {
            return false;
        }
        return true;
    }

    void read_fraction(FormulaLine& line) {
        const FormulaLine above = read_argument(line_is_compact_);
        const FormulaLine below = read_argument(line_is_compact_);
        const std::string text = bracketed(above.text(), !above.simple()) + "/" +
                                 bracketed(below.text(), !below.single());
        const char* one = text == "1/2" ? "½" : text == "1/4" ? "¼" : text == "3/4" ? "¾" : nullptr;
        one != nullptr ? line.add(one, SignKind::atom) : line.add_fraction(text);
    }

    // \text keeps its blanks; the others hold a name.
    void read_word(std::string_view name, FormulaLine& line) {
        if (at_end() || !accept("{")) return fail(place_, "'{'", rest());
        const std::size_t end = latex_.find('}', place_);
        if (end == std::string_view::npos) return fail(latex_.size(), "'}'", "the end");
        std::string word(latex_.substr(place_, end - place_));
        if (word.find_first_of("{\\$") != std::string::npos) {
            return fail(place_, "plain words", quoted(word));
        }
        place_ = end + 1;
        if (name.substr(0, 4) != "text" && name != "operatorname") {
            word.erase(std::remove_if(word.begin(), word.end(), is_blank), word.end());
        }
        const std::size_t first = word.find_first_not_of(' ');
        if (first == std::string::npos) return line.blank();
        if (first > 0) line.blank();
        const std::size_t last = word.find_last_not_of(' ');
        line.add(word.substr(first, last - first + 1),
                 name == "operatorname" ? SignKind::function : SignKind::atom);
        if (last + 1 < word.size()) line.blank();
    }

    void read_environment(FormulaLine& line) {
        const std::size_t start = place_;
        const std::size_t end = latex_.find('}', place_);
        if (!accept("{") || end == std::string_view::npos) {
            return fail(start, "'{' and the name of an environment", rest());
        }
        const std::string name(latex_.substr(place_, end - place_));
        place_ = end + 1;
        FormulaLine inside(false);
        read_until("\\end{" + name + "}", inside);
        std::string rows = inside.text();
        rows.erase(rows.find_last_not_of(" \n") + 1);
        if (name == "aligned" || name == "align" || name == "gathered") return line.raw(rows);
        for (std::size_t at = rows.find('\n'); at != std::string::npos; at = rows.find('\n')) {
            rows.replace(at, 1, "; ");
        }
        const char* open = name == "pmatrix" ? "(" : name == "cases" ? "{ " : "[";
        const char* close = name == "pmatrix" ? ")" : name == "cases" ? " }" : "]";
        if (name != "bmatrix" && name != "pmatrix" && name != "matrix" && name != "cases") {
            return fail(start, "matrix, bmatrix, pmatrix, cases or aligned", quoted(name));
        }
        line.add(open + rows + close, SignKind::atom);
    }

    std::string_view latex_;
    std::size_t place_ = 0;
    int depth_ = 0;
    bool line_is_compact_ = false;
    bool bar_open_ = false;
    std::optional<Error> error_;
};

}  // namespace

Result<std::string> formula_text(std::string_view latex) { return LatexReader(latex).read(); }

}  // namespace whittle
