"""Counts of the same elements in the overlap of two scans, their ratios, and factors that match them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from maxrf_core.mosaic.grid import Grid, Tile
from maxrf_core.mosaic.scan_maps import Places, ScanMaps

BLOCKS = 8  # along each side of an overlap, for the scatter of its ratio
DETECTION = 5.0  # standard deviations from counting that the counts of a ratio need
MAX_ERROR = 0.2  # of a ratio, relative to it, to match counts by
MIN_BLOCKS = 6  # for the scatter between blocks
GAUGE = 1e-6  # error of the first scan's factor, which is 1


@dataclass(frozen=True)
class CountRatio:
    """Counts of an element in the second scan in relation to the first, in their overlap.

    Attributes
    ----------
    ratio : float
        Mean counts of a pixel in the second scan, divided by those in the first.
    counting : float or None
        Its standard deviation from counting; None if the maps tell no error.
    scatter : float or None
        Its standard deviation from the differences between parts of the overlap (jackknife); None if these
        are few.
    """

    ratio: float
    counting: float | None
    scatter: float | None

    @property
    def error(self) -> float:
        """The larger one of both errors; infinite if neither is known."""
        return max((each for each in (self.counting, self.scatter) if each is not None), default=np.inf)


@dataclass(frozen=True)
class Factor:
    """Number by which the counts of an element in a scan are multiplied.

    Attributes
    ----------
    value : float
    error : float
        Standard deviation; 0 of the scan that the others are matched to, infinite if nothing is known and the
        counts stay as they are.
    """

    value: float
    error: float


class _Sums:
    """Sums of an element's counts over blocks of an overlap."""

    def __init__(self) -> None:
        self.counts = np.zeros((2, BLOCKS * BLOCKS))
        self.variance = np.zeros(2)
        self.errors_known = True

    def ratio(self) -> CountRatio | None:
        first, second = self.counts.sum(axis=1)
        if min(first, second) <= 0:
            return None
        ratio, counting = float(second / first), None
        if self.errors_known:
            if (self.counts.sum(axis=1) < DETECTION * np.sqrt(self.variance)).any():
                return None
            counting = ratio * float(np.sqrt(np.sum(self.variance / (first**2, second**2))))
        return CountRatio(ratio, counting, self._scatter(first, second))

    def _scatter(self, first: float, second: float) -> float | None:
        """Return the jackknife's standard deviation of the ratio over blocks that hold counts."""
        used = self.counts[:, (self.counts != 0).all(axis=0)]
        count = used.shape[1]
        left = first - used[0]
        if count < MIN_BLOCKS or (left <= 0).any():
            return None
        ratios = (second - used[1]) / left
        return float(np.sqrt((count - 1) / count * np.sum((ratios - ratios.mean()) ** 2)))


def count_ratios(
    first: ScanMaps, second: ScanMaps, grid: Grid, box: Tile
) -> tuple[dict[str, CountRatio], int]:
    """Compare the counts of two scans in their overlap, tile by tile.

    Parameters
    ----------
    first, second : ScanMaps
    grid : Grid
    box : (slice, slice)
        Part of the grid that holds the overlap.

    Returns
    -------
    ratios : dict of str to CountRatio
        Of the elements that both scans have, and whose counts are there.
    pixels : int
        Of the grid that both scans cover.

    Notes
    -----
    Both scans are interpolated on the same pixels. A scan's pixel falls on k = (its side / the grid's)²
    pixels of the grid, so the variance of the sum is k times the sum of the interpolated variances.
    """
    names = [name for name in first.names if name in second.names]
    sums, pixels = {name: _Sums() for name in names}, 0
    spread = [max(1.0, (maps.scan.scale / grid.scale) ** 2) for maps in (first, second)]
    for tile in grid.tiles(box):
        places = [Places(maps.scan, grid, tile) for maps in (first, second)]
        both = places[0].inside & places[1].inside
        if not both.any():
            continue
        pixels += int(both.sum())
        blocks = _blocks(tile, box)
        for name in names:
            _add(sums[name], (first, second), name, places, blocks, spread)
    ratios = {name: each.ratio() for name, each in sums.items()}
    return {name: ratio for name, ratio in ratios.items() if ratio is not None}, pixels


def _add(
    sums: _Sums,
    scans: tuple[ScanMaps, ScanMaps],
    name: str,
    places: Sequence[Places],
    blocks: np.ndarray,
    spread: Sequence[float],
) -> None:
    seen = [maps.sample(name, place) for maps, place in zip(scans, places, strict=True)]
    both = np.isfinite(seen[0].values) & np.isfinite(seen[1].values)
    for number, each in enumerate(seen):
        counts = np.where(both, each.values, 0)
        sums.counts[number] += np.bincount(blocks.ravel(), counts.ravel(), BLOCKS * BLOCKS)
        if each.pixel_variance is None:
            sums.errors_known = False
        else:
            sums.variance[number] += spread[number] * float(each.pixel_variance[both].sum(dtype=np.float64))


def _blocks(tile: Tile, box: Tile) -> np.ndarray:
    """Return the block of the overlap in which each pixel of a tile lies: (rows, columns) int."""
    y, x = (
        (np.arange(part.start, part.stop) - whole.start) * BLOCKS // (whole.stop - whole.start)
        for part, whole in zip(tile, box, strict=True)
    )
    numbers: np.ndarray = y[:, None] * BLOCKS + x
    return numbers


def matching_factors(
    count: int, ratios: Mapping[tuple[int, int], Mapping[str, CountRatio]], names: Sequence[str]
) -> list[dict[str, Factor]]:
    """Compute factors that make the counts of all scans alike in their overlaps.

    For each element, the logarithms of the factors are fitted to those of the ratios by least squares, with
    the errors of the ratios. The factors of the first scan are 1.

    Parameters
    ----------
    count : int
        Number of scans.
    ratios : mapping of (int, int) to mapping of str to CountRatio
        Of each overlap, by the numbers of its scans.
    names : sequence of str
        Of the elements.

    Returns
    -------
    list of dict of str to Factor
        Of each scan. An element that no overlap links to the first scan keeps its counts, with an infinite
        error.

    Examples
    --------
    >>> ratios = {(0, 1): {"Fe-K": CountRatio(2.0, 0.02, None)}}
    >>> factors = matching_factors(2, ratios, ["Fe-K"])
    >>> round(factors[1]["Fe-K"].value, 6), round(factors[1]["Fe-K"].error, 6)
    (0.5, 0.005)
    """
    factors: list[dict[str, Factor]] = [{} for _scan in range(count)]
    for name in names:
        links = {pair: each[name] for pair, each in ratios.items() if name in each}
        known = {pair: each for pair, each in links.items() if each.error <= MAX_ERROR * each.ratio}
        for number, factor in enumerate(_factors(count, known)):
            factors[number][name] = factor
    return factors


def _factors(count: int, links: Mapping[tuple[int, int], CountRatio]) -> list[Factor]:
    linked = sorted(_linked(links))
    place = {scan: number for number, scan in enumerate(linked)}
    normal, right = np.zeros((len(linked), len(linked))), np.zeros(len(linked))
    normal[0, 0] = 1 / GAUGE**2  # the first scan's factor is 1
    for (one, other), each in links.items():
        if one not in place:
            continue
        weight = (each.ratio / max(each.error, 1e-9 * each.ratio)) ** 2
        row = np.zeros(len(linked))
        row[place[one]], row[place[other]] = -1.0, 1.0  # log f_other − log f_one = −log ratio
        normal += weight * np.outer(row, row)
        right -= weight * np.log(each.ratio) * row
    logs, variance = np.linalg.solve(normal, right), np.diag(np.linalg.inv(normal))
    found = [Factor(1.0, 0.0 if scan == 0 else np.inf) for scan in range(count)]
    for scan, number in place.items():
        if scan:
            value = float(np.exp(logs[number]))
            found[scan] = Factor(value, value * float(np.sqrt(variance[number])))
    return found


def _linked(pairs: Mapping[tuple[int, int], CountRatio]) -> set[int]:
    """Return the scans that overlaps link to the first one."""
    linked = {0}
    for _scan in range(len(pairs)):
        linked |= {each for pair in pairs if linked & set(pair) for each in pair}
    return linked
