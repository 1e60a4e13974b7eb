#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include "core/base/platform/files.h"
#include "core/deploy/program_image.h"
#include "core/memory/exact.h"
#include "core/memory/lifetimes.h"
#include "core/memory/plan_csv.h"
#include "core/memory/shared_buffers.h"
#include "core/runtime/program.h"
#include "native/cli/arena_drawing.h"
#include "native/cli/command.h"
#include "native/cli/json.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr const char* kExact = "exact";
constexpr int kDefaultSeconds = 30;

struct PlanCommand {
    std::string model;
    std::string table;
    std::string planner = kExact;
    std::optional<int> alignment;
    std::optional<int> seconds;
    std::uint64_t capacity = 0;  // 0: none
    SavingsOptions savings;
    bool json = false;
};

double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
}

// What is planned: a table of buffers, or the activations of a model.
struct Subject {
    std::string file;
    std::vector<std::string> names;  // one for each buffer
    TensorLifetimes lifetimes;       // without tensors if it is a table
    std::optional<Graph> graph;
    std::int64_t alignment = 1;
    std::string not_deployable;  // why a model is planned without savings

    const std::vector<Buffer>& buffers() const { return lifetimes.buffers; }
    const std::vector<Overlap>& overlaps() const { return lifetimes.overlaps; }
    bool is_table() const { return !graph; }
};

struct Attempt {
    std::string name;   // "greedy-by-size"
    std::string title;  // "Greedy by size"
    ArenaPlan plan;
    double milliseconds = 0.0;
    std::uint64_t nodes = 0;
};

struct Report {
    std::vector<Attempt> attempts;  // all planners, or the one that was asked for
    std::size_t chosen = 0;         // what the offsets come from
    std::int64_t live_bytes = 0;    // the largest sum alive at one step
    std::int64_t bound_bytes = 0;   // the same less what can overlap

    const Attempt& best() const { return attempts[chosen]; }
};

Result<Subject> read_table(const PlanCommand& command) {
    const auto bytes = read_file(command.table);
    if (!bytes.ok()) return bytes.status().in_file(command.table);
    auto table = read_buffer_table({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!table.ok()) return table.status().in_file(command.table);
    Subject subject;
    subject.file = command.table;
    subject.names = std::move(table->ids);
    subject.lifetimes.buffers = std::move(table->buffers);
    subject.alignment = command.alignment.value_or(1);
    return subject;
}

Result<Subject> read_model(const PlanCommand& command) {
    auto model = load_model(command.model);
    if (!model.ok()) return model.status();
    Subject subject;
    subject.file = command.model;
    auto deployment =
        prepare_deployment(model->graph, InputsOutputs::in_arena, command.savings.chosen());
    if (deployment.ok()) {
        subject.graph = std::move(deployment->graph);
        subject.lifetimes = std::move(deployment->lifetimes);
    } else {
        // Only kernels say what may overlap.
        subject.not_deployable = deployment.error().message();
        subject.graph = expand(model->graph);
        subject.lifetimes = lifetimes_of(*subject.graph, InputsOutputs::in_arena);
    }
    for (std::size_t i = 0; i < subject.lifetimes.buffers.size(); ++i) {
        subject.names.push_back(buffer_name(*subject.graph, subject.lifetimes, i));
    }
    subject.alignment = command.alignment.value_or(static_cast<int>(WHITTLE_ARENA_ALIGNMENT));
    return subject;
}

Attempt attempt_exactly(const PlanCommand& command, const Subject& subject) {
    const auto start = std::chrono::steady_clock::now();
    const double limit = 1000.0 * command.seconds.value_or(kDefaultSeconds);
    ExactOptions options;
    options.max_nodes = ~std::uint64_t{0};
    options.stop = [&] { return milliseconds_since(start) > limit; };
    if (command.capacity > 0) {
        options.capacity_bytes = static_cast<std::int64_t>(command.capacity);
    }
    ExactPlan exact =
        plan_exactly(subject.buffers(), subject.alignment, options, subject.overlaps());
    return {kExact, "Exact search", std::move(exact.plan), milliseconds_since(start), exact.nodes};
}

Report make_report(const PlanCommand& command, const Subject& subject) {
    Report report;
    report.live_bytes = lower_bound_bytes(subject.buffers(), subject.alignment);
    report.bound_bytes =
        lower_bound_bytes(subject.buffers(), subject.alignment, subject.overlaps());
    for (const PlannerInfo& info : all_planners()) {
        if (command.planner != kExact && command.planner != info.name) continue;
        const auto start = std::chrono::steady_clock::now();
        ArenaPlan plan =
            plan_with(info.planner, subject.buffers(), subject.alignment, subject.overlaps());
        report.attempts.push_back(
            {info.name, info.title, std::move(plan), milliseconds_since(start), 0});
    }
    if (command.planner == kExact) report.attempts.push_back(attempt_exactly(command, subject));
    report.chosen = report.attempts.size() - 1;
    return report;
}

bool fits(const PlanCommand& command, const ArenaPlan& plan) {
    return command.capacity == 0 || plan.arena_bytes <= static_cast<std::int64_t>(command.capacity);
}

std::string verdict(const ArenaPlan& plan) {
    if (plan.arena_bytes == plan.lower_bound_bytes) return "no plan can need less: proved";
    return "no plan can need less than " + thousands(plan.lower_bound_bytes) + "; a gap of " +
           thousands(plan.arena_bytes - plan.lower_bound_bytes) + " is left";
}

void print_attempts(const Report& report) {
    Table table({"planner", "bytes", "above the bound", "ms"});
    table.right({1, 2, 3});
    for (const Attempt& attempt : report.attempts) {
        const double bound = static_cast<double>(std::max<std::int64_t>(1, report.bound_bytes));
        const double above =
            100.0 * static_cast<double>(attempt.plan.arena_bytes - report.bound_bytes) / bound;
        table.add({attempt.title, thousands(attempt.plan.arena_bytes),
                   format_text("%.1f %%", above), format_text("%.1f", attempt.milliseconds)});
    }
    std::printf("\n%s", table.text().c_str());
}

// The walk of greedy by size with shared buffers, one decision a line.
void print_walk(const Subject& subject) {
    const SharedBufferPlan walk = plan_with_shared_buffers(subject.buffers(), subject.alignment);
    std::printf("\nThe walk, largest first\n");
    for (std::size_t i = 0; i < walk.steps.size(); ++i) {
        const SharedBufferStep& step = walk.steps[i];
        const auto name_of = [&](int buffer) {
            return printable(subject.names[static_cast<std::size_t>(buffer)]);
        };
        std::string line =
            format_text("  %zu  ", i + 1) + name_of(step.buffer) + ", " +
            thousands(subject.buffers()[static_cast<std::size_t>(step.buffer)].bytes) + " bytes:";
        for (const SharedBufferTrial& trial : step.trials) {
            line += format_text(" B%d ", trial.shared_buffer + 1);
            if (trial.suitable()) {
                line += "is free,";
            } else {
                line +=
                    trial.conflict >= 0 ? "has " + name_of(trial.conflict) + "," : "is too small,";
            }
        }
        line += format_text(step.created ? " new B%d" : " into B%d", step.chosen + 1);
        std::puts(line.c_str());
    }
}

void print_buffers(const Subject& subject, const ArenaPlan& plan) {
    if (!subject.is_table()) {
        std::printf(
            "\n%s\n%s", arena_table(*subject.graph, subject.lifetimes, plan).c_str(),
            draw_arena(subject.lifetimes, plan, static_cast<int>(subject.graph->nodes.size()))
                .c_str());
        return;
    }
    Table table({"", "id", "bytes", "offset", "alive from", "to before"});
    table.right({2, 3, 4, 5});
    std::int64_t steps = 0;
    for (std::size_t i = 0; i < subject.names.size(); ++i) {
        const Buffer& buffer = subject.buffers()[i];
        table.add({std::string(1, letter_of(i)), printable(subject.names[i]),
                   thousands(buffer.bytes), thousands(plan.offsets[i]),
                   std::to_string(buffer.first_step),
                   std::to_string(std::int64_t{buffer.last_step} + 1)});
        steps = std::max(steps, std::int64_t{buffer.last_step} + 1);
    }
    std::printf("\n%s\n%s", table.text().c_str(),
                draw_arena(subject.buffers(), plan, steps).c_str());
}

// Where an output begins in or below an input that it is made from, and how far below.
void print_overlaps(const Subject& subject, const ArenaPlan& plan) {
    std::string lines;
    for (const Overlap& overlap : subject.overlaps()) {
        const auto below = static_cast<std::size_t>(overlap.below);
        const auto above = static_cast<std::size_t>(overlap.above);
        const std::int64_t distance = plan.offsets[above] - plan.offsets[below];
        if (distance < 0 || distance >= subject.buffers()[below].bytes) continue;
        lines += std::string("  ") + letter_of(below) +
                 (distance == 0 ? " in the place of "
                                : " begins " + thousands(distance) + " bytes below ") +
                 letter_of(above) + "\n";
    }
    if (!lines.empty()) std::printf("\nOutputs over inputs\n%s", lines.c_str());
    if (!subject.not_deployable.empty()) {
        std::printf("\nNothing overlaps: %s\n", subject.not_deployable.c_str());
    }
}

void print_report(const PlanCommand& command, const Subject& subject, const Report& report) {
    const ArenaPlan& plan = report.best().plan;
    std::printf("%s: %s buffers, at most %s bytes alive at once", printable(subject.file).c_str(),
                thousands(static_cast<std::int64_t>(subject.names.size())).c_str(),
                thousands(report.live_bytes).c_str());
    if (report.bound_bytes < report.live_bytes) {
        std::printf(", %s where outputs lie over inputs", thousands(report.bound_bytes).c_str());
    }
    std::puts("");
    print_attempts(report);
    print_buffers(subject, plan);
    print_overlaps(subject, plan);
    if (command.planner == "shared-by-size") print_walk(subject);
    std::printf("\nArena: %s bytes; %s\n", thousands(plan.arena_bytes).c_str(),
                verdict(plan).c_str());
    if (command.capacity > 0 && fits(command, plan)) {
        std::printf("It fits in %s bytes.\n",
                    thousands(static_cast<std::int64_t>(command.capacity)).c_str());
    }
}

Json buffers_json(const Subject& subject, const ArenaPlan& plan) {
    Json buffers = Json::array();
    for (std::size_t i = 0; i < subject.names.size(); ++i) {
        const Buffer& buffer = subject.buffers()[i];
        buffers.push_back({{subject.is_table() ? "id" : "tensor", subject.names[i]},
                           {"lower", buffer.first_step},
                           {"upper", std::int64_t{buffer.last_step} + 1},
                           {"size", buffer.bytes},
                           {"offset", plan.offsets[i]}});
    }
    return buffers;
}

Json overlaps_json(const Subject& subject) {
    Json overlaps = Json::array();
    for (const Overlap& overlap : subject.overlaps()) {
        overlaps.push_back({{"below", subject.names[static_cast<std::size_t>(overlap.below)]},
                            {"above", subject.names[static_cast<std::size_t>(overlap.above)]},
                            {"clearance_bytes", overlap.clearance_bytes}});
    }
    return overlaps;
}

Json json_of(const PlanCommand& command, const Subject& subject, const Report& report) {
    const Attempt& best = report.best();
    Json json = {{"file", subject.file},
                 {"alignment", subject.alignment},
                 {"planner", best.name},
                 {"peak_bytes", best.plan.arena_bytes},
                 {"lower_bound_bytes", best.plan.lower_bound_bytes},
                 {"live_bytes", report.live_bytes},
                 {"proved_optimal", best.plan.arena_bytes == best.plan.lower_bound_bytes},
                 {"gap_bytes", best.plan.arena_bytes - best.plan.lower_bound_bytes},
                 {"ms", best.milliseconds},
                 {"nodes", best.nodes}};
    if (command.capacity > 0) {
        json["capacity_bytes"] = command.capacity;
        json["fits"] = fits(command, best.plan);
    }
    for (const Attempt& attempt : report.attempts) {
        json["planners"].push_back({{"name", attempt.name},
                                    {"peak_bytes", attempt.plan.arena_bytes},
                                    {"ms", attempt.milliseconds}});
    }
    json["buffers"] = buffers_json(subject, best.plan);
    if (!subject.is_table()) json["overlaps"] = overlaps_json(subject);
    return json;
}

Status run_plan(const PlanCommand& command) {
    const auto subject = command.table.empty() ? read_model(command) : read_table(command);
    if (!subject.ok()) return subject.status();
    if (Status status = validate_buffers(subject->buffers(), subject->alignment); !status.ok()) {
        return status.in_file(subject->file);
    }
    const Report report = make_report(command, *subject);
    const ArenaPlan& plan = report.best().plan;
    if (Status status =
            check_plan(subject->buffers(), subject->alignment, plan, subject->overlaps());
        !status.ok()) {
        return status.in_file(subject->file);
    }
    if (command.json) {
        std::puts(json_of(command, *subject, report).document().c_str());
    } else {
        print_report(command, *subject, report);
    }
    if (fits(command, plan)) return {};
    const bool impossible = plan.lower_bound_bytes > static_cast<std::int64_t>(command.capacity);
    return Error{subject->file, "",
                 "a plan of at most " + std::to_string(command.capacity) + " bytes",
                 std::to_string(plan.arena_bytes) + " bytes",
                 impossible ? "no plan needs less than " + std::to_string(plan.lower_bound_bytes)
                            : "a longer --time-limit may find one"};
}

}  // namespace

Command::Action declare_plan(Arguments& arguments) {
    const auto command = std::make_shared<PlanCommand>();
    arguments.text("model", command->model, {.value = "M.tflite", .help = "plans its activations"});
    arguments.text("--csv", command->table,
                   {.value = "FILE",
                    .help = "plans the buffers of a table id,lower,upper,size (upper exclusive)"});
    arguments.number("--capacity", command->capacity,
                     {.value = "N", .help = "any plan of at most N bytes will do"});
    std::vector<std::string> planners;
    for (const PlannerInfo& info : all_planners()) planners.emplace_back(info.name);
    planners.emplace_back(kExact);
    const std::string planner_help = join(planners, ", ") + " (default)";
    arguments.text(
        "--planner", command->planner,
        {.value = "NAME", .help = planner_help.c_str(), .choices = planners, .kind = "planner"});
    arguments.number("--time-limit", command->seconds, 1, 86400,
                     {.value = "S", .help = "seconds for the exact search (default 30)"});
    arguments.number("--alignment", command->alignment, 1, static_cast<int>(kMaxBufferAlignment),
                     {.value = "N", .help = "of offsets, in bytes (default 4; for a table 1)"});
    add_savings_options(arguments, command->savings);
    add_json_flag(arguments, command->json);
    arguments.rule([command]() -> std::string {
        if (command->model.empty() == command->table.empty()) {
            return "give either a model or --csv FILE";
        }
        if (command->capacity > static_cast<std::uint64_t>(kMaxBufferBytes)) {
            return "--capacity is at most " + std::to_string(kMaxBufferBytes);
        }
        return "";
    });
    return [command] { return run_plan(*command); };
}

}  // namespace whittle::cli
