// Figures of a chart, fetched by the hash of their content, and Plotly's script.

const KEPT = 4; // figures of a chart that are not fetched again

/** Return what the server answers, or null: it has no answer where the page has gone on meanwhile. */
export const answer = async (address, read = (response) => response.json()) => {
  const response = await fetch(address).catch(() => null);
  return response?.status === 200 ? read(response).catch(() => null) : null;
};

export class Figures {
  #known = new Map(); // by hash: promises of figures
  #wanted = null; // hash of the one that the page shows: what was shown ahead of it does not drive it out

  keep(hash, figure) {
    this.#known.delete(hash);
    this.#known.set(hash, figure);
    if (this.#known.size > KEPT) this.#known.delete([...this.#known.keys()].find((each) => each !== this.#wanted));
  }

  /** Return the figure of a hash, from the chart's address if it is not known; null if that has none. */
  async get(hash, address) {
    this.#wanted = hash;
    if (!this.#known.has(hash)) this.keep(hash, answer(`${address}?figure=${hash}`));
    const figure = await this.#known.get(hash);
    if (!figure) this.#known.delete(hash);
    return figure;
  }
}

let script = null;

/** Load Plotly's script, once for all charts. */
export const loadPlotly = (address) =>
  (script ??= new Promise((resolve, reject) => {
    const made = document.createElement("script");
    made.onload = () => resolve(window.Plotly);
    made.onerror = () => {
      script = null;
      reject(new Error("Plotly's script could not be loaded"));
    };
    made.src = address;
    document.head.append(made);
  }));

/** Load Plotly's script once the browser is idle: a page without a chart shows this, for the first chart's sake. */
export default function ({ data }) {
  const load = () => loadPlotly(data.plotly).catch(() => {}); // a chart that needs it will say so
  if (window.requestIdleCallback) window.requestIdleCallback(load);
  else setTimeout(load, 500); // milliseconds; Safari cannot tell when it is idle
}
