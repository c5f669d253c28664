// Blending of layers: brightness of values, colours, and what lies over what.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  blended, brightnessTable, histogram, MISSING, numberOf, palette, quantile, rgbOf, valueOf,
} from "../../widgets/charts/layer_blend.js";

const RANGE = [0, 65534]; // a value is its own number
const LOOK = { visible: true, opacity: 1, low: 0, high: 65534, scale: "linear", gamma: 1, colour: "#ff0000" };

const mapLayer = (values, look = {}, columns = values.length, times = 1) => {
  const whole = { ...LOOK, ...look };
  const numbers = Uint16Array.from(values);
  const brightness = brightnessTable(whole, RANGE, numbers);
  return { numbers, columns, times, look: whole, brightness, colours: palette(whole, { gray: grays }) };
};
const grays = Array.from({ length: 256 }, (_, level) => `#${level.toString(16).padStart(2, "0").repeat(3)}`);
const photo = (pixels, look = {}) => ({ pixels: Uint8Array.from(pixels), look: { ...LOOK, ...look } });

test("numbers stand for values between the lowest and the highest", () => {
  assert.equal(valueOf(0, [-2, 8]), -2);
  assert.equal(valueOf(65534, [-2, 8]), 8);
  assert.ok(Math.abs(valueOf(Math.round(numberOf(3.21, [-2, 8])), [-2, 8]) - 3.21) < 1e-4);
  assert.equal(numberOf(3, [3, 3]), 0);
});

test("brightness is 0 at the lower limit and 255 at the upper one, on every scale", () => {
  for (const scale of ["linear", "sqrt", "log", "equalised"]) {
    const numbers = Uint16Array.from([0, 100, 200, 300, 65534]);
    const table = brightnessTable({ ...LOOK, low: 100, high: 300, scale }, RANGE, numbers);
    assert.equal(table[300], 255, scale);
    assert.equal(table[65534], 255, scale);
    assert.ok(table[50] <= table[200] && table[200] <= table[300], scale);
    if (scale !== "equalised") assert.equal(table[100], 0, scale);
  }
  const roots = brightnessTable({ ...LOOK, high: 400, scale: "sqrt" }, RANGE, []);
  assert.equal(roots[100], 128);
  const lifted = brightnessTable({ ...LOOK, high: 400, gamma: 2 }, RANGE, []);
  assert.equal(lifted[100], 128);
});

test("on the equalised scale each brightness is as frequent", () => {
  const numbers = Uint16Array.from({ length: 1000 }, (_, place) => (place / 999) ** 3 * 65534);
  const table = brightnessTable({ ...LOOK, scale: "equalised" }, RANGE, numbers);
  const bright = [...numbers].filter((number) => table[number] >= 128).length;
  assert.ok(Math.abs(bright - 500) < 40, String(bright));
});

test("a histogram counts what has a value, a quantile is a value of the map", () => {
  const numbers = Uint16Array.from([0, 10, 20, 30, MISSING, 65534]);
  assert.deepEqual(histogram(numbers, RANGE, [0, 40], 4), [1, 1, 1, 2]);
  assert.equal(quantile(numbers, RANGE, 0.5), 20);
  assert.equal(quantile(numbers, RANGE, 1), 65534);
  assert.equal(quantile(Uint16Array.from([MISSING]), [0, 7], 0.5), 7);
});

// maxrf_core blends the same layers for figures that are kept (tests/maxrf_core/imaging/test_layers.py)
for (const { name, layers, blended: expected } of JSON.parse(readFileSync("tests/data/blended_layers.json"))) {
  test(`as in maxrf_core: ${name}`, () => {
    const drawn = layers.map(({ look, values, pixels }) => (pixels ? photo(pixels, look) : mapLayer(values, look)));
    assert.deepEqual([...blended(drawn, expected.length / 4, 1)], expected);
  });
}

test("where a map has no value, what is below it is seen", () => {
  for (const colour of ["gray", "#ff0000"]) {
    const layers = [photo([9, 8, 7, 255, 9, 8, 7, 255]), mapLayer([65534, MISSING], { colour })];
    assert.deepEqual([...blended(layers, 2, 1)].slice(4), [9, 8, 7, 255]);
  }
});

test("a pixel of a map is drawn as a square of several", () => {
  const layer = mapLayer([65534, 0], { colour: "gray" }, 2, 2);
  const red = [...blended([layer], 4, 2)].filter((_, place) => place % 4 === 0);
  assert.deepEqual(red, [255, 255, 0, 0, 255, 255, 0, 0]);
});

test("colours are read from their names", () => {
  assert.deepEqual(rgbOf("#0a14ff"), [10, 20, 255]);
  assert.deepEqual([...palette({ colour: "#ff8000" }, {})].slice(-3), [255, 128, 0]);
});
