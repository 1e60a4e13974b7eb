#include "core/data/digit_styles.h"

#include <array>
#include <cassert>
#include <initializer_list>

namespace whittle {
namespace {

using Styles = std::vector<DigitStyle>;

// "55,0 20,12 4,50": knots x,y in hundredths.
std::vector<PlanePoint> stroke(const char* text) {
    std::vector<PlanePoint> knots;
    int coordinates[2] = {0, 0};
    int* number = coordinates;
    for (const char* c = text;; ++c) {
        if (*c >= '0' && *c <= '9') {
            *number = 10 * *number + (*c - '0');
        } else if (*c == ',') {
            ++number;
        } else {
            knots.push_back({static_cast<float>(coordinates[0]) / 100.0f,
                             static_cast<float>(coordinates[1]) / 100.0f});
            if (*c == '\0') return knots;
            number = coordinates;
            coordinates[0] = coordinates[1] = 0;
        }
    }
}

DigitStyle style(int share, float width, std::initializer_list<const char*> strokes) {
    DigitStyle made{share, width, {}};
    for (const char* text : strokes) made.strokes.push_back(stroke(text));
    return made;
}

Styles zeros() {
    return {
        // An oval that closes.
        style(5, 0.75f, {"55,0 20,12 4,50 16,86 48,100 82,86 96,50 82,12 52,0"}),
        // Begun at the upper right, its end crossing the beginning.
        style(3, 0.70f, {"70,10 42,2 12,25 4,62 22,95 60,96 90,66 94,30 72,4 40,8"}),
        // Its end left open.
        style(1, 0.75f, {"60,4 25,10 4,45 12,84 45,100 84,82 96,45 84,16 70,8"}),
        // A curl at the top.
        style(1, 0.80f, {"30,6 58,16 84,8 96,46 80,88 44,100 10,82 2,44 26,8 60,2 70,14"}),
        // Round.
        style(2, 1.00f, {"52,0 16,14 0,50 14,86 50,100 86,86 100,50 86,14 50,0"}),
    };
}

Styles ones() {
    return {
        // One stroke.
        style(12, 0.04f, {"50,0 50,50 50,100"}),
        // With a short upstroke.
        style(2, 0.30f, {"10,22 45,12 70,0", "70,0 70,100"}),
        // Slightly bent.
        style(3, 0.15f, {"30,0 70,50 40,100"}),
        // With an upstroke and a base.
        style(1, 0.50f, {"15,24 50,0", "50,0 50,97", "5,98 95,97"}),
    };
}

Styles twos() {
    return {
        // A corner at the lower left.
        style(4, 0.75f, {"6,26 24,6 55,0 82,14 80,38 48,70 6,98", "6,98 50,94 96,96"}),
        // A loop at the lower left.
        style(4, 0.85f, {"10,20 30,3 62,2 76,22 64,52 34,86 12,98 2,88 14,76 38,80 66,95 98,90"}),
        // A large round loop at the lower left, as in running hand.
        style(3, 0.90f, {"16,20 40,1 72,8 78,34 60,64 34,92 10,96 2,78 20,62 50,70 74,92 98,94"}),
        // A wide neck and a short base.
        style(2, 0.80f, {"14,16 46,0 80,12 76,44 42,80 16,100", "16,100 46,90 90,94"}),
        // A hook at the beginning.
        style(2, 0.80f, {"22,34 10,22 28,3 66,2 80,26 50,66 4,96", "4,96 40,90 70,98 100,88"}),
    };
}

Styles threes() {
    return {
        // Two bows that meet in a point.
        style(4, 0.70f, {"10,14 36,0 72,8 74,30 34,46", "34,46 78,54 92,76 60,98 6,92"}),
        // A small loop between the bows.
        style(3, 0.70f, {"8,16 38,0 76,10 70,34 42,46 36,50 50,48 84,60 90,82 52,100 4,90"}),
        // A flat top.
        style(1, 0.70f, {"10,4 46,3 86,2", "86,2 40,40", "40,40 80,46 94,72 64,97 8,94"}),
        // Flat bows with long arms.
        style(2, 0.80f, {"4,8 50,0 86,12 70,36 30,48", "30,48 70,48 92,64 76,88 36,100 0,96"}),
    };
}

Styles fours() {
    return {
        // Open, the second stroke longer.
        style(5, 0.75f, {"18,2 8,28 6,52 40,58 84,46", "86,6 80,46 72,100"}),
        // Open, with a corner and a long bar.
        style(3, 0.80f, {"22,0 4,54", "4,54 50,54 100,48", "76,2 70,50 64,100"}),
        // Closed at the top.
        style(2, 0.75f, {"68,0 36,32 2,66", "2,66 98,62", "68,0 66,100"}),
        // In one stroke, like a nine with a pointed head.
        style(2, 0.70f, {"16,8 10,36 36,52 82,36", "82,2 82,40 70,100"}),
    };
}

Styles fives() {
    return {
        // Neck, bowl, and the bar on top.
        style(4, 0.75f, {"22,4 14,42", "14,42 48,34 82,52 82,82 46,100 4,92", "22,4 60,4 98,0"}),
        // In one stroke from the bar.
        style(4, 0.75f, {"96,2 62,4 30,4", "30,4 20,22 20,42 52,48 76,68 62,92 30,100 4,88"}),
        // Leaning, with a small bowl and a long bar.
        style(3, 0.95f, {"100,0 70,8 40,8", "40,8 30,28 26,46 50,52 60,72 40,94 0,98"}),
        // An upright neck, a bowl that curls in.
        style(2, 0.75f,
              {"18,8 14,46", "14,46 50,36 86,54 84,84 48,100 12,92 8,80", "18,8 56,10 92,2"}),
        // Like an S.
        style(1, 0.70f, {"90,4 50,0 20,16 28,42 64,54 78,78 46,100 6,92"}),
    };
}

Styles sixes() {
    return {
        // A bent stem.
        style(4, 0.65f, {"74,0 36,20 10,56 12,86 44,100 82,86 80,64 50,56 18,76"}),
        // A straight stem and a small loop.
        style(3, 0.60f, {"56,0 26,34 8,70 20,96 56,96 78,76 60,60 32,68 18,88"}),
        // A large round loop.
        style(2, 0.75f, {"66,2 28,16 6,50 8,84 42,100 84,88 94,60 64,44 26,54 8,74"}),
        // The loop closed onto the stem in a curl.
        style(2, 0.75f, {"60,0 24,26 4,66 18,96 54,98 78,80 70,60 44,60 24,76 30,88"}),
        // Lying low: the loop wider than the stem is high.
        style(2, 0.95f, {"36,0 12,32 2,68 22,97 66,96 96,72 76,52 42,62 22,86"}),
    };
}

Styles sevens() {
    return {
        // A bar and a slanting stem.
        style(5, 0.75f, {"2,10 46,6 94,2", "94,2 72,44 48,100"}),
        // Rounded at the corner.
        style(3, 0.75f, {"2,16 30,6 74,2 90,14 74,52 56,100"}),
        // Crossed.
        style(2, 0.75f, {"6,6 50,5 94,2", "94,2 62,48 42,100", "28,50 90,46"}),
        // Crossed, with a rounded corner.
        style(1, 0.75f, {"4,14 40,4 84,4 80,28 56,64 44,100", "22,54 84,48"}),
        // A serif at the beginning.
        style(2, 0.75f, {"6,26 10,6", "10,6 52,7 94,4", "94,4 74,46 66,100"}),
    };
}

Styles eights() {
    return {
        // One stroke, begun at the upper right.
        style(4, 0.65f, {"80,10 46,0 14,16 26,40 66,58 84,82 48,100 12,84 28,58 66,38 84,14"}),
        // A small head, a large belly.
        style(2, 0.65f, {"66,8 40,2 24,18 46,38 82,60 88,86 46,100 8,84 22,56 60,34 74,16 60,4"}),
        // Two rings.
        style(2, 0.60f,
              {"50,48 18,36 20,10 52,0 80,12 78,38 50,48 12,62 10,88 50,100 90,88 86,62 50,48"}),
        // A large head, a narrow belly.
        style(2, 0.60f, {"78,8 40,0 8,16 24,42 56,58 70,80 48,99 26,84 40,60 74,40 92,16 70,2"}),
        // Open at the upper right.
        style(2, 0.65f, {"94,6 54,2 18,16 34,42 62,66 60,94 26,96 20,72 54,42 96,4"}),
    };
}

Styles nines() {
    return {
        // A straight stem.
        style(4, 0.65f, {"82,10 46,0 10,20 18,46 56,46 84,14", "84,12 80,56 68,100"}),
        // In one bend.
        style(4, 0.60f, {"84,16 52,0 16,16 18,42 54,46 84,20 86,44 74,76 60,100"}),
        // A tail that curls to the left.
        style(2, 0.70f, {"82,14 46,0 12,20 26,46 62,42 84,16 88,50 76,88 44,100 12,92"}),
        // A small head on a long bent stem.
        style(2, 0.50f, {"86,10 56,0 24,10 22,28 52,32 84,12", "84,10 90,40 72,72 50,100"}),
        // A large round head on an upright stem.
        style(2, 0.75f, {"88,12 52,0 8,18 8,46 46,58 84,34", "88,6 88,50 84,100"}),
        // A head that stays open.
        style(2, 0.65f, {"68,4 30,6 8,30 34,46 72,32 90,4", "90,4 82,50 64,100"}),
    };
}

}  // namespace

std::span<const DigitStyle> digit_styles(std::uint32_t digit) {
    static const std::array<Styles, 10> styles = {zeros(), ones(),  twos(),   threes(), fours(),
                                                  fives(), sixes(), sevens(), eights(), nines()};
    assert(digit < styles.size());
    return styles[digit];
}

}  // namespace whittle
