#pragma once

#include <array>
#include <span>
#include <vector>

namespace whittle {

// A place on the ground under a loss landscape: the parameters. With one parameter, y is 0.
struct Ground {
    double x = 0.0;
    double y = 0.0;
};

enum class LandscapeKind { parabola, two_valleys, plateau, bowl, narrow_valley, line_fit };
inline constexpr std::size_t kLandscapeKinds = 6;

// A loss as a function of one or two parameters, with its derivatives. Everything is computed in
// float64 by +, -, *, / and square roots: the same bits on every target.
//
//   parabola       a x^2
//   two_valleys    x^4/8 - x^2 + 0.3 x + 3, deeper on the left
//   plateau        x^2 / (1 + x^2)
//   bowl           a (x^2 + y^2)
//   narrow_valley  a (x^2/20 + y^2)
//   line_fit       mean over the six points of lesson 2 of (x * X + y - Y)^2
class Landscape {
public:
    // `steepness` is the a of the formulas; the others do without.
    Landscape(LandscapeKind kind, double steepness);

    LandscapeKind kind() const { return kind_; }
    int dimension() const;  // 1 or 2
    double loss(Ground at) const;
    Ground gradient(Ground at) const;
    // The largest eigenvalue of the matrix of second derivatives: how sharply the ground bends
    // where it bends most. Negative on a hilltop.
    double largest_curvature(Ground at) const;
    // All of them, the deepest first.
    std::span<const Ground> minima() const { return minima_; }

private:
    struct SecondDerivatives {
        double xx, xy, yy;
    };
    SecondDerivatives second_derivatives(Ground at) const;

    LandscapeKind kind_;
    double steepness_;
    std::vector<Ground> minima_;
};

}  // namespace whittle
