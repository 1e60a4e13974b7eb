#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/deploy/boards.h"
#include "core/deploy/program_image.h"
#include "core/graph/graph.h"
#include "native/cli/json.h"
#include "native/cli/terminal.h"
#include "native/cli/text.h"

namespace whittle::cli {

// What the demo has made so far, and how it tells of it. Each chapter reads what earlier ones made.
class Demo {
public:
    struct Setting {
        std::uint64_t seed = 1;
        std::string folder;  // for the files; empty where there are none
        Style style{false};
        int width = 78;     // columns of the page
        bool json = false;  // the report alone
    };

    explicit Demo(Setting setting)
        : seed_(setting.seed),
          folder_(std::move(setting.folder)),
          style_(setting.style),
          width_(setting.width),
          json_(setting.json) {}

    Status run();

private:
    // The chapters, in order.
    Status make_data();
    Status train_float();
    Status quantize();
    Status plan_memory();
    Status make_firmware();
    Status compare_bits();

    void title(const std::string& text);
    void say(const std::string& text) const;   // wrapped to the width of the page, indented
    void show(const std::string& text) const;  // as it is
    void go_without(const std::string& what, const Error& reason);

    // Outputs of the int8 model for all 256 inputs, by one way of running it.
    struct Answer {
        std::string by;
        std::vector<std::uint8_t> outputs;
    };
    Status run_firmware(const Board& board, const std::string& folder);
    Status interpret_on_board(const Board& board);
    Result<std::vector<std::uint8_t>> run_generated_c() const;
    Result<Answer> run_other_build() const;
    Status judge();

    std::uint64_t seed_;
    std::string folder_;
    Style style_;
    int width_;
    bool json_;
    int chapter_ = 0;

    DataSplit data_;
    Graph float_graph_;
    Graph int8_graph_;
    std::vector<std::uint8_t> inputs_;  // all values of int8, in order
    std::vector<Answer> answers_;       // the first is the one the others are held against
    Table firmware_table_{{"board", "core", "flash", "static RAM", "stack", "instructions"}};
    std::vector<std::string> without_;
    Json report_;
};

}  // namespace whittle::cli
