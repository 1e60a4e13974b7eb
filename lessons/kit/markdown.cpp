#include "lessons/kit/markdown.h"

#include <md4c-html.h>
#include <md4c.h>

#include <cstdlib>
#include <optional>

#include "core/base/text.h"
#include "lessons/kit/formula.h"

namespace whittle {

namespace {

constexpr unsigned kFlags = MD_FLAG_TABLES | MD_FLAG_LATEXMATHSPANS | MD_FLAG_NOHTML;
constexpr std::size_t kMaxBytes = 1u << 24;

Status check_size(std::string_view markdown) {
    if (markdown.size() <= kMaxBytes) return {};
    return Error{.expected = "at most " + std::to_string(kMaxBytes) + " bytes of Markdown",
                 .found = std::to_string(markdown.size())};
}

std::string utf8(unsigned long code) {
    std::string out;
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
    return out;
}

// "&amp;" and its like; one that is not known stays as it is.
std::string entity_text(std::string_view entity) {
    struct Named {
        std::string_view entity;
        std::string_view text;
    };
    static constexpr Named kNamed[] = {{"&amp;", "&"},   {"&lt;", "<"},        {"&gt;", ">"},
                                       {"&quot;", "\""}, {"&nbsp;", "\u00A0"}, {"&ndash;", "–"},
                                       {"&mdash;", "—"}, {"&times;", "×"},     {"&hellip;", "…"}};
    for (const Named& named : kNamed) {
        if (named.entity == entity) return std::string(named.text);
    }
    if (entity.substr(0, 2) == "&#" && entity.size() > 3) {
        const bool hexadecimal = entity[2] == 'x' || entity[2] == 'X';
        const std::string digits(entity.substr(hexadecimal ? 3 : 2));
        const unsigned long code = std::strtoul(digits.c_str(), nullptr, hexadecimal ? 16 : 10);
        const bool surrogate = code >= 0xD800 && code < 0xE000;
        if (code >= 0x20 && code < 0x110000 && !surrogate) return utf8(code);
    }
    return std::string(entity);
}

std::string attribute_text(const MD_ATTRIBUTE& attribute) {
    return std::string(attribute.text, attribute.size);
}

// Collects blocks while the parser walks through the text.
class Collector {
public:
    void enter(MD_BLOCKTYPE type, void* detail) {
        switch (type) {
            case MD_BLOCK_QUOTE: ++quotes_; break;
            case MD_BLOCK_UL: lists_.push_back({false, 0}); break;
            case MD_BLOCK_OL:
                lists_.push_back({true, static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start});
                break;
            case MD_BLOCK_LI: begin_item(); break;
            case MD_BLOCK_HR: blocks_.push_back(block(MarkdownBlock::Kind::rule)); break;
            case MD_BLOCK_H:
                open(MarkdownBlock::Kind::heading);
                open_->level = static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
                break;
            case MD_BLOCK_CODE: open(MarkdownBlock::Kind::code); break;
            case MD_BLOCK_P: open(MarkdownBlock::Kind::paragraph); break;
            case MD_BLOCK_TABLE: open(MarkdownBlock::Kind::table); break;
            case MD_BLOCK_TR: open_->rows.emplace_back(); break;
            case MD_BLOCK_TH:
            case MD_BLOCK_TD: open_->rows.back().emplace_back(); break;
            default: break;
        }
    }

    void leave(MD_BLOCKTYPE type) {
        switch (type) {
            case MD_BLOCK_QUOTE: --quotes_; break;
            case MD_BLOCK_UL:
            case MD_BLOCK_OL: lists_.pop_back(); break;
            case MD_BLOCK_LI:
                close();
                marker_.clear();
                break;
            case MD_BLOCK_H:
            case MD_BLOCK_CODE:
            case MD_BLOCK_P:
            case MD_BLOCK_TABLE: close(); break;
            default: break;
        }
    }

    void enter(MD_SPANTYPE type, void* detail) {
        change_depth(type, 1);
        if (type == MD_SPAN_A) link_ = attribute_text(static_cast<MD_SPAN_A_DETAIL*>(detail)->href);
        if (type == MD_SPAN_LATEXMATH || type == MD_SPAN_LATEXMATH_DISPLAY) formula_.clear();
    }

    void leave(MD_SPANTYPE type) {
        change_depth(type, -1);
        if (type == MD_SPAN_A) link_.clear();
        if (type == MD_SPAN_LATEXMATH) add_formula(false);
        if (type == MD_SPAN_LATEXMATH_DISPLAY) add_formula(true);
    }

    void text(MD_TEXTTYPE type, std::string_view text) {
        switch (type) {
            case MD_TEXT_NULLCHAR: add("\uFFFD"); break;
            case MD_TEXT_BR: add("\n"); break;
            case MD_TEXT_SOFTBR: add(" "); break;
            case MD_TEXT_ENTITY: add(entity_text(text)); break;
            case MD_TEXT_LATEXMATH: formula_ += text; break;
            default: add(text); break;
        }
    }

    std::vector<MarkdownBlock> take_blocks() { return std::move(blocks_); }
    const std::optional<Error>& error() const { return error_; }

private:
    struct List {
        bool ordered;
        unsigned next;
    };

    MarkdownBlock block(MarkdownBlock::Kind kind) {
        MarkdownBlock made;
        made.kind = kind;
        made.indent = static_cast<int>(lists_.size());
        made.quotes = quotes_;
        made.marker = std::move(marker_);
        marker_.clear();
        return made;
    }
    void open(MarkdownBlock::Kind kind) {
        close();
        open_ = block(kind);
    }
    void close() {
        if (!open_) return;
        MarkdownRuns& runs = open_->runs;
        if (open_->kind == MarkdownBlock::Kind::code && !runs.empty() &&
            runs.back().text.size() > 1 && runs.back().text.back() == '\n') {
            runs.back().text.pop_back();
        }
        const bool has_text = !runs.empty() || !open_->rows.empty() || !open_->marker.empty();
        if (has_text) blocks_.push_back(std::move(*open_));
        open_.reset();
    }
    void begin_item() {
        close();
        List& list = lists_.back();
        marker_ = list.ordered ? std::to_string(list.next++) + "." : "•";
    }

    void change_depth(MD_SPANTYPE type, int by) {
        if (type == MD_SPAN_EM) emphasis_ += by;
        if (type == MD_SPAN_STRONG) strong_ += by;
        if (type == MD_SPAN_CODE) code_ += by;
    }

    MarkdownRun run_of(std::string_view text) const {
        MarkdownRun run;
        run.text = text;
        run.strong = strong_ > 0;
        run.emphasis = emphasis_ > 0;
        run.code = code_ > 0;
        run.link = link_;
        return run;
    }

    // The text of a tight list's items comes without a paragraph.
    MarkdownRuns& runs() {
        if (!open_) open(MarkdownBlock::Kind::paragraph);
        const bool in_cell = open_->kind == MarkdownBlock::Kind::table && !open_->rows.empty() &&
                             !open_->rows.back().empty();
        return in_cell ? open_->rows.back().back() : open_->runs;
    }

    void add(std::string_view text) {
        MarkdownRuns& target = runs();
        // After a formula that stands alone the line begins anew.
        if (target.empty() && text == " ") return;
        MarkdownRun run = run_of(text);
        if (!target.empty()) {
            MarkdownRun& last = target.back();
            if (!last.formula && last.strong == run.strong && last.emphasis == run.emphasis &&
                last.code == run.code && last.link == run.link) {
                last.text += text;
                return;
            }
        }
        target.push_back(std::move(run));
    }

    void add_formula(bool display) {
        const Result<std::string> readable = formula_text(formula_);
        if (!readable.ok()) {
            if (!error_) error_ = readable.error();
            error_->file = "formula " + quoted(formula_);
            return;
        }
        MarkdownRun run = run_of(*readable);
        run.formula = true;
        if (!display || (open_ && open_->kind != MarkdownBlock::Kind::paragraph)) {
            runs().push_back(std::move(run));
            return;
        }
        std::string marker = open_ && open_->runs.empty() ? std::move(open_->marker) : marker_;
        if (open_ && !open_->runs.empty()) trim_end(open_->runs.back());
        if (open_ && open_->runs.empty()) open_.reset();
        open(MarkdownBlock::Kind::formula);
        open_->marker = std::move(marker);
        open_->runs.push_back(std::move(run));
        open(MarkdownBlock::Kind::paragraph);
    }
    static void trim_end(MarkdownRun& run) { run.text.erase(run.text.find_last_not_of(' ') + 1); }

    std::vector<MarkdownBlock> blocks_;
    std::optional<MarkdownBlock> open_;
    std::vector<List> lists_;
    std::string marker_;
    std::string link_;
    std::string formula_;
    int quotes_ = 0;
    int strong_ = 0;
    int emphasis_ = 0;
    int code_ = 0;
    std::optional<Error> error_;
};

Collector& collector(void* user) { return *static_cast<Collector*>(user); }

MD_PARSER collecting_parser() {
    MD_PARSER parser = {};
    parser.flags = kFlags;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* user) {
        collector(user).enter(type, detail);
        return 0;
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* user) {
        collector(user).leave(type);
        return 0;
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* user) {
        collector(user).enter(type, detail);
        return 0;
    };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* user) {
        collector(user).leave(type);
        return 0;
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* user) {
        collector(user).text(type, {text, size});
        return 0;
    };
    return parser;
}

}  // namespace

Result<std::string> markdown_html(std::string_view markdown) {
    if (const Status status = check_size(markdown); !status.ok()) return status;
    std::string html;
    const auto append = [](const MD_CHAR* text, MD_SIZE size, void* user) {
        static_cast<std::string*>(user)->append(text, size);
    };
    if (md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &html, kFlags, 0) !=
        0) {
        return Error{.expected = "memory for Markdown", .found = "none"};
    }
    return html;
}

Result<std::string> markdown_inline_html(std::string_view markdown) {
    Result<std::string> html = markdown_html(markdown);
    if (!html.ok()) return html;
    const std::string_view text = *html;
    const std::size_t end = text.find("</p>");
    const bool one_paragraph = text.substr(0, 3) == "<p>" && end != std::string_view::npos &&
                               text.find_first_not_of('\n', end + 4) == std::string_view::npos;
    return one_paragraph ? std::string(text.substr(3, end - 3)) : *html;
}

Result<std::vector<MarkdownBlock>> markdown_blocks(std::string_view markdown) {
    if (const Status status = check_size(markdown); !status.ok()) return status;
    Collector blocks;
    const MD_PARSER parser = collecting_parser();
    if (md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, &blocks) != 0) {
        return Error{.expected = "memory for Markdown", .found = "none"};
    }
    if (blocks.error()) return *blocks.error();
    return blocks.take_blocks();
}

}  // namespace whittle
