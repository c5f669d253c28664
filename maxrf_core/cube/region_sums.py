"""Sums, means and maxima of the spectra of several regions, gathered from one pass over their chunks."""

from collections.abc import Sequence

import numpy as np

from maxrf_core.cube.chunk_grid import ChunkGrid, Number
from maxrf_core.cube.chunk_visits import Read
from maxrf_core.cube.regions import Region, RegionSpectrum
from maxrf_core.cube.shuffled_counts import EVERYWHERE, Where, wide
from maxrf_core.cube.slicing import overlaps

Found = list[tuple[int, np.ndarray, np.ndarray | None, np.ndarray]]
"""Of each region that meets a chunk: its number, sums, numbers of missing values or None, and maxima."""


class RegionSums:
    """Sums of the spectra of some regions while chunks are read.

    Parameters
    ----------
    regions : sequence of Region
        Inside the cube; they may overlap.
    grid : ChunkGrid
    dtype : numpy.dtype
        Of the cube.
    """

    def __init__(self, regions: Sequence[Region], grid: ChunkGrid, dtype: np.dtype) -> None:
        channels, self._depth = grid.shape[2], grid.chunks[2]
        self._pixels = [region.pixels for region in regions]
        self._missing: np.ndarray = np.zeros((len(regions), channels), np.int64)
        self._total: np.ndarray = np.zeros((len(regions), channels), wide(dtype))
        self._highest = np.zeros((len(regions), channels), dtype)
        self._begun = np.zeros((len(regions), -(-channels // self._depth)), bool)
        tiles: dict[tuple[int, int], list[tuple[int, Where]]] = {}
        for index, region in enumerate(regions):
            for row, _, _ in overlaps(region.rows, grid.chunks[0]):
                for column, _, _ in overlaps(region.columns, grid.chunks[1]):
                    where = region.within(*grid.tile(row, column))
                    if where is not None:
                        tiles.setdefault((row, column), []).append((index, where))
        self._places = {tile: _within_rows(places) for tile, places in tiles.items()}

    @property
    def tiles(self) -> list[tuple[int, int]]:
        """The tiles that the regions meet."""
        return list(self._places)

    def of_chunk(self, read: Read, number: Number) -> Found:
        """Return what one chunk adds to each region that meets it."""
        rows, places = self._places[number[:2]]
        counts = read(number, rows)
        each = [(index, counts.only(where)) for index, where in places]
        return [(index, *part.over_pixels(EVERYWHERE), part.highest(EVERYWHERE)) for index, part in each]

    def add(self, layer: int, found: Found) -> None:
        """Add what `of_chunk` returned of a chunk in a layer of channels."""
        part = slice(layer * self._depth, (layer + 1) * self._depth)
        for index, sums, gaps, tops in found:
            self._total[index, part] += sums
            self._missing[index, part] += 0 if gaps is None else gaps
            highest = self._highest[index, part]
            highest[...] = np.fmax(highest, tops) if self._begun[index, layer] else tops
            self._begun[index, layer] = True

    def spectra(self) -> list[RegionSpectrum]:
        """Return the spectrum of each region, once all chunks have been added."""
        each = zip(self._pixels, self._total, self._highest, self._missing, strict=True)
        return [
            RegionSpectrum.of(pixels, total, highest, missing) for pixels, total, highest, missing in each
        ]


def _within_rows(places: list[tuple[int, Where]]) -> tuple[slice, list[tuple[int, Where]]]:
    """Return the rows of a tile that some places in it need, and the places within these rows."""
    spans = [_rows_of(where) for _index, where in places]
    first, stop = min(span.start for span in spans), max(span.stop for span in spans)
    return slice(first, stop), [(index, _moved(where, first, stop)) for index, where in places]


def _rows_of(where: Where) -> slice:
    if isinstance(where, tuple):
        return where[0]
    used = np.flatnonzero(where.any(axis=1))
    return slice(int(used[0]), int(used[-1]) + 1)


def _moved(where: Where, first: int, stop: int) -> Where:
    if isinstance(where, tuple):
        rows, columns = where
        return slice(rows.start - first, rows.stop - first), columns
    return where[first:stop]
