#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

const ViewEntry kViews[] = {
    {"guess-the-line", draw_guess_the_line, describe_guess_the_line},
    {"gradient-descent", draw_gradient_descent, describe_gradient_descent, gradient_descent_shows},
    {"one-neuron", draw_one_neuron, describe_one_neuron},
    {"judging-a-classifier", draw_judging, describe_judging, judging_shows},
};

}  // namespace

const ViewEntry* view_of(std::string_view lesson) {
    for (const ViewEntry& view : kViews) {
        if (lesson == view.lesson) return &view;
    }
    return nullptr;
}

}  // namespace whittle::ui
