#pragma once

#include <cstdint>

#include "core/base/status.h"
#include "core/data/augment.h"
#include "core/train/loss.h"
#include "core/train/optimizer.h"
#include "core/train/schedule.h"
#include "core/train/target_shaping.h"

namespace whittle {

struct TrainOptions {
    Loss loss = Loss::mean_squared_error;
    LossOptions loss_options;
    TargetShaping targets;
    // How training samples are varied anew in every epoch.
    Augmentation augmentation;
    OptimizerOptions optimizer;
    // Factors on the optimizer's learning rate; empty: constant.
    Schedule schedule;
    // Gradients whose norm, over all parameters together, is above this are scaled down to it
    // (Pascanu, Mikolov and Bengio 2013, algorithm 1). 0: never.
    float clip_norm = 0.0f;
    int epochs = 100;
    int batch_size = 32;  // 0: the whole training set at once
    std::uint64_t seed = 1;
    bool shuffle = true;
    // Early stopping: after this many epochs without a validation loss lower than the best one by
    // min_delta, training ends and the best weights come back. 0: never.
    int patience = 0;
    float min_delta = 0.0f;
};

bool changes_anything(const Augmentation& augmentation);

// Every number within its range; `place` says which is not.
Status check_options(const TrainOptions& options, bool has_validation);

}  // namespace whittle
