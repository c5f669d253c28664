// One cursor in all pictures of a map on a page: the one under the pointer tells the place, the others show it. The
// pictures of Register, in pages of their own, do so too (`clickable_picture/cursor.js`).

import { make } from "./make_element.js";

const EVENT = "maxrf-place";
const CROSS =
  "position: absolute; width: 13px; height: 13px; margin: -6.5px 0 0 -6.5px; pointer-events: none; background:" +
  " linear-gradient(#fff, #fff) center / 1px 100% no-repeat, linear-gradient(#fff, #fff) center / 100% 1px no-repeat," +
  " linear-gradient(#000, #000) center / 3px 100% no-repeat, linear-gradient(#000, #000) center / 100% 3px no-repeat;";

/** Tell the others the place that the pointer is at, as shares of the map's sides; null if it has left. */
export const tellPlace = (by, place) => window.dispatchEvent(new CustomEvent(EVENT, { detail: { by, place } }));

/** Hear what others tell, until the signal ends it. */
export const hearPlaces = (by, show, signal) =>
  window.addEventListener(EVENT, ({ detail }) => detail.by !== by && show(detail.place), { signal });

/** Return the shares of a map's sides of a pixel's centre, and the pixel at shares. */
export const sharesOf = ([column, row], [rows, columns]) => [(column + 0.5) / columns, (row + 0.5) / rows];
export const pixelAtShares = ([across, down], [rows, columns]) => [
  Math.min(Math.floor(across * columns), columns - 1),
  Math.min(Math.floor(down * rows), rows - 1),
];

/** Return where a picture that fills as much of its box as its proportions allow lies in it, in the middle. */
export const pictureIn = ({ width, height }, [wide, high]) => {
  const scale = Math.min(width / wide, height / high);
  return { left: (width - scale * wide) / 2, top: (height - scale * high) / 2, width: scale * wide, height: scale * high };
};

const shownIn = (image) => pictureIn({ width: image.clientWidth, height: image.clientHeight }, [image.naturalWidth, image.naturalHeight]);

/** Have small pictures of whole maps tell the pointer's place, and show it as a cross. */
export const joinThumbnails = (images) => {
  const end = new AbortController();
  const crosses = images.map((image) => {
    image.parentElement.style.position = "relative";
    image.onpointermove = (event) => event.pointerType === "mouse" && tellPlace(image, placeIn(image, event));
    image.onpointerleave = () => tellPlace(image, null);
    return make(image.parentElement, "span", { style: `${CROSS} display: none` });
  });
  const show = (place) => {
    if (!images.some((image) => image.isConnected)) return end.abort(); // drawn anew, or gone
    images.forEach((image, number) => {
      const { left, top, width, height } = shownIn(image);
      const { style } = crosses[number];
      style.display = place && image.naturalWidth ? "block" : "none";
      if (!place) return;
      style.left = `${image.offsetLeft + left + place[0] * width}px`;
      style.top = `${image.offsetTop + top + place[1] * height}px`;
    });
  };
  hearPlaces(null, show, end.signal);
};

const placeIn = (image, { offsetX, offsetY }) => {
  const { left, top, width, height } = shownIn(image);
  const place = [(offsetX + 0.5 - left) / width, (offsetY + 0.5 - top) / height];
  return place.every((share) => share >= 0 && share < 1) ? place : null;
};
