"""What is the highest smoothed spectrum of many pixels, found without smoothing them one by one?

Smoothing is linear, so a band of smoothed channels is a product: the raw channels in and around the band
times a matrix that holds the shifted Gaussian. That takes a fraction of the time of filtering.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from maxrf_core.counts import highest

MAXRF4U_SIGMA = 7.0
TRUNCATE = 4.0  # of the Gaussian, in sigma: scipy's default
BAND = 64  # channels to a product; measured best of 64, 128, 256


@dataclass(frozen=True, eq=False)
class SmoothedBand:
    """Some channels of the smoothed spectrum, as a product.

    Attributes
    ----------
    channels : slice
        Those that come out.
    needed : slice
        Those that go in.
    weights : ndarray, shape (needed, channels), float32
        What each one counts for.
    """

    channels: slice
    needed: slice
    weights: np.ndarray

    def smooth(self, spectra: np.ndarray, first: int = 0) -> np.ndarray:
        """Smooth spectra (pixels, channels), which begin with channel `first`; gives the band's, float32."""
        needed = slice(self.needed.start - first, self.needed.stop - first)
        return spectra[:, needed].astype(np.float32) @ self.weights

    def maximum(self, spectra: np.ndarray, first: int = 0) -> np.ndarray:
        """Find the maximum over all pixels of the smoothed spectra: (channels of the band,), float32."""
        return highest(self.smooth(spectra, first))


@lru_cache(maxsize=8)
def smoothed_bands(
    n_channels: int, sigma: float = MAXRF4U_SIGMA, band: int = BAND
) -> tuple[SmoothedBand, ...]:
    """Cut a spectrum's Gaussian smoothing into bands of channels.

    Parameters
    ----------
    n_channels : int
        Of the whole spectrum.
    sigma : float
        Of the Gaussian, in channels; cut off at 4 sigma. 0 leaves the spectra as they are.
    band : int
        How many channels a band holds at most.

    Returns
    -------
    tuple of SmoothedBand
        Which together give what ``scipy.ndimage.gaussian_filter1d`` gives with its defaults: at the ends the
        spectrum is continued by its mirror image.

    Examples
    --------
    >>> spectra = np.zeros((1, 300))
    >>> spectra[0, 150] = 1000
    >>> smooth = np.concatenate([band.smooth(spectra) for band in smoothed_bands(300)], axis=1)
    >>> round(float(smooth[0, 150]), 3)
    56.994
    """
    radius = int(TRUNCATE * sigma + 0.5)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / (sigma or 1)) ** 2)
    kernel /= kernel.sum()
    source = np.pad(np.arange(n_channels), radius, mode="symmetric")  # where each tap really looks
    bands = []
    for start in range(0, n_channels, band):
        stop = min(start + band, n_channels)
        taps = source[start : stop + 2 * radius]
        needed = slice(int(taps.min()), int(taps.max()) + 1)
        weights = np.zeros((needed.stop - needed.start, stop - start))
        for out in range(stop - start):
            np.add.at(weights[:, out], taps[out : out + len(kernel)] - needed.start, kernel)
        bands.append(SmoothedBand(slice(start, stop), needed, weights.astype(np.float32)))
    return tuple(bands)
