#include "lessons/23-arena/nets.h"

#include <algorithm>
#include <utility>

#include "core/base/random.h"
#include "core/memory/lifetimes.h"

namespace whittle {

namespace {

constexpr std::int64_t kKibi = 1024;
constexpr std::int64_t kRandomUnit = 256;  // bytes
constexpr std::uint32_t kRandomUnits = 16;
constexpr std::uint32_t kLongestLife = 5;  // steps
constexpr std::uint64_t kRandomStream = 5;

// A block of the ResNet: two convolutions beside a way around them, which has a convolution of its
// own where sizes change; then the sum.
void add_residual_block(
    ArenaTensors& tensors, int block, int& step, std::int64_t bytes, bool projected) {
    const std::string name = std::to_string(block);
    const int first = step;
    const int sum = first + (projected ? 3 : 2);
    tensors.buffers.back().last_step = projected ? first + 2 : sum;
    tensors.add("conv " + name + "a", bytes, first, first + 1);
    tensors.add("conv " + name + "b", bytes, first + 1, sum);
    if (projected) tensors.add("way " + name, bytes, first + 2, sum);
    tensors.add("sum " + name, bytes, sum, sum + 1);
    step = sum + 1;
}

}  // namespace

void ArenaTensors::add(std::string name, std::int64_t bytes, int first_step, int last_step) {
    names.push_back(std::move(name));
    buffers.push_back({bytes, first_step, last_step});
}

int ArenaTensors::steps() const {
    int last = 0;
    for (const Buffer& buffer : buffers) last = std::max(last, buffer.last_step);
    return last + 1;
}

ArenaTensors seven_tensors() {
    const std::int64_t sizes[] = {
        512 * 512 * 3, 256 * 256 * 8, 128 * 128 * 16, 64 * 64 * 32, 32 * 32 * 64, 64, 10};
    ArenaTensors tensors;
    for (int i = 0; i < 7; ++i) {
        tensors.add("n" + std::to_string(i), sizes[i], std::max(0, i - 1), std::min(i, 5));
    }
    return tensors;
}

ArenaTensors sine_tensors() {
    ArenaTensors tensors;
    tensors.add("input", 1, 0, 0);
    tensors.add("dense 1", 16, 0, 1);
    tensors.add("dense 2", 16, 1, 2);
    tensors.add("output", 1, 2, 2);
    return tensors;
}

ArenaTensors keyword_tensors() {
    constexpr std::int64_t kMaps = 25 * 5 * 64;
    ArenaTensors tensors;
    tensors.add("input", 49 * 10, 0, 0);
    tensors.add("conv", kMaps, 0, 1);
    for (int block = 1; block <= 4; ++block) {
        const std::string name = std::to_string(block);
        tensors.add("depth " + name, kMaps, 2 * block - 1, 2 * block);
        tensors.add("point " + name, kMaps, 2 * block, 2 * block + 1);
    }
    tensors.add("pool", 64, 9, 10);
    tensors.add("reshape", 64, 10, 11);
    tensors.add("dense", 12, 11, 12);
    tensors.add("output", 12, 12, 12);
    return tensors;
}

ArenaTensors resnet_tensors() {
    ArenaTensors tensors;
    tensors.add("input", 32 * 32 * 3, 0, 0);
    tensors.add("conv", 32 * 32 * 16, 0, 1);
    int step = 1;
    add_residual_block(tensors, 1, step, 32 * 32 * 16, false);
    add_residual_block(tensors, 2, step, 16 * 16 * 32, true);
    add_residual_block(tensors, 3, step, 8 * 8 * 64, true);
    tensors.add("pool", 64, step, step + 1);
    tensors.add("reshape", 64, step + 1, step + 2);
    tensors.add("dense", 10, step + 2, step + 3);
    tensors.add("output", 10, step + 3, step + 3);
    return tensors;
}

ArenaTensors puzzle_tensors() {
    ArenaTensors tensors;
    tensors.add("a", 1024, 0, 0);
    tensors.add("b", 3584, 0, 3);
    tensors.add("c", 6144, 1, 1);
    tensors.add("d", 4608, 2, 4);
    tensors.add("e", 512, 3, 4);
    tensors.add("f", 5632, 4, 5);
    tensors.add("g", 2048, 5, 5);
    return tensors;
}

ArenaTensors tight_tensors() {
    const Buffer units[] = {{2, 0, 1}, {2, 0, 0}, {1, 0, 6}, {1, 1, 2}, {1, 1, 4},
                            {1, 2, 4}, {1, 2, 7}, {1, 3, 7}, {2, 5, 6}, {3, 7, 7}};
    ArenaTensors tensors;
    for (const Buffer& unit : units) {
        tensors.add(std::string(1, static_cast<char>('a' + tensors.size())), unit.bytes * kKibi,
                    unit.first_step, unit.last_step);
    }
    return tensors;
}

ArenaTensors random_tensors(std::size_t count, std::uint64_t seed) {
    Random random(seed, kRandomStream);
    const auto steps = static_cast<std::uint32_t>(count);
    ArenaTensors tensors;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t first = random.below(steps);
        const std::uint32_t length = 1 + random.below(kLongestLife);
        const std::int64_t units = 1 + std::int64_t{random.below(kRandomUnits)};
        tensors.add("t" + std::to_string(i + 1), units * kRandomUnit, static_cast<int>(first),
                    static_cast<int>(std::min(steps - 1, first + length - 1)));
    }
    return tensors;
}

Result<ArenaTensors> tensors_of(const Graph& graph, std::int64_t max_bytes, int max_steps) {
    const auto steps = static_cast<int>(graph.nodes.size());
    if (steps > max_steps) {
        return Error{.place = "operators",
                     .expected = "at most " + std::to_string(max_steps),
                     .found = std::to_string(steps),
                     .hint = "whittle inspect plans models of any length"};
    }
    const TensorLifetimes lifetimes = lifetimes_of(graph, InputsOutputs::in_arena);
    if (lifetimes.buffers.size() > kMaxArenaTensors) {
        return Error{.place = "tensors",
                     .expected = "at most " + std::to_string(kMaxArenaTensors) + " activations",
                     .found = std::to_string(lifetimes.buffers.size()),
                     .hint = "whittle inspect plans models of any length"};
    }
    std::vector<std::string> names(graph.tensors.size(), "input");
    for (std::size_t step = 0; step < graph.nodes.size(); ++step) {
        const Node& node = graph.nodes[step];
        for (const int output : node.outputs) {
            names[static_cast<std::size_t>(output)] =
                std::string(definition_of(node.op).name) + " " + std::to_string(step);
        }
    }
    ArenaTensors tensors;
    for (std::size_t i = 0; i < lifetimes.buffers.size(); ++i) {
        const Buffer& buffer = lifetimes.buffers[i];
        const std::string& name = names[static_cast<std::size_t>(lifetimes.tensors[i])];
        if (buffer.bytes > max_bytes) {
            return Error{.place = "tensor '" + name + "'",
                         .expected = "at most " + std::to_string(max_bytes) + " bytes",
                         .found = std::to_string(buffer.bytes),
                         .hint = "whittle inspect plans models of any size"};
        }
        tensors.add(name, buffer.bytes, buffer.first_step, buffer.last_step);
    }
    return tensors;
}

ArenaTensors widened(ArenaTensors tensors, std::int64_t factor) {
    for (Buffer& buffer : tensors.buffers) buffer.bytes *= factor;
    return tensors;
}

}  // namespace whittle
