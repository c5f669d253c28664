// The place of the pointer in one picture is found in the others.

import assert from "node:assert/strict";
import { test } from "node:test";

import { between, shownAt } from "../../widgets/register/clickable_picture/cursor.js";

const WHOLE = [[[0, 0], [1, 0]], [[0, 1], [1, 1]]];
const BENT = [0, 0.5, 1].map((y) => [0, 0.5, 1].map((x) => [x * x, y]));

test("places between nodes are interpolated, and nodes are exact", () => {
  assert.deepEqual(between(WHOLE, 0.25, 0.75), [0.25, 0.75]);
  assert.deepEqual(between(BENT, 0.5, 0.5), [0.25, 0.5]);
  assert.deepEqual(between(BENT, 1, 1), [1, 1]);
  assert.deepEqual(between(BENT, 0.75, 0), [0.625, 0]);
});

test("outside of the table, and beside what is not known, there is no place", () => {
  assert.equal(between(WHOLE, -0.01, 0.5), null);
  assert.equal(between(WHOLE, 0.5, Number.NaN), null);
  assert.equal(between([[[0, 0], null], [[0, 1], [1, 1]]], 0.2, 0.9), null);
});

test("a part shows a place only if it lies in the part", () => {
  const part = { from: [[[-1, -1], [3, -1]], [[-1, 3], [3, 3]]] };
  assert.deepEqual(shownAt(part, [0.5, 0.25]), [1, 0]);
  assert.equal(shownAt(part, [0.9, 0.5]), null);
  assert.equal(shownAt(part, null), null);
  assert.equal(shownAt(null, [0.5, 0.5]), null);
});
