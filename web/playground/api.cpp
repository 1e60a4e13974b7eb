#include "web/playground/api.h"

#include <emscripten/emscripten.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/hash.h"
#include "core/base/platform/process.h"
#include "core/train/bench_tasks.h"
#include "lessons/models.h"
#include "lessons/ui/exports.h"
#include "web/playground/stage.h"

namespace whittle::ui {

namespace {

using Json = nlohmann::json;

constexpr double kSecondsForLink = 0.2;

const char* answer(const Json& json) {
    static std::string text;
    // Text that is not UTF-8 comes from outside; it must not end the program.
    text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.c_str();
}

const char* failure(const Error& error) { return answer({{"error", error.message()}}); }

Error nothing_open() {
    return {.place = "lab", .expected = "an open lesson", .hint = "call whittle_open first"};
}

std::string_view text_of(const char* text) { return text == nullptr ? "" : text; }

const char* kind_name(ParameterKind kind) {
    switch (kind) {
        case ParameterKind::number: return "number";
        case ParameterKind::integer: return "integer";
        case ParameterKind::choice: return "choice";
        case ParameterKind::toggle: return "toggle";
    }
    return "";
}

Json parameters_of(const Lab& lab) {
    Json list = Json::array();
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        const Parameter& p = lab.parameters()[i];
        list.push_back({{"name", p.name},
                        {"title", p.title},
                        {"kind", kind_name(p.kind)},
                        {"value", lab.value(i)},
                        {"text", lab.value_text(i)},
                        {"initial", p.initial},
                        {"minimum", p.minimum},
                        {"maximum", p.maximum},
                        {"step", p.step},
                        {"logarithmic", p.logarithmic},
                        {"unit", p.unit},
                        {"choices", p.choices},
                        {"help", p.help},
                        {"group", p.group}});
    }
    return list;
}

Json readouts_of(const Lab& lab) {
    Json list = Json::array();
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        const Readout& r = lab.readouts()[i];
        const double value = lab.readout(i);
        list.push_back({{"name", r.name},
                        {"title", r.title},
                        {"unit", r.unit},
                        {"text", lab.readout_text(i)},
                        {"value", std::isfinite(value) ? Json(value) : Json()},
                        {"help", r.help}});
    }
    return list;
}

Json actions_of(const Lab& lab) {
    Json list = Json::array();
    for (const Action& a : lab.actions()) {
        list.push_back(
            {{"name", a.name}, {"title", a.title}, {"help", a.help}, {"group", a.group}});
    }
    return list;
}

Json goals_of(const Lab& lab) {
    Json list = Json::array();
    for (std::size_t i = 0; i < lab.goals().size(); ++i) {
        const Goal& g = lab.goals()[i];
        list.push_back({{"name", g.name},
                        {"title", g.title},
                        {"hint", g.hint},
                        {"ticked", static_cast<bool>(lab.goal_ticked(i))}});
    }
    return list;
}

const char* state_of(const Playground& playground) {
    const Lab& lab = playground.lab();
    const LabEntry& entry = playground.entry();
    return answer({{"lesson", entry.name},
                   {"title", entry.title},
                   {"playing", lab.playing()},
                   {"revision", lab.revision()},
                   {"restoring", playground.link_done() ? Json() : Json(playground.progress())},
                   {"notices", playground.notices()},
                   {"parameters", parameters_of(lab)},
                   {"actions", actions_of(lab)},
                   {"readouts", readouts_of(lab)},
                   {"goals", goals_of(lab)},
                   {"exports", export_kinds(entry.name, lab)},
                   {"imports", takes_models(entry.name) ? Json::array({"tflite"}) : Json::array()},
                   {"link", to_link(lab)},
                   {"command", to_command(entry, lab)},
                   {"summary", playground.summary()}});
}

// The task that is measured.
struct Bench {
    const BenchTask* task = nullptr;
    std::uint64_t seed = 1;
    Dataset data;
    std::vector<float> features;
    std::vector<float> targets;
};

Bench& bench() {
    static Bench the_bench;
    return the_bench;
}

Json weights_of(const Graph& graph) {
    Json all = Json::array();
    for (const Tensor& tensor : graph.tensors) {
        if (!tensor.trainable) continue;
        const std::span<const float> values = tensor.as<float>();
        all.push_back(std::vector<float>(values.begin(), values.end()));
    }
    return all;
}

Json numbers(const std::vector<float>& values, std::size_t samples) {
    return {{"address", reinterpret_cast<std::uintptr_t>(values.data())},
            {"count", values.size() / samples}};
}

const char* prepare_bench(const BenchTask& task, std::uint64_t seed) {
    Bench& prepared = bench();
    prepared = {&task, seed, task.data(task.samples, seed), {}, {}};
    const std::size_t samples = prepared.data.size();
    std::vector<std::uint32_t> all(samples);
    std::iota(all.begin(), all.end(), 0u);
    prepared.features.resize(samples * prepared.data.feature_count());
    prepared.targets.resize(samples * prepared.data.target_count());
    prepared.data.gather_features(all, prepared.features);
    prepared.data.gather_targets(all, prepared.targets);
    return answer({{"samples", samples},
                   {"features", numbers(prepared.features, samples)},
                   {"targets", numbers(prepared.targets, samples)},
                   {"start", weights_of(task.model(seed))}});
}

}  // namespace

}  // namespace whittle::ui

using namespace whittle;
using namespace whittle::ui;

extern "C" {

EMSCRIPTEN_KEEPALIVE int whittle_attach(const char* canvas_selector) {
    return stage().attach(std::string(text_of(canvas_selector))) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE const char* whittle_lessons(void) {
    Json list = Json::array();
    for (const LabEntry& entry : all_labs()) {
        list.push_back({{"name", entry.name}, {"title", entry.title}});
    }
    return answer({{"lessons", list}});
}

EMSCRIPTEN_KEEPALIVE const char* whittle_open(const char* lesson, const char* link) {
    Playground& playground = stage().playground();
    const Status status = playground.open(text_of(lesson), text_of(link));
    if (!status.ok()) return failure(status.error());
    const double end = monotonic_seconds() + kSecondsForLink;
    while (!playground.link_done() && monotonic_seconds() < end) playground.advance();
    stage().wake();
    return answer({{"notices", playground.notices()}});
}

EMSCRIPTEN_KEEPALIVE void whittle_stop_link(void) {
    stage().playground().stop_link();
    stage().wake();
}

EMSCRIPTEN_KEEPALIVE const char* whittle_state(void) {
    const Playground& playground = stage().playground();
    return playground.is_open() ? state_of(playground) : failure(nothing_open());
}

EMSCRIPTEN_KEEPALIVE const char* whittle_set(const char* name, const char* text) {
    Playground& playground = stage().playground();
    if (!playground.is_open()) return failure(nothing_open());
    playground.finish_link();
    Lab& lab = playground.lab();
    std::string notice;
    const Status status = lab.set(text_of(name), text_of(text), &notice);
    if (!status.ok()) return failure(status.error());
    stage().wake();
    Json json = Json::object();
    for (std::size_t i = 0; i < lab.parameters().size(); ++i) {
        if (lab.parameters()[i].name == text_of(name)) json["text"] = lab.value_text(i);
    }
    if (!notice.empty()) json["notice"] = notice;
    return answer(json);
}

EMSCRIPTEN_KEEPALIVE const char* whittle_act(const char* name, int count) {
    Playground& playground = stage().playground();
    if (!playground.is_open()) return failure(nothing_open());
    playground.finish_link();
    const Status status = playground.lab().act(text_of(name), count);
    stage().wake();
    return status.ok() ? answer(Json::object()) : failure(status.error());
}

EMSCRIPTEN_KEEPALIVE int whittle_revision(void) {
    const Playground& playground = stage().playground();
    return playground.is_open() ? static_cast<int>(playground.lab().revision()) : 0;
}

EMSCRIPTEN_KEEPALIVE void whittle_theme(int dark) { stage().set_dark(dark != 0); }

EMSCRIPTEN_KEEPALIVE void whittle_show_controls(int shown) { stage().set_controls(shown != 0); }

EMSCRIPTEN_KEEPALIVE const char* whittle_tick_goals(const char* names) {
    Playground& playground = stage().playground();
    if (!playground.is_open()) return failure(nothing_open());
    const Json list = Json::parse(text_of(names), nullptr, false);
    const bool strings =
        list.is_array() &&
        std::all_of(list.begin(), list.end(), [](const Json& item) { return item.is_string(); });
    if (!strings) return failure({.place = "goals", .expected = "a JSON array of names"});
    playground.lab().restore_ticked(list.get<std::vector<std::string>>());
    stage().wake();
    return answer(Json::object());
}

EMSCRIPTEN_KEEPALIVE const char* whittle_export(const char* kind) {
    static ExportFile file;
    const Playground& playground = stage().playground();
    if (!playground.is_open()) return failure(nothing_open());
    Result<ExportFile> made = make_export(playground.entry().name, playground.lab(), text_of(kind));
    if (!made.ok()) return failure(made.error());
    file = std::move(*made);
    return answer({{"name", file.name},
                   {"type", file.type},
                   {"address", reinterpret_cast<std::uintptr_t>(file.bytes.data())},
                   {"size", file.bytes.size()}});
}

EMSCRIPTEN_KEEPALIVE const char* whittle_import(const unsigned char* address, int size) {
    Playground& playground = stage().playground();
    if (!playground.is_open()) return failure(nothing_open());
    playground.finish_link();
    const Status status = open_model(playground.entry().name, playground.lab(),
                                     {address, static_cast<std::size_t>(std::max(size, 0))});
    stage().wake();
    return status.ok() ? answer(Json::object()) : failure(status.error());
}

EMSCRIPTEN_KEEPALIVE const char* whittle_places(void) {
    // The tip first: finding the places draws, and what is asked for is what people see.
    const std::string tip = stage().playground().tip();
    Json list = Json::array();
    for (const Place& place : stage().places()) {
        list.push_back({{"name", place.name},
                        {"x", place.box.min.x},
                        {"y", place.box.min.y},
                        {"width", place.box.width()},
                        {"height", place.box.height()}});
    }
    return answer({{"places", list}, {"tip", tip}});
}

EMSCRIPTEN_KEEPALIVE const char* whittle_statistics(void) {
    const Stage::Statistics& statistics = stage().statistics();
    return answer({{"frames", statistics.frames},
                   {"drawing", statistics.drawing_seconds},
                   {"training", statistics.training_seconds},
                   {"pending", stage().pending()}});
}

EMSCRIPTEN_KEEPALIVE const char* whittle_bench_task(const char* name, int seed) {
    const BenchTask* task = bench_task_named(text_of(name));
    if (task == nullptr) {
        return failure(
            {.place = "task", .expected = "sine, mlp or cnn", .found = std::string(text_of(name))});
    }
    return prepare_bench(*task, static_cast<std::uint64_t>(seed));
}

EMSCRIPTEN_KEEPALIVE const char* whittle_bench_train(void) {
    if (bench().task == nullptr) {
        return failure({.place = "task", .expected = "a call of whittle_bench_task first"});
    }
    const Result<BenchRun> run = run_bench_task(*bench().task, bench().data, bench().seed);
    if (!run.ok()) return failure(run.error());
    return answer({{"seconds", run->seconds},
                   {"loss", run->loss},
                   {"weights_hash", to_hex(run->weights_hash)}});
}
}
