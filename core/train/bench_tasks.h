#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/data/dataset.h"
#include "core/graph/graph.h"
#include "core/train/trainer.h"

namespace whittle {

// A fixed piece of training by which speed is compared, here and with other libraries. All of them
// take batches of 32 in shuffled order and Adam.
struct BenchTask {
    const char* name;         // "cnn"
    const char* description;  // one line for the help
    std::size_t samples;
    int epochs;
    Loss loss;
    float learning_rate;
    Graph (*model)(std::uint64_t seed);
    Dataset (*data)(std::size_t samples, std::uint64_t seed);
};

// "sine": 1-16-16-1 with ReLU, 1,000 points, 100 epochs.
// "mlp":  784-20-10 with ReLU, 10,000 images of 28 x 28, one epoch.
// "cnn":  28 x 28 x 1, convolution 3 x 3 x 8 with ReLU, max pooling 2 x 2, convolution 3 x 3 x 16
//         with ReLU, max pooling 2 x 2, dense 10; 2,000 images, one epoch.
std::span<const BenchTask> all_bench_tasks();
const BenchTask* bench_task_named(std::string_view name);

// Images [28, 28, 1] as bytes, of 10 classes: for each class a pattern of smooth waves, shifted and
// with noise. Real enough to be learned, and made in a moment.
Dataset make_bench_images(std::size_t samples, std::uint64_t seed);

struct BenchRun {
    double seconds = 0.0;  // making net and trainer included, the data not
    // Of all threads: it hardly depends on what else the machine does.
    double processor_seconds = 0.0;
    float loss = 0.0f;  // mean over the last epoch
    std::uint64_t weights_hash = 0;
};
// Trains a fresh net. `data` fits the task's net.
Result<BenchRun> run_bench_task(const BenchTask& task, const Dataset& data, std::uint64_t seed);

// What one operator of the task's net takes for a batch, forward and backward.
struct OperatorTime {
    std::string name;              // "conv2d 2" counts the operators from 1
    double forward_seconds = 0.0;  // median
    double backward_seconds = 0.0;
    // Float32 operations of one batch: a multiplication and an addition for each
    // multiply-accumulate; backward does so for the weights, and again for the input where its
    // gradient is wanted. 0 for operators without multiply-accumulates.
    double forward_operations = 0.0;
    double backward_operations = 0.0;
};
Result<std::vector<OperatorTime>> time_operators(const BenchTask& task,
                                                 const Dataset& data,
                                                 std::uint64_t seed,
                                                 int batches);

// Float32 operations a second of multiplications and additions in registers alone, with the
// instructions in use: what one thread can reach at most.
double measure_peak_operations();

}  // namespace whittle
