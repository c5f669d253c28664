// Marks over a chart: the chosen band, and pixels, rectangles and patches in colours of their own, with white around,
// since a map may have any colour.

const OUTLINE = "white";
const RADIUS = 6; // CSS pixels of a pixel's ring

const framed = (place, colour) => [
  { ...place, line: { color: OUTLINE, width: 5 } },
  { ...place, line: { color: colour, width: 2 } },
];
const bandMark = ({ colour, band }) => ({
  type: "rect",
  xref: "x",
  yref: "paper",
  x0: band[0],
  x1: band[1],
  y0: 0,
  y1: 1,
  fillcolor: colour,
  opacity: 0.25,
  line: { color: colour, width: 2 },
});
const ring = (x, y) => ({
  type: "circle",
  xref: "x",
  yref: "y",
  xsizemode: "pixel",
  ysizemode: "pixel",
  xanchor: x,
  yanchor: y,
  x0: -RADIUS,
  x1: RADIUS,
  y0: -RADIUS,
  y1: RADIUS,
});
const number = (text, colour, x, y, shifts) => ({
  x,
  y,
  xref: "x",
  yref: "y",
  text: `<b>${text}</b>`,
  showarrow: false,
  xanchor: "left",
  yanchor: "bottom",
  ...shifts,
  captureevents: false,
  font: { size: 16, color: colour, shadow: ["-1px 0", "1px 0", "0 -1px", "0 1px"].map((at) => `${at} 1px ${OUTLINE}`).join() },
});

/** Return marks as Plotly's shapes and annotations. */
export const drawnMarks = (marks) => {
  const shapes = [];
  const annotations = [];
  for (const mark of marks) {
    if (mark.band) {
      shapes.push(bandMark(mark));
      continue;
    }
    if (mark.path) {
      const [x, y] = mark.at;
      shapes.push(...framed({ type: "path", xref: "x", yref: "y", path: mark.path }, mark.colour));
      annotations.push(number(mark.number, mark.colour, x, y, { xanchor: "center", yshift: -2 }));
      continue;
    }
    const [x0, y0, x1, y1] = mark.box ?? mark.line;
    if (mark.line) {
      shapes.push(...framed({ type: "line", xref: "x", yref: "y", x0, y0, x1, y1 }, mark.colour));
      continue;
    }
    if (x0 === x1 && y0 === y1) {
      shapes.push(...framed(ring(x0, y0), mark.colour));
      annotations.push(number(mark.number, mark.colour, x0, y0, { xshift: 7, yshift: 1 }));
    } else {
      shapes.push(...framed({ type: "rect", xref: "x", yref: "y", x0, y0, x1, y1 }, mark.colour));
      annotations.push(number(mark.number, mark.colour, x0, y0, { xshift: 2, yshift: -22 }));
    }
  }
  return { shapes, annotations };
};

/** Return the chosen band as Plotly's selection, over the whole height, in data coordinates as a dragged one is. */
export const bandSelection = (band, colour, { type, range }) => {
  const [y1, y0] = type === "log" ? range.map((power) => 10 ** power) : range;
  const line = { color: colour, width: 2, dash: "solid" };
  return { type: "rect", xref: "x", yref: "y", x0: band[0], x1: band[1], y0, y1, line };
};

/** Whether the selections that a chart shows are this band over the whole height, and nothing else. */
export const showsBand = (selections, band, tolerance, { type, range }) => {
  if (!band) return !selections?.length;
  if (selections?.length !== 1) return false;
  const [{ x0, x1, y0, y1 }] = selections;
  const heights = type === "log" ? [y0, y1].map(Math.log10) : [y0, y1];
  const isNear = (edges, others, reach) => sorted(edges).every((edge, end) => Math.abs(edge - sorted(others)[end]) <= reach);
  return isNear([x0, x1], band, tolerance) && isNear(heights, range, 0.01 * Math.abs(range[1] - range[0]));
};

const sorted = (edges) => [...edges].sort((one, other) => one - other);
