// The arrow keys in the periodic table.

import assert from "node:assert/strict";
import { test } from "node:test";

import { MARKS, nextSymbol } from "../../widgets/elements/overview_keys.js";

const CELLS = [
  { symbol: "Mg", row: 1, column: 2 },
  { symbol: "Al", row: 1, column: 13 },
  { symbol: "Ca", row: 2, column: 2 },
  { symbol: "Ba", row: 4, column: 2 },
];

test("an arrow key leads to the next element that way, beyond gaps", () => {
  const keys = { ArrowRight: "Al", ArrowDown: "Ca", ArrowUp: null, ArrowLeft: null, a: null };
  for (const [key, symbol] of Object.entries(keys)) assert.equal(nextSymbol(CELLS, "Mg", key), symbol, key);
  assert.equal(nextSymbol(CELLS, "Ca", "ArrowDown"), "Ba");
  assert.equal(nextSymbol(CELLS, "Al", "ArrowLeft"), "Mg");
});

test("outside of the table the keys do nothing", () => {
  assert.equal(nextSymbol(CELLS, undefined, "ArrowDown"), null);
});

test("each status has a mark of its own", () => {
  assert.equal(new Set(Object.values(MARKS)).size, 3);
});
