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

void line(const ViewContext& context, const char* text, ui::Colour colour) {
    const ImVec2 place = ImGui::GetCursorScreenPos();
    const float height = ui::draw_wrapped(context, place, ImGui::GetContentRegionAvail().x, text,
                                          colour, context.fonts.strong);
    ImGui::Dummy({0, height});
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
    tried_.assign(check_.size(), -1);
}

// The answers under each other, each a thing to press while the question is open. Returns the one
// that was pressed, or -1.
int LessonPage::draw_answers(const ViewContext& context,
                             const AskedQuestion& question,
                             int chosen,
                             bool open,
                             bool tells_right) {
    const float em = context.em;
    const ui::Palette& p = context.palette;
    int pressed = -1;
    for (std::size_t i = 0; i < question.answers.size(); ++i) {
        const int index = static_cast<int>(i);
        ImGui::PushID(index);
        const ImVec2 low = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x;
        ImGui::SetCursorScreenPos({low.x + em * 1.8f, low.y + em * 0.25f});
        ImGui::BeginGroup();
        question.answers[i].draw(context);
        ImGui::EndGroup();
        const ui::Box box{low, {low.x + width, ImGui::GetItemRectMax().y}};
        ImGui::SetCursorScreenPos(low);
        if (ImGui::InvisibleButton("answer", box.size()) && open) pressed = index;
        const bool lit = open && (ImGui::IsItemHovered() || ImGui::IsItemFocused());
        const bool right = tells_right && i == question.right;
        const bool marked = right || chosen == index;
        const ui::Colour ring = right                 ? p.good
                                : chosen != index     ? p.outline
                                : tells_right || open ? p.bad
                                                      : p.accent;
        context.draw->AddRect(box.min, box.max,
                              lit      ? p.accent
                              : marked ? ring
                                       : p.grid,
                              6, 0, marked ? 2.0f : 1.0f);
        const ImVec2 centre{low.x + em * 0.9f, low.y + em * 0.98f};
        context.draw->AddCircle(centre, em * 0.42f, ring, 0, 2);
        if (marked) context.draw->AddCircleFilled(centre, em * 0.24f, ring);
        ImGui::PopID();
    }
    return pressed;
}

// Whether it was right is said when the lab has shown it or the student asks.
bool LessonPage::draw_prediction(const ViewContext& context, LessonProgress& kept) {
    const ui::Palette& p = context.palette;
    ImGui::PushID("predict");
    predict_.text.draw(context);
    const bool open = !kept.prediction;
    const int answer = kept.prediction.value_or(-1);
    const bool tells = !open && revealed_;
    const int pressed = draw_answers(context, predict_, answer, open, tells);
    if (pressed >= 0) kept.prediction = pressed;
    if (tells) {
        const bool right = answer == static_cast<int>(predict_.right);
        line(context, right ? "You predicted right." : "It turned out otherwise.",
             right ? p.good : p.bad);
        predict_.explanation.draw(context);
    } else if (!open) {
        line(context, "Locked in. See in the lab whether you are right.", p.muted);
        if (ImGui::Button("Show the answer")) revealed_ = true;
    }
    ImGui::PopID();
    return pressed >= 0;
}

bool LessonPage::draw_check(const ViewContext& context, int index, LessonProgress& kept) {
    const AskedQuestion& question = check_[static_cast<std::size_t>(index)];
    const ui::Palette& p = context.palette;
    int& tried = tried_[static_cast<std::size_t>(index)];
    const int right = static_cast<int>(question.right);
    ImGui::PushID(index);
    question.text.draw(context);
    const auto known = kept.answers.find(index);
    const bool open = known == kept.answers.end() || known->second != right;
    const int pressed = draw_answers(context, question, open ? tried : right, open, !open);
    if (pressed >= 0) tried = pressed;
    if (pressed == right) kept.answers[index] = right;
    if (!open) {
        line(context, "That is right.", p.good);
        question.explanation.draw(context);
    } else if (tried >= 0 && tried != right) {
        line(context, "Not this one. Think again, or try it in the lab.", p.bad);
    }
    ImGui::PopID();
    return pressed == right;
}

bool LessonPage::draw(const ViewContext& context, LessonProgress& kept) {
    const ImVec2 place = ImGui::GetCursorScreenPos();
    ui::draw_text(context, place, lesson_.title, context.palette.text, context.fonts.title);
    ImGui::Dummy({0, context.em * 2.4f});
    about_.draw(context);
    heading(context, "Predict");
    bool given = draw_prediction(context, kept);
    heading(context, "Try");
    attempt_.draw(context);
    heading(context, "Explain");
    explain_.draw(context);
    heading(context, "Check");
    for (int i = 0; i < static_cast<int>(check_.size()); ++i) {
        given |= draw_check(context, i, kept);
        ImGui::Dummy({0, context.em * 0.6f});
    }
    return given;
}

}  // namespace whittle::app
