#pragma once

#include "lessons/kit/lab.h"
#include "lessons/ui/view.h"

namespace whittle::ui {

// The controls of a lab, from its declaration alone: actions, parameters, readouts and goals, one
// under the other in the current ImGui window. What the student does goes straight to the lab.
struct ControlsState {
    std::string open_hint;  // the goal whose hint is shown
    std::string message;    // why the last thing did not work
};
void draw_actions(Lab& lab, const ViewContext& context, ControlsState& state);
void draw_parameters(Lab& lab, const ViewContext& context, const ViewEntry* view);
void draw_readouts(const Lab& lab, const ViewContext& context);
void draw_goals(const Lab& lab, const ViewContext& context, ControlsState& state);

}  // namespace whittle::ui
