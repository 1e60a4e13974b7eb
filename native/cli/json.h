#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace whittle::cli {

// What --json prints, while it is put together. Stands before the JSON library, whose header is
// slow to compile. Members keep their order.
class Json {
public:
    using Member = std::pair<std::string, Json>;

    Json() = default;  // null
    Json(bool value) : value_(value) {}
    template <std::integral T>
    Json(T value) : value_(static_cast<std::int64_t>(value)) {}
    // null when it is not finite, which JSON has no way to write.
    Json(double value);
    Json(float value) : Json(static_cast<double>(value)) {}
    Json(const char* text) : value_(std::string(text)) {}
    Json(std::string text) : value_(std::move(text)) {}
    template <class T>
    Json(const std::vector<T>& items) : value_(Items(items.begin(), items.end())) {}
    // An object: {{"name", 1}, ...}.
    Json(std::initializer_list<Member> members) : value_(Members(members)) {}

    static Json array() { return Json(std::vector<Json>{}); }
    static Json object();

    // The member of that name, added as null if it is not there. On null, an object begins.
    Json& operator[](const std::string& name);
    // On null, an array begins.
    void push_back(Json item);
    bool empty() const;

    // One line, or indented. Bytes that are no UTF-8 are replaced.
    std::string line() const { return dump(-1); }
    std::string document() const { return dump(2); }

private:
    using Items = std::vector<Json>;
    using Members = std::vector<Member>;
    struct Converter;
    std::string dump(int indent) const;

    std::variant<std::monostate, bool, std::int64_t, double, std::string, Items, Members> value_;
};

}  // namespace whittle::cli
