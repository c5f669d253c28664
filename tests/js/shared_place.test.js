// The place of the pointer in one picture of a map is found in its other pictures.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hearPlaces, pictureIn, pixelAtShares, sharesOf, tellPlace } from "../../widgets/session/shared_place.js";

test("a pixel is found again by its shares, also where pixels are small", () => {
  for (const shape of [[300, 280], [1, 1], [6000, 50]]) {
    for (const pixel of [[0, 0], [shape[1] - 1, shape[0] - 1], [shape[1] >> 1, shape[0] >> 1]]) {
      assert.deepEqual(pixelAtShares(sharesOf(pixel, shape), shape), pixel);
    }
  }
  assert.deepEqual(pixelAtShares([1, 1], [300, 280]), [279, 299]);
});

test("a picture lies in the middle of its box, as large as its proportions allow", () => {
  assert.deepEqual(pictureIn({ width: 100, height: 92 }, [50, 92]), { left: 25, top: 0, width: 50, height: 92 });
  assert.deepEqual(pictureIn({ width: 100, height: 90 }, [20, 10]), { left: 0, top: 20, width: 100, height: 50 });
});

test("the others hear a place, who tells it does not, and the signal ends it", () => {
  globalThis.window = new EventTarget();
  globalThis.CustomEvent ??= class extends Event { constructor(name, { detail }) { super(name); this.detail = detail; } };
  const heard = { one: [], other: [] };
  const end = new AbortController();
  for (const name of ["one", "other"]) hearPlaces(name, (place) => heard[name].push(place), end.signal);
  tellPlace("one", [0.5, 0.25]);
  tellPlace("one", null);
  end.abort();
  tellPlace("one", [0, 0]);
  assert.deepEqual(heard, { one: [], other: [[0.5, 0.25], null] });
});
