// The colour bar in a picture that is kept.

import assert from "node:assert/strict";
import { test } from "node:test";

import { withColourBar } from "../../widgets/charts/chart_overlay.js";

const layout = {
  width: 454,
  height: 600,
  margin: { l: 44, r: 10, t: 74, b: 26 },
  images: [{ source: "the map" }],
  annotations: [{ text: "<b>1</b>" }],
};
const map = { units: "counts per channel", limits: [0, 12345.6], colours: ["#000000", "#808080", "#ffffff"] };

test("the map and its marks stay, and the colour bar comes above the plot", () => {
  const { images, annotations } = withColourBar(layout, map);
  assert.deepEqual([images[0], annotations[0]], [layout.images[0], layout.annotations[0]]);
  const [, { sizex, sizey, y }] = images;
  assert.equal(sizex * 400, 260); // CSS pixels
  assert.ok(Math.abs(sizey * 500 - 10) < 1e-9);
  assert.ok(y > 1);
  assert.equal(layout.images.length, 1); // what is on the screen is another layout
});

test("units and limits are written in short numbers, from the left end to the right", () => {
  const [, ...texts] = withColourBar(layout, map).annotations;
  assert.deepEqual(texts.map(({ text }) => text), ["counts per channel", "0", "6170", "12300"]);
  assert.deepEqual(texts.map(({ xshift }) => xshift), [0, -130, 0, 130]);
});

test("the colours are in their order", () => {
  const svg = decodeURIComponent(withColourBar(layout, map).images[1].source);
  assert.deepEqual([...svg.matchAll(/stop-color="(.*?)"/g)].map(([, colour]) => colour), map.colours);
  assert.deepEqual([...svg.matchAll(/offset="(.*?)"/g)].map(([, place]) => Number(place)), [0, 0.5, 1]);
});

test("layers, whose colour bars stand in their list, are kept as they are", () => {
  assert.equal(withColourBar(layout, { layers: [], parts: [] }), layout);
  assert.equal(withColourBar(layout, null), layout); // a spectrum
});
