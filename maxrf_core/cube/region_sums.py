"""Sums, means and maxima of the spectra of several regions, gathered from one pass over their chunks."""

from collections.abc import Sequence

import numpy as np

from maxrf_core.cube.chunk_grid import ChunkGrid, Number
from maxrf_core.cube.chunk_visits import Read
from maxrf_core.cube.regions import Region, RegionSpectrum
from maxrf_core.cube.shuffled_counts import Where, wide
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
        self.tiles: dict[tuple[int, int], list[tuple[int, Where]]] = {}
        for index, region in enumerate(regions):
            for row, _, _ in overlaps(region.rows, grid.chunks[0]):
                for column, _, _ in overlaps(region.columns, grid.chunks[1]):
                    where = region.within(*grid.tile(row, column))
                    if where is not None:
                        self.tiles.setdefault((row, column), []).append((index, where))

    def of_chunk(self, read: Read, number: Number) -> Found:
        """Return what one chunk adds to each region that meets it."""
        counts = read(number)
        return [
            (index, *counts.over_pixels(where), counts.highest(where))
            for index, where in self.tiles[number[:2]]
        ]

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
