// What scripts make of numbers that people type and read.

import assert from "node:assert/strict";
import test from "node:test";

import { amount, duration, filesOf, filled, groupsOf } from "../../widgets/open/large_upload.js";
import { withPoint } from "../../widgets/session/decimal_comma.js";

test("a decimal comma is a point, and the last of two kinds is the decimal one", () => {
  const written = { "6,1": "6.1", "6.1": "6.1", 61: "61", "1.234,5": "1234.5", "1,234.5": "1234.5", "1.234.567": "1234567" };
  for (const [text, number] of Object.entries(written)) assert.equal(withPoint(text), number, text);
});

test("sizes and times of an upload are told as people say them", () => {
  assert.deepEqual([amount(22.4e9), amount(3.21e6), amount(10)], ["22.40 GB", "3.2 MB", "0.1 MB"]);
  assert.deepEqual([duration(0.2), duration(89), duration(91), duration(3600)], ["1 s", "89 s", "2 min", "60 min"]);
  assert.equal(filled("{sent} of {size}", { sent: "1 MB", size: "2 MB" }), "1 MB of 2 MB");
});

test("files that belong together are found among what was dropped, whatever the case of their endings", () => {
  const [rpl, raw, other] = [{ name: "a.RPL" }, { name: "a.raw" }, { name: "notes.txt" }];
  assert.deepEqual(filesOf([[".rpl"], [".raw", ".bin"]], [other, raw, rpl]), [rpl, raw]);
  assert.ok(filesOf([[".rpl"], [".raw"]], [rpl]).includes(undefined));
  const found = [raw, other, rpl].map((file) => ({ path: file.name, file }));
  const kinds = [[[".rpl"], [".raw", ".bin"]]];
  assert.deepEqual(groupsOf({ kinds }, found), [[rpl, raw]]);
  assert.deepEqual(groupsOf({ kinds }, found.slice(0, 2)), []);
  assert.deepEqual(groupsOf({ kinds, several: true }, found), [[raw], [rpl]]); // each by itself
});
