#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// A lab: the part of a lesson that a student plays with, without any user interface. It declares
// its parameters, actions, readouts and goals once, in its constructor. The controls on the screen,
// the link that restores its state, the mirror for screen readers, `whittle lab`, the tests and the
// grading all come from that declaration.

enum class ParameterKind {
    number,   // any value in [minimum, maximum], or multiples of `step` above minimum
    integer,  // whole numbers in [minimum, maximum]
    choice,   // an index into `choices`
    toggle,   // 0 or 1
};

// Names are made of a-z, 0-9 and '-', and differ within a lab; no parameter is called "do".
struct Parameter {
    std::string name;   // in links and on the command line: "learning-rate"
    std::string title;  // beside its control: "Learning rate"
    ParameterKind kind = ParameterKind::number;
    double initial = 0.0;
    double minimum = 0.0;
    double maximum = 1.0;
    double step = 0.0;         // of the control; 0: any value
    bool logarithmic = false;  // the control covers orders of magnitude; minimum > 0
    std::string unit{};
    std::vector<std::string> choices{};  // their names in links: "relu", "tanh"
    std::string help{};                  // one line
    std::string group{};                 // the heading it stands under, as start_group() gave it
};

struct Action {
    std::string name;   // "step"
    std::string title;  // "Step"
    std::string help{};
    bool kept_by_reset = false;  // it belongs to the set-up, as parameters do: a point drawn
    std::string group{};         // as a parameter's
};

struct Readout {
    std::string name;   // "rmse"
    std::string title;  // "RMSE"
    std::string unit{};
    int digits = 4;  // significant ones when shown
    std::string help{};
    std::vector<std::string> names{};  // of the values 0, 1, 2 …, shown in place of the numbers
};

struct Goal {
    std::string name;   // "perfect-fit"
    std::string title;  // "Find the line with no error"
    std::string hint{};
    std::function<bool()> reached;  // a condition on readouts and parameters
};

// How often an action may be done at once, from a link or the command line.
inline constexpr std::int64_t kMaxActionCount = 1000000;

// One thing a student did. A lab is deterministic, so its state is what was done since the reset.
struct LabEvent {
    enum class Kind { set, act };
    Kind kind = Kind::set;
    std::string name;        // of the parameter or action
    std::string value{};     // set: the value as text
    std::int64_t count = 1;  // act: how many times
};

class Lab {
public:
    Lab() = default;
    virtual ~Lab() = default;
    // Goals and actions refer to the lab that declared them.
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    std::span<const Parameter> parameters() const { return parameters_; }
    std::span<const Action> actions() const { return actions_; }
    std::span<const Readout> readouts() const { return readouts_; }
    std::span<const Goal> goals() const { return goals_; }

    // The value of a parameter by its index.
    double value(std::size_t parameter) const { return values_[parameter]; }
    // As text for links: a number, or the name of a choice, or on/off.
    std::string value_text(std::size_t parameter) const;
    // Sets it, clamped to its range (NaN leaves it as it is). Returns the value it has then.
    double set_value(std::size_t parameter, double value);
    // By name, from outside. The Status names an unknown parameter or a text that is no value; a
    // value out of range is clamped and the message says so in `notice`.
    Status set(std::string_view parameter, std::string_view text, std::string* notice = nullptr);

    // Does an action `count` >= 1 times. "play" and "pause" start and stop advance(); "step" is one
    // unit of work; "reset" goes back to the beginning with the parameters as they are.
    Status act(std::string_view action, std::int64_t count = 1);

    bool playing() const { return playing_; }
    // While playing: steps until `seconds` have passed, at least one; or, of a lab with a pace of
    // its own, the steps that are due by now. Returns whether anything changed.
    bool advance(double seconds);

    // A readout by its index; NaN while there is nothing to say.
    double readout(std::size_t index) const { return readings_[index]; }
    std::string readout_text(std::size_t index) const;

    // Goals tick and stay ticked until the page forgets them.
    bool goal_ticked(std::size_t index) const { return ticked_[index]; }
    // Ticks goals that the student reached before, by name; unknown names are left out.
    void restore_ticked(std::span<const std::string> names);

    // What leads from a fresh lab to this state: neighbouring sets of one parameter and repeats of
    // one action merged, and actions before a reset left out, but for those that a reset keeps.
    std::span<const LabEvent> history() const { return history_; }
    // Starts afresh: all parameters at their initial values, nothing done.
    void restart();
    // A number that grows with every change, so that a view knows when to draw again.
    std::uint64_t revision() const { return revision_; }

protected:
    // Called by the constructor of a lab, which ends with finish_declaration().
    // Parameters and own actions that follow stand under this heading: "Network". "": under none.
    void start_group(std::string title) { group_ = std::move(title); }
    std::size_t add_parameter(Parameter parameter);
    std::size_t add_readout(Readout readout);
    void add_goal(Goal goal);
    // An action of the lab's own.
    void add_action(Action action, std::function<void()> perform);
    // The lab works in steps: it gets play, pause, step and reset, and do_step() is called.
    // `steps_per_second` is the pace of playing that an eye can follow; 0: as fast as it goes.
    void add_steps(std::string step_title, double steps_per_second = 0.0);
    void finish_declaration();

    // Sets a readout; call it from update().
    void set_readout(std::size_t index, double value) { readings_[index] = value; }

    // Forgets what actions that are kept by a reset have done. A reset() follows.
    virtual void forget() {}
    // Puts the lab at its beginning, for the parameters' values.
    virtual void reset() = 0;
    // One unit of work; false when there is nothing left to do.
    virtual bool do_step() { return false; }
    // A parameter changed. The default is a reset; a lab that can go on with the new value does,
    // and calls Lab::changed() for the parameters that need the reset. Of several changes with no
    // action between them only the values at the end may matter.
    virtual void changed(std::size_t parameter);
    // Computes the readouts; called after every change.
    virtual void update() = 0;

private:
    struct OwnAction {
        std::string name;
        std::function<void()> perform;
    };
    void record_set(LabEvent event);
    void record_actions(LabEvent event);
    void forget_actions();
    bool kept_by_reset(const LabEvent& event) const;
    void refresh();
    bool perform_once(std::string_view action);

    std::string group_;  // of what is declared next
    std::vector<Parameter> parameters_;
    std::vector<Action> actions_;
    std::vector<Readout> readouts_;
    std::vector<Goal> goals_;
    std::vector<OwnAction> own_actions_;
    std::vector<double> values_;
    std::vector<double> readings_;
    std::vector<bool> ticked_;
    std::vector<LabEvent> history_;
    double steps_per_second_ = 0.0;
    double next_step_ = 0.0;  // when the next one is due, by monotonic_seconds()
    bool playing_ = false;
    std::uint64_t revision_ = 0;
};

// The labs of all lessons, by the lesson's name ("guess-the-line").
struct LabEntry {
    const char* name;
    const char* title;
    std::unique_ptr<Lab> (*make)();
};
std::span<const LabEntry> all_labs();
const LabEntry* lab_named(std::string_view name);

// "step:50", or "step" for once, as in links and on the command line. The count is from 1 to
// kMaxActionCount; whether there is such an action only the lab knows.
Result<LabEvent> parse_action(std::string_view text);
std::string action_text(const LabEvent& event);

// The history as the fragment of a link: "w=3&b=-1&do=step:50".
std::string to_link(const Lab& lab);

// A link being applied to a lab that was just started. It goes in slices: a link may ask for more
// work than a page can do at once. What cannot be understood is left out and told in the notices.
class LinkReplay {
public:
    // What a link can hold; the rest is left out, with a notice.
    static constexpr std::size_t kMaxBytes = 1u << 20;
    static constexpr std::size_t kMaxEvents = 10000;
    static constexpr std::int64_t kMaxActions = 5000000;
    static constexpr std::size_t kMaxNotices = 20;

    // The lab must live as long.
    LinkReplay(Lab& lab, std::string_view link);

    bool finished() const { return next_ == events_.size(); }
    // Goes on until `seconds` have passed, by one event or one action at least. Returns finished().
    bool advance(double seconds);
    // From 0 to 1, by the number of actions.
    double progress() const;
    // So far.
    const std::vector<std::string>& notices() const { return notices_; }

private:
    void read(std::string_view entry);
    void apply_next();
    void notify(std::string notice);

    Lab& lab_;
    std::vector<LabEvent> events_;
    std::size_t next_ = 0;
    std::int64_t done_of_next_ = 0;  // how often its action was done
    std::int64_t actions_ = 0;       // of all events together
    std::int64_t actions_done_ = 0;
    std::size_t more_notices_ = 0;
    std::vector<std::string> notices_;
};

// All of a link at once. Returns the notices.
std::vector<std::string> apply_link(Lab& lab, std::string_view link);

// The history as a command: "whittle lab guess-the-line --set w=3 --do step:50".
std::string to_command(const LabEntry& entry, const Lab& lab);

}  // namespace whittle
