#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <set>
#include <string>

#include "core/base/random.h"
#include "lessons/kit/lab.h"

namespace whittle {
namespace {

bool same_readouts(const Lab& a, const Lab& b) {
    for (std::size_t i = 0; i < a.readouts().size(); ++i) {
        const bool both_nothing = std::isnan(a.readout(i)) && std::isnan(b.readout(i));
        if (a.readout(i) != b.readout(i) && !both_nothing) return false;
    }
    return true;
}

// Any value that the parameter can have, on its grid or between.
double some_value(const Parameter& parameter, Random& random) {
    const double share = static_cast<double>(random.uniform());
    return parameter.minimum + share * (parameter.maximum - parameter.minimum);
}

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

TEST_CASE("every lab: its link restores the readouts bit for bit") {
    for (const LabEntry& entry : all_labs()) {
        CAPTURE(std::string(entry.name));
        Random random(7);
        const std::unique_ptr<Lab> lab = entry.make();
        for (int round = 0; round < 4; ++round) {
            for (int change = 0; change < 3; ++change) {
                const auto count = static_cast<std::uint32_t>(lab->parameters().size());
                const std::size_t index = random.below(count);
                lab->set_value(index, some_value(lab->parameters()[index], random));
            }
            // Only labs that work in steps have the action.
            (void)lab->act("step", 1 + random.below(3));
            const std::unique_ptr<Lab> restored = entry.make();
            CAPTURE(to_link(*lab));
            CHECK(apply_link(*restored, to_link(*lab)).empty());
            CHECK(same_readouts(*lab, *restored));
            CHECK(to_link(*restored) == to_link(*lab));
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
