// The page's fonts and colours for Plotly, from the variables that Streamlit sets for components.

const variable = (style, name) => style.getPropertyValue(`--st-${name}`).trim();

/** Return colours and fonts of the page that an element is in. */
export const themeOf = (element) => {
  const style = getComputedStyle(element);
  const [text, back] = [variable(style, "text-color"), variable(style, "background-color")];
  const mixed = (part) => `color-mix(in srgb, ${text} ${part}%, ${back})`;
  return {
    text,
    back,
    faint: resolved(element, mixed(60)),
    grid: resolved(element, mixed(12)),
    line: resolved(element, mixed(25)),
    font: variable(style, "font"),
    colorway: variable(style, "chart-categorical-colors"),
  };
};

// Plotly does not know color-mix.
const resolved = (element, colour) => {
  const probe = element.appendChild(document.createElement("span"));
  probe.style.color = colour;
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  canvas.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  canvas.fillRect(0, 0, 1, 1);
  return `rgb(${[...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)].join()})`;
};

/** Return the theme's colours of curves, in their order. */
export const colorwayOf = ({ colorway }) =>
  colorway ? colorway.split(/,(?![^(]*\))/).map((each) => each.trim()) : [];

/** Return a layout with the theme's colours, where it has none of its own. */
export const themed = (layout, theme) => {
  const { text, back, faint, grid, line, font } = theme;
  const colorway = colorwayOf(theme);
  const axis = (own) => ({
    gridcolor: grid,
    linecolor: line,
    zerolinecolor: grid,
    tickfont: { color: faint },
    ...own,
    title: { font: { color: faint }, standoff: 6, ...own.title },
  });
  return {
    ...(colorway.length && { colorway }),
    ...layout,
    font: { family: font, size: 12, color: text, ...layout.font },
    paper_bgcolor: back,
    plot_bgcolor: "rgba(0,0,0,0)",
    hoverlabel: { bgcolor: back, bordercolor: line, font: { color: text, family: font }, ...layout.hoverlabel },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: faint, activecolor: text },
    xaxis: axis({ ...(layout.hovermode === "x unified" && { spikecolor: faint, spikethickness: 1 }), ...layout.xaxis }),
    yaxis: axis(layout.yaxis),
  };
};

/** Call back when the theme changes, which Streamlit does without telling components. */
export const watchTheme = (element, changed) => {
  element.style.color = "var(--st-text-color)";
  element.style.transition = "color 1ms";
  element.addEventListener("transitionend", (event) => {
    if (event.target === element && event.propertyName === "color") changed();
  });
};
