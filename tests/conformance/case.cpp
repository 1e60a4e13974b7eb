#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/json_fields.h"
#include "core/base/platform/files.h"
#include "tests/conformance/layers.h"

namespace whittle::conformance {

namespace {

Error bad(const std::string& path, const std::string& place, const std::string& expected) {
    return Error{.file = path, .place = place, .expected = expected, .found = "something else"};
}

bool fits(std::int64_t value) {
    return value >= std::numeric_limits<std::int32_t>::min() &&
           value <= std::numeric_limits<std::int32_t>::max();
}

// Why no kernel takes an array of that type and those values, or "".
std::string problem_of(const Array& array) {
    const struct {
        const char* type;
        int bits;
    } types[] = {{"int8_t", 8}, {"int16_t", 16}, {"int32_t", 32}, {"int64_t", 64}};
    for (const auto& each : types) {
        if (array.type != each.type) continue;
        // Packed int4 weights stand there as bytes without a sign.
        const std::int64_t low = std::numeric_limits<std::int64_t>::min() >> (64 - each.bits);
        const std::int64_t high = each.bits == 8 ? 255 : -1 - low;
        for (const std::int64_t value : array.values) {
            if (value >= low && value <= high) continue;
            return std::to_string(value) + " does not fit " + array.type;
        }
        return "";
    }
    return "elements of type " + (array.type.empty() ? "?" : array.type);
}

Result<nlohmann::json> read_object(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes.ok()) return bytes.error();
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    constexpr std::size_t limit_bytes = std::size_t{1} << 28;
    auto json = parse_json(text, limit_bytes);
    if (!json.ok()) {
        Error error = json.error();
        error.file = path;
        return error;
    }
    if (!json->is_object()) return bad(path, "file", "a JSON object");
    return json;
}

void read_settings(const nlohmann::json& json, Case& c) {
    for (const auto& item : json.items()) {
        if (item.value().is_number_integer()) c.numbers[item.key()] = item.value();
        if (item.value().is_string()) c.words[item.key()] = item.value();
    }
}

// Whether these are whole numbers that int64 holds.
bool read_values(const nlohmann::json& json, Array& array) {
    for (const nlohmann::json& value : json) {
        if (!value.is_number_integer()) return false;
        const bool huge =
            value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
        if (huge) return false;
        array.values.push_back(value);
    }
    return true;
}

}  // namespace

std::int32_t Case::number(std::initializer_list<const char*> names) const {
    for (const char* key : names) {
        const auto found = numbers.find(key);
        if (found == numbers.end()) continue;
        if (fits(found->second)) return static_cast<std::int32_t>(found->second);
        if (missing.empty()) missing = std::string(key) + " within int32";
        return 0;
    }
    if (missing.empty()) missing = *names.begin();
    return 0;
}

std::int32_t Case::number_or(const char* key, std::int32_t otherwise) const {
    return has(key) ? number(key) : otherwise;
}

std::int32_t Case::negated(const char* key) const {
    const std::int32_t value = number(key);
    if (value != std::numeric_limits<std::int32_t>::min()) return -value;
    if (missing.empty()) missing = std::string(key) + " above -2^31";
    return 0;
}

const Array* Case::find(std::initializer_list<const char*> names) const {
    for (const char* key : names) {
        const auto found = arrays.find(key);
        if (found == arrays.end()) continue;
        const Array& array = found->second;
        if (!array.problem.empty() && missing.empty()) {
            missing = "usable array " + std::string(key) + ": " + array.problem;
        }
        return &array;
    }
    return nullptr;
}

const Array& Case::array(std::initializer_list<const char*> names) const {
    static const Array none;
    const Array* found = find(names);
    if (found == nullptr && missing.empty()) missing = "array " + std::string(*names.begin());
    return found == nullptr ? none : *found;
}

std::int32_t Case::element(const char* key, std::size_t index) const {
    const std::vector<std::int64_t>& values = array({key}).values;
    if (index < values.size() && fits(values[index])) {
        return static_cast<std::int32_t>(values[index]);
    }
    if (missing.empty()) missing = std::string(key) + " number " + std::to_string(index);
    return 0;
}

std::string Case::word(const char* key) const {
    const auto found = words.find(key);
    if (found != words.end()) return found->second;
    if (missing.empty()) missing = key;
    return "";
}

Result<Case> read_case(const std::string& path) {
    const auto parsed = read_object(path);
    if (!parsed.ok()) return parsed.error();
    const nlohmann::json& json = *parsed;
    if (!json.contains("config") || !json["config"].is_object() || !json.contains("arrays") ||
        !json["arrays"].is_object()) {
        return bad(path, "file", "the objects config and arrays");
    }
    Case c;
    c.name = json.value("case", nlohmann::json("?")).is_string() ? json.value("case", "?") : "?";
    read_settings(json["config"], c);
    for (const auto& item : json["arrays"].items()) {
        const nlohmann::json& from = item.value();
        const std::string place = "array " + item.key();
        if (!from.is_object() || !from.contains("type") || !from["type"].is_string() ||
            !from.contains("data") || !from["data"].is_array()) {
            return bad(path, place, "a type and data");
        }
        Array array{from["type"], {}};
        if (!read_values(from["data"], array)) return bad(path, place, "whole numbers below 2^63");
        array.problem = problem_of(array);
        c.arrays[item.key()] = std::move(array);
    }
    return c;
}

Result<std::vector<Case>> read_layers(const std::string& path) {
    const auto json = read_object(path);
    if (!json.ok()) return json.error();
    if (!json->contains("layers") || !(*json)["layers"].is_array()) {
        return bad(path, "file", "an array of layers");
    }
    std::vector<Case> layers;
    for (const nlohmann::json& entry : (*json)["layers"]) {
        Case c;
        if (!entry.is_object()) return bad(path, "layers", "objects");
        read_settings(entry, c);
        c.name = c.words.count("name") > 0 ? c.words["name"] : "?";
        for (const char* key : {"mult", "shift"}) {
            Array array{"int32_t", {}};
            if (!entry.contains(key) || !read_values(entry[key], array)) continue;
            array.problem = problem_of(array);
            c.arrays[key] = std::move(array);
        }
        layers.push_back(std::move(c));
    }
    return layers;
}

}  // namespace whittle::conformance
