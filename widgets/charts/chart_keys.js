// What the keys do in a chart that has the keyboard's focus; nothing here needs a page.
//
// Arrow keys move the band or the pixel. Plus and minus zoom around it, as in the viewer of *Compare*, and 0 shows
// everything.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, "0": 0 };

/** Return a band, or a pixel, that an arrow key has moved; null for another key, or at the end. */
export const movedByKey = (key, isFar, { band, pixel, step, limits, shape }) => {
  const [dx, dy] = ARROWS[key] ?? [0, 0];
  const far = isFar ? 10 : 1;
  if (band && dx) {
    const [low, high] = limits;
    const by = Math.min(Math.max(dx * far * step, low - band[0]), high - band[1]);
    return by ? band.map((edge) => edge + by) : null;
  }
  if (!pixel || !(dx || dy)) return null;
  const [x, y] = pixel.map((place, axis) =>
    Math.min(Math.max(place + far * [dx, dy][axis], 0), shape[1 - axis] - 1));
  return x === pixel[0] && y === pixel[1] ? null : [x, y];
};

/**
 * Return what a key does: how many times as large it shows everything, 0 for the whole; or to where it moves the band
 * or the pixel. Of another key, or one with Ctrl, nothing.
 */
export const actOfKey = ({ key, shiftKey, ctrlKey, altKey, metaKey }, keys) =>
  ctrlKey || altKey || metaKey ? {} : { times: ZOOMS[key], to: movedByKey(key, shiftKey, keys) };

/**
 * Return an axis's range, so many times as large, in which a value keeps its place, or comes to the middle if it was
 * not seen; null for the whole, beyond which nothing is shown.
 */
export const zoomedRange = (range, whole, value, times) => {
  if (!times) return null;
  const [first, last] = range;
  const isSeen = (value - first) * (value - last) <= 0;
  const part = isSeen ? (value - first) / (last - first) : 0.5;
  const length = (last - first) / times;
  if (Math.abs(length) >= Math.abs(whole[1] - whole[0]) * 0.999) return null;
  const [low, high] = [Math.min(...whole), Math.max(...whole)];
  const start = value - part * length;
  const edges = [start, start + length];
  const by = Math.max(low - Math.min(...edges), 0) || Math.min(high - Math.max(...edges), 0);
  return edges.map((edge) => edge + by);
};

/** Return what is seen after a key has zoomed around the band or the pixel: of a spectrum, its horizontal axis alone. */
export const zoomByKey = (times, { band, pixel }, { layout, figure, zoom }) => {
  const zoomed = (axis, value) => zoomedRange(layout[axis].range, figure.layout[axis].range, value, times);
  const axes = figure.axes;
  if (band) return { axes, x: zoomed("xaxis", (band[0] + band[1]) / 2), y: times ? zoom.y : null };
  return { axes, x: zoomed("xaxis", pixel[0]), y: zoomed("yaxis", pixel[1]) };
};
