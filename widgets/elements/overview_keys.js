// The marks of a status, and what the arrow keys do in the periodic table; nothing here needs a page.

export const MARKS = { sure: "✓", possible: "?", tube: "T" };

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

// The symbol to which a key leads from another one: the nearest cell that way, beyond gaps; null if there is none
export function nextSymbol(cells, from, key) {
  const step = STEPS[key];
  const start = cells.find(({ symbol }) => symbol === from);
  if (!step || !start) return null;
  const [down, right] = step;
  const along = (cell) => (cell.row - start.row) * down + (cell.column - start.column) * right;
  const aside = (cell) => Math.abs((cell.row - start.row) * right) + Math.abs((cell.column - start.column) * down);
  const ahead = cells.filter((cell) => along(cell) > 0 && aside(cell) === 0);
  ahead.sort((one, other) => along(one) - along(other));
  return ahead[0]?.symbol ?? null;
}
