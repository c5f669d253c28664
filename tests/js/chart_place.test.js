// What lies where in a chart, from Plotly's public layout.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  blockAt,
  isCoarse,
  lassoCorners,
  pixelSteps,
  placeAt,
  plotArea,
  rangesIn,
  roundLength,
  screenPlace,
  selectedRange,
  short,
  valueAt,
  zoomOf,
} from "../../widgets/charts/chart_place.js";

const margin = { l: 60, r: 10, t: 30, b: 40 };
const spectrum = {
  width: 870,
  height: 270,
  margin,
  xaxis: { range: [0, 40] },
  yaxis: { type: "log", range: [-1, 3] },
};
const map = {
  width: 870,
  height: 370,
  margin,
  xaxis: { range: [-0.5, 99.5] },
  yaxis: { range: [49.5, -0.5], scaleanchor: "x" },
};

test("a spectrum fills what its margins leave", () => {
  assert.deepEqual(plotArea(spectrum), { left: 60, top: 30, width: 800, height: 200 });
});

test("a map keeps its shape, in the middle of the top", () => {
  assert.deepEqual(plotArea(map), { left: 160, top: 30, width: 600, height: 300 });
});

test("the middle of the top left pixel is at 0, 0", () => {
  const [x, y] = placeAt(map, 160 + 3, 30 + 3); // half of a pixel that takes 6 × 6 pixels of the screen
  assert.ok(Math.abs(x) < 1e-9 && Math.abs(y) < 1e-9);
});

test("on a logarithmic axis a place is told in counts", () => {
  const [x, y] = placeAt(spectrum, 60 + 400, 30);
  assert.ok(Math.abs(x - 20) < 1e-9 && Math.abs(y - 1000) < 1e-6);
});

test("a step of the screen is told in the axes' units", () => {
  const [across, down] = pixelSteps(map);
  assert.ok(Math.abs(across - 1 / 6) < 1e-12 && Math.abs(down - 1 / 6) < 1e-12);
});

test("a drag beyond the plot ends at the axis's end", () => {
  assert.deepEqual([-0.2, 0.5, 1.7].map((part) => valueAt([2, 6], part)), [2, 4, 6]);
});

test("what Plotly names of a range is taken, and the rest as it was", () => {
  const change = { "xaxis.range[0]": 5, "xaxis.range[1]": 7 };
  assert.deepEqual(rangesIn(change, spectrum), { x: [5, 7], y: [-1, 3] });
  assert.deepEqual(rangesIn({ "xaxis.range": [1, 2] }, spectrum).x, [1, 2]);
  assert.deepEqual(rangesIn(undefined, spectrum).x, [0, 40]);
});

test("a zoom that shows everything is none", () => {
  const full = { x: [0, 40], y: [-1, 3] };
  assert.deepEqual(zoomOf({ x: [0, 40], y: [0, 1] }, full), { x: null, y: [0, 1] });
});

test("a drag's range is sorted, however it went", () => {
  const dragged = { range: { x: [7, 5], y: [0, 1] }, selections: [{ x0: 900, x1: 800, y0: 1, y1: 2 }] };
  assert.deepEqual(selectedRange(dragged)[0], [5, 7]);
  assert.deepEqual(selectedRange({ selections: [{ x0: 4, x1: 3, y0: 2, y1: 1 }] }), [[3, 4], [1, 2]]);
});

test("nothing selected is no range", () => {
  for (const event of [undefined, {}, { selections: [] }, { range: { x: [3, 3], y: [1, 2] } }]) {
    assert.equal(selectedRange(event), null);
  }
});

test("a view is coarse beyond the fine part, or where the screen shows less than its pixels hold", () => {
  const whole = { extent: [-0.5, 99.5, 49.5, -0.5], shape: [50, 100], finest: 0 };
  assert.equal(isCoarse(map, whole), false);
  assert.equal(isCoarse(map, { ...whole, extent: [9.5, 99.5, 49.5, -0.5] }), true);
  assert.equal(isCoarse(map, { ...whole, finest: 0.5 }), true);
  assert.equal(isCoarse(map, { ...whole, finest: 0.1 }), false);
});

test("a pixel's value is found in its block, and none beside the map", () => {
  const part = { left: 10, top: 20, block: 5, rows: 2, columns: 3 };
  assert.equal(blockAt(part, 10, 20), 0);
  assert.equal(blockAt(part, 19, 29), 4);
  for (const [x, y] of [[9, 20], [10, 19], [25, 20], [10, 30]]) assert.equal(blockAt(part, x, y), -1);
});


test("numbers are short", () => {
  assert.deepEqual([short(0.26666, 3), short(12345.6, 3), short(2, 4)], ["0.267", "12300", "2"]);
});

test("a place on the axes is where it is drawn", () => {
  const layout = {
    width: 370, height: 270, margin,
    xaxis: { range: [-0.5, 99.5] }, yaxis: { range: [49.5, -0.5], scaleanchor: "x" },
  };
  for (const place of [[0, 0], [12.25, 30.5], [99, 49]]) {
    const back = placeAt(layout, ...screenPlace(layout, place));
    back.forEach((value, axis) => assert.ok(Math.abs(value - place[axis]) < 1e-9));
  }
});

test("a scale bar has a round length", () => {
  assert.deepEqual([100, 240, 26, 4.9].map((seen) => roundLength(seen)), [20, 20, 5, 0.5]);
});

test("a lasso is told by its corners; a rectangle, or nothing, is none", () => {
  assert.deepEqual(lassoCorners({ lassoPoints: { x: [1, 2, 3], y: [4, 5, 6] } }), [1, 4, 2, 5, 3, 6]);
  assert.equal(lassoCorners({ range: { x: [1, 2], y: [3, 4] } }), null);
  assert.equal(lassoCorners(undefined), null);
});
