// What the keys do in a chart that has the keyboard's focus; nothing here needs a page.
//
// Arrow keys move the band or the pixel, and what is shown follows; in a chart without either they move what is shown.
// Plus and minus zoom around it, as in the viewer of *Compare*, and 0 shows everything.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAN = 0.1; // of what is shown, by an arrow key; with Shift five times as far
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
 * Return what a key does: how many times as large it shows everything, 0 for the whole; to where it moves the band or
 * the pixel; or, where there are no keys of its own, by which parts it moves what is shown. Null for another
 * key, or one with Ctrl.
 */
export const actOfKey = ({ key, shiftKey, ctrlKey, altKey, metaKey }, keys) => {
  if (ctrlKey || altKey || metaKey) return null;
  if (key in ZOOMS) return { times: ZOOMS[key] };
  if (!(key in ARROWS)) return null;
  if (!keys) return { pan: ARROWS[key].map((step) => step * PAN * (shiftKey ? 5 : 1)) };
  const to = movedByKey(key, shiftKey, keys);
  return to && { to };
};

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

/**
 * Return what is seen after a key has zoomed around the band or the pixel, else around the middle: of a spectrum, its
 * horizontal axis alone.
 */
export const zoomByKey = (times, keys, { figure, zoom }) => {
  const layout = layoutOf({ figure, zoom });
  const zoomed = (axis, value) => zoomedRange(layout[axis].range, figure.layout[axis].range, value, times);
  const axes = figure.axes;
  const [across, down] = placeOf(keys, layout);
  if (!isBothWays(keys, figure)) return { axes, x: zoomed("xaxis", across), y: times ? zoom.y : null };
  return { axes, x: zoomed("xaxis", across), y: zoomed("yaxis", down) };
};

/** Return what is seen after an act of `actOfKey`; null if that is what was seen before. */
export const partByKey = ({ times, pan }, keys, view) => {
  if (pan) return panByKey(pan, view);
  return times === undefined ? followByKey(keys, view) : zoomByKey(times, keys, view);
};

// What is seen after the band or the pixel has moved out of it; null if it is still seen
const followByKey = (keys, view) => {
  const { figure } = view;
  const layout = layoutOf(view);
  const isSeen = (axis, value) => (value - layout[axis].range[0]) * (value - layout[axis].range[1]) <= 0;
  const [across, down] = placeOf(keys, layout);
  const isAllSeen = isSeen("xaxis", across) && (!isBothWays(keys, figure) || isSeen("yaxis", down));
  return isAllSeen ? null : zoomByKey(1, keys, view);
};

// What is seen after it was moved by parts of it, but not beyond the whole
const panByKey = ([right, down], { figure, zoom }) => {
  const layout = layoutOf({ figure, zoom });
  const moved = (axis, part) => {
    const [first, last] = layout[axis].range;
    const range = [first, last].map((edge) => edge + part * (last - first));
    return zoomedRange(range, figure.layout[axis].range, middle(range), 1);
  };
  return {
    axes: figure.axes,
    x: right ? moved("xaxis", right) : zoom.x,
    y: down && isBothWays({}, figure) ? moved("yaxis", -down) : zoom.y,
  };
};

// What is to be seen: Plotly may still be drawing it when the next key comes
const layoutOf = ({ figure: { layout }, zoom: { x, y } }) => ({
  xaxis: { range: x ?? layout.xaxis.range },
  yaxis: { range: y ?? layout.yaxis.range },
});

const middle = ([first, last]) => (first + last) / 2;

const placeOf = (keys, { xaxis, yaxis }) =>
  keys.pixel ?? [middle(keys.band ?? xaxis.range), middle(yaxis.range)];

const isBothWays = (keys, { map }) => Boolean(keys.pixel ?? (!keys.band && map));
