// What the Plotly chart beside this component lacks in Streamlit: clicks, zooms and cleared selections reach
// Python; a map's picture, colour bar and values reach the chart without a new chart, and what belongs to a
// click or a drag before the page has run; and when a new chart is due, the old one stays in sight until it is
// drawn. `widgets/charts/chart_events.py` says why.

const PAUSE = 250; // milliseconds without another zoom until a finer picture is asked for
const REST = 40; // milliseconds without a movement of a drag until the map of its band is asked for
const MIN_DRAG = 8; // screen pixels; for Plotly less is none
const UNSURE = 500; // milliseconds after a drag within which Plotly tells what it has selected, if anything
const EMPTY_PLACE = "#map-"; // in the address of a picture that waits to be put in

// Streamlit calls the function below again whenever the data change, without ending the last call first.
const running = new WeakMap();
// What outlives that, by container.
const memories = new WeakMap();

const memoryOf = (box) => {
  if (!memories.has(box)) memories.set(box, {});
  return memories.get(box);
};
const decoded = (url) => Object.assign(new Image(), { src: url }).decode().catch(() => {});
// No div: Plotly gives those a font of its own.
const element = (parent, style, text = "") => {
  const made = parent.appendChild(document.createElement("span"));
  made.style.cssText = `display: block; ${style}`;
  made.append(text);
  return made;
};
const shape = (parent, name, attributes) => {
  const made = parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", name));
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
};
const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer);
const short = (value, digits) => String(Number(value.toPrecision(digits)));

let lastNumber = 0;
const nextNumber = () => (lastNumber = Math.max(lastNumber + 1, Math.round(1000 * performance.now())));
const samePictures = (one, other) =>
  Object.entries(one.pictures ?? {}).every(([place, { url }]) => url === other?.pictures?.[place].url);

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  running.get(parentElement)?.();
  const own = parentElement.closest('[data-testid="stElementContainer"]');
  if (own) own.style.display = "none";
  const box = parentElement.closest(".st-key-" + data.container);
  if (!box) return;
  const memory = memoryOf(box);
  if (data.map) {
    // This call only brings a map, apart from the rest, which changes more often and is smaller.
    memory.map = data.map;
    memory.values = null;
    // While a band is being dragged, this is the map of the band before.
    if (!memory.isDragged || (memory.preview && samePictures(memory.preview, data.map)))
      memory.preview = memory.askedPreview = null;
    memory.show?.();
    return;
  }
  if (data.curve) {
    memory.curve = { ...data.curve, fail: () => setTriggerValue("failed", true) };
    memory.preview = memory.askedPreview = null;
    memory.show?.();
    return;
  }
  let chart = null;
  let pause = null;

  // What an axis shows at a part of its length, from 0 to 1. Its range follows the wheel; its own scale does
  // when the wheel has come to rest.
  const valueOn = ({ type, range }, part) => {
    const value = range[0] + part * (range[1] - range[0]);
    return type === "log" ? 10 ** value : value;
  };
  // Where an event is in the coordinates of the axes below it. The pointer is somewhere in a screen pixel,
  // whose upper left corner is what an event tells.
  const placeOn = ({ xaxis, yaxis }, event) => {
    const corner = chart.getBoundingClientRect();
    const half = (event instanceof PointerEvent ? 1 / devicePixelRatio : 1) / 2;
    const across = (event.clientX + half - corner.left - xaxis._offset) / xaxis._length;
    const down = (event.clientY + half - corner.top - yaxis._offset) / yaxis._length;
    const isInside = across >= 0 && across <= 1 && down >= 0 && down <= 1;
    return { x: valueOn(xaxis, across), y: valueOn(yaxis, 1 - down), isInside };
  };

  // --- Clicks, zooms, cleared selections

  const clicked = ({ event, points }) => {
    const point = points && points[0];
    if (!event || !point || !point.xaxis || !point.yaxis) return;
    // A click is told in whole CSS pixels, and a movement in those of the screen, of which there may be more.
    const { press } = memory;
    const isNear = press && Math.hypot(press.clientX - event.clientX, press.clientY - event.clientY) < MIN_DRAG;
    const { x, y } = placeOn(point, isNear ? press : event);
    const reach = 10 * Math.abs(point.xaxis.p2d(1) - point.xaxis.p2d(0)); // ten pixels of the screen
    setTriggerValue("click", [x, y, reach]);
    if (data.preview?.act === "click") askForPreview({ x, y });
  };
  const memoryOfTarget = () => {
    const target = document.querySelector(".st-key-" + data.preview.container);
    return target ? memoryOf(target) : {};
  };
  // Ask at once for what Streamlit brings when it has run the page, if it runs it.
  const askForPreview = async (query) => {
    const there = memoryOfTarget();
    const asked = (there.askedPreview = {});
    const address = `${data.preview.address}?${new URLSearchParams({ ...query, number: nextNumber() })}`;
    const response = await fetch(address).catch(() => null);
    const answer = response?.status === 200 ? await response.json().catch(() => null) : null;
    if (there.askedPreview === asked) showAhead(there, answer); // no other act, nor the page, was quicker
  };
  const showAhead = (there, answer) => {
    const isThere = answer?.pictures && samePictures(answer, there.map); // then Streamlit brings nothing new
    there.preview = isThere ? null : answer;
    there.askedPreview = null;
    there.show?.();
  };
  const cleared = () => setTriggerValue("clear", true);

  // --- A band that is being dragged: its map is shown where the mouse rests

  const edgeAt = (clientX) => {
    const { xaxis } = chart._fullLayout;
    const across = clientX - chart.getBoundingClientRect().left - xaxis._offset; // as Plotly has it, here
    return xaxis.p2d(Math.min(Math.max(across, 0), xaxis._length));
  };
  const askForBand = () => {
    const { drag } = memory;
    clearTimeout(drag.rest);
    if (drag.to === drag.asked) return;
    drag.asked = drag.to;
    askForPreview({ from: drag.from, to: drag.to });
  };
  const giveUp = () => {
    memory.unsure = clearTimeout(memory.unsure);
    showAhead(memoryOfTarget(), null);
    askForPreview({ from: 0, to: 0 }); // for nothing, which ends the work
  };
  const ended = () => {
    memory.drag = null;
    memoryOfTarget().isDragged = false;
  };
  const pressed = ({ target, button, ctrlKey, clientX }) => {
    const isBand = data.preview?.act === "drag" && chart?._fullLayout?.dragmode === "select";
    if (!isBand || button || ctrlKey || !chart.contains(target) || !target.matches(".nsewdrag")) return;
    if (memory.unsure) giveUp();
    memory.drag = { start: clientX, from: edgeAt(clientX) };
    memoryOfTarget().isDragged = true;
  };
  const dragged = ({ clientX, buttons }) => {
    const { drag } = memory;
    if (!drag || !chart?._fullLayout) return;
    clearTimeout(drag.rest);
    const isOver = !(buttons & 1); // the button went up elsewhere
    if (isOver || Math.abs(clientX - drag.start) < MIN_DRAG) {
      if (drag.asked !== undefined) giveUp();
      drag.to = drag.asked = undefined;
      if (isOver) ended();
      return;
    }
    drag.to = edgeAt(clientX);
    drag.rest = setTimeout(askForBand, REST);
  };
  const released = () => {
    if (!memory.drag) return;
    askForBand();
    if (memory.drag.asked !== undefined) memory.unsure = setTimeout(giveUp, UNSURE);
    ended();
  };
  const taken = (event) => {
    const selection = event?.selections?.at(-1);
    if (selection && selection.x0 !== selection.x1) memory.unsure = clearTimeout(memory.unsure);
  };

  // --- A finger: up and down it scrolls the page, sideways it drags in the chart, which Plotly would have it
  // do in all directions, so that a phone's page could not be scrolled beyond a chart

  const asMouse = (name, { clientX, clientY }) => {
    const place = { clientX, clientY, buttons: name === "mouseup" ? 0 : 1 };
    memory.touch.target.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true, view: window, ...place }));
  };
  const touched = (event) => {
    const isOne = chart?.contains(event.target) && event.target.matches(".nsewdrag") && event.touches.length === 1;
    memory.touch = isOne ? { target: event.target, start: event.touches[0], isDrag: false } : null;
    if (isOne) event.stopPropagation();
  };
  const touchMoved = (event) => {
    const { touch } = memory;
    if (!touch) return;
    event.stopPropagation();
    const finger = event.touches[0];
    const [across, down] = [finger.clientX - touch.start.clientX, finger.clientY - touch.start.clientY].map(Math.abs);
    if (!touch.isDrag && Math.max(across, down) < MIN_DRAG) return;
    if (!touch.isDrag && down > across) {
      memory.touch = null;
      return;
    }
    if (event.cancelable) event.preventDefault();
    if (!touch.isDrag) asMouse("mousedown", touch.start);
    touch.isDrag = true;
    asMouse("mousemove", finger);
  };
  const touchEnded = (event) => {
    if (!memory.touch) return;
    event.stopPropagation();
    if (memory.touch.isDrag) {
      if (event.cancelable) event.preventDefault(); // else a click follows
      asMouse("mouseup", event.changedTouches[0]);
    }
    memory.touch = null;
  };

  const rangeOf = (axis) => (!axis || axis.autorange || !axis.range ? null : [...axis.range]);
  const viewNow = () => {
    const { xaxis, yaxis } = chart.layout;
    return { x: rangeOf(xaxis), y: rangeOf(yaxis), axes: data.axes };
  };
  // Whether what is seen lies outside of what is drawn finely, or is spread over more screen than that fills.
  const isCoarse = () => {
    if (!memory.map || !chart?._fullLayout) return false;
    const { extent, shape, finest } = memory.map;
    const { xaxis, yaxis } = chart._fullLayout;
    const isOutside = (axis, first, last, length) =>
      Math.max(Math.min(...axis.range), -0.5) < first - 0.5 ||
      Math.min(Math.max(...axis.range), length - 0.5) > last + 0.5;
    const perScreenPixel = Math.abs(xaxis.range[1] - xaxis.range[0]) / xaxis._length;
    return (
      isOutside(xaxis, extent[0], extent[1], shape[1]) ||
      isOutside(yaxis, extent[3], extent[2], shape[0]) ||
      perScreenPixel < finest
    );
  };
  const askForFiner = () => {
    clearTimeout(pause);
    if (!isCoarse()) return false;
    const view = viewNow();
    const finer = JSON.stringify(view);
    if (finer === memory.finer) return false;
    memory.finer = finer;
    memory.zoom = null;
    setStateValue("zoom", { ...view, refine: true });
    return true;
  };
  const zoomed = (change) => {
    const isZoom = Object.keys(change || {}).some((name) => /^[xy]axis\d*\.(auto)?range/.test(name));
    if (!isZoom) return;
    memory.zoom = viewNow();
    clearTimeout(pause);
    pause = setTimeout(askForFiner, PAUSE);
  };
  const nextAct = () => {
    if (!askForFiner() && memory.zoom) setStateValue("zoom", { ...memory.zoom, refine: false });
    memory.zoom = null;
  };

  // --- A map: pictures in their places, colour bar, the value under the pointer

  const shownMap = () => memory.preview ?? memory.map;
  // Plotly keeps a picture where its figure says, through every zoom: so that is told, and done at once.
  const moveTo = (image, [left, right, bottom, top]) => {
    const place = { x: left, y: top, sizex: right - left, sizey: bottom - top };
    for (const { images } of [chart.layout, chart._fullLayout])
      Object.assign(images.find(({ source }) => source === image.dataset.place), place);
    const { xaxis, yaxis } = chart._fullLayout._plots[memory.map.axes];
    image.setAttribute("x", xaxis._offset + xaxis.d2p(left));
    image.setAttribute("y", yaxis._offset + yaxis.d2p(top));
    image.setAttribute("width", xaxis.d2p(right) - xaxis.d2p(left));
    image.setAttribute("height", yaxis.d2p(bottom) - yaxis.d2p(top));
  };
  const putPicture = async (image, { url, crisp, extent }) => {
    memory.wanted ??= new WeakMap();
    if (memory.wanted.get(image) !== url) {
      memory.wanted.set(image, url);
      await decoded(url);
    }
    if (memory.wanted.get(image) !== url || !chart?.contains(image)) return;
    image.style.imageRendering = crisp ? "pixelated" : "auto";
    if (image.href.baseVal !== url) image.href.baseVal = url;
    moveTo(image, extent);
    showNew();
  };
  const theme = (name) => getComputedStyle(parentElement).getPropertyValue(`--st-${name}`);
  const overlay = () => {
    const graph = chart.querySelector(".svg-container");
    const found = graph.querySelector(":scope > .chart-over");
    if (found) return found;
    const made = element(graph, "position: absolute; inset: 0; pointer-events: none; z-index: 1; font-size: 12px");
    made.className = "chart-over";
    made.style.fontFamily = theme("font");
    return made;
  };
  const drawBar = (layer) => {
    const { limits, colours, units, axes } = shownMap();
    const { xaxis, yaxis } = chart._fullLayout._plots[axes];
    const width = Math.min(260, xaxis._length);
    const left = xaxis._offset + (xaxis._length - width) / 2;
    layer.querySelector(".chart-bar")?.remove();
    const bar = element(layer, `position: absolute; left: ${left}px; width: ${width}px; line-height: 1.4`);
    bar.className = "chart-bar";
    bar.style.color = `color-mix(in srgb, ${theme("text-color")} 60%, ${theme("background-color")})`;
    bar.style.bottom = `calc(100% - ${yaxis._offset - 3}px)`;
    element(bar, "text-align: center", units);
    element(bar, `height: 10px; background: linear-gradient(to right, ${colours.join()})`);
    const numbers = element(bar, "display: flex; justify-content: space-between");
    [limits[0], (limits[0] + limits[1]) / 2, limits[1]].forEach((value) => element(numbers, "", short(value, 3)));
  };
  // Bands, and pixels and rectangles in their own colours, with white around: a map may have any colour.
  const drawMarks = (layer) => {
    const { xaxis, yaxis } = chart._fullLayout._plots[memory.map?.axes ?? "xy"];
    layer.querySelector("svg")?.remove();
    const sheet = shape(layer, "svg", { width: xaxis._length, height: yaxis._length });
    sheet.style.cssText = `position: absolute; left: ${xaxis._offset}px; top: ${yaxis._offset}px`;
    // From the ranges, which follow a drag while the axes' own scales wait for its end.
    const on = ({ range, _length }, value) => ((value - range[0]) / (range[1] - range[0])) * _length;
    const across = (x) => on(xaxis, x);
    const down = (y) => yaxis._length - on(yaxis, y);
    const outlined = (name, colour, place) => {
      shape(sheet, name, { ...place, fill: "none", stroke: "white", "stroke-width": 5 });
      shape(sheet, name, { ...place, fill: "none", stroke: colour, "stroke-width": 2 });
    };
    for (const { colour, number, band, box } of data.marks) {
      const [x0, y0, x1, y1] = band ? [band[0], 0, band[1], 0] : box;
      const [left, top, width, height] = [across(x0), down(y0), across(x1) - across(x0), down(y1) - down(y0)];
      if (band) {
        const look = { fill: colour, "fill-opacity": 0.25, stroke: colour, "stroke-width": 2 };
        shape(sheet, "rect", { x: left, y: 0, width, height: yaxis._length, ...look });
        continue;
      }
      const isPixel = x0 === x1 && y0 === y1;
      if (isPixel) outlined("circle", colour, { cx: left, cy: top, r: 6 });
      else outlined("rect", colour, { x: left, y: top, width, height });
      const [x, y] = isPixel ? [left + 8, top - 6] : [left + 5, top + 17];
      const look = { fill: colour, stroke: "white", "stroke-width": 3, "paint-order": "stroke" };
      shape(sheet, "text", { x, y, "font-size": 16, "font-weight": "bold", ...look }).textContent = number;
    }
  };
  const moved = () => {
    if (memory.map || data.marks.length) drawMarks(overlay());
    if (memory.pointer) tell(memory.pointer); // another pixel is under it now
  };
  // By the chart's own button: it has Plotly change the chart as the button's arguments say.
  const putCurve = () => {
    const { name, title, colour, counts, floor, range, axes, fail } = memory.preview ?? memory.curve;
    if (axes !== data.axes || chart.data[0].meta === name || memory.failed === name) return;
    const values = [...floats(counts)]; // plain, since Streamlit copies figures by way of text
    const shown = floor === null ? values : values.map((value) => Math.max(value, floor));
    const trace = { y: [shown], name: [title], meta: [name], "line.color": [colour] };
    if (floor !== null) trace.customdata = [values];
    const button = chart.querySelector(".updatemenu-button");
    if (button?.__data__) {
      button.__data__.args = [trace, { "yaxis.range": range }, [0]];
      button.dispatchEvent(new MouseEvent("click"));
    }
    const isTaken = chart.data[0].meta === name;
    memory.failed = isTaken || !fail ? null : name;
    if (memory.failed) fail();
  };
  const showOver = () => {
    if (!chart?._fullLayout?._plots?.[memory.map?.axes ?? "xy"]) return;
    if (memory.map) showMap();
    if (memory.curve) putCurve();
    if (memory.map || data.marks.length) drawMarks(overlay());
  };
  const showMap = () => {
    for (const image of chart.querySelectorAll("image")) {
      const address = image.href.baseVal;
      if (address.includes(EMPTY_PLACE)) image.dataset.place = address;
      const picture = shownMap().pictures[image.dataset.place?.split("#")[1]];
      if (picture) putPicture(image, picture);
    }
    drawBar(overlay());
  };
  const valueAt = (column, row) => {
    if (memory.preview) return null; // the values follow
    const { left, top, block, rows, columns } = memory.map;
    const [i, j] = [Math.floor((row - top) / block), Math.floor((column - left) / block)];
    if (i < 0 || j < 0 || i >= rows || j >= columns) return null;
    memory.values ??= floats(memory.map.values);
    return memory.values[i * columns + j];
  };
  const tell = (event) => {
    if (!chart?._fullLayout || !memory.map) return;
    const layer = overlay();
    layer.querySelector(".chart-value")?.remove();
    memory.pointer = event.buttons || event.type === "pointerleave" ? null : event;
    if (!memory.pointer) return;
    for (const axes of Object.values(chart._fullLayout._plots)) {
      const { x, y, isInside } = placeOn(axes, event);
      const [column, row] = [Math.floor(x + 0.5), Math.floor(y + 0.5)];
      const value = isInside ? valueAt(column, row) : null;
      if (value === null) continue;
      const corner = chart.getBoundingClientRect();
      const [across, down] = [event.clientX - corner.left, event.clientY - corner.top];
      const side = across > corner.width / 2 ? `right: ${corner.width - across + 12}px` : `left: ${across + 12}px`;
      const label = element(layer, `position: absolute; top: ${down + 12}px; ${side}; padding: 2px 6px`);
      label.className = "chart-value";
      label.style.color = theme("text-color");
      label.style.background = theme("background-color");
      label.style.border = `1px solid ${theme("border-color")}`;
      element(label, "", `x ${column}, y ${row}`);
      element(label, "", Number.isNaN(value) ? memory.map.texts.missing : `${short(value, 4)} ${memory.map.units}`);
      const { block, texts } = memory.map;
      if (block > 1) element(label, "", texts.mean.replaceAll("{block}", block));
    }
  };

  // --- The old chart stays in sight until the new one is drawn

  const bridge = () => box.querySelector(":scope > .chart-before");
  const keepInSight = () => {
    if (!memory.copy || bridge()) return;
    box.style.position = "relative";
    box.append(memory.copy);
  };
  const showNew = async () => {
    const found = chart;
    if (!found?._fullLayout || !found.querySelector(".main-svg")) return;
    const addresses = [...found.querySelectorAll("image")].map((image) => image.href.baseVal);
    if (addresses.some((address) => address.includes(EMPTY_PLACE))) return;
    if (bridge()) {
      await Promise.all(addresses.map(decoded));
      if (found !== chart) return;
      bridge()?.remove();
    }
    memory.copy = document.createElement("div");
    memory.copy.className = "chart-before";
    memory.copy.style.cssText = "position: absolute; inset: 0; pointer-events: none; z-index: 1";
    for (const layer of found.querySelectorAll(".main-svg, .chart-over")) {
      const copy = layer.cloneNode(true);
      copy.style.position = "absolute";
      memory.copy.append(copy);
    }
  };
  const drawn = () => {
    showOver();
    showNew();
    if (memory.pointer) tell(memory.pointer);
  };

  const listeners = {
    plotly_click: clicked,
    plotly_relayout: zoomed,
    plotly_relayouting: moved,
    plotly_selected: taken,
    plotly_deselect: cleared,
    plotly_afterplot: drawn,
  };
  const leave = () => {
    if (chart && chart.removeListener)
      data.events.forEach((event) => chart.removeListener(event, listeners[event]));
    chart = null;
  };
  const listen = () => {
    const found = box.querySelector(".js-plotly-plot");
    if (chart && found !== chart) keepInSight();
    if (found === chart || !found || typeof found.on !== "function") return;
    leave();
    chart = found;
    chart.style.touchAction = "pan-y pinch-zoom";
    data.events.forEach((event) => chart.on(event, listeners[event]));
    drawn();
  };
  const observer = new MutationObserver(listen);
  observer.observe(box, { childList: true, subtree: true });
  const listening = new AbortController();
  const onAct = (name, act) => document.addEventListener(name, act, { capture: true, signal: listening.signal });
  onAct("pointerdown", nextAct);
  onAct("keydown", nextAct);
  const onTouch = (name, act) =>
    document.addEventListener(name, act, { capture: true, passive: false, signal: listening.signal });
  onTouch("touchstart", touched);
  onTouch("touchmove", touchMoved);
  onTouch("touchend", touchEnded);
  onTouch("touchcancel", touchEnded);
  onAct("mousedown", pressed);
  onAct("mousemove", dragged);
  onAct("mouseup", released);
  box.addEventListener("pointermove", tell, { signal: listening.signal });
  onAct("pointerdown", (event) => (memory.press = event));
  box.addEventListener("pointerleave", tell, { signal: listening.signal });
  memory.show = showOver;
  listen();
  const stop = () => {
    if (memory.show === showOver) memory.show = null;
    clearTimeout(pause);
    clearTimeout(memory.drag?.rest);
    listening.abort();
    observer.disconnect();
    leave();
  };
  running.set(parentElement, stop);
  return stop;
}
