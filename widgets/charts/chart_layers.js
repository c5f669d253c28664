// Layers of a map: their values in the browser, blended into one picture whenever a look changes.
//
// A figure with layers tells in `figure.map` the `layers` (key, title, units, range) and the `parts` in which they are
// drawn: the whole map coarsely, and what is seen finely. Values are fetched by their names, once; looks come from the
// page, or from the list of layers beside the chart at once; a figure that is shown ahead of the page brings its own.

import { blended, brightnessTable, MISSING, palette, valueOf } from "./layer_blend.js";
import { answer } from "./chart_figures.js";

const KEPT = 40; // arrays that are not fetched again

const stacks = new Map(); // by name: of a chart that is on the page
const watchers = new Map(); // by name: functions that are called when there is something new

/** Return the layers of a chart by its name, or undefined. */
export const layersOf = (name) => stacks.get(name);

/** Call a function whenever the layers of a chart have been loaded; returns a function that ends that. */
export const watchLayers = (name, act) => {
  const acts = watchers.get(name) ?? watchers.set(name, new Set()).get(name);
  acts.add(act);
  return () => acts.delete(act);
};

export class Layers {
  figure = null;
  looks = []; // the lowest first
  number = 0; // of the looks: newer ones have a higher number
  ahead = null; // looks of a figure that is shown before the page brings it
  #arrays = new Map(); // by name
  #tables = new Map(); // by key: what was computed for a look

  /** `redraw()` is called when a look has been changed here. */
  constructor(redraw) {
    this.redraw = redraw;
  }

  /** Fetch the values of a figure's layers. */
  async load(name, figure, address) {
    stacks.set(name, this);
    const names = figure.map.parts.flatMap((part) => part.arrays);
    const fetched = await Promise.all(names.map((each) => this.#fetched(each, address)));
    fetched.forEach((array, place) => this.#keep(names[place], array));
    this.figure = figure;
    this.ahead = figure.looks ?? null;
    this.#tables.clear();
    for (const act of watchers.get(name) ?? []) act();
  }

  /** The looks that are drawn. */
  get shown() {
    return this.ahead ?? this.looks;
  }

  /** Forget the values of a chart that leaves the page. */
  remove(name) {
    if (stacks.get(name) === this) stacks.delete(name);
    this.#arrays.clear();
  }

  /** Take over looks, unless newer ones are known. */
  adopt(looks, number) {
    if (number < this.number) return;
    this.number = number;
    this.looks = looks;
  }

  /** Take over looks that the visitor has just changed, and draw them. */
  change(looks, number) {
    this.adopt(looks, number);
    this.redraw();
  }

  /** Return the pictures for Plotly's layout, the coarsest first. */
  images() {
    return this.figure.map.parts.map((part) => {
      const [width, height] = [part.columns * part.times, part.rows * part.times];
      const pixels = blended(this.#drawn(part), width, height);
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
      const [left, right, bottom, top] = part.extent;
      return {
        source: canvas.toDataURL(), xref: "x", yref: "y", x: left, y: top, sizex: right - left, sizey: bottom - top,
        sizing: "stretch", layer: "below",
      };
    });
  }

  /** Return name, value and units of each visible map at an index of the finest part. */
  valuesAt(index) {
    const shown = this.shown.filter(({ visible }) => visible).map(({ key }) => key);
    if (index < 0) return [];
    return this.#described
      .filter(({ layer, numbers }) => shown.includes(layer.key) && numbers)
      .map(({ layer, numbers }) => ({
        title: layer.title,
        units: layer.units,
        value: numbers[index] === MISSING ? NaN : valueOf(numbers[index], layer.range),
      }));
  }

  /** Return the values of a layer, as numbers, and their range; of the whole map, coarsely. */
  numbersOf(key) {
    const place = this.figure?.map.layers.findIndex((layer) => layer.key === key) ?? -1;
    if (place < 0 || !this.figure.map.layers[place].range) return null;
    return { numbers: this.#arrays.get(this.figure.map.parts[0].arrays[place]), range: this.figure.map.layers[place].range };
  }

  get #described() {
    const { layers, parts } = this.figure.map;
    const { arrays } = parts.at(-1);
    return layers.map((layer, place) => ({ layer, numbers: layer.range && this.#arrays.get(arrays[place]) }));
  }

  #drawn(part) {
    const { layers, colormaps } = this.figure.map;
    const drawn = this.shown.map((look) => {
      const place = layers.findIndex(({ key }) => key === look.key);
      const array = place < 0 ? null : this.#arrays.get(part.arrays[place]);
      if (!array) return null;
      if (!layers[place].range) return { look, pixels: array };
      return { look, numbers: array, columns: part.columns, times: part.times, ...this.#table(look, colormaps) };
    });
    return drawn.filter(Boolean);
  }

  #table(look, colormaps) {
    const { key, low, high, scale, gamma, colour } = look;
    const identity = JSON.stringify([low, high, scale, gamma, colour]);
    const known = this.#tables.get(key);
    if (known?.identity === identity) return known;
    const { numbers, range } = this.numbersOf(key);
    const made = { identity, brightness: brightnessTable(look, range, numbers), colours: palette(look, colormaps) };
    this.#tables.set(key, made);
    return made;
  }

  async #fetched(name, address) {
    const known = this.#arrays.get(name);
    if (known) return known;
    const content = await answer(`${address}?array=${name}`, (response) => response.arrayBuffer());
    if (!content) return null;
    // Of a map the numbers have two bytes, of a photograph the pixels four.
    return name.startsWith("photo-") ? new Uint8Array(content) : new Uint16Array(content);
  }

  #keep(name, array) {
    this.#arrays.delete(name);
    if (array) this.#arrays.set(name, array);
    while (this.#arrays.size > KEPT) this.#arrays.delete(this.#arrays.keys().next().value);
  }
}
