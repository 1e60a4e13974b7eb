#pragma once

#include <set>
#include <string>

#include "lessons/kit/lab.h"
#include "lessons/ui/view.h"

namespace whittle::ui {

// The controls of a lab, from its declaration alone: actions, parameters, readouts and goals, one
// under the other in the current ImGui window. What the student does goes straight to the lab.
struct ControlsState {
    std::string open_hint;  // the goal whose hint is shown
    std::string message;    // why the last thing did not work
    std::set<std::string> closed_groups;
};
// Of a lab with many groups of parameters the first ones start open.
inline constexpr std::size_t kGroupsOpenAtFirst = 4;
void close_rare_groups(const Lab& lab, ControlsState& state);

void draw_actions(Lab& lab, const ViewContext& context, ControlsState& state);
void draw_parameters(Lab& lab, const ViewContext& context, const ViewEntry* view,
                     ControlsState& state);
void draw_readouts(const Lab& lab, const ViewContext& context);
void draw_goals(const Lab& lab, const ViewContext& context, ControlsState& state);

}  // namespace whittle::ui
