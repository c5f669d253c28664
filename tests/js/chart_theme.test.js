// The page's colours in a figure.

import assert from "node:assert/strict";
import { test } from "node:test";

import { themed } from "../../widgets/charts/chart_theme.js";

const theme = {
  text: "black",
  back: "white",
  faint: "grey",
  grid: "silver",
  line: "grey",
  font: "Source Sans",
  colorway: "rgb(1, 2, 3),#123456",
};

test("a figure has the page's colours where it has none of its own", () => {
  const layout = themed({ xaxis: { gridcolor: "red", title: { text: "Energy" } }, yaxis: {} }, theme);
  assert.equal(layout.font.color, "black");
  assert.equal(layout.xaxis.gridcolor, "red");
  assert.equal(layout.yaxis.gridcolor, "silver");
  assert.equal(layout.xaxis.title.text, "Energy");
  assert.deepEqual(layout.colorway, ["rgb(1, 2, 3)", "#123456"]);
});
