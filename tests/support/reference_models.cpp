#include "tests/support/reference_models.h"

#include <array>

#include "tests/support/shared_data.h"

namespace whittle::test {

namespace {

constexpr std::array kNames = {
    "ad01_fp32",
    "ad01_int8",
    "audio_preprocessor_int8",
    "dtln_noise_suppression",
    "hello_world_float",
    "hello_world_int8",
    "keyword_scrambled",
    "keyword_scrambled_8bit",
    "kws_ref_model",
    "kws_ref_model_float32",
    "micro_speech_quantized",
    "mnist_lstm_float",
    "mnist_lstm_int8",
    "person_detect",
    "pretrainedResnet",
    "pretrainedResnet_large_int8",
    "pretrainedResnet_quant",
    "str_ww_ref_model",
    "vww_96_float",
    "vww_96_int8",
};

}  // namespace

std::vector<std::string> reference_models() {
    std::vector<std::string> paths;
    for (const char* name : kNames) {
        const auto path = shared_data(std::string("models/") + name + ".tflite");
        if (path) paths.push_back(*path);
    }
    return paths;
}

}  // namespace whittle::test
