#include "native/app/shell.h"

#include <algorithm>
#include <cstdio>

#include "core/base/platform/files.h"
#include "lessons/models.h"

namespace whittle::app {

namespace {

constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                    ImGuiWindowFlags_NoSavedSettings |
                                    ImGuiWindowFlags_NoBringToFrontOnFocus;
// In units of the text's size.
constexpr float kWidthForBoth = 62;
constexpr float kBarHeight = 3.6f;

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
    const bool with_model = !arguments_.open.empty();
    const Status status = open(lesson, with_model ? "" : link);
    if (status.ok() && with_model) {
        if (const Status opened = open_model_file(arguments_.open); !opened.ok()) return opened;
        for (const std::string& notice : apply_link(playground_.lab(), arguments_.link)) {
            std::fprintf(stderr, "whittle-app: %s\n", notice.c_str());
        }
    }
    if (status.ok() && !arguments_.import.empty()) {
        if (const Status imported = import_progress(arguments_.import); !imported.ok()) {
            return imported;
        }
    }
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
    // Who comes with a link, or back to a lab, has begun already.
    unlocked_ = !link.empty() || !arguments_.screenshot.empty() || !arguments_.with_prose;
    shows_lab_ = !locked();
    return {};
}

Status Shell::import_progress(const std::string& path) {
    if (!file_exists(path)) {
        return Error{.file = path, .place = "progress", .expected = "a file", .found = "none"};
    }
    const Result<Progress> found = load_progress(path);
    if (!found.ok()) return found.status();
    remember();
    progress_ = merged(progress_, *found);
    playground_.lab().restore_ticked(kept().goals);
    save();
    return {};
}

Status Shell::open_model_file(const std::string& path) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(path);
    if (!bytes.ok()) return bytes.status();
    playground_.finish_link();
    return open_model(playground_.entry().name, playground_.lab(), *bytes).in_file(path);
}

void Shell::take_file(const std::string& path) {
    if (path.ends_with(".tflite")) {
        const Status opened = open_model_file(path);
        message_ =
            opened.ok() ? "The lab has the model " + path + " now." : opened.error().message();
        return;
    }
    const Status status = import_progress(path);
    message_ = status.ok() ? "The progress in " + path + " was added to yours."
                           : status.error().message() + " Yours is as it was.";
}

void Shell::remember() {
    if (!playground_.is_open() || !playground_.link_done()) return;
    const Lab& lab = playground_.lab();
    LessonProgress& entry = progress_.lessons[playground_.entry().name];
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
        const LessonProgress& known = progress_.lessons[entry.name];
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
            ui::draw_text(
                context, {ImGui::GetItemRectMax().x - context.em * 0.5f, ImGui::GetItemRectMin().y},
                std::to_string(known.goals.size()) + " \xE2\x9C\x93", context.palette.good,
                context.fonts.small_strong, 1, 0);
        }
    }
}

void Shell::draw_bar(const ui::ViewContext& context,
                     const ui::Box& box,
                     ui::Screen& screen,
                     bool narrow) {
    ImGui::SetCursorScreenPos({box.min.x, box.min.y});
    if (ImGui::Button(shows_outline_ ? "Back" : "All lessons")) {
        remember();
        shows_outline_ = !shows_outline_;
    }
    ImGui::SameLine();
    if (narrow && !shows_outline_ && page_) {
        if (ImGui::Button(shows_lab_ ? "Lesson" : "Lab")) shows_lab_ = !shows_lab_;
        ImGui::SameLine();
    }
    if (ImGui::Button(dark_ ? "Light" : "Dark")) {
        dark_ = !dark_;
        screen.set_dark(dark_);
    }
    context.draw->AddLine({box.min.x, box.max.y}, box.max, context.palette.grid);
}

// In the lab's place until there is a prediction.
void Shell::draw_veil(const ui::ViewContext& context, const ui::Box& box) {
    const float em = context.em;
    const float width = std::min(box.width() - 2 * em, em * 26);
    const ImVec2 place{box.centre().x - width / 2, box.centre().y - em * 4};
    context.draw->AddRectFilled(box.min, box.max, context.palette.panel);
    ui::draw_text(context, place, "First make your prediction", context.palette.text,
                  context.fonts.large);
    const float height = ui::draw_wrapped(
        context, {place.x, place.y + em * 2}, width,
        "A guess is fine: nobody counts it. What you expected makes you see what happens. The lab "
        "opens as soon as you have answered.",
        context.palette.muted);
    ImGui::SetCursorScreenPos({place.x, place.y + em * 2.8f + height});
    if (ImGui::Button("Skip the prediction")) unlocked_ = true;
}

void Shell::draw_side(const ui::ViewContext& context, const ui::Box& box) {
    ImGui::SetCursorScreenPos(box.min);
    ImGui::BeginChild(shows_outline_ ? "outline" : progress_.lesson.c_str(), box.size());
    ui::ViewContext inner = context;
    inner.draw = ImGui::GetWindowDrawList();
    if (!message_.empty()) {
        ImGui::TextWrapped("%s", message_.c_str());
        if (ImGui::Button("Good")) message_.clear();
    }
    if (shows_outline_ || !page_) {
        draw_outline(inner);
    } else {
        const Lab& lab = playground_.lab();
        bool all = !lab.goals().empty();
        for (std::size_t i = 0; i < lab.goals().size(); ++i) all = all && lab.goal_ticked(i);
        if (all) page_->reveal();
        if (page_->draw(inner, kept())) save();
    }
    ImGui::Dummy({0, context.em});
    ImGui::EndChild();
}

// The text's side, or a narrow window's bar and what it shows under it.
void Shell::draw_lesson(ui::Screen& screen, const ui::Box& box, bool narrow) {
    const float em = screen.em();
    ImGui::SetNextWindowPos(box.min);
    ImGui::SetNextWindowSize(box.size());
    ImGui::PushFont(screen.fonts().regular);
    ImGui::Begin("lesson", nullptr, kFlags);
    ui::ViewContext context{.draw = ImGui::GetWindowDrawList(),
                            .area = box,
                            .palette = screen.palette(),
                            .fonts = screen.fonts(),
                            .pictures = screen.pictures(),
                            .em = em};
    if (!narrow) {
        context.draw->AddRectFilled({box.max.x - 1, box.min.y}, box.max, context.palette.grid);
    }
    ui::Box inside = box.inset(em * (narrow ? 0.6f : 1.0f));
    const ui::Box bar = inside.take_top(em * 2.6f, em * 0.6f);
    draw_bar(context, bar, screen, narrow);
    if (!narrow || shows_outline_ || !shows_lab_) {
        draw_side(context, inside);
    } else if (locked()) {
        draw_veil(context, inside);
    }
    ImGui::End();
    ImGui::PopFont();
}

void Shell::draw_closed_lab(ui::Screen& screen, const ui::Box& box) {
    ImGui::SetNextWindowPos(box.min);
    ImGui::SetNextWindowSize(box.size());
    ImGui::PushFont(screen.fonts().regular);
    ImGui::Begin("closed lab", nullptr, kFlags);
    const ui::ViewContext context{.draw = ImGui::GetWindowDrawList(),
                                  .area = box,
                                  .palette = screen.palette(),
                                  .fonts = screen.fonts(),
                                  .pictures = screen.pictures(),
                                  .em = screen.em()};
    draw_veil(context, box);
    ImGui::End();
    ImGui::PopFont();
}

void Shell::draw(ui::Screen& screen) {
    ui::Box box{{0, 0}, ImGui::GetIO().DisplaySize};
    const float em = screen.em();
    if (!arguments_.with_prose) {
        playground_.draw(screen, box, true);
        return;
    }
    if (box.width() < em * kWidthForBoth) {
        const bool lab_alone = shows_lab_ && !shows_outline_ && !locked();
        const ui::Box top = lab_alone ? box.take_top(em * kBarHeight) : box;
        draw_lesson(screen, top, true);
        if (lab_alone) playground_.draw(screen, box, true);
        return;
    }
    const ui::Box side = box.take_left(std::clamp(box.width() * 0.3f, em * 23, em * 34));
    draw_lesson(screen, side, false);
    if (locked()) {
        draw_closed_lab(screen, box);
    } else {
        playground_.draw(screen, box, true);
    }
}

}  // namespace whittle::app
