#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/train/trainer.h"

namespace whittle {

// A training in the middle, as Trainer::checkpoint() writes it. All numbers are little-endian.
//
//   8 bytes   "WHTLCKPT"
//   uint32    version, 1
//   uint64    three fingerprints: of the model without its weights, of the training and validation
//             data, and of the settings
//   uint32    finished epochs
//   uint8     1 if early stopping has ended the training
//   uint64    samples of the current epoch that are done; all of them between two epochs
//   float64   their sum of losses
//   float32   learning rate before the schedule, l1, l2
//   float64   Adam's beta1 and beta2, each to the number of steps
//   uint32    best epoch, or 0; float32 its training loss, its validation loss
//   uint32    epochs since then
//   lists     the model's float32 constants; the weights that last gave a finite loss; the best
//             weights; the optimizer's first and second arrays. A list is a uint32 count, and for
//             each array a uint64 of its bytes and these bytes.
//   uint64    FNV-1a hash of everything before
//
// Random numbers have no state: they follow from the seed, the epoch and the sample.
struct Checkpoint {
    struct Fingerprints {
        std::uint64_t model = 0;
        std::uint64_t data = 0;
        std::uint64_t settings = 0;
    };
    using Arrays = std::vector<std::vector<std::uint8_t>>;

    Fingerprints fingerprints;
    std::uint32_t epoch = 0;
    std::uint8_t stopped_early = 0;
    std::uint64_t position = 0;
    double loss_sum = 0.0;
    float learning_rate = 0.0f;
    float l1 = 0.0f;
    float l2 = 0.0f;
    double beta1_power = 1.0;
    double beta2_power = 1.0;
    std::uint32_t best_epoch = 0;
    float best_train_loss = 0.0f;
    float best_validation_loss = 0.0f;
    std::uint32_t epochs_since_best = 0;
    Arrays constants;
    Arrays last_good;
    Arrays best;
    Arrays first;
    Arrays second;
};

std::vector<std::uint8_t> write_checkpoint(const Checkpoint& checkpoint);
// Errors: no checkpoint, another version, cut short, damaged.
Result<Checkpoint> read_checkpoint(std::span<const std::uint8_t> bytes);

// Epochs count as a setting only where the schedule depends on them; patience and min_delta never.
Checkpoint::Fingerprints fingerprints_of(const Graph& graph,
                                         const Dataset& train,
                                         const Dataset* validation,
                                         const TrainOptions& options);

}  // namespace whittle
