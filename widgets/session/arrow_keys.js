// Groups of buttons of which the tabulator reaches one, and the arrow keys the others.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * Return the number of the cell to which an arrow key leads: the nearest one that way, beyond gaps.
 *
 * @param {{row: number, column: number}[]} cells - of a table; numbers that grow down and to the right
 * @param {number} from - the number of a cell
 * @param {string} key - as an event tells it
 * @returns {number | null} null if there is none, or for another key
 */
export const nextCell = (cells, from, key) => {
  const step = STEPS[key];
  const start = cells[from];
  if (!step || !start) return null;
  const [down, right] = step;
  const along = (cell) => (cell.row - start.row) * down + (cell.column - start.column) * right;
  const aside = (cell) => Math.abs((cell.row - start.row) * right) + Math.abs((cell.column - start.column) * down);
  const ahead = cells.filter((cell) => along(cell) > 0 && aside(cell) === 0);
  ahead.sort((one, other) => along(one) - along(other));
  return ahead.length ? cells.indexOf(ahead[0]) : null;
};

/**
 * Return the number of the tile to which a key leads: left and right go on in the next row, as one reads; Home and
 * End lead to the first and the last one. The parameters are those of `nextCell`.
 */
export const nextTile = (tiles, from, key) => {
  if (!tiles[from]) return null;
  const last = tiles.length - 1;
  const ends = { Home: 0, End: last };
  if (key in ends) return ends[key];
  const next = from + ({ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0);
  if (next !== from) return next >= 0 && next <= last ? next : null;
  return nextCell(tiles, from, key);
};

/** Return where buttons lie in the page, as `nextTile` takes it. */
export const placesOf = (buttons) => buttons.map(({ offsetTop, offsetLeft }) => ({ row: offsetTop, column: offsetLeft }));

/**
 * Let the tabulator reach one button of a group, and the keys lead to the others.
 *
 * @param {Element} group - holds the buttons
 * @param {HTMLElement[]} buttons
 * @param {(from: number, key: string) => number | null} next - the button to which a key leads
 * @returns {(at: number) => void} makes another button the one that the tabulator reaches; the first one at first
 */
export const moveByArrows = (group, buttons, next) => {
  const reach = (at) => buttons.forEach((button, number) => { button.tabIndex = number === Math.max(at, 0) ? 0 : -1; });
  group.addEventListener("focusin", ({ target }) => reach(buttons.indexOf(target)));
  group.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const to = next(buttons.indexOf(event.target), event.key);
    if (to === null) return;
    event.preventDefault(); // else the page scrolls
    buttons[to].focus();
  });
  reach(0);
  return reach;
};
