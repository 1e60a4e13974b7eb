#include "lessons/ui/exports.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/deploy/codegen.h"
#include "lessons/06-neurons-and-layers/lab.h"
#include "lessons/07-hello-sine/lab.h"

namespace whittle::ui {

namespace {

struct Maker {
    const char* lesson;
    const char* name;  // of the files, without extension
    std::vector<std::uint8_t> (*tflite)(const Lab&);
    Result<GeneratedCode> (*code)(const Lab&);
};

std::vector<std::uint8_t> sine_tflite(const Lab& lab) {
    const auto& sine = static_cast<const HelloSineLab&>(lab);
    return sine.is_quantized() ? sine.int8_tflite() : sine.tflite();
}

const Maker kMakers[] = {
    {"neurons-and-layers", "points",
     [](const Lab& lab) { return static_cast<const NeuronsAndLayersLab&>(lab).tflite(); },
     [](const Lab& lab) { return static_cast<const NeuronsAndLayersLab&>(lab).c_code(); }},
    {"hello-sine", "sine", sine_tflite,
     [](const Lab& lab) { return static_cast<const HelloSineLab&>(lab).c_code(); }},
};

const Maker* maker_of(std::string_view lesson) {
    const auto found = std::find_if(std::begin(kMakers), std::end(kMakers),
                                    [&](const Maker& maker) { return lesson == maker.lesson; });
    return found == std::end(kMakers) ? nullptr : found;
}

// Header and source in one file, so that one download is enough.
ExportFile code_file(const Maker& maker, const GeneratedCode& code) {
    std::string text = code.source;
    const std::string include = "#include \"" + code.header_name + "\"";
    const std::size_t at = text.find(include);
    if (at == std::string::npos) {
        text = code.header + "\n" + text;
    } else {
        text.replace(at, include.size(), code.header);
    }
    return {std::string(maker.name) + ".c", "text/x-c", {text.begin(), text.end()}};
}

}  // namespace

std::vector<std::string> export_kinds(std::string_view lesson, const Lab&) {
    if (maker_of(lesson) == nullptr) return {};
    return {"tflite", "c"};
}

Result<ExportFile> make_export(std::string_view lesson, const Lab& lab, std::string_view kind) {
    const Maker* maker = maker_of(lesson);
    if (maker == nullptr) {
        return Error{.place = "export", .found = quoted(lesson), .hint = "this lab makes no files"};
    }
    if (kind == "tflite") {
        return ExportFile{std::string(maker->name) + ".tflite", "application/octet-stream",
                          maker->tflite(lab)};
    }
    if (kind != "c") {
        return Error{.place = "export", .expected = "tflite or c", .found = quoted(kind)};
    }
    const Result<GeneratedCode> code = maker->code(lab);
    if (!code.ok()) return code.error();
    return code_file(*maker, *code);
}

}  // namespace whittle::ui
