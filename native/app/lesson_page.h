#pragma once

#include <optional>
#include <vector>

#include "native/app/prose.h"

namespace whittle::app {

// What a student answered in one lesson; -1: not yet.
struct Answers {
    int predict = -1;
    std::vector<int> check;
};

// A lesson's text: the question that is asked first, what to try, the explanation, the quiz.
class LessonPage {
public:
    explicit LessonPage(const Lesson& lesson);
    const Lesson& lesson() const { return lesson_; }
    // Returns whether an answer was given in this frame.
    bool draw(const ui::ViewContext& context, Answers& answers) const;

private:
    struct AskedQuestion {
        Prose text;
        std::vector<Prose> answers;
        Prose explanation;
        std::size_t right;
    };
    static AskedQuestion asked(const Question& question);
    static bool draw_question(const ui::ViewContext& context, const AskedQuestion& question,
                              int& answer, int id, bool tells_right);

    const Lesson& lesson_;
    Prose about_;
    AskedQuestion predict_;
    Prose attempt_;
    Prose explain_;
    std::vector<AskedQuestion> check_;
};

}  // namespace whittle::app
