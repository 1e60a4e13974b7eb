#include "lessons/02-guess-the-line/lab.h"
#include "lessons/03-gradient-descent/lab.h"
#include "lessons/04-one-neuron/lab.h"
#include "lessons/06-neurons-and-layers/lab.h"
#include "lessons/07-hello-sine/lab.h"
#include "lessons/09-judging-a-classifier/lab.h"
#include "lessons/22-counting-cost/lab.h"
#include "lessons/23-arena/lab.h"
#include "lessons/kit/lab.h"

namespace whittle {

namespace {

template <class T>
std::unique_ptr<Lab> make() {
    return std::make_unique<T>();
}

constexpr LabEntry kLabs[] = {
    {"guess-the-line", "Guess the line", make<GuessTheLineLab>},
    {"gradient-descent", "Gradient descent", make<GradientDescentLab>},
    {"one-neuron", "One neuron", make<OneNeuronLab>},
    {"neurons-and-layers", "Neurons and layers", make<NeuronsAndLayersLab>},
    {"hello-sine", "Hello, sine", make<HelloSineLab>},
    {"judging-a-classifier", "Judging a classifier", make<JudgingLab>},
    {"counting-cost", "Counting the cost", make<CountingCostLab>},
    {"arena", "Planning the arena", make<ArenaLab>},
};

}  // namespace

std::span<const LabEntry> all_labs() { return kLabs; }

const LabEntry* lab_named(std::string_view name) {
    for (const LabEntry& entry : kLabs) {
        if (entry.name == name) return &entry;
    }
    return nullptr;
}

}  // namespace whittle
