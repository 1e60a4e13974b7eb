#include <cstdio>
#include <memory>

#include "native/cli/command.h"
#include "native/cli/evaluation.h"
#include "native/cli/model_data.h"
#include "native/cli/model_file.h"
#include "native/cli/options.h"
#include "native/cli/text.h"

namespace whittle::cli {
namespace {

struct EvalCommand {
    std::string model;
    DataOptions data;
    bool json = false;
};

void print_confusion(const Scores& scores) {
    const ConfusionMatrix& confusion = *scores.confusion;
    std::vector<std::string> heading = {"actual \\ predicted"};
    for (const std::string& name : scores.class_names) heading.push_back(printable(name));
    Table matrix(heading);
    for (std::size_t c = 0; c < confusion.classes(); ++c) {
        matrix.right({c + 1});
        std::vector<std::string> row = {printable(scores.class_names[c])};
        for (std::size_t p = 0; p < confusion.classes(); ++p) {
            row.push_back(thousands(confusion.at(c, p)));
        }
        matrix.add(std::move(row));
    }
    Table classes({"class", "precision", "recall", "F1"});
    classes.right({1, 2, 3});
    for (std::size_t c = 0; c < confusion.classes(); ++c) {
        classes.add({printable(scores.class_names[c]), format_text("%.4f", confusion.precision(c)),
                     format_text("%.4f", confusion.recall(c)),
                     format_text("%.4f", confusion.f1(c))});
    }
    std::printf("\nConfusion matrix\n%s\n%s", matrix.text().c_str(), classes.text().c_str());
}

void print_scores(const Scores& scores) {
    std::printf("samples   %s\n", thousands(static_cast<std::int64_t>(scores.samples)).c_str());
    if (scores.confusion) {
        std::printf("accuracy  %.4f\n", scores.confusion->accuracy());
        print_confusion(scores);
        return;
    }
    std::printf("RMSE      %.6f\nMAE       %.6f\n", scores.rmse, scores.mae);
    if (scores.area_under_roc) std::printf("ROC area  %.4f\n", *scores.area_under_roc);
}

Status run_eval(const EvalCommand& command) {
    const auto model = load_model(command.model);
    if (!model.ok()) return model.status();
    const auto data = load_data(command.data, model->graph);
    if (!data.ok()) return data.status();
    const auto scores = evaluate_model(model->graph, *data);
    if (!scores.ok()) return scores.status().in_file(command.model);
    if (command.json) {
        std::puts(scores->json().document().c_str());
    } else {
        print_scores(*scores);
    }
    return {};
}

}  // namespace

Command::Action declare_eval(Arguments& arguments) {
    const auto command = std::make_shared<EvalCommand>();
    add_model_argument(arguments, command->model);
    add_data_options(arguments, command->data);
    add_json_flag(arguments, command->json);
    return [command] { return run_eval(*command); };
}

}  // namespace whittle::cli
