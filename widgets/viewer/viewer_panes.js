// Tools, titles and swipe edges around the pictures, and the settings that they make.

import { short } from "../charts/chart_place.js";
import { make } from "../session/make_element.js";
import { within } from "./viewer_geometry.js";

export const STEP = 1.4; // by which a key or a button zooms
const FLASHES = 3; // changes a second, at most: more may harm people

const settingsOf = new Map(); // what the visitor has set, by the viewer's name: outlives a change of page

const matches = (query) => window.matchMedia(query).matches;
const filled = (text, value) => text.replace("{value}", value);

export const settingsFor = (name, shape) => {
  const known = settingsOf.get(name);
  if (known?.shape === String(shape)) return known;
  const isCalm = matches("(prefers-reduced-motion: reduce)");
  const tool = matches("(pointer: coarse)") ? "move" : "select";
  const fresh = { edge: 0.5, opacity: 0.5, rate: 1, square: 48, isPlaying: !isCalm, isSmooth: false, tool };
  settingsOf.set(name, { ...fresh, isFlipped: false, view: null, shape: String(shape) });
  return settingsOf.get(name);
};

export class Panes {
  panes = [];

  buildTools() {
    const { settings, data } = this;
    const { texts } = data;
    this.tools.replaceChildren();
    const button = (text, title, act, attributes = {}) => {
      const label = /\w/.test(text) ? `${text}: ${title}` : title; // those who speak to their computer say what they see
      const made = make(this.tools, "button", { type: "button", title, "aria-label": label, ...attributes }, text);
      made.onclick = () => act(made);
    };
    button("−", texts.zoomOut, () => this.zoom(1 / STEP));
    button("+", texts.zoomIn, () => this.zoom(STEP));
    button(texts.fit, texts.showAll, () => this.look(null));
    if (data.fineness) {
      const scale = () => data.fineness / devicePixelRatio;
      button("1:1", texts.ownPixels, () => this.look({ ...this.view(), scale: scale() }));
    }
    if (data.selects) {
      const choose = (pressed) => {
        settings.tool = pressed.value;
        this.tools.querySelectorAll("[aria-pressed]").forEach((each) => each.setAttribute("aria-pressed", each === pressed));
        this.look(settings.view);
      };
      const tools = { select: [texts.rectangle, texts.drawsRectangle], move: [texts.move, texts.movesPictures] };
      for (const [value, [text, title]] of Object.entries(tools))
        button(text, title, choose, { value, "aria-pressed": settings.tool === value });
    }
    this.buildMix(button);
    const smooth = make(make(this.tools, "label"), "input", { type: "checkbox" });
    smooth.checked = settings.isSmooth;
    smooth.parentNode.append(texts.smooth);
    smooth.onchange = () => {
      settings.isSmooth = smooth.checked;
      this.changed();
    };
    this.told = make(this.tools, "span", { class: "told", role: "status" });
  }

  buildMix(button) {
    const { settings, data } = this;
    const { texts } = data;
    const range = (text, name, least, most, step, say) => {
      const label = make(this.tools, "label", {}, text);
      const made = make(label, "input", { type: "range", min: least, max: most, step });
      made.value = settings[name];
      const tell = () => made.setAttribute("aria-valuetext", say(settings[name]));
      made.oninput = () => {
        settings[name] = Number(made.value);
        tell();
        this.startBlinking();
        this.draw();
      };
      tell();
    };
    const { way, label } = data.mix;
    if (way === "opacity") range(label, "opacity", 0, 1, 0.01, (value) => filled(texts.percent, Math.round(value * 100)));
    if (way === "checker") range(label, "square", 8, 240, 1, (value) => filled(texts.screenPixels, value));
    if (way === "blink") {
      const press = (pressed) => {
        settings.isPlaying = !settings.isPlaying;
        pressed.textContent = settings.isPlaying ? texts.pause : texts.blink;
        this.startBlinking();
      };
      button(settings.isPlaying ? texts.pause : texts.blink, texts.startAndStop, press, { class: "play" });
      button(texts.change, texts.showOther, () => this.flip());
      range(label, "rate", 0.3, FLASHES, 0.1, (value) => filled(texts.changesPerSecond, short(value, 3)));
    }
    this.startBlinking();
  }

  buildPanes() {
    this.grid.replaceChildren();
    this.panes = this.data.panes.map((wanted) => this.buildPane(wanted));
  }

  buildPane(wanted) {
    const figure = make(this.grid, "div", { class: "pane" });
    const head = make(figure, "div", { class: "head" });
    make(head, "span", { class: "name", title: wanted.title }, wanted.title);
    if (wanted.legend) {
      const legend = make(head, "span", { class: "legend" });
      legend.append(wanted.legend.limits[0]);
      make(legend, "i").style.background = `linear-gradient(to right, ${wanted.legend.colours.join()})`;
      legend.append(wanted.legend.limits[1]);
      make(legend, "span", { class: "units", title: wanted.legend.units }, wanted.legend.units);
    }
    const frame = make(figure, "div", { class: "frame", tabindex: 0, role: "application", "aria-label": wanted.says });
    const [seen, over] = [make(frame, "canvas"), make(frame, "canvas")];
    const [base, above] = [new OffscreenCanvas(1, 1), new OffscreenCanvas(1, 1)];
    const pane = { wanted, frame, seen, over, base, above, drawn: -1, chips: [] };
    if (wanted.chips)
      pane.chips = wanted.chips.map((text, index) =>
        make(frame, "span", { class: `chip ${index ? "second" : "first"}` }, text),
      );
    if (this.data.mix.way === "swipe") this.buildEdge(pane);
    frame.onpointerdown = (event) => this.pressed(event, pane);
    frame.onpointermove = (event) => this.moved(event, pane);
    frame.onpointerup = (event) => this.released(event, pane);
    frame.onpointercancel = (event) => this.released(event, null);
    frame.onpointerleave = () => this.pointAt(null);
    frame.onkeydown = (event) => this.crossKey(event);
    const turn = (event) => {
      if (event.deltaY > 0 && !this.settings.view) return; // the page scrolls
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), this.placeOf(event, pane));
    };
    frame.addEventListener("wheel", turn, { passive: false });
    return pane;
  }

  buildEdge(pane) {
    const { settings } = this;
    const edge = make(pane.frame, "div", { class: "edge", tabindex: 0, role: "slider", "aria-label": this.data.mix.label });
    Object.entries({ valuemin: 0, valuemax: 100, orientation: "horizontal" }).forEach(([name, value]) =>
      edge.setAttribute(`aria-${name}`, value),
    );
    const put = (fraction) => {
      settings.edge = within(fraction, 0, 1);
      this.draw();
    };
    edge.onpointerdown = (event) => {
      event.stopPropagation();
      edge.setPointerCapture(event.pointerId);
    };
    edge.onpointermove = (event) => {
      event.stopPropagation();
      const { left, width } = pane.frame.getBoundingClientRect();
      if (edge.hasPointerCapture(event.pointerId)) put((event.clientX - left) / width);
    };
    edge.onpointerup = (event) => event.stopPropagation();
    edge.onkeydown = (event) => {
      const steps = { ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1 };
      const ends = { Home: 0, End: 1 };
      const { key, shiftKey } = event;
      if (!(key in steps || key in ends)) return;
      event.preventDefault();
      event.stopPropagation();
      put(ends[key] ?? settings.edge + steps[key] * (shiftKey ? 10 : 1));
    };
    pane.edge = edge;
  }
}

