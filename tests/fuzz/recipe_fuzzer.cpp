// Any text is a recipe or an error that says where; a recipe's model is sound.
#include <cstdlib>

#include "core/train/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto recipe = whittle::Recipe::parse({reinterpret_cast<const char*>(data), size});
    if (!recipe.ok()) {
        const whittle::Error& error = recipe.error();
        if (error.place.empty() || error.expected.empty() || error.found.empty()) std::abort();
        return 0;
    }
    const whittle::Graph graph = recipe->model(1);
    if (!whittle::validate(graph).ok()) std::abort();
    if (whittle::weights_hash(graph) != whittle::weights_hash(recipe->model(1))) std::abort();
    return 0;
}
