#include "native/app/arguments.h"

#include <cmath>
#include <cstdlib>

#include "core/base/text.h"
#include "lessons/kit/numbers.h"

namespace whittle::app {

const char* const kHelp =
    "whittle-app: the playground in a window\n"
    "\n"
    "  --lesson NAME       opens this lesson: guess-the-line, gradient-descent, ...\n"
    "  --set PARAMETER=V   sets a parameter of its lab; may be given more than once\n"
    "  --do ACTION[:N]     then does an action, N times\n"
    "  --link TEXT         restores the state of a link: what stands after the ? there\n"
    "  --theme light|dark\n"
    "  --size WxH          of the window, 320x400 to 4096x4096\n"
    "  --text SCALE        size of the text, 0.6 to 3\n"
    "  --no-prose          the lab alone\n"
    "  --import FILE       adds the progress in this file, of the page's making, to yours;\n"
    "                      a file dropped onto the window does the same\n"
    "  --open FILE         gives the lab a .tflite model, where it takes one; so does a file\n"
    "                      dropped onto the window\n"
    "  --screenshot FILE   saves a picture of the window as PNG, and ends\n"
    "  --help\n"
    "\n"
    "Your progress is kept in $XDG_DATA_HOME/whittle/progress.json (usually\n"
    "~/.local/share/whittle/progress.json); the page imports that file as it is.\n";

namespace {

Error wrong(const std::string& option, const char* expected, const std::string& found) {
    return {.place = option, .expected = expected, .found = quoted(found), .hint = "see --help"};
}

Status set_size(const std::string& text, Arguments& arguments) {
    const std::size_t cross = text.find('x');
    const auto number = [](const std::string& part) {
        const auto value = parse_number(part);
        return value && *value == std::floor(*value) ? *value : 0.0;
    };
    const double width = number(text.substr(0, cross));
    const double height = cross == std::string::npos ? 0.0 : number(text.substr(cross + 1));
    if (width < 320 || height < 400 || width > 4096 || height > 4096) {
        return wrong("--size", "WIDTHxHEIGHT, 320x400 to 4096x4096", text);
    }
    arguments.width = static_cast<int>(width);
    arguments.height = static_cast<int>(height);
    return {};
}

void append(std::string& link, const std::string& entry) {
    if (!link.empty()) link += '&';
    // What has a meaning in links; their other characters stand for themselves.
    for (const char c : entry) {
        if (c == '&') {
            link += "%26";
        } else if (c == '%') {
            link += "%25";
        } else {
            link += c;
        }
    }
}

Status take(const std::string& option, const std::string& value, Arguments& arguments) {
    if (option == "--lesson") arguments.lesson = value;
    if (option == "--import") arguments.import = value;
    if (option == "--open") arguments.open = value;
    if (option == "--screenshot") arguments.screenshot = value;
    if (option == "--size") return set_size(value, arguments);
    if (option == "--do") append(arguments.link, "do=" + value);
    if (option == "--link") arguments.link += (arguments.link.empty() ? "" : "&") + value;
    if (option == "--set") {
        if (value.find('=') == std::string::npos) return wrong(option, "PARAMETER=VALUE", value);
        append(arguments.link, value);
    }
    if (option == "--theme") {
        if (value != "light" && value != "dark") return wrong(option, "light or dark", value);
        arguments.theme = value;
    }
    if (option == "--text") {
        const auto scale = parse_number(value);
        if (!scale || !(*scale >= 0.6 && *scale <= 3.0)) return wrong(option, "0.6 to 3", value);
        arguments.text_scale = *scale;
    }
    return {};
}

}  // namespace

Result<Arguments> parse_arguments(const std::vector<std::string>& words) {
    static const char* const with_value[] = {"--lesson", "--screenshot", "--size",
                                             "--do",     "--link",       "--set",
                                             "--theme",  "--text",       "--import",
                                             "--open"};
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--help" || word == "-h") {
            arguments.help = true;
            continue;
        }
        if (word == "--no-prose") {
            arguments.with_prose = false;
            continue;
        }
        bool known = false;
        for (const char* option : with_value) known = known || word == option;
        if (!known) return wrong("option", "one that --help names", word);
        if (i + 1 == words.size()) return wrong(word, "a value after it", "nothing");
        if (const Status status = take(word, words[++i], arguments); !status.ok()) {
            return status;
        }
    }
    return arguments;
}

}  // namespace whittle::app
