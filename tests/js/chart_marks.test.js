// Marks over a chart.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bandSelection, drawnMarks, showsBand } from "../../widgets/charts/chart_marks.js";

test("a pixel is ringed by so many pixels of the screen, at every zoom, and numbered", () => {
  const { shapes, annotations } = drawnMarks([{ number: 1, colour: "#d95f02", box: [3, 4, 3, 4] }]);
  assert.equal(shapes.length, 2); // white, and the colour upon it
  for (const { xanchor, yanchor, xsizemode, x0, x1 } of shapes) {
    assert.deepEqual([xanchor, yanchor, xsizemode, x0, x1], [3, 4, "pixel", -6, 6]);
  }
  assert.equal(annotations[0].text, "<b>1</b>");
});

test("a rectangle is framed by its edges", () => {
  const { shapes } = drawnMarks([{ number: 2, colour: "#1b9e77", box: [9.5, 19.5, 30.5, 40.5] }]);
  for (const { x0, y0, x1, y1 } of shapes) assert.deepEqual([x0, y0, x1, y1], [9.5, 19.5, 30.5, 40.5]);
});

test("the chosen band spans the whole height, on a logarithmic axis too", () => {
  const { x0, x1, y0, y1 } = bandSelection([6.1, 6.7], "#d95f02", { type: "log", range: [-1, 3] });
  assert.deepEqual([x0, x1, y0, y1], [6.1, 6.7, 1000, 0.1]);
});

test("a band that was dragged is the chosen one, but for its rounding", () => {
  const axis = { type: "log", range: [-1, 3] };
  const height = { y0: 1000, y1: 0.1 };
  const dragged = [{ x0: 6.7004, x1: 6.1, ...height }];
  assert.equal(showsBand(dragged, [6.1, 6.7], 0.005, axis), true);
  assert.equal(showsBand(dragged, [6.1, 6.72], 0.005, axis), false);
  assert.equal(showsBand([], [6.1, 6.7], 0.005, axis), false);
  assert.equal(showsBand([...dragged, ...dragged], [6.1, 6.7], 0.005, axis), false);
  assert.equal(showsBand(undefined, null, 0.005, axis), true);
});

test("a band that was moved up or down is not over the whole height", () => {
  const moved = [{ x0: 6.1, x1: 6.7, y0: 500, y1: 0.05 }];
  assert.equal(showsBand(moved, [6.1, 6.7], 0.005, { type: "log", range: [-1, 3] }), false);
  assert.equal(showsBand(moved, [6.1, 6.7], 0.005, { type: "linear", range: [0, 500] }), true);
});

test("a patch is outlined by its path, and numbered at its top", () => {
  const path = "M0,0L4,0L4,4Z";
  const { shapes, annotations } = drawnMarks([{ number: 2, colour: "#e69f00", path, at: [2, 0] }]);
  assert.deepEqual(shapes.map((shape) => [shape.type, shape.path]), [["path", path], ["path", path]]);
  assert.equal(shapes[1].line.color, "#e69f00");
  assert.deepEqual([annotations[0].text, annotations[0].x, annotations[0].y], ["<b>2</b>", 2, 0]);
});
