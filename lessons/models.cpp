#include "lessons/models.h"

#include "core/base/text.h"
#include "core/deploy/tflite_file.h"
#include "lessons/23-arena/lab.h"

namespace whittle {

namespace {

struct Taker {
    const char* lesson;
    Status (*open)(Lab&, const Graph&);
};

constexpr Taker kTakers[] = {
    {"arena",
     [](Lab& lab, const Graph& graph) { return static_cast<ArenaLab&>(lab).open_model(graph); }},
};

const Taker* taker_of(std::string_view lesson) {
    for (const Taker& taker : kTakers) {
        if (lesson == taker.lesson) return &taker;
    }
    return nullptr;
}

}  // namespace

bool takes_models(std::string_view lesson) { return taker_of(lesson) != nullptr; }

Status open_model(std::string_view lesson, Lab& lab, std::span<const std::uint8_t> tflite) {
    const Taker* taker = taker_of(lesson);
    if (taker == nullptr) {
        return Error{.place = "lab",
                     .expected = "one that takes models",
                     .found = quoted(lesson),
                     .hint = "the lesson arena does"};
    }
    const Result<Graph> graph = read_tflite(tflite);
    if (!graph.ok()) return graph.status();
    return taker->open(lab, *graph);
}

}  // namespace whittle
