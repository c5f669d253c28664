// The histogram of a layer and its limits.

import assert from "node:assert/strict";
import { test } from "node:test";

import { domainOf, movedLimit, outline, valueByKey } from "../../widgets/look/layer_contrast.js";
import { changed, reordered } from "../../widgets/look/layer_list.js";

const values = { numbers: Uint16Array.from({ length: 10_000 }, (_, place) => place), range: [0, 65534] };

test("the histogram holds nearly all values and both limits", () => {
  const [first, last] = domainOf(values, { low: 0, high: 20_000 });
  assert.ok(first < 0 && last > 20_000);
  const [, narrow] = domainOf(values, { low: 0, high: 5 });
  assert.ok(narrow > 9_900 && narrow < 10_500);
});

test("limits keep their order and stay on the histogram", () => {
  const limits = { low: 10, high: 20 };
  assert.deepEqual(movedLimit(limits, "low", 12, [0, 100]), { low: 12 });
  assert.ok(movedLimit(limits, "low", 50, [0, 100]).low < 20);
  assert.ok(movedLimit(limits, "high", 5, [0, 100]).high > 10);
  assert.deepEqual(movedLimit(limits, "high", 500, [0, 100]), { high: 100 });
});

test("the outline goes up where many pixels have a value", () => {
  assert.equal(outline([0, 4, 1]), "0,100 0.00,100.0 33.33,100.0 33.33,0.0 66.67,0.0 66.67,50.0 100.00,50.0 100,100");
});

test("a layer moves up and down in the order, and no further", () => {
  const looks = [{ key: "a" }, { key: "b" }, { key: "c" }];
  assert.deepEqual(reordered(looks, "a", 1).map(({ key }) => key), ["b", "a", "c"]);
  assert.equal(reordered(looks, "c", 1), looks);
  assert.equal(reordered(looks, "x", 1), looks);
});

test("one look is changed, and the others stay", () => {
  const looks = [{ key: "a", opacity: 1 }, { key: "b", opacity: 1 }];
  assert.deepEqual(changed(looks, "b", { opacity: 0.5 }), [looks[0], { key: "b", opacity: 0.5 }]);
});

test("keys move a limit, in small steps, in large ones and to the ends", () => {
  const press = (key, shiftKey = false) => valueByKey({ key, shiftKey }, 50, [0, 100]);
  assert.equal(press("ArrowRight"), 51);
  assert.equal(press("ArrowDown", true), 40);
  assert.equal(press("PageUp"), 60);
  assert.equal(press("Home"), 0);
  assert.equal(press("End"), 100);
  assert.equal(press("a"), null);
});
