"""Sums of a scan's counts over its pixels and over its channels, accumulated tile by tile."""

import numpy as np

from maxrf_core.conversion.tiles import CountStats, PackedTile
from maxrf_core.cube.shuffled_counts import mean_of_present


class ScanSums:
    """Spectra, totals of the pixels and statistics of the counts, in the order of the tiles.

    Parameters
    ----------
    shape : tuple of int
        (height, width, channels) of the new cube.

    Attributes
    ----------
    total : ndarray (channels,), float64
        The sum over all pixels.
    missing : ndarray (channels,), int64
        Number of pixels without a value.
    maximum : ndarray (channels,), float32
        The maximum over all pixels of the smoothed spectra; NaN where all values are missing.
    pixel_totals : ndarray (height, width), float64
        The sum over all channels; NaN where all values are missing.
    found : CountStats
    unread : dict
        Pixels that could not be read, as of `Scan.unread`.
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        channels = shape[2]
        self.total = np.zeros(channels)
        self.missing = np.zeros(channels, np.int64)
        self.maximum = np.full(channels, np.nan, dtype=np.float32)
        self.pixel_totals = np.zeros(shape[:2])
        self.found = CountStats()
        self.unread: dict[tuple[int, int], str] = {}

    def add(self, packed: PackedTile) -> None:
        """Add a tile."""
        self.found += packed.found
        self.unread |= packed.unread
        for column in packed.columns:
            part = column.channels
            self.pixel_totals[column.pixels] += column.pixel_totals
            self.total[part] += column.total
            self.missing[part] += column.missing
            self.maximum[part] = np.fmax(self.maximum[part], column.maximum)

    def mean(self, unmeasured: np.ndarray | None) -> tuple[np.ndarray, int]:
        """Return the mean spectrum of the pixels that were measured, and their number.

        Parameters
        ----------
        unmeasured : ndarray of bool, shape (height, width), or None
            Pixels of the new cube that were never measured; they hold no counts. None if all were.

        Returns
        -------
        mean : ndarray (channels,), float64
            NaN at channels that have a value in no pixel; 0 if no pixel was measured.
        pixels : int
        """
        pixels = self.pixel_totals.size
        if unmeasured is None or unmeasured.all():
            return mean_of_present(self.total, self.missing, pixels), pixels
        # Where a pixel's values are missing themselves, `missing` counts it already
        empty = int(np.count_nonzero(unmeasured & ~np.isnan(self.pixel_totals)))
        mean = mean_of_present(self.total, self.missing, pixels - empty)
        return mean, pixels - int(np.count_nonzero(unmeasured))
