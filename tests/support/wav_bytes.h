#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace whittle::test {

struct WavHeader {
    std::uint32_t code = 1, channels = 1, rate = 16000, bits = 16;
};

inline void put_number(std::vector<std::uint8_t>& bytes, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

inline void put_text(std::vector<std::uint8_t>& bytes, std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
}

// A WAV file with this header and these sample bytes; `before_data` are whole chunks.
inline std::vector<std::uint8_t> wav_bytes(const WavHeader& h,
                                           const std::vector<std::uint8_t>& data,
                                           const std::vector<std::uint8_t>& before_data = {}) {
    std::vector<std::uint8_t> bytes;
    put_text(bytes, "RIFF");
    put_number(bytes, static_cast<std::uint32_t>(36 + data.size() + before_data.size()), 4);
    put_text(bytes, "WAVEfmt ");
    put_number(bytes, 16, 4);
    put_number(bytes, h.code, 2);
    put_number(bytes, h.channels, 2);
    put_number(bytes, h.rate, 4);
    put_number(bytes, h.rate * h.channels * h.bits / 8, 4);
    put_number(bytes, h.channels * h.bits / 8, 2);
    put_number(bytes, h.bits, 2);
    bytes.insert(bytes.end(), before_data.begin(), before_data.end());
    put_text(bytes, "data");
    put_number(bytes, static_cast<std::uint32_t>(data.size()), 4);
    bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

}  // namespace whittle::test
