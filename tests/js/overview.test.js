// The marks of the periodic table.

import assert from "node:assert/strict";
import { test } from "node:test";

import { MARKS } from "../../widgets/elements/overview.js";

test("each status has a mark of its own", () => {
  assert.equal(new Set(Object.values(MARKS)).size, 3);
});
