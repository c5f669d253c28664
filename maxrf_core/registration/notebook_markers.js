// Eight numbered markers that are dragged in a notebook: four in the photograph, four on the map.
// An anywidget front-end module: https://anywidget.dev/en/afm/

const COLOURS = ["rgb(240 130 0)", "rgb(20 150 60)", "rgb(215 30 40)", "rgb(30 90 230)"]; // as in the app
const MARKER_RADIUS = 9; // screen pixels
const MARGIN = 0.07; // around a picture, so that markers in its corners are seen whole
const MAX_ZOOM = 60; // screen pixels of one picture pixel
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

// A picture with its markers. Coordinates of the drawing are the picture's pixels, centres at whole numbers.
function panel(model, side, title, smooth) {
  const [width, height] = model.get(`${side}_size`);
  const figure = document.createElement("figure");
  figure.style.cssText = "flex: 1 1 320px; margin: 0; min-width: 0";
  const caption = document.createElement("figcaption");
  caption.textContent = title;
  const svg = document.createElementNS(SVG, "svg");
  svg.style.cssText = "width: 100%; height: 420px; background: #888; touch-action: none; cursor: move";
  svg.setAttribute("aria-label", title);
  figure.append(caption, svg);
  element("image", {
    href: model.get(`${side}_url`), x: -0.5, y: -0.5, width, height, preserveAspectRatio: "none",
    style: smooth ? "" : "image-rendering: pixelated",
  }, svg);

  const margin = MARGIN * Math.max(width, height);
  const whole = {
    x: -0.5 - margin, y: -0.5 - margin, width: width + 2 * margin, height: height + 2 * margin,
  };
  let view = whole;
  const markers = COLOURS.map((colour, number) => marker(colour, number));

  function scale() { // picture pixels per screen pixel
    const box = svg.getBoundingClientRect();
    return Math.max(view.width / (box.width || 1), view.height / (box.height || 1));
  }

  function place(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  function draw() {
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    model.get(`${side}_points`).forEach(([x, y], number) =>
      markers[number].setAttribute("transform", `translate(${x} ${y}) scale(${scale()})`));
  }

  function move(number, x, y) {
    const points = model.get(`${side}_points`).map((point) => [...point]);
    points[number] = [
      Math.min(Math.max(x, -0.5), width - 0.5), Math.min(Math.max(y, -0.5), height - 0.5),
    ];
    model.set(`${side}_points`, points);
    model.save_changes();
    draw();
  }

  function marker(colour, number) {
    const group = element("g", {
      tabindex: 0, role: "button", style: "cursor: grab", "data-marker": `${side}-${number + 1}`,
      "aria-label": `${title}, marker ${number + 1}; arrow keys move it`,
    }, svg);
    element("circle", { r: MARKER_RADIUS, fill: "transparent", stroke: "white", "stroke-width": 4 }, group);
    element("circle", { r: MARKER_RADIUS, fill: "transparent", stroke: colour, "stroke-width": 2 }, group);
    element("path", { d: "M-4 0H4M0 -4V4", stroke: colour, "stroke-width": 1 }, group);
    element("text", {
      x: MARKER_RADIUS + 3, y: -MARKER_RADIUS, "font-size": 14, "font-weight": "bold", fill: colour,
      stroke: "white", "stroke-width": 3, "paint-order": "stroke",
    }, group).textContent = number + 1;
    let held = null; // from the pointer to the marker's centre
    group.addEventListener("pointerdown", (event) => {
      const [x, y] = place(event), [ownX, ownY] = model.get(`${side}_points`)[number];
      held = [ownX - x, ownY - y];
      group.setPointerCapture(event.pointerId);
      event.stopPropagation();
    });
    group.addEventListener("pointermove", (event) => {
      if (!held) return;
      const [x, y] = place(event);
      move(number, x + held[0], y + held[1]);
    });
    for (const end of ["pointerup", "pointercancel"]) group.addEventListener(end, () => { held = null; });
    group.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      const [x, y] = model.get(`${side}_points`)[number];
      const length = Math.max(0.1, scale()) * (event.shiftKey ? 10 : 1);
      move(number, x + step[0] * length, y + step[1] * length);
      event.preventDefault();
      event.stopPropagation(); // notebooks use the arrow keys, too
    });
    return group;
  }

  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [x, y] = place(event), box = svg.getBoundingClientRect();
    let factor = Math.exp(event.deltaY / 400);
    factor = Math.max(factor, box.width / MAX_ZOOM / view.width);
    factor = Math.min(factor, whole.width / view.width);
    view = {
      x: x + (view.x - x) * factor, y: y + (view.y - y) * factor,
      width: view.width * factor, height: view.height * factor,
    };
    draw();
  }, { passive: false });

  let from = null;
  svg.addEventListener("pointerdown", (event) => {
    from = [event.clientX, event.clientY];
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    view = {
      ...view, x: view.x - (event.clientX - from[0]) * scale(), y: view.y - (event.clientY - from[1]) * scale(),
    };
    from = [event.clientX, event.clientY];
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { from = null; });
  svg.addEventListener("dblclick", () => { view = whole; draw(); });

  model.on(`change:${side}_points`, draw);
  const sized = new ResizeObserver(draw);
  sized.observe(svg);
  draw();
  return { figure, stop: () => { sized.disconnect(); model.off(`change:${side}_points`, draw); } };
}

function render({ model, el }) {
  const row = document.createElement("div");
  row.style.cssText = "display: flex; flex-wrap: wrap; gap: 12px";
  const panels = [
    panel(model, "src", "Photograph", true),
    panel(model, "dst", "Map", false),
  ];
  row.append(...panels.map((each) => each.figure));
  const help = document.createElement("p");
  help.textContent = "Drag each marker to the same landmark in both pictures. Wheel: zoom; drag the picture: "
    + "move it; double click: show all; arrow keys: move the marker that was clicked last.";
  el.append(row, help);
  return () => panels.forEach((each) => each.stop());
}

export default { render };
