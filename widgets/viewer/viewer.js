// Pictures that lie on one map, in panes that zoom and move as one, and ways to compare two of them in one pane.
// All of it happens in the browser. `widgets/viewer/viewer.py` says what comes from the server and what goes there.

import { make } from "../session/make_element.js";
import { combine, drawOver, drawPicture } from "./viewer_drawing.js";
import * as geometry from "./viewer_geometry.js";
import { Panes, settingsFor, STEP } from "./viewer_panes.js";

const PAUSE = 250; // milliseconds without another zoom until a finer picture is asked for
const STILL = 4; // CSS pixels that a pointer may move in a click

const viewers = new WeakMap(); // by the container that holds them

class Viewer extends Panes {
  pictures = new Map(); // by place
  pointers = new Map(); // those that are down, and where they were last
  cross = null;
  box = null;
  version = 0; // of what the pictures look like

  // --- What Python wants to be shown

  update(parent, data, send) {
    const isNew = this.root?.parentNode !== parent;
    const before = isNew ? {} : this.data;
    this.data = data;
    this.send = send;
    this.settings = settingsFor(data.viewer, data.shape);
    if (isNew) this.build(parent);
    const hasChanged = (...names) => names.some((name) => JSON.stringify(data[name]) !== JSON.stringify(before[name]));
    if (hasChanged("panes", "mix")) this.buildPanes();
    if (hasChanged("mix", "selects", "fineness")) this.buildTools();
    this.arrange();
  }

  build(parent) {
    this.stop();
    this.root = make(parent, "div", { class: "maxrf-views" });
    this.tools = make(this.root, "div", { class: "tools" });
    this.grid = make(this.root, "div", { class: "panes" });
    this.root.onkeydown = (event) => this.zoomKey(event);
    this.observer = new ResizeObserver(() => this.arrange());
    this.observer.observe(this.root);
    this.onResize = () => this.arrange();
    window.addEventListener("resize", this.onResize);
  }

  stop() {
    this.observer?.disconnect();
    window.removeEventListener("resize", this.onResize);
    clearTimeout(this.pause);
    clearInterval(this.blinking);
    this.root?.remove();
    this.root = null;
  }

  async take({ place, url, ...picture }) {
    this.wanted ??= new Map();
    this.wanted.set(place, url);
    if (!url) this.drop(place);
    else if (this.pictures.get(place)?.url !== url) {
      const image = Object.assign(new Image(), { src: url });
      await image.decode().catch(() => {});
      const bitmap = await createImageBitmap(image).catch(() => null);
      if (this.wanted.get(place) !== url || !bitmap) return;
      this.pictures.get(place)?.bitmap.close();
      this.pictures.set(place, { ...picture, url, bitmap });
    } else Object.assign(this.pictures.get(place), picture);
    this.changed();
  }

  drop(place) {
    this.pictures.get(place)?.bitmap.close();
    this.pictures.delete(place);
    this.changed();
  }

  arrange() {
    if (!this.root || !this.root.clientWidth) return;
    const best = geometry.arrangement(this.data.shape, this.panes.length, this.root.clientWidth, innerHeight);
    this.fit = best.fit;
    this.grid.style.gridTemplateColumns = `repeat(${best.beside}, ${best.wide}px)`;
    for (const { frame, seen, over, base, above } of this.panes) {
      frame.style.width = `${best.wide}px`;
      frame.style.height = `${best.high}px`;
      for (const canvas of [seen, over, base, above]) {
        const [wide, high] = [best.wide, best.high].map((length) => Math.round(length * devicePixelRatio));
        if (canvas.width === wide && canvas.height === high) continue; // a new size empties it
        Object.assign(canvas, { width: wide, height: high });
      }
    }
    this.size = [best.wide, best.high];
    this.look(this.settings.view);
  }

  // --- What is seen

  view() {
    return this.settings.view ?? geometry.wholeView(this.data.shape, this.fit);
  }

  // The same in real screen pixels, as drawing needs it.
  fineView() {
    const { x, y, scale } = this.view();
    return { x, y, scale: scale * devicePixelRatio };
  }

  look(view) {
    this.settings.view = geometry.limitedView(view, this.data.shape, this.fit);
    const drags = this.settings.view || (this.data.selects && this.settings.tool === "select");
    this.panes.forEach(({ frame }) => (frame.style.touchAction = drags ? "none" : "pan-y"));
    this.changed();
  }

  zoom(factor, place = this.cross) {
    const before = this.view();
    this.look(geometry.zoomedView(before, factor, place ?? [before.x, before.y], this.fit));
  }

  move(right, down) {
    this.look(geometry.movedView(this.view(), right, down));
  }

  changed() {
    this.version += 1;
    this.draw();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.askForFiner(), PAUSE);
    if (this.root && this.size) this.tellBusy(this.isCoarse());
  }

  isCoarse() {
    const view = this.fineView();
    const isCoarse = (name, canvas) => {
      const [whole, part] = ["whole", "part"].map((which) => this.pictures.get(`${name}-${which}`));
      return whole && ![whole, part].some((picture) => geometry.isEnough(picture, canvas, view, this.data.coarsest));
    };
    return this.panes.some(({ wanted, seen }) => isCoarse(wanted.base, seen) || isCoarse(wanted.over, seen));
  }

  askForFiner() {
    if (!this.root || !this.size) return;
    const [{ seen }] = this.panes;
    const view = this.fineView();
    const asked = [...geometry.seenOn(seen, view), view.scale];
    const isNew = this.isCoarse() && String(asked) !== String(this.asked);
    if (isNew) this.send.setStateValue("seen", (this.asked = asked));
    else this.tellBusy(false);
  }

  // Whether something finer is on its way.
  tellBusy(isBusy) {
    this.panes.forEach(({ frame }) => frame.setAttribute("aria-busy", isBusy));
  }

  // --- Drawing

  draw() {
    this.ticket ??= requestAnimationFrame(() => {
      this.ticket = null;
      if (this.root && this.size) this.panes.forEach((pane) => this.drawPane(pane));
    });
  }

  drawPane(pane) {
    const { settings, data } = this;
    const view = this.fineView();
    if (pane.drawn !== this.version) {
      pane.drawn = this.version;
      this.drawLayer(pane.base, pane.wanted.base, view);
      if (pane.wanted.over) this.drawLayer(pane.above, pane.wanted.over, view);
    }
    const square = settings.square * devicePixelRatio;
    const over = pane.wanted.over ? pane.above : null;
    combine(pane.seen.getContext("2d"), pane.base, over, data.mix.way, { ...settings, square });
    drawOver(pane.over.getContext("2d"), view, devicePixelRatio, data.marks, this.cross, this.box);
    if (pane.edge) {
      pane.edge.style.left = `${settings.edge * 100}%`;
      pane.edge.setAttribute("aria-valuenow", Math.round(settings.edge * 100));
    }
    if (data.mix.way === "blink") pane.chips.forEach((chip, index) => (chip.hidden = settings.isFlipped === index > 0));
  }

  drawLayer(canvas, name, view) {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const which of ["whole", "part"]) {
      const picture = this.pictures.get(`${name}-${which}`);
      if (picture) drawPicture(context, view, picture, this.settings.isSmooth);
    }
  }

  startBlinking() {
    clearInterval(this.blinking);
    const { isPlaying, rate } = this.settings;
    if (this.data.mix.way === "blink" && isPlaying) this.blinking = setInterval(() => this.flip(), 1000 / rate);
  }

  flip() {
    this.settings.isFlipped = !this.settings.isFlipped;
    this.draw();
  }

  // --- Pointers and keys

  // Where an event is on the map. The pointer is somewhere in a screen pixel, whose corner is what it tells.
  placeOf(event, pane) {
    const { left, top } = pane.frame.getBoundingClientRect();
    const half = event instanceof PointerEvent ? 0.5 / devicePixelRatio : 0.5;
    const position = [event.clientX + half - left, event.clientY + half - top];
    return geometry.placeAt(position, this.view(), this.size);
  }

  pressed(event, pane) {
    if (event.button) return;
    pane.frame.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    this.hasMoved = this.pointers.size > 1;
    const draws = this.data.selects && this.settings.tool === "select" && this.pointers.size === 1;
    const place = this.placeOf(event, pane);
    this.start = { at: [event.clientX, event.clientY], box: draws ? [place, place] : null };
    this.box = null;
  }

  moved(event, pane) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return this.pointAt(event.pointerType === "mouse" ? this.placeOf(event, pane) : null);
    const now = [event.clientX, event.clientY];
    this.pointers.set(event.pointerId, now);
    const [right, down] = [now[0] - last[0], now[1] - last[1]];
    if (this.pointers.size > 1) return this.pinched(event, pane, last, now);
    this.hasMoved ||= Math.hypot(now[0] - this.start.at[0], now[1] - this.start.at[1]) > STILL;
    if (!this.hasMoved) return this.pointers.set(event.pointerId, last);
    if (!this.start.box) return this.move(right, down);
    this.box = [this.start.box[0], this.placeOf(event, pane)];
    return this.draw();
  }

  pinched(event, pane, last, now) {
    const [, other] = [...this.pointers].find(([id]) => id !== event.pointerId);
    const { middle, move, factor } = geometry.pinch(last, now, other);
    this.move(...move);
    this.zoom(factor, this.placeOf({ clientX: middle[0], clientY: middle[1] }, pane));
  }

  released(event, pane) {
    if (!this.pointers.delete(event.pointerId)) return;
    const box = this.box;
    this.box = null;
    if (pane && box) this.send.setTriggerValue("box", box.flat());
    else if (pane && !this.hasMoved) this.click(this.placeOf(event, pane));
    this.hasMoved = true; // the finger that is still there does not click
    this.draw();
  }

  click(place) {
    if (this.data.clicks) this.send.setTriggerValue("click", place);
  }

  pointAt(place) {
    const pixel = place && geometry.pixelAt(place, this.data.shape);
    this.cross = pixel ? place : null;
    this.told.textContent = pixel ? `x ${pixel[0]}, y ${pixel[1]}` : "";
    this.draw();
  }

  zoomKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const factor = { "+": STEP, "=": STEP, "-": 1 / STEP, _: 1 / STEP }[event.key];
    if (factor) this.zoom(factor);
    else if (event.key === "0") this.look(null);
    else return;
    event.preventDefault();
  }

  // The cross moves from pixel to pixel, and the picture with it where it would be left.
  crossKey(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const { key, shiftKey, target, currentTarget } = event;
    if (target !== currentTarget || !(key in steps || key === "Enter")) return;
    event.preventDefault();
    const view = this.view();
    const now = (this.cross ?? [view.x, view.y]).map(Math.round);
    if (key === "Enter") return this.click(now);
    const size = shiftKey ? 10 : 1;
    const next = geometry.neighbour(now, steps[key].map((step) => step * size), this.data.shape);
    this.look(geometry.viewWithPlace(view, next, this.size));
    return this.pointAt(next);
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const box = parentElement.closest(`.st-key-${data.container}`);
  if (!box) return;
  if (!viewers.has(box)) viewers.set(box, new Viewer());
  const viewer = viewers.get(box);
  if (!data.place) {
    viewer.update(parentElement, data, { setStateValue, setTriggerValue });
    return () => viewer.stop();
  }
  // This call only brings a picture, apart from the rest, which changes more often and is smaller.
  const own = parentElement.closest(`.st-key-${data.container}-${data.place}`);
  if (own) own.style.display = "none";
  viewer.take(data);
  return () => viewer.wanted.get(data.place) === data.url && viewer.drop(data.place);
}
