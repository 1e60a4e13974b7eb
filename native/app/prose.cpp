#include "native/app/prose.h"

#include <algorithm>

namespace whittle::app {

namespace {

using ui::Colour;
using ui::ViewContext;

constexpr float kLineHeight = 1.45f;  // of the font's size

struct Style {
    const ImFont* font;
    Colour colour;
};

Style style_of(const MarkdownRun& run, const ImFont* base, const ViewContext& context) {
    Style style{base, context.palette.text};
    if (run.strong) style.font = context.fonts.strong;
    if (run.code) style.font = context.fonts.mono;
    if (run.emphasis || run.formula) style.colour = context.palette.accent;
    if (!run.link.empty()) style.colour = context.palette.accent;
    return style;
}

// The next piece of a text that is never broken: a word with the blanks before it.
std::string_view next_piece(std::string_view text) {
    if (text.front() == '\n') return text.substr(0, 1);
    std::size_t end = 0;
    while (end < text.size() && text[end] == ' ') ++end;
    while (end < text.size() && text[end] != ' ' && text[end] != '\n') ++end;
    return text.substr(0, end);
}

void draw_block_text(const ViewContext& context,
                     const std::string& text,
                     const ImFont* font,
                     Colour back,
                     float width) {
    const float em = context.em;
    const ImVec2 low = ImGui::GetCursorScreenPos();
    const ImVec2 size = ui::text_size(font, text);
    const ui::Box box{low, {low.x + width, low.y + size.y + em * 1.1f}};
    context.draw->AddRectFilled(box.min, box.max, back, 6);
    context.draw->PushClipRect(box.min, box.max, true);
    ui::draw_text(context, {low.x + em * 0.7f, low.y + em * 0.55f}, text, context.palette.text,
                  font);
    context.draw->PopClipRect();
    ImGui::Dummy({width, box.height()});
}

void draw_table(const ViewContext& context, const MarkdownBlock& block, float width) {
    const float em = context.em;
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        const auto& row = block.rows[r];
        const float column = width / static_cast<float>(std::max<std::size_t>(1, row.size()));
        const ImVec2 low = ImGui::GetCursorScreenPos();
        float bottom = low.y;
        for (std::size_t c = 0; c < row.size(); ++c) {
            ImGui::SetCursorScreenPos({low.x + column * static_cast<float>(c), low.y});
            draw_runs(context, row[c], r == 0 ? context.fonts.small_strong : context.fonts.small,
                      column - em * 0.5f);
            bottom = std::max(bottom, ImGui::GetCursorScreenPos().y);
        }
        context.draw->AddLine({low.x, bottom + 2}, {low.x + width, bottom + 2},
                              context.palette.grid);
        ImGui::SetCursorScreenPos(low);
        ImGui::Dummy({width, bottom - low.y + 4});
    }
}

void draw_block(const ViewContext& context, const MarkdownBlock& block) {
    const float em = context.em;
    const float left =
        em * (1.4f * static_cast<float>(block.indent) + 1.0f * static_cast<float>(block.quotes));
    const float width = ImGui::GetContentRegionAvail().x - left;
    const ImVec2 low = ImGui::GetCursorScreenPos();
    if (!block.marker.empty()) {
        const float lead = (kLineHeight - 1) * ui::font_size(context.fonts.regular) / 2;
        ui::draw_text(context, {low.x + left - em * 0.5f, low.y + lead}, block.marker,
                      context.palette.muted, context.fonts.regular, 1, 0);
    }
    ImGui::SetCursorScreenPos({low.x + left, low.y});
    const std::string plain = block.runs.empty() ? "" : block.runs[0].text;
    switch (block.kind) {
        case MarkdownBlock::Kind::paragraph:
            draw_runs(context, block.runs, context.fonts.regular, width);
            break;
        case MarkdownBlock::Kind::heading:
            draw_runs(context, block.runs, context.fonts.strong, width);
            break;
        case MarkdownBlock::Kind::code:
            draw_block_text(context, plain, context.fonts.mono, context.palette.panel, width);
            break;
        case MarkdownBlock::Kind::formula:
            draw_block_text(context, plain, context.fonts.regular, context.palette.panel, width);
            break;
        case MarkdownBlock::Kind::table: draw_table(context, block, width); break;
        case MarkdownBlock::Kind::rule: ImGui::Separator(); break;
    }
    if (block.quotes > 0) {
        const float bottom = ImGui::GetCursorScreenPos().y - em * 0.3f;
        context.draw->AddRectFilled({low.x, low.y}, {low.x + 3, bottom}, context.palette.outline);
    }
    ImGui::Dummy({0, em * 0.15f});
}

}  // namespace

void draw_runs(const ViewContext& context,
               const MarkdownRuns& runs,
               const ImFont* font,
               float width) {
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const float line = ui::font_size(font) * kLineHeight;
    const float lead = (line - ui::font_size(font)) / 2;
    float x = 0;
    float y = 0;
    for (const MarkdownRun& run : runs) {
        const Style style = style_of(run, font, context);
        std::string_view rest = run.text;
        // As many pieces as fit are one text: blanks between them stay equally wide.
        std::size_t taken = 0;
        const auto flush = [&] {
            const std::string_view text = rest.substr(0, taken);
            ui::draw_text(context, {origin.x + x, origin.y + y + lead}, text, style.colour,
                          style.font);
            x += ui::text_size(style.font, text).x;
            rest.remove_prefix(taken);
            taken = 0;
        };
        const auto next_line = [&] {
            x = 0;
            y += line;
        };
        while (taken < rest.size()) {
            if (x == 0 && taken == 0 && rest.front() == ' ') {
                rest.remove_prefix(1);
                continue;
            }
            const std::string_view piece = next_piece(rest.substr(taken));
            if (piece == "\n") {
                flush();
                rest.remove_prefix(1);
                next_line();
                continue;
            }
            const std::string_view longer = rest.substr(0, taken + piece.size());
            if (x + ui::text_size(style.font, longer).x > width && (x > 0 || taken > 0)) {
                flush();
                next_line();
                continue;
            }
            taken += piece.size();
        }
        flush();
    }
    ImGui::SetCursorScreenPos(origin);
    ImGui::Dummy({width, y + line});
}

Prose::Prose(const std::string& markdown) {
    Result<std::vector<MarkdownBlock>> blocks = markdown_blocks(markdown);
    if (blocks.ok()) {
        blocks_ = std::move(*blocks);
    } else {
        blocks_.push_back({.runs = {{.text = markdown}}});
    }
}

void Prose::draw(const ViewContext& context) const {
    for (const MarkdownBlock& block : blocks_) draw_block(context, block);
}

}  // namespace whittle::app
