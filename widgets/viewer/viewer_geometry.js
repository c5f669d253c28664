// Geometry of the viewer: numbers only, without a page.
//
// A view has its middle x, y in map pixels, whose centres are whole numbers, and a scale, screen pixels to a map
// pixel. A view of null is the whole map. Extents are left, right, bottom, top in map pixels, shapes rows, columns.

const MAX_SCALE = 64; // CSS pixels to a map pixel
const MAX_OF_FIT = 8; // times the scale at which the whole map is seen, for small panes of large maps
const GAP = 12; // CSS pixels between panes
const HEAD = 26; // CSS pixels above a picture
const ABOVE = 370; // CSS pixels that a page usually has above pictures, which are to be seen whole
const NARROW = 600; // CSS pixels: on narrower screens they are scrolled to anyway
const MIN_ROOM = 320; // CSS pixels of height for all panes
const MIN_HEIGHT = 120; // CSS pixels of a picture
const EDGE = 1e-6; // map pixels by which sums of coordinates may be off

export const within = (value, least, most) => Math.min(Math.max(value, least), most);

// Return the number of panes beside one another, and their size, with which most of the map's pixels are seen.
export const arrangement = ([rows, columns], count, width, windowHeight) => {
  const oneLine = width < NARROW ? windowHeight * 0.74 : windowHeight - ABOVE;
  let best = { fit: 0 };
  for (let beside = 1; beside <= count; beside += 1) {
    const lines = Math.ceil(count / beside);
    const room = Math.max(MIN_ROOM, lines === 1 ? oneLine : windowHeight * 0.85); // who has several lines scrolls
    const wide = Math.floor((width - GAP * (beside - 1)) / beside);
    const high = Math.floor(Math.min((room - GAP * (lines - 1)) / lines - HEAD, (wide * rows) / columns));
    const fit = Math.min(wide / columns, high / rows);
    if (fit > best.fit) best = { fit, beside, wide, high: Math.max(high, MIN_HEIGHT) };
  }
  return { ...best, fit: Math.min(best.wide / columns, best.high / rows) };
};

export const wholeView = ([rows, columns], fit) => ({ x: (columns - 1) / 2, y: (rows - 1) / 2, scale: fit });

const limitedScale = (scale, fit) => within(scale, fit, Math.max(MAX_SCALE, fit * MAX_OF_FIT));

// Return the nearest view that is allowed; null is the whole map.
export const limitedView = (view, [rows, columns], fit) => {
  if (!view) return null;
  const scale = limitedScale(view.scale, fit);
  if (scale <= fit * 1.001) return null;
  return { scale, x: within(view.x, -0.5, columns - 0.5), y: within(view.y, -0.5, rows - 0.5) };
};

// Zoom around a place of the map, which stays where it is on the screen.
export const zoomedView = (view, factor, [x, y], fit) => {
  const scale = limitedScale(view.scale * factor, fit);
  const kept = view.scale / scale;
  return { scale, x: x + (view.x - x) * kept, y: y + (view.y - y) * kept };
};

// Move the pictures by screen pixels.
export const movedView = ({ x, y, scale }, right, down) => ({ scale, x: x - right / scale, y: y - down / scale });

// Move a view no further than is needed to see a place, in a pane of a size in screen pixels.
export const viewWithPlace = ({ x, y, scale }, place, size) => {
  const [wide, high] = size.map((length) => length / scale / 2 - 1);
  return {
    scale,
    x: within(x, place[0] - wide, place[0] + wide),
    y: within(y, place[1] - high, place[1] + high),
  };
};

// Return the place on the map of a position in a pane, in screen pixels from its corner.
export const placeAt = ([right, down], view, [wide, high]) => [
  (right - wide / 2) / view.scale + view.x,
  (down - high / 2) / view.scale + view.y,
];

// Return the pixel [column, row] at a place of the map, null outside.
export const pixelAt = (place, [rows, columns]) => {
  const [column, row] = place.map((value) => Math.floor(value + 0.5));
  return column >= 0 && row >= 0 && column < columns && row < rows ? [column, row] : null;
};

// Return the pixel so many steps from another, or the map's last one on the way.
export const neighbour = ([column, row], [right, down], [rows, columns]) => [
  within(column + right, 0, columns - 1),
  within(row + down, 0, rows - 1),
];

// Return what a finger does that goes from `last` to `now` while another rests: the middle, its move, the zoom.
export const pinch = (last, now, other) => {
  const span = (point) => Math.max(1, Math.hypot(point[0] - other[0], point[1] - other[1]));
  return {
    middle: [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2],
    move: [(now[0] - last[0]) / 2, (now[1] - last[1]) / 2],
    factor: span(now) / span(last),
  };
};

// --- On a canvas, or anything that has a width and a height in screen pixels

export const across = (canvas, view, x) => (x - view.x) * view.scale + canvas.width / 2;
export const down = (canvas, view, y) => (y - view.y) * view.scale + canvas.height / 2;

// Return the extent of what a canvas shows.
export const seenOn = (canvas, view) => {
  const [x, y] = [canvas.width / 2 / view.scale, canvas.height / 2 / view.scale];
  return [view.x - x, view.x + x, view.y + y, view.y - y];
};

// Return the first, and the number, of the pixels that lie between two places, with one more at each end; of a row
// of `length` pixels, whose first begins at `start`.
export const pixelsBetween = (start, step, length, from, to) => {
  const [first, last] = [(from - start) / step, (to - start) / step].sort((one, other) => one - other);
  const begin = Math.max(0, Math.floor(first) - 1);
  return [begin, Math.min(length, Math.ceil(last) + 1) - begin];
};

// Return whether an extent lies in another one, either of which may be mirrored.
export const covers = (outer, inner) => {
  const [left, right, bottom, top] = outer.map((edge, index) => [edge, inner[index]]);
  const isAround = ([a, b], [c, d]) => Math.min(a, c) <= Math.min(b, d) + EDGE && Math.max(a, c) >= Math.max(b, d) - EDGE;
  return isAround(left, right) && isAround(top, bottom);
};

// Return whether a picture is fine enough for what is seen, and nothing that packing changed is seen enlarged.
export const isEnough = (picture, canvas, view, coarsest) => {
  if (!picture) return false;
  const seen = seenOn(canvas, view);
  const limit = (edge, one, other) => within(edge, Math.min(one, other), Math.max(one, other));
  const [left, right, bottom, top] = picture.clip;
  const inside = [...seen.slice(0, 2).map((x) => limit(x, left, right)), ...seen.slice(2).map((y) => limit(y, top, bottom))];
  if (inside[0] === inside[1] || inside[2] === inside[3]) return true;
  const isFine = picture.fine >= Math.min(view.scale, picture.finest) * coarsest;
  return isFine && (picture.exact || view.scale <= 2 * picture.fine) && covers(picture.extent, inside);
};

// Return the squares [x, y, side] of a checkerboard, every second one of those that fill a canvas.
export const everySecondSquare = ({ width, height }, side) => {
  const squares = [];
  for (let row = 0; row * side < height; row += 1)
    for (let column = row % 2; column * side < width; column += 2) squares.push([column * side, row * side, side]);
  return squares;
};
