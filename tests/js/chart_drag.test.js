// The band of a drag, while it goes on.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setImmediate } from "node:timers/promises";

import { BandDrag } from "../../widgets/charts/chart_drag.js";

const watched = (askCoarse = () => null) => {
  const acts = [];
  const drag = new BandDrag({
    valueAt: (clientX) => clientX / 100, // keV
    ask: (band) => acts.push(band),
    askCoarse,
    giveUp: () => acts.push("gave up"),
  });
  return { drag, acts };
};

test("a map is asked for where the mouse rests, and when its button goes up", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { drag, acts } = watched();
  drag.press(600);
  drag.move(620, true);
  drag.move(640, true);
  assert.deepEqual(acts, []);
  mock.timers.tick(40);
  assert.deepEqual(acts, [[6, 6.4]]);
  drag.move(650, true);
  drag.release();
  assert.deepEqual(acts, [[6, 6.4], [6, 6.5]]);
  drag.selected();
  mock.timers.tick(1000);
  assert.equal(acts.length, 2);
  mock.timers.reset();
});

test("what was shown is taken back if Plotly selects nothing", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { drag, acts } = watched();
  drag.press(600);
  drag.move(640, true);
  drag.release();
  mock.timers.tick(500);
  assert.deepEqual(acts, [[6, 6.4], "gave up"]);
  mock.timers.reset();
});

test("a drag that comes back to where it began takes back what was shown", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { drag, acts } = watched();
  drag.press(600);
  drag.move(640, true);
  mock.timers.tick(40);
  drag.move(603, true);
  drag.release();
  mock.timers.tick(500);
  assert.deepEqual(acts, [[6, 6.4], "gave up"]);
  mock.timers.reset();
});

test("a button that goes up elsewhere ends the drag", () => {
  const { drag, acts } = watched();
  drag.press(600);
  drag.move(640, false);
  assert.equal(drag.isGoingOn, false);
  assert.deepEqual(acts, []);
});

test("of an edge that is moved, Plotly tells the band", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { drag, acts } = watched();
  drag.press(600); // on the right edge of a band from 5 to 6 keV
  drag.move(610, true);
  drag.selecting([5, 6.1]);
  drag.move(630, true);
  drag.selecting([5, 6.3]);
  mock.timers.tick(40);
  assert.deepEqual(acts, [[5, 6.3]]);
  mock.timers.reset();
});

test("while the mouse moves, one coarse map after the other is asked for, the newest band first", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  const show = [];
  const { drag, acts } = watched((band) => {
    asked.push(band);
    return new Promise((resolve) => show.push(resolve));
  });
  const shown = async () => {
    show.shift()();
    await setImmediate();
  };
  drag.press(600);
  for (const x of [620, 630, 640]) drag.move(x, true);
  assert.deepEqual(asked, [[6, 6.2]]);
  await shown();
  assert.deepEqual(asked, [[6, 6.2], [6, 6.4]]);
  mock.timers.tick(40); // it rests: the exact map is asked for
  await shown();
  assert.deepEqual(acts, [[6, 6.4]]);
  assert.equal(asked.length, 2);
  drag.move(603, true); // back to where it began
  assert.deepEqual(acts.at(-1), "gave up");
  mock.timers.reset();
});

test("where there is no coarse map, none is asked for again in that drag", () => {
  const { drag, acts } = watched(() => acts.push("coarse") && null);
  drag.press(600);
  for (const x of [620, 630, 640]) drag.move(x, true);
  assert.deepEqual(acts, ["coarse"]);
});
