// The canvas seen from C++ (canvas.h): size, pointers, keys, frames. Nothing runs while nothing happens.

mergeInto(LibraryManager.library, {
    $whittleCanvas: {
        element: null,
        watched: null, // ends the listeners of the canvas before
        frame: 0,
        cursors: ['default', 'text', 'move', 'ns-resize', 'ew-resize', 'nesw-resize', 'nwse-resize',
            'pointer', 'not-allowed'],

        resize: function (box) {
            const density = window.devicePixelRatio || 1;
            const canvas = whittleCanvas.element;
            // As many pixels as the browser gives it: both edges are rounded, not the width.
            const pixels = (from, to) =>
                Math.max(1, Math.round(to * density) - Math.round(from * density));
            const width = pixels(box.left, box.right);
            const height = pixels(box.top, box.bottom);
            if (canvas.width !== width) canvas.width = width;
            if (canvas.height !== height) canvas.height = height;
            _whittle_on_resize(width / density, height / density, density);
        },

        place: function (event) {
            const box = whittleCanvas.element.getBoundingClientRect();
            return [event.clientX - box.left, event.clientY - box.top];
        },

        // Pointer events are mouse, pen and fingers alike; of fingers only the first counts.
        pointer: function (event) {
            if (!event.isPrimary) return;
            const [x, y] = whittleCanvas.place(event);
            const kinds = { pointermove: 0, pointerdown: 1, pointerup: 2, pointercancel: 3, pointerleave: 4 };
            if (event.type === 'pointerdown') {
                if (event.pointerType !== 'touch' || _whittle_grabs(x, y)) {
                    whittleCanvas.element.setPointerCapture(event.pointerId);
                }
                whittleCanvas.element.focus({ preventScroll: true });
            }
            _whittle_on_pointer(kinds[event.type], x, y, event.button, event.pointerType === 'touch' ? 1 : 0);
        },

        // A finger on something that can be dragged does not scroll the page.
        touch: function (event) {
            const touch = event.changedTouches[0];
            const [x, y] = whittleCanvas.place(touch);
            if (_whittle_grabs(x, y)) event.preventDefault();
        },

        wheel: function (event) {
            const lines = event.deltaMode === 1 ? 1 : 1 / 40;
            if (_whittle_on_wheel(event.deltaX * lines, event.deltaY * lines)) event.preventDefault();
        },

        key: function (event) {
            if (event.isComposing || event.key === 'Tab') return;
            const modifiers = (event.ctrlKey ? 1 : 0) | (event.shiftKey ? 2 : 0) |
                (event.altKey ? 4 : 0) | (event.metaKey ? 8 : 0);
            const length = lengthBytesUTF8(event.key) + 1;
            const text = _malloc(length);
            stringToUTF8(event.key, text, length);
            const used = _whittle_on_key(text, event.type === 'keydown' ? 1 : 0, modifiers);
            _free(text);
            if (!used) return;
            event.preventDefault();
            event.stopPropagation();
        },
    },

    whittle_canvas_attach__deps: ['$whittleCanvas', 'malloc', 'free'],
    whittle_canvas_attach: function (selector) {
        const canvas = document.querySelector(UTF8ToString(selector));
        if (!canvas) return 0;
        if (whittleCanvas.watched) whittleCanvas.watched.abort();
        whittleCanvas.watched = new AbortController();
        whittleCanvas.element = canvas;
        const { signal } = whittleCanvas.watched;
        const on = (target, names, listener, options) => {
            for (const name of names.split(' ')) {
                target.addEventListener(name, listener, Object.assign({ signal }, options));
            }
        };
        on(canvas, 'pointermove pointerdown pointerup pointercancel pointerleave', whittleCanvas.pointer);
        on(canvas, 'touchstart', whittleCanvas.touch, { passive: false });
        on(canvas, 'wheel', whittleCanvas.wheel, { passive: false });
        on(canvas, 'keydown keyup', whittleCanvas.key);
        on(canvas, 'blur', () => _whittle_on_blur());
        on(canvas, 'webglcontextlost', (event) => {
            event.preventDefault();
            _whittle_on_context(0);
        });
        on(canvas, 'webglcontextrestored', () => _whittle_on_context(1));
        const measure = () => {
            const box = canvas.getBoundingClientRect();
            if (box.width > 0 && box.height > 0) whittleCanvas.resize(box);
        };
        const observer = new ResizeObserver(measure);
        observer.observe(canvas);
        signal.addEventListener('abort', () => observer.disconnect());
        on(window, 'resize', measure); // zooming changes the density
        measure();
        return 1;
    },

    whittle_canvas_request_frame__deps: ['$whittleCanvas'],
    whittle_canvas_request_frame: function () {
        if (whittleCanvas.frame || typeof requestAnimationFrame !== 'function') return;
        whittleCanvas.frame = requestAnimationFrame(() => {
            whittleCanvas.frame = 0;
            _whittle_on_frame();
        });
    },

    whittle_canvas_changed__deps: ['$whittleCanvas'],
    whittle_canvas_changed: function () {
        if (whittleCanvas.element) whittleCanvas.element.dispatchEvent(new CustomEvent('whittle-change'));
    },

    whittle_canvas_drawn: function () {
        performance.mark('whittle-first-frame');
    },

    whittle_canvas_cursor__deps: ['$whittleCanvas'],
    whittle_canvas_cursor: function (cursor) {
        if (whittleCanvas.element) {
            whittleCanvas.element.style.cursor = whittleCanvas.cursors[cursor] || 'default';
        }
    },
});
