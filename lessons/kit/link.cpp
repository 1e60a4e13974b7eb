#include <algorithm>

#include "core/base/text.h"
#include "lessons/kit/lab.h"
#include "lessons/kit/numbers.h"

namespace whittle {

namespace {

constexpr std::size_t kMaxEvents = 2000;  // of a link

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == ':' || c == ',' || c == '+';
}

std::string percent_encoded(std::string_view text) {
    static const char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        // In a query '+' may be read as a blank.
        if (is_plain(c) && c != '+') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15u];
    }
    return out;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

// "step:50", or "step" for once.
std::string action_text(const LabEvent& event) {
    return event.count == 1 ? event.name : event.name + ":" + std::to_string(event.count);
}

Status apply_action(Lab& lab, std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return lab.act(text);
    const std::optional<double> count = parse_number(text.substr(colon + 1));
    const bool whole = count && *count >= 1.0 && *count <= static_cast<double>(kMaxActionCount) &&
                       *count == static_cast<double>(static_cast<std::int64_t>(*count));
    if (!whole) {
        return Error{.place = "action " + quoted(text.substr(0, colon)),
                     .expected = "a count from 1 to " + std::to_string(kMaxActionCount),
                     .found = quoted(text.substr(colon + 1))};
    }
    return lab.act(text.substr(0, colon), static_cast<std::int64_t>(*count));
}

}  // namespace

std::string to_link(const Lab& lab) {
    std::string link;
    for (const LabEvent& event : lab.history()) {
        if (!link.empty()) link += '&';
        link += event.kind == LabEvent::Kind::set
                    ? percent_encoded(event.name) + "=" + percent_encoded(event.value)
                    : "do=" + percent_encoded(action_text(event));
    }
    return link;
}

std::vector<std::string> apply_link(Lab& lab, std::string_view link) {
    std::vector<std::string> notices;
    std::size_t events = 0;
    while (!link.empty()) {
        const std::size_t end = std::min(link.find('&'), link.size());
        const std::string_view entry = link.substr(0, end);
        link.remove_prefix(std::min(end + 1, link.size()));
        if (entry.empty()) continue;
        if (++events > kMaxEvents) {
            notices.push_back("the link says more than " + std::to_string(kMaxEvents) +
                              " things; the rest is left out");
            break;
        }
        const std::size_t equals = std::min(entry.find('='), entry.size());
        const std::string name = percent_decoded(entry.substr(0, equals));
        const std::string value =
            percent_decoded(entry.substr(std::min(equals + 1, entry.size())));
        std::string notice;
        const Status status =
            name == "do" ? apply_action(lab, value) : lab.set(name, value, &notice);
        if (!status.ok()) notices.push_back(status.error().message());
        if (!notice.empty()) notices.push_back(notice);
    }
    return notices;
}

std::string to_command(const LabEntry& entry, const Lab& lab) {
    std::string command = std::string("whittle lab ") + entry.name;
    for (const LabEvent& event : lab.history()) {
        command += event.kind == LabEvent::Kind::set
                       ? " --set " + event.name + "=" + event.value
                       : " --do " + action_text(event);
    }
    return command;
}

}  // namespace whittle
