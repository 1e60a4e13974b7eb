#include "lessons/ui/logic/axis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace whittle::ui {

namespace {

template <class Number>
Range range_of_numbers(std::span<const Number> values) {
    bool any = false;
    Range range;
    for (const Number number : values) {
        const auto value = static_cast<double>(number);
        if (!std::isfinite(value)) continue;
        range.low = any ? std::min(range.low, value) : value;
        range.high = any ? std::max(range.high, value) : value;
        any = true;
    }
    if (any && range.low == range.high) {
        const double half = range.low == 0.0 ? 0.5 : 0.5 * std::fabs(range.low);
        range = {range.low - half, range.high + half};
    }
    return range;
}

// The distance of ticks: the smallest of 1, 2, 5 times a power of ten that needs at most `most`.
double tick_distance(Range range, int most) {
    const double least = range.span() / std::max(1, most - 1);
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= least * (1.0 - 1e-9)) return factor * power;
    }
    return 10.0 * power;
}

std::string label_of(double value, double distance) {
    if (std::fabs(value) < distance * 1e-6) return "0";
    char text[40];
    const double magnitude = std::fabs(value);
    if (magnitude >= 1e5 || distance < 1e-4) {
        std::snprintf(text, sizeof text, "%.3g", value);
    } else {
        const int decimals =
            std::max(0, static_cast<int>(std::ceil(-std::log10(distance) - 1e-9)));
        std::snprintf(text, sizeof text, "%.*f", decimals, value);
    }
    // A minus sign as long as a plus sign.
    std::string label = text;
    if (label[0] == '-') label.replace(0, 1, "\xE2\x88\x92");
    return label;
}

std::string power_label(int exponent) {
    if (exponent >= -3 && exponent <= 4) {
        char text[16];
        std::snprintf(text, sizeof text, "%g", std::pow(10.0, exponent));
        return text;
    }
    static const char* const raised[] = {"\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",
                                         "\xC2\xB3",     "\xE2\x81\xB4", "\xE2\x81\xB5",
                                         "\xE2\x81\xB6", "\xE2\x81\xB7", "\xE2\x81\xB8",
                                         "\xE2\x81\xB9"};
    std::string label = exponent < 0 ? "10\xE2\x81\xBB" : "10";
    for (const char digit : std::to_string(std::abs(exponent))) label += raised[digit - '0'];
    return label;
}

}  // namespace

Range range_of(std::span<const double> values) { return range_of_numbers(values); }
Range range_of(std::span<const float> values) { return range_of_numbers(values); }

Range joined(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Range padded(Range range, double fraction) {
    return {range.low - fraction * range.span(), range.high + fraction * range.span()};
}

Range rounded_out(Range range, int most_ticks) {
    if (!(range.span() > 0.0) || !std::isfinite(range.span())) return range;
    const double distance = tick_distance(range, most_ticks);
    return {std::floor(range.low / distance + 1e-9) * distance,
            std::ceil(range.high / distance - 1e-9) * distance};
}

std::vector<Tick> linear_ticks(Range range, int most) {
    std::vector<Tick> ticks;
    if (!(range.span() > 0.0) || !std::isfinite(range.span()) || most < 1) return ticks;
    const double distance = tick_distance(range, most);
    // A span below what the numbers' precision can tell apart has no ticks.
    if (range.low + distance == range.low || range.high - distance == range.high) return ticks;
    const double first = std::ceil(range.low / distance - 1e-9);
    const double last = std::floor(range.high / distance + 1e-9);
    for (double i = first; i <= last; i += 1.0) {
        ticks.push_back({i * distance, label_of(i * distance, distance)});
    }
    return ticks;
}

std::vector<Tick> logarithmic_ticks(Range range, int most) {
    std::vector<Tick> ticks;
    if (!(range.low > 0.0) || !(range.high > range.low) || !std::isfinite(range.high)) return ticks;
    const int first = static_cast<int>(std::floor(std::log10(range.low) + 1e-9));
    const int last = static_cast<int>(std::ceil(std::log10(range.high) - 1e-9));
    const int every = std::max(1, (last - first + most) / std::max(1, most));
    const bool with_minor = every == 1 && last - first <= most;
    const double slack = 1e-9;
    for (int exponent = first; exponent <= last; ++exponent) {
        const double power = std::pow(10.0, exponent);
        const int multiples = with_minor ? 9 : 1;
        for (int multiple = 1; multiple <= multiples; ++multiple) {
            const double value = multiple * power;
            if (value < range.low * (1.0 - slack) || value > range.high * (1.0 + slack)) continue;
            const bool labelled = multiple == 1 && (exponent - first) % every == 0;
            ticks.push_back({value, labelled ? power_label(exponent) : std::string()});
        }
    }
    return ticks;
}

double Axis::to_unit(double value) const {
    if (!logarithmic) return (value - range.low) / range.span();
    if (value <= range.low) return 0.0;
    return std::log(value / range.low) / std::log(range.high / range.low);
}

double Axis::from_unit(double unit) const {
    if (!logarithmic) return range.low + unit * range.span();
    return range.low * std::pow(range.high / range.low, unit);
}

std::vector<Tick> Axis::ticks(int most) const {
    return logarithmic ? logarithmic_ticks(range, most) : linear_ticks(range, most);
}

std::vector<int> histogram(std::span<const double> values, Range range, std::size_t bins) {
    std::vector<int> counts(bins, 0);
    if (bins == 0 || !(range.span() > 0.0)) return counts;
    for (const double value : values) {
        if (!range.contains(value)) continue;
        const double position = (value - range.low) / range.span() * static_cast<double>(bins);
        ++counts[std::min(bins - 1, static_cast<std::size_t>(position))];
    }
    return counts;
}

}  // namespace whittle::ui
