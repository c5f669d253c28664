"""Places of pixels that numbers in the names of files tell, such as row and column."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from maxrf_core.language import _

COLUMN_WORDS = {"x", "c", "col", "column", "columns", "i"}
ROW_WORDS = {"y", "r", "row", "rows", "line", "l", "j"}
MIN_FILLED = 0.5  # of the pixels of a grid
MIN_NUMBERED = 16  # files with a running number alone that are taken for a scan
MIN_PLACED = 4  # files with numbers of rows and columns
MAX_WIDTHS = 12  # that are offered for a running number
ROWS_FIRST, COLUMNS_FIRST = "rows-columns", "columns-rows"


@dataclass(frozen=True, eq=False)
class Grid:
    """A place for each of some files.

    Attributes
    ----------
    key, words : str
        Of the choice, and for people.
    height, width : int
    rows, columns : ndarray, int64
        Of each file, in their order.
    """

    key: str
    words: str
    height: int
    width: int
    rows: np.ndarray
    columns: np.ndarray

    @property
    def is_sound(self) -> bool:
        """True if no two files have one place, and most places have a file."""
        if len(self.rows) < MIN_FILLED * self.height * self.width:
            return False
        return len(np.unique(self.rows * self.width + self.columns)) == len(self.rows)


def like_named(names: Sequence[str]) -> list[str]:
    """Return the largest group of names that differ in nothing but their numbers, sorted.

    Examples
    --------
    >>> like_named(["a_2.mca", "a_1.mca", "notes.mca"])
    ['a_1.mca', 'a_2.mca']
    """
    skeletons = {name: re.sub(r"[0-9]+", "#", name) for name in names}
    if not skeletons:
        return []
    ((most, _count),) = Counter(sorted(skeletons.values())).most_common(1)
    return sorted(name for name, skeleton in skeletons.items() if skeleton == most)


def grids_of(stems: Sequence[str]) -> list[Grid]:
    """Return the grids that like-named files can make, the best guess first; empty if they make none.

    Parameters
    ----------
    stems : sequence of str
        Names without endings, which differ in nothing but their numbers.

    Examples
    --------
    >>> [grid.key for grid in grids_of([f"scan_{n // 5}_{n % 5}" for n in range(20)])]
    ['rows-columns', 'columns-rows']
    >>> [grid.key for grid in grids_of([f"x{n % 5}y{n // 5}" for n in range(20)])]
    ['columns-rows']
    >>> [(grid.key, grid.height) for grid in grids_of([f"s{n}" for n in range(1, 19)])][:3]
    [('6x3', 3), ('3x6', 6), ('9x2', 2)]
    """
    if len(stems) < MIN_PLACED:
        return []
    numbers = np.array(
        [[int(part) % 2**62 for part in re.findall("[0-9]+", stem)] for stem in stems], np.int64
    )
    labels = [text.rstrip("-_ .").lower() for text in re.split("[0-9]+", stems[0])[:-1]]
    words = [found[0] if (found := re.search("[a-z]+$", label)) else "" for label in labels]
    varying = [place for place in range(numbers.shape[1]) if len(set(numbers[:, place])) > 1]
    across = [place for place in varying if words[place] in COLUMN_WORDS]
    down = [place for place in varying if words[place] in ROW_WORDS]
    if across and down:
        grid = _grid(numbers[:, down[-1]], numbers[:, across[-1]], down[-1] > across[-1])
        if grid.is_sound:
            return [grid]
    pairs = [
        _grid(numbers[:, first], numbers[:, second], False) for first, second in combinations(varying, 2)
    ]
    sound = [grid for grid in pairs if grid.is_sound]
    if sound:
        best = max(sound, key=lambda grid: len(stems) / (grid.height * grid.width))
        return [best, _grid(best.columns, best.rows, True)]
    if len(varying) == 1 and len(stems) >= MIN_NUMBERED:
        return _grids_of_running(_places(numbers[:, varying[0]]))
    return []


def grid_of_positions(places: Sequence[tuple[float, float]]) -> tuple[Grid, tuple[float, float]] | None:
    """Return the grid that positions of a stage make, and its steps; None if they make none.

    Parameters
    ----------
    places : sequence of (float, float)
        x, y.
    """
    if len(places) < MIN_PLACED:
        return None
    across, down = (_even(np.array(values, np.float64)) for values in zip(*places, strict=True))
    if across is None or down is None:
        return None
    (columns, step_x), (rows, step_y) = across, down
    words = _("positions in the files")
    grid = Grid("positions", words, int(rows.max()) + 1, int(columns.max()) + 1, rows, columns)
    return (grid, (step_x, step_y)) if grid.is_sound else None


def grid_of_width(count: int, key: str) -> tuple[int, int] | None:
    """Return (width, height) that a key such as ``"40x30"`` names, if it holds so many pixels."""
    found = re.fullmatch("([1-9][0-9]{0,5})x([1-9][0-9]{0,5})", key)
    if found is None or not count <= int(found[1]) * int(found[2]) <= count / MIN_FILLED:
        return None
    return int(found[1]), int(found[2])


def running_grid(numbers: np.ndarray, width: int, height: int) -> Grid:
    """Return the grid of files with running numbers from 0, row after row."""
    words = _("by running number: {width} × {height} pixels").format(width=width, height=height)
    return Grid(f"{width}x{height}", words, height, width, numbers // width, numbers % width)


def _grids_of_running(numbers: np.ndarray) -> list[Grid]:
    count = int(numbers.max()) + 1
    if count > len(numbers) / MIN_FILLED:
        return []
    widths = [width for width in range(1, count + 1) if not count % width]
    widths.sort(key=lambda width: (abs(math.log(width * width / count)), -width))
    return [running_grid(numbers, width, count // width) for width in widths[:MAX_WIDTHS]]


def _grid(rows: np.ndarray, columns: np.ndarray, columns_first: bool) -> Grid:
    down, across = _places(rows), _places(columns)
    key = COLUMNS_FIRST if columns_first else ROWS_FIRST
    words = _("names tell column, then row") if columns_first else _("names tell row, then column")
    return Grid(key, words, int(down.max()) + 1, int(across.max()) + 1, down, across)


def _places(numbers: np.ndarray) -> np.ndarray:
    """Return numbers counted from 0 in their common step."""
    least = numbers - numbers.min()
    return least // max(1, int(np.gcd.reduce(least)))


def _even(values: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Return places from 0 and the step of values that lie at even steps, to a fifth of a step."""
    rising = np.sort(values)
    steps = np.diff(rising)
    (gaps,) = np.nonzero(steps > 0.2 * steps.max(initial=0))
    centres = [float(group.mean()) for group in np.split(rising, gaps + 1)]
    if len(centres) < 2:
        return np.zeros(len(values), np.int64), 0.0
    step = float(np.median(np.diff(centres)))
    places = (values - centres[0]) / step
    if abs(places - np.rint(places)).max() > 0.2:
        return None
    return np.rint(places).astype(np.int64), step
