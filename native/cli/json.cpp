#include "native/cli/json.h"

#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

namespace whittle::cli {

struct Json::Converter {
    using Library = nlohmann::ordered_json;

    Library operator()(std::monostate) const { return nullptr; }
    Library operator()(bool value) const { return value; }
    Library operator()(std::int64_t value) const { return value; }
    Library operator()(double value) const { return value; }
    Library operator()(const std::string& value) const { return value; }
    Library operator()(const Items& items) const {
        Library array = Library::array();
        for (const Json& item : items) array.push_back(std::visit(*this, item.value_));
        return array;
    }
    Library operator()(const Members& members) const {
        Library object = Library::object();
        for (const auto& [name, value] : members) object[name] = std::visit(*this, value.value_);
        return object;
    }
};

Json::Json(double value) {
    if (std::isfinite(value)) value_ = value;
}

Json Json::object() {
    Json json;
    json.value_ = Members{};
    return json;
}

Json& Json::operator[](const std::string& name) {
    if (std::holds_alternative<std::monostate>(value_)) value_ = Members{};
    assert(std::holds_alternative<Members>(value_));
    auto& members = std::get<Members>(value_);
    for (auto& [known, value] : members) {
        if (known == name) return value;
    }
    return members.emplace_back(name, Json()).second;
}

void Json::push_back(Json item) {
    if (std::holds_alternative<std::monostate>(value_)) value_ = Items{};
    assert(std::holds_alternative<Items>(value_));
    std::get<Items>(value_).push_back(std::move(item));
}

bool Json::empty() const {
    if (const auto* items = std::get_if<Items>(&value_)) return items->empty();
    if (const auto* members = std::get_if<Members>(&value_)) return members->empty();
    return std::holds_alternative<std::monostate>(value_);
}

std::string Json::dump(int indent) const {
    return std::visit(Converter{}, value_)
        .dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace whittle::cli
