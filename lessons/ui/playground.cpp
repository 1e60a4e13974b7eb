#include "lessons/ui/playground.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace whittle::ui {

namespace {

constexpr ImGuiWindowFlags kPanelFlags =
    ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
    ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNavFocus |
    ImGuiWindowFlags_NoBackground;  // the screen was cleared to the same colour

void begin_child(const char* name, const Box& box, bool scrolls) {
    ImGui::SetCursorScreenPos(box.min);
    ImGui::BeginChild(name, box.size(), false,
                      scrolls ? ImGuiWindowFlags_None
                              : ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
}

void draw_section(const ViewContext& context, const char* title) {
    ImGui::Dummy({0, context.em * 0.15f});
    ImGui::PushFont(context.fonts.strong);
    ImGui::TextUnformatted(title);
    ImGui::PopFont();
}

}  // namespace

Status Playground::open(std::string_view lesson, std::string_view link) {
    const LabEntry* entry = lab_named(lesson);
    if (entry == nullptr) {
        std::string names;
        for (const LabEntry& known : all_labs()) {
            names += (names.empty() ? "" : ", ") + std::string(known.name);
        }
        return Error{.place = "lesson", .expected = "one of " + names, .found = quoted(lesson)};
    }
    replay_.reset();
    lab_ = entry->make();
    entry_ = entry;
    view_ = view_of(entry->name);
    controls_ = {};
    close_rare_groups(*lab_, controls_);
    ++opened_;
    replay_ = std::make_unique<LinkReplay>(*lab_, link);
    return {};
}

std::vector<std::string> Playground::notices() const {
    return replay_ == nullptr ? std::vector<std::string>() : replay_->notices();
}

void Playground::finish_link() {
    while (!link_done()) replay_->advance(1.0);
}

std::string Playground::summary() const {
    if (!is_open()) return "";
    if (view_ != nullptr && view_->describe != nullptr) return view_->describe(*lab_);
    std::string text = entry_->title;
    for (std::size_t i = 0; i < lab_->readouts().size(); ++i) {
        text += (i == 0 ? ": " : ", ") + lab_->readouts()[i].title + " " + lab_->readout_text(i);
    }
    return text;
}

bool Playground::advance() {
    if (!is_open()) return false;
    if (!link_done()) {
        replay_->advance(kSlice);
        return true;
    }
    return lab_->advance(kSlice);
}

bool Playground::grabs(ImVec2 place) const {
    return std::any_of(grabs_.begin(), grabs_.end(),
                       [&](const Box& box) { return box.contains(place); });
}

void Playground::draw_view(const ViewContext& context) {
    if (view_ != nullptr) view_->draw(*lab_, context);
    if (link_done()) return;
    const Box bar{{context.area.min.x, context.area.min.y},
                  {context.area.max.x, context.area.min.y + 4}};
    context.draw->AddRectFilled(bar.min, bar.max, context.palette.raised, 2);
    const auto share = static_cast<float>(replay_->progress());
    context.draw->AddRectFilled(bar.min, {bar.min.x + share * bar.width(), bar.max.y},
                                context.palette.accent, 2);
}

void Playground::draw_controls(const ViewContext& context) {
    ViewContext inner = context;
    inner.draw = ImGui::GetWindowDrawList();
    draw_actions(*lab_, inner, controls_);
    ImGui::Dummy({0, context.em * 0.1f});
    draw_parameters(*lab_, inner, view_, controls_);
    if (!lab_->goals().empty()) {
        draw_section(inner, "Goals");
        draw_goals(*lab_, inner, controls_);
    }
    draw_section(inner, "Readouts");
    draw_readouts(*lab_, inner);
}

void Playground::draw_wide(const ViewContext& context, const Box& box) {
    const float em = context.em;
    Box view = box;
    const float width = std::clamp(box.width() * 0.31f, em * 21, em * 27);
    const Box panel = view.take_left(width, em * 1.2f);
    begin_child("controls", panel, true);
    draw_controls(context);
    ImGui::EndChild();
    begin_child("view", view, false);
    ViewContext inner = context.in(view);
    inner.draw = ImGui::GetWindowDrawList();
    draw_view(inner);
    ImGui::EndChild();
}

void Playground::draw_narrow(const ViewContext& context, const Box& box) {
    const float em = context.em;
    begin_child("all", box, true);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const float height = std::clamp(width * 1.2f, em * 16, std::max(em * 16, box.height() * 0.72f));
    ViewContext inner = context.in({origin, {origin.x + width, origin.y + height}});
    inner.draw = ImGui::GetWindowDrawList();
    inner.compact = true;
    draw_view(inner);
    ImGui::SetCursorScreenPos({origin.x, origin.y + height + em * 0.6f});
    draw_controls(inner);
    // A finger on nothing that it could drag scrolls.
    const ImGuiIO& io = ImGui::GetIO();
    if (ImGui::IsWindowHovered(ImGuiHoveredFlags_RootAndChildWindows) && io.MouseDown[0] &&
        !ImGui::IsAnyItemActive() && !grabs(io.MouseClickedPos[0])) {
        ImGui::SetScrollY(ImGui::GetScrollY() - io.MouseDelta.y);
    }
    ImGui::EndChild();
}

void Playground::draw(Screen& screen, const Box& box, bool with_controls) {
    grabs_.clear();
    tip_.clear();
    ImGui::SetNextWindowPos(box.min);
    ImGui::SetNextWindowSize(box.size());
    ImGui::PushFont(screen.fonts().regular);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::Begin("playground", nullptr, kPanelFlags | ImGuiWindowFlags_NoScrollWithMouse);
    ViewContext context{.draw = ImGui::GetWindowDrawList(),
                        .area = box,
                        .palette = screen.palette(),
                        .fonts = screen.fonts(),
                        .pictures = screen.pictures(),
                        .em = screen.em(),
                        .grabs = &grabs_,
                        .places = places_,
                        .tip = &tip_};
    const float margin = std::round(context.em * (box.width() < context.em * 40 ? 0.6f : 1.1f));
    const Box inside = box.inset(margin);
    context.area = inside;
    if (is_open() && inside.width() > 40 && inside.height() > 40) {
        context.version = (lab_->revision() << 1 | (screen.dark() ? 1 : 0)) + (opened_ << 40);
        context.compact = inside.width() < context.em * 40;
        if (!with_controls) {
            draw_view(context);
        } else if (inside.width() < context.em * 48) {
            draw_narrow(context, inside);
        } else {
            draw_wide(context, inside);
        }
    }
    ImGui::End();
    ImGui::PopStyleVar();
    ImGui::PopFont();
}

std::vector<Place> Playground::places(Screen& screen, const Box& box, bool with_controls) {
    std::vector<Place> found;
    places_ = &found;
    draw(screen, box, with_controls);
    places_ = nullptr;
    return found;
}

}  // namespace whittle::ui
