"""Net counts of a band: the continuum under it is estimated from a band on each side."""

from dataclasses import dataclass

import numpy as np

from maxrf_core.cube.cube import Cube
from maxrf_core.errors import CalibrationError
from maxrf_core.language import _
from maxrf_core.progress import Progress
from maxrf_core.spectrum.background import valid_counts

SIDE = 0.5  # of the band's width; each side band is so wide
MAX_GAP = 1.0  # of the band's width, by which a side band may lie away from it
NEARLY_LOWEST = 1.1  # a side band is moved away only for counts that are lower than by this factor


@dataclass(frozen=True)
class SideBands:
    """A band and the bands beside it, as ranges of channels.

    Attributes
    ----------
    band : slice
    sides : tuple of slice
        One or two: below and above the band, none overlapping it.
    """

    band: slice
    sides: tuple[slice, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """Weights of the side bands' means, whose sum is 1: the line through them at the band's middle."""
        if len(self.sides) == 1:
            return (1.0,)
        below, above = (_middle(side) for side in self.sides)
        share = (above - _middle(self.band)) / (above - below)
        return share, 1 - share

    def weights(self, n_channels: int) -> np.ndarray:
        """Return the weight of each channel in the net counts of the band, (channels,) float64."""
        weights = np.zeros(n_channels)
        weights[self.band] = 1
        for side, share in zip(self.sides, self.shares, strict=True):
            weights[side] -= share * _length(self.band) / _length(side)
        return weights


def net_band_map(cube: Cube, bands: SideBands, progress: Progress | None = None) -> np.ndarray:
    """Compute the net counts of a band in every pixel: its mean less that of the continuum under it.

    Parameters
    ----------
    cube : Cube
    bands : SideBands
    progress : callable, optional

    Returns
    -------
    ndarray, shape (height, width), float64
        Net counts per channel, which may be negative, as noise is. Of values that are missing, those that are
        present stand for the others of their band; NaN if a whole band is missing.
    """
    parts = [(part.start, part.stop) for part in (bands.band, *bands.sides)]
    net, *sides = cube.band_maps(parts, progress)
    for side, share in zip(sides, bands.shares, strict=True):
        net -= share * side
    return net


def side_bands(spectrum: np.ndarray, band: slice, first: int = 0) -> SideBands:
    """Return the bands from which the continuum under a band is estimated.

    Each is half as wide as the band. It lies directly beside it, unless the spectrum is lower a little
    further away: then a line reaches into it, and it is moved, by the width of the band at most.

    Parameters
    ----------
    spectrum : ndarray, shape (channels,)
        Mean spectrum of the scan.
    band : slice
        Channels.
    first : int
        First channel that can hold photons.

    Raises
    ------
    CalibrationError
        If there is no room beside the band.

    Examples
    --------
    >>> side_bands(np.ones(100), slice(40, 50))
    SideBands(band=slice(40, 50, None), sides=(slice(35, 40, None), slice(50, 55, None)))
    """
    width = _length(band)
    side, gap = max(round(SIDE * width), 1), round(MAX_GAP * width)
    sums = np.concatenate([[0.0], np.cumsum(valid_counts(spectrum))])
    below = [band.start - side - moved for moved in range(gap + 1)]
    above = [band.stop + moved for moved in range(gap + 1)]
    sides = []
    for starts in (below, above):
        possible = [start for start in starts if start >= first and start + side <= len(spectrum)]
        if possible:
            counts = sums[[start + side for start in possible]] - sums[possible]
            nearest = int((counts <= NEARLY_LOWEST * counts.min()).argmax())
            sides.append(slice(possible[nearest], possible[nearest] + side))
    if not sides:
        raise CalibrationError(
            _("There is no room beside this band for side bands: choose a narrower one, or gross counts.")
        )
    return SideBands(band, tuple(sides))


def _middle(channels: slice) -> float:
    return (channels.start + channels.stop - 1) / 2


def _length(channels: slice) -> int:
    return int(channels.stop - channels.start)
