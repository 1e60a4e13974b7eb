#pragma once

#include "lessons/kit/lab.h"
#include "lessons/ui/view.h"

namespace whittle::ui {

// The pictures of the lessons: lessons/NN-name/view.cpp. Each is drawn for the lab of its lesson only.
void draw_guess_the_line(Lab& lab, const ViewContext& context);
std::string describe_guess_the_line(const Lab& lab);
void draw_gradient_descent(Lab& lab, const ViewContext& context);
std::string describe_gradient_descent(const Lab& lab);
bool gradient_descent_shows(const Lab& lab, std::string_view parameter);
void draw_one_neuron(Lab& lab, const ViewContext& context);
std::string describe_one_neuron(const Lab& lab);
void draw_neurons_and_layers(Lab& lab, const ViewContext& context);
std::string describe_neurons_and_layers(const Lab& lab);
bool neurons_and_layers_shows(const Lab& lab, std::string_view parameter);
void draw_hello_sine(Lab& lab, const ViewContext& context);
std::string describe_hello_sine(const Lab& lab);
void draw_judging(Lab& lab, const ViewContext& context);
std::string describe_judging(const Lab& lab);
bool judging_shows(const Lab& lab, std::string_view parameter);
void draw_counting_cost(Lab& lab, const ViewContext& context);
std::string describe_counting_cost(const Lab& lab);
bool counting_cost_shows(const Lab& lab, std::string_view parameter);
void draw_arena(Lab& lab, const ViewContext& context);
std::string describe_arena(const Lab& lab);
bool arena_shows(const Lab& lab, std::string_view parameter);

}  // namespace whittle::ui
