/**
 * What the package's scripts lack: a box that is seen while it is dragged, a height that follows the width of
 * the window, and keys and popovers of the page, which are to work as after a click elsewhere.
 */
/* global Streamlit */
'use strict';

const picture = document.getElementById('image');
const box = document.getElementById('box');
let start = null;

/** Show the box between where the button went down and the pointer, as far as the picture reaches. */
function showBox({clientX, clientY}) {
    const {left, top, width, height} = picture.getBoundingClientRect();
    const x = Math.min(Math.max(clientX - left, 0), width);
    const y = Math.min(Math.max(clientY - top, 0), height);
    Object.assign(box.style, {
        left: `${left + window.scrollX + Math.min(start.x, x)}px`,
        top: `${top + window.scrollY + Math.min(start.y, y)}px`,
        width: `${Math.abs(x - start.x)}px`,
        height: `${Math.abs(y - start.y)}px`,
    });
    box.hidden = false;
}

picture.addEventListener('mousedown', (event) => {
    if (picture.onmousedown && event.button === 0) {
        start = {x: event.offsetX, y: event.offsetY};
    }
});
window.addEventListener('mousemove', (event) => {
    if (start) {
        showBox(event);
    }
});
window.addEventListener('mouseup', () => {
    start = null;
    box.hidden = true;
    window.parent.focus();
    window.frameElement?.click(); // the page gets no click of its own, by which an open popover closes
});
window.addEventListener('resize', () => {
    if (picture.height) {
        Streamlit.setFrameHeight(picture.height);
    }
});
