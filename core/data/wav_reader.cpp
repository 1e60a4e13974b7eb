#include <algorithm>
#include <cstring>
#include <optional>

#include "core/data/readers.h"

namespace whittle {
namespace {

constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kExtensible = 0xFFFE;  // the real format stands in the chunk's extension
constexpr std::uint32_t kHighestRate = 768000;
constexpr std::size_t kMaxChannels = 32;

Error wav_error(std::size_t offset, std::string expected, std::string found, std::string hint) {
    return {"", "byte " + std::to_string(offset), std::move(expected), std::move(found),
            std::move(hint)};
}

Error cut_short(std::size_t offset, const std::string& expected, std::size_t found) {
    return wav_error(offset, expected, std::to_string(found) + " bytes",
                     found == 0 && offset == 0 ? "the file is empty" : "the file was cut short");
}

std::uint32_t little_endian(std::span<const std::uint8_t> bytes,
                            std::size_t offset,
                            std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value |= static_cast<std::uint32_t>(bytes[offset + i]) << (8 * i);
    }
    return value;
}

bool has_name(std::span<const std::uint8_t> bytes, std::size_t offset, const char* name) {
    return std::memcmp(bytes.data() + offset, name, 4) == 0;
}

// Letters as they are, everything else as a dot.
std::string shown_name(std::span<const std::uint8_t> bytes, std::size_t offset) {
    std::string name = "'";
    for (std::size_t i = offset; i < offset + 4; ++i) {
        name += bytes[i] >= 0x20 && bytes[i] < 0x7F ? static_cast<char>(bytes[i]) : '.';
    }
    return name + "'";
}

struct Format {
    std::uint32_t rate = 0;
    std::size_t channels = 0;
    std::size_t sample_bytes = 0;
};

Result<Format> read_format(std::span<const std::uint8_t> bytes,
                           std::size_t offset,
                           std::size_t size) {
    if (size < 16) {
        return wav_error(offset - 4, "a format chunk of 16 bytes or more", std::to_string(size),
                         "the header is damaged");
    }
    auto code = static_cast<std::uint16_t>(little_endian(bytes, offset, 2));
    if (code == kExtensible && size >= 26) {
        code = static_cast<std::uint16_t>(little_endian(bytes, offset + 24, 2));
    }
    if (code != kPcm) {
        return wav_error(offset, "format 1 (PCM)", "format " + std::to_string(code),
                         "save the sound as 16-bit PCM");
    }
    Format format;
    format.channels = little_endian(bytes, offset + 2, 2);
    format.rate = little_endian(bytes, offset + 4, 4);
    const std::uint32_t bits = little_endian(bytes, offset + 14, 2);
    if (format.channels < 1 || format.channels > kMaxChannels) {
        return wav_error(offset + 2, "1 to " + std::to_string(kMaxChannels) + " channels",
                         std::to_string(format.channels), "the header is damaged");
    }
    if (format.rate < 1 || format.rate > kHighestRate) {
        return wav_error(offset + 4, "1 to " + std::to_string(kHighestRate) + " samples a second",
                         std::to_string(format.rate), "the header is damaged");
    }
    if (bits != 8 && bits != 16 && bits != 24) {
        return wav_error(offset + 14, "8, 16 or 24 bits a sample", std::to_string(bits),
                         "save the sound as 16-bit PCM");
    }
    format.sample_bytes = bits / 8;
    const std::uint32_t frame = little_endian(bytes, offset + 12, 2);
    if (frame != format.channels * format.sample_bytes) {
        return wav_error(offset + 12,
                         std::to_string(format.channels * format.sample_bytes) + " bytes a frame",
                         std::to_string(frame), "the header is damaged");
    }
    return format;
}

// 8 bits are unsigned around 128, more are two's complement.
float sample_at(std::span<const std::uint8_t> bytes, std::size_t offset, std::size_t size) {
    const std::uint32_t value = little_endian(bytes, offset, size);
    if (size == 1) return static_cast<float>(static_cast<int>(value) - 128) / 128.0f;
    const std::uint32_t sign = std::uint32_t{1} << (8 * size - 1);
    const auto number = static_cast<std::int32_t>(value ^ sign) - static_cast<std::int32_t>(sign);
    return static_cast<float>(number) / static_cast<float>(sign);
}

Result<Sound> read_samples(std::span<const std::uint8_t> bytes,
                           std::size_t offset,
                           std::size_t size,
                           const Format& format) {
    const std::size_t frame = format.channels * format.sample_bytes;
    if (size % frame != 0) {
        return wav_error(offset - 4, "whole frames of " + std::to_string(frame) + " bytes",
                         std::to_string(size) + " bytes", "the file was cut short");
    }
    Sound sound;
    sound.sample_rate = static_cast<std::int32_t>(format.rate);
    sound.channels = static_cast<std::int32_t>(format.channels);
    sound.samples.reserve(size / format.sample_bytes);
    for (std::size_t at = offset; at < offset + size; at += format.sample_bytes) {
        sound.samples.push_back(sample_at(bytes, at, format.sample_bytes));
    }
    return sound;
}

}  // namespace

Result<Sound> read_wav(std::span<const std::uint8_t> file) {
    auto plain = inflate_if_gzip(file);
    if (!plain.ok()) return plain.error();
    const std::span<const std::uint8_t> bytes = plain.value();
    if (bytes.size() < 12) return cut_short(bytes.size(), "a header of 12 bytes", bytes.size());
    for (const auto& [offset, name] : {std::pair{0, "RIFF"}, std::pair{8, "WAVE"}}) {
        const auto at = static_cast<std::size_t>(offset);
        if (!has_name(bytes, at, name)) {
            return wav_error(at, "'" + std::string(name) + "'", shown_name(bytes, at),
                             "this is not a WAV file");
        }
    }
    std::optional<Format> format;
    for (std::size_t offset = 12; offset + 8 <= bytes.size();) {
        const std::size_t size = little_endian(bytes, offset + 4, 4);
        const std::size_t begin = offset + 8;
        const std::size_t left = bytes.size() - begin;
        if (size > left) {
            return wav_error(
                offset + 4, "at most the " + std::to_string(left) + " bytes that are left",
                "a chunk " + shown_name(bytes, offset) + " of " + std::to_string(size) + " bytes",
                "the file was cut short, or its recorder never finished it");
        }
        if (has_name(bytes, offset, "fmt ")) {
            const Result<Format> read = read_format(bytes, begin, size);
            if (!read.ok()) return read.status();
            format = *read;
        } else if (has_name(bytes, offset, "data")) {
            if (!format) {
                return wav_error(offset, "a format chunk before the samples", "none",
                                 "the file is damaged");
            }
            return read_samples(bytes, begin, size, *format);
        }
        offset = begin + size + size % 2;
    }
    return wav_error(bytes.size(), "a chunk 'data' with samples", "the end of the file",
                     "the file was cut short");
}

std::vector<float> mono(const Sound& sound) {
    const auto channels = static_cast<std::size_t>(sound.channels);
    std::vector<float> mixed(sound.samples.size() / channels);
    for (std::size_t i = 0; i < mixed.size(); ++i) {
        float sum = 0.0f;
        for (std::size_t c = 0; c < channels; ++c) sum += sound.samples[i * channels + c];
        mixed[i] = sum / static_cast<float>(channels);
    }
    return mixed;
}

}  // namespace whittle
