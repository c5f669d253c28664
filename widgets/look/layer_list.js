// The list of layers beside the picture, and the wall of small maps. `widgets/look/layer_list.py` says what comes
// from the server. A change of a look is drawn in the picture at once, and told when the hand has come to rest.

import { moveByArrows, nextTile, placesOf } from "../session/arrow_keys.js";
import { make } from "../session/make_element.js";
import { joinThumbnails } from "../session/shared_place.js";
import { layersOf, watchLayers } from "../charts/chart_layers.js";
import { MARKS } from "../elements/overview.js";
import { drawContrast } from "./layer_contrast.js";

const PAUSE = 300; // milliseconds without another change until the page is told

const lists = new WeakMap(); // by the container that holds them

/** Return looks with one of them moved up (1) or down (-1) in the order. */
export const reordered = (looks, key, by) => {
  const from = looks.findIndex((look) => look.key === key);
  const to = from + by;
  if (from < 0 || to < 0 || to >= looks.length) return looks;
  const order = [...looks];
  [order[from], order[to]] = [order[to], order[from]];
  return order;
};

/** Return looks with one of them changed. */
export const changed = (looks, key, change) => looks.map((look) => (look.key === key ? { ...look, ...change } : look));

class LayerList {
  number = 0;
  open = null; // key of the layer whose settings are shown
  reached = null; // key of the tile that the tabulator reaches

  update(parent, data, send) {
    Object.assign(this, { data, send });
    if (data.looks.number >= this.number) {
      const isSame = JSON.stringify(data.looks.layers) === JSON.stringify(this.looks);
      this.looks = data.looks.layers;
      this.number = data.looks.number;
      const known = new Set(this.looks.map(({ key }) => key));
      const added = this.looks.filter(({ key }) => this.known && !this.known.has(key)).at(-1);
      if (added) this.open = added.key;
      else if (!known.has(this.open)) this.open = this.looks.at(-1)?.key ?? null;
      this.known = known;
      if (isSame && this.root?.parentNode === parent && this.content === this.described()) return;
    }
    this.draw(parent);
    this.unwatch?.();
    const ends = data.charts.map((chart) => watchLayers(chart, () => this.draw(parent)));
    this.unwatch = () => ends.forEach((end) => end());
  }

  described() {
    return JSON.stringify([this.data.rows, this.data.tiles, this.data.texts]);
  }

  draw(parent) {
    const focused = this.root?.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    this.root?.remove();
    this.content = this.described();
    this.root = make(parent, "div", { class: "maxrf-layers" });
    const { texts } = this.data;
    const label = this.data.isWall ? texts.wall : texts.layers;
    const [kind, role] = this.data.isWall ? ["wall", "toolbar"] : ["layers", "group"];
    const list = make(this.root, "div", { class: kind, role, "aria-label": label });
    if (this.data.isWall) {
      this.wall(list);
      joinThumbnails([...list.querySelectorAll("img")]);
    } else for (const look of [...this.looks].reverse()) this.row(list, look);
    if (focused) this.root.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  button(parent, name, key, text, act, attributes = {}) {
    const { texts, rows } = this.data;
    const label = `${texts[name]}: ${rows[key].title}`;
    const made = make(parent, "button", {
      type: "button", class: name, title: texts[name], "aria-label": label, "data-focus": `${name} ${key}`, ...attributes,
    }, text);
    made.onclick = act;
    return made;
  }

  row(list, look) {
    const { key, visible, colour } = look;
    const about = this.data.rows[key];
    if (!about) return;
    const row = make(list, "div", { class: visible ? "layer" : "layer hidden", "data-key": key });
    const head = make(row, "div", { class: "head" });
    this.button(head, "eye", key, visible ? "●" : "○", () => this.change(key, { visible: !look.visible }, true, true), {
      "aria-pressed": String(visible),
    });
    if (about.isMap) this.swatch(head, key, colour);
    const title = this.button(head, "settings", key, about.title, () => this.toggleSettings(key), {
      "aria-expanded": String(this.open === key),
    });
    make(title, "span", { class: "hint", "aria-hidden": "true" }, this.open === key ? " ▾" : " ▸");
    if (about.evidence) this.evidence(row, head, key, about.evidence);
    this.button(head, "up", key, "↑", () => this.reorder(key, 1));
    this.button(head, "down", key, "↓", () => this.reorder(key, -1));
    this.button(head, "remove", key, "×", () => this.send("toggled", { key, number: this.next() }));
    if (this.open === key) this.settings(row, look, about);
  }

  // How sure the elements are; a click shows why, above the page, so that nothing moves.
  evidence(row, head, key, { status, name, elements }) {
    const { texts, rows } = this.data;
    const shown = `${MARKS[status] ?? ""} ${name}`.trim();
    const label = `${shown} ${texts.why} ${rows[key].title}`;
    const asked = make(head, "button", { type: "button", class: `why ${status}`, "aria-label": label, title: `${name}. ${texts.why}` });
    asked.dataset.focus = `why ${key}`;
    make(asked, "span", { class: "status" }, `${shown} `);
    make(asked, "span", { class: "ask" }, texts.why);
    const box = make(row, "div", { class: "evidence", popover: "", role: "dialog", "aria-label": label });
    for (const { symbol, headline, evidence } of elements) {
      make(box, "strong", {}, headline);
      make(box, "p", {}, evidence);
      if (symbol) make(box, "button", { type: "button", class: "more" }, texts.more).onclick = () => this.send("asked", symbol);
    }
    asked.popoverTargetElement = box;
    box.onbeforetoggle = () => {
      const { left, top, bottom } = asked.getBoundingClientRect();
      const isLow = bottom > innerHeight / 2;
      box.style.top = isLow ? "auto" : `${bottom + 4}px`;
      box.style.bottom = isLow ? `${innerHeight - top + 4}px` : "auto";
      box.style.left = `min(${left}px, calc(100vw - 22.5rem))`;
    };
  }

  swatch(head, key, colour) {
    const sample = make(head, "span", { class: "sample", "aria-hidden": "true" });
    const steps = this.data.colormaps[colour] ?? ["#000000", colour];
    sample.style.background = `linear-gradient(to right, ${steps.join()})`;
  }

  settings(row, look, { isMap, units }) {
    const { texts } = this.data;
    const box = make(row, "div", { class: "settings-box" });
    const values = isMap && this.data.charts.map((chart) => layersOf(chart)?.numbersOf(look.key)).find(Boolean);
    if (values && values.numbers) {
      drawContrast(box, values, look, texts, (change, isDone) => this.change(look.key, change, isDone));
      make(box, "div", { class: "units" }, units);
    }
    this.range(box, texts.opacity, look, "opacity", { min: 0, max: 1, step: 0.05 });
    if (!isMap) return;
    this.range(box, texts.gamma, look, "gamma", { min: 0.3, max: 4, step: 0.1 });
    const choices = make(box, "div", { class: "choices" });
    this.select(choices, texts.scale, look, "scale", Object.entries(texts.scales));
    const colours = [...Object.keys(this.data.colormaps).map((name) => [name, name]), ...this.data.hues];
    if (colours.every(([colour]) => colour !== look.colour)) colours.push([look.colour, texts.hue]);
    this.select(choices, texts.colours, look, "colour", colours);
    if (look.colour.startsWith("#")) {
      const input = make(choices, "input", {
        type: "color", value: look.colour, "aria-label": texts.hue, "data-focus": `hue ${look.key}`,
      });
      input.oninput = () => this.change(look.key, { colour: input.value }, false);
      input.onchange = () => this.change(look.key, { colour: input.value }, true, true);
    }
  }

  range(box, text, look, name, limits) {
    const label = make(box, "label", {}, text);
    const input = make(label, "input", { type: "range", ...limits, value: look[name], "data-focus": `${name} ${look.key}` });
    input.oninput = () => this.change(look.key, { [name]: Number(input.value) }, false);
    input.onchange = () => this.change(look.key, { [name]: Number(input.value) }, true);
  }

  select(box, text, look, name, choices) {
    const label = make(box, "label", {}, text);
    const input = make(label, "select", { "data-focus": `${name} ${look.key}` });
    for (const [value, words] of choices) make(input, "option", { value }, words);
    input.value = look[name];
    input.onchange = () => this.change(look.key, { [name]: input.value }, true, true);
  }

  wall(wall) {
    const { tiles } = this.data;
    const shown = new Set(this.looks.map(({ key }) => key));
    const made = tiles.map(({ key, title, label, image }) => {
      const tile = make(wall, "button", {
        type: "button", class: "tile", "aria-pressed": String(shown.has(key)), title: label, "aria-label": label,
        "data-focus": `tile ${key}`,
      });
      if (image) make(tile, "img", { src: image, alt: "" });
      else make(tile, "span", { class: "empty" }, "–");
      make(tile, "span", { class: "name" }, title);
      tile.onclick = () => {
        tile.setAttribute("aria-pressed", String(!shown.has(key))); // until the page says so
        this.send("toggled", { key, number: this.next() });
      };
      tile.onfocus = () => { this.reached = key; };
      return tile;
    });
    const reach = moveByArrows(wall, made, (from, key) => nextTile(placesOf(made), from, key));
    reach(tiles.findIndex(({ key }) => key === this.reached));
  }

  // --- What the visitor does

  toggleSettings(key) {
    this.open = this.open === key ? null : key;
    this.draw(this.root.parentNode);
  }

  reorder(key, by) {
    this.take(reordered(this.looks, key, by), true);
    this.draw(this.root.parentNode);
  }

  change(key, change, isDone, isRedrawn = false) {
    this.take(changed(this.looks, key, change), isDone);
    if (isRedrawn) this.draw(this.root.parentNode);
  }

  next() {
    return (this.number += 1);
  }

  take(looks, isDone) {
    this.looks = looks;
    const number = this.next();
    for (const chart of this.data.charts) layersOf(chart)?.change(looks, number);
    clearTimeout(this.rest);
    if (isDone) this.rest = setTimeout(() => this.send("looks", { number: this.number, layers: this.looks }), PAUSE);
  }
}

export default function show({ data, parentElement, setTriggerValue }) {
  if (!lists.has(parentElement)) lists.set(parentElement, new LayerList());
  lists.get(parentElement).update(parentElement, data, setTriggerValue);
}
