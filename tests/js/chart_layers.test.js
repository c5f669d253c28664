// Layers of a map in the browser: fetched once, and the newest look counts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Layers, layersOf, watchLayers } from "../../widgets/charts/chart_layers.js";

const FIGURE = {
  map: {
    layers: [
      { key: "Fe-K", title: "Fe", units: "counts", range: [0, 65534] },
      { key: "photo:a", title: "Photograph", units: "", range: null },
    ],
    parts: [{ arrays: ["map-1", "photo-1-2"], rows: 1, columns: 2, times: 1, extent: [-0.5, 1.5, 0.5, -0.5] }],
    colormaps: {},
  },
};
const ARRAYS = { "map-1": Uint16Array.from([7, 65535]), "photo-1-2": Uint8Array.from([1, 2, 3, 255, 4, 5, 6, 255]) };

const loaded = async () => {
  const asked = [];
  globalThis.fetch = async (address) => {
    const name = address.split("=")[1];
    asked.push(name);
    return { status: 200, arrayBuffer: async () => ARRAYS[name].buffer };
  };
  const layers = new Layers(() => asked.push("redrawn"));
  await layers.load("chart", FIGURE, "/answers");
  return { layers, asked };
};

test("values are fetched once", async () => {
  const { layers, asked } = await loaded();
  await layers.load("chart", { ...FIGURE }, "/answers");
  assert.deepEqual(asked, ["map-1", "photo-1-2"]);
  assert.equal(layersOf("chart"), layers);
  layers.remove("chart");
  assert.equal(layersOf("chart"), undefined);
});

test("who waits for values is called when they have come", async () => {
  const told = [];
  const end = watchLayers("chart", () => told.push("loaded"));
  await loaded();
  end();
  await loaded();
  assert.deepEqual(told, ["loaded"]);
});

test("looks that are older than what the visitor did are ignored", async () => {
  const { layers, asked } = await loaded();
  layers.change([{ key: "Fe-K", visible: true, high: 5 }], 3);
  layers.adopt([{ key: "Fe-K", visible: true, high: 9 }], 2);
  assert.equal(layers.looks[0].high, 5);
  layers.adopt([{ key: "Fe-K", visible: true, high: 9 }], 3);
  assert.equal(layers.looks[0].high, 9);
  assert.equal(asked.at(-1), "redrawn");
});

test("the values of the visible maps at a pixel are told, and where there is none", async () => {
  const { layers } = await loaded();
  layers.adopt([{ key: "Fe-K", visible: true }, { key: "photo:a", visible: true }], 1);
  assert.deepEqual(layers.valuesAt(0), [{ title: "Fe", units: "counts", value: 7 }]);
  assert.ok(Number.isNaN(layers.valuesAt(1)[0].value));
  assert.deepEqual(layers.valuesAt(-1), []);
  layers.adopt([{ key: "Fe-K", visible: false }], 2);
  assert.deepEqual(layers.valuesAt(0), []);
});

test("a photograph has no values for a histogram", async () => {
  const { layers } = await loaded();
  assert.deepEqual([...layers.numbersOf("Fe-K").numbers], [7, 65535]);
  assert.equal(layers.numbersOf("photo:a"), null);
  assert.equal(layers.numbersOf("Pb-L"), null);
});
