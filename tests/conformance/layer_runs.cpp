#include <cstdio>
#include <cstdlib>

#include "core/base/platform/process.h"
#include "core/runtime/program.h"
#include "native/boards/emulator.h"
#include "tests/conformance/layers.h"

namespace whittle::conformance {

namespace {

using Bytes = std::vector<std::uint8_t>;
using Group = std::vector<const Layer*>;

// What a board keeps for itself: the runner below the program image, its stack and its data.
constexpr std::int64_t kRunnerFlashBytes = 1 << 16;
constexpr std::int64_t kRunnerRamBytes = 1 << 14;

struct Tally {
    int passed = 0;
    int failed = 0;
    int unsupported = 0;
};

std::uint32_t hash_of_bytes(std::span<const std::uint8_t> bytes) {
    std::uint32_t hash = 2166136261u;
    for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 16777619u;
    return hash;
}

Bytes inputs_of(const Group& group) {
    Bytes inputs;
    for (const Layer* layer : group) {
        inputs.insert(inputs.end(), layer->inputs.begin(), layer->inputs.end());
    }
    return inputs;
}

std::size_t output_bytes_of(const Layer& layer) {
    return layer.graph.tensor(layer.graph.outputs[0]).bytes();
}

// Where and with which kernels layers run, and how: the outputs of a group, one after another.
struct Place {
    std::string name;
    InstructionSet set;
    const Board* board = nullptr;  // nullptr: here

    std::string title() const { return name + ", " + instruction_set_name(set); }
};

Result<Bytes> run_here(const Deployment& deployment, const Bytes& inputs) {
    auto program = Program::from_deployment(deployment);
    if (!program.ok()) return program.error();
    Bytes outputs(program->output_bytes());
    program->run(inputs, outputs);
    return outputs;
}

Result<Bytes> run_there(const Board& board, const Deployment& deployment, const Bytes& inputs) {
    const auto image = make_program_image(deployment);
    if (!image.ok()) return image.error();
    auto run = run_on_board(board, *image, inputs, 1);
    if (!run.ok()) return run.error();
    return std::move(run->outputs);
}

void fail(const Place& place, const Layer& layer, const std::string& reason, Tally& tally) {
    ++tally.failed;
    std::printf("failed: %s, %s: %s\n", layer.name.c_str(), place.title().c_str(), reason.c_str());
}

// Returns how many layers have a kernel of the set.
int run_group(const Place& place, const Group& group, Tally& tally) {
    const Deployment deployment = deployment_of(group, place.set);
    int own = 0;
    for (const PreparedOp& op : deployment.ops) {
        own += op.variant >> 8 == static_cast<std::uint32_t>(place.set) ? 1 : 0;
    }
    const Bytes inputs = inputs_of(group);
    const Result<Bytes> outputs = place.board == nullptr
                                      ? run_here(deployment, inputs)
                                      : run_there(*place.board, deployment, inputs);
    std::size_t used = 0;
    for (const Layer* layer : group) {
        const std::size_t count = output_bytes_of(*layer);
        if (!outputs.ok()) {
            fail(place, *layer, outputs.error().message(), tally);
        } else if (used + count > outputs->size()) {
            fail(place, *layer, "no output", tally);
        } else if (const std::uint32_t hash =
                       hash_of_bytes(std::span(*outputs).subspan(used, count));
                   hash != layer->hash) {
            char text[64];
            std::snprintf(text, sizeof text, "%08x, expected %08x", hash, layer->hash);
            fail(place, *layer, text, tally);
        } else {
            ++tally.passed;
        }
        used += count;
    }
    return own;
}

struct Needs {
    std::int64_t flash_bytes;
    std::int64_t ram_bytes;
};

Needs needs_of(const Layer& layer, InstructionSet set) {
    const Deployment deployment = deployment_of({&layer}, set);
    const auto image = make_program_image(deployment);
    return {image.ok() ? static_cast<std::int64_t>(image->size()) : 0,
            deployment.plan.arena_bytes + WHITTLE_ARENA_ALIGNMENT};
}

// Layers in order, as many at once as the place's memory holds; here one by one.
std::vector<Group> groups_for(const Place& place, const std::vector<Layer>& layers) {
    std::vector<Group> groups;
    Needs used{};
    for (const Layer& layer : layers) {
        bool fits = false;
        if (place.board != nullptr) {
            const Needs needs = needs_of(layer, place.set);
            used = {used.flash_bytes + needs.flash_bytes, used.ram_bytes + needs.ram_bytes};
            fits = !groups.empty() &&
                   used.flash_bytes <= place.board->flash_bytes - kRunnerFlashBytes &&
                   used.ram_bytes <= place.board->usable_ram_bytes - kRunnerRamBytes;
            if (!fits) used = needs;
        }
        if (!fits) groups.emplace_back();
        groups.back().push_back(&layer);
    }
    return groups;
}

void run_at(const Place& place, const std::vector<Layer>& layers, Tally& tally) {
    const int before = tally.passed;
    int own = 0;
    for (const Group& group : groups_for(place, layers)) own += run_group(place, group, tally);
    std::printf("%s: %d of %zu layers right", place.title().c_str(), tally.passed - before,
                layers.size());
    if (place.set != InstructionSet::reference) std::printf(", %d by kernels of that set", own);
    std::puts("");
    std::fflush(stdout);
}

// Whether a board can run here; if not, says why.
bool is_ready(const Board& board) {
    const std::string emulator = toolchain_of(board.architecture).emulator;
    const bool has_emulator = !find_program(emulator).empty();
    const Result<std::string> runner = find_firmware("runner", board);
    if (has_emulator && runner.ok()) return true;
    std::printf(
        "skipped: board %s: %s\n", board.name,
        has_emulator ? runner.error().message().c_str() : ("no " + emulator + " in PATH").c_str());
    return false;
}

std::vector<Place> places_of(const std::vector<std::string>& boards) {
    std::vector<Place> places;
    if (boards.empty()) {
        for (const InstructionSet set : host_instruction_sets()) places.push_back({"here", set});
    }
    for (const std::string& name : boards) {
        const Board* board = board_named(name);
        if (!is_ready(*board)) continue;
        places.push_back({name, InstructionSet::reference, board});
        if (board->kernels != InstructionSet::reference) {
            places.push_back({name, board->kernels, board});
        }
    }
    return places;
}

}  // namespace

int run_layers(const std::string& path, const std::vector<std::string>& boards) {
    const auto cases = read_layers(path);
    if (!cases.ok()) {
        std::fprintf(stderr, "conformance: %s\n", cases.error().message().c_str());
        return 2;
    }
    Tally tally;
    std::vector<Layer> layers;
    for (std::size_t i = 0; i < cases->size(); ++i) {
        Result<Layer> layer = make_layer((*cases)[i], i);
        if (layer.ok()) {
            layers.push_back(std::move(*layer));
        } else {
            ++tally.unsupported;
            std::printf("unsupported: %s: %s\n", (*cases)[i].name.c_str(),
                        layer.error().message().c_str());
        }
    }
    for (const Place& place : places_of(boards)) run_at(place, layers, tally);
    std::printf("%d passed, %d failed, %d unsupported\n", tally.passed, tally.failed,
                tally.unsupported);
    return tally.failed == 0 ? 0 : 1;
}

}  // namespace whittle::conformance
