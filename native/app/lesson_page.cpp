#include "native/app/lesson_page.h"

namespace whittle::app {

namespace {

using ui::ViewContext;

void heading(const ViewContext& context, const char* title) {
    ImGui::Dummy({0, context.em * 0.4f});
    const ImVec2 place = ImGui::GetCursorScreenPos();
    ui::draw_text(context, place, title, context.palette.text, context.fonts.large);
    ImGui::Dummy({0, context.em * 1.6f});
}

}  // namespace

LessonPage::AskedQuestion LessonPage::asked(const Question& question) {
    AskedQuestion made{Prose(question.text), {}, Prose(question.explanation), question.right};
    for (const std::string& answer : question.answers) made.answers.emplace_back(answer);
    return made;
}

LessonPage::LessonPage(const Lesson& lesson)
    : lesson_(lesson),
      about_(lesson.about),
      predict_(asked(lesson.predict)),
      attempt_(lesson.attempt),
      explain_(lesson.explain) {
    for (const Question& question : lesson.check) check_.push_back(asked(question));
}

// An answer is given once; then the right one and the explanation are shown.
bool LessonPage::draw_question(const ViewContext& context, const AskedQuestion& question,
                               int& answer, int id, bool tells_right) {
    const float em = context.em;
    bool given = false;
    ImGui::PushID(id);
    question.text.draw(context);
    for (std::size_t i = 0; i < question.answers.size(); ++i) {
        const int index = static_cast<int>(i);
        ImGui::PushID(index);
        const ImVec2 low = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x;
        ImGui::SetCursorScreenPos({low.x + em * 1.8f, low.y + em * 0.3f});
        ImGui::BeginGroup();
        question.answers[i].draw(context);
        ImGui::EndGroup();
        const float bottom = ImGui::GetItemRectMax().y;
        const ui::Box box{low, {low.x + width, bottom}};
        ImGui::SetCursorScreenPos(low);
        const bool pressed = ImGui::InvisibleButton("answer", {width, bottom - low.y});
        const ui::Palette& p = context.palette;
        const bool hovered = ImGui::IsItemHovered() && answer < 0;
        const bool chosen = answer == index;
        const bool right = answer >= 0 && tells_right && i == question.right;
        const ui::Colour ring = right ? p.good : chosen ? (tells_right ? p.bad : p.accent) : p.outline;
        context.draw->AddRect(box.min, box.max, hovered ? p.accent : right || chosen ? ring : p.grid, 6, 0,
                              right || chosen ? 2.0f : 1.0f);
        const ImVec2 centre{low.x + em * 0.9f, low.y + em * 1.0f};
        context.draw->AddCircle(centre, em * 0.42f, ring, 0, 2);
        if (right || chosen) context.draw->AddCircleFilled(centre, em * 0.24f, ring);
        if (pressed && answer < 0) {
            answer = index;
            given = true;
        }
        ImGui::PopID();
    }
    if (answer >= 0) question.explanation.draw(context);
    ImGui::PopID();
    return given;
}

bool LessonPage::draw(const ViewContext& context, Answers& answers) const {
    answers.check.resize(check_.size(), -1);
    bool given = false;
    const ImVec2 place = ImGui::GetCursorScreenPos();
    ImGui::PushTextWrapPos();
    ui::draw_text(context, place, lesson_.title, context.palette.text, context.fonts.title);
    ImGui::PopTextWrapPos();
    ImGui::Dummy({0, context.em * 2.4f});
    about_.draw(context);
    heading(context, "Predict");
    given |= draw_question(context, predict_, answers.predict, -1, true);
    heading(context, "Try");
    attempt_.draw(context);
    heading(context, "Explain");
    explain_.draw(context);
    heading(context, "Check");
    for (std::size_t i = 0; i < check_.size(); ++i) {
        given |= draw_question(context, check_[i], answers.check[i], static_cast<int>(i), true);
        ImGui::Dummy({0, context.em * 0.6f});
    }
    return given;
}

}  // namespace whittle::app
