"""Rows and columns of a scan that hold no counts, or counts unlike those of their neighbours.

A line, here a row or a column, that holds nothing although its neighbours do was not measured. A dark edge of
the object or an empty margin is no such line: there the counts fall from line to line, or end for good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.conversion.scan_part import known_missing
from maxrf_core.cube.shuffled_counts import row_sums, sum_of_present
from maxrf_core.language import Note, marked
from maxrf_core.readers import Scan

MIN_EXPECTED = 20.0  # counts in a line, by its neighbours; chance leaves it empty once in 5e8
MAX_OF_PIXEL = 5.0  # that one pixel adds to these: a few bright ones tell nothing of a line
MAX_EDGE = 2  # lines; a thicker empty edge may be a margin
MIN_PIXELS = 8  # of a line that is compared with its neighbours
MIN_RATIO, MIN_RATIO_OF_MOST = 2.0, 1.5  # of a line to both neighbours: the median, and all but a fifth
FEW_COUNTS = 3.0  # added to both, since ratios of few counts vary
MAX_ODD, MAX_ODD_SHARE = 3, 0.05  # lines; more are how the instrument scans, or the object
SAMPLE_BYTES = 48_000_000  # that are read before a conversion
MIN_SAMPLE, MAX_SAMPLE = 12, 400  # rows of a larger scan that are read
MAX_NAMED = 12  # runs of lines that a sentence lists

_EMPTY = (
    marked("Row {lines} holds no counts"),
    marked("Rows {lines} hold no counts"),
    marked("Column {lines} holds no counts"),
    marked("Columns {lines} hold no counts"),
)
_EDGE = (
    marked("Row {lines} at the edge holds no counts: a margin, or not measured"),
    marked("Rows {lines} at the edge hold no counts: a margin, or not measured"),
    marked("Column {lines} at the edge holds no counts: a margin, or not measured"),
    marked("Columns {lines} at the edge hold no counts: a margin, or not measured"),
)
_ODD = (
    marked("Row {lines} holds far more or fewer counts than its neighbours"),
    marked("Rows {lines} hold far more or fewer counts than their neighbours"),
    marked("Column {lines} holds far more or fewer counts than its neighbours"),
    marked("Columns {lines} hold far more or fewer counts than their neighbours"),
)


@dataclass(frozen=True)
class Lines:
    """Numbers of rows or of columns, from 0.

    Attributes
    ----------
    empty : tuple of int
        Hold nothing although their neighbours do.
    edge : tuple of int
        Hold nothing up to the scan's edge: an empty margin, or never measured.
    odd : tuple of int
        Hold at least twice the counts of both neighbours or at most half, nearly everywhere, or the same
        counts in each pixel.
    """

    empty: tuple[int, ...] = ()
    edge: tuple[int, ...] = ()
    odd: tuple[int, ...] = ()

    def shifted(self, by: int) -> "Lines":
        """Return the same lines with their numbers in a larger scan."""
        return Lines(*(tuple(line + by for line in lines) for lines in (self.empty, self.edge, self.odd)))


@dataclass(frozen=True)
class DeadLines:
    """Rows and columns of a scan that look as if they were not measured, or not rightly.

    Attributes
    ----------
    rows, columns : Lines
    """

    rows: Lines = Lines()
    columns: Lines = Lines()

    def shifted(self, x: int, y: int) -> "DeadLines":
        """Return the same lines with their numbers in a scan that begins so many pixels before."""
        return DeadLines(self.rows.shifted(y), self.columns.shifted(x))

    @property
    def empty(self) -> list[Note]:
        """Parts of sentences on lines that hold nothing."""
        return _told(_EMPTY, self.rows.empty, self.columns.empty)

    @property
    def doubtful(self) -> list[Note]:
        """Parts of sentences on edges that hold nothing, and on lines unlike their neighbours."""
        edges = _told(_EDGE, self.rows.edge, self.columns.edge)
        return edges + _told(_ODD, self.rows.odd, self.columns.odd)

    def mask(self, shape: tuple[int, int]) -> np.ndarray:
        """Return the pixels of lines that hold nothing: (height, width) bool."""
        found = np.zeros(shape, bool)
        found[list(self.rows.empty)] = True
        found[:, list(self.columns.empty)] = True
        return found


def lines_in_words(numbers: Sequence[int]) -> str:
    """Return the numbers of lines for people.

    Examples
    --------
    >>> lines_in_words([3, 4, 5, 12])
    '3–5, 12'
    """
    runs = runs_of(numbers)
    words = [f"{first}" if first == last else f"{first}–{last}" for first, last in runs]
    return ", ".join(words[:MAX_NAMED]) + (" …" if len(words) > MAX_NAMED else "")


def runs_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and the last number of each run of whole numbers, whatever their order.

    Examples
    --------
    >>> runs_of([12, 3, 4, 5])
    [(3, 5), (12, 12)]
    """
    rising = np.array(sorted(numbers), np.int64)
    if not len(rising):
        return []
    parts = np.split(rising, np.flatnonzero(np.diff(rising) > 1) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts]


def find_dead_lines(
    totals: np.ndarray, missing: np.ndarray | None = None, *, columns_only: bool = False
) -> DeadLines:
    """Find rows and columns that hold nothing, or counts unlike those of their neighbours.

    Parameters
    ----------
    totals : ndarray, shape (height, width)
        Counts of each pixel over all channels; NaN where a pixel has no value.
    missing : ndarray of bool, shape (height, width), optional
        Pixels known to be missing, which tell nothing.
    columns_only : bool
        For some rows of a scan, which do not follow one another.

    Examples
    --------
    >>> totals = np.full((20, 30), 50.0) + np.arange(30)
    >>> totals[7] = 0
    >>> find_dead_lines(totals).rows.empty
    (7,)
    """
    absent = ~np.isfinite(totals) if missing is None else missing | ~np.isfinite(totals)
    totals = np.where(absent, 0, np.maximum(totals, 0)).astype(np.float64)
    rows, row_edge = _empty_lines(totals, absent)
    columns, column_edge = _empty_lines(totals.T, absent.T)
    absent = absent.copy()
    absent[rows + row_edge] = True
    absent[:, columns + column_edge] = True
    across = Lines(tuple(columns), tuple(column_edge), tuple(_odd_lines(totals.T, absent.T)))
    if columns_only:
        return DeadLines(columns=across)
    return DeadLines(Lines(tuple(rows), tuple(row_edge), tuple(_odd_lines(totals, absent))), across)


def dead_lines_in_sample(scan: Scan) -> tuple[DeadLines, bool]:
    """Find dead lines before a conversion; of a large scan some rows are read, which tell its columns only.

    Returns
    -------
    found : DeadLines
    is_whole : bool
        True if the whole scan was read, so that its rows are known, too.
    """
    height, width, channels = scan.shape
    of_row = max(1, width * channels * np.dtype(scan.dtype).itemsize)
    is_whole = height * of_row <= SAMPLE_BYTES
    step = 1 if is_whole else -(-height // min(MAX_SAMPLE, max(MIN_SAMPLE, SAMPLE_BYTES // of_row)))
    at_once = max(1, SAMPLE_BYTES // (2 * of_row)) * step
    whole = slice(0, width)
    totals = np.concatenate(
        [
            pixel_totals(scan.read(slice(start, min(start + at_once, height), step), whole))
            for start in range(0, height, at_once)
        ]
    )
    return find_dead_lines(totals, known_missing(scan)[::step], columns_only=step > 1), step == 1


def pixel_totals(block: np.ndarray) -> np.ndarray:
    """Return the counts of each pixel over all channels, (height, width) float64; NaN if all are missing."""
    if block.dtype.kind != "f":
        return row_sums(block).astype(np.float64)
    sums, missing = sum_of_present(block, axis=2)
    sums[missing == block.shape[2]] = np.nan
    return sums


def _told(words: tuple[str, str, str, str], rows: Sequence[int], columns: Sequence[int]) -> list[Note]:
    found = ((words[:2], rows), (words[2:], columns))
    return [Note(each[len(lines) > 1], lines=lines_in_words(lines)) for each, lines in found if lines]


def _empty_lines(totals: np.ndarray, absent: np.ndarray) -> tuple[list[int], list[int]]:
    """Return the rows that hold nothing although their neighbours do, and empty ones up to the edge."""
    is_known = ~absent.all(axis=1)
    is_empty = is_known & (totals.sum(axis=1) == 0)
    filled = np.flatnonzero(is_known & ~is_empty)
    found: list[int] = []
    edge: list[int] = []
    for first, last in runs_of(np.flatnonzero(is_empty).tolist()):
        before, after = filled[filled < first], filled[filled > last]
        is_inside = len(before) > 0 and len(after) > 0
        near = [before[-1], after[0]] if is_inside else [*before[-2:], *after[:2]]
        if len(near) < 2:
            continue
        expected = np.minimum(np.minimum(totals[near[0]], totals[near[1]]), MAX_OF_PIXEL).sum()
        if expected >= MIN_EXPECTED:
            is_dead = is_inside or last - first < MAX_EDGE
            (found if is_dead else edge).extend(range(first, last + 1))
    return found, edge


def _odd_lines(totals: np.ndarray, absent: np.ndarray) -> list[int]:
    """Return the rows that differ grossly from both neighbours, or from those beyond one other such row."""
    height = len(totals)
    level = np.log(totals + FEW_COUNTS)
    odd = _constant_lines(totals, absent)
    for distance in (1, 2):
        for line in range(distance, height - distance):
            three = [line - distance, line, line + distance]
            there = ~absent[three].any(axis=0)
            if np.count_nonzero(there) < MIN_PIXELS:
                continue
            before, middle, after = level[three][:, there]
            higher = middle - np.maximum(before, after)
            lower = np.minimum(before, after) - middle
            if _is_gross(higher) or _is_gross(lower):
                odd.add(line)
    return sorted(odd) if len(odd) <= max(MAX_ODD, MAX_ODD_SHARE * height) else []


def _is_gross(differences: np.ndarray) -> bool:
    """Return True if most logarithms of ratios, and their median, are large."""
    low, median = np.quantile(differences, (0.2, 0.5))
    return bool(median > np.log(MIN_RATIO) and low > np.log(MIN_RATIO_OF_MOST))


def _constant_lines(totals: np.ndarray, absent: np.ndarray) -> set[int]:
    """Return the rows that hold the same counts, not 0, in each of their pixels."""
    high = np.where(absent, -np.inf, totals).max(axis=1)
    low = np.where(absent, np.inf, totals).min(axis=1)
    is_constant = (high == low) & (high >= MIN_EXPECTED) & (np.count_nonzero(~absent, axis=1) >= MIN_PIXELS)
    return set(np.flatnonzero(is_constant).tolist())
