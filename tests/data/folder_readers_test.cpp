#include "core/data/folder_readers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/exact_math.h"
#include "tests/data/gzip_bytes.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/wav_bytes.h"

namespace whittle {
namespace {

using test::TemporaryFolder;
using test::wav_bytes;
using test::WavHeader;
using Bytes = std::vector<std::uint8_t>;
using Floats = std::vector<float>;

template <class T>
void check_refused(const Result<T>& result,
                   const std::string& file,
                   const std::string& place,
                   const std::string& part) {
    REQUIRE(!result.ok());
    const std::string said = result.error().message();
    INFO(said);
    CHECK(result.error().file == file);
    CHECK(result.error().place == place);
    CHECK(said.find(part) != std::string::npos);
    CHECK(!result.error().expected.empty());
    CHECK(!result.error().found.empty());
    CHECK(!result.error().hint.empty());
}

const Floats& floats(const Dataset& data) { return std::get<Floats>(data.features); }

// Two walking and one running window of 2 moments, 3 axes.
struct Windows : TemporaryFolder {
    Windows() {
        put("walking/b.csv", std::string("1,2,3\n4,5,6\n"));
        put("walking/a.csv", std::string("x,y,z\n-1,-2,-3\n-4,-5,-6\n"));
        put("running/a.CSV", std::string("7,8,9\n10,11,12\n"));
    }
};

TEST_CASE("CSV folder: windows in the order of their paths, classes by their folders") {
    const Windows folder;
    folder.put("walking/notes.txt", std::string("not a window"));
    folder.put("walking/.hidden.csv", std::string("neither"));
    folder.put("about.txt", std::string("nor this"));
    const auto data = read_csv_folder(folder.path());
    REQUIRE_MESSAGE(data.ok(), data.status().error().message());
    CHECK(data->size() == 3);
    CHECK(data->feature_shape == Shape{2, 3});
    CHECK(data->target_shape == Shape{2});
    CHECK(data->class_names == std::vector<std::string>{"running", "walking"});
    CHECK(data->labels == std::vector<std::uint32_t>{0, 1, 1});
    CHECK(floats(*data) == Floats{7, 8, 9, 10, 11, 12, -1, -2, -3, -4, -5, -6, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("CSV folder: classes and rows as asked for, files also gzip or named by class") {
    const Windows folder;
    const auto cut = read_csv_folder(folder.path(), {1, {"walking", "running"}});
    REQUIRE(cut.ok());
    CHECK(cut->feature_shape == Shape{1, 3});
    CHECK(cut->labels == std::vector<std::uint32_t>{1, 0, 0});
    CHECK(floats(*cut) == Floats{7, 8, 9, -1, -2, -3, 1, 2, 3});
    const TemporaryFolder flat;
    const std::string text = "1\n2\n";
    flat.put("off_1.csv.gz", test::gzip_stored(Bytes(text.begin(), text.end())));
    flat.put("on_2_late.csv", std::string("3\n4"));
    const auto named = read_csv_folder(flat.path());
    REQUIRE_MESSAGE(named.ok(), named.status().error().message());
    CHECK(named->feature_shape == Shape{2, 1});
    CHECK(named->class_names == std::vector<std::string>{"off", "on"});
    CHECK(floats(*named) == Floats{1, 2, 3, 4});
}

TEST_CASE("CSV folder: what is missing, misplaced or mislabelled is named") {
    const TemporaryFolder empty;
    const std::string& root = empty.path();
    check_refused(read_csv_folder(root + "/nowhere"), root + "/nowhere", "", "a folder");
    check_refused(read_csv_folder(root), root, "", "empty folder");
    empty.put("readme.txt", std::string("x"));
    check_refused(read_csv_folder(root), root, "", "files *.csv, found none");
    check_refused(read_csv_folder(root + "/readme.txt"), root + "/readme.txt", "", "a folder");
    REQUIRE(make_folder(root + "/walking").ok());
    check_refused(read_csv_folder(root), root + "/walking", "", "files *.csv, found none");

    const Windows folder;
    const auto read = [&](std::vector<std::string> classes) {
        return read_csv_folder(folder.path(), {0, std::move(classes)});
    };
    check_refused(read({"walking", "cycling"}), folder.path() + "/running/a.CSV", "class",
                  "one of 'walking', 'cycling', found 'running'");
    check_refused(read({"walking", "running", "cycling"}), folder.path(), "class 'cycling'",
                  "at least one file");
    const std::string stray = folder.put("stray.csv", std::string("1,2,3\n1,2,3\n"));
    check_refused(read({}), stray, "", "a file beside the folder 'running'");
    const TemporaryFolder flat;
    const std::string nameless = flat.put("001.csv", std::string("1\n"));
    check_refused(read_csv_folder(flat.path()), nameless, "", "its class and '_'");
}

TEST_CASE("CSV folder: a spoilt window is refused with file, line and column") {
    struct Case {
        std::string text, place, part;
        std::size_t rows = 0;
    };
    for (const Case& c : {
             Case{"", "line 1", "a row of numbers"},
             Case{"1,2,3\n4,nan,6\n", "line 2, column 2", "finite"},
             Case{"1,2,3\n4,5,1e99\n", "line 2, column 3", "finite"},
             Case{"1,2,3\n4,5\n", "line 2, column 3", "3 columns"},
             Case{"1,2,3\n4,5,six\n", "line 2, column 3", "a number"},
             Case{"1,2\n4,5\n", "", "3 columns, as"},
             Case{"1,2,3\n", "", "2 rows, as"},
             Case{"1,2,3\n4,5,6\n7,8,9\n", "", "2 rows, as"},
             Case{"1,2,3\n", "", "2 rows or more", 2},
         }) {
        INFO(c.text);
        const Windows folder;
        const std::string path = folder.put("walking/b.csv", c.text);
        const auto result = read_csv_folder(folder.path(), {c.rows, {}});
        REQUIRE(!result.ok());
        CHECK(result.error().file == path);
        CHECK(result.error().place == c.place);
        CHECK(result.error().message().find(c.part) != std::string::npos);
        CHECK(!result.error().hint.empty());
    }
    const Windows folder;
    const Bytes whole = test::gzip_stored(Bytes(1000, '1'));
    const std::string path =
        folder.put("walking/c.csv.gz", Bytes(whole.begin(), whole.begin() + 500));
    check_refused(read_csv_folder(folder.path()), path, "byte 500", "cut short");
}

// A second of a tone of 440 Hz, 8 bits.
Bytes tone(std::uint32_t rate, std::size_t samples) {
    Bytes data;
    for (std::size_t i = 0; i < samples; ++i) {
        const float angle = 6.2831853f * 440.0f * static_cast<float>(i) / static_cast<float>(rate);
        data.push_back(static_cast<std::uint8_t>(128.0f + 100.0f * whittle_sinf(angle)));
    }
    return wav_bytes({.rate = rate, .bits = 8}, data);
}

TEST_CASE("sound folder: named by class, cut and padded") {
    const TemporaryFolder folder;
    folder.put("yes_2.wav", wav_bytes({.rate = 8000, .bits = 8}, {0, 192, 64}));
    folder.put("no_1_anna.wav", wav_bytes({.channels = 2, .rate = 8000, .bits = 8}, {128, 192}));
    folder.put("yes_1.wav.gz", test::gzip_stored(wav_bytes({.rate = 8000, .bits = 8}, {})));
    const auto sounds = read_sound_folder(folder.path(), {.sample_rate = 0, .length = 2});
    REQUIRE_MESSAGE(sounds.ok(), sounds.status().error().message());
    CHECK(sounds->sample_rate == 8000);
    CHECK(sounds->data.feature_shape == Shape{2});
    CHECK(sounds->data.class_names == std::vector<std::string>{"no", "yes"});
    CHECK(sounds->data.labels == std::vector<std::uint32_t>{0, 1, 1});
    CHECK(floats(sounds->data) == Floats{0.25f, 0, 0, 0, -1.0f, 0.5f});
}

TEST_CASE("sound folder: sounds of any rate become one rate, and the same tone") {
    const TemporaryFolder folder;
    folder.put("a/1.wav", tone(8000, 8000));
    folder.put("a/2.wav", tone(16000, 16000));
    folder.put("b/1.wav", tone(44100, 44100));
    folder.put("b/2.wav", tone(11025, 5000));
    const auto sounds = read_sound_folder(folder.path(), {.sample_rate = 16000, .length = 12000});
    REQUIRE_MESSAGE(sounds.ok(), sounds.status().error().message());
    CHECK(sounds->sample_rate == 16000);
    const Floats& all = floats(sounds->data);
    const Floats direct(all.begin() + 12000, all.begin() + 24000);
    for (std::size_t sound = 0; sound < 4; ++sound) {
        CAPTURE(sound);
        double worst = 0.0;
        // Away from the ends, where the filter sees silence. Sound 3 ends at 7256.
        for (std::size_t i = 200; i < 7000; ++i) {
            worst = std::max(worst, std::fabs(double(all[12000 * sound + i]) - double(direct[i])));
        }
        CHECK(worst < 0.03);  // 8 bits each: two steps of 1/128, and the pass band's ripple
    }
    CHECK(all[3 * 12000 + 7300] == 0.0f);
    CHECK(all[4 * 12000 - 1] == 0.0f);
}

TEST_CASE("sound folder: mixed rates, rates too far apart, spoilt files") {
    const TemporaryFolder folder;
    folder.put("yes/1.wav", tone(8000, 10));
    const std::string path = folder.put("yes/2.wav", tone(16000, 10));
    check_refused(read_sound_folder(folder.path()), path, "byte 24", "8000 samples a second, as");
    check_refused(read_sound_folder(folder.path(), {.sample_rate = 700000}),
                  folder.path() + "/yes/1.wav", "byte 24", "resampled");
    const auto spoilt = [&](const Bytes& bytes, const std::string& place, const std::string& part) {
        folder.put("yes/2.wav", bytes);
        check_refused(read_sound_folder(folder.path()), path, place, part);
    };
    spoilt({}, "byte 0", "empty");
    const Bytes whole = tone(8000, 10);
    spoilt(Bytes(whole.begin(), whole.begin() + 50), "byte 40", "cut short");
    Bytes huge = whole;
    huge[43] = 0xFF;
    spoilt(huge, "byte 40", "bytes that are left");
    spoilt(wav_bytes({.code = 3, .rate = 8000}, {}), "byte 20", "PCM");
    folder.put("yes/2.wav", whole);
    check_refused(read_sound_folder(folder.path(), {.sample_rate = 0, .classes = {"no"}}),
                  folder.path() + "/yes/1.wav", "class", "found 'yes'");
    check_refused(
        read_sound_folder(folder.path(), {.sample_rate = 0, .length = std::size_t{1} << 30}),
        folder.path(), "", "2 samples of 4294967296 bytes");
}

TEST_CASE("real measurements: fan windows of six states") {
    const auto folder = test::shared_data("data/fan");
    if (!folder) return;
    const auto data = read_csv_folder(*folder, {100, {}});
    REQUIRE_MESSAGE(data.ok(), data.status().error().message());
    CHECK(data->size() == 960);
    CHECK(data->feature_shape == Shape{100, 3});
    CHECK(data->class_names.size() == 6);
    CHECK(std::count(data->labels.begin(), data->labels.end(), 1u) == 160);
    CHECK(data->class_names[1] == "fan_0_low_0_weight");
}

TEST_CASE("real recordings: ten digits in the names of the files") {
    const auto folder = test::shared_data("data/fsdd/recordings");
    if (!folder) return;
    const auto sounds = read_sound_folder(*folder, {.sample_rate = 0, .length = 4000});
    REQUIRE_MESSAGE(sounds.ok(), sounds.status().error().message());
    CHECK(sounds->sample_rate == 8000);
    CHECK(sounds->data.size() == 2000);
    CHECK(sounds->data.class_names.size() == 10);
    CHECK(sounds->data.class_names[3] == "3");
    for (std::uint32_t digit = 0; digit < 10; ++digit) {
        CHECK(std::count(sounds->data.labels.begin(), sounds->data.labels.end(), digit) == 200);
    }
}

}  // namespace
}  // namespace whittle
