#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <set>
#include <string>

#include "lessons/kit/lab.h"

namespace whittle {
namespace {

TEST_CASE("every lab has what a student needs: titles, and three to five goals with hints") {
    for (const LabEntry& entry : all_labs()) {
        CAPTURE(std::string(entry.name));
        const std::unique_ptr<Lab> lab = entry.make();
        std::set<std::string> names;
        for (const Parameter& parameter : lab->parameters()) {
            CAPTURE(parameter.name);
            CHECK(names.insert(parameter.name).second);
            CHECK_FALSE(parameter.title.empty());
            CHECK(parameter.help.find('\n') == std::string::npos);
            CHECK((!parameter.logarithmic || parameter.minimum > 0.0));
            CHECK(parameter.initial >= parameter.minimum);
            CHECK(parameter.initial <= parameter.maximum);
        }
        for (const Readout& readout : lab->readouts()) CHECK_FALSE(readout.title.empty());
        CHECK(lab->goals().size() >= 3);
        CHECK(lab->goals().size() <= 5);
        for (std::size_t i = 0; i < lab->goals().size(); ++i) {
            CHECK_FALSE(lab->goals()[i].hint.empty());
            CHECK_FALSE(lab->goal_ticked(i));
        }
    }
}

TEST_CASE("every lab takes each setting at both ends") {
    for (const LabEntry& entry : all_labs()) {
        CAPTURE(std::string(entry.name));
        for (std::size_t i = 0; i < entry.make()->parameters().size(); ++i) {
            const std::unique_ptr<Lab> lab = entry.make();
            const Parameter& parameter = lab->parameters()[i];
            CAPTURE(parameter.name);
            CHECK(lab->set_value(i, parameter.maximum) == parameter.maximum);
            (void)lab->act("step");
            CHECK(lab->set_value(i, parameter.minimum) == parameter.minimum);
            (void)lab->act("step");
            const auto readouts = lab->readouts();
            for (std::size_t r = 0; r < readouts.size(); ++r) {
                CAPTURE(readouts[r].name);
                CHECK_FALSE(std::isinf(lab->readout(r)));
                CHECK_FALSE(lab->readout_text(r).empty());
            }
        }
    }
}

}  // namespace
}  // namespace whittle
