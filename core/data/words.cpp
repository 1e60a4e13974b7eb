#include "core/data/words.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <string_view>
#include <vector>

#include "core/base/exact_math.h"
#include "core/data/resonator.h"
#include "core/data/sample_random.h"

namespace whittle {
namespace {

constexpr float kWordRate = static_cast<float>(kWordSampleRate);
constexpr std::size_t kFrame = 80;  // samples between changes of the mouth: 5 ms
constexpr std::size_t kFormants = 3;

// One piece of a word. The vowels' formants are those that Peterson and Barney, "Control methods
// used in a study of the vowels", 1952, measured for men; the consonants are typical values.
struct Phone {
    char symbol;
    float length_ms;
    float formants[kFormants];  // Hz
    float voice;                // strength of the vocal cords, 0 to 1
    float hiss;                 // strength of turbulent air
    float hiss_hz;              // where it is strongest
    float hiss_width_hz;
};

constexpr Phone kPhones[] = {
    {'e', 130, {530, 1840, 2480}, 1.0f, 0, 5000, 2000},   // bet
    {'V', 120, {640, 1190, 2390}, 1.0f, 0, 5000, 2000},   // but
    {'a', 110, {730, 1090, 2440}, 1.0f, 0, 5000, 2000},   // father
    {'o', 130, {570, 840, 2410}, 1.0f, 0, 5000, 2000},    // bought
    {'U', 90, {440, 1020, 2240}, 0.9f, 0, 5000, 2000},    // book
    {'I', 80, {390, 1990, 2550}, 0.9f, 0, 5000, 2000},    // bit
    {'j', 70, {270, 2290, 3010}, 0.7f, 0, 5000, 2000},    // yes
    {'l', 80, {360, 1000, 2700}, 0.6f, 0, 5000, 2000},    // left
    {'r', 80, {330, 1060, 1500}, 0.6f, 0, 5000, 2000},    // right
    {'n', 90, {260, 1450, 2500}, 0.45f, 0, 5000, 2000},   // no
    {'s', 140, {350, 1700, 2600}, 0, 0.50f, 5600, 1800},  // stop
    {'f', 120, {350, 1100, 2300}, 0, 0.14f, 6500, 5000},  // off
    {'.', 55, {350, 1400, 2500}, 0, 0, 5000, 2000},       // lips or tongue closed, silent
    {'_', 45, {250, 1400, 2500}, 0.12f, 0, 5000, 2000},   // closed, the cords swinging
    {'t', 35, {400, 1800, 2700}, 0, 0.28f, 4300, 2500},   // bursts when it opens
    {'p', 30, {400, 900, 2200}, 0, 0.25f, 1000, 1500},
    {'d', 22, {350, 1800, 2600}, 0.4f, 0.30f, 3700, 2500},
    {'g', 26, {300, 1900, 2200}, 0.4f, 0.35f, 2000, 900},
};

struct Word {
    const char* name;
    const char* phones;
};
constexpr Word kSpoken[] = {
    {"yes", "jes"},     {"no", "noU"}, {"up", "V.p"},  {"down", "_daUn"},  {"left", "lef.t"},
    {"right", "raI.t"}, {"on", "aan"}, {"off", "oof"}, {"stop", "s.ta.p"}, {"go", "_goU"}};
static_assert(std::size(kSpoken) == kWords);

const Phone& phone_of(char symbol) {
    const auto* found =
        std::find_if(std::begin(kPhones), std::end(kPhones),
                     [symbol](const Phone& phone) { return phone.symbol == symbol; });
    assert(found != std::end(kPhones));
    return *found;
}

struct Speaker {
    float pitch_hz;  // in the middle of the word
    float melody;    // change of the pitch from beginning to end, as a factor
    float wobble;    // of the pitch from frame to frame
    float mouth;     // factor of all formants: smaller mouths sound higher
    float slowness;  // factor of all lengths
    float breath;    // hiss beside the voice
    float width;     // factor of the formants' widths
};

Speaker random_speaker(Random& random) {
    Speaker speaker;
    // Low and high voices; high ones tend to come from smaller mouths.
    const bool high = random.below(2) == 1;
    speaker.pitch_hz = (high ? 205.0f : 120.0f) * whittle_expf(0.13f * random.normal());
    speaker.melody = whittle_expf(-0.18f + 0.15f * random.normal());
    speaker.wobble = 0.012f;
    speaker.mouth = (high ? 1.14f : 1.0f) * whittle_expf(0.05f * random.normal());
    speaker.slowness = whittle_expf(0.15f * random.normal());
    speaker.breath = random.uniform(0.005f, 0.05f);
    speaker.width = random.uniform(0.8f, 1.4f);
    return speaker;
}

// The mouth in one frame.
struct VoiceSetting {
    std::array<float, kFormants> formants;
    float voice, hiss, hiss_hz, hiss_width_hz;
};

VoiceSetting setting_of(const Phone& phone) {
    return {{phone.formants[0], phone.formants[1], phone.formants[2]},
            phone.voice,
            phone.hiss,
            phone.hiss_hz,
            phone.hiss_width_hz};
}

float mixed(float from, float to, float t) { return from + t * (to - from); }

VoiceSetting mixed(const VoiceSetting& from, const VoiceSetting& to, float t) {
    VoiceSetting out = to;
    for (std::size_t f = 0; f < kFormants; ++f) {
        out.formants[f] = mixed(from.formants[f], to.formants[f], t);
    }
    out.voice = mixed(from.voice, to.voice, t);
    out.hiss = mixed(from.hiss, to.hiss, t);
    return out;
}

// The settings of a word's frames: the mouth glides from one phone to the next around their border,
// for up to 40 ms; bursts begin at once.
std::vector<VoiceSetting> frames_of(const char* phones, const Speaker& speaker, Random& random) {
    constexpr int kGlideFrames = 8;
    std::vector<VoiceSetting> frames;
    VoiceSetting before = setting_of(phone_of(*phones));
    before.voice = before.hiss = 0.0f;
    for (const char* symbol = phones; *symbol != '\0'; ++symbol) {
        const Phone& phone = phone_of(*symbol);
        VoiceSetting target = setting_of(phone);
        for (float& formant : target.formants) {
            formant *= speaker.mouth * (1.0f + 0.03f * random.normal());
        }
        const float length =
            phone.length_ms * speaker.slowness * whittle_expf(0.12f * random.normal());
        const int count = std::max(static_cast<int>(length / 5.0f + 0.5f), 2);
        const int glide =
            std::min(phone.hiss > 0.2f && phone.voice == 0.0f ? 1 : kGlideFrames, count * 2 / 3);
        for (int i = 0; i < count; ++i) {
            const float t = static_cast<float>(i + 1) / static_cast<float>(glide + 1);
            frames.push_back(i < glide ? mixed(before, target, t) : target);
        }
        before = target;
    }
    VoiceSetting silence = before;
    silence.voice = silence.hiss = 0.0f;
    for (int i = 1; i <= 6; ++i) {
        frames.push_back(mixed(before, silence, static_cast<float>(i) / 6.0f));
    }
    return frames;
}

// The stream of air through the vocal cords, which open for 60 % of a swing; Rosenberg, "Effect of
// glottal pulse shape on the quality of natural vowels", 1971, his polynomial pulse. Its change
// from sample to sample is what is heard outside.
class VocalCords {
public:
    float next(float pitch_hz) {
        phase_ += pitch_hz / kWordRate;
        if (phase_ >= 1.0f) phase_ -= 1.0f;
        const float flow = flow_at(phase_);
        const float change = flow - last_flow_;
        last_flow_ = flow;
        return change;
    }

private:
    static float flow_at(float phase) {
        constexpr float kOpening = 0.4f;
        constexpr float kClosing = 0.2f;
        if (phase < kOpening) {
            const float t = phase / kOpening;
            return t * t * (3.0f - 2.0f * t);
        }
        const float t = (phase - kOpening) / kClosing;
        return t < 1.0f ? 1.0f - t * t : 0.0f;
    }

    float phase_ = 0.0f;
    float last_flow_ = 0.0f;
};

// Speaks frames into `out`, adding up; the voice passes the formants one after another (Klatt,
// "Software for a cascade/parallel formant synthesizer", 1980), the hiss a resonance of its own.
class Voice {
public:
    Voice(const Speaker& speaker, Random& random) : speaker_(speaker), random_(random) {}

    void speak(std::span<const VoiceSetting> frames, std::span<float> out) {
        for (std::size_t f = 0; f < frames.size() && f * kFrame < out.size(); ++f) {
            const float along = static_cast<float>(f) / static_cast<float>(frames.size());
            const float pitch = speaker_.pitch_hz *
                                (1.0f + (speaker_.melody - 1.0f) * (along - 0.5f)) *
                                (1.0f + speaker_.wobble * random_.normal());
            frame(frames[f], pitch,
                  out.subspan(f * kFrame, std::min(kFrame, out.size() - f * kFrame)));
        }
    }

private:
    void frame(const VoiceSetting& setting, float pitch_hz, std::span<float> out) {
        constexpr float kWidths[kFormants] = {70.0f, 100.0f, 150.0f};  // Hz
        for (std::size_t i = 0; i < kFormants; ++i) {
            formants_[i].tune(setting.formants[i], speaker_.width * kWidths[i], kWordRate);
        }
        highest_.tune(3500.0f * speaker_.mouth, 250.0f * speaker_.width, kWordRate);
        hiss_.tune_to_peak(setting.hiss_hz, setting.hiss_width_hz, kWordRate);
        for (float& sample : out) {
            const float air = random_.uniform(-1.0f, 1.0f);
            float voiced = setting.voice * (4.0f * cords_.next(pitch_hz) + speaker_.breath * air);
            for (Resonator& formant : formants_) voiced = formant.next(voiced);
            sample += highest_.next(voiced) + setting.hiss * hiss_.next(air);
        }
    }

    Speaker speaker_;
    Random& random_;
    VocalCords cords_;
    std::array<Resonator, kFormants> formants_;
    Resonator highest_;
    Resonator hiss_;
};

// Hiss of a room: white noise, and a share of it that has lost its high part.
void add_noise(std::span<float> sound, float level, Random& random) {
    const float dull = random.uniform();
    float low = 0.0f;
    for (float& sample : sound) {
        const float white = random.uniform(-1.0f, 1.0f);
        low += 0.06f * (white - low);
        sample += level * (mixed(white, 4.0f * low, dull));
    }
}

float peak_of(std::span<const float> sound) {
    float peak = 0.0f;
    for (const float sample : sound) peak = std::max(peak, sample < 0.0f ? -sample : sample);
    return peak;
}

}  // namespace

void make_word(std::uint32_t word, std::uint64_t seed, std::size_t sample, std::span<float> sound) {
    assert(word < kWords && sound.size() == kWordLength);
    Random random = sample_random(seed, sample);
    const Speaker speaker = random_speaker(random);
    const std::vector<VoiceSetting> frames = frames_of(kSpoken[word].phones, speaker, random);
    std::fill(sound.begin(), sound.end(), 0.0f);
    const std::size_t length = std::min(frames.size() * kFrame, kWordLength);
    const std::size_t start = random.below(static_cast<std::uint32_t>(kWordLength - length + 1));
    Voice(speaker, random).speak(frames, sound.subspan(start));
    const float loudness = random.uniform(0.25f, 0.8f) / peak_of(sound);
    for (float& value : sound) value *= loudness;
    add_noise(sound, 0.03f * whittle_expf(random.uniform(-3.5f, 0.0f)), random);
    for (float& value : sound) value = std::clamp(value, -1.0f, 1.0f);
}

Dataset make_words(std::size_t samples, std::uint64_t seed) {
    Dataset data;
    data.name = "generated words";
    data.feature_shape = {static_cast<std::int32_t>(kWordLength)};
    data.target_shape = {static_cast<std::int32_t>(kWords)};
    for (const Word& word : kSpoken) data.class_names.emplace_back(word.name);
    std::vector<float> sounds(samples * kWordLength);
    data.labels.resize(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        data.labels[i] = static_cast<std::uint32_t>(i % kWords);
        make_word(data.labels[i], seed, i, std::span(sounds).subspan(i * kWordLength, kWordLength));
    }
    data.features = std::move(sounds);
    return data;
}

}  // namespace whittle
