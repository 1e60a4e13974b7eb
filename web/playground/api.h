#pragma once

// What the page calls. The module is build/web/page/playground.js (MODULARIZE, EXPORT_ES6):
//
//   import createPlayground from './playground.js';
//   const module = await createPlayground();
//   const attach = module.cwrap('whittle_attach', 'number', ['string']);
//   const open = module.cwrap('whittle_open', 'string', ['string', 'string']);
//
// Strings are UTF-8. A returned string is valid until the next call into this API (cwrap copies
// it). JSON answers are objects; a call that could not do its work answers {"error": "..."}; the
// text is for people. Every call is cheap and synchronous; none of them throws.
//
// The canvas. The page owns it and its CSS size; the module follows size and pixel density by
// itself, and draws only when something changed. It needs tabindex="0" to take keys; Tab always
// leaves it. Touches that drag something in a view keep the page from scrolling; all others scroll
// as usual (do not set touch-action on the canvas). After every change of the lab, wherever it came
// from (play, the mouse, this API), the canvas dispatches the event "whittle-change", at most once
// a frame: read whittle_state() then.

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Draws into the canvas that the CSS selector names ("#lab"), from now on. 1; 0 when there is no
// such canvas or it has no WebGL 2. All other calls work without a canvas too.
int whittle_attach(const char* canvas_selector);

// The lessons that have a lab: {"lessons": [{"name": "guess-the-line", "title": "..."}]}
const char* whittle_lessons(void);

// Starts the lab of a lesson ("guess-the-line") afresh and applies a link ("w=3&do=step:50"; "" for
// none). {"notices": ["..."]}: what in the link was not understood. After {"error"} the old lab
// stays. A link may ask for much work: what is not done within a fifth of a second goes on between
// frames, and "restoring" below says how far it is; whittle_set and whittle_act finish it first.
const char* whittle_open(const char* lesson, const char* link);

// Leaves out what of the link is not done yet.
void whittle_stop_link(void);

// Everything about the lab that is open:
// {"lesson": "one-neuron", "title": "...", "playing": false, "revision": 7,
//  "restoring": null or 0.0 ... 1.0,   "notices": ["..."]    of the link, so far
//  "parameters": [{"name", "title", "kind": "number"|"integer"|"choice"|"toggle", "value": 0.01,
//                  "text": "0.01", "initial", "minimum", "maximum", "step" (0: any), "logarithmic",
//                  "unit", "choices": ["relu", ...], "help",
//                  "group": "Network" or ""}],
//  "actions": [{"name", "title", "help", "group"}],
//  "readouts": [{"name", "title", "unit", "text": "0.0123", "value": 0.0123 or null, "help"}],
//  "goals": [{"name", "title", "hint", "ticked": false}],
//  "exports": ["tflite", "c"]          what whittle_export can give now, perhaps []
//  "imports": ["tflite"]               what whittle_import takes, perhaps []
//  "link": "w=3&do=step:50", "command": "whittle lab one-neuron --set w=3 --do step:50",
//  "summary": "one sentence that says what the picture shows now, for the canvas's aria-label"}
// `value` and `text` are what whittle_set takes; a choice's value is its index, its text its name.
const char* whittle_state(void);

// Sets a parameter from text ("0.05", "relu", "on"). {"text": "0.05"}: the value it has then, and
// "notice" when that is not what was asked for.
const char* whittle_set(const char* name, const char* text);

// Does an action `count` >= 1 times. {} or {"error"}.
const char* whittle_act(const char* name, int count);

// Grows with every change of the lab; 0 while none is open.
int whittle_revision(void);

// 1: dark, 0: light.
void whittle_theme(int dark);

// 1 (as at the start): the canvas has the view and the controls. 0: the view only, for a page
// that shows the controls itself.
void whittle_show_controls(int shown);

// Goals that the student reached before, as JSON: ["perfect", "below-one"]. {} or {"error"}.
const char* whittle_tick_goals(const char* names);

// Makes a file of what the lab has trained, "tflite" or "c". {"name": "spiral.tflite",
// "type": "application/octet-stream", "address": 12345, "size": 1800}: its bytes are
// module.HEAPU8.slice(address, address + size), until the next call of whittle_export.
const char* whittle_export(const char* kind);

// Gives the lab a .tflite model of the student's own: the `size` bytes at `address` in the module's
// memory (module._malloc), any bytes whatever. {} or {"error"}, which leaves the lab as it was.
const char* whittle_import(const unsigned char* address, int size);

// What in the picture answers to the pointer, in CSS pixels from the canvas's corner, and what the
// tooltip says ("" for none): {"places": [{"name": "slope", "x", "y", "width", "height"}], "tip":
// "..."} For tests, and for a page that wants to point at something.
const char* whittle_places(void);

// For measurements: frames drawn so far, seconds spent in drawing and in training, and whether
// there is something that the next frame will draw.
// {"frames": 12, "drawing": 0.031, "training": 0.4, "pending": false}
const char* whittle_statistics(void);

// For measurements: makes the data of one of the standard tasks ("sine", "mlp" or "cnn";
// core/train/bench_tasks.h says what they are) and the net that it begins with. {"samples",
// "features": {"address", "count"}, "targets": {"address", "count"}: float32 numbers in the module's
// memory until the next call, so many for each sample, "start": [[...], ...]: weights and biases,
// layer after layer} or {"error"}.
const char* whittle_bench_task(const char* name, int seed);

// For measurements: trains that net on those data. {"seconds", "loss": the mean over the last epoch,
// "weights_hash"} or {"error"}.
const char* whittle_bench_train(void);

#ifdef __cplusplus
}
#endif
