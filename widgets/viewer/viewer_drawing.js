// Drawing of pictures, marks and the cross on a pane's canvases, in real screen pixels, of which there may be several
// to a CSS pixel. `viewer_geometry.js` says what a view and an extent are.

import { across, down, everySecondSquare, pixelsBetween, seenOn } from "./viewer_geometry.js";

const SHARP = 6; // screen pixels to a picture's pixel, from which its edges are where they should be anyhow
const squares = new OffscreenCanvas(1, 1);

// Enlarge pixels to squares of so many pixels.
const enlarged = (bitmap, [column, row, columns, rows], times) => {
  Object.assign(squares, { width: columns * times, height: rows * times });
  const context = squares.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(bitmap, column, row, columns, rows, 0, 0, squares.width, squares.height);
  return squares;
};

export const drawPicture = (context, view, { bitmap, extent, clip, crisp }, isSmooth) => {
  const { canvas } = context;
  const [left, right, bottom, top] = extent;
  const [stepX, stepY] = [(right - left) / bitmap.width, (bottom - top) / bitmap.height];
  const [seenLeft, seenRight, seenBottom, seenTop] = seenOn(canvas, view);
  const [column, columns] = pixelsBetween(left, stepX, bitmap.width, seenLeft, seenRight);
  const [row, rows] = pixelsBetween(top, stepY, bitmap.height, seenTop, seenBottom);
  if (columns <= 0 || rows <= 0) return;
  context.save();
  context.beginPath();
  const [x, y] = [across(canvas, view, clip[0]), down(canvas, view, clip[3])];
  context.rect(x, y, (clip[1] - clip[0]) * view.scale, (clip[2] - clip[3]) * view.scale);
  context.clip();
  // The picture's own pixels as coordinates, so that only what is seen of it has to be enlarged.
  const [a, d] = [stepX * view.scale, stepY * view.scale];
  context.setTransform(a, 0, 0, d, across(canvas, view, left), down(canvas, view, top));
  const [size, place] = [Math.max(Math.abs(a), Math.abs(d)), [column, row, columns, rows]];
  const isSquare = crisp && !isSmooth && size > 1;
  context.imageSmoothingEnabled = !isSquare || size < SHARP;
  context.imageSmoothingQuality = "high";
  // Squares of a few screen pixels would be moved to whole ones, by half a pixel of the map. So they are drawn
  // larger first, and shrunk to their size smoothly.
  if (isSquare && size < SHARP) context.drawImage(enlarged(bitmap, place, Math.ceil(size)), ...place);
  else context.drawImage(bitmap, ...place, ...place);
  context.restore();
};

const COMBINATIONS = {
  swipe: (context, { edge }) => context.rect(0, 0, edge * context.canvas.width, context.canvas.height),
  checker: (context, { square }) => {
    for (const [x, y, side] of everySecondSquare(context.canvas, square)) context.rect(x, y, side, side);
  },
};

// Put what is drawn of one picture over what is drawn of another.
export const combine = (context, base, over, way, settings) => {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  const isOver = Boolean(over) && (way !== "blink" || settings.isFlipped);
  if (!isOver || way !== "blink") context.drawImage(base, 0, 0);
  if (!isOver) return;
  context.save();
  if (way in COMBINATIONS) {
    context.beginPath();
    COMBINATIONS[way](context, settings);
    context.clip();
  }
  if (way === "opacity") context.globalAlpha = settings.opacity;
  context.drawImage(over, 0, 0);
  context.restore();
};

// White around dark or coloured lines: what is below may have any colour.
const outlined = (context, colour, width, trace) => {
  for (const [look, thickness] of [["white", width * 2.5], [colour, width]]) {
    context.strokeStyle = look;
    context.lineWidth = thickness;
    context.beginPath();
    trace();
    context.stroke();
  }
};

const drawMark = (context, view, ratio, { number, colour, box: [x0, y0, x1, y1] }) => {
  const { canvas } = context;
  const [left, right] = [across(canvas, view, x0), across(canvas, view, x1)];
  const [top, bottom] = [down(canvas, view, y0), down(canvas, view, y1)];
  const isPixel = x0 === x1 && y0 === y1;
  outlined(context, colour, 2 * ratio, () => {
    if (isPixel) context.arc(left, top, 6 * ratio, 0, 2 * Math.PI);
    else context.rect(left, top, right - left, bottom - top);
  });
  const [x, y] = isPixel ? [left + 8 * ratio, top - 6 * ratio] : [left + 5 * ratio, top + 17 * ratio];
  context.font = `bold ${16 * ratio}px sans-serif`;
  context.strokeStyle = "white";
  context.lineWidth = 3 * ratio;
  context.strokeText(number, x, y);
  context.fillStyle = colour;
  context.fillText(number, x, y);
};

// What lies over the pictures: marks, the cross at the place that is pointed at, a rectangle that is being drawn.
export const drawOver = (context, view, ratio, marks, cross, box) => {
  const { canvas } = context;
  context.clearRect(0, 0, canvas.width, canvas.height);
  marks.forEach((mark) => drawMark(context, view, ratio, mark));
  if (cross) {
    const [x, y] = [across(canvas, view, cross[0]), down(canvas, view, cross[1])];
    outlined(context, "#222", ratio, () => {
      context.moveTo(x, 0);
      context.lineTo(x, canvas.height);
      context.moveTo(0, y);
      context.lineTo(canvas.width, y);
    });
  }
  if (box) {
    const [[x0, y0], [x1, y1]] = box.map(([x, y]) => [across(canvas, view, x), down(canvas, view, y)]);
    outlined(context, "#222", ratio, () => context.rect(x0, y0, x1 - x0, y1 - y0));
  }
};

