#include "tests/conformance/case.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/platform/files.h"

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

Result<Case> read_case(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes.ok()) return bytes.error();
    const nlohmann::json json = nlohmann::json::parse(bytes->begin(), bytes->end(), nullptr, false);
    if (!json.is_object()) return bad(path, "file", "a JSON object");
    if (!json.contains("config") || !json["config"].is_object() || !json.contains("arrays") ||
        !json["arrays"].is_object()) {
        return bad(path, "file", "the objects config and arrays");
    }
    Case c;
    c.name = json.value("case", nlohmann::json("?")).is_string() ? json.value("case", "?") : "?";
    for (const auto& item : json["config"].items()) {
        if (item.value().is_number_integer()) c.numbers[item.key()] = item.value();
        if (item.value().is_string()) c.words[item.key()] = item.value();
    }
    for (const auto& item : json["arrays"].items()) {
        const nlohmann::json& from = item.value();
        const std::string place = "array " + item.key();
        if (!from.is_object() || !from.contains("type") || !from["type"].is_string() ||
            !from.contains("data") || !from["data"].is_array()) {
            return bad(path, place, "a type and data");
        }
        Array array{from["type"], {}};
        for (const nlohmann::json& value : from["data"]) {
            if (!value.is_number_integer()) return bad(path, place, "whole numbers");
            const bool huge =
                value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
            if (huge) return bad(path, place, "numbers below 2^63");
            array.values.push_back(value);
        }
        array.problem = problem_of(array);
        c.arrays[item.key()] = std::move(array);
    }
    return c;
}

}  // namespace whittle::conformance
