#include "native/cli/demo.h"

#include <cstdio>
#include <memory>
#include <optional>

#include "core/base/platform/files.h"
#include "native/cli/command.h"
#include "native/cli/options.h"

namespace whittle::cli {
namespace {

struct DemoCommand {
    std::uint64_t seed = 1;
    std::string output;
    std::string colour = "auto";
    std::optional<int> width;
    bool json = false;
};

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    std::string out;
    std::string line;
    std::size_t begin = 0;
    const auto flush = [&] {
        if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
        line.clear();
    };
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        if (!line.empty() && indent + line.size() + 1 + word.size() > width) flush();
        line += (line.empty() ? "" : " ") + word;
        begin = end + 1;
    }
    flush();
    return out;
}

// The demo's folder: the user's, or a temporary one that is removed afterwards. There is none where
// there are no files.
class Folder {
public:
    explicit Folder(const std::string& wanted) : path_(wanted), keep_(!wanted.empty()) {
        if (keep_) return;
        if (auto temporary = make_temporary_folder(); temporary.ok()) path_ = *temporary;
    }
    ~Folder() {
        if (!keep_ && !path_.empty()) remove_folder(path_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
    bool keep_;
};

Status run_demo(const DemoCommand& command) {
    if (!command.output.empty()) {
        if (Status status = make_folder(command.output); !status.ok()) return status;
    }
    const Folder folder(command.output);
    const Style style(!command.json && wants_colour(command.colour));
    return Demo({command.seed, folder.path(), style, command.width.value_or(78), command.json})
        .run();
}

}  // namespace

Status Demo::run() {
    report_["seed"] = seed_;
    if (!json_) {
        std::printf("%s\n",
                    style_.bold("Whittle: from noisy data to a running microcontroller").c_str());
    }
    for (const auto chapter : {&Demo::make_data, &Demo::train_float, &Demo::quantize,
                               &Demo::plan_memory, &Demo::make_firmware}) {
        if (Status status = (this->*chapter)(); !status.ok()) return status;
        std::fflush(stdout);
    }
    const Status same = compare_bits();
    if (json_) {
        report_["without"] = without_;
        std::puts(report_.document().c_str());
    }
    return same;
}

void Demo::title(const std::string& text) {
    ++chapter_;
    show("\n" + style_.bold(std::to_string(chapter_) + ". " + text) + "\n");
}

void Demo::say(const std::string& text) const {
    show(wrapped(text, 2, static_cast<std::size_t>(width_)));
}

void Demo::show(const std::string& text) const {
    if (json_) return;
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
}

void Demo::go_without(const std::string& what, const Error& reason) {
    without_.push_back(what + ": " + reason.message());
    std::string text = "Going without " + what + "\n" + reason.message();
    for (std::size_t end = 0; (end = text.find('\n', end)) != std::string::npos; end += 5) {
        text.replace(end, 1, "\n    ");
    }
    show("  " + style_.dim(text) + "\n");
}

Command::Action declare_demo(Arguments& arguments) {
    const auto command = std::make_shared<DemoCommand>();
    arguments.number("--seed", command->seed,
                     {.value = "N", .help = "another seed, other noise and weights (default 1)"});
    arguments.text("-o,--output", command->output,
                   {.value = "DIR", .help = "keep models, C code and firmware in this folder"});
    arguments.text("--colour,--color", command->colour,
                   {.value = "WHEN",
                    .help = "auto (default), always or never",
                    .choices = {"auto", "always", "never"},
                    .kind = "way to colour"});
    arguments.number("--width", command->width, 40, 200,
                     {.value = "N", .help = "columns of the page (default 78)"});
    add_json_flag(arguments, command->json);
    return [command] { return run_demo(*command); };
}

}  // namespace whittle::cli
