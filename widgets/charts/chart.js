// A chart: a Plotly figure that this component owns, and what the visitor does with it.
//
// The page sends the name of a figure (the hash of its content) and what changes often: the band and the marks.
// Figures are fetched beside Streamlit's websocket, and one that is already drawn is not fetched again. So what
// was shown ahead of the page, while a band was being dragged or at a click, costs nothing when the page brings
// the same.

import { make } from "../session/make_element.js";
import { hearPlaces, pixelAtShares, sharesOf, tellPlace } from "../session/shared_place.js";
import { BandDrag, Pauses } from "./chart_drag.js";
import { answer, Figures, loadPlotly } from "./chart_figures.js";
import { Cross, drawFailure, toggleHelp, ValueLabel } from "./chart_overlay.js";
import { actOfKey, partByKey } from "./chart_keys.js";
import { blockAt, isCoarse, lassoCorners, pixelSteps, screenPlace, selectedRange } from "./chart_place.js";
import { keepFocus, scrollByTouch } from "./chart_touch.js";
import { isNear, View } from "./chart_view.js";

const PAUSE = 250; // milliseconds without another zoom, or key, until the page is told
const REACH = 10; // CSS pixels around a click that are told as its reach
const DOUBLE = 350; // milliseconds within which a second click makes a double click, which is none on a peak

const charts = new Map(); // by name: the chart that is on the page

let lastNumber = 0;
const nextNumber = () => (lastNumber = Math.max(lastNumber + 1, Math.round(1000 * performance.now())));

class Chart {
  #figures = new Figures();
  #ahead = { figure: null, asked: null }; // what is shown before the page brings it
  #due = null; // the figure to draw next
  #drawing = Promise.resolve();
  #busy = 0; // how much of it is going on
  #pauses = new Pauses(PAUSE, (more) => this.#setBusy(more));
  #pointer = null; // over a map
  #values = null; // of the map that is drawn, for hovering: its figure, and a promise
  #told = {}; // by kind: acts that the page has not handled yet
  #listening = new AbortController();

  constructor(root) {
    this.root = root;
    this.view = new View(root, {
      drawn: () => this.#follow(),
      appeared: () => this.#drawWhatIsDue(),
      changed: () => this.#zoomChanged(),
    });
    this.label = new ValueLabel(root);
    this.cross = new Cross(root);
    this.drag = new BandDrag({
      valueAt: (clientX) => this.view.valueAt(clientX),
      ask: (band) => this.#askForBand(band),
      askCoarse: (band) => this.data.preview.coarse && this.#askForBand(band, { coarse: 1 }),
      giveUp: () => this.#giveUp(),
    });
    scrollByTouch(this.view.plot, (x, y) => this.view.isOnPlot(x, y));
    this.#listen();
    hearPlaces(this, (place) => this.#pointAt(place), this.#listening.signal);
  }

  // --- What the page says

  async update(data, send) {
    const before = this.data;
    this.data = data;
    this.send = send;
    this.moved = null;
    charts.set(data.name, this);
    this.#describe(data);
    const isNew = data.figure !== before?.figure || data.asked !== before?.asked;
    const isExpected = data.figure === this.#ahead.figure?.hash;
    await this.#zoomTo(data, before);
    if (isNew && (isExpected || !this.isDragged)) this.#ahead = { figure: null, asked: null };
    await this.#drawWhatIsDue();
  }

  async #zoomTo({ zoom, group, name }, before) {
    if (zoom && zoom.number !== before?.zoom?.number) await this.view.zoomTo(group ?? name, zoom);
  }

  #describe({ height, label }) {
    this.root.style.setProperty("--chart-height", height);
    this.root.setAttribute("role", "application");
    this.root.setAttribute("aria-label", label);
    this.root.tabIndex = 0;
    this.leave ??= keepFocus(this.root, this.data.name);
  }

  /** Show a figure before the page brings it; null takes that back. */
  async showAhead(figure) {
    // With the page come looks of its own
    if (figure && !figure.coarse) this.#figures.keep(figure.hash, figure.looks ? { ...figure, looks: null } : figure);
    this.#ahead = { figure: figure?.hash === this.data.figure ? null : figure, asked: null };
    await this.#drawWhatIsDue();
  }

  beginAsking() {
    return (this.#ahead.asked = {});
  }

  stillAsks(asked) {
    return this.#ahead.asked === asked;
  }

  remove() {
    if (charts.get(this.data?.name) === this) charts.delete(this.data.name);
    this.#listening.abort();
    this.leave?.();
    this.view.remove();
  }

  async #drawWhatIsDue() {
    if (!this.data) return;
    this.#setBusy(1);
    const { figure: hash, address, plotly } = this.data;
    loadPlotly(plotly).catch(() => drawFailure(this.root, this.data.texts.failure));
    const figure = this.#ahead.figure ?? (await this.#figures.get(hash, address));
    if (figure && (figure === this.#ahead.figure || hash === this.data.figure)) {
      // One after the other; what has been overtaken is left out.
      this.#due = figure;
      const draw = () => this.#due === figure && this.view.draw(figure, this.data);
      this.#drawing = this.#drawing.then(draw).catch(console.error);
      await this.#drawing;
      drawFailure(this.root, "");
      if (this.#pointer) this.#showValue();
    } else if (!figure && hash === this.data.figure) {
      drawFailure(this.root, this.data.texts.failure);
    }
    this.#setBusy(-1);
  }

  #setBusy(more) {
    this.#busy += more;
    this.root.setAttribute("aria-busy", String(this.#busy > 0));
  }

  // --- What the visitor does

  #follow() {
    this.view.on("plotly_click", ({ event }) => this.#clicked(event));
    this.view.on("plotly_hover", ({ event }) => this.#hovered(event));
    this.view.on("plotly_unhover", () => this.#leave());
    this.view.on("plotly_selecting", (event) => this.drag.selecting(event?.range?.x));
    this.view.on("plotly_selected", (event) => this.#selected(event));
    this.view.on("plotly_deselect", () => this.#showAll());
    this.view.on("plotly_doubleclick", () => {
      clearTimeout(this.peak);
      this.doubled = performance.now();
      if (!this.data.acts.includes("click")) this.#showAll();
    });
    this.view.on("plotly_relayouting", (change) => this.#zoomed(change));
    this.view.on("plotly_relayout", (change) => {
      this.#lineDrawn(change?.shapes?.at(-1));
      this.#zoomed(change);
    });
  }

  #listen() {
    const { plot } = this.view;
    const everywhere = { capture: true, signal: this.#listening.signal };
    plot.addEventListener("pointerdown", (event) => (this.press = this.over = event), { capture: true });
    document.addEventListener("pointermove", (event) => (this.over = event), everywhere);
    // At a press Plotly lays a cover over the page; a drag, which moves, ends the label elsewhere.
    plot.addEventListener("pointerleave", () => this.view.isPressed || this.#leave());
    plot.addEventListener("mousedown", (event) => this.#pressed(event), { capture: true });
    document.addEventListener("mousemove", (event) => this.#moved(event), everywhere);
    document.addEventListener("mouseup", () => this.#raised(), everywhere);
    this.root.addEventListener("keydown", (event) => this.#key(event));
  }

  #pressed({ button, ctrlKey, clientX, clientY }) {
    if (button || !this.view.isOnPlot(clientX, clientY)) return;
    this.view.isPressed = true;
    if (this.data.keys) this.root.focus({ preventScroll: true }); // so that the arrow keys move what was clicked
    const isBand = this.data.preview?.act === "drag" && this.view.layout.dragmode === "select";
    if (!isBand || ctrlKey) return;
    this.drag.press(clientX);
    this.#setTargetDragged(true);
  }

  #moved({ clientX, buttons }) {
    if (this.view.isPressed) this.#leave();
    this.drag.move(clientX, buttons & 1);
  }

  #raised() {
    this.view.isPressed = false;
    if (!this.drag.isGoingOn) return;
    this.drag.release();
    this.#setTargetDragged(false);
  }

  // While a band is being dragged, what the page brings is the map of the band before.
  #setTargetDragged(isDragged) {
    const target = charts.get(this.data.preview.chart);
    if (target) target.isDragged = isDragged;
  }

  #clicked(event) {
    const [x, y] = this.view.placeOf(event, this.press);
    const reach = REACH * Math.abs(pixelSteps(this.view.layout)[0]);
    const isDouble = performance.now() - this.doubled < DOUBLE; // Plotly tells its second click after it
    if (this.data.acts.includes("peak") && !isDouble) {
      clearTimeout(this.peak);
      this.peak = setTimeout(() => this.#tell("peak", [x, reach]), DOUBLE);
    }
    if (!this.data.acts.includes("click")) return;
    this.#tell("click", [x, y, reach]);
    if (this.data.preview?.act === "click") this.#askAhead({ x, y });
  }

  // A message that comes before the page has run takes the place of the one before: so it tells that act too.
  #tell(kind, values) {
    const isNew = ([number]) => !(number <= this.data.handled[kind]);
    this.#told[kind] = [...(this.#told[kind] ?? []).filter(isNew), [nextNumber(), ...values]];
    this.send.trigger(kind, this.#told[kind]);
  }

  #selected(event) {
    const corners = this.data.acts.includes("lasso") && lassoCorners(event);
    if (corners) {
      this.#tell("lasso", corners);
      this.view.redraw();
      return;
    }
    const edges = selectedRange(event);
    if (!edges) return;
    this.drag.selected();
    const [x, y] = edges;
    if (this.data.acts.includes("band")) {
      this.#tell("band", x);
      setTimeout(() => this.view.straighten(x)); // when Plotly is done
    }
    if (this.data.acts.includes("box")) {
      this.#tell("box", [...x, ...y]);
      this.view.redraw(); // without the selection, over which the page marks what it took
    }
  }

  #lineDrawn(shape) {
    if (shape?.type !== "line" || !this.data.acts.includes("line")) return;
    // A new shape on a map is told in pixels of the screen, as a selection is (Plotly 4.1).
    this.#tell("line", [this.press, this.over].flatMap((pointer) => this.view.placeOf(pointer, pointer)));
  }

  #zoomed(change) {
    if (!Object.keys(change ?? {}).some((name) => /^[xy]axis\.(auto)?range/.test(name))) return;
    this.view.zoomed(change);
    if (this.view.isPressed) this.#leave();
    else if (this.#pointer) this.#showValue(); // another pixel is under it now
    this.#zoomChanged();
  }

  #zoomChanged() {
    for (const other of this.#others()) other.follow();
    this.#tellZoomSoon();
  }

  /** Show the part that another chart of the group shows, at the next frame. */
  follow() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = this.toldZoom = null;
      this.view.redraw();
    });
  }

  // The other charts that show the same part.
  #others() {
    const { group } = this.data;
    return group ? [...charts.values()].filter((chart) => chart !== this && chart.data.group === group) : [];
  }

  #showAll() {
    setTimeout(() => this.view.showAll()); // when Plotly is done, which drops the band at a double click
  }

  // A spectrum's heights and names follow the zoom; a map is drawn anew only where it looks coarse.
  #tellZoomSoon() {
    this.#pauses.after("zoom", () => {
      const { figure, zoom, layout } = this.view;
      if (!this.root.isConnected || !figure || (figure.map && !figure.map.layers && !isCoarse(layout, figure.map))) return;
      const told = { ...zoom, axes: figure.axes.join("/") };
      if (JSON.stringify(told) === this.toldZoom) return;
      this.toldZoom = JSON.stringify(told);
      this.send.state("zoom", { ...told, number: nextNumber() }); // another of the group may have told since
    });
  }

  #key(event) {
    const { keys: own, texts, group, name } = this.data;
    if (event.key === "?" || event.key === "Escape") toggleHelp(this.root, texts.keys, event.key === "?");
    if (event.target !== this.root || !this.view.figure) return;
    const keys = own && { ...own, ...this.moved };
    const act = actOfKey(event, keys);
    if (!act) return;
    event.preventDefault();
    if (act.to && keys.band) this.#moveBand(act.to);
    else if (act.to) this.#movePixel(act.to);
    const part = partByKey(act, { ...keys, ...this.moved }, this.view);
    if (part) this.view.zoomTo(group ?? name, part).then(() => this.#zoomChanged());
  }

  #moveBand(band) {
    this.moved = { band };
    this.view.showBand(band);
    if (this.data.preview?.act === "drag") this.#askForBand(band);
    this.#pauses.after("band", () => this.#tell("band", band));
  }

  #movePixel(pixel) {
    const [x, y] = pixel;
    this.moved = { pixel };
    if (this.data.preview?.act === "click") this.#askAhead({ x, y });
    this.#pauses.after("pixel", () => this.#tell("click", [x, y, 0]));
  }

  // --- What is shown before the page has run

  async #askAhead(query) {
    const { address, chart } = this.data.preview;
    const target = charts.get(chart);
    const asked = target?.beginAsking();
    const figure = await answer(`${address}?${new URLSearchParams({ ...query, number: nextNumber() })}`);
    if (target?.stillAsks(asked)) await target.showAhead(figure); // no other act, nor the page, was quicker
  }

  #askForBand(band, how) {
    return band && this.#askAhead({ from: band[0], to: band[1], ...how });
  }

  #giveUp() {
    charts.get(this.data.preview.chart)?.showAhead(null);
    this.#askAhead({ from: 0, to: 0 }); // for nothing, which ends the work
  }

  // --- The value under the pointer

  #hovered(event) {
    if (!this.view.figure.map || !event || this.view.isPressed) return;
    if (!isNear(event, this.over)) return; // after a zoom Plotly tells where the pointer was before
    this.#pointer = event;
    tellPlace(this, sharesOf(this.#pixelUnderPointer(), this.view.figure.map.shape));
    this.#showValue();
  }

  #leave() {
    this.#pointer = null;
    this.label.clear();
    if (this.view.figure?.map) tellPlace(this, null);
  }

  /** Show the place that is pointed at in another picture, and the values there; null ends that. */
  #pointAt(shares) {
    const { figure, layout } = this.view;
    if (!figure?.map || (shares && this.#pointer)) return;
    const place = shares && pixelAtShares(shares, figure.map.shape);
    this.cross.show(layout, place);
    if (!place || !figure.map.layers) return this.label.clear();
    const corner = this.view.plot.getBoundingClientRect();
    const [x, y] = screenPlace(layout, place);
    this.#showLayers(place, { clientX: corner.left + x, clientY: corner.top + y });
  }

  #showLayers(place, pointer) {
    const { map } = this.view.figure;
    this.label.showLayers(map, this.view.layers.valuesAt(blockAt(map, ...place)), place, pointer);
  }

  async #showValue() {
    const { figure } = this.view;
    if (figure.map.layers) return this.#showLayers(this.#pixelUnderPointer(), this.#pointer);
    if (this.#values?.figure !== figure) {
      const address = `${this.data.address}?values=${figure.hash}`;
      this.#values = { figure, content: answer(address, (response) => response.arrayBuffer()) };
    }
    const content = await this.#values.content;
    if (figure !== this.view.figure || !this.#pointer) return;
    this.label.show(figure.map, content && new Float32Array(content), this.#pixelUnderPointer(), this.#pointer);
  }

  #pixelUnderPointer() {
    return this.view.placeOf(this.#pointer, this.over).map((place) => Math.floor(place + 0.5));
  }
}

const mounted = new WeakMap(); // by Streamlit's element: it calls the function below whenever the data change

export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  let chart = mounted.get(parentElement);
  if (!chart) {
    chart = new Chart(make(parentElement, "div", { class: "maxrf-chart", "aria-busy": "true" }));
    mounted.set(parentElement, chart);
  }
  chart.update(data, { state: setStateValue, trigger: setTriggerValue });
  return () => {
    chart.remove();
    chart.root.remove();
    mounted.delete(parentElement);
  };
}
