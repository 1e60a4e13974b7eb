#pragma once

#include <vector>

#include "lessons/kit/progress.h"
#include "native/app/prose.h"

namespace whittle::app {

// A lesson's text: the question that is asked first, what to try, the explanation, the quiz. The
// prediction is given once; a question of the quiz is asked until the answer is right.
class LessonPage {
public:
    explicit LessonPage(const Lesson& lesson);
    const Lesson& lesson() const { return lesson_; }
    // Says whether the prediction was right: the lab has shown it.
    void reveal() { revealed_ = true; }
    // Returns whether an answer was given in this frame; it stands in `kept` then.
    bool draw(const ui::ViewContext& context, LessonProgress& kept);

private:
    struct AskedQuestion {
        Prose text;
        std::vector<Prose> answers;
        Prose explanation;
        std::size_t right;
    };
    static AskedQuestion asked(const Question& question);
    static int draw_answers(const ui::ViewContext& context,
                            const AskedQuestion& question,
                            int chosen,
                            bool open,
                            bool tells_right);
    bool draw_prediction(const ui::ViewContext& context, LessonProgress& kept);
    bool draw_check(const ui::ViewContext& context, int index, LessonProgress& kept);

    const Lesson& lesson_;
    Prose about_;
    AskedQuestion predict_;
    Prose attempt_;
    Prose explain_;
    std::vector<AskedQuestion> check_;
    std::vector<int> tried_;  // the last wrong answer to each question of the quiz; -1: none
    bool revealed_ = false;
};

}  // namespace whittle::app
