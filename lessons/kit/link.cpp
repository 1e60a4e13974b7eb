#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/platform/process.h"
#include "core/base/text.h"
#include "lessons/kit/lab.h"
#include "lessons/kit/numbers.h"

namespace whittle {

namespace {

// Needs no encoding in a link's fragment and no quotes in a shell. '+' may be read as a blank.
bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == ':' || c == ',';
}

std::string percent_encoded(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_plain(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15u];
    }
    return out;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// A '%' that no two hexadecimal digits follow stands for itself.
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

std::string shell_quoted(const std::string& text) {
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace

Result<LabEvent> parse_action(std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    LabEvent event{LabEvent::Kind::act, std::string(text.substr(0, colon))};
    if (colon == text.size()) return event;
    const std::string_view count_text = text.substr(colon + 1);
    const std::optional<double> count = parse_number(count_text);
    if (!count || !(*count >= 1.0) || *count > static_cast<double>(kMaxActionCount) ||
        *count != std::round(*count)) {
        return Error{.place = "action " + quoted(event.name),
                     .expected = "a count from 1 to " + std::to_string(kMaxActionCount),
                     .found = quoted(count_text)};
    }
    event.count = static_cast<std::int64_t>(*count);
    return event;
}

std::string action_text(const LabEvent& event) {
    return event.count == 1 ? event.name : event.name + ":" + std::to_string(event.count);
}

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

LinkReplay::LinkReplay(Lab& lab, std::string_view link) : lab_(lab) {
    if (link.size() > kMaxBytes) {
        notify("the link is longer than " + std::to_string(kMaxBytes) +
               " bytes; the rest is left out");
        link = link.substr(0, link.rfind('&', kMaxBytes));
        if (link.size() > kMaxBytes) link = {};
    }
    while (!link.empty()) {
        const std::size_t end = std::min(link.find('&'), link.size());
        const std::string_view entry = link.substr(0, end);
        link.remove_prefix(std::min(end + 1, link.size()));
        if (entry.empty()) continue;
        if (events_.size() == kMaxEvents) {
            notify("the link says more than " + std::to_string(kMaxEvents) +
                   " things; the rest is left out");
            break;
        }
        read(entry);
    }
}

// One "name=value" or "do=action:count".
void LinkReplay::read(std::string_view entry) {
    const std::size_t equals = std::min(entry.find('='), entry.size());
    std::string name = percent_decoded(entry.substr(0, equals));
    std::string value = percent_decoded(entry.substr(std::min(equals + 1, entry.size())));
    if (name != "do") {
        events_.push_back({LabEvent::Kind::set, std::move(name), std::move(value)});
        return;
    }
    Result<LabEvent> action = parse_action(value);
    if (!action.ok()) {
        notify(action.error().message());
        return;
    }
    if (action->count > kMaxActions - actions_) {
        notify("the link asks for more than " + std::to_string(kMaxActions) + " actions; " +
               quoted(value) + " is left out");
        return;
    }
    actions_ += action->count;
    events_.push_back(std::move(action).value());
}

bool LinkReplay::advance(double seconds) {
    const double end = monotonic_seconds() + seconds;
    while (!finished()) {
        apply_next();
        if (monotonic_seconds() >= end) break;
    }
    return finished();
}

// One set, or one of an event's actions.
void LinkReplay::apply_next() {
    const LabEvent& event = events_[next_];
    if (event.kind == LabEvent::Kind::set) {
        std::string notice;
        const Status status = lab_.set(event.name, event.value, &notice);
        if (!status.ok()) notify(status.error().message());
        if (!notice.empty()) notify(std::move(notice));
        ++next_;
        return;
    }
    const std::uint64_t revision = lab_.revision();
    const Status status = lab_.act(event.name);
    if (!status.ok()) notify(status.error().message());
    ++done_of_next_;
    ++actions_done_;
    // A lab that has nothing left to do will not have it next time either.
    const bool idle = lab_.revision() == revision;
    if (idle || done_of_next_ == event.count) {
        actions_done_ += event.count - done_of_next_;
        done_of_next_ = 0;
        ++next_;
    }
}

double LinkReplay::progress() const {
    if (finished()) return 1.0;
    return actions_ == 0 ? 0.0 : static_cast<double>(actions_done_) / static_cast<double>(actions_);
}

void LinkReplay::notify(std::string notice) {
    if (notices_.size() < kMaxNotices) {
        notices_.push_back(std::move(notice));
        return;
    }
    ++more_notices_;
    notices_.resize(kMaxNotices);
    notices_.push_back("and " + std::to_string(more_notices_) + " more");
}

std::vector<std::string> apply_link(Lab& lab, std::string_view link) {
    LinkReplay replay(lab, link);
    replay.advance(std::numeric_limits<double>::infinity());
    return replay.notices();
}

std::string to_command(const LabEntry& entry, const Lab& lab) {
    std::string command = std::string("whittle lab ") + entry.name;
    for (const LabEvent& event : lab.history()) {
        command += event.kind == LabEvent::Kind::set
                       ? " --set " + event.name + "=" + shell_quoted(event.value)
                       : " --do " + action_text(event);
    }
    return command;
}

}  // namespace whittle
