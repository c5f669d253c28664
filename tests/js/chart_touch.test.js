// One finger on a chart.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { scrollByTouch } from "../../widgets/charts/chart_touch.js";

class TouchLike extends Event {
  constructor(name, ...places) {
    super(name, { cancelable: true });
    const touches = places.map(([clientX, clientY]) => ({ clientX, clientY }));
    Object.assign(this, { touches: name === "touchend" ? [] : touches, changedTouches: touches });
  }
}

before(() => {
  globalThis.window = null;
  globalThis.MouseEvent ??= class extends Event {
    constructor(name, { clientX, clientY, buttons, ...others }) {
      super(name, others);
      Object.assign(this, { clientX, clientY, buttons });
    }
  };
});

// An element that Plotly listens to: what reaches it of fingers, and the mouse that it is told of.
const touched = (events, isPlot = () => true) => {
  const chart = new EventTarget();
  const reached = [];
  const mouse = [];
  scrollByTouch(chart, isPlot);
  for (const name of ["mousedown", "mousemove", "mouseup", "mouseout"]) {
    chart.addEventListener(name, ({ clientX, clientY, buttons }) => mouse.push([name, clientX, clientY, buttons]));
  }
  const prevented = events.map((event) => {
    const stop = event.stopPropagation.bind(event);
    let isStopped = false;
    event.stopPropagation = () => {
      isStopped = true;
      stop();
    };
    chart.dispatchEvent(event);
    if (!isStopped) reached.push(event.type);
    return event.defaultPrevented;
  });
  return { mouse, reached, prevented };
};

test("a finger that goes up or down scrolls the page", () => {
  const { mouse, prevented } = touched([
    new TouchLike("touchstart", [50, 100]),
    new TouchLike("touchmove", [52, 90]),
    new TouchLike("touchmove", [90, 60]),
    new TouchLike("touchend", [90, 60]),
  ]);
  assert.deepEqual(mouse, []);
  assert.deepEqual(prevented, [false, false, false, false]);
});

test("a finger that goes sideways drags as a mouse does, from where it began", () => {
  const { mouse, reached, prevented } = touched([
    new TouchLike("touchstart", [50, 100]),
    new TouchLike("touchmove", [55, 101]), // less than a drag
    new TouchLike("touchmove", [62, 103]),
    new TouchLike("touchmove", [90, 140]),
    new TouchLike("touchend", [90, 140]),
  ]);
  assert.deepEqual(mouse, [
    ["mousedown", 50, 100, 1],
    ["mousemove", 62, 103, 1],
    ["mousemove", 90, 140, 1],
    ["mouseup", 90, 140, 0],
    ["mouseout", 90, 140, 0], // no label stays
  ]);
  assert.deepEqual(reached, []);
  assert.deepEqual(prevented, [false, false, true, true, true]); // else the browser makes a click of it
});

test("a tap is left to the browser, which makes a click of it", () => {
  const { mouse, prevented } = touched([new TouchLike("touchstart", [50, 100]), new TouchLike("touchend", [50, 100])]);
  assert.deepEqual(mouse, []);
  assert.deepEqual(prevented, [false, false]);
});

test("two fingers, and one beside the plot, are Plotly's", () => {
  const two = touched([new TouchLike("touchstart", [50, 100], [80, 100]), new TouchLike("touchmove", [40, 100], [90, 100])]);
  assert.deepEqual(two.reached, ["touchstart", "touchmove"]);
  const beside = touched([new TouchLike("touchstart", [5, 5]), new TouchLike("touchmove", [30, 5])], () => false);
  assert.deepEqual(beside.reached, ["touchstart", "touchmove"]);
});
