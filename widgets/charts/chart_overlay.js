// What stands beside a chart's figure: the colour bar of a map, the value under the pointer, the names of curves.

import { make } from "../session/make_element.js";
import { blockAt, isInside, pixelSteps, plotArea, roundLength, screenPlace, short } from "./chart_place.js";

const renew = (root, className) => {
  root.querySelector(`:scope > .${className}`)?.remove();
  return make(root, "div", { class: className });
};

/** Draw the colour bar of a map, or none. */
export const drawColourBar = (root, map) => {
  const bar = renew(root, "chart-bar");
  if (!map?.limits) return bar.remove();
  make(bar, "div", { class: "chart-units" }, map.units);
  make(bar, "div", { class: "chart-colours" }).style.background = `linear-gradient(to right, ${map.colours.join()})`;
  const numbers = make(bar, "div", { class: "chart-numbers" });
  const [low, high] = map.limits;
  for (const value of [low, (low + high) / 2, high]) make(numbers, "span", {}, short(value, 3));
};

/**
 * Return a layout with the colour bar of a map as a part of the figure, for a picture that is kept: on the
 * screen it stands beside the figure.
 */
export const withColourBar = (layout, map) => {
  if (!map?.limits) return layout;
  const { units, limits: [low, high], colours } = map;
  const { width, height, margin } = layout;
  const [across, down] = [width - margin.l - margin.r, height - margin.t - margin.b];
  const length = Math.min(260, 0.9 * width);
  const stops = colours.map((colour, number) =>
    `<stop offset="${number / (colours.length - 1)}" stop-color="${colour}"/>`).join("");
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="260" height="10" preserveAspectRatio="none">' +
    `<linearGradient id="colours">${stops}</linearGradient><rect width="260" height="10" fill="url(#colours)"/></svg>`;
  const onPaper = { xref: "paper", yref: "paper", x: 0.5, xanchor: "center" };
  const bar = { ...onPaper, sizing: "stretch", y: 1 + 24 / down, yanchor: "bottom", sizex: length / across, sizey: 10 / down };
  const text = (words, xshift, yshift) =>
    ({ ...onPaper, y: 1, yanchor: "middle", xshift, yshift, text: words, showarrow: false });
  return {
    ...layout,
    images: [...(layout.images ?? []), { ...bar, source: `data:image/svg+xml,${encodeURIComponent(svg)}` }],
    annotations: [
      ...(layout.annotations ?? []),
      text(units, 0, 43),
      ...[low, (low + high) / 2, high].map((value, place) => text(short(value, 3), ((place - 1) * length) / 2, 16)),
    ],
  };
};

/** Write the names of several curves below the chart; `toggle(name)` hides one, or shows it again. */
export const drawLegend = (root, curves, colorway, hidden, toggle) => {
  const legend = renew(root, "chart-legend");
  if (curves.filter(({ name }) => name).length < 2) return legend.remove();
  curves.forEach(({ name, line }, number) => {
    if (!name) return;
    const entry = make(legend, "button", { type: "button" }, name);
    entry.style.setProperty("--curve", line?.color ?? colorway[number % colorway.length]);
    entry.setAttribute("aria-pressed", String(!hidden.has(name)));
    entry.addEventListener("click", () => {
      toggle(name);
      entry.setAttribute("aria-pressed", String(!hidden.has(name)));
    });
  });
};

/** A cross at a place that is pointed at in another chart. */
export class Cross {
  constructor(root) {
    this.lines = ["across", "down"].map((name) => make(root, "div", { class: `chart-cross ${name}`, hidden: "" }));
  }

  /** Show it at a place on the axes; null hides it. */
  show(layout, place) {
    const shown = place && screenPlace(layout, place);
    const area = shown && plotArea(layout);
    const isSeen = Boolean(shown) && isInside(area, ...shown);
    for (const line of this.lines) line.toggleAttribute("hidden", !isSeen);
    if (!isSeen) return;
    const [across, down] = this.lines;
    Object.assign(across.style, { left: `${area.left}px`, width: `${area.width}px`, top: `${shown[1]}px` });
    Object.assign(down.style, { top: `${area.top}px`, height: `${area.height}px`, left: `${shown[0]}px` });
  }
}

/** Draw a scale bar of a map whose pixels have a size, or none. */
export const drawScaleBar = (root, layout, map) => {
  const bar = renew(root, "chart-scale");
  if (!map?.pixelSize) return bar.remove();
  const [stepX] = pixelSteps(layout);
  const { left, top, width, height } = plotArea(layout);
  const length = roundLength(width * stepX * map.pixelSize[0]); // mm
  bar.textContent = length >= 10 ? `${short(length / 10, 3)} cm` : `${short(length, 3)} mm`;
  bar.style.width = `${length / (stepX * map.pixelSize[0])}px`;
  bar.style.left = `${left + 10}px`;
  bar.style.top = `${top + height - 30}px`;
};

/** Show what the keys do, as pairs of keys and words, or hide it if it is shown; `isWanted` false hides it. */
export const toggleHelp = (root, keys, isWanted) => {
  const known = root.querySelector(":scope > .chart-help");
  known?.remove();
  if (known || !isWanted) return;
  const list = make(make(root, "div", { class: "chart-help", role: "status" }), "dl");
  for (const [key, words] of keys) {
    make(make(list, "dt"), "kbd", {}, key);
    make(list, "dd", {}, words);
  }
};

/** Show a sentence in place of the chart, or none: what was drawn before is not what the page tells of. */
export const drawFailure = (root, text) => {
  const failure = renew(root, "chart-failure");
  if (text) failure.append(text);
  else failure.remove();
};

/** The value of a map under the pointer, beside it. */
export class ValueLabel {
  constructor(root) {
    this.root = root;
    this.label = make(root, "div", { class: "chart-value" });
  }

  clear() {
    this.label.replaceChildren();
  }

  /** Show the value at a pixel; `values` may be missing still. */
  show(map, values, [column, row], { clientX, clientY }) {
    this.clear();
    const value = values?.[blockAt(map, column, row)];
    if (value === undefined) return;
    this.#write(map, [{ value, units: map.units }], [column, row], { clientX, clientY });
  }

  /** Show the values of several layers at a pixel. */
  showLayers(map, values, place, pointer) {
    this.clear();
    if (values.length) this.#write(map, values, place, pointer);
  }

  #write({ texts, block }, values, [column, row], { clientX, clientY }) {
    make(this.label, "div", {}, `x ${column}, y ${row}`);
    for (const { title, value, units } of values) {
      const words = Number.isNaN(value) ? texts.missing : `${short(value, 4)} ${units}`;
      make(this.label, "div", {}, title ? `${title}: ${words}` : words);
    }
    if (block > 1) make(this.label, "div", {}, texts.mean.replaceAll("{block}", block));
    const corner = this.root.getBoundingClientRect();
    const across = clientX - corner.left;
    const isRight = across > corner.width / 2;
    this.label.style.top = `${clientY - corner.top + 12}px`;
    this.label.style.left = isRight ? "auto" : `${across + 12}px`;
    this.label.style.right = isRight ? `${corner.width - across + 12}px` : "auto";
  }
}
