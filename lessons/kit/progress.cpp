#include "lessons/kit/progress.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace whittle {

namespace {

using Json = nlohmann::json;

constexpr const char* kFormat = "whittle-progress";
constexpr int kVersion = 1;
constexpr std::size_t kMaxBytes = 4u << 20;
constexpr std::size_t kMaxLinkBytes = 200000;
constexpr std::size_t kMaxGoals = 1000;
constexpr std::size_t kMaxNameBytes = 200;
constexpr int kMaxIndex = 999;
constexpr int kMaxDepth = 64;

// Brackets within brackets, outside of strings. The library writes nested values by recursion.
int depth_of(std::string_view json) {
    int depth = 0;
    int deepest = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return deepest;
}

std::string found_text(const Json& value) {
    return whittle::quoted(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// The fields of one lesson, or of the whole, checked one after another.
class Fields {
public:
    Fields(const Json& object, std::string place) : rest_(object), place_(std::move(place)) {}

    // Takes a field; nullptr when it is absent.
    const Json* take(const char* name) {
        const auto found = rest_.find(name);
        if (found == rest_.end()) return nullptr;
        taken_ = *found;
        rest_.erase(found);
        return &taken_;
    }
    std::optional<int> index(const char* name) {
        const Json* value = take(name);
        if (value == nullptr) return {};
        if (!is_index(*value)) fail(name, "a whole number from 0 to 999", *value);
        return error_ ? 0 : value->get<int>();
    }
    // A link or a name.
    std::string text(const char* name) {
        const Json* value = take(name);
        if (value == nullptr) return "";
        if (!value->is_string() || value->get_ref<const std::string&>().size() > kMaxLinkBytes) {
            fail(name, "a text of at most 200000 bytes", *value);
            return "";
        }
        return value->get<std::string>();
    }
    std::vector<std::string> names(const char* name) {
        const Json* value = take(name);
        std::vector<std::string> names;
        if (value == nullptr) return names;
        bool valid = value->is_array() && value->size() <= kMaxGoals;
        for (std::size_t i = 0; valid && i < value->size(); ++i) {
            const Json& item = (*value)[i];
            valid = item.is_string() && item.get_ref<const std::string&>().size() <= kMaxNameBytes;
            if (valid) names.push_back(item.get<std::string>());
        }
        if (!valid) fail(name, "a list of at most 1000 names", *value);
        return names;
    }
    std::map<int, int> answers(const char* name) {
        const Json* value = take(name);
        std::map<int, int> answers;
        if (value == nullptr) return answers;
        bool valid = value->is_object();
        if (valid) {
            for (const auto& [question, answer] : value->items()) {
                valid = valid && is_index_text(question) && is_index(answer);
                if (valid) answers[std::stoi(question)] = answer.get<int>();
            }
        }
        if (!valid) fail(name, "numbers of questions and answers", *value);
        return answers;
    }
    // What was not taken, as text.
    std::string other() const { return rest_.empty() ? "" : rest_.dump(); }

    void fail(const char* name, std::string expected, const Json& found) {
        if (error_) return;
        error_ = Error{.place = place_ + "\"" + name + "\"",
                       .expected = std::move(expected),
                       .found = found_text(found)};
    }
    const std::optional<Error>& error() const { return error_; }

private:
    static bool is_index(const Json& value) {
        if (value.is_number_unsigned()) {
            return value.get<std::uint64_t>() <= static_cast<std::uint64_t>(kMaxIndex);
        }
        return false;
    }
    static bool is_index_text(const std::string& text) {
        return !text.empty() && text.size() <= 3 &&
               text.find_first_not_of("0123456789") == std::string::npos;
    }

    Json rest_;
    Json taken_;
    std::string place_;
    std::optional<Error> error_;
};

bool is_lesson_name(const std::string& name) {
    return !name.empty() && name.size() <= 100 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

Result<LessonProgress> read_lesson(const std::string& name, const Json& json) {
    const std::string place = "lesson " + whittle::quoted(name);
    if (!is_lesson_name(name)) {
        return Error{.place = "\"lessons\"",
                     .expected = "names of a-z, 0-9 and -",
                     .found = whittle::quoted(name)};
    }
    if (!json.is_object()) {
        return Error{.place = place, .expected = "an object", .found = found_text(json)};
    }
    Fields fields(json, place + ", ");
    LessonProgress lesson;
    lesson.prediction = fields.index("prediction");
    lesson.goals = fields.names("goals");
    lesson.answers = fields.answers("answers");
    lesson.link = fields.text("link");
    lesson.kept = fields.text("kept");
    lesson.goal_count = fields.index("goalCount");
    lesson.other_fields = fields.other();
    if (fields.error()) return *fields.error();
    return lesson;
}

Result<Json> read_json(std::string_view text) {
    if (text.size() > kMaxBytes) {
        return Error{.expected = "at most " + std::to_string(kMaxBytes) + " bytes",
                     .found = std::to_string(text.size())};
    }
    if (depth_of(text) > kMaxDepth) {
        return Error{.expected = "at most " + std::to_string(kMaxDepth) + " levels of brackets",
                     .found = std::to_string(depth_of(text))};
    }
    try {
        return Json::parse(text.begin(), text.end());
    } catch (const Json::parse_error& error) {
        return Error{
            .place = "byte " + std::to_string(error.byte),
            .expected = "JSON",
            .found = error.byte > text.size()
                         ? std::string("the end")
                         : whittle::quoted(text.substr(error.byte > 0 ? error.byte - 1 : 0), 20)};
    } catch (const Json::exception&) {
        return Error{.expected = "JSON", .found = "a number out of range"};
    }
}

Json object_of(const std::string& fields) {
    Json object = Json::parse(fields, nullptr, false);
    return object.is_object() ? object : Json::object();
}

}  // namespace

Result<Progress> parse_progress(std::string_view text) {
    Result<Json> read = read_json(text);
    if (!read.ok()) return read.status();
    const Json& json = *read;
    if (!json.is_object()) {
        return Error{.expected = "an object", .found = found_text(json)};
    }
    Fields fields(json, "");
    const Json* format = fields.take("format");
    if (format == nullptr || *format != kFormat) {
        return Error{.place = "\"format\"",
                     .expected = std::string("\"") + kFormat + "\"",
                     .found = format == nullptr ? "nothing" : found_text(*format)};
    }
    const Json* version = fields.take("version");
    if (version == nullptr || !version->is_number_integer() || *version != kVersion) {
        return Error{.place = "\"version\"",
                     .expected = std::to_string(kVersion),
                     .found = version == nullptr ? "nothing" : found_text(*version),
                     .hint = "progress of a newer Whittle needs a newer Whittle"};
    }
    const Json* lessons = fields.take("lessons");
    if (lessons == nullptr || !lessons->is_object()) {
        return Error{.place = "\"lessons\"",
                     .expected = "an object",
                     .found = lessons == nullptr ? "nothing" : found_text(*lessons)};
    }
    Progress progress;
    for (const auto& [name, lesson] : lessons->items()) {
        Result<LessonProgress> one = read_lesson(name, lesson);
        if (!one.ok()) return one.status();
        progress.lessons[name] = std::move(one).value();
    }
    progress.lesson = fields.text("lesson");
    progress.theme = fields.text("theme");
    progress.other_fields = fields.other();
    if (fields.error()) return *fields.error();
    return progress;
}

std::string to_json(const Progress& progress) {
    Json lessons = Json::object();
    for (const auto& [name, lesson] : progress.lessons) {
        Json json = object_of(lesson.other_fields);
        if (lesson.prediction) json["prediction"] = *lesson.prediction;
        if (!lesson.goals.empty()) json["goals"] = lesson.goals;
        for (const auto& [question, answer] : lesson.answers) {
            json["answers"][std::to_string(question)] = answer;
        }
        if (!lesson.link.empty()) json["link"] = lesson.link;
        if (!lesson.kept.empty()) json["kept"] = lesson.kept;
        if (lesson.goal_count) json["goalCount"] = *lesson.goal_count;
        lessons[name] = std::move(json);
    }
    Json json = object_of(progress.other_fields);
    json["format"] = kFormat;
    json["version"] = kVersion;
    json["lessons"] = std::move(lessons);
    if (!progress.lesson.empty()) json["lesson"] = progress.lesson;
    if (!progress.theme.empty()) json["theme"] = progress.theme;
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Progress merged(const Progress& into, const Progress& from) {
    Progress both = into;
    for (const auto& [name, theirs] : from.lessons) {
        const auto [place, is_new] = both.lessons.try_emplace(name, theirs);
        if (is_new) continue;
        LessonProgress& ours = place->second;
        if (!ours.prediction) ours.prediction = theirs.prediction;
        for (const std::string& goal : theirs.goals) {
            const bool known =
                std::find(ours.goals.begin(), ours.goals.end(), goal) != ours.goals.end();
            if (!known) ours.goals.push_back(goal);
        }
        ours.answers.insert(theirs.answers.begin(), theirs.answers.end());
        if (!theirs.link.empty() && !ours.link.empty() && theirs.link != ours.link) {
            ours.kept = ours.link;
        } else if (ours.kept.empty()) {
            ours.kept = theirs.kept;
        }
        if (!theirs.link.empty()) ours.link = theirs.link;
        if (!ours.goal_count) ours.goal_count = theirs.goal_count;
        if (ours.other_fields.empty()) ours.other_fields = theirs.other_fields;
    }
    if (both.lesson.empty()) both.lesson = from.lesson;
    if (both.theme.empty()) both.theme = from.theme;
    if (both.other_fields.empty()) both.other_fields = from.other_fields;
    return both;
}

}  // namespace whittle
