#include "tests/conformance/families.h"

namespace whittle::conformance {

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

std::size_t volume_of(std::initializer_list<std::int32_t> sizes) {
    std::size_t product = 1;
    for (const std::int32_t size : sizes) {
        const std::size_t factor = size < 0 ? 0 : static_cast<std::size_t>(size);
        if (factor == 0) return 0;
        if (product > kMostElements / factor) return kMostElements;
        product *= factor;
    }
    return product;
}

std::int32_t product_of(std::initializer_list<std::int32_t> sizes) {
    std::int64_t product = 1;
    for (const std::int32_t size : sizes) {
        product *= size;
        if (product < INT32_MIN || product > INT32_MAX) return 0;
    }
    return static_cast<std::int32_t>(product);
}

Error no_such_types() {
    return Error{.expected = "inputs and outputs of int8 or int16", .found = "another mixture"};
}

DType dtype_of(const Array& array) {
    if (array.type == "int16_t") return DType::int16;
    if (array.type == "int32_t") return DType::int32;
    if (array.type == "int64_t") return DType::int64;
    return DType::int8;
}

const Array& expected_of(const Case& c) {
    // Beside an LSTM's gates stands the later generation of arrays, whose result is "output".
    const bool later = c.find({"input_gate_input_weights"}) != nullptr;
    return later ? c.array({"output", "output_ref"}) : c.array({"output_ref", "output"});
}

std::vector<std::int32_t> halves_of(const Values& values, std::size_t count) {
    std::vector<std::int32_t> halves;
    for (std::size_t i = 0; i < count && i < values.size(); ++i) {
        const auto bits = static_cast<std::uint64_t>(values[i]);
        halves.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)));
        halves.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits >> 32)));
    }
    return halves;
}

std::vector<std::int32_t> narrow(const Values& values) {
    std::vector<std::int32_t> result;
    for (const std::int64_t value : values) result.push_back(static_cast<std::int32_t>(value));
    return result;
}

Values unpacked_weights(const Values& bytes, std::size_t count) {
    if (bytes.size() >= count || bytes.size() != (count + 1) / 2) return bytes;
    Values weights;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t nibble = bytes[i / 2] >> (4 * (i % 2)) & 15;
        weights.push_back(nibble < 8 ? nibble : nibble - 16);
    }
    return weights;
}

const std::vector<Family>& all_families() {
    static const std::vector<Family> families = [] {
        std::vector<Family> all;
        for (const auto& list : {recurrent_families(), movement_families(), elementwise_families(),
                                 convolution_families()}) {
            all.insert(all.end(), list.begin(), list.end());
        }
        return all;
    }();
    return families;
}

namespace {

// An unsupported case says why in this form.
std::string lacking(const Case& c) { return "the case has no " + c.missing; }

Outcome compare(const Result<Values>& output, const Case& c) {
    if (!c.missing.empty()) return {Verdict::unsupported, lacking(c)};
    if (!output.ok()) return {Verdict::failed, output.error().message()};
    const Values& expected = expected_of(c).values;
    if (!c.missing.empty()) return {Verdict::unsupported, lacking(c)};
    if (output->size() != expected.size()) {
        return {Verdict::failed, std::to_string(output->size()) + " values, expected " +
                                     std::to_string(expected.size())};
    }
    std::size_t wrong = 0;
    std::size_t first = 0;
    for (std::size_t i = expected.size(); i-- > 0;) {
        if ((*output)[i] == expected[i]) continue;
        ++wrong;
        first = i;
    }
    if (wrong == 0) return {};
    return {Verdict::failed, std::to_string(wrong) + " of " + std::to_string(expected.size()) +
                                 " values differ; value " + std::to_string(first) + " is " +
                                 std::to_string((*output)[first]) + ", expected " +
                                 std::to_string(expected[first])};
}

Outcome run_family(const Family& family, const Case& c) {
    const Outcome outcome = compare(family.run(c), c);
    const bool complete = c.missing.empty();
    if (outcome.verdict == Verdict::passed || !complete || family.readings == nullptr) {
        return outcome;
    }
    for (const Family::Reading& reading : family.readings(c)) {
        const Outcome other = compare(family.run(reading.c), reading.c);
        if (other.verdict == Verdict::passed) return {Verdict::passed, "read with " + reading.what};
    }
    return outcome;
}

// --- Cases of several layers ---------------------------------------------------------------------

// The layers' names in the order of their numbers: "CONV_2D_1", "DEPTHWISE_CONV_2D_2", ...
std::map<int, std::string> layers_of(const Case& c) {
    std::map<int, std::string> layers;
    for (const char* type :
         {"DEPTHWISE_CONV_2D_", "CONV_2D_", "AVERAGE_POOL_2D_", "FULLY_CONNECTED_", "SOFTMAX_"}) {
        for (const auto& item : c.numbers) {
            const std::string& key = item.first;
            if (key.rfind(type, 0) != 0) continue;
            const std::size_t digits = std::string(type).size();
            const std::size_t end = key.find('_', digits);
            if (end == std::string::npos || end == digits || end > digits + 4) continue;
            const std::string number = key.substr(digits, end - digits);
            if (number.find_first_not_of("0123456789") != std::string::npos) continue;
            layers[std::stoi(number)] = type + number;
        }
    }
    return layers;
}

std::string lower(std::string text) {
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return text;
}

// One layer as a case of its own: "CONV_2D_3_OUT_CH" becomes "OUT_CH", "layer_3_conv_2d_weights"
// becomes "weights".
Case layer_case(const Case& c, int number, const std::string& prefix, const Values& input) {
    Case layer;
    const std::string type = prefix.substr(0, prefix.rfind('_'));
    layer.name = lower(type);
    for (const auto& [key, value] : c.numbers) {
        if (key.rfind(prefix + "_", 0) == 0) layer.numbers[key.substr(prefix.size() + 1)] = value;
    }
    const std::string own = "layer_" + std::to_string(number) + "_" + lower(type) + "_";
    for (const auto& [key, value] : c.arrays) {
        if (key.rfind(own, 0) == 0) layer.arrays[key.substr(own.size())] = value;
    }
    layer.arrays["input"] = {"int8_t", input};
    layer.arrays["output"] = {"int8_t", {}};
    if (type == "AVERAGE_POOL_2D") {
        layer.numbers["INPUT_C"] = layer.number("IN_CH");
        layer.numbers["PADDING_H"] = layer.number("PAD_Y");
        layer.numbers["PADDING_W"] = layer.number("PAD_X");
        layer.numbers["ACTIVATION_MIN"] = layer.number("OUT_ACTIVATION_MIN");
        layer.numbers["ACTIVATION_MAX"] = layer.number("OUT_ACTIVATION_MAX");
    } else if (type == "FULLY_CONNECTED") {
        // Its IN_CH counts the outputs and its OUT_CH the inputs.
        const std::size_t outputs = layer.array({"bias"}).values.size();
        layer.numbers["OUT_CH"] = static_cast<std::int64_t>(outputs);
        layer.numbers["ACCUMULATION_DEPTH"] = static_cast<std::int64_t>(input.size());
        layer.numbers.erase("FILTER_X");
    }
    return layer;
}

Outcome run_layers(const Case& c, const std::map<int, std::string>& layers) {
    Values values = c.array({"input", "input_tensor"}).values;
    for (const auto& [number, prefix] : layers) {
        const Case layer = layer_case(c, number, prefix, values);
        const Family* family = nullptr;
        for (const Family& each : all_families()) {
            if (family == nullptr && each.matches(layer)) family = &each;
        }
        if (family == nullptr) return {Verdict::unsupported, "layer " + prefix};
        const Result<Values> output = family->run(layer);
        if (!layer.missing.empty()) {
            return {Verdict::unsupported, "layer " + prefix + " has no " + layer.missing};
        }
        if (!output.ok()) {
            return {Verdict::failed, "layer " + prefix + ": " + output.error().message()};
        }
        values = *output;
    }
    return compare(values, c);
}

}  // namespace

Outcome run_case(const Case& c) {
    const std::map<int, std::string> layers = layers_of(c);
    if (!layers.empty()) return run_layers(c, layers);
    for (const Family& family : all_families()) {
        if (family.matches(c)) return run_family(family, c);
    }
    return {Verdict::unsupported, "no operator of ours is recognised in its names"};
}

}  // namespace whittle::conformance
