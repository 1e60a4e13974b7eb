#include "lessons/ui/controls.h"

#include <algorithm>
#include <cmath>

#include "lessons/kit/numbers.h"

namespace whittle::ui {

namespace {

enum class Icon { play, pause, step, reset };

void draw_icon(ImDrawList* draw, Icon icon, ImVec2 c, float r, Colour colour) {
    switch (icon) {
        case Icon::play:
            draw->AddTriangleFilled({c.x - r * 0.7f, c.y - r}, {c.x + r, c.y},
                                    {c.x - r * 0.7f, c.y + r}, colour);
            break;
        case Icon::pause:
            draw->AddRectFilled({c.x - r * 0.8f, c.y - r}, {c.x - r * 0.2f, c.y + r}, colour, 1);
            draw->AddRectFilled({c.x + r * 0.2f, c.y - r}, {c.x + r * 0.8f, c.y + r}, colour, 1);
            break;
        case Icon::step:
            draw->AddTriangleFilled({c.x - r * 0.8f, c.y - r}, {c.x + r * 0.5f, c.y},
                                    {c.x - r * 0.8f, c.y + r}, colour);
            draw->AddRectFilled({c.x + r * 0.5f, c.y - r}, {c.x + r * 0.9f, c.y + r}, colour);
            break;
        case Icon::reset: {
            draw->PathArcTo(c, r * 0.9f, -0.9f, 4.1f, 24);
            draw->PathStroke(colour, 0, 1.8f);
            const ImVec2 tip{c.x + r * 0.9f * std::cos(-0.9f), c.y + r * 0.9f * std::sin(-0.9f)};
            draw->AddTriangleFilled({tip.x - r * 0.75f, tip.y - r * 0.1f},
                                    {tip.x + r * 0.3f, tip.y - r * 0.55f},
                                    {tip.x + r * 0.2f, tip.y + r * 0.55f}, colour);
            break;
        }
    }
}

// Logic of a button with our own looks: returns whether it was pressed, and where it lies.
bool plain_button(const char* id, ImVec2 size, Box& box, bool& hovered) {
    const ImVec2 place = ImGui::GetCursorScreenPos();
    const bool pressed = ImGui::InvisibleButton(id, size, ImGuiButtonFlags_None);
    hovered = ImGui::IsItemHovered();
    box = {place, {place.x + size.x, place.y + size.y}};
    if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible) {
        ImGui::GetWindowDrawList()->AddRect({box.min.x - 2, box.min.y - 2},
                                            {box.max.x + 2, box.max.y + 2},
                                            ImGui::GetColorU32(ImGuiCol_NavHighlight), 8, 0, 2);
    }
    return pressed;
}

bool action_button(const ViewContext& context,
                   const Action& action,
                   const char* title,
                   const Icon* icon,
                   bool primary,
                   float width) {
    const Palette& p = context.palette;
    const float em = context.em;
    const ImVec2 text = text_size(context.fonts.strong, title);
    const float icon_width = icon != nullptr ? em * 1.35f : 0;
    const ImVec2 size{std::max(width, text.x + icon_width + em * 1.5f), em * 2.4f};
    Box box;
    bool hovered = false;
    const bool pressed = plain_button(action.name.c_str(), size, box, hovered);
    const Colour base = primary ? p.accent : p.raised;
    const Colour fill = hovered ? mixed(base, primary ? p.text : p.accent, 0.18) : base;
    const Colour ink = primary ? p.on_accent : p.text;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(box.min, box.max, fill, 7);
    const float left = box.centre().x - (text.x + icon_width) / 2;
    if (icon != nullptr)
        draw_icon(draw, *icon, {left + em * 0.45f, box.centre().y}, em * 0.42f, ink);
    ViewContext here = context;
    here.draw = draw;
    draw_text(here, {left + icon_width, box.centre().y}, title, ink, context.fonts.strong, 0, 0.5f);
    if (hovered && !action.help.empty()) tooltip(context, action.help);
    return pressed;
}

float button_width(const ViewContext& context, const std::string& title, bool icon) {
    return text_size(context.fonts.strong, title).x + (icon ? context.em * 1.35f : 0) +
           context.em * 1.5f;
}

// Puts the next item beside the last one if it fits, else below.
void flow(float next_width, bool first) {
    if (first) return;
    const float gap = ImGui::GetStyle().ItemSpacing.x;
    const float right = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x;
    if (ImGui::GetItemRectMax().x + gap + next_width <= right + 0.5f) ImGui::SameLine();
}

std::string full_title(const Parameter& parameter) {
    return parameter.unit.empty() ? parameter.title : parameter.title + " (" + parameter.unit + ")";
}

void title_of(const Parameter& parameter, const ViewContext& context) {
    ImGui::PushFont(context.fonts.small);
    ImGui::AlignTextToFramePadding();
    ImGui::TextUnformatted(full_title(parameter).c_str());
    ImGui::PopFont();
    if (ImGui::IsItemHovered() && !parameter.help.empty()) tooltip(context, parameter.help);
}

// One position of a slider further, as on the page: the parameter's own step, or a 200th of the
// way.
double moved_by_keys(const Parameter& parameter, const Axis& axis, double value, int steps) {
    const bool grid =
        !parameter.logarithmic && (parameter.kind == ParameterKind::integer || parameter.step > 0);
    double moved = value + steps * (parameter.step > 0 ? parameter.step : 1.0);
    if (!grid) {
        moved = axis.from_unit(std::clamp(axis.to_unit(value) + steps / 200.0, 0.0, 1.0));
        const double power = std::pow(10.0, std::floor(std::log10(std::fabs(moved) + 1e-30)) - 2);
        moved = std::round(moved / power) * power;
    }
    return std::clamp(moved, parameter.minimum, parameter.maximum);
}

// A slider without a number in it: the number stands in the field beside.
bool draw_slider(const Parameter& parameter,
                 const ViewContext& context,
                 double& value,
                 float width) {
    const Palette& p = context.palette;
    const float em = context.em;
    Axis axis{{parameter.minimum, parameter.maximum}, parameter.logarithmic};
    const bool fixed = !(parameter.maximum > parameter.minimum);
    Box box;
    bool hovered = false;
    plain_button("slider", {width, em * 2.0f}, box, hovered);
    const bool active = ImGui::IsItemActive();
    const float radius = em * (active ? 0.62f : 0.55f);
    const float left = box.min.x + radius;
    const float right = box.max.x - radius;
    const double before = value;
    if (active && !fixed) {
        const float x = ImGui::GetMousePos().x;
        value =
            axis.from_unit(std::clamp(static_cast<double>((x - left) / (right - left)), 0.0, 1.0));
        if (parameter.logarithmic) {
            // Two digits are enough for what a hand can set.
            const double power = std::pow(10.0, std::floor(std::log10(value)) - 1);
            value =
                std::clamp(std::round(value / power) * power, parameter.minimum, parameter.maximum);
        }
    }
    const bool addressed = hovered || (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible);
    if (addressed && !fixed && !active) {
        if (const int steps = arrow_steps()) value = moved_by_keys(parameter, axis, value, steps);
    }
    const auto unit = static_cast<float>(fixed ? 0.0 : std::clamp(axis.to_unit(value), 0.0, 1.0));
    const float y = box.centre().y;
    const float knob = left + unit * (right - left);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled({left, y - 2.5f}, {right, y + 2.5f}, p.outline, 3);
    const bool two_sided = !parameter.logarithmic && parameter.minimum < 0 && parameter.maximum > 0;
    const float origin =
        two_sided ? left + static_cast<float>(axis.to_unit(0)) * (right - left) : left;
    draw->AddRectFilled({std::min(origin, knob), y - 2.5f}, {std::max(origin, knob), y + 2.5f},
                        p.accent, 3);
    draw->AddCircleFilled({knob, y}, radius, p.accent);
    draw->AddCircleFilled({knob, y}, radius * (hovered || active ? 0.3f : 0.42f), p.on_accent);
    if (context.grabs != nullptr) context.grabs->push_back(box);
    return value != before;
}

void draw_number(Lab& lab, std::size_t index, const ViewContext& context) {
    const Parameter& parameter = lab.parameters()[index];
    double value = lab.value(index);
    const float em = context.em;
    const float room = ImGui::GetContentRegionAvail().x;
    const float field = em * 5.0f;
    const float label = std::floor(room * (context.compact ? 0.34f : 0.36f));
    const float start = ImGui::GetCursorPosX();
    const bool long_title =
        text_size(context.fonts.small, full_title(parameter)).x > label - em * 0.4f;
    title_of(parameter, context);
    if (long_title) {
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() - em * 0.45f);
        ImGui::SetCursorPosX(start);
    } else {
        ImGui::SameLine(start + label);
    }
    const float used = long_title ? 0 : label;
    if (draw_slider(parameter, context, value, room - used - field - em * 0.5f)) {
        lab.set_value(index, value);
    }
    ImGui::SameLine();
    ImGui::SetNextItemWidth(field);
    double typed = lab.value(index);
    const char* shape = parameter.kind == ParameterKind::integer ? "%.0f" : "%.6g";
    ImGui::InputDouble("##value", &typed, 0, 0, shape);
    if (ImGui::IsItemDeactivatedAfterEdit()) lab.set_value(index, typed);
    if (context.grabs != nullptr) {
        context.grabs->push_back({ImGui::GetItemRectMin(), ImGui::GetItemRectMax()});
    }
}

// Choices side by side, where they fit.
bool draw_segments(Lab& lab, std::size_t index, const ViewContext& context) {
    const Parameter& parameter = lab.parameters()[index];
    const Palette& p = context.palette;
    const float em = context.em;
    const float room = ImGui::GetContentRegionAvail().x;
    float needed = 0;
    for (const std::string& choice : parameter.choices) {
        needed = std::max(needed, text_size(context.fonts.small, choice).x + em);
    }
    const auto count = static_cast<float>(parameter.choices.size());
    if (needed * count > room) return false;
    const float width = std::min(room / count, needed + em * 1.5f);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(origin, {origin.x + width * count, origin.y + em * 2.1f}, p.raised, 7);
    ViewContext here = context;
    here.draw = draw;
    const auto chosen = static_cast<std::size_t>(lab.value(index));
    for (std::size_t i = 0; i < parameter.choices.size(); ++i) {
        if (i > 0) ImGui::SameLine(0, 0);
        Box box;
        bool hovered = false;
        if (plain_button(parameter.choices[i].c_str(), {width, em * 2.1f}, box, hovered)) {
            lab.set_value(index, static_cast<double>(i));
        }
        const Box inner = box.inset(3);
        if (i == chosen) {
            draw->AddRectFilled(inner.min, inner.max, p.accent, 5);
        } else if (hovered) {
            draw->AddRectFilled(inner.min, inner.max, mixed(p.raised, p.accent, 0.2), 5);
        }
        draw_text(here, box.centre(), parameter.choices[i], i == chosen ? p.on_accent : p.text,
                  context.fonts.small, 0.5f, 0.5f);
    }
    return true;
}

void draw_choice(Lab& lab, std::size_t index, const ViewContext& context) {
    const Parameter& parameter = lab.parameters()[index];
    title_of(parameter, context);
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() - context.em * 0.45f);
    if (draw_segments(lab, index, context)) return;
    ImGui::SetNextItemWidth(-1);
    if (ImGui::BeginCombo("##choice", lab.value_text(index).c_str())) {
        for (std::size_t i = 0; i < parameter.choices.size(); ++i) {
            const bool chosen = static_cast<double>(i) == lab.value(index);
            if (ImGui::Selectable(parameter.choices[i].c_str(), chosen)) {
                lab.set_value(index, static_cast<double>(i));
            }
            if (chosen) ImGui::SetItemDefaultFocus();
        }
        ImGui::EndCombo();
    }
}

float toggle_width(const Parameter& parameter, const ViewContext& context) {
    return text_size(context.fonts.small, parameter.title).x + context.em * 3.2f;
}

void draw_toggle(Lab& lab, std::size_t index, const ViewContext& context) {
    const Parameter& parameter = lab.parameters()[index];
    const Palette& p = context.palette;
    const float em = context.em;
    Box box;
    bool hovered = false;
    if (plain_button("toggle", {toggle_width(parameter, context), em * 2.0f}, box, hovered)) {
        lab.set_value(index, lab.value(index) != 0.0 ? 0.0 : 1.0);
    }
    const bool on = lab.value(index) != 0.0;
    const float radius = em * 0.55f;
    const ImVec2 low{box.min.x, box.centre().y - radius};
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(low, {low.x + em * 2.0f, low.y + 2 * radius}, on ? p.accent : p.outline,
                        radius);
    draw->AddCircleFilled({low.x + (on ? em * 2.0f - radius : radius), box.centre().y},
                          radius - 2.5f, on ? p.on_accent : p.background);
    ViewContext here = context;
    here.draw = draw;
    draw_text(here, {low.x + em * 2.5f, box.centre().y}, parameter.title, p.text,
              context.fonts.small, 0, 0.5f);
    if (hovered && !parameter.help.empty()) tooltip(context, parameter.help);
}

const Action* action_named(const Lab& lab, std::string_view name) {
    for (const Action& action : lab.actions()) {
        if (action.name == name) return &action;
    }
    return nullptr;
}

void perform(Lab& lab, const std::string& action, ControlsState& state) {
    const Status status = lab.act(action);
    state.message = status.ok() ? "" : status.error().message();
}

}  // namespace

void draw_actions(Lab& lab, const ViewContext& context, ControlsState& state) {
    ImGui::PushID("actions");
    bool first = true;
    const auto button = [&](const Action& action, const std::string& title, const Icon* icon,
                            bool primary) {
        flow(button_width(context, title, icon != nullptr), first);
        first = false;
        if (action_button(context, action, title.c_str(), icon, primary, 0)) {
            perform(lab, action.name, state);
        }
    };
    static constexpr Icon icons[] = {Icon::play, Icon::pause, Icon::step, Icon::reset};
    const Action* play = action_named(lab, lab.playing() ? "pause" : "play");
    if (play != nullptr) button(*play, play->title, &icons[lab.playing() ? 1 : 0], true);
    if (const Action* step = action_named(lab, "step"))
        button(*step, step->title, &icons[2], false);
    if (const Action* reset = action_named(lab, "reset")) {
        button(*reset, reset->title, &icons[3], false);
    }
    for (const Action& action : lab.actions()) {
        const std::string& name = action.name;
        if (name == "play" || name == "pause" || name == "step" || name == "reset") continue;
        if (action.group.empty()) button(action, action.title, nullptr, false);
    }
    if (!state.message.empty()) {
        ImGui::PushStyleColor(ImGuiCol_Text, context.palette.bad);
        ImGui::TextWrapped("%s", state.message.c_str());
        ImGui::PopStyleColor();
    }
    ImGui::PopID();
}

namespace {

// A heading that opens and closes what stands under it.
bool draw_group_heading(const std::string& group,
                        const ViewContext& context,
                        ControlsState& state) {
    const Palette& p = context.palette;
    const float em = context.em;
    Box box;
    bool hovered = false;
    ImGui::Dummy({0, em * 0.1f});
    const bool pressed =
        plain_button("heading", {ImGui::GetContentRegionAvail().x, em * 1.9f}, box, hovered);
    if (pressed && state.closed_groups.erase(group) == 0) state.closed_groups.insert(group);
    const bool open = state.closed_groups.count(group) == 0;
    ViewContext here = context;
    here.draw = ImGui::GetWindowDrawList();
    draw_text(here, {box.min.x, box.centre().y}, group, hovered ? p.accent : p.text,
              context.fonts.strong, 0, 0.5f);
    const ImVec2 c{box.max.x - em * 0.6f, box.centre().y};
    const float r = em * 0.3f;
    const ImVec2 down[] = {{c.x - r, c.y - r / 2}, {c.x, c.y + r / 2}, {c.x + r, c.y - r / 2}};
    const ImVec2 right[] = {{c.x - r / 2, c.y - r}, {c.x + r / 2, c.y}, {c.x - r / 2, c.y + r}};
    here.draw->AddPolyline(open ? down : right, 3, hovered ? p.accent : p.muted, 0, 2);
    return open;
}

void draw_group_actions(Lab& lab,
                        const std::string& group,
                        const ViewContext& context,
                        ControlsState& state) {
    bool first = true;
    for (const Action& action : lab.actions()) {
        if (group.empty() || action.group != group) continue;
        flow(button_width(context, action.title, false), first);
        first = false;
        if (action_button(context, action, action.title.c_str(), nullptr, false, 0)) {
            perform(lab, action.name, state);
        }
    }
}

void draw_parameter(Lab& lab, std::size_t index, const ViewContext& context, bool after_toggle) {
    const Parameter& parameter = lab.parameters()[index];
    ImGui::PushID(parameter.name.c_str());
    switch (parameter.kind) {
        case ParameterKind::number:
        case ParameterKind::integer: draw_number(lab, index, context); break;
        case ParameterKind::choice: draw_choice(lab, index, context); break;
        case ParameterKind::toggle:
            flow(toggle_width(parameter, context), !after_toggle);
            draw_toggle(lab, index, context);
            break;
    }
    ImGui::PopID();
}

bool shown(const Lab& lab, const ViewEntry* view, const Parameter& parameter) {
    return view == nullptr || view->shows == nullptr || view->shows(lab, parameter.name);
}

// Is there anything under the group's heading now?
bool group_shown(const Lab& lab, const ViewEntry* view, const std::string& group) {
    return std::any_of(lab.parameters().begin(), lab.parameters().end(),
                       [&](const Parameter& parameter) {
                           return parameter.group == group && shown(lab, view, parameter);
                       }) ||
           std::any_of(lab.actions().begin(), lab.actions().end(),
                       [&](const Action& action) { return action.group == group; });
}

}  // namespace

void draw_parameters(Lab& lab,
                     const ViewContext& context,
                     const ViewEntry* view,
                     ControlsState& state) {
    ImGui::PushID("parameters");
    std::string group;
    bool open = true;
    bool after_toggle = false;
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        const Parameter& parameter = lab.parameters()[i];
        if (parameter.group != group) {
            if (open) draw_group_actions(lab, group, context, state);
            group = parameter.group;
            ImGui::PushID(group.c_str());
            open = group.empty() ||
                   (group_shown(lab, view, group) && draw_group_heading(group, context, state));
            ImGui::PopID();
            after_toggle = false;
        }
        if (!open || !shown(lab, view, parameter)) continue;
        draw_parameter(lab, i, context, after_toggle);
        after_toggle = parameter.kind == ParameterKind::toggle;
    }
    if (open) draw_group_actions(lab, group, context, state);
    ImGui::PopID();
}

void close_rare_groups(const Lab& lab, ControlsState& state) {
    std::vector<std::string> groups;
    for (const Parameter& parameter : lab.parameters()) {
        if (parameter.group.empty()) continue;
        if (groups.empty() || groups.back() != parameter.group) groups.push_back(parameter.group);
    }
    for (std::size_t i = kGroupsOpenAtFirst; i < groups.size(); ++i) {
        state.closed_groups.insert(groups[i]);
    }
}

void draw_readouts(const Lab& lab, const ViewContext& context) {
    const Palette& p = context.palette;
    const float em = context.em;
    const float room = ImGui::GetContentRegionAvail().x;
    const int columns = std::max(1, static_cast<int>(room / (em * 10.5f)));
    const float gap = em * 0.5f;
    const float width =
        (room - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const float height = em * 3.4f;
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    ViewContext here = context;
    here.draw = ImGui::GetWindowDrawList();
    int shown = 0;
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        const Readout& readout = lab.readouts()[i];
        const auto column = static_cast<float>(shown % columns);
        const auto row = static_cast<float>(shown / columns);
        ++shown;
        const ImVec2 low{origin.x + column * (width + gap), origin.y + row * (height + gap)};
        const Box box{low, {low.x + width, low.y + height}};
        here.draw->AddRectFilled(box.min, box.max, p.panel, 6);
        here.draw->PushClipRect(box.min, box.max, true);
        draw_text(here, {low.x + em * 0.6f, low.y + em * 0.4f}, readout.title, p.muted,
                  context.fonts.small);
        std::string text = lab.readout_text(i);
        if (!readout.unit.empty() && !std::isnan(lab.readout(i))) text += " " + readout.unit;
        const bool fits = text_size(context.fonts.large, text).x < width - em * 1.2f;
        draw_text(here, {low.x + em * 0.6f, low.y + em * 1.45f}, text, p.text,
                  fits ? context.fonts.large : context.fonts.strong);
        here.draw->PopClipRect();
        if (pointer_in(box)) {
            tooltip(context,
                    readout.help.empty() ? readout.title : readout.title + "\n" + readout.help);
        }
    }
    const int rows = (shown + columns - 1) / columns;
    ImGui::Dummy({room, static_cast<float>(rows) * (height + gap)});
}

void draw_goals(const Lab& lab, const ViewContext& context, ControlsState& state) {
    if (lab.goals().empty()) return;
    const Palette& p = context.palette;
    const float em = context.em;
    ImGui::PushID("goals");
    ViewContext here = context;
    here.draw = ImGui::GetWindowDrawList();
    for (std::size_t i = 0; i < lab.goals().size(); ++i) {
        const Goal& goal = lab.goals()[i];
        const bool ticked = lab.goal_ticked(i);
        ImGui::PushID(goal.name.c_str());
        const float room = ImGui::GetContentRegionAvail().x;
        const ImVec2 low = ImGui::GetCursorScreenPos();
        const float left = em * 1.9f;
        const float hint_width = em * 3.2f;
        const float height =
            draw_wrapped(here, {low.x + left, low.y + em * 0.25f}, room - left - hint_width,
                         goal.title, ticked ? p.muted : p.text, context.fonts.regular);
        const ImVec2 centre{low.x + em * 0.75f,
                            low.y + em * 0.25f + font_size(context.fonts.regular) * 0.5f};
        if (ticked) {
            here.draw->AddCircleFilled(centre, em * 0.62f, p.good);
            const ImVec2 tick[] = {{centre.x - em * 0.28f, centre.y + em * 0.02f},
                                   {centre.x - em * 0.06f, centre.y + em * 0.24f},
                                   {centre.x + em * 0.3f, centre.y - em * 0.22f}};
            here.draw->AddPolyline(tick, 3, p.background, 0, 2);
        } else {
            here.draw->AddCircle(centre, em * 0.58f, p.outline, 0, 2);
        }
        ImGui::SetCursorScreenPos({low.x + room - hint_width, low.y - em * 0.2f});
        if (!ticked && !goal.hint.empty()) {
            Box box;
            bool hovered = false;
            const bool open = state.open_hint == goal.name;
            if (plain_button("hint", {hint_width, em * 1.8f}, box, hovered)) {
                state.open_hint = open ? "" : goal.name;
            }
            draw_text(here, {box.max.x, box.centre().y}, open ? "Hide" : "Hint", p.accent,
                      context.fonts.small_strong, 1, 0.5f);
        }
        float bottom = low.y + std::max(height, em * 1.2f) + em * 0.6f;
        if (state.open_hint == goal.name && !ticked) {
            bottom += draw_wrapped(here, {low.x + left, bottom - em * 0.2f}, room - left, goal.hint,
                                   p.muted, context.fonts.small) +
                      em * 0.4f;
        }
        ImGui::SetCursorScreenPos(low);
        ImGui::Dummy({room, bottom - low.y});
        ImGui::PopID();
    }
    ImGui::PopID();
}

}  // namespace whittle::ui
