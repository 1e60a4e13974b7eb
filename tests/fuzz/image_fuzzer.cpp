// libFuzzer target of the interpreter of program images: whatever the image says, it is refused or
// runs inside its buffers.
//
//   cmake --preset fuzz && ninja -C build/fuzz image_fuzzer
//   build/fuzz/bin/image_fuzzer -max_total_time=60 -max_len=20480 CORPUS_FOLDER
//
// Needs no corpus: the mutator starts from images of its own, with the kernels of all instruction
// sets, and changes their words. The checksum is set right before the check.

#include <setjmp.h>
#include <sys/time.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "core/base/random.h"
#include "core/deploy/program_image.h"
#include "core/runtime/interpreter.h"
#include "tests/support/guarded_run.h"
#include "tests/support/random_int8_net.h"
#include "tests/support/sample_graphs.h"
#include "tests/support/window_pairs.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace whittle {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint32_t kMostArenaBytes = 1u << 20;

void sign(const test::ExactBytes& image) {
    WhittleProgramHeader header;
    if (image.size() < sizeof header) return;
    std::memcpy(&header, image.data(), sizeof header);
    header.magic = WHITTLE_PROGRAM_MAGIC;
    header.version = WHITTLE_PROGRAM_VERSION;
    header.image_bytes = image.size();
    std::memcpy(image.data(), &header, sizeof header);
    header.checksum = whittle_program_checksum(image.data(), image.size());
    std::memcpy(image.data(), &header, sizeof header);
}

sigjmp_buf before_run;

void leave_run(int) { siglongjmp(before_run, 1); }

// Sizes may ask for years of work inside the buffers. Kernels hold nothing, so a run can be left
// anywhere, here after 50 ms of the processor's time.
void run_for_a_while(const test::ExactBytes& image, const test::ExactBytes& arena) {
    std::signal(SIGVTALRM, leave_run);
    constexpr itimerval kNever{};
    constexpr itimerval kSoon{{}, {0, 50000}};
    if (sigsetjmp(before_run, 1) == 0) {
        setitimer(ITIMER_VIRTUAL, &kSoon, nullptr);
        whittle_program_run(image.data(), arena.data());
    }
    setitimer(ITIMER_VIRTUAL, &kNever, nullptr);
}

void check_and_run(std::span<const std::uint8_t> bytes) {
    const test::ExactBytes image(bytes);
    sign(image);
    if (whittle_program_check(image.data(), image.size(), kMostArenaBytes) != WHITTLE_OK) return;
    const test::ExactBytes arena(whittle_program_arena_bytes(image.data()), 0x5A);
    run_for_a_while(image, arena);
}

Graph own_graph(Random& random) {
    switch (random.below(8)) {
        case 0: return test::mixed_graph();
        case 1: return test::quantized_graph();
        case 2: return test::int16_graph();
        case 3: return test::narrow_sums_graph();
        default: return test::random_int8_net(random);
    }
}

// Two operators in turns.
Deployment own_pair(Random& random, InstructionSet set) {
    constexpr DType kTypes[] = {DType::int8, DType::int8, DType::int16, DType::float32};
    const test::WindowKinds kinds =
        test::kWindowKinds[random.below(static_cast<std::uint32_t>(std::size(test::kWindowKinds)))];
    const DType type = kTypes[random.below(4)];
    return test::deployed_in_turns(test::graph_of(test::some_pair(kinds, type, random.below(1000))),
                                   set);
}

Bytes own_image(Random& random) {
    const std::span<const InstructionSet> sets = host_instruction_sets();
    const InstructionSet set = sets[random.below(static_cast<std::uint32_t>(sets.size()))];
    Result<Deployment> deployment =
        random.below(4) == 0
            ? own_pair(random, set)
            : prepare_deployment(own_graph(random), InputsOutputs::in_arena, {}, set);
    if (!deployment.ok()) return {};
    const auto image = make_program_image(*deployment);
    return image.ok() ? *image : Bytes{};
}

// Small numbers most often: larger ones are refused for want of memory.
std::uint32_t wild_word(Random& random, std::uint32_t before) {
    constexpr std::uint32_t numbers[] = {0,      1,          2,           3,           7,
                                         8,      16,         127,         255,         256,
                                         0xFFFF, 0x10000,    0x7FFFFFFF,  0x80000000u, 0x80000004u,
                                         65537u, 0x40000000, 0xFFFFFFFFu, 0xFFFFFF80u, 0x00010001u};
    switch (random.below(4)) {
        case 0: return before + 1;
        case 1: return before - 1;
        case 2: return before ^ 1u << random.below(32);
        default: return numbers[random.below(std::size(numbers))];
    }
}

void change_word(Bytes& image, std::size_t offset, std::uint32_t value) {
    if (offset + 4 <= image.size()) std::memcpy(image.data() + offset, &value, 4);
}

std::uint32_t word_at(const Bytes& image, std::size_t offset) {
    std::uint32_t word;
    std::memcpy(&word, image.data() + offset, 4);
    return word;
}

// Changes some words, most often of the operators' records; sometimes neighbours, which are sizes
// of one thing, to the same number.
void mutate_words(Bytes& image, Random& random) {
    WhittleProgramHeader header;
    if (image.size() < sizeof header + 4) return;
    std::memcpy(&header, image.data(), sizeof header);
    const std::uint32_t changes = 1 + random.below(4);
    for (std::uint32_t i = 0; i < changes; ++i) {
        std::size_t first = 16;
        std::size_t end = image.size();
        if (random.below(4) != 0 && header.ops_bytes >= 4 && header.ops_offset < end &&
            header.ops_bytes <= end - header.ops_offset) {
            first = header.ops_offset;
            end = first + header.ops_bytes;
        }
        const auto words = static_cast<std::uint32_t>((end - first) / 4);
        if (words == 0) continue;
        const std::size_t offset = first + 4 * std::size_t{random.below(words)};
        const std::uint32_t value = wild_word(random, word_at(image, offset));
        const std::uint32_t neighbours = random.below(4) == 0 ? 1 + random.below(5) : 1;
        for (std::size_t k = 0; k < neighbours; ++k) change_word(image, offset + 4 * k, value);
    }
}

}  // namespace

}  // namespace whittle

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    whittle::check_and_run({data, size});
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned int seed) {
    whittle::Random random(seed);
    const std::uint32_t choice = random.below(16);
    if (choice < 3) return LLVMFuzzerMutate(data, size, max_size);
    whittle::Bytes bytes(data, data + size);
    if (choice < 6 || bytes.size() < sizeof(WhittleProgramHeader)) {
        bytes = whittle::own_image(random);
    }
    whittle::mutate_words(bytes, random);
    if (bytes.empty() || bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
    std::copy(bytes.begin(), bytes.end(), data);
    return bytes.size();
}
