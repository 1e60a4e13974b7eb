#pragma once

#include <span>
#include <string>

#include "core/base/status.h"
#include "core/data/dataset.h"

namespace whittle {

// 1 GiB, or 256 MiB where addresses have 32 bits.
inline constexpr std::size_t kInflatedLimitBytes = std::size_t{1}
                                                   << (sizeof(std::size_t) > 4 ? 30 : 28);

// Bytes as they stand in the file, or inflated when they are gzip. `limit_bytes` bounds the result,
// so that a small hostile file cannot fill the memory.
Result<std::vector<std::uint8_t>> inflate_if_gzip(std::span<const std::uint8_t> bytes,
                                                  std::size_t limit_bytes = kInflatedLimitBytes);

// An array of the IDX format (as MNIST uses it): big-endian header 0, 0, type, rank, then rank
// 32-bit dimensions, then the elements. Only unsigned bytes (type 8) are read.
struct IdxArray {
    Shape shape;
    std::vector<std::uint8_t> values;
};
// Plain or gzip. An error's place is "byte N".
Result<IdxArray> read_idx(std::span<const std::uint8_t> bytes);

// A folder with MNIST's four files, plain or with .gz: {train,t10k}-images-idx3-ubyte and
// {train,t10k}-labels-idx1-ubyte. Features are [H, W, 1] bytes of scale 1/255.
struct TrainTestData {
    Dataset train;
    Dataset test;
};
Result<TrainTestData> read_mnist(const std::string& folder);

// CIFAR-10's binary version: records of a label and 32 x 32 bytes each of red, green and blue. Added
// to `data`, which is empty or from such a file; features are [32, 32, 3] bytes of scale 1/255. An
// error's place is "byte N", and `data` is as it was.
Status add_cifar10(std::span<const std::uint8_t> bytes, Dataset& data);
// A folder with test_batch.bin and any of data_batch_1.bin to data_batch_5.bin, plain or with .gz.
Result<TrainTestData> read_cifar10(const std::string& folder);

// Sound: [T, channels] in -1 ... 1, sample_rate frames a second.
struct Sound {
    std::int32_t sample_rate = 0;  // Hz
    std::int32_t channels = 0;
    std::vector<float> samples;
};
// A WAV file (RIFF) of PCM with 8, 16 or 24 bits, of any rate and number of channels; plain or gzip.
// An error's place is "byte N".
Result<Sound> read_wav(std::span<const std::uint8_t> bytes);
// The mean of the channels: [T].
std::vector<float> mono(const Sound& sound);

// Comma-separated numbers; the first line may name the columns. The columns `target_columns` (by
// name or by number from 0; empty means the last column) become targets, all others features. Empty
// lines and lines that begin with # are left out. RFC 4180 quoting; numbers are finite decimals,
// rounded to the nearest float. An error's place is "line N, column M", both counted from 1.
struct CsvOptions {
    std::vector<std::string> target_columns;
};
Result<Dataset> read_csv(std::string_view text, const CsvOptions& options = {});

}  // namespace whittle
