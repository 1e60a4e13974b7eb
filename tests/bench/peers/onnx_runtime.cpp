// Times int8 models natively beside ONNX Runtime, in one process, by turns, one thread each:
//     whittle_peers ONNX_RUNTIME_LIBRARY (MODEL.tflite MODEL.onnx)...
// tests/bench/peers/inference.mjs makes the .onnx files and calls it. The library is loaded when
// the program runs; nothing of it is needed to build.
#include <dlfcn.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "core/base/platform/files.h"
#include "core/deploy/layer_times.h"
#include "core/deploy/program_image.h"
#include "core/deploy/tflite_file.h"

namespace whittle {
namespace {

constexpr int kWarmUpRounds = 3;
constexpr int kRounds = 25;
constexpr double kTurnSeconds = 0.02;

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "whittle_peers: %s\n", what.c_str());
    std::exit(1);
}

// ONNX Runtime's functions by their places in its table (OrtApi), to which it only ever appends.
// All that are used return a status: null, or what went wrong. Objects are opaque.
class OnnxRuntime {
public:
    explicit OnnxRuntime(const char* library) {
        void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) fail(dlerror());
        using Base = struct {
            const void* const* (*api)(std::uint32_t version);
            const char* (*version)();
        };
        using GetBase = const Base* (*)();
        const auto get_base = reinterpret_cast<GetBase>(dlsym(handle, "OrtGetApiBase"));
        if (get_base == nullptr) fail(std::string(library) + " is not ONNX Runtime");
        version_ = get_base()->version();
        functions_ = get_base()->api(kApiVersion);
        if (functions_ == nullptr) fail("ONNX Runtime " + version_ + " is too old");
        call<int, const char*, void**>(kCreateEnv, kWarnings, "whittle", &environment_);
        call<void**>(kCreateSessionOptions, &options_);
        call<void*, int>(kSetGraphOptimizationLevel, options_, kAllOptimizations);
        call<void*, int>(kSetIntraOpThreads, options_, 1);
        call<void*, int>(kSetInterOpThreads, options_, 1);
        call<int, int, void**>(kCreateCpuMemoryInfo, kArenaAllocator, kDefaultMemory, &memory_);
    }

    const std::string& version() const { return version_; }

    void* session(const std::string& path) const {
        void* session = nullptr;
        call<void*, const char*, void*, void**>(kCreateSession, environment_, path.c_str(),
                                                options_, &session);
        return session;
    }

    // A tensor of uint8 over the caller's bytes.
    void* tensor(std::vector<std::uint8_t>& bytes, const std::vector<std::int64_t>& shape) const {
        void* value = nullptr;
        call<void*, void*, std::size_t, const std::int64_t*, std::size_t, int, void**>(
            kCreateTensorWithData, memory_, bytes.data(), bytes.size(), shape.data(), shape.size(),
            kUint8, &value);
        return value;
    }

    void run(void* session, void* input, void* output) const {
        const char* const input_name = "input";
        const char* const output_name = "output";
        call<void*, void*, const char* const*, void* const*, std::size_t, const char* const*,
             std::size_t, void**>(kRun, session, nullptr, &input_name, &input, 1, &output_name, 1,
                                  &output);
    }

private:
    static constexpr std::uint32_t kApiVersion = 11;
    static constexpr int kGetErrorMessage = 2, kCreateEnv = 3, kCreateSession = 7, kRun = 9,
                         kCreateSessionOptions = 10, kSetGraphOptimizationLevel = 23,
                         kSetIntraOpThreads = 24, kSetInterOpThreads = 25,
                         kCreateTensorWithData = 49, kCreateCpuMemoryInfo = 69;
    static constexpr int kWarnings = 2, kAllOptimizations = 99, kArenaAllocator = 1,
                         kDefaultMemory = 0, kUint8 = 2;

    template <class... Arguments>
    void call(int place, Arguments... arguments) const {
        using Function = void* (*)(Arguments...);
        void* status =
            reinterpret_cast<Function>(const_cast<void*>(functions_[place]))(arguments...);
        if (status == nullptr) return;
        using Message = const char* (*)(void*);
        fail(reinterpret_cast<Message>(const_cast<void*>(functions_[kGetErrorMessage]))(status));
    }

    std::string version_;
    const void* const* functions_ = nullptr;
    void* environment_ = nullptr;
    void* options_ = nullptr;
    void* memory_ = nullptr;
};

double median_of_times(std::vector<double>& times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

// Of this process, which other programs do not lengthen.
double processor_seconds() {
    return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

// The processor's seconds of one run, of as many as fit into a turn.
template <class Run>
double turn(const Run& run) {
    int runs = 0;
    const double began = processor_seconds();
    double now = began;
    for (; now - began < kTurnSeconds; now = processor_seconds()) {
        for (int i = 0; i < 8; ++i) run();
        runs += 8;
    }
    return (now - began) / runs;
}

std::vector<std::int64_t> shape_of(const Tensor& tensor) {
    return {tensor.shape.begin(), tensor.shape.end()};
}

// int8 and the uint8 that stands for it.
void move_zero(std::vector<std::uint8_t>& bytes) {
    for (std::uint8_t& byte : bytes) byte ^= 0x80u;
}

// Steps by which outputs differ at most.
int steps_apart(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    int most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

void compare(const OnnxRuntime& peer, const std::string& tflite, const std::string& onnx) {
    const auto bytes = read_file(tflite);
    if (!bytes.ok()) fail(bytes.error().message());
    const auto graph = read_tflite(*bytes);
    if (!graph.ok()) fail(tflite + ": " + graph.error().message());
    auto program = Program::from_graph(*graph);
    if (!program.ok()) fail(tflite + ": " + program.error().message());

    const std::vector<std::uint8_t> inputs = random_inputs(*graph);
    std::vector<std::uint8_t> outputs(program->output_bytes());
    std::vector<std::uint8_t> their_inputs = inputs;
    move_zero(their_inputs);
    std::vector<std::uint8_t> their_outputs(outputs.size());
    void* const session = peer.session(onnx);
    void* const input = peer.tensor(their_inputs, shape_of(graph->tensor(graph->inputs[0])));
    void* const output = peer.tensor(their_outputs, shape_of(graph->tensor(graph->outputs[0])));
    const auto ours = [&] { program->run(inputs, outputs); };
    const auto theirs = [&] { peer.run(session, input, output); };
    std::vector<double> our_times, their_times;
    for (int round = -kWarmUpRounds; round < kRounds; ++round) {
        const double our_time = turn(ours);
        const double their_time = turn(theirs);
        if (round < 0) continue;
        our_times.push_back(our_time);
        their_times.push_back(their_time);
    }
    move_zero(outputs);  // as theirs are
    const double our_median = median_of_times(our_times);
    const double their_median = median_of_times(their_times);
    std::printf("%-28s %9.1f %14.1f %9.2f x %14d\n", tflite.substr(tflite.rfind('/') + 1).c_str(),
                1e6 * our_median, 1e6 * their_median, their_median / our_median,
                steps_apart(outputs, their_outputs));
}

}  // namespace
}  // namespace whittle

int main(int argc, char** argv) {
    if (argc < 4 || argc % 2 != 0) {
        std::fprintf(stderr, "usage: whittle_peers LIBRARY (MODEL.tflite MODEL.onnx)...\n");
        return 2;
    }
    const whittle::OnnxRuntime peer(argv[1]);
    std::printf("One thread, the processor's time in us, medians of %d turns; kernels for %s\n",
                whittle::kRounds, whittle::instruction_set_name(whittle::host_instruction_set()));
    std::printf("%-28s %9s %14s %11s %14s\n", "model", "Whittle", "ONNX RT", "as fast",
                "steps apart");
    std::printf("%-28s %9s %14s\n", "", "", peer.version().c_str());
    for (int i = 2; i < argc; i += 2) whittle::compare(peer, argv[i], argv[i + 1]);
}
