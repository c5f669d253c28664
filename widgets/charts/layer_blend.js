// Blending of map layers and photographs into one picture: what is computed, without a page.
//
// The values of a map come as whole numbers from 0 to 65534 between its lowest and its highest value; 65535 is no
// value. A layer's look says how values become brightness, and brightness a colour.

export const MISSING = 65535;
const LEVELS = 65535; // numbers of values
const LOG_RANGE = 100; // of the logarithmic scale: the highest value to the one at which it bends
const BINS = 1024; // of the equalised scale

const SCALES = {
  linear: (part) => part,
  sqrt: (part) => Math.sqrt(part),
  log: (part) => Math.log1p(LOG_RANGE * part) / Math.log1p(LOG_RANGE),
};

/** Return the value that a number stands for. */
export const valueOf = (number, [lowest, highest]) => lowest + (number * (highest - lowest)) / (LEVELS - 1);

/** Return the number that stands for a value, between 0 and the highest. */
export const numberOf = (value, [lowest, highest]) =>
  highest > lowest ? Math.min(Math.max(((value - lowest) / (highest - lowest)) * (LEVELS - 1), 0), LEVELS - 1) : 0;

/** Return how many values lie in each of equal bins between two values; those beyond count in the last ones. */
export const histogram = (numbers, range, [low, high], bins) => {
  const counts = new Array(bins).fill(0);
  const [first, last] = [numberOf(low, range), numberOf(high, range)];
  const scale = bins / Math.max(last - first, 1e-9);
  for (const number of numbers) {
    if (number === MISSING) continue;
    counts[Math.min(Math.max(Math.floor((number - first) * scale), 0), bins - 1)] += 1;
  }
  return counts;
};

/** Return the value below which a part of all values lies. */
export const quantile = (numbers, range, part) => {
  const counts = new Uint32Array(LEVELS);
  let total = 0;
  for (const number of numbers) {
    if (number === MISSING) continue;
    counts[number] += 1;
    total += 1;
  }
  let below = 0;
  for (let number = 0; number < LEVELS; number += 1) {
    below += counts[number];
    if (below >= part * total && below) return valueOf(number, range);
  }
  return range[1];
};

// Return how bright each value between the limits is when all brightnesses are to be as frequent.
const equalised = (numbers, range, limits) => {
  const counts = histogram(numbers, range, limits, BINS);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  const shares = counts.map((count) => (below += count) / Math.max(total, 1));
  return (part) => shares[Math.min(Math.floor(part * BINS), BINS - 1)];
};

/** Return the brightness, 0 to 255, of every number of a layer. */
export const brightnessTable = ({ low, high, scale, gamma }, range, numbers) => {
  const shaped = scale === "equalised" ? equalised(numbers, range, [low, high]) : SCALES[scale];
  const table = new Uint8Array(LEVELS);
  const span = Math.max(high - low, 1e-12);
  for (let number = 0; number < LEVELS; number += 1) {
    const part = Math.min(Math.max((valueOf(number, range) - low) / span, 0), 1);
    table[number] = Math.round(255 * shaped(part) ** (1 / gamma));
  }
  return table;
};

/** Return the red, green and blue, 0 to 255, of "#rrggbb". */
export const rgbOf = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));

/** Return the 256 colours of a look, in one array: of a colour map, or from black to one hue. */
export const palette = ({ colour }, colormaps) => {
  if (!colour.startsWith("#")) return Uint8Array.from(colormaps[colour].flatMap(rgbOf));
  const hue = rgbOf(colour);
  return Uint8Array.from({ length: 768 }, (_, place) => Math.round((hue[place % 3] * Math.floor(place / 3)) / 255));
};

// A layer covers what is below it.
const cover = (target, place, [red, green, blue], opacity) => {
  const rest = 1 - opacity;
  target[place] = target[place] * rest + red * opacity;
  target[place + 1] = target[place + 1] * rest + green * opacity;
  target[place + 2] = target[place + 2] * rest + blue * opacity;
  target[place + 3] = target[place + 3] * rest + 255 * opacity;
};

const layPhoto = (target, pixels, opacity) => {
  for (let place = 0; place < target.length; place += 4) {
    if (pixels[place + 3]) cover(target, place, pixels.subarray(place, place + 3), (opacity * pixels[place + 3]) / 255);
  }
};

// Call a function with the place of each pixel of the picture that has a value, and with its brightness.
const eachValue = (length, { numbers, columns, times, brightness }, act) => {
  const across = columns * times;
  for (let place = 0, pixel = 0; place < length; place += 4, pixel += 1) {
    const row = Math.floor(pixel / across);
    const number = numbers[Math.floor(row / times) * columns + Math.floor((pixel - row * across) / times)];
    if (number !== MISSING) act(place, brightness[number]);
  }
};

const layMap = (target, layer) => {
  const { look, colours } = layer;
  eachValue(target.length, layer, (place, level) =>
    cover(target, place, colours.subarray(3 * level, 3 * level + 3), look.opacity));
};

// The light of layers in one hue each is added, as that of lamps; the fourth number is the brightest of them.
const addLight = (light, layer) => {
  const { look, colours } = layer;
  eachValue(light.length, layer, (place, level) => {
    for (let part = 0; part < 3; part += 1) light[place + part] += colours[3 * level + part] * look.opacity;
    light[place + 3] = Math.max(light[place + 3], level * look.opacity, 0.001); // black light is a value, too
  });
};

// Light covers what is below it by its brightness; where nothing is below, that is black.
const shine = (target, light) => {
  for (let place = 0; place < target.length; place += 4) {
    if (!light[place + 3]) continue;
    const rest = 1 - light[place + 3] / 255;
    for (let part = 0; part < 3; part += 1) target[place + part] = target[place + part] * rest + light[place + part];
    target[place + 3] = 255;
  }
};

/**
 * Return the pixels of layers that lie over one another, the lowest first: red, green, blue, opacity, 0 to 255.
 *
 * A map has `numbers` in rows of `columns`, each drawn as `times` × `times` pixels, its `look`, `brightness` of
 * every number and `colours` of every brightness; a photograph has `pixels` and its `look`.
 */
export const blended = (layers, width, height) => {
  const target = new Float32Array(4 * width * height);
  let light = null;
  const finishLight = () => {
    if (light) shine(target, light);
    light = null;
  };
  for (const layer of layers.filter(({ look }) => look.visible && look.opacity)) {
    if (layer.numbers && layer.look.colour.startsWith("#")) {
      light ??= new Float32Array(target.length);
      addLight(light, layer);
      continue;
    }
    finishLight();
    if (layer.pixels) layPhoto(target, layer.pixels, layer.look.opacity);
    else layMap(target, layer);
  }
  finishLight();
  return Uint8ClampedArray.from(target);
};
