#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace whittle {

// A JSON text from outside, at most `limit_bytes` long and 32 levels deep, without two fields of
// one name in an object. An error's place is "line N, column M", or the object with the doubled
// field.
Result<nlohmann::json> parse_json(std::string_view text, std::size_t limit_bytes = 1u << 20);

// The first thing that was wrong in a document. Whoever reads goes on with defaults after it and
// asks in the end, so that reading needs no branch after each field.
class JsonProblem {
public:
    bool found() const { return error_.has_value(); }
    Status status() const { return error_ ? Status(*error_) : Status(); }
    // Keeps the first of all reports.
    void report(Error error);
    void report(std::string place,
                std::string expected,
                const nlohmann::json& found,
                std::string hint = "");

private:
    std::optional<Error> error_;
};

// A number's range, both ends included.
struct JsonRange {
    double low;
    double high = std::numeric_limits<double>::max();
};

// The fields of one JSON object. Every error names the entry: "layers[3].kernel".
class JsonFields {
public:
    // `place` of the object; empty for the document itself. Reports when it is no object, or has a
    // field that is not in `names`, with the name that was probably meant.
    JsonFields(const nlohmann::json& object,
               std::string place,
               const std::vector<std::string_view>& names,
               JsonProblem& problem);

    bool has(std::string_view name) const { return find(name) != nullptr; }
    // nullptr when it is absent, or the object is none.
    const nlohmann::json* find(std::string_view name) const;
    // As find(), and reports an absent one: "expected " + `expected`.
    const nlohmann::json* require(std::string_view name, const std::string& expected);
    std::string place(std::string_view name) const;
    JsonProblem& problem() const { return problem_; }

    // Each returns the default when the field is absent or wrong; without a default it must be
    // there.
    std::string text(std::string_view name, std::optional<std::string> absent = std::nullopt);
    float number(std::string_view name,
                 JsonRange range,
                 std::optional<float> absent = std::nullopt);
    std::int64_t whole(std::string_view name,
                       JsonRange range,
                       std::optional<std::int64_t> absent = std::nullopt);
    bool flag(std::string_view name, bool absent);
    // Index into `choices`.
    std::size_t choice(std::string_view name,
                       std::span<const std::string_view> choices,
                       std::optional<std::size_t> absent = std::nullopt);
    // Lists; a missing one is empty.
    std::vector<float> numbers(std::string_view name, JsonRange range);
    std::vector<std::string> texts(std::string_view name);
    // One whole number, or a list of `count` of them: 3 or [3, 1].
    std::vector<std::int32_t> sizes(std::string_view name,
                                    std::size_t count,
                                    JsonRange range,
                                    std::optional<std::int32_t> absent = std::nullopt);

private:
    const nlohmann::json* object_;
    std::string place_;
    JsonProblem& problem_;
};

// "[2]" behind a place.
std::string json_item_place(const std::string& place, std::size_t index);

}  // namespace whittle
