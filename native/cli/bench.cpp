#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <optional>

#include "core/base/hash.h"
#include "core/base/platform/threads.h"
#include "core/base/simd.h"
#include "core/data/readers.h"
#include "core/train/bench_tasks.h"
#include "native/cli/bench_model.h"
#include "native/cli/command.h"
#include "native/cli/json.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

constexpr int kDefaultRuns = 5;
constexpr int kTimedBatches = 31;  // for the times of the operators
constexpr int kMostThreads = 64;

struct BenchCommand {
    std::string what;
    std::string on;
    SavingsOptions savings;
    std::string task;  // empty: all
    std::string data;  // a folder with MNIST
    std::string simd;  // empty: the best
    std::optional<std::uint64_t> seed;
    std::optional<int> threads;
    std::optional<int> runs;
    bool json = false;
};

// One task, measured.
struct Measurement {
    const BenchTask* task = nullptr;
    std::size_t samples = 0;
    std::vector<double> seconds;            // of each run, sorted
    std::vector<double> processor_seconds;  // likewise
    BenchRun last;
    std::vector<OperatorTime> operators;

    double median() const { return seconds[seconds.size() / 2]; }
    double samples_per_second() const {
        return static_cast<double>(samples) * task->epochs / median();
    }
};

std::vector<std::string> task_names() {
    std::vector<std::string> names;
    for (const BenchTask& task : all_bench_tasks()) names.emplace_back(task.name);
    return names;
}

std::vector<std::string> simd_names() {
    std::vector<std::string> names;
    for (const SimdLevel level : simd_levels()) names.emplace_back(simd_name(level));
    return names;
}

std::vector<std::string> instruction_set_names() {
    std::vector<std::string> names;
    for (const InstructionSet set : host_instruction_sets()) {
        names.emplace_back(instruction_set_name(set));
    }
    return names;
}

// What --simd takes: for training, or for a model.
std::vector<std::string> all_simd_names() {
    std::vector<std::string> names = simd_names();
    for (const std::string& name : instruction_set_names()) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

// Generated; or, for the tasks with images, the first of MNIST's.
Result<Dataset> data_of(const BenchCommand& command, const BenchTask& task) {
    if (command.data.empty() || std::string(task.name) == "sine") {
        return task.data(task.samples, command.seed.value_or(1));
    }
    const Result<TrainTestData> mnist = read_mnist(command.data);
    if (!mnist.ok()) return mnist.status();
    std::vector<std::uint32_t> first(std::min(task.samples, mnist->train.size()));
    std::iota(first.begin(), first.end(), 0u);
    return mnist->train.subset(first);
}

// The runs, after one to warm up, and the operators one by one.
Result<Measurement> measure(const BenchCommand& command,
                            const BenchTask& task,
                            const Dataset& data) {
    Measurement measurement;
    measurement.task = &task;
    measurement.samples = data.size();
    const int runs = command.runs.value_or(kDefaultRuns);
    for (int run = runs > 1 ? -1 : 0; run < runs; ++run) {
        const Result<BenchRun> done = run_bench_task(task, data, command.seed.value_or(1));
        if (!done.ok()) return done.status();
        if (run >= 0) {
            measurement.seconds.push_back(done->seconds);
            measurement.processor_seconds.push_back(done->processor_seconds);
        }
        measurement.last = *done;
    }
    for (auto* seconds : {&measurement.seconds, &measurement.processor_seconds}) {
        std::sort(seconds->begin(), seconds->end());
    }
    auto operators = time_operators(task, data, command.seed.value_or(1), kTimedBatches);
    if (!operators.ok()) return operators.status();
    measurement.operators = std::move(*operators);
    return measurement;
}

// "12.3 (51 %)" billions of operations a second, and the share of the peak.
std::string speed_text(double operations, double seconds, double peak) {
    if (operations == 0.0) return "";
    const double speed = operations / seconds;
    return format_text("%.1f (%2.0f %%)", speed / 1e9, 100.0 * speed / peak);
}

void print_operators(const Measurement& measurement, double peak) {
    Table table({"operator", "forward us", "GFLOP/s", "backward us", "GFLOP/s"});
    table.right({1, 2, 3, 4});
    for (const OperatorTime& time : measurement.operators) {
        table.add({time.name, format_text("%.1f", 1e6 * time.forward_seconds),
                   speed_text(time.forward_operations, time.forward_seconds, peak),
                   format_text("%.1f", 1e6 * time.backward_seconds),
                   speed_text(time.backward_operations, time.backward_seconds, peak)});
    }
    std::fputs(table.text().c_str(), stdout);
}

void print(const Measurement& measurement, double peak) {
    std::printf("%s: %s\n", measurement.task->name, measurement.task->description);
    std::printf(
        "  %.1f ms, the median of %zu runs (%.1f to %.1f; of the processor's time %.1f): "
        "%s samples a second\n",
        1e3 * measurement.median(), measurement.seconds.size(), 1e3 * measurement.seconds.front(),
        1e3 * measurement.seconds.back(),
        1e3 * measurement.processor_seconds[measurement.processor_seconds.size() / 2],
        thousands(static_cast<std::int64_t>(measurement.samples_per_second())).c_str());
    std::printf("  loss %.4f, hash of all weights %s\n", static_cast<double>(measurement.last.loss),
                to_hex(measurement.last.weights_hash).c_str());
    print_operators(measurement, peak);
}

Json operator_json(const OperatorTime& time, double peak) {
    const auto speed = [](double operations, double seconds) {
        return operations == 0.0 ? Json() : Json(operations / seconds);
    };
    return {
        {"name", time.name},
        {"forward_us", 1e6 * time.forward_seconds},
        {"backward_us", 1e6 * time.backward_seconds},
        {"forward_flops", speed(time.forward_operations, time.forward_seconds)},
        {"backward_flops", speed(time.backward_operations, time.backward_seconds)},
        {"forward_share_of_peak", speed(time.forward_operations, time.forward_seconds * peak)},
        {"backward_share_of_peak", speed(time.backward_operations, time.backward_seconds * peak)}};
}

Json measurement_json(const Measurement& measurement, double peak) {
    Json operators = Json::array();
    for (const OperatorTime& time : measurement.operators) {
        operators.push_back(operator_json(time, peak));
    }
    return {{"task", measurement.task->name},
            {"samples", measurement.samples},
            {"epochs", measurement.task->epochs},
            {"seconds", measurement.median()},
            {"seconds_of_each_run", measurement.seconds},
            {"processor_seconds_of_each_run", measurement.processor_seconds},
            {"samples_per_second", measurement.samples_per_second()},
            {"loss", measurement.last.loss},
            {"weights_hash", to_hex(measurement.last.weights_hash)},
            {"operators", operators}};
}

Status run_bench(const BenchCommand& command) {
    std::vector<std::pair<const BenchTask*, Dataset>> chosen;
    for (const BenchTask& task : all_bench_tasks()) {
        if (!command.task.empty() && command.task != task.name) continue;
        Result<Dataset> data = data_of(command, task);
        if (!data.ok()) return data.status();
        chosen.emplace_back(&task, std::move(data).value());
    }
    for (const SimdLevel level : simd_levels()) {
        if (command.simd == simd_name(level)) set_simd_level(level);
    }
    set_thread_count(command.threads.value_or(1));
    const double peak = measure_peak_operations();
    if (!command.json) {
        std::printf(
            "%s, %d thread%s; multiplications and additions in registers: %.1f GFLOP/s "
            "a thread\n",
            simd_name(simd_level()), thread_count(), thread_count() == 1 ? "" : "s", peak / 1e9);
    }
    Json tasks = Json::array();
    for (const auto& [task, data] : chosen) {
        const auto measurement = measure(command, *task, data);
        if (!measurement.ok()) return measurement.status();
        if (command.json) {
            tasks.push_back(measurement_json(*measurement, peak));
        } else {
            std::printf("\n");
            print(*measurement, peak);
        }
    }
    if (!command.json) return {};
    std::puts(Json{{"simd", simd_name(simd_level())},
                   {"threads", thread_count()},
                   {"peak_flops", peak},
                   {"tasks", tasks}}
                  .document()
                  .c_str());
    return {};
}

InstructionSet chosen_set(const BenchCommand& command) {
    for (const InstructionSet set : host_instruction_sets()) {
        if (command.simd == instruction_set_name(set)) return set;
    }
    return host_instruction_set();
}

bool is_for_board(const BenchCommand& command) {
    return !command.on.empty() && command.on != "native";
}

Status run_model_bench(const BenchCommand& command) {
    const auto model = load_model(command.what);
    if (!model.ok()) return model.status();
    const Savings savings = command.savings.chosen();
    auto bench =
        is_for_board(command)
            ? bench_on_board(model->graph, *board_named(command.on), savings)
            : bench_here(model->graph, chosen_set(command), savings, command.runs.value_or(0));
    if (!bench.ok()) return bench.status().in_file(command.what);
    bench->model = command.what;
    if (command.json) {
        std::puts(bench_json(*bench).c_str());
    } else {
        std::fputs(bench_text(*bench).c_str(), stdout);
    }
    return {};
}

// What does not go together.
std::string complaint(const BenchCommand& command) {
    const bool training = command.what == "train";
    if (training && !command.on.empty()) return "--on is for models; training runs here";
    if (!training &&
        (!command.task.empty() || !command.data.empty() || command.threads || command.seed)) {
        return "TASK, --threads, --data and --seed are for bench train";
    }
    if (is_for_board(command)) {
        if (command.runs || !command.simd.empty()) {
            return "--runs and --simd are for this machine: instructions on a board are counted "
                   "once, with its kernels";
        }
        return board_complaint(command.on);
    }
    const std::vector<std::string> known = training ? simd_names() : instruction_set_names();
    if (command.simd.empty() ||
        std::find(known.begin(), known.end(), command.simd) != known.end()) {
        return "";
    }
    return "--simd " + command.simd + " is not for " + (training ? "training" : "models") +
           "; known: " + join(known, ", ");
}

}  // namespace

Command::Action declare_bench(Arguments& arguments) {
    const auto command = std::make_shared<BenchCommand>();
    arguments.text(
        "what", command->what,
        {.value = "WHAT",
         .help = "train: how fast this machine trains; or a model: its layers one by one",
         .required = true,
         .choices = {"train"},
         .kind = "measurement",
         .or_ending = ".tflite"});
    std::vector<std::string> places = board_names();
    places.insert(places.begin(), "native");
    arguments.text("--on", command->on,
                   {.value = "BOARD",
                    .help = "of a model: native, in time (default), or the emulated board to count "
                            "instructions on",
                    .choices = std::move(places),
                    .kind = "board"});
    add_savings_options(arguments, command->savings);
    arguments.text("task", command->task,
                   {.value = "TASK",
                    .help = "one of the tasks (default all of them)",
                    .choices = task_names(),
                    .kind = "task"});
    arguments.number("--threads", command->threads, 1, kMostThreads,
                     {.value = "N", .help = "threads that share a batch (default 1)"});
    arguments.number(
        "--runs", command->runs, 1, 1000,
        {.value = "N",
         .help = "runs, of which the median counts (default 5; of a model as many as half "
                 "a second holds)"});
    arguments.text("--data", command->data,
                   {.value = "FOLDER", .help = "MNIST to train on instead of generated images"});
    arguments.text(
        "--simd", command->simd,
        {.value = "SET",
         .help = "instructions to use, for a model of its kernels (default the best here)",
         .choices = all_simd_names(),
         .kind = "instruction set"});
    arguments.number("--seed", command->seed,
                     {.value = "N", .help = "decides data, first weights and order (default 1)"});
    add_json_flag(arguments, command->json);
    arguments.rule([command] { return complaint(*command); });
    return [command] {
        return command->what == "train" ? run_bench(*command) : run_model_bench(*command);
    };
}

}  // namespace whittle::cli
