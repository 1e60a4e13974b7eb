#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/kit/lab.h"
#include "lessons/ui/controls.h"
#include "lessons/ui/screen.h"

namespace whittle::ui {

// One lab with its picture and controls, the same on the page and in the desktop app.
class Playground {
public:
    // How long one slice of training may take between two frames, in seconds.
    static constexpr double kSlice = 0.008;

    // Starts the lab of a lesson afresh and begins to apply a link. Error: there is no such lab;
    // the old one stays.
    Status open(std::string_view lesson, std::string_view link);
    // What in the link was not understood, so far.
    std::vector<std::string> notices() const;
    // Goes on with the link until it is done.
    void finish_link();
    // Leaves out what of the link is not done yet.
    void stop_link() { replay_.reset(); }

    bool is_open() const { return lab_ != nullptr; }
    Lab& lab() { return *lab_; }
    const Lab& lab() const { return *lab_; }
    const LabEntry& entry() const { return *entry_; }
    std::string summary() const;

    // Trains for a slice if the lab plays. Returns whether anything changed.
    bool advance();
    bool busy() const { return is_open() && (lab_->playing() || !link_done()); }
    double progress() const { return replay_ == nullptr ? 1.0 : replay_->progress(); }
    bool link_done() const { return replay_ == nullptr || replay_->finished(); }

    // Inside an ImGui frame: fills the box, with or without controls.
    void draw(Screen& screen, const Box& box, bool with_controls);
    // Would a touch here drag something in the picture? As it was drawn last.
    bool grabs(ImVec2 place) const;
    // Draws, and says what in the picture answers to the pointer.
    std::vector<Place> places(Screen& screen, const Box& box, bool with_controls);
    // What a tooltip says, as it was drawn last; "" for none.
    const std::string& tip() const { return tip_; }

private:
    void draw_view(const ViewContext& context);
    void draw_controls(const ViewContext& context);
    void draw_wide(const ViewContext& context, const Box& box);
    void draw_narrow(const ViewContext& context, const Box& box);

    std::unique_ptr<Lab> lab_;
    const LabEntry* entry_ = nullptr;
    const ViewEntry* view_ = nullptr;
    std::unique_ptr<LinkReplay> replay_;
    ControlsState controls_;
    std::uint64_t opened_ = 0;  // counts open(): pictures of the lab before are stale
    std::vector<Box> grabs_;
    std::vector<Place>* places_ = nullptr;
    std::string tip_;
};

}  // namespace whittle::ui
