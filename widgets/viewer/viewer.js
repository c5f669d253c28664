// Pictures that lie on one map, in panes that zoom and move as one, and ways to compare two of them in one pane.
// All of it happens in the browser. `widgets/viewer/viewer.py` says what comes from the server and what goes there; it
// joins this to `viewer_drawing.js` and `viewer_panes.js`.

const PAUSE = 250; // milliseconds without another zoom until a finer picture is asked for
const MAX_SCALE = 64; // CSS pixels to a map pixel
const STILL = 4; // CSS pixels that a pointer may move in a click
const GAP = 12;
const HEAD = 26; // CSS pixels above a picture
const ABOVE = 370; // CSS pixels that a page usually has above pictures, which are to be seen whole
const NARROW = 600; // CSS pixels: on narrower screens they are scrolled to anyway

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

  // The number of panes beside one another, and their size, with which most of the map's pixels are seen.
  arrange() {
    if (!this.root || !this.root.clientWidth) return;
    const [rows, columns] = this.data.shape;
    const [count, width] = [this.panes.length, this.root.clientWidth];
    const oneLine = width < NARROW ? innerHeight * 0.74 : innerHeight - ABOVE;
    let best = { fit: 0 };
    for (let beside = 1; beside <= count; beside += 1) {
      const lines = Math.ceil(count / beside);
      const room = Math.max(320, lines === 1 ? oneLine : innerHeight * 0.85); // who has several lines scrolls
      const wide = Math.floor((width - GAP * (beside - 1)) / beside);
      const high = Math.floor(Math.min((room - GAP * (lines - 1)) / lines - HEAD, (wide * rows) / columns));
      const fit = Math.min(wide / columns, high / rows);
      if (fit > best.fit) best = { fit, beside, wide, high: Math.max(high, 120) };
    }
    this.fit = Math.min(best.wide / columns, best.high / rows);
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
    const [rows, columns] = this.data.shape;
    return this.settings.view ?? { x: (columns - 1) / 2, y: (rows - 1) / 2, scale: this.fit };
  }

  // The same in real screen pixels, as drawing needs it.
  fineView() {
    const { x, y, scale } = this.view();
    return { x, y, scale: scale * devicePixelRatio };
  }

  look(view) {
    const [rows, columns] = this.data.shape;
    if (view) {
      const scale = within(view.scale, this.fit, Math.max(MAX_SCALE, this.fit * 8));
      const isAll = scale <= this.fit * 1.001;
      const inside = (middle, length) => within(middle, -0.5, length - 0.5);
      this.settings.view = isAll ? null : { scale, x: inside(view.x, columns), y: inside(view.y, rows) };
    } else this.settings.view = null;
    const drags = this.settings.view || (this.data.selects && this.settings.tool === "select");
    this.panes.forEach(({ frame }) => (frame.style.touchAction = drags ? "none" : "pan-y"));
    this.changed();
  }

  zoom(factor, place = this.cross) {
    const before = this.view();
    const [x, y] = place ?? [before.x, before.y];
    const scale = within(before.scale * factor, this.fit, Math.max(MAX_SCALE, this.fit * 8));
    const kept = before.scale / scale;
    this.look({ scale, x: x + (before.x - x) * kept, y: y + (before.y - y) * kept });
  }

  move(right, down) {
    const { x, y, scale } = this.view();
    this.look({ scale, x: x - right / scale, y: y - down / scale });
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
      return whole && ![whole, part].some((picture) => isEnough(picture, canvas, view, this.data.coarsest));
    };
    return this.panes.some(({ wanted, seen }) => isCoarse(wanted.base, seen) || isCoarse(wanted.over, seen));
  }

  askForFiner() {
    if (!this.root || !this.size) return;
    const [{ seen }] = this.panes;
    const view = this.fineView();
    const asked = [...seenOn(seen, view), view.scale];
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
    const { x, y, scale } = this.view();
    const [wide, high] = this.size;
    return [(event.clientX + half - left - wide / 2) / scale + x, (event.clientY + half - top - high / 2) / scale + y];
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
    const span = (point) => Math.max(1, Math.hypot(point[0] - other[0], point[1] - other[1]));
    const [clientX, clientY] = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
    this.move((now[0] - last[0]) / 2, (now[1] - last[1]) / 2);
    this.zoom(span(now) / span(last), this.placeOf({ clientX, clientY }, pane));
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
    const [rows, columns] = this.data.shape;
    const [column, row] = (place ?? [-1, -1]).map((value) => Math.floor(value + 0.5));
    const isInside = column >= 0 && row >= 0 && column < columns && row < rows;
    this.cross = isInside ? place : null;
    this.told.textContent = isInside ? `x ${column}, y ${row}` : "";
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
    const { x, y, scale } = this.view();
    const now = (this.cross ?? [x, y]).map(Math.round);
    if (key === "Enter") return this.click(now);
    const [rows, columns] = this.data.shape;
    const size = shiftKey ? 10 : 1;
    const next = [
      within(now[0] + steps[key][0] * size, 0, columns - 1),
      within(now[1] + steps[key][1] * size, 0, rows - 1),
    ];
    const [wide, high] = this.size.map((length) => length / scale / 2 - 1);
    this.look({ scale, x: within(x, next[0] - wide, next[0] + wide), y: within(y, next[1] - high, next[1] + high) });
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
  const own = parentElement.closest('[data-testid="stElementContainer"]');
  if (own) own.style.display = "none";
  viewer.take(data);
  return () => viewer.wanted.get(data.place) === data.url && viewer.drop(data.place);
}
