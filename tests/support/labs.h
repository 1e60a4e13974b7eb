#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "lessons/kit/lab.h"
#include "lessons/kit/numbers.h"

namespace whittle::test {

// Puts a lab that was just started, or goes on with it, as a link does: "w=3&do=step:50". Anything
// that the lab does not understand or clamps is a failure.
inline void go(Lab& lab, std::string_view link) {
    for (const std::string& notice : apply_link(lab, link)) FAIL_CHECK(notice);
}

// Sets a parameter to a value within its range.
inline void put(Lab& lab, const std::string& parameter, double value) {
    go(lab, parameter + "=" + shortest_number(value));
}

// A lab in the state of a link.
template <class T>
struct After : T {
    explicit After(std::string_view link) { go(*this, link); }
};

// By name; a name that the lab does not have is a failure.
inline std::size_t readout_index(const Lab& lab, std::string_view name) {
    for (std::size_t i = 0; i < lab.readouts().size(); ++i) {
        if (lab.readouts()[i].name == name) return i;
    }
    FAIL("no readout " << name);
    return 0;
}

inline double reading(const Lab& lab, std::string_view name) {
    return lab.readout(readout_index(lab, name));
}

// As it is shown.
inline std::string shown(const Lab& lab, std::string_view name) {
    return lab.readout_text(readout_index(lab, name));
}

inline bool ticked(const Lab& lab, std::string_view goal) {
    for (std::size_t i = 0; i < lab.goals().size(); ++i) {
        if (lab.goals()[i].name == goal) return lab.goal_ticked(i);
    }
    FAIL("no goal " << goal);
    return false;
}

}  // namespace whittle::test
