#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/data/dataset.h"

namespace whittle {

// Folders of files that are one sample each, plain or with .gz. A file's class is the name of the
// folder that it lies in (walking/0001.csv); where there are no folders, its own name up to the
// first '_' (3_jackson_12.wav). Samples come in the order of the bytes of their paths. Files of
// other kinds and names that begin with a dot are left out. No file is larger than 64 MiB inflated,
// and all samples together are at most kInflatedLimitBytes.

// `classes` fixes the classes and their order; a file of another class is then an error, and so is
// a class without files. Empty: those that are found, sorted by their bytes.

struct CsvFolderOptions {
    // Rows of every sample: longer files are cut, shorter ones are an error. 0: as many as the
    // first file, and all others exactly as many.
    std::size_t rows = 0;
    std::vector<std::string> classes{};
};
// Windows of measurements: each file a table of numbers, one row for each moment, one column for
// each sensor; the first line may name the columns. Features are [T, columns] float32, as they
// stand in the files. Errors name the file, and the line and column within it.
Result<Dataset> read_csv_folder(const std::string& folder, const CsvFolderOptions& options = {});

struct SoundFolderOptions {
    // Hz; sounds of other rates are resampled. 0: the rate that all files have in common; mixed
    // rates are an error.
    std::int32_t sample_rate = 0;
    // Samples of every sound at that rate, at least 1: longer ones are cut, shorter ones padded
    // with silence at their end.
    std::size_t length = 16000;
    std::vector<std::string> classes{};
};
struct SoundFolder {
    std::int32_t sample_rate = 0;  // Hz
    Dataset data;                  // features are [T] float32 in -1 ... 1
};
// WAV files as read_wav reads them; of several channels the mean. Errors name the file, and the
// byte within it.
Result<SoundFolder> read_sound_folder(const std::string& folder,
                                      const SoundFolderOptions& options = {});

}  // namespace whittle
