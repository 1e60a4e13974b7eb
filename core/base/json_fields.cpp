#include "core/base/json_fields.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/base/text.h"

namespace whittle {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 32;

// Says where a text stops being JSON, is nested too deeply, or names a field of an object twice.
class Checker : public nlohmann::json_sax<Json> {
public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }
    bool key(string_t& name) override {
        if (names_.back().insert(name).second) return true;
        problem = Error{.place = "field " + whittle::quoted(name),
                        .expected = "each name once in an object",
                        .found = "it a second time"};
        return false;
    }
    bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
        error_position = position;
        return false;
    }

    std::optional<Error> problem;
    std::size_t error_position = 0;  // from 1; 0: none

private:
    bool enter() {
        names_.emplace_back();
        if (names_.size() <= kMaxDepth) return true;
        problem = Error{.place = "the document",
                        .expected = "at most " + std::to_string(kMaxDepth) + " levels",
                        .found = "more"};
        return false;
    }
    bool leave() {
        names_.pop_back();
        return true;
    }

    std::vector<std::set<std::string>> names_;  // of the open objects and (empty) lists
};

std::string line_and_column(std::string_view text, std::size_t position) {
    const std::string_view before = text.substr(0, std::min(position, text.size()));
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
    return "line " + std::to_string(lines + 1) + ", column " +
           std::to_string(before.size() - line_start + 1);
}

std::string found_at(std::string_view text, std::size_t position) {
    if (position >= text.size()) return "the end of the text";
    return whittle::quoted(text.substr(position, 1));
}

std::string shown(const Json& value) {
    return whittle::quoted(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// "3", "0.5"; never with trailing zeros.
std::string number_text(double value) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%g", value);
    return buffer;
}

std::string range_text(const char* noun, JsonRange range) {
    const bool open = range.high >= std::numeric_limits<double>::max();
    return std::string(noun) + " of " + number_text(range.low) +
           (open ? " or more" : " to " + number_text(range.high));
}

bool in_range(double value, JsonRange range) { return value >= range.low && value <= range.high; }

bool is_whole(const Json& value, JsonRange range) {
    return value.is_number_integer() && in_range(value.get<double>(), range);
}

// A number that float32 can hold.
bool is_number(const Json& value, JsonRange range) {
    return value.is_number() && in_range(value.get<double>(), range) &&
           std::isfinite(static_cast<float>(value.get<double>()));
}

std::vector<std::string> as_strings(std::span<const std::string_view> names) {
    return {names.begin(), names.end()};
}

std::string joined(std::span<const std::string_view> names) {
    std::string text;
    for (const std::string_view name : names) {
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

std::string meant_hint(std::string_view word, std::span<const std::string_view> names) {
    const std::string meant = nearest(word, as_strings(names));
    return meant.empty() ? "known: " + joined(names) : "did you mean '" + meant + "'?";
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t limit_bytes) {
    if (text.size() > limit_bytes) {
        return Error{.place = "the document",
                     .expected = "at most " + std::to_string(limit_bytes) + " bytes",
                     .found = std::to_string(text.size())};
    }
    Checker checker;
    if (!Json::sax_parse(text, &checker)) {
        if (checker.problem) return *checker.problem;
        const std::size_t position = checker.error_position > 0 ? checker.error_position - 1 : 0;
        return Error{.place = line_and_column(text, position),
                     .expected = "JSON",
                     .found = found_at(text, position),
                     .hint = "look for a missing comma, quote or bracket just before it"};
    }
    return Json::parse(text, nullptr, false);
}

void JsonProblem::report(Error error) {
    if (!error_) error_ = std::move(error);
}

void JsonProblem::report(std::string place,
                         std::string expected,
                         const Json& found,
                         std::string hint) {
    if (error_) return;
    error_ = Error{.place = std::move(place),
                   .expected = std::move(expected),
                   .found = shown(found),
                   .hint = std::move(hint)};
}

JsonFields::JsonFields(const Json& object,
                       std::string place,
                       const std::vector<std::string_view>& names,
                       JsonProblem& problem)
    : object_(object.is_object() ? &object : nullptr), place_(std::move(place)), problem_(problem) {
    if (object_ == nullptr) {
        problem_.report(place_.empty() ? "the document" : place_, "an object { ... }", object);
        return;
    }
    for (const auto& [name, value] : object.items()) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        problem_.report({.place = this->place(clean_text(name)),
                         .expected = "a field that is known here",
                         .found = whittle::quoted(name),
                         .hint = meant_hint(name, names)});
    }
}

std::string JsonFields::place(std::string_view name) const {
    if (name.empty()) return place_.empty() ? "the document" : place_;
    return place_.empty() ? std::string(name) : place_ + "." + std::string(name);
}

const Json* JsonFields::find(std::string_view name) const {
    if (object_ == nullptr) return nullptr;
    const auto found = object_->find(std::string(name));
    return found == object_->end() ? nullptr : &*found;
}

const Json* JsonFields::require(std::string_view name, const std::string& expected) {
    const Json* value = find(name);
    if (value == nullptr) {
        problem_.report({.place = place(name), .expected = expected, .found = "nothing"});
    }
    return value;
}

std::string JsonFields::text(std::string_view name, std::optional<std::string> absent) {
    const std::string expected = "a text";
    const Json* value = absent ? find(name) : require(name, expected);
    if (value == nullptr) return absent.value_or("");
    if (value->is_string()) return value->get<std::string>();
    problem_.report(place(name), expected, *value);
    return absent.value_or("");
}

float JsonFields::number(std::string_view name, JsonRange range, std::optional<float> absent) {
    const std::string expected = range_text("a number", range);
    const Json* value = absent ? find(name) : require(name, expected);
    if (value != nullptr && is_number(*value, range)) {
        return static_cast<float>(value->get<double>());
    }
    if (value != nullptr) problem_.report(place(name), expected, *value);
    return absent.value_or(static_cast<float>(range.low));
}

std::int64_t JsonFields::whole(std::string_view name,
                               JsonRange range,
                               std::optional<std::int64_t> absent) {
    const std::string expected = range_text("a whole number", range);
    const Json* value = absent ? find(name) : require(name, expected);
    if (value != nullptr && is_whole(*value, range)) return value->get<std::int64_t>();
    if (value != nullptr) problem_.report(place(name), expected, *value);
    return absent.value_or(static_cast<std::int64_t>(range.low));
}

bool JsonFields::flag(std::string_view name, bool absent) {
    const Json* value = find(name);
    if (value == nullptr) return absent;
    if (value->is_boolean()) return value->get<bool>();
    problem_.report(place(name), "true or false", *value);
    return absent;
}

std::size_t JsonFields::choice(std::string_view name,
                               std::span<const std::string_view> choices,
                               std::optional<std::size_t> absent) {
    const std::string expected = "one of " + joined(choices);
    const Json* value = absent ? find(name) : require(name, expected);
    if (value == nullptr) return absent.value_or(0);
    if (!value->is_string()) {
        problem_.report(place(name), expected, *value);
        return absent.value_or(0);
    }
    const auto& text = value->get_ref<const std::string&>();
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    const std::string meant = nearest(text, as_strings(choices));
    problem_.report(place(name), expected, *value,
                    meant.empty() ? "" : "did you mean '" + meant + "'?");
    return absent.value_or(0);
}

std::vector<float> JsonFields::numbers(std::string_view name, JsonRange range) {
    std::vector<float> numbers;
    const Json* value = find(name);
    if (value == nullptr) return numbers;
    const std::string expected = range_text("a number", range);
    if (!value->is_array()) problem_.report(place(name), "a list of numbers", *value);
    for (std::size_t i = 0; value->is_array() && i < value->size(); ++i) {
        const Json& item = (*value)[i];
        if (!is_number(item, range)) {
            problem_.report(json_item_place(place(name), i), expected, item);
            return numbers;
        }
        numbers.push_back(static_cast<float>(item.get<double>()));
    }
    return numbers;
}

std::vector<std::string> JsonFields::texts(std::string_view name) {
    std::vector<std::string> texts;
    const Json* value = find(name);
    if (value == nullptr) return texts;
    if (!value->is_array()) problem_.report(place(name), "a list of texts", *value);
    for (std::size_t i = 0; value->is_array() && i < value->size(); ++i) {
        const Json& item = (*value)[i];
        if (!item.is_string()) {
            problem_.report(json_item_place(place(name), i), "a text", item);
            return texts;
        }
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::vector<std::int32_t> JsonFields::sizes(std::string_view name,
                                            std::size_t count,
                                            JsonRange range,
                                            std::optional<std::int32_t> absent) {
    const auto low = static_cast<std::int32_t>(range.low);
    std::vector<std::int32_t> sizes(count, absent.value_or(low));
    const std::string expected = range_text("a whole number", range);
    const Json* value = absent ? find(name) : require(name, expected);
    if (value == nullptr) return sizes;
    if (is_whole(*value, range)) {
        sizes.assign(count, value->get<std::int32_t>());
        return sizes;
    }
    if (!value->is_array() || value->size() != count) {
        problem_.report(place(name), expected + ", or a list of " + std::to_string(count), *value);
        return sizes;
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (is_whole((*value)[i], range)) {
            sizes[i] = (*value)[i].get<std::int32_t>();
        } else {
            problem_.report(json_item_place(place(name), i), expected, (*value)[i]);
        }
    }
    return sizes;
}

std::string json_item_place(const std::string& place, std::size_t index) {
    return place + "[" + std::to_string(index) + "]";
}

}  // namespace whittle
