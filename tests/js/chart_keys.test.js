// What the keys do in a chart.

import assert from "node:assert/strict";
import test from "node:test";

import { actOfKey, movedByKey, partByKey, zoomByKey, zoomedRange } from "../../widgets/charts/chart_keys.js";

test("arrow keys move a band by channels, and not beyond the axis", () => {
  const now = { band: [6, 6.5], step: 0.25, limits: [0, 10] };
  assert.deepEqual(movedByKey("ArrowRight", false, now), [6.25, 6.75]);
  assert.deepEqual(movedByKey("ArrowLeft", true, now), [3.5, 4]);
  assert.deepEqual(movedByKey("ArrowRight", true, { ...now, band: [9, 9.5] }), [9.5, 10]);
  assert.equal(movedByKey("ArrowRight", false, { ...now, band: [9.5, 10] }), null);
  assert.equal(movedByKey("ArrowUp", false, now), null);
});

test("arrow keys move a pixel, and not beyond the map", () => {
  const now = { pixel: [3, 4], shape: [6, 20] };
  assert.deepEqual(movedByKey("ArrowUp", false, now), [3, 3]);
  assert.deepEqual(movedByKey("ArrowRight", true, now), [13, 4]);
  assert.deepEqual(movedByKey("ArrowDown", true, now), [3, 5]);
  assert.equal(movedByKey("Enter", false, now), null);
  assert.equal(movedByKey("ArrowLeft", false, { ...now, pixel: [0, 4] }), null);
});

test("plus, minus and 0 zoom, and other keys do not", () => {
  const keys = { pixel: [3, 4], shape: [30, 20] };
  assert.ok(actOfKey({ key: "+" }, keys).times > 1);
  assert.ok(actOfKey({ key: "-" }, keys).times < 1);
  assert.equal(actOfKey({ key: "0" }, keys).times, 0);
  assert.equal(actOfKey({ key: "a" }, keys), null);
  assert.equal(actOfKey({ key: "+", ctrlKey: true }, keys), null); // the browser's own zoom
  assert.deepEqual(actOfKey({ key: "ArrowUp", shiftKey: false }, keys).to, [3, 3]);
});

test("what is zoomed around keeps its place, and nothing beyond the whole is shown", () => {
  assert.deepEqual(zoomedRange([0, 40], [0, 40], 10, 2), [5, 25]);
  assert.deepEqual(zoomedRange([40, 0], [40, 0], 10, 2), [25, 5]); // of a map the rows go down
  assert.deepEqual(zoomedRange([30, 40], [0, 40], 10, 2), [7.5, 12.5]); // it was not seen
  assert.deepEqual(zoomedRange([10, 20], [0, 16], 16, 1.25), [8, 16]);
  assert.equal(zoomedRange([5, 25], [0, 40], 10, 0.5), null);
  assert.equal(zoomedRange([5, 25], [0, 40], 10, 0), null);
});

test("a spectrum is zoomed around its band from side to side, a map around its pixel both ways", () => {
  const figure = { axes: ["keV", "counts"], layout: { xaxis: { range: [0, 40] }, yaxis: { range: [20, 0] } } };
  const zoom = { x: null, y: [3, 4] };
  const spectrum = zoomByKey(2, { band: [9, 11] }, { figure, zoom });
  assert.deepEqual(spectrum, { axes: figure.axes, x: [5, 25], y: [3, 4] });
  const map = zoomByKey(2, { pixel: [20, 10] }, { figure, zoom: { x: null, y: null } });
  assert.deepEqual(map, { axes: figure.axes, x: [10, 30], y: [15, 5] });
  assert.deepEqual(zoomByKey(0, { band: [9, 11] }, { figure, zoom }), { axes: figure.axes, x: null, y: null });
});

// A map of 40 × 20 pixels of which the part from 10, 5 to 20, 10 is seen
const figure = { axes: ["x", "y"], map: {}, layout: { xaxis: { range: [0, 40] }, yaxis: { range: [20, 0] } } };
const part = { figure, zoom: { x: [10, 20], y: [10, 5] } };

test("what is shown follows a pixel that leaves it", () => {
  assert.equal(partByKey({ to: [12, 7] }, { pixel: [12, 7] }, part), null);
  const after = partByKey({ to: [21, 7] }, { pixel: [21, 7] }, part);
  assert.deepEqual(after, { axes: figure.axes, x: [16, 26], y: [10, 5] });
});

test("where nothing is chosen the arrow keys move what is shown, not beyond the whole", () => {
  const press = (key, shiftKey = false) => partByKey(actOfKey({ key, shiftKey }, null), {}, part);
  assert.deepEqual(press("ArrowRight"), { axes: figure.axes, x: [11, 21], y: [10, 5] });
  assert.deepEqual(press("ArrowUp", true), { axes: figure.axes, x: [10, 20], y: [7.5, 2.5] });
  assert.deepEqual(partByKey({ pan: [-5, 0] }, {}, part).x, [0, 10]);
  assert.deepEqual(press("+").x.map(Math.round), [12, 18]);
  assert.deepEqual(partByKey({ pan: [0, 1] }, {}, { ...part, figure: { ...figure, map: undefined } }).y, [10, 5]);
});
