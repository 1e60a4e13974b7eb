#include "lessons/ui/views.h"

namespace whittle::ui {

namespace {

const ViewEntry kViews[] = {
    {"guess-the-line", draw_guess_the_line, describe_guess_the_line},
    {"gradient-descent", draw_gradient_descent, describe_gradient_descent, gradient_descent_shows},
    {"one-neuron", draw_one_neuron, describe_one_neuron},
    {"neurons-and-layers", draw_neurons_and_layers, describe_neurons_and_layers,
     neurons_and_layers_shows},
    {"hello-sine", draw_hello_sine, describe_hello_sine},
    {"judging-a-classifier", draw_judging, describe_judging, judging_shows},
    {"counting-cost", draw_counting_cost, describe_counting_cost, counting_cost_shows},
    {"arena", draw_arena, describe_arena, arena_shows},
};

}  // namespace

const ViewEntry* view_of(std::string_view lesson) {
    for (const ViewEntry& view : kViews) {
        if (lesson == view.lesson) return &view;
    }
    return nullptr;
}

}  // namespace whittle::ui
