#include "lessons/kit/lab.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/base/platform/process.h"
#include "core/base/text.h"
#include "lessons/kit/numbers.h"

namespace whittle {

namespace {

constexpr const char* kPlay = "play";
constexpr const char* kPause = "pause";
constexpr const char* kStep = "step";
constexpr const char* kReset = "reset";
constexpr double kCatchUpSeconds = 0.1;

template <class Items>
std::ptrdiff_t index_of(const Items& items, std::string_view name) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const auto& item) { return item.name == name; });
    return found == items.end() ? -1 : found - items.begin();
}

template <class Items>
std::string names_of(const Items& items) {
    std::string names;
    for (const auto& item : items) names += (names.empty() ? "" : ", ") + item.name;
    return names;
}

[[maybe_unused]] bool is_name(std::string_view text) {
    return !text.empty() && text != "do" &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

// Into the range, and onto the grid where there is one. Applied twice it changes nothing more.
double admissible(const Parameter& parameter, double value) {
    value = std::clamp(value, parameter.minimum, parameter.maximum);
    if (parameter.kind != ParameterKind::number) {
        value = std::round(value);
    } else if (parameter.step > 0.0 && !parameter.logarithmic) {
        const double steps = std::round((value - parameter.minimum) / parameter.step);
        const double on_grid = rounded_to_digits(parameter.minimum + steps * parameter.step, 12);
        value = std::clamp(on_grid, parameter.minimum, parameter.maximum);
    }
    return value + 0.0;  // no -0
}

std::string text_of(const Parameter& parameter, double value) {
    if (parameter.kind == ParameterKind::choice) {
        return parameter.choices[static_cast<std::size_t>(value)];
    }
    if (parameter.kind == ParameterKind::toggle) return value != 0.0 ? "on" : "off";
    return shortest_number(value);
}

Result<double> parse_value(const Parameter& parameter, std::string_view text) {
    if (parameter.kind == ParameterKind::choice) {
        const auto found = std::find(parameter.choices.begin(), parameter.choices.end(), text);
        if (found != parameter.choices.end()) {
            return static_cast<double>(found - parameter.choices.begin());
        }
        std::string choices;
        for (const std::string& choice : parameter.choices) {
            choices += (choices.empty() ? "" : ", ") + choice;
        }
        return Error{
            .place = parameter.name, .expected = "one of " + choices, .found = quoted(text)};
    }
    if (parameter.kind == ParameterKind::toggle) {
        if (text == "on" || text == "1") return 1.0;
        if (text == "off" || text == "0") return 0.0;
        return Error{.place = parameter.name, .expected = "on or off", .found = quoted(text)};
    }
    const std::optional<double> value = parse_number(text);
    if (value && std::isfinite(*value)) return *value;
    return Error{.place = parameter.name, .expected = "a number", .found = quoted(text)};
}

}  // namespace

std::size_t Lab::add_parameter(Parameter parameter) {
    if (parameter.kind == ParameterKind::toggle) parameter.maximum = 1.0;
    if (parameter.kind == ParameterKind::choice) {
        assert(!parameter.choices.empty());
        parameter.maximum = static_cast<double>(parameter.choices.size() - 1);
    }
    assert(parameter.minimum <= parameter.maximum);
    parameter.group = group_;
    assert(is_name(parameter.name) && index_of(parameters_, parameter.name) < 0);
    parameters_.push_back(std::move(parameter));
    return parameters_.size() - 1;
}

std::size_t Lab::add_readout(Readout readout) {
    assert(is_name(readout.name) && index_of(readouts_, readout.name) < 0);
    readouts_.push_back(std::move(readout));
    return readouts_.size() - 1;
}

void Lab::add_goal(Goal goal) {
    assert(is_name(goal.name) && index_of(goals_, goal.name) < 0);
    goals_.push_back(std::move(goal));
}

void Lab::add_action(Action action, std::function<void()> perform) {
    assert(is_name(action.name) && index_of(actions_, action.name) < 0 && action.name != kReset);
    action.group = group_;
    own_actions_.push_back({action.name, std::move(perform)});
    actions_.push_back(std::move(action));
}

void Lab::add_steps(std::string step_title, double steps_per_second) {
    steps_per_second_ = steps_per_second;
    actions_.push_back({kPlay, "Play", "Go on until there is nothing left to do"});
    actions_.push_back({kPause, "Pause", "Stop where it is"});
    actions_.push_back({kStep, std::move(step_title), "One step"});
}

void Lab::finish_declaration() {
    actions_.push_back({kReset, "Reset", "Back to the beginning, with these settings"});
    restart();
}

void Lab::restart() {
    values_.clear();
    for (const Parameter& parameter : parameters_) values_.push_back(parameter.initial);
    readings_.assign(readouts_.size(), std::numeric_limits<double>::quiet_NaN());
    ticked_.assign(goals_.size(), false);
    history_.clear();
    playing_ = false;
    forget();
    reset();
    refresh();
}

void Lab::refresh() {
    update();
    for (std::size_t i = 0; i < goals_.size(); ++i) {
        if (!ticked_[i] && goals_[i].reached()) ticked_[i] = true;
    }
    ++revision_;
}

void Lab::changed(std::size_t) {
    reset();
    forget_actions();
}

std::string Lab::value_text(std::size_t parameter) const {
    return text_of(parameters_[parameter], values_[parameter]);
}

double Lab::set_value(std::size_t parameter, double value) {
    if (std::isnan(value)) return values_[parameter];
    const double admitted = admissible(parameters_[parameter], value);
    if (admitted == values_[parameter]) return admitted;
    values_[parameter] = admitted;
    record_set({LabEvent::Kind::set, parameters_[parameter].name, value_text(parameter)});
    changed(parameter);
    refresh();
    return admitted;
}

Status Lab::set(std::string_view parameter, std::string_view text, std::string* notice) {
    const std::ptrdiff_t found = index_of(parameters_, parameter);
    if (found < 0) {
        return Error{.place = "parameter",
                     .expected = "one of " + names_of(parameters_),
                     .found = quoted(parameter)};
    }
    const auto index = static_cast<std::size_t>(found);
    const Result<double> value = parse_value(parameters_[index], text);
    if (!value.ok()) return value.status();
    const double admitted = set_value(index, *value);
    if (notice != nullptr && admitted != *value) {
        *notice = parameters_[index].name + ": " + std::string(text) + " became " +
                  value_text(index) + " (from " + shortest_number(parameters_[index].minimum) +
                  " to " + shortest_number(parameters_[index].maximum) + ")";
    }
    return {};
}

bool Lab::perform_once(std::string_view action) {
    if (action == kStep) return do_step();
    if (action == kReset) {
        playing_ = false;
        reset();
        forget_actions();
        return true;
    }
    for (const OwnAction& own : own_actions_) {
        if (own.name == action) own.perform();
    }
    return true;
}

Status Lab::act(std::string_view action, std::int64_t count) {
    if (index_of(actions_, action) < 0) {
        return Error{
            .place = "action", .expected = "one of " + names_of(actions_), .found = quoted(action)};
    }
    if (count < 1 || count > kMaxActionCount) {
        return Error{.place = "action " + std::string(action),
                     .expected = "a count from 1 to " + std::to_string(kMaxActionCount),
                     .found = std::to_string(count)};
    }
    if (action == kPlay || action == kPause) {
        playing_ = action == kPlay;
        next_step_ = monotonic_seconds();
        ++revision_;
        return {};
    }
    if (action == kReset) count = 1;
    std::int64_t done = 0;
    while (done < count && perform_once(action)) {
        ++done;
        refresh();
    }
    if (done > 0 && action != kReset) {
        record_actions({LabEvent::Kind::act, std::string(action), "", done});
    }
    return {};
}

bool Lab::advance(double seconds) {
    if (!playing_) return false;
    const bool paced = steps_per_second_ > 0.0;
    const double start = monotonic_seconds();
    if (paced && start < next_step_) return false;
    std::int64_t done = 0;
    double now = start;
    do {
        if (!do_step()) {
            playing_ = false;
            break;
        }
        ++done;
        refresh();
        now = monotonic_seconds();
        // After a pause in between (a hidden page) it does not catch up on more than this.
        if (paced) {
            next_step_ = std::max(next_step_ + 1.0 / steps_per_second_, now - kCatchUpSeconds);
        }
    } while (playing_ && now < start + seconds && (!paced || next_step_ <= now));
    if (done > 0) record_actions({LabEvent::Kind::act, kStep, "", done});
    ++revision_;
    return true;
}

std::string Lab::readout_text(std::size_t index) const {
    const std::vector<std::string>& names = readouts_[index].names;
    const double reading = readings_[index];
    if (reading >= 0.0 && reading < static_cast<double>(names.size())) {
        return names[static_cast<std::size_t>(reading)];
    }
    return shown_number(reading, readouts_[index].digits);
}

void Lab::restore_ticked(std::span<const std::string> names) {
    for (std::size_t i = 0; i < goals_.size(); ++i) {
        if (ticked_[i] || std::find(names.begin(), names.end(), goals_[i].name) == names.end()) {
            continue;
        }
        ticked_[i] = true;
        ++revision_;
    }
}

bool Lab::kept_by_reset(const LabEvent& event) const {
    if (event.kind == LabEvent::Kind::set) return true;
    const std::ptrdiff_t action = index_of(actions_, event.name);
    return action >= 0 && actions_[static_cast<std::size_t>(action)].kept_by_reset;
}

// After a reset: what came before it matters only as far as it is kept.
void Lab::forget_actions() {
    std::vector<LabEvent> before;
    before.swap(history_);
    for (LabEvent& event : before) {
        if (!kept_by_reset(event)) continue;
        if (event.kind == LabEvent::Kind::set) {
            record_set(std::move(event));
        } else {
            record_actions(std::move(event));
        }
    }
}

void Lab::record_actions(LabEvent event) {
    if (!history_.empty() && history_.back().kind == LabEvent::Kind::act &&
        history_.back().name == event.name) {
        const std::int64_t merged = std::min(event.count, kMaxActionCount - history_.back().count);
        history_.back().count += merged;
        event.count -= merged;
    }
    if (event.count > 0) history_.push_back(std::move(event));
}

// Takes the place of other sets of the same parameter since the last action. When it brings back
// the value that the parameter had at that action, the set before it stays too: replayed alone, it
// would change nothing, whereas the lab may have begun anew.
void Lab::record_set(LabEvent event) {
    const auto is_same = [&](const LabEvent& old) {
        return old.kind == LabEvent::Kind::set && old.name == event.name;
    };
    const auto last_action =
        std::find_if(history_.rbegin(), history_.rend(),
                     [](const LabEvent& old) { return old.kind == LabEvent::Kind::act; });
    const bool after_action = last_action != history_.rend();
    const auto before = std::find_if(last_action, history_.rend(), is_same);
    const auto parameter = static_cast<std::size_t>(index_of(parameters_, event.name));
    const std::string value_before =
        before != history_.rend() ? before->value
                                  : text_of(parameters_[parameter], parameters_[parameter].initial);
    std::optional<LabEvent> previous;
    const auto first = last_action.base();
    const auto last_same = std::find_if(history_.rbegin(), last_action, is_same);
    if (last_same != last_action) previous = *last_same;
    history_.erase(std::remove_if(first, history_.end(), is_same), history_.end());
    if (event.value == value_before) {
        if (!after_action) return;
        if (previous) history_.push_back(*std::move(previous));
    }
    history_.push_back(std::move(event));
}

}  // namespace whittle
