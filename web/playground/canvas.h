#pragma once

// The page's side of the canvas: canvas.js, a library for Emscripten. It calls back the functions
// whittle_on_*, in CSS pixels from the canvas's upper left corner.

#ifdef __cplusplus
extern "C" {
#endif

// Follows the canvas's size, pointers and keys from now on, and leaves the one before alone. 0: there
// is no such element.
int whittle_canvas_attach(const char* selector);
// Asks for one call of whittle_on_frame() before the next repaint, however often it is asked.
void whittle_canvas_request_frame(void);
// Dispatches "whittle-change".
void whittle_canvas_changed(void);
// Marks the time of now as "whittle-first-frame" in the page's performance timeline.
void whittle_canvas_drawn(void);
// The mouse's shape: an ImGuiMouseCursor.
void whittle_canvas_cursor(int cursor);

#ifdef __cplusplus
}
#endif
