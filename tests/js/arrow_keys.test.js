// The arrow keys in the periodic table and on a wall of small maps.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nextCell, nextTile } from "../../widgets/session/arrow_keys.js";

const [MG, AL, CA, BA] = [0, 1, 2, 3];
const CELLS = [
  { row: 1, column: 2 },
  { row: 1, column: 13 },
  { row: 2, column: 2 },
  { row: 4, column: 2 },
];
// Two rows of three and one, as the page lays them out
const TILES = [[0, 0], [0, 80], [0, 160], [90, 0]].map(([row, column]) => ({ row, column }));

test("an arrow key leads to the next element that way, beyond gaps", () => {
  const keys = { ArrowRight: AL, ArrowDown: CA, ArrowUp: null, ArrowLeft: null, a: null };
  for (const [key, next] of Object.entries(keys)) assert.equal(nextCell(CELLS, MG, key), next, key);
  assert.equal(nextCell(CELLS, CA, "ArrowDown"), BA);
  assert.equal(nextCell(CELLS, AL, "ArrowLeft"), MG);
});

test("outside of the table and of the wall the keys do nothing", () => {
  assert.equal(nextCell(CELLS, -1, "ArrowDown"), null);
  assert.equal(nextTile(TILES, -1, "Home"), null);
});

test("left and right lead through all small maps, up and down to the one in the next row", () => {
  assert.deepEqual([0, 1, 2, 3].map((from) => nextTile(TILES, from, "ArrowRight")), [1, 2, 3, null]);
  assert.deepEqual([3, 2, 1, 0].map((from) => nextTile(TILES, from, "ArrowLeft")), [2, 1, 0, null]);
  assert.deepEqual(["ArrowDown", "ArrowUp", "Home", "End", "a"].map((key) => nextTile(TILES, 0, key)), [3, null, 0, 3, null]);
  assert.equal(nextTile(TILES, 3, "ArrowUp"), 0);
});
