#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace whittle::ui {

struct Range {
    double low = 0.0;
    double high = 1.0;

    double span() const { return high - low; }
    bool contains(double value) const { return value >= low && value <= high; }
};

// The smallest range with all finite values in it; {0, 1} without any, and wider than nothing when
// they are all equal.
Range range_of(std::span<const double> values);
Range range_of(std::span<const float> values);
Range joined(Range a, Range b);
// Wider by a fraction of its span on either side.
Range padded(Range range, double fraction);
// Outwards to round numbers, so that small changes of the data do not move the axis.
Range rounded_out(Range range, int most_ticks = 6);

struct Tick {
    double value = 0.0;
    std::string label;  // empty: a line without a number
};

// Round numbers (1, 2 or 5 times a power of ten apart) within the range: at most `most`, at least
// two where the range allows it.
std::vector<Tick> linear_ticks(Range range, int most);
// Powers of ten with a label, 2 to 9 times those without while there are few.
std::vector<Tick> logarithmic_ticks(Range range, int most);

// From data to [0, 1] and back. A logarithmic axis needs a range above 0; values at or below 0 are
// put at its lower end.
struct Axis {
    Range range;
    bool logarithmic = false;
    const char* label = "";

    double to_unit(double value) const;
    double from_unit(double unit) const;
    std::vector<Tick> ticks(int most) const;
};

// How many of the values lie in each of `bins` equal parts of the range; the last one includes its
// upper end, and what lies outside is left out.
std::vector<int> histogram(std::span<const double> values, Range range, std::size_t bins);

}  // namespace whittle::ui
