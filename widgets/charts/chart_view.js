// A figure as Plotly draws it: its size, colours, marks and zoom. Only Plotly's public interface is used.

import { make } from "../session/make_element.js";
import { loadPlotly } from "./chart_figures.js";
import { Layers } from "./chart_layers.js";
import { bandSelection, drawnMarks, showsBand } from "./chart_marks.js";
import { drawColourBar, drawLegend, drawScaleBar, toggleHelp, withColourBar } from "./chart_overlay.js";
import { isInside, placeAt, plotArea, rangesIn, valueAt, zoomOf } from "./chart_place.js";
import { passClicks } from "./chart_touch.js";
import { colorwayOf, themed, themeOf, watchTheme } from "./chart_theme.js";

const NEAR = 8; // CSS pixels between the press of a click and the click
const LATE = 120; // milliseconds after a drag until Plotly has told its end

const FULL_SCREEN = {
  width: 24,
  height: 24,
  path: "M5 14H3v7h7v-2H5zM3 10h2V5h5V3H3zm16 9h-5v2h7v-7h-2zM14 3v2h5v5h2V3z",
};

const KEYBOARD = {
  width: 24,
  height: 24,
  path: "M3 6h18v12H3zM5 8v2h2V8zm4 0v2h2V8zm4 0v2h2V8zm4 0v2h2V8zM5 11v2h2v-2zm4 0v2h2v-2zm4 0v2h2v-2zm4 0v2h2v-2zM8 14v2h8v-2z",
};

const zooms = new Map(); // by chart, since one that comes back on another page is a new one

const decoded = (url) => Object.assign(new Image(), { src: url }).decode().catch(() => {});

/** Whether two events are at about the same place of the screen. */
export const isNear = (event, other) =>
  Boolean(other) && Math.hypot(other.clientX - event.clientX, other.clientY - event.clientY) < NEAR;

export class View {
  figure = null; // what is drawn
  isPressed = false; // a button is down on the plot
  #own = 0; // changes of our own that go on, whose events tell nothing new
  #ranges = null; // what is seen since the figure was drawn
  #marks = ""; // those that are drawn
  #drag = null; // what a drag does in the figure that is drawn; the visitor may have chosen otherwise
  #images = null; // of layers, as they are drawn
  #looks = ""; // of the layers that are drawn
  #relooking = false; // a change of looks is being drawn
  #hidden = new Set(); // names of curves that the visitor does not want to see
  #Plotly = null;
  #theme = null; // to find out its colours takes longer than to draw a map

  /**
   * `drawn()` is called once, when there is a chart to listen to; `appeared()` when one can be drawn;
   * `changed()` when everything is shown again.
   */
  constructor(root, { drawn, appeared, changed }) {
    Object.assign(this, { root, drawn, appeared, changed });
    this.plot = make(root, "div", { class: "chart-plot" });
    passClicks(this.plot, root);
    this.layers = new Layers(() => this.#relook());
    watchTheme(root, () => {
      this.#theme = null;
      this.redraw();
    });
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.plot);
  }

  /** Listen to Plotly; what changes of our own bring about is not told, but what the pointer does always is. */
  on(name, act) {
    const isByPointer = /click|_hover$/.test(name);
    this.plot.on(name, (event) => (this.#own && !isByPointer) || act(event));
  }

  /** Draw a figure, or where it is drawn already the marks alone. */
  async draw(figure, data) {
    this.data = data;
    if (data.looks) this.layers.adopt(data.looks.layers, data.looks.number);
    this.#Plotly = await loadPlotly(data.plotly);
    if (!this.#canDraw) return;
    if (figure === this.figure) {
      await this.#drawMarks();
      await this.#relook();
      return;
    }
    await this.#loadLayers(figure);
    await Promise.all((this.#images ?? figure.layout.images ?? []).map(({ source }) => decoded(source)));
    await this.#released();
    if (!this.#canDraw) return;
    const isFirst = !this.figure;
    this.figure = figure;
    if (isFirst) {
      await this.#alone(() => this.#Plotly.newPlot(this.plot, this.#traces(), this.#layout(), this.#config()));
      this.drawn();
    } else await this.#react();
    drawColourBar(this.root, figure.map);
    this.#drawLegend();
    this.root.toggleAttribute("data-crisp", Boolean(figure.map?.crisp));
    this.root.dataset.figure = figure.hash;
    this.root.dataset.coarse = figure.coarse ?? ""; // in words
    this.#drawScale();
  }

  async redraw() {
    if (!this.figure || !this.#canDraw) return;
    await this.#react();
    this.#drawLegend();
    this.#drawScale();
  }

  /** Show a dragged band over the whole height again, if it was moved up or down. */
  async straighten(band) {
    const { selections, yaxis } = this.plot.layout;
    if (!showsBand(selections, band, Infinity, yaxis)) await this.showBand(band);
  }

  /** Show a band that the page does not know yet. */
  async showBand(band) {
    const selections = [bandSelection(band, this.data.colour, this.plot.layout.yaxis)];
    await this.#alone(() => this.#Plotly.relayout(this.plot, { selections }));
  }

  remove() {
    this.observer.disconnect();
    this.layers.remove(this.data?.name);
    if (this.figure) this.#Plotly.purge(this.plot);
    this.figure = null;
  }

  // --- Zoom

  /** What is seen, or null where an axis shows everything, of the axes that the figure has. */
  get zoom() {
    const { x, y } = zooms.get(this.#zoomName) ?? {};
    const [across, down] = this.figure.axes;
    return { x: x?.axis === across ? x.range : null, y: y?.axis === down ? y.range : null };
  }

  // Charts of one group show the same part.
  get #zoomName() {
    return this.data.group ?? this.data.name;
  }

  /** Take over a zoom that Plotly tells of. */
  zoomed(change) {
    const { xaxis, yaxis } = this.figure.layout;
    this.#ranges = rangesIn(change, this.plot.layout);
    const { x, y } = zoomOf(this.#ranges, { x: xaxis.range, y: yaxis.range });
    const [across, down] = this.figure.axes;
    const isKept = y && !yaxis.fixedrange;
    zooms.set(this.#zoomName, { x: x && { axis: across, range: x }, y: isKept ? { axis: down, range: y } : null });
    this.#drawScale();
  }

  /** Show a part that the page asks for. */
  async zoomTo(name, { x, y, axes: [across, down] }) {
    zooms.set(name, { x: x && { axis: across, range: x }, y: y && { axis: down, range: y } });
    await this.redraw();
  }

  async showAll() {
    zooms.delete(this.#zoomName);
    this.changed();
    await this.redraw();
  }

  /** Plotly's layout with the ranges that are seen, which it notes only when a drag or the wheel has come to rest. */
  get layout() {
    const { layout } = this.plot;
    if (!this.#ranges) return layout;
    const { x, y } = this.#ranges;
    return { ...layout, xaxis: { ...layout.xaxis, range: x }, yaxis: { ...layout.yaxis, range: y } };
  }

  // --- Places on the screen

  isOnPlot(clientX, clientY) {
    if (!this.figure) return false;
    const corner = this.plot.getBoundingClientRect();
    return isInside(plotArea(this.layout), clientX - corner.left, clientY - corner.top);
  }

  /** The value of the horizontal axis at a place on the screen. */
  valueAt(clientX) {
    const { left, width } = plotArea(this.layout);
    return valueAt(this.layout.xaxis.range, (clientX - this.plot.getBoundingClientRect().left - left) / width);
  }

  /**
   * The place of a mouse event on the two axes. It tells whole CSS pixels, by their upper left corners; the pointer
   * is within a pixel of the screen, of which there may be more.
   */
  placeOf(event, pointer) {
    const isFine = isNear(event, pointer);
    const { clientX, clientY } = isFine ? pointer : event;
    const half = (isFine ? 1 / devicePixelRatio : 1) / 2;
    const corner = this.plot.getBoundingClientRect();
    return placeAt(this.layout, clientX + half - corner.left, clientY + half - corner.top);
  }

  // --- Drawing

  get #colours() {
    return (this.#theme ??= themeOf(this.root));
  }

  get #canDraw() {
    return this.root.isConnected && this.plot.clientWidth > 0;
  }

  #react() {
    return this.#alone(() => this.#Plotly.react(this.plot, this.#traces(), this.#layout(), this.config));
  }

  async #alone(change) {
    this.#own += 1;
    this.#ranges = null;
    try {
      await change();
    } finally {
      this.#own -= 1;
    }
  }

  // A figure that comes while the button is down would end the drag.
  async #released() {
    if (!this.isPressed) return;
    await new Promise((resolve) => {
      document.addEventListener("mouseup", () => setTimeout(resolve, LATE), { once: true });
    });
  }

  #resize() {
    const { clientWidth, clientHeight } = this.plot;
    const { width, height } = this.plot.layout ?? {};
    if (!this.figure) this.appeared();
    else if (width !== clientWidth || height !== clientHeight) this.redraw();
  }

  #traces() {
    return this.figure.data.map((trace) => ({ ...trace, visible: !this.#hidden.has(trace.name) }));
  }

  #layout() {
    const { layout } = this.figure;
    const { x, y } = this.zoom;
    const isChosen = this.#drag === layout.dragmode && this.plot.layout?.dragmode;
    this.#drag = layout.dragmode;
    const ranged = {
      ...layout,
      images: this.#images ?? layout.images ?? [],
      width: this.plot.clientWidth,
      height: this.plot.clientHeight,
      dragmode: isChosen || layout.dragmode,
      xaxis: { ...layout.xaxis, range: x ?? [...layout.xaxis.range] },
      yaxis: { ...layout.yaxis, range: y ?? [...layout.yaxis.range] },
    };
    const { selections, ...marks } = this.#marked(ranged);
    this.#marks = JSON.stringify(marks);
    return themed({ ...ranged, ...marks, selections }, this.#colours);
  }

  #marked({ yaxis }) {
    const { layout } = this.figure;
    const { shapes, annotations } = drawnMarks(this.data.marks);
    const { band, colour } = this.data;
    return {
      shapes: [...(layout.shapes ?? []), ...shapes],
      annotations: [...(layout.annotations ?? []), ...annotations],
      selections: band ? [bandSelection(band, colour, yaxis)] : [],
    };
  }

  // A band that was dragged stays as it is, so that its edges can still be moved.
  async #drawMarks() {
    const { selections, ...marks } = this.#marked(this.plot.layout);
    const { band, step } = this.data;
    const change = showsBand(this.plot.layout.selections, band, step / 2, this.plot.layout.yaxis) ? {} : { selections };
    if (JSON.stringify(marks) !== this.#marks) Object.assign(change, marks);
    this.#marks = JSON.stringify(marks);
    if (Object.keys(change).length) await this.#alone(() => this.#Plotly.relayout(this.plot, change));
  }

  #drawLegend() {
    const toggle = (name) => {
      if (!this.#hidden.delete(name)) this.#hidden.add(name);
      this.#react();
    };
    drawLegend(this.root, this.figure.data, colorwayOf(this.#colours), this.#hidden, toggle);
  }

  #drawScale() {
    drawScaleBar(this.root, this.layout, this.figure.map);
  }

  async #loadLayers(figure) {
    this.#images = null;
    if (!figure.map?.layers) return;
    await this.layers.load(this.data.name, figure, this.data.address);
    this.#blend();
  }

  #blend() {
    this.#looks = JSON.stringify(this.layers.shown);
    this.#images = this.layers.images();
  }

  // While one change of looks is being drawn, only the last of those that come is drawn after it.
  async #relook() {
    if (!this.#images || this.#relooking) return;
    this.#relooking = true;
    while (this.#looks !== JSON.stringify(this.layers.shown) && this.#canDraw) {
      this.#blend();
      await this.#alone(() => this.#Plotly.relayout(this.plot, { images: this.#images }));
    }
    this.#relooking = false;
  }

  // Made once: with another object Plotly would draw a new chart, which nobody listens to.
  #config() {
    const { texts, acts } = this.data;
    const picture = {
      name: "picture",
      title: texts.picture,
      icon: this.#Plotly.Icons.camera,
      click: () => this.#savePicture(),
    };
    const everything = {
      name: "everything",
      title: texts.everything,
      icon: this.#Plotly.Icons.home,
      click: () => this.showAll(),
    };
    const fullscreen = {
      name: "fullscreen",
      title: texts.fullscreen,
      icon: FULL_SCREEN,
      click: () => this.#toggleFullScreen(),
    };
    const keys = {
      name: "keys",
      title: texts.shortcuts,
      icon: KEYBOARD,
      click: () => toggleHelp(this.root, texts.keys, true),
    };
    const drags = acts.includes("band") || acts.includes("box") ? ["select2d"] : [];
    if (acts.includes("line")) drags.push("drawline");
    this.config = {
      scrollZoom: true,
      displayModeBar: true,
      displaylogo: false,
      doubleClick: false,
      ...(acts.includes("click") && { doubleClickDelay: 0 }), // each click counts, however soon after another
      modeBarButtons: [
        [picture],
        ["zoom2d", "pan2d", ...drags],
        ["zoomIn2d", "zoomOut2d", everything],
        [fullscreen, keys],
      ],
    };
    return this.config;
  }

  #savePicture() {
    const { data, layout } = this.plot;
    const { width, height } = layout;
    const { map } = this.figure;
    const shown = { data, layout: withColourBar(layout, map) };
    this.#Plotly.downloadImage(shown, { format: "png", width, height, scale: 2, filename: this.data.name });
  }

  #toggleFullScreen() {
    if (document.fullscreenElement === this.root) document.exitFullscreen();
    else this.root.requestFullscreen();
  }
}
