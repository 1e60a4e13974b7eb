#include "lessons/03-gradient-descent/landscape.h"

#include <cmath>

#include "lessons/02-guess-the-line/lab.h"

namespace whittle {

namespace {

constexpr double kValleyRatio = 20.0;  // how much flatter the narrow valley is along x

double two_valleys_slope(double x) { return 0.5 * x * x * x - 2.0 * x + 0.3; }
double two_valleys_curvature(double x) { return 1.5 * x * x - 2.0; }

// Newton's method from nearby; twenty rounds are far more than it needs.
double two_valleys_minimum(double nearby) {
    double x = nearby;
    for (int i = 0; i < 20; ++i) x -= two_valleys_slope(x) / two_valleys_curvature(x);
    return x;
}

std::vector<Ground> minima_of(LandscapeKind kind) {
    if (kind == LandscapeKind::two_valleys) {
        return {{two_valleys_minimum(-2.0), 0.0}, {two_valleys_minimum(2.0), 0.0}};
    }
    if (kind == LandscapeKind::line_fit) return {{2.0, -1.0}};
    return {{0.0, 0.0}};
}

// Means over the six points.
struct LineFit {
    double squared_error = 0.0;  // (w X + b - Y)^2
    double error = 0.0;
    double error_times_x = 0.0;
    double x = 0.0;
    double x_squared = 0.0;
};

LineFit line_fit(double w, double b) {
    LineFit fit;
    const auto& xs = GuessTheLineLab::kX;
    const auto& ys = GuessTheLineLab::kY;
    for (std::size_t i = 0; i < xs.size(); ++i) {
        const double error = w * xs[i] + b - ys[i];
        fit.squared_error += error * error;
        fit.error += error;
        fit.error_times_x += error * xs[i];
        fit.x += xs[i];
        fit.x_squared += xs[i] * xs[i];
    }
    const double count = static_cast<double>(xs.size());
    return {fit.squared_error / count, fit.error / count, fit.error_times_x / count, fit.x / count,
            fit.x_squared / count};
}

}  // namespace

Landscape::Landscape(LandscapeKind kind, double steepness)
    : kind_(kind), steepness_(steepness), minima_(minima_of(kind)) {}

int Landscape::dimension() const {
    return kind_ == LandscapeKind::bowl || kind_ == LandscapeKind::narrow_valley ||
                   kind_ == LandscapeKind::line_fit
               ? 2
               : 1;
}

double Landscape::loss(Ground at) const {
    const double x = at.x;
    const double y = at.y;
    switch (kind_) {
        case LandscapeKind::parabola: return steepness_ * x * x;
        case LandscapeKind::two_valleys: return x * x * x * x / 8.0 - x * x + 0.3 * x + 3.0;
        case LandscapeKind::plateau: return x * x / (1.0 + x * x);
        case LandscapeKind::bowl: return steepness_ * (x * x + y * y);
        case LandscapeKind::narrow_valley: return steepness_ * (x * x / kValleyRatio + y * y);
        case LandscapeKind::line_fit: break;
    }
    return line_fit(x, y).squared_error;
}

Ground Landscape::gradient(Ground at) const {
    const double x = at.x;
    const double y = at.y;
    switch (kind_) {
        case LandscapeKind::parabola: return {2.0 * steepness_ * x, 0.0};
        case LandscapeKind::two_valleys: return {two_valleys_slope(x), 0.0};
        case LandscapeKind::plateau: return {2.0 * x / ((1.0 + x * x) * (1.0 + x * x)), 0.0};
        case LandscapeKind::bowl: return {2.0 * steepness_ * x, 2.0 * steepness_ * y};
        case LandscapeKind::narrow_valley:
            return {2.0 * steepness_ * x / kValleyRatio, 2.0 * steepness_ * y};
        case LandscapeKind::line_fit: break;
    }
    const LineFit fit = line_fit(x, y);
    return {2.0 * fit.error_times_x, 2.0 * fit.error};
}

Landscape::SecondDerivatives Landscape::second_derivatives(Ground at) const {
    const double double_a = 2.0 * steepness_;
    switch (kind_) {
        case LandscapeKind::parabola: return {double_a, 0.0, double_a};
        case LandscapeKind::two_valleys: {
            const double curvature = two_valleys_curvature(at.x);
            return {curvature, 0.0, curvature};
        }
        case LandscapeKind::plateau: {
            const double squared = at.x * at.x;
            const double base = 1.0 + squared;
            const double curvature = (2.0 - 6.0 * squared) / (base * base * base);
            return {curvature, 0.0, curvature};
        }
        case LandscapeKind::bowl: return {double_a, 0.0, double_a};
        case LandscapeKind::narrow_valley: return {double_a / kValleyRatio, 0.0, double_a};
        case LandscapeKind::line_fit: break;
    }
    const LineFit fit = line_fit(at.x, at.y);
    return {2.0 * fit.x_squared, 2.0 * fit.x, 2.0};
}

double Landscape::largest_curvature(Ground at) const {
    const SecondDerivatives d = second_derivatives(at);
    const double half_difference = (d.xx - d.yy) / 2.0;
    return (d.xx + d.yy) / 2.0 + std::sqrt(half_difference * half_difference + d.xy * d.xy);
}

}  // namespace whittle
