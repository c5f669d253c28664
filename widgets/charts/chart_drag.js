// A band that is being dragged: its map is asked for where the mouse rests, and when its button goes up; a coarse
// one while the mouse moves, where the server has one at once.
//
// Plotly tells a drag ten times a second (`plotly_selecting`), and its end up to 100 ms late. So the pointer is
// followed here; Plotly's first word tells whether it draws a new band or moves an edge of the one that is there.

const REST = 40; // milliseconds without a movement until the map is asked for
const MIN_DRAG = 8; // CSS pixels; for Plotly less is none
const UNSURE = 500; // milliseconds after a drag within which Plotly tells what it has selected, if anything

export class BandDrag {
  #drag = null;
  #unsure = null;

  /**
   * `ask(band)` asks for the map of a band; `giveUp()` takes back what was shown; both may come to nothing.
   * `askCoarse(band)` returns a promise that is kept when the coarse map is shown, or null where there is none.
   */
  constructor({ valueAt, ask, askCoarse, giveUp }) {
    Object.assign(this, { valueAt, ask, askCoarse, giveUp });
  }

  get isGoingOn() {
    return this.#drag !== null;
  }

  press(clientX) {
    if (this.#unsure) this.#takeBack();
    this.#drag = { start: clientX, from: this.valueAt(clientX) };
  }

  move(clientX, isPressed) {
    const drag = this.#drag;
    if (!drag) return;
    clearTimeout(drag.rest);
    if (!isPressed || Math.abs(clientX - drag.start) < MIN_DRAG) {
      if (drag.asked !== undefined || drag.coarse !== undefined) this.giveUp();
      drag.band = drag.asked = drag.coarse = undefined;
      if (!isPressed) this.#drag = null; // the button went up elsewhere
      return;
    }
    drag.to = clientX;
    if (!drag.isEdge) this.#follow([drag.from, this.valueAt(clientX)]);
  }

  /** Plotly tells what it has selected so far. */
  selecting(range) {
    const drag = this.#drag;
    if (!range || !drag) return;
    if (drag.isEdge === undefined) {
      const near = 2 * Math.abs(this.valueAt(drag.start + 1) - drag.from);
      drag.isEdge = !range.some((edge) => Math.abs(edge - drag.from) <= near);
    }
    if (drag.isEdge) this.#follow(range);
  }

  release() {
    const drag = this.#drag;
    if (!drag) return;
    this.#askNow();
    this.#drag = null;
    if (drag.asked !== undefined) this.#unsure = setTimeout(() => this.#takeBack(), UNSURE);
  }

  /** Plotly tells that a band was selected. */
  selected() {
    this.#unsure = clearTimeout(this.#unsure);
  }

  #follow(band) {
    clearTimeout(this.#drag.rest);
    this.#drag.band = band;
    this.#drag.rest = setTimeout(() => this.#askNow(), REST);
    this.#askCoarsely(this.#drag);
  }

  // One at a time: the next is asked for when the last is shown, if the band has moved meanwhile.
  async #askCoarsely(drag) {
    if (drag.isAwaited) return;
    while (drag === this.#drag && drag.band && ![drag.coarse, drag.asked].includes(drag.band.join())) {
      drag.isAwaited = true;
      drag.coarse = drag.band.join();
      const shown = this.askCoarse(drag.band);
      if (!shown) return; // there is none in this drag
      await shown;
      drag.isAwaited = false;
    }
  }

  #askNow() {
    const drag = this.#drag;
    if (!drag) return;
    clearTimeout(drag.rest);
    const band = drag.band?.join();
    if (band === drag.asked) return;
    drag.asked = band;
    this.ask(drag.band);
  }

  #takeBack() {
    this.#unsure = clearTimeout(this.#unsure);
    this.giveUp();
  }
}

/** What the page is told when the visitor has paused; until then the chart counts as busy. */
export class Pauses {
  #timers = {}; // by name

  constructor(length, setBusy) {
    Object.assign(this, { length, setBusy });
  }

  /** Call `act` after a pause, unless another act of this name comes before. */
  after(name, act) {
    if (this.#timers[name]) clearTimeout(this.#timers[name]);
    else this.setBusy(1);
    this.#timers[name] = setTimeout(() => {
      this.#timers[name] = null;
      act();
      this.setBusy(-1);
    }, this.length);
  }
}
