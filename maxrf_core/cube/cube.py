"""Fast band maps and spectra of a cube: only sums of the chunks that are needed are kept."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from maxrf_core.cube.chunk_grid import Number
from maxrf_core.cube.chunk_visits import Read
from maxrf_core.cube.chunked_cube import ChunkedCube
from maxrf_core.cube.region_sums import RegionSums
from maxrf_core.cube.regions import Region, RegionSpectrum, whole_pixels
from maxrf_core.cube.shuffled_counts import mean_of_present
from maxrf_core.cube.weighted_tiles import Combine, ManyWeightings, OneWeighting
from maxrf_core.errors import DatastackError
from maxrf_core.language import _
from maxrf_core.large_array import large_array, let_go
from maxrf_core.progress import Progress
from maxrf_core.workers import one_thread_each


class Cube(ChunkedCube):
    """Maps and spectra of the counts of a scan, from any array that can be sliced.

    Parameters
    ----------
    source : array_like
        Three-dimensional (height, width, channels); a zarr array or anything else with `shape`, `dtype`,
        `chunks` and slicing.

    Notes
    -----
    Several threads read at a time. Sums have 64 bits, so they do not overflow. In a cube of floats, NaN and
    infinite values are missing: they are left out of sums, means and maxima, which are NaN if all values are
    missing. Pixels that were never measured are so, too, see `without_pixels`. `progress` is called with the
    fraction done and a description; an exception that it raises stops the work.
    """

    def band_map(
        self, lo: int, hi: int, *, sigma: float = 0.0, progress: Progress | None = None
    ) -> np.ndarray:
        """Compute the mean of the counts over the channels from `lo` to before `hi` in every pixel.

        Parameters
        ----------
        lo, hi : int
        sigma : float
            Sigma in channels of a Gaussian that smooths each spectrum first, as
            ``scipy.ndimage.gaussian_filter1d`` does with its defaults.
        progress : callable, optional

        Returns
        -------
        numpy.ndarray
            (height, width) float64, counts per channel, over the values that are not missing; NaN if all
            are.

        Raises
        ------
        DatastackError
            If the range contains no channel or exceeds the spectrum.
        """
        if sigma == 0:
            return self.band_maps([(lo, hi)], progress)[0]
        from scipy.ndimage import gaussian_filter1d  # slow to import

        self._check_band(lo, hi)
        # Smoothing with mirrored ends is a symmetric matrix, so it can be applied to the band instead.
        band = np.zeros(self.shape[2])
        band[lo:hi] = 1 / (hi - lo)
        return self._weighted(gaussian_filter1d(band, sigma), progress, is_mean=True)

    def band_maps(self, bands: Sequence[tuple[int, int]], progress: Progress | None = None) -> np.ndarray:
        """Compute the maps of several bands, as `band_map`, in one pass over the chunks that they share.

        Parameters
        ----------
        bands : sequence of (lo, hi)
            They may overlap.
        progress : callable, optional

        Returns
        -------
        numpy.ndarray
            (bands, height, width) float64, counts per channel.
        """
        for lo, hi in bands:
            self._check_band(lo, hi)
        depth = self.chunks[2]
        layers = sorted({layer for lo, hi in bands for layer in range(lo // depth, -(-hi // depth))})

        def sums(read: Read, row: int, column: int) -> list[np.ndarray]:
            tiles: list[Any] = [None] * len(bands)
            gaps: dict[int, Any] = {}
            for layer in layers:
                counts, start = read((row, column, layer)), layer * depth
                for number, (lo, hi) in enumerate(bands):
                    first, stop = max(lo - start, 0), min(hi - start, depth)
                    if first < stop:
                        part, missing = counts.over_channels(first, stop)
                        tiles[number] = part if tiles[number] is None else tiles[number] + part
                        if missing is not None:
                            gaps[number] = gaps.get(number, 0) + missing
            for number, missing in gaps.items():
                n = bands[number][1] - bands[number][0]
                tiles[number] = n * mean_of_present(tiles[number], missing, n)  # `_map` divides by n
            return tiles

        return self._map(layers, sums, [hi - lo for lo, hi in bands], progress)

    def weighted_map(self, weights: ArrayLike, progress: Progress | None = None) -> np.ndarray:
        """Compute the weighted sum of every pixel's counts over all channels, without missing values.

        Parameters
        ----------
        weights : array_like, shape (channels,)
            Chunks whose weights are all 0 are not read.
        progress : callable, optional

        Returns
        -------
        numpy.ndarray
            (height, width) float64; NaN if all values that have a weight are missing.

        Raises
        ------
        DatastackError
            If there is not one finite weight for each channel.
        """
        channels = self.shape[2]
        weights = np.asarray(weights, dtype=np.float64)
        if weights.shape != (channels,) or not np.isfinite(weights).all():
            raise DatastackError(
                _("A weighted map needs a number for each of the {channels} channels.").format(
                    channels=channels
                )
            )
        return self._weighted(weights, progress)

    def weighted_maps(
        self, weights: ArrayLike, progress: Progress | None = None, combine: Combine | None = None
    ) -> np.ndarray:
        """Compute several weighted sums of every pixel's counts, as `weighted_map`, in one pass.

        Parameters
        ----------
        weights : array_like, shape (maps, channels)
            Used as float32. Chunks in which the weights of all maps are 0 are not read.
        progress : callable, optional
        combine : callable, optional
            Called with the maps of each tile, (maps, rows, columns); returns what is kept of them,
            (results, rows, columns). So maps that only lead to others take no memory.

        Returns
        -------
        numpy.ndarray
            (maps or results, height, width) float32.

        Raises
        ------
        DatastackError
            If there is not one finite weight for each channel.
        """
        sums = ManyWeightings.of(weights, self._grid, combine)
        with one_thread_each():  # set once, not for each chunk
            return self._map(sums.layers, sums.of_tile, [1] * sums.n_results, progress, np.float32)

    def _weighted(
        self, weights: np.ndarray, progress: Progress | None, *, is_mean: bool = False
    ) -> np.ndarray:
        """Return the map of a weighted sum; a mean is normalised to the weights of the values present."""
        sums = OneWeighting(weights, is_mean, self._grid)
        return self._map(sums.layers, sums.of_tile, [1], progress)[0]

    def spectrum(self, x: int, y: int, progress: Progress | None = None) -> np.ndarray:
        """Read the spectrum of the pixel in column `x`, row `y`: (channels,) float64, NaN if missing."""
        return self.spectra([(x, y)], progress)[0].astype(np.float64)

    def spectra(self, points: ArrayLike, progress: Progress | None = None) -> np.ndarray:
        """Read the spectra of several pixels.

        Parameters
        ----------
        points : array_like of int, shape (n, 2)
            Column x and row y of each pixel.
        progress : callable, optional

        Returns
        -------
        numpy.ndarray
            (n, channels), the counts in the cube's dtype; missing values are NaN.

        Raises
        ------
        DatastackError
            If a pixel lies outside the scan, or its coordinates are not whole numbers.
        """
        wanted = whole_pixels(points)
        for x, y in wanted:
            Region.of(Region.rectangle(x, y, x, y), self.shape[:2])
        tall, broad, depth = self.chunks
        at: dict[tuple[int, int], list[int]] = {}
        for index, (x, y) in enumerate(wanted.tolist()):
            at.setdefault((y // tall, x // broad), []).append(index)
        places = {tile: _within_tile(wanted[each], tall, broad) for tile, each in at.items()}
        found = np.empty((len(wanted), self.shape[2]), self.dtype)

        def pick(read: Read, number: Number) -> np.ndarray:
            rows, y, x = places[number[:2]]
            return read(number, rows).of_pixels(y, x)

        here = self._reads_rows and len(at) == 1  # so quick that the threads would take as long
        for (row, column, layer), values in self._visit_tiles(list(at), pick, progress, here=here):
            found[at[row, column], layer * depth : (layer + 1) * depth] = values
        return found

    def region_spectrum(self, region: Region | ArrayLike, progress: Progress | None = None) -> RegionSpectrum:
        """Compute the sum, mean and maximum of the spectra in a region.

        Parameters
        ----------
        region : Region, array_like of bool (height, width), or array_like (n, 2)
            A rectangle or another region, a mask, or a polygon's corners x, y.
        progress : callable, optional

        Returns
        -------
        RegionSpectrum

        Raises
        ------
        DatastackError
            If the region contains no pixel or exceeds the scan.
        """
        return self.region_spectra([region], progress)[0]

    def region_spectra(
        self, regions: Sequence[Region | ArrayLike], progress: Progress | None = None
    ) -> list[RegionSpectrum]:
        """Compute the spectra of several regions, as `region_spectrum`, in one pass over their chunks.

        Parameters
        ----------
        regions : sequence of regions
            They may overlap.
        progress : callable, optional

        Returns
        -------
        list of RegionSpectrum

        Raises
        ------
        DatastackError
            If one contains no pixel or exceeds the scan.
        """
        inside = [Region.of(region, self.shape[:2]) for region in regions]
        sums = RegionSums(inside, self._grid, self.dtype)
        for (_row, _column, layer), found in self._visit_tiles(sums.tiles, sums.of_chunk, progress):
            sums.add(layer, found)
        found_spectra = sums.spectra()
        if self._missing is None:
            return found_spectra
        return [
            spectrum.without(self._missing_in(region))
            for spectrum, region in zip(found_spectra, inside, strict=True)
        ]

    def _missing_in(self, region: Region) -> int:
        """Return how many pixels of a region were never measured."""
        assert self._missing is not None
        part = self._missing[region.rows, region.columns]
        return int(np.count_nonzero(part if region.mask is None else part & region.mask))

    def sum_and_max(self, progress: Progress | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Compute the sum and the maximum over all pixels at each channel.

        Returns
        -------
        sum : numpy.ndarray
            (channels,) as in `RegionSpectrum`.
        max : numpy.ndarray
            (channels,) in the cube's dtype.
        """
        height, width, _ = self.shape
        whole = self.region_spectrum(Region.rectangle(0, 0, width - 1, height - 1), progress)
        return whole.sum, whole.max

    def _map(
        self,
        layers: Sequence[int],
        work: Callable[[Read, int, int], Sequence[np.ndarray] | np.ndarray],
        divisors: Sequence[int],
        progress: Progress | None,
        dtype: type[np.floating] = np.float64,
    ) -> np.ndarray:
        """Assemble maps from the results of `work` for each tile, each map divided by its divisor."""
        height, width = self.shape[:2]
        maps = large_array((len(divisors), height, width), dtype)

        def needed(tile: tuple[int, int]) -> list[Number]:
            return [(*tile, layer) for layer in layers]

        def one(read: Read, tile: tuple[int, int]) -> Sequence[np.ndarray] | np.ndarray:
            return work(read, *tile)

        for tile, parts in self._visit(self._grid.tiles, needed, one, progress, _("reading the band")):
            place = self._grid.tile(*tile)
            for whole, part in zip(maps, parts, strict=True):
                whole[place] = part
            if tile[1] == 0:
                let_go(maps)
        for whole, divisor in zip(maps, divisors, strict=True):
            if divisor != 1:
                whole /= dtype(divisor)
            if self._missing is not None:
                whole[self._missing] = np.nan
        let_go(maps)
        return maps

    def _check_band(self, lo: int, hi: int) -> None:
        if not 0 <= lo < hi <= self.shape[2]:
            raise DatastackError(
                _(
                    "There is no band from channel {lo} to before {hi} in spectra of {channels} channels."
                ).format(lo=lo, hi=hi, channels=self.shape[2])
            )


def _within_tile(pixels: np.ndarray, tall: int, broad: int) -> tuple[slice, np.ndarray, np.ndarray]:
    """Return the rows of a tile that hold some pixels x, y, and of each its row in these and its column."""
    y, x = pixels[:, 1] % tall, pixels[:, 0] % broad
    first = int(y.min())
    return slice(first, int(y.max()) + 1), y - first, x
