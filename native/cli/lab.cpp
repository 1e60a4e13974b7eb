#include <cmath>
#include <cstdio>
#include <memory>

#include "core/base/platform/files.h"
#include "lessons/kit/lab.h"
#include "lessons/models.h"
#include "native/cli/command.h"
#include "native/cli/json.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr const char* kSet = "--set";
constexpr const char* kDo = "--do";
constexpr const char* kOpen = "--open";

struct LabCommand {
    std::string lab;
    bool list = false;
    bool json = false;
    std::function<std::vector<Arguments::Occurrence>()> given;
};

std::vector<std::string> lab_names() {
    std::vector<std::string> names;
    for (const LabEntry& entry : all_labs()) names.emplace_back(entry.name);
    return names;
}

template <class Items>
std::vector<std::string> names_of(const Items& items) {
    std::vector<std::string> names;
    for (const auto& item : items) names.push_back(item.name);
    return names;
}

// Adds "did you mean ...?" where a name was meant that is not there.
Status with_suggestion(const Status& status,
                       std::string_view name,
                       const std::vector<std::string>& names) {
    if (status.ok()) return status;
    Error error = status.error();
    const std::string meant = nearest(name, names);
    if (!meant.empty() && meant != name) error.hint = "did you mean '" + meant + "'?";
    return error;
}

// `text` is "name=value".
Status apply_set(Lab& lab, const std::string& text, std::vector<std::string>& notices) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const std::string value = text.substr(equals + 1);
    std::string notice;
    const Status status = lab.set(name, value, &notice);
    if (!notice.empty()) notices.push_back(notice);
    for (const Parameter& parameter : lab.parameters()) {
        // The name is right: it was the value.
        if (parameter.name == name) return with_suggestion(status, value, parameter.choices);
    }
    return with_suggestion(status, name, names_of(lab.parameters()));
}

Status apply_action(Lab& lab, const std::string& text) {
    const Result<LabEvent> action = parse_action(text);
    if (!action.ok()) return action.status();
    if (action->name == "play" || action->name == "pause") {
        return Error{.place = kDo,
                     .found = "'" + action->name + "', which is for a screen",
                     .hint = "--do step:100 does a hundred steps"};
    }
    return with_suggestion(lab.act(action->name, action->count), action->name,
                           names_of(lab.actions()));
}

Status apply_open(const char* lesson, Lab& lab, const std::string& path) {
    const Result<std::vector<std::uint8_t>> bytes = read_file(path);
    if (!bytes.ok()) return bytes.status();
    return open_model(lesson, lab, *bytes).in_file(path);
}

// A Status of a file names that file, any other the lab.
Status apply(const char* lesson,
             Lab& lab,
             const std::vector<Arguments::Occurrence>& given,
             std::vector<std::string>& notices) {
    for (const Arguments::Occurrence& occurrence : given) {
        if (occurrence.option == kOpen) {
            if (Status status = apply_open(lesson, lab, occurrence.value); !status.ok()) {
                return status;
            }
            continue;
        }
        const Status status = occurrence.option == kSet ? apply_set(lab, occurrence.value, notices)
                                                        : apply_action(lab, occurrence.value);
        if (!status.ok()) return status.in_file(lesson);
    }
    return {};
}

// A number, or the name of a choice, or whether it is on.
Json value_json(const Lab& lab, std::size_t index) {
    switch (lab.parameters()[index].kind) {
        case ParameterKind::number: return lab.value(index);
        case ParameterKind::integer: return static_cast<std::int64_t>(lab.value(index));
        case ParameterKind::choice: return lab.value_text(index);
        case ParameterKind::toggle: return lab.value(index) != 0.0;
    }
    return {};
}

// A number, or the name it has; null while there is nothing to say.
Json reading_json(const Lab& lab, std::size_t index) {
    const double reading = lab.readout(index);
    if (!lab.readouts()[index].names.empty() && !std::isnan(reading)) {
        return lab.readout_text(index);
    }
    if (std::isinf(reading)) return reading > 0.0 ? "infinite" : "-infinite";
    return reading;
}

Json lab_json(const LabEntry& entry, const Lab& lab, const std::vector<std::string>& notices) {
    Json parameters = Json::object();
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        parameters[lab.parameters()[i].name] = value_json(lab, i);
    }
    Json readouts = Json::object();
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        readouts[lab.readouts()[i].name] = reading_json(lab, i);
    }
    Json goals = Json::object();
    for (std::size_t i = 0; i < lab.goals().size(); ++i) {
        goals[lab.goals()[i].name] = lab.goal_ticked(i);
    }
    return {{"lab", entry.name},       {"title", entry.title}, {"parameters", parameters},
            {"readouts", readouts},    {"goals", goals},       {"link", to_link(lab)},
            {"notices", Json(notices)}};
}

void print_lab(const LabEntry& entry, const Lab& lab) {
    std::printf("%s\n\n", entry.title);
    Table parameters({"parameter", "value", "", "what it is"});
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        const Parameter& parameter = lab.parameters()[i];
        parameters.add({parameter.name, lab.value_text(i), parameter.unit, parameter.title});
    }
    std::printf("%s\n", parameters.text().c_str());
    Table readouts({"readout", "value", "", "what it is"});
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        const Readout& readout = lab.readouts()[i];
        readouts.add({readout.name, lab.readout_text(i), readout.unit, readout.title});
    }
    std::printf("%s\n", readouts.text().c_str());
    Table goals({"goal", "reached", "what to do"});
    for (std::size_t i = 0; i < lab.goals().size(); ++i) {
        goals.add({lab.goals()[i].name, lab.goal_ticked(i) ? "yes" : "no", lab.goals()[i].title});
    }
    std::printf("%s\nActions: %s\n", goals.text().c_str(),
                join(names_of(lab.actions()), ", ").c_str());
}

void list_labs(bool json) {
    if (json) {
        Json labs = Json::array();
        for (const LabEntry& entry : all_labs()) {
            labs.push_back({{"name", entry.name}, {"title", entry.title}});
        }
        std::puts(Json{{"labs", labs}}.document().c_str());
        return;
    }
    Table table({"lab", "title"});
    for (const LabEntry& entry : all_labs()) table.add({entry.name, entry.title});
    std::fputs(table.text().c_str(), stdout);
}

Status run_lab(const LabCommand& command) {
    if (command.list) {
        list_labs(command.json);
        return {};
    }
    const LabEntry* entry = lab_named(command.lab);
    const std::unique_ptr<Lab> lab = entry->make();
    std::vector<std::string> notices;
    if (const Status status = apply(entry->name, *lab, command.given(), notices);
        !status.ok()) {
        return status;
    }
    for (const std::string& notice : notices) {
        std::fprintf(stderr, "note: %s\n", notice.c_str());
    }
    if (command.json) {
        std::puts(lab_json(*entry, *lab, notices).document().c_str());
    } else {
        print_lab(*entry, *lab);
    }
    return {};
}

}  // namespace

Command::Action declare_lab(Arguments& arguments) {
    const auto command = std::make_shared<LabCommand>();
    arguments.text("lab", command->lab,
                   {.value = "NAME",
                    .help = "the lesson's name (whittle lab --list)",
                    .choices = lab_names(),
                    .kind = "lab"});
    command->given = arguments.in_order(
        {{kSet, {.value = "PARAMETER=VALUE", .help = "set a parameter; in turn with --do"}},
         {kDo, {.value = "ACTION[:N]", .help = "do an action, N times: step:100, reset, ..."}},
         {kOpen, {.value = "FILE", .help = "give the lab a .tflite model, where it takes one"}}});
    add_json_flag(arguments, command->json);
    arguments.flag("--list", command->list, "list the labs");
    arguments.rule([command]() -> std::string {
        if (command->lab.empty() && !command->list) return "NAME is required (--list shows all)";
        for (const Arguments::Occurrence& occurrence : command->given()) {
            const bool is_set = occurrence.option == kSet;
            if (is_set && occurrence.value.find('=') == std::string::npos) {
                return "--set: expected PARAMETER=VALUE, found '" + occurrence.value + "'";
            }
        }
        return "";
    });
    return [command] { return run_lab(*command); };
}

}  // namespace whittle::cli
