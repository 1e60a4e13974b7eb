#include "core/data/point_sets.h"

#include <iterator>

#include "core/base/exact_math.h"
#include "core/base/random.h"
#include "core/data/angles.h"

namespace whittle {
namespace {

constexpr float kGap = 0.3f;   // between the quadrants and their axes
constexpr float kEdge = 5.0f;  // of the squares and spirals

struct Point {
    float x1;
    float x2;
};

Point polar(float radius, float angle) {
    return {radius * whittle_cosf(angle), radius * whittle_sinf(angle)};
}

// Uniform over the disc's area, or over the ring's radius.
Point circle_point(std::size_t of_class, Random& random) {
    const float angle = random.uniform(0.0f, kTwoPi);
    const float radius =
        of_class == 0 ? random.uniform(3.5f, kEdge) : 2.5f * whittle_sqrtf(random.uniform());
    return polar(radius, angle);
}

Point quadrant_point(std::size_t of_class, Random& random) {
    const float side = random.below(2) == 0 ? -1.0f : 1.0f;
    const float x1 = side * random.uniform(kGap, kEdge);
    const float x2 = (of_class == 0 ? -side : side) * random.uniform(kGap, kEdge);
    return {x1, x2};
}

Point cloud_point(Point centre, Random& random) {
    const float x1 = centre.x1 + random.normal();
    return {x1, centre.x2 + random.normal()};
}

Point spiral_point(std::size_t arm, std::size_t arms, float turns, Random& random) {
    const float along = random.uniform();
    const float start = static_cast<float>(arm) / static_cast<float>(arms);
    return polar(kEdge * along, kTwoPi * (turns * along + start));
}

Point square_point(Random& random) {
    const float x1 = random.uniform(-kEdge, kEdge);
    return {x1, random.uniform(-kEdge, kEdge)};
}

float hills_at(Point point) {
    float sum = 0.0f;
    for (const float centre1 : {-2.5f, 2.5f}) {
        for (const float centre2 : {-2.5f, 2.5f}) {
            const float d1 = point.x1 - centre1;
            const float d2 = point.x2 - centre2;
            const float height = whittle_expf(-(d1 * d1 + d2 * d2) / (2.0f * 1.5f * 1.5f));
            sum += centre1 * centre2 > 0.0f ? height : -height;
        }
    }
    return sum;
}

Point make_point(PointSet set, std::size_t of_class, Random& random) {
    switch (set) {
        case PointSet::circle: return circle_point(of_class, random);
        case PointSet::quadrants: return quadrant_point(of_class, random);
        case PointSet::two_gaussians: {
            const float centre = of_class == 0 ? -2.0f : 2.0f;
            return cloud_point({centre, centre}, random);
        }
        case PointSet::two_spirals: return spiral_point(of_class, 2, 1.75f, random);
        case PointSet::three_gaussians: {
            const float angle = kTwoPi * (0.25f + static_cast<float>(of_class) / 3.0f);
            return cloud_point(polar(3.0f, angle), random);
        }
        case PointSet::three_spirals: return spiral_point(of_class, 3, 1.0f, random);
        case PointSet::plane:
        case PointSet::hills: break;
    }
    return square_point(random);
}

const char* name_of(PointSet set) {
    static constexpr const char* names[] = {
        "circle",          "quadrants",     "two gaussians", "two spirals",
        "three gaussians", "three spirals", "plane",         "hills"};
    static_assert(std::size(names) == kPointSets);
    return names[static_cast<std::size_t>(set)];
}

}  // namespace

std::size_t class_count(PointSet set) {
    switch (set) {
        case PointSet::circle:
        case PointSet::quadrants:
        case PointSet::two_gaussians:
        case PointSet::two_spirals: return 2;
        case PointSet::three_gaussians:
        case PointSet::three_spirals: return 3;
        case PointSet::plane:
        case PointSet::hills: break;
    }
    return 0;
}

Dataset make_points(PointSet set, std::size_t samples, float noise, std::uint64_t seed) {
    Random positions(seed, 0);
    Random disturbances(seed, 1);
    const std::size_t classes = class_count(set);
    Dataset data;
    data.name = name_of(set);
    data.feature_shape = {2};
    data.target_shape = {classes == 0 ? 1 : static_cast<std::int32_t>(classes)};
    for (std::size_t c = 0; c < classes; ++c) {
        data.class_names.push_back(std::string(1, static_cast<char>('A' + c)));
    }
    std::vector<float> features;
    features.reserve(2 * samples);
    for (std::size_t i = 0; i < samples; ++i) {
        const std::size_t of_class = classes == 0 ? 0 : i % classes;
        const Point point = make_point(set, of_class, positions);
        if (classes > 0) {
            data.labels.push_back(static_cast<std::uint32_t>(of_class));
        } else {
            const float y =
                set == PointSet::plane ? (point.x1 + point.x2) / 10.0f : hills_at(point);
            data.targets.push_back(y);
        }
        features.push_back(point.x1 + noise * disturbances.normal());
        features.push_back(point.x2 + noise * disturbances.normal());
    }
    data.features = std::move(features);
    return data;
}

}  // namespace whittle
