#include "lessons/02-guess-the-line/lab.h"
#include "lessons/kit/lab.h"

namespace whittle {

namespace {

template <class T>
std::unique_ptr<Lab> make() {
    return std::make_unique<T>();
}

constexpr LabEntry kLabs[] = {
    {"guess-the-line", "Guess the line", make<GuessTheLineLab>},
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
