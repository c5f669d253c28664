// The viewer's geometry: what is clicked is what is seen, at every zoom, and no zoom leads out of the map.

import assert from "node:assert/strict";
import test from "node:test";

import {
  across,
  arrangement,
  covers,
  down,
  everySecondSquare,
  isEnough,
  limitedView,
  movedView,
  neighbour,
  pinch,
  pixelAt,
  pixelsBetween,
  placeAt,
  seenOn,
  viewWithPlace,
  wholeView,
  zoomedView,
} from "../../widgets/viewer/viewer_geometry.js";

const SHAPE = [300, 280]; // rows, columns
const SIZE = [560, 600]; // width and height of a pane
const CANVAS = { width: SIZE[0], height: SIZE[1] };
const FIT = 2;
const near = (one, other) => {
  const [a, b] = [[one].flat(), [other].flat()];
  assert.equal(a.length, b.length);
  a.forEach((value, index) => assert.ok(Math.abs(value - b[index]) < 1e-9, `${one} is not ${other}`));
};

test("the whole map fills the pane from edge to edge of its pixels", () => {
  near(seenOn(CANVAS, wholeView(SHAPE, FIT)), [-0.5, 279.5, 299.5, -0.5]);
  near(placeAt([0, 0], wholeView(SHAPE, FIT), SIZE), [-0.5, -0.5]);
});

test("a click is at the place that is drawn there", () => {
  for (const view of [wholeView(SHAPE, FIT), { x: 12.25, y: 280.5, scale: 17.3 }])
    for (const [x, y] of [[0, 0], [279.4, 3.5], [12.25, 299]])
      near(placeAt([across(CANVAS, view, x), down(CANVAS, view, y)], view, SIZE), [x, y]);
});

test("a place belongs to the pixel whose centre is nearest", () => {
  assert.deepEqual(pixelAt([-0.5, 299.4999], SHAPE), [0, 299]);
  assert.deepEqual(pixelAt([2.5, 2.4999], SHAPE), [3, 2]);
  for (const place of [[-0.51, 0], [279.5, 0], [0, 299.5], [0, -1]]) assert.equal(pixelAt(place, SHAPE), null);
});

test("zooming keeps the place under the pointer where it is", () => {
  const before = { x: 100, y: 90, scale: 3 };
  const place = placeAt([77, 401], before, SIZE);
  for (const factor of [1.4, 1 / 1.4, 1000, 0.001]) {
    const after = zoomedView(before, factor, place, FIT);
    near(placeAt([77, 401], after, SIZE), place);
    assert.ok(after.scale >= FIT && after.scale <= 64);
  }
});

test("zooming in and out again leads back", () => {
  const before = { x: 100, y: 90, scale: 3 };
  const after = zoomedView(zoomedView(before, 1.4, [3, 4], FIT), 1 / 1.4, [3, 4], FIT);
  near(Object.values(after), [3, 100, 90]);
});

test("moving follows the pointer by as many screen pixels", () => {
  const view = { x: 100, y: 90, scale: 4 };
  near(placeAt([110, 80], movedView(view, 10, -20), SIZE), placeAt([100, 100], view, SIZE));
});

test("nothing can be zoomed or moved out of sight", () => {
  assert.equal(limitedView(null, SHAPE, FIT), null);
  assert.equal(limitedView({ x: 3, y: 3, scale: FIT }, SHAPE, FIT), null);
  assert.equal(limitedView({ x: 3, y: 3, scale: 0.1 }, SHAPE, FIT), null);
  assert.deepEqual(limitedView({ x: -40, y: 900, scale: 4000 }, SHAPE, FIT), { scale: 64, x: -0.5, y: 299.5 });
  assert.equal(limitedView({ x: 1, y: 1, scale: 4000 }, [3, 3], 100).scale, 800); // small maps may be larger still
});

test("the cross takes the view with it no further than is needed", () => {
  const view = { x: 100, y: 90, scale: 20 };
  assert.deepEqual(viewWithPlace(view, [101, 91], SIZE), view);
  const moved = viewWithPlace(view, [150, 90], SIZE);
  const [left, right] = seenOn(CANVAS, moved);
  assert.ok(left < 150 && right >= 151 && right < 152);
  assert.equal(moved.y, 90);
});

test("the cross stops at the edges of the map", () => {
  assert.deepEqual(neighbour([5, 5], [-10, 0], SHAPE), [0, 5]);
  assert.deepEqual(neighbour([275, 295], [10, 10], SHAPE), [279, 299]);
});

test("two fingers zoom by their distance and move by half of what one moves", () => {
  const spread = pinch([100, 100], [50, 100], [200, 100]);
  assert.deepEqual(spread, { middle: [125, 100], move: [-25, 0], factor: 1.5 });
  assert.ok(Number.isFinite(pinch([7, 7], [7, 8], [7, 7]).factor)); // both at one place
});

test("panes are arranged so that most is seen, and never overlap", () => {
  for (const width of [320, 390, 700, 1100, 1800])
    for (const count of [1, 2, 3, 4])
      for (const shape of [SHAPE, [40, 2000], [2000, 40]]) {
        const { fit, beside, wide, high } = arrangement(shape, count, width, 900);
        assert.ok(beside >= 1 && beside <= count);
        assert.ok(beside * wide + (beside - 1) * 12 <= width);
        assert.ok(high >= 120);
        assert.ok(fit * shape[1] <= wide + 1e-9 && fit * shape[0] <= high + 1e-9);
      }
  assert.equal(arrangement([300, 280], 2, 1300, 900).beside, 2);
  assert.equal(arrangement([300, 280], 2, 340, 800).beside, 1);
});

test("only the pixels that are seen are drawn, in whichever direction they go", () => {
  assert.deepEqual(pixelsBetween(-0.5, 1, 300, 9.5, 19.5), [9, 12]);
  assert.deepEqual(pixelsBetween(299.5, -1, 300, 9.5, 19.5), [279, 12]); // mirrored
  assert.deepEqual(pixelsBetween(-0.5, 1, 300, -100, 1000), [0, 300]);
  assert.ok(pixelsBetween(-0.5, 1, 300, 400, 500)[1] <= 0);
});

test("an extent covers another whichever way round either is", () => {
  assert.ok(covers([-0.5, 9.5, 9.5, -0.5], [0, 9, 9, 0]));
  assert.ok(covers([9.5, -0.5, 9.5, -0.5], [0, 9, 0, 9]));
  assert.ok(!covers([-0.5, 9.5, 9.5, -0.5], [0, 10, 9, 0]));
});

const picture = (more) => ({
  clip: [-0.5, 279.5, 299.5, -0.5],
  extent: [-0.5, 279.5, 299.5, -0.5],
  fine: 2,
  finest: 8,
  exact: true,
  ...more,
});

test("a finer picture is asked for only where one would show more", () => {
  const far = wholeView(SHAPE, FIT);
  const close = { x: 100, y: 90, scale: 8 };
  assert.ok(isEnough(picture(), CANVAS, far, 0.75));
  assert.ok(!isEnough(picture(), CANVAS, close, 0.75));
  assert.ok(isEnough(picture({ finest: 2 }), CANVAS, close, 0.75)); // there is none
  assert.ok(!isEnough(picture({ fine: 3.9, finest: 3.9, exact: false }), CANVAS, close, 0.75)); // packing would show
  assert.ok(!isEnough(picture({ fine: 8, extent: [90, 110, 100, 80] }), CANVAS, close, 0.75)); // a part of what is seen
  assert.ok(isEnough(picture({ clip: [0, 20, 20, 0] }), CANVAS, { x: 200, y: 200, scale: 8 }, 0.75)); // out of sight
  assert.ok(!isEnough(undefined, CANVAS, far, 0.75));
});

test("the squares of a checkerboard touch at their corners and cover half of it", () => {
  const squares = everySecondSquare({ width: 80, height: 80 }, 20);
  assert.equal(squares.length, 8);
  const taken = new Set(squares.map(([x, y]) => `${x},${y}`));
  squares.forEach(([x, y, side]) => assert.ok(!taken.has(`${x + side},${y}`) && !taken.has(`${x},${y + side}`)));
});
