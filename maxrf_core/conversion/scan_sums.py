"""Sums of a scan's counts over its pixels and over its channels, accumulated tile by tile."""

import numpy as np

from maxrf_core.conversion.tiles import CountStats, PackedTile


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
