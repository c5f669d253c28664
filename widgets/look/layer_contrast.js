// Contrast of a layer: the histogram of its values, and the two limits that are dragged on it.

import { make } from "../session/make_element.js";
import { short } from "../charts/chart_place.js";
import { histogram, quantile } from "../charts/layer_blend.js";

const BINS = 96;
const MOST = 0.9995; // of the values lie within the histogram
const STEP = 0.01; // of its width, by an arrow key

/** Return the values between which the histogram is drawn: nearly all of the map's, and the limits. */
export const domainOf = ({ numbers, range }, { low, high }) => {
  const most = Math.max(quantile(numbers, range, MOST), high);
  const least = Math.min(quantile(numbers, range, 1 - MOST), low);
  const margin = 0.03 * Math.max(most - least, 1e-9);
  return [least - margin, most + margin];
};

/** Return the limits after one was moved to a value; they keep their order. */
export const movedLimit = ({ low, high }, end, value, [first, last]) => {
  const least = (last - first) * 1e-3;
  const inside = Math.min(Math.max(value, first), last);
  return end === "low" ? { low: Math.min(inside, high - least) } : { high: Math.max(inside, low + least) };
};

/** Return the value to which a key moves a limit; null for another key. */
export const valueByKey = ({ key, shiftKey }, value, [first, last]) => {
  if (key === "Home") return first;
  if (key === "End") return last;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[key];
  return by ? value + by * (shiftKey ? 10 : 1) * STEP * (last - first) : null;
};

/** Return the outline of a histogram as the points of a polygon, 0 to 100 across and down. */
export const outline = (counts) => {
  const most = Math.max(...counts.map(Math.sqrt), 1e-9); // roots: few bright pixels are seen beside many dark ones
  const points = counts.flatMap((count, place) => {
    const top = (100 - (100 * Math.sqrt(count)) / most).toFixed(1);
    return [[place, top], [place + 1, top]].map(([at, y]) => `${((100 * at) / counts.length).toFixed(2)},${y}`);
  });
  return ["0,100", ...points, "100,100"].join(" ");
};

/**
 * Draw a histogram with its limits. `change(look, isDone)` is called with what of the look was changed, while it is
 * being dragged and at the end.
 */
export const drawContrast = (parent, values, look, texts, change) => {
  const box = make(parent, "div", { class: "contrast" });
  const domain = domainOf(values, look);
  const [first, last] = domain;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const shape = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "polygon"));
  shape.setAttribute("points", outline(histogram(values.numbers, values.range, domain, BINS)));
  box.append(svg);
  const limits = { low: look.low, high: look.high };
  const handles = {};
  const show = () => {
    for (const [end, handle] of Object.entries(handles)) {
      handle.style.left = `${(100 * (limits[end] - first)) / (last - first)}%`;
      handle.setAttribute("aria-valuenow", short(limits[end], 4));
      handle.dataset.value = short(limits[end], 3);
    }
  };
  const move = (end, value, isDone) => {
    Object.assign(limits, movedLimit(limits, end, value, domain));
    show();
    change({ ...limits }, isDone);
  };
  for (const end of ["low", "high"]) {
    const handle = make(box, "div", {
      class: `limit ${end}`, role: "slider", tabindex: 0, "aria-label": texts[end],
      "aria-valuemin": short(first, 4), "aria-valuemax": short(last, 4),
    });
    handles[end] = handle;
    const valueAt = ({ clientX }) => {
      const { left, width } = box.getBoundingClientRect();
      return first + ((clientX - left) / width) * (last - first);
    };
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      handle.focus();
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) move(end, valueAt(event), false);
    });
    handle.addEventListener("pointerup", (event) => move(end, valueAt(event), true));
    handle.addEventListener("keydown", (event) => {
      const value = valueByKey(event, limits[end], domain);
      if (value === null) return;
      event.preventDefault(); // else the page scrolls
      move(end, value, true);
    });
  }
  show();
};
