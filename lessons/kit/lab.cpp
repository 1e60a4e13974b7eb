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

// Into the range, and onto the grid where there is one.
double admissible(const Parameter& parameter, double value) {
    value = std::clamp(value, parameter.minimum, parameter.maximum);
    if (parameter.kind != ParameterKind::number) return std::round(value);
    if (parameter.step > 0.0 && !parameter.logarithmic) {
        const double steps = std::round((value - parameter.minimum) / parameter.step);
        value = std::min(parameter.minimum + steps * parameter.step, parameter.maximum);
        // 0.1 + 0.2 shows as 0.3: as many digits as the step has.
        value = std::round(value * 1e9) / 1e9;
    }
    return value;
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
    parameters_.push_back(std::move(parameter));
    return parameters_.size() - 1;
}

std::size_t Lab::add_readout(Readout readout) {
    readouts_.push_back(std::move(readout));
    return readouts_.size() - 1;
}

void Lab::add_goal(Goal goal) { goals_.push_back(std::move(goal)); }

void Lab::add_action(Action action, std::function<void()> perform) {
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

void Lab::changed(std::size_t) { reset(); }

std::string Lab::value_text(std::size_t parameter) const {
    const Parameter& declared = parameters_[parameter];
    const double value = values_[parameter];
    if (declared.kind == ParameterKind::choice) {
        return declared.choices[static_cast<std::size_t>(value)];
    }
    if (declared.kind == ParameterKind::toggle) return value != 0.0 ? "on" : "off";
    return shortest_number(value);
}

double Lab::set_value(std::size_t parameter, double value) {
    if (std::isnan(value)) return values_[parameter];
    const double admitted = admissible(parameters_[parameter], value);
    if (admitted == values_[parameter]) return admitted;
    values_[parameter] = admitted;
    record({LabEvent::Kind::set, parameters_[parameter].name, value_text(parameter)});
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
    std::int64_t done = 0;
    while (done < count && perform_once(action)) {
        ++done;
        refresh();
    }
    if (done > 0) record({LabEvent::Kind::act, std::string(action), "", done});
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
    if (done > 0) record({LabEvent::Kind::act, kStep, "", done});
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
        if (std::find(names.begin(), names.end(), goals_[i].name) != names.end()) ticked_[i] = true;
    }
}

bool Lab::kept_by_reset(const LabEvent& event) const {
    if (event.kind == LabEvent::Kind::set) return true;
    const std::ptrdiff_t action = index_of(actions_, event.name);
    return action >= 0 && actions_[static_cast<std::size_t>(action)].kept_by_reset;
}

// Merges with the last event where that leaves the same state: the later of two sets of one
// parameter, and repeated actions. A reset makes earlier actions forgotten, but not the settings.
void Lab::record(LabEvent event) {
    if (event.kind == LabEvent::Kind::act && event.name == kReset) {
        std::vector<LabEvent> kept;
        for (LabEvent& old : history_) {
            if (kept_by_reset(old)) kept.push_back(std::move(old));
        }
        history_ = std::move(kept);
        return;
    }
    if (!history_.empty() && history_.back().name == event.name &&
        history_.back().kind == event.kind) {
        if (event.kind == LabEvent::Kind::set) {
            history_.back().value = event.value;
        } else {
            history_.back().count += event.count;
        }
        return;
    }
    if (event.kind == LabEvent::Kind::set) {
        // An earlier set of the same parameter with only other sets between is overridden.
        auto old = history_.end();
        while (old != history_.begin() && std::prev(old)->kind == LabEvent::Kind::set) {
            --old;
            if (old->name == event.name) {
                history_.erase(old);
                break;
            }
        }
    }
    history_.push_back(std::move(event));
}

}  // namespace whittle
