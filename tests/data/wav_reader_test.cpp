#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/platform/files.h"
#include "core/data/readers.h"
#include "tests/support/shared_data.h"
#include "tests/support/wav_bytes.h"

namespace whittle {
namespace {

using Bytes = std::vector<std::uint8_t>;

using test::put_number;
using test::put_text;
using test::wav_bytes;

Sound sound_of(const Bytes& bytes) {
    Result<Sound> sound = read_wav(bytes);
    REQUIRE_MESSAGE(sound.ok(), sound.status().error().message());
    return std::move(sound).value();
}

std::string wav_refusal(const Bytes& bytes) {
    const Result<Sound> sound = read_wav(bytes);
    if (sound.ok()) return "accepted";
    CHECK(sound.error().place.rfind("byte ", 0) == 0);
    CHECK(!sound.error().found.empty());
    CHECK(!sound.error().hint.empty());
    return sound.error().message();
}

bool mentions(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("samples of 8, 16 and 24 bits are read exactly") {
    CHECK(sound_of(wav_bytes({.bits = 8}, {0, 128, 192, 255})).samples ==
          std::vector<float>{-1.0f, 0.0f, 0.5f, 127.0f / 128.0f});
    CHECK(sound_of(wav_bytes({.bits = 16}, {0x00, 0x80, 0x00, 0x00, 0xFF, 0x7F, 0xFF, 0xFF}))
              .samples == std::vector<float>{-1.0f, 0.0f, 32767.0f / 32768.0f, -1.0f / 32768.0f});
    CHECK(sound_of(wav_bytes({.bits = 24}, {0, 0, 0x80, 0, 0, 0x40, 0xFF, 0xFF, 0xFF})).samples ==
          std::vector<float>{-1.0f, 0.5f, -1.0f / 8388608.0f});
}

TEST_CASE("rate, channels and their mean") {
    const Sound stereo =
        sound_of(wav_bytes({.channels = 2, .rate = 44100, .bits = 8}, {128, 192, 0, 255}));
    CHECK(stereo.sample_rate == 44100);
    CHECK(stereo.channels == 2);
    CHECK(stereo.samples.size() == 4);
    CHECK(mono(stereo) == std::vector<float>{0.25f, (-1.0f + 127.0f / 128.0f) / 2});
    CHECK(sound_of(wav_bytes({.rate = 1}, {})).samples.empty());
    CHECK(mono(sound_of(wav_bytes({}, {}))).empty());
}

TEST_CASE("other chunks are stepped over, also those of odd size") {
    Bytes list;
    put_text(list, "LIST");
    put_number(list, 3, 4);
    put_text(list, "abc");
    list.push_back(0);
    CHECK(sound_of(wav_bytes({.bits = 8}, {192}, list)).samples == std::vector<float>{0.5f});
}

TEST_CASE("the extensible header is read by its real format") {
    Bytes bytes;
    put_text(bytes, "RIFF");
    put_number(bytes, 0, 4);
    put_text(bytes, "WAVEfmt ");
    put_number(bytes, 40, 4);
    put_number(bytes, 0xFFFE, 2);
    put_number(bytes, 1, 2);
    put_number(bytes, 8000, 4);
    put_number(bytes, 8000, 4);
    put_number(bytes, 1, 2);
    put_number(bytes, 8, 2);
    put_number(bytes, 22, 2);
    put_number(bytes, 8, 2);
    put_number(bytes, 0, 4);
    const std::size_t code = bytes.size();
    put_number(bytes, 1, 2);
    for (int i = 0; i < 14; ++i) bytes.push_back(0);
    put_text(bytes, "data");
    put_number(bytes, 1, 4);
    bytes.push_back(192);
    CHECK(sound_of(bytes).samples == std::vector<float>{0.5f});
    bytes[code] = 3;
    CHECK(mentions(wav_refusal(bytes), "format 3"));
}

TEST_CASE("every truncation is refused, and mentions so") {
    const Bytes whole = wav_bytes({}, {1, 2, 3, 4});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        const std::string said =
            wav_refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        CHECK(mentions(said, "expected"));
        CHECK(mentions(said, size == 0 ? "empty" : "cut short"));
    }
}

TEST_CASE("headers that make no sense are refused with what is wrong") {
    // Floats, which alone could be infinite or not a number.
    CHECK(mentions(wav_refusal(wav_bytes({.code = 3, .bits = 32}, {0, 0, 0xC0, 0x7F})),
                   "format 1 (PCM), found format 3"));
    CHECK(mentions(wav_refusal(wav_bytes({.channels = 0}, {})), "channels"));
    CHECK(mentions(wav_refusal(wav_bytes({.channels = 33}, {})), "channels, found 33"));
    CHECK(mentions(wav_refusal(wav_bytes({.rate = 0}, {})), "samples a second, found 0"));
    CHECK(mentions(wav_refusal(wav_bytes({.rate = 0xFFFFFFFF}, {})), "samples a second"));
    CHECK(mentions(wav_refusal(wav_bytes({.bits = 0}, {})), "bits"));
    CHECK(mentions(wav_refusal(wav_bytes({.bits = 32}, {})), "bits a sample, found 32"));
    CHECK(mentions(wav_refusal(wav_bytes({.bits = 16}, {1, 2, 3})), "whole frames"));
    Bytes other = wav_bytes({}, {});
    other[0] = 'O';
    CHECK(mentions(wav_refusal(other), "not a WAV file"));
    other = wav_bytes({}, {1, 2});
    other[12] = '\n';  // the format chunk has another name: "." in the message, never the byte
    CHECK(mentions(wav_refusal(other), "a format chunk before the samples"));
    other = wav_bytes({}, {1, 2});
    other[40] = 0xFF;
    other[43] = 0xFF;  // a chunk of four billion bytes
    CHECK(mentions(wav_refusal(other), "never finished"));
    other = wav_bytes({}, {1, 2});
    other[32] = 9;
    CHECK(mentions(wav_refusal(other), "bytes a frame, found 9"));
}

TEST_CASE("real recordings: spoken digits at 8 kHz") {
    const auto folder = test::shared_data("data/fsdd/recordings");
    if (!folder) return;
    for (const char* name : {"0_george_0.wav", "9_theo_1.wav"}) {
        const auto bytes = read_file(*folder + "/" + name);
        REQUIRE(bytes.ok());
        const Sound sound = sound_of(*bytes);
        CHECK(sound.sample_rate == 8000);
        CHECK(sound.channels == 1);
        CHECK(sound.samples.size() > 800);
        float peak = 0.0f;
        for (const float sample : sound.samples) peak = std::max(peak, std::fabs(sample));
        CHECK(peak > 0.01f);
        CHECK(peak <= 1.0f);
    }
}

}  // namespace
}  // namespace whittle
