#include "native/app/shell.h"

#include <algorithm>
#include <cstdio>

namespace whittle::app {

namespace {

constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                    ImGuiWindowFlags_NoSavedSettings |
                                    ImGuiWindowFlags_NoBringToFrontOnFocus;

}  // namespace

Shell::Shell(const Arguments& arguments) : arguments_(arguments) {}

Status Shell::start() {
    // A picture is of what was asked for alone.
    if (arguments_.screenshot.empty()) path_ = progress_path();
    Result<Progress> progress = load_progress(path_);
    if (progress.ok()) {
        progress_ = std::move(*progress);
    } else {
        std::fprintf(stderr, "whittle-app: %s\n", progress.error().message().c_str());
        path_.clear();
    }
    dark_ = (arguments_.theme.empty() ? progress_.theme : arguments_.theme) == "dark";
    std::string lesson = arguments_.lesson.empty() ? progress_.lesson : arguments_.lesson;
    if (lesson.empty() || (arguments_.lesson.empty() && lab_named(lesson) == nullptr)) {
        lesson = all_labs().front().name;
    }
    const std::string link =
        arguments_.link.empty() ? progress_.lessons[lesson].link : arguments_.link;
    const Status status = open(lesson, link);
    for (const std::string& notice : playground_.notices()) {
        std::fprintf(stderr, "whittle-app: %s\n", notice.c_str());
    }
    return status;
}

Status Shell::open(const std::string& lesson, const std::string& link) {
    remember();
    const Status status = playground_.open(lesson, link);
    if (!status.ok()) return status;
    progress_.lesson = lesson;
    playground_.lab().restore_ticked(progress_.lessons[lesson].goals);
    page_.reset();
    if (const Lesson* text = lesson_named(lesson)) page_.emplace(*text);
    shows_outline_ = false;
    return {};
}

void Shell::remember() {
    if (!playground_.is_open() || !playground_.link_done()) return;
    const Lab& lab = playground_.lab();
    Progress::Entry& entry = progress_.lessons[playground_.entry().name];
    entry.link = to_link(lab);
    entry.goals.clear();
    for (std::size_t i = 0; i < lab.goals().size(); ++i) {
        if (lab.goal_ticked(i)) entry.goals.push_back(lab.goals()[i].name);
    }
}

void Shell::save() {
    remember();
    progress_.theme = dark_ ? "dark" : "light";
    const Status status = save_progress(path_, progress_);
    if (!status.ok()) std::fprintf(stderr, "whittle-app: %s\n", status.error().message().c_str());
}

void Shell::draw_outline(const ui::ViewContext& context) {
    for (const LabEntry& entry : all_labs()) {
        const bool here = playground_.entry().name == entry.name;
        const Progress::Entry& known = progress_.lessons[entry.name];
        std::string title = entry.title;
        if (const Lesson* lesson = lesson_named(entry.name)) {
            title = ui::format("%02d  %s", lesson->number, lesson->title.c_str());
        }
        if (ImGui::Selectable(title.c_str(), here, 0, {0, context.em * 2.0f})) {
            (void)open(entry.name, known.link);
            save();
            return;
        }
        if (!known.goals.empty()) {
            ui::draw_text(context, {ImGui::GetItemRectMax().x - context.em * 0.5f, ImGui::GetItemRectMin().y},
                          std::to_string(known.goals.size()) + " \xE2\x9C\x93",
                          context.palette.good, context.fonts.small_strong, 1, 0);
        }
    }
}

void Shell::draw_bar(const ui::ViewContext& context, const ui::Box& box, ui::Screen& screen) {
    ImGui::SetCursorScreenPos({box.min.x, box.min.y});
    if (ImGui::Button(shows_outline_ ? "Back to the lesson" : "All lessons")) {
        remember();
        shows_outline_ = !shows_outline_;
    }
    ImGui::SameLine();
    if (ImGui::Button(dark_ ? "Light" : "Dark")) {
        dark_ = !dark_;
        screen.set_dark(dark_);
    }
    context.draw->AddLine({box.min.x, box.max.y}, box.max, context.palette.grid);
}

void Shell::draw_side(const ui::ViewContext& context, const ui::Box& box) {
    ImGui::SetCursorScreenPos(box.min);
    ImGui::BeginChild(shows_outline_ ? "outline" : progress_.lesson.c_str(), box.size());
    ui::ViewContext inner = context;
    inner.draw = ImGui::GetWindowDrawList();
    if (shows_outline_ || !page_) {
        draw_outline(inner);
    } else if (page_->draw(inner, progress_.lessons[progress_.lesson].answers)) {
        save();
    }
    ImGui::Dummy({0, context.em});
    ImGui::EndChild();
}

void Shell::draw(ui::Screen& screen) {
    ui::Box box{{0, 0}, ImGui::GetIO().DisplaySize};
    const float em = screen.em();
    if (arguments_.with_prose && box.width() >= em * 62) {
        const ui::Box side = box.take_left(std::clamp(box.width() * 0.3f, em * 23, em * 34));
        ImGui::SetNextWindowPos(side.min);
        ImGui::SetNextWindowSize(side.size());
        ImGui::PushFont(screen.fonts().regular);
        ImGui::Begin("lesson", nullptr, kFlags);
        ui::ViewContext context{.draw = ImGui::GetWindowDrawList(),
                                .area = side,
                                .palette = screen.palette(),
                                .fonts = screen.fonts(),
                                .pictures = screen.pictures(),
                                .em = em};
        context.draw->AddRectFilled({side.max.x - 1, side.min.y}, side.max, context.palette.grid);
        ui::Box inside = side.inset(em);
        const ui::Box bar = inside.take_top(em * 2.6f, em * 0.6f);
        draw_bar(context, bar, screen);
        draw_side(context, inside);
        ImGui::End();
        ImGui::PopFont();
    }
    playground_.draw(screen, box, true);
}

}  // namespace whittle::app
