#pragma once

#include "core/base/status.h"
#include "core/data/dataset.h"
#include "core/graph/graph.h"
#include "native/cli/options.h"

namespace whittle::cli {

// Data that fit the model's only input and output. Of a recipe: its split. Of a CSV file: all
// samples, as `train` and as `test`. A .tflite file does not say what it was trained on, so without
// a recipe a folder is taken for MNIST when the model takes 784 values.
Result<DataSplit> load_data(const DataOptions& options, const Graph& model);

}  // namespace whittle::cli
