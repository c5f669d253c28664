// The periodic table and the wall of small maps. `widgets/elements/overview.py` says what comes from the server.

import { moveByArrows, nextCell, nextTile, placesOf } from "../session/arrow_keys.js";
import { make } from "../session/make_element.js";
import { joinThumbnails } from "../session/shared_place.js";

export const MARKS = { sure: "✓", possible: "?", tube: "T" };

const ONE_COLUMN = "(max-width: 640px)"; // where Streamlit puts columns below one another
const overviews = new WeakMap(); // by the container that holds them

class Overview {
  update(parent, data, choose) {
    this.choose = choose;
    const content = JSON.stringify({ ...data, chosen: null });
    if (this.root?.parentNode !== parent || content !== this.content) {
      const focused = this.root?.contains(document.activeElement) ? document.activeElement : null;
      this.root?.remove();
      this.content = content;
      this.build(parent, data);
      const buttons = focused?.classList.contains("tile") ? this.tiles : this.cells;
      if (focused) buttons.get(focused.dataset.symbol)?.focus({ preventScroll: true });
    }
    this.mark(data.chosen);
  }

  build(parent, data) {
    this.root = make(parent, "div", { class: "maxrf-elements" });
    const table = make(this.root, "div", { class: "table", role: "toolbar", "aria-label": data.texts.table });
    this.cells = new Map();
    for (const cell of data.cells) {
      const button = make(table, "button", {
        type: "button",
        class: `cell ${cell.status}`,
        style: `grid-row: ${cell.row}; grid-column: ${cell.column}`,
        "aria-label": cell.label,
        title: cell.label,
        "data-symbol": cell.symbol,
      });
      make(button, "span", { class: "symbol" }, cell.symbol);
      make(button, "span", { class: "mark", "data-mark": MARKS[cell.status] ?? "" });
      button.onclick = () => this.take(cell.symbol);
      this.cells.set(cell.symbol, button);
    }
    this.reachCell = moveByArrows(table, [...this.cells.values()], (from, key) => nextCell(data.cells, from, key));
    const legend = make(this.root, "div", { class: "legend", "aria-hidden": "true" });
    for (const status of ["sure", "possible", "absent", "tube", "none"]) {
      const entry = make(legend, "span", { class: "entry" });
      const sample = make(entry, "span", { class: `cell ${status}` });
      make(sample, "span", { class: "symbol" }, "X");
      make(sample, "span", { class: "mark", "data-mark": MARKS[status] ?? "" });
      entry.append(data.texts[status]);
    }
    const wall = make(this.root, "div", { class: "wall", role: "toolbar", "aria-label": data.texts.wall });
    this.tiles = new Map(data.tiles.map((tile) => [tile.symbol, this.tile(wall, tile)]));
    const tiles = [...this.tiles.values()];
    joinThumbnails([...wall.querySelectorAll("img")]);
    this.reachTile = moveByArrows(wall, tiles, (from, key) => nextTile(placesOf(tiles), from, key));
  }

  tile(wall, tile) {
    const button = make(wall, "button", { type: "button", class: `tile ${tile.status}`, "data-symbol": tile.symbol });
    const picture = make(button, "span", { class: "picture" });
    if (tile.image) make(picture, "img", { src: tile.image, alt: "" });
    const title = make(button, "span", { class: "title" });
    make(title, "strong", {}, tile.title);
    title.append(` ${tile.name} `);
    make(title, "span", { class: "status" }, `${MARKS[tile.status] ?? ""} ${tile.statusName}`);
    make(button, "span", { class: "note" }, tile.note);
    button.onclick = () => this.take(tile.symbol);
    return button;
  }

  take(symbol) {
    this.mark(symbol);
    this.choose(symbol);
    // On a phone the element is shown far above the table, at the top of the page
    const first = document.querySelector("h1");
    if (window.matchMedia(ONE_COLUMN).matches && first) first.scrollIntoView();
  }

  mark(symbol) {
    for (const buttons of [this.cells, this.tiles]) {
      for (const [each, button] of buttons) button.setAttribute("aria-pressed", String(each === symbol));
    }
    this.reachCell([...this.cells.keys()].indexOf(symbol));
    this.reachTile([...this.tiles.keys()].indexOf(symbol));
  }
}

export default function show({ data, parentElement, setTriggerValue }) {
  if (!overviews.has(parentElement)) overviews.set(parentElement, new Overview());
  overviews.get(parentElement).update(parentElement, data, (symbol) => setTriggerValue("chosen", symbol));
}
