// Geometry of a chart: what lies where on the screen, computed from Plotly's public layout alone.

/**
 * Return the place of the plot inside its chart, in CSS pixels: within the margins, and of a map, whose axes have
 * one scale, as much of that as its shape fills, in the middle of the top.
 */
export const plotArea = ({ width, height, margin, xaxis, yaxis }) => {
  const [across, down] = [width - margin.l - margin.r, height - margin.t - margin.b];
  if (!yaxis.scaleanchor) return { left: margin.l, top: margin.t, width: across, height: down };
  const span = ({ range: [first, last] }) => Math.abs(last - first);
  const scale = Math.min(across / span(xaxis), down / span(yaxis));
  const filled = scale * span(xaxis);
  return { left: margin.l + (across - filled) / 2, top: margin.t, width: filled, height: scale * span(yaxis) };
};

export const isInside = ({ left, top, width, height }, x, y) =>
  x >= left && x <= left + width && y >= top && y <= top + height;

/** Return the value on a linear axis at a part of its length, which is kept between 0 and 1. */
export const valueAt = ([first, last], part) => first + Math.min(Math.max(part, 0), 1) * (last - first);

/** Return the place on the two axes of a place in the chart. */
export const placeAt = (layout, x, y) => {
  const { left, top, width, height } = plotArea(layout);
  const along = ({ type, range: [first, last] }, part) => {
    const value = first + part * (last - first);
    return type === "log" ? 10 ** value : value;
  };
  return [along(layout.xaxis, (x - left) / width), along(layout.yaxis, 1 - (y - top) / height)];
};

/** Return the place in the chart, in CSS pixels, of a place on the two axes, which are linear. */
export const screenPlace = (layout, [x, y]) => {
  const { left, top, width, height } = plotArea(layout);
  const part = ({ range: [first, last] }, value) => (value - first) / (last - first);
  return [left + part(layout.xaxis, x) * width, top + (1 - part(layout.yaxis, y)) * height];
};

/** Return the length of a scale bar: 1, 2 or 5 times a power of ten, at most a fifth of what is seen. */
export const roundLength = (seen) => {
  const power = 10 ** Math.floor(Math.log10(seen / 5));
  return [5, 2, 1].find((times) => times * power <= seen / 5) * power;
};

/** Return the ranges that a change by Plotly sets, where it sets them; it names both edges, or the range. */
export const rangesIn = (change, layout) => {
  const range = (axis) => {
    const [first, last] = change?.[`${axis}.range`] ?? layout[axis].range;
    return [change?.[`${axis}.range[0]`] ?? first, change?.[`${axis}.range[1]`] ?? last];
  };
  return { x: range("xaxis"), y: range("yaxis") };
};

/**
 * Return the sorted edges of what Plotly tells to be selected, on both axes; null for nothing.
 *
 * The range is that of a drag. Of a selection whose edge was moved there may be none; a new selection on a map
 * is told in pixels of the screen (Plotly 4.1).
 */
export const selectedRange = (event) => {
  const last = event?.selections?.at(-1);
  const range = event?.range ?? (last && { x: [last.x0, last.x1], y: [last.y0, last.y1] });
  if (!range?.x || range.x[0] === range.x[1]) return null;
  return [range.x, range.y].map((edges) => [...edges].sort((one, other) => one - other));
};

/** Return the corners of a lasso as x0, y0, x1, y1, …, two of a straight stroke; null if Plotly tells of none. */
export const lassoCorners = (event) => {
  const { x, y } = event?.lassoPoints ?? {};
  return x && y && x.length > 1 ? x.flatMap((across, place) => [across, y[place]]) : null;
};

/** Return what one CSS pixel is on the two axes; y is negative where the axis points up. */
export const pixelSteps = (layout) => {
  const { width, height } = plotArea(layout);
  const [x0, x1] = layout.xaxis.range;
  const [y0, y1] = layout.yaxis.range;
  return [(x1 - x0) / width, (y0 - y1) / height];
};

/**
 * Whether a view of a map looks coarse: it lies outside of what is drawn finely, or a pixel of the screen shows
 * less of the map than a pixel of the picture holds.
 */
export const isCoarse = (layout, { extent, shape, finest }) => {
  const isOutside = (range, first, last, length) =>
    Math.max(Math.min(...range), -0.5) < first - 0.5 || Math.min(Math.max(...range), length - 0.5) > last + 0.5;
  const [left, right, bottom, top] = extent;
  return (
    isOutside(layout.xaxis.range, left, right, shape[1]) ||
    isOutside(layout.yaxis.range, top, bottom, shape[0]) ||
    Math.abs(pixelSteps(layout)[0]) < finest
  );
};

/** Return the two ranges, or null where an axis shows everything. */
export const zoomOf = (shown, full) => {
  const isFull = (axis) => shown[axis].every((edge, end) => Math.abs(edge - full[axis][end]) < 1e-9 * span(full[axis]));
  const span = ([first, last]) => Math.abs(last - first);
  return { x: isFull("x") ? null : shown.x, y: isFull("y") ? null : shown.y };
};

/** Return the block of a map that a place is in, as an index into its values; -1 outside. */
export const blockAt = ({ left, top, block, rows, columns }, x, y) => {
  const [column, row] = [Math.floor((x - left) / block), Math.floor((y - top) / block)];
  return column < 0 || row < 0 || column >= columns || row >= rows ? -1 : row * columns + column;
};

/** Return a number in few digits. */
export const short = (value, digits) => String(Number(value.toPrecision(digits)));
