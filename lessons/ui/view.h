#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imgui.h"
#include "lessons/ui/logic/colour.h"

namespace whittle {
class Lab;
}

namespace whittle::ui {

// All lengths are in points: a point has `density` pixels on a side (see Screen).
struct Box {
    ImVec2 min;
    ImVec2 max;

    float width() const { return max.x - min.x; }
    float height() const { return max.y - min.y; }
    ImVec2 size() const { return {width(), height()}; }
    ImVec2 centre() const { return {(min.x + max.x) / 2, (min.y + max.y) / 2}; }
    bool contains(ImVec2 p) const {
        return p.x >= min.x && p.x < max.x && p.y >= min.y && p.y < max.y;
    }
    Box inset(float by) const { return {{min.x + by, min.y + by}, {max.x - by, max.y - by}}; }
    // Cuts a strip off and returns it; what remains is this box.
    Box take_left(float by, float gap = 0);
    Box take_right(float by, float gap = 0);
    Box take_top(float by, float gap = 0);
    Box take_bottom(float by, float gap = 0);
    // The largest square in the middle.
    Box square() const;
};

struct Fonts {
    ImFont* regular = nullptr;
    ImFont* strong = nullptr;  // semibold, of the same size
    ImFont* small = nullptr;
    ImFont* small_strong = nullptr;
    ImFont* large = nullptr;  // semibold
    ImFont* title = nullptr;  // semibold, larger; only where `with_prose`
    ImFont* mono = nullptr;   // only where `with_prose`
};

// Pictures in the graphics memory, each under a name; uploaded when their version changes.
class Pictures {
public:
    ~Pictures();
    bool current(const std::string& name, std::uint64_t version) const;
    void put(const std::string& name,
             std::uint64_t version,
             const std::vector<Colour>& pixels,
             std::size_t width,
             std::size_t height);
    ImTextureID find(const std::string& name) const;
    void forget_all();

private:
    struct Entry {
        unsigned texture = 0;
        std::uint64_t version = 0;
    };
    std::map<std::string, Entry> entries_;
};

// Something in the picture that answers to the pointer: "slope", "bar Recall", "cell 1 0".
struct Place {
    std::string name;
    Box box;
};

// What a lesson's view gets: where to draw and with what. A view is called in each drawn frame,
// inside an ImGui window; what it remembers between frames is the lab's state alone.
struct ViewContext {
    ImDrawList* draw = nullptr;
    Box area;
    const Palette& palette;
    const Fonts& fonts;
    Pictures& pictures;
    float em = 16;         // the size of the regular font
    bool compact = false;  // little room: a phone
    // Changes with the lab's state and with the theme: a version for pictures.
    std::uint64_t version = 0;
    std::vector<Box>* grabs = nullptr;     // where a touch drags something
    std::vector<Place>* places = nullptr;  // only while somebody asks for them
    std::string* tip = nullptr;            // what a tooltip says in this frame

    ViewContext in(Box box) const {
        ViewContext inner = *this;
        inner.area = box;
        return inner;
    }
};

using DrawView = void (*)(Lab&, const ViewContext&);
// One sentence for those who do not see the picture.
using DescribeView = std::string (*)(const Lab&);

struct ViewEntry {
    const char* lesson;
    DrawView draw;
    DescribeView describe;
    // Which parameters the controls show now; null: all. What is left out the picture itself sets
    // (a click adds a point), or has no effect now.
    bool (*shows)(const Lab&, std::string_view parameter) = nullptr;
};
const ViewEntry* view_of(std::string_view lesson);

// --- Small things that widgets and views share
// ----------------------------------------------------

float font_size(const ImFont* font);
ImVec2 text_size(const ImFont* font, std::string_view text);

// `align_x`, `align_y`: 0 puts the text right of (below) the place, 1 left of it, 0.5 on it.
void draw_text(const ViewContext& context,
               ImVec2 place,
               std::string_view text,
               Colour colour,
               const ImFont* font = nullptr,
               float align_x = 0,
               float align_y = 0);
// Breaks at blanks; returns the height.
float draw_wrapped(const ViewContext& context,
                   ImVec2 place,
                   float width,
                   std::string_view text,
                   Colour colour,
                   const ImFont* font = nullptr);
// A title over a widget; returns the box below it.
Box draw_heading(const ViewContext& context, Box box, std::string_view title);
void draw_dashed(ImDrawList* draw, ImVec2 from, ImVec2 to, Colour colour, float width, float dash);
void draw_arrow(ImDrawList* draw, ImVec2 from, ImVec2 to, Colour colour, float width);
void draw_picture(const ViewContext& context, Box box, const std::string& name, float rounding = 0);

// Is the pointer over the box, with nothing on top?
bool pointer_in(const Box& box);
void mark_place(const ViewContext& context, const std::string& name, const Box& box);
void mark_place(const ViewContext& context, const std::string& name, ImVec2 centre);
void tooltip(const ViewContext& context, const std::string& text);

// A box that takes presses and drags.
struct Drag {
    bool pressed = false;  // in this frame
    bool held = false;
    bool released = false;  // in this frame
    bool clicked = false;  // released inside without having moved
    ImVec2 pointer;
};
Drag drag_area(const ViewContext& context, const char* id, const Box& box);

// How often the arrow keys ask for more (right) or less (left) in this frame, while no text is
// typed. They do not lead to another control then.
int arrow_steps();

std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));

}  // namespace whittle::ui
