// One finger on a chart: up and down it scrolls the page, sideways it drags in the chart. Plotly takes every
// touch for a drag, so that a phone's page could not be scrolled beyond a chart. So it gets no touches, but the
// mouse of a finger that goes sideways.

const AT_ONCE = 100; // milliseconds between the loss of the focus and what caused it

const MIN_DRAG = 8; // CSS pixels; for Plotly less is none

/** Let fingers scroll the page over an element, except where `isPlot(x, y)` is false: there all stays as it is. */
export const scrollByTouch = (element, isPlot) => {
  let touch = null;
  const asMouse = (name, { clientX, clientY }) => {
    const place = { clientX, clientY, buttons: name === "mouseup" || name === "mouseout" ? 0 : 1 };
    touch.target.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true, view: window, ...place }));
  };
  const touched = (event) => {
    const [first] = event.touches;
    const isOne = event.touches.length === 1 && isPlot(first.clientX, first.clientY);
    touch = isOne ? { target: event.target, start: first, isDrag: false } : null;
    if (isOne) event.stopPropagation();
  };
  const moved = (event) => {
    if (!touch) return;
    event.stopPropagation();
    const [finger] = event.touches;
    const [across, down] = [finger.clientX - touch.start.clientX, finger.clientY - touch.start.clientY].map(Math.abs);
    if (!touch.isDrag && Math.max(across, down) < MIN_DRAG) return;
    if (!touch.isDrag && down > across) {
      touch = null; // the page scrolls
      return;
    }
    if (event.cancelable) event.preventDefault();
    if (!touch.isDrag) asMouse("mousedown", touch.start);
    touch.isDrag = true;
    asMouse("mousemove", finger);
  };
  const ended = (event) => {
    if (!touch) return;
    event.stopPropagation();
    if (touch.isDrag) {
      if (event.cancelable) event.preventDefault(); // else a click follows
      asMouse("mouseup", event.changedTouches[0]);
      asMouse("mouseout", event.changedTouches[0]); // a finger that is gone points at nothing
    }
    touch = null;
  };
  const listen = (name, act) => element.addEventListener(name, act, { capture: true, passive: false });
  listen("touchstart", touched);
  listen("touchmove", moved);
  listen("touchend", ended);
  listen("touchcancel", ended);
};

/**
 * Tell the page of each press on a plot by a click on the chart's root. Plotly lays a cover over the page while the
 * button is down, and with it goes the browser's own click at the end of a drag, by which an open popover closes.
 */
export const passClicks = (plot, root) => {
  const pressed = ({ button }) => {
    if (button) return;
    const end = new AbortController();
    const listen = (name, act) => document.addEventListener(name, act, { capture: true, signal: end.signal });
    listen("pointercancel", () => end.abort()); // a finger scrolls the page
    listen("pointerup", () => {
      end.abort();
      root.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
  };
  plot.addEventListener("pointerdown", pressed, { capture: true });
};

const roots = new Map(); // by name: the element of the chart that was mounted last
let left = null; // name of the chart that was taken off the page while it had the focus

const focusIfNothingElse = (root) => document.activeElement === document.body && root.focus({ preventScroll: true });

/**
 * Keep the keyboard's focus while Streamlit mounts a chart anew, before or after it takes off the old one. Returns a
 * function to call when the chart has left the page.
 */
export const keepFocus = (root, name) => {
  let blurred = -Infinity;
  root.addEventListener("focusout", ({ relatedTarget }) => (blurred = relatedTarget ? -Infinity : performance.now()));
  roots.set(name, root);
  if (left === name) {
    left = null;
    focusIfNothingElse(root);
  }
  return () => {
    const hadFocus = root.contains(document.activeElement) || performance.now() - blurred < AT_ONCE;
    const newer = roots.get(name);
    if (newer === root) roots.delete(name);
    if (hadFocus && newer === root) left = name;
    else if (hadFocus) focusIfNothingElse(newer);
  };
};
